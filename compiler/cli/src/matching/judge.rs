//! Judges every entry and every layer that is for the ids of a function.

use std::collections::BTreeMap;

use quirk_recorded::Address;
use quirk_runtime::lookup::{Condition, failing};
use quirk_runtime::tables::{Clause, Device, FunctionKind, IdSet, Layer};
use quirk_runtime::{Database, Identity, Image};

use crate::clause;
use crate::failure::Failure;
use quirk_dsl::Ordered as _;

/// What of an identity is known. The ids always are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) subsystem: bool,
    pub(super) revision: bool,
    pub(super) class: bool,
    pub(super) function: bool,
}

impl Known {
    pub(super) const ALL: Self = Self { subsystem: true, revision: true, class: true, function: true };
}

/// Who is asked about.
pub(super) struct Question {
    pub(super) identity: Identity,
    pub(super) known: Known,
    /// The bytes, where there are any.
    pub(super) device: Option<Image>,
    pub(super) address: Option<Address>,
    pub(super) description: String,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It applies.
    Applies,
    /// All conditions hold, and another one beats it.
    Beaten,
    /// It would apply if what is not known is as it asks.
    Open,
    /// A condition does not hold.
    Fails,
}

impl Verdict {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Applies => "applies",
            Self::Beaten => "beaten",
            Self::Open => "open",
            Self::Fails => "fails",
        }
    }
}

/// Why an entry does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Because {
    pub(super) condition: &'static str,
    pub(super) message: String,
}

/// One entry or layer.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) source: String,
    pub(super) database: usize,
    /// The clause that matches, or that comes nearest.
    pub(super) clause: String,
    pub(super) rank: u8,
    pub(super) verdict: Verdict,
    pub(super) because: Vec<Because>,
    /// Of a layer: it is on without being asked for.
    pub(super) default_on: bool,
    pub(super) has_params: bool,
}

/// All of one function.
pub(super) struct Judged {
    pub(super) identity: Identity,
    pub(super) known: Known,
    pub(super) address: Option<Address>,
    pub(super) description: String,
    pub(super) entries: Vec<Found>,
    pub(super) layers: Vec<Found>,
}

impl Judged {
    /// Whether it is certain that an entry applies, and which.
    pub(super) fn has_winner(&self) -> bool {
        self.entries.iter().any(|entry| entry.verdict == Verdict::Applies)
    }
}

