//! At most one device applies to a function: clauses of two devices that are equally specific match no common function.

use std::collections::BTreeMap;

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common;
use crate::model::Clause;

/// Clauses that can be ambiguous among each other, with the index of their device.
type Group<'m> = Vec<(usize, &'m Clause)>;

pub(super) const PASS: Pass = Pass { establishes: Fact::ClausesDisjoint, needs: &[], run };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    // Only clauses of one rank, and of one device id where the rank says that they have one, can be ambiguous.
    let mut groups: BTreeMap<(u8, Option<u16>), Group<'_>> = BTreeMap::new();
    for (owner, device) in model.devices.iter().enumerate() {
        for clause in &device.clauses {
            groups.entry((clause.rank, clause.device.single())).or_default().push((owner, clause));
        }
    }
    for clauses in groups.into_values() {
        // Of those, only clauses of one vendor, or of more vendors than one.
        let mut before: BTreeMap<Option<u16>, Group<'_>> = BTreeMap::new();
        for (owner, clause) in clauses {
            let vendor = clause.vendor.single();
            let near: Vec<&(usize, &Clause)> = match vendor {
                Some(_) => [None, vendor].iter().filter_map(|vendor| before.get(vendor)).flatten().collect(),
                None => before.values().flatten().collect(),
            };
            let ambiguous = near
                .into_iter()
                .filter(|(other, _)| *other != owner)
                .find_map(|(other, first)| Some((*other, *first, common(first, clause)?)));
            before.entry(vendor).or_default().push((owner, clause));
            let Some((other, first, witness)) = ambiguous else { continue };
            let (one, two) = (&model.devices[other].name, &model.devices[owner].name);
            let message = format!("`{two}` and `{one}` both match {witness}, and neither is more specific");
            let found = Diagnostic::new(&catalogue::MATCHERS_AMBIGUOUS, clause.place, message)
                .also(first.place, format!("`{one}` matches it here"))
                .help("narrow one of them, with `revision` or `subsystem` for example");
            check.fail(clause.node, found);
        }
    }
}
