//! At most one device applies to a function: clauses of two devices that are equally specific match no common function.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::ClausesDisjoint, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let all = check.clauses();
    let near = check.plans.neighbours.clauses(model);
    let ambiguous = check.shared(&all, |_, &(owner, _, clause)| {
        // Only clauses of one rank can be ambiguous. Of all that are, the first is told, one of several vendors before one of the same.
        let runs = near.runs(clause, None, clause.rank..=clause.rank);
        let found = runs.filter_map(|run| {
            let mut before = run.take_while(|number| all[*number].0 < owner);
            before.find_map(|number| Some((number, common(all[number].2, clause)?)))
        });
        let (number, witness) = found.min_by_key(|(number, _)| (all[*number].2.vendor.single(), *number))?;
        let (other, _, before) = all[number];
        let (one, two) = (&model.devices[other].name, &model.devices[owner].name);
        let message = format!("`{two}` and `{one}` both match {witness}, and neither is more specific");
        let found = Diagnostic::new(&catalogue::MATCHERS_AMBIGUOUS, clause.place, message)
            .also(before.place, format!("`{one}` matches it here"))
            .help("narrow one of them, with `revision` or `subsystem` for example");
        Some((clause.node, found))
    });
    for (node, found) in ambiguous {
        check.fail(node, found);
    }
}