pub(super) fn judge(databases: &[Database<'_>], question: &Question) -> Result<Judged, Failure> {
    let mut entries = Vec::new();
    let mut layers = Vec::new();
    for (at, &database) in databases.iter().enumerate() {
        let mut owners: BTreeMap<u32, Vec<Clause>> = BTreeMap::new();
        for clause in database.clauses().filter(|clause| !clause.layer && is_for(clause, &question.identity)) {
            owners.entry(clause.owner).or_default().push(clause);
        }
        for (index, clauses) in owners {
            let Some(device) = database.record::<Device>(index) else { continue };
            let Some(best) = best(database, clauses.into_iter(), question)? else { continue };
            let text = |text| database.text(text).to_owned();
            let named = Named { name: text(device.name), title: text(device.title), source: text(device.source) };
            entries.push(best.found(named, at));
        }
        for layer in database.all::<Layer>() {
            let name = database.text(layer.name);
            let is_named_so = |later: &Database<'_>| later.all::<Layer>().any(|other| later.text(other.name) == name);
            let Some(best) = best(database, database.clauses_of(layer.clauses), question)? else { continue };
            let named =
                Named { name: name.to_owned(), title: String::new(), source: database.text(layer.source).to_owned() };
            let mut found = best.found(named, at);
            (found.default_on, found.has_params) = (layer.default_on, !layer.params.is_empty());
            if databases[at + 1..].iter().any(is_named_so) && found.verdict != Verdict::Fails {
                found.verdict = Verdict::Beaten;
                let message = "descriptions that come later have a layer of this name".to_owned();
                found.because.push(Because { condition: "replaced", message });
            }
            layers.push(found);
        }
    }
    rank(&mut entries);
    // The least specific applies first, and what fails comes last.
    layers.order_by_key(|layer| (layer.verdict == Verdict::Fails, layer.rank));
    let Question { identity, known, address, description, .. } = question;
    Ok(Judged {
        identity: *identity,
        known: *known,
        address: *address,
        description: description.clone(),
        entries,
        layers,
    })
}

/// Sorts entries, the strongest first, and says which one applies.
fn rank(entries: &mut [Found]) {
    entries.order_by_key(|entry| {
        let fails = entry.verdict == Verdict::Fails;
        (fails, std::cmp::Reverse(entry.database), std::cmp::Reverse(entry.rank))
    });
    let mut winner: Option<(String, bool)> = None;
    let mut is_open = false;
    for entry in entries.iter_mut().filter(|entry| entry.verdict != Verdict::Fails) {
        match (&winner, entry.verdict) {
            (None, Verdict::Applies) if is_open => {
                // A stronger one may apply, so that this one is not certain.
                entry.verdict = Verdict::Open;
                let message = "an entry above comes first if its conditions hold".to_owned();
                entry.because.push(Because { condition: "order", message });
                winner = Some((entry.name.clone(), false));
            }
            (None, Verdict::Applies) => winner = Some((entry.name.clone(), true)),
            (None, _) => is_open = true,
            (Some((name, _)), _) => {
                entry.verdict = Verdict::Beaten;
                let message = format!("`{name}` comes first");
                entry.because = vec![Because { condition: "order", message }];
            }
        }
    }
}

/// The names of an entry.
struct Named {
    name: String,
    title: String,
    source: String,
}

/// The best of an owner's clauses.
struct Best {
    text: String,
    rank: u8,
    verdict: Verdict,
    because: Vec<Because>,
}

impl Best {
    fn found(self, named: Named, database: usize) -> Found {
        let Self { text, rank, verdict, because } = self;
        let Named { name, title, source } = named;
        let (default_on, has_params) = (false, false);
        Found { name, title, source, database, clause: text, rank, verdict, because, default_on, has_params }
    }
}

/// Whether a clause is for the ids, whatever else it asks.
fn is_for(clause: &Clause, identity: &Identity) -> bool {
    clause.vendor.contains(identity.vendor) && clause.device.contains(identity.device)
}

/// The clause that matches with the highest rank, else the one with the fewest conditions that do not hold. `None` where no
/// clause is for the ids: what names no device is for all only where it matches.
fn best(
    database: Database<'_>,
    clauses: impl Iterator<Item = Clause>,
    question: &Question,
) -> Result<Option<Best>, Failure> {
    let mut best: Option<Best> = None;
    for clause in clauses {
        if !is_for(&clause, &question.identity) {
            continue;
        }
        let (failed, open) = conditions(database, &clause, question)?;
        if !failed.is_empty() && clause.device == IdSet::ANY {
            continue;
        }
        let verdict = match (&failed[..], &open[..]) {
            ([], []) => Verdict::Applies,
            ([], _) => Verdict::Open,
            _ => Verdict::Fails,
        };
        let key = |verdict: Verdict, rank: u8, count: usize| match verdict {
            Verdict::Applies => (0, 255 - usize::from(rank)),
            Verdict::Open | Verdict::Beaten => (1, 255 - usize::from(rank)),
            Verdict::Fails => (2, count),
        };
        let because: Vec<_> = failed.into_iter().chain(open).collect();
        let new = key(verdict, clause.rank, because.len());
        if best.as_ref().is_none_or(|old| new < key(old.verdict, old.rank, old.because.len())) {
            best = Some(Best { text: clause::text(database, &clause), rank: clause.rank, verdict, because });
        }
    }
    Ok(best)
}

/// Conditions that do not hold, and those of which nobody knows.
fn conditions(
    database: Database<'_>,
    clause: &Clause,
    question: &Question,
) -> Result<(Vec<Because>, Vec<Because>), Failure> {
    let Question { identity, known, device, .. } = question;
    let mut failed = Vec::new();
    let is_known = |condition: &Condition| match condition {
        Condition::Function { .. } => known.function,
        Condition::Subsystem { .. } => known.subsystem,
        Condition::Revision { .. } => known.revision,
        Condition::Class { .. } => known.class,
        _ => device.is_some(),
    };
    let mut take = |condition: Condition| {
        if is_known(&condition) {
            failed.push(Because { condition: condition.code(), message: condition.to_string() });
        }
    };
    // Without bytes there is nothing to compare, and every condition on them is open.
    let none = Image::new(&[0; 64]).ok_or_else(|| Failure::new("a header has 64 bytes"))?;
    failing(database, clause, identity, device.as_ref().unwrap_or(&none), &mut take).map_err(Failure::new)?;
    let subsystem = (clause.subsystem_vendor, clause.subsystem_device) != (IdSet::ANY, IdSet::ANY);
    let open = [
        (subsystem && !known.subsystem, "subsystem", "`--subsystem` would settle it"),
        (clause.revision != IdSet::ANY && !known.revision, "revision", "`--revision` would settle it"),
        (clause.class_mask != 0 && !known.class, "class", "`--class` would settle it"),
        (clause.function != FunctionKind::Any && !known.function, "function", "`--function-kind` would settle it"),
        (!clause.guards.is_empty() && device.is_none(), "config", "the bytes of a function would settle it"),
    ];
    let open = open.into_iter().filter(|(is_open, ..)| *is_open);
    let open = open.map(|(_, condition, message)| Because { condition, message: message.to_owned() }).collect();
    Ok((failed, open))
}
