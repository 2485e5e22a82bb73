//! What `match` says: the object that `--format json` prints. `docs/match.md` is its documentation.

use serde::Serialize;

use super::judge::{Found, Judged, Verdict};

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// What `match` says.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    version: u32,
    pub(super) functions: Vec<Function>,
}

/// One function.
#[derive(Debug, Serialize)]
pub(super) struct Function {
    pub(super) address: Option<String>,
    pub(super) description: String,
    pub(super) vendor: u16,
    pub(super) device: u16,
    pub(super) subsystem_vendor: Option<u16>,
    pub(super) subsystem_device: Option<u16>,
    /// Null where only ids were given.
    pub(super) revision: Option<u8>,
    pub(super) class: Option<u32>,
    pub(super) kind: &'static str,
    /// The entry that applies.
    pub(super) applies: Option<String>,
    pub(super) entries: Vec<Entry>,
    pub(super) layers: Vec<Layer>,
}

/// A description that is for these ids.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) source: String,
    /// Index of the database; a later one beats an earlier one.
    pub(super) database: usize,
    pub(super) verdict: &'static str,
    /// The `match` that applies or comes nearest, as a description has it.
    pub(super) r#match: String,
    pub(super) rank: u8,
    pub(super) because: Vec<Because>,
}

/// A layer that is for these ids.
#[derive(Debug, Serialize)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) database: usize,
    pub(super) verdict: &'static str,
    pub(super) r#match: String,
    pub(super) rank: u8,
    pub(super) default_on: bool,
    pub(super) has_params: bool,
    pub(super) because: Vec<Because>,
}

/// Why one does not apply.
#[derive(Debug, Serialize)]
pub(super) struct Because {
    pub(super) condition: &'static str,
    pub(super) message: String,
}

impl Report {
    pub(super) fn new(judged: &[Judged]) -> Self {
        Self { version: VERSION, functions: judged.iter().map(Function::new).collect() }
    }
}

impl Function {
    fn new(judged: &Judged) -> Self {
        let Judged { identity, known, .. } = judged;
        let applies = judged.entries.iter().find(|entry| entry.verdict == Verdict::Applies);
        Self {
            address: judged.address.map(|address| address.to_string()),
            description: judged.description.clone(),
            vendor: identity.vendor,
            device: identity.device,
            subsystem_vendor: identity.subsystem.map(|(vendor, _)| vendor),
            subsystem_device: identity.subsystem.map(|(_, device)| device),
            revision: known.revision.then_some(identity.revision),
            class: known.class.then_some(identity.class),
            kind: identity.function.name(),
            applies: applies.map(|entry| entry.name.clone()),
            entries: judged.entries.iter().cloned().map(Entry::from).collect(),
            layers: judged.layers.iter().cloned().map(Layer::from).collect(),
        }
    }
}

fn because(all: Vec<super::judge::Because>) -> Vec<Because> {
    all.into_iter().map(|super::judge::Because { condition, message }| Because { condition, message }).collect()
}

impl From<Found> for Entry {
    fn from(found: Found) -> Self {
        let Found { name, title, source, database, clause, rank, verdict, .. } = found;
        let because = because(found.because);
        Self { name, title, source, database, verdict: verdict.word(), r#match: clause, rank, because }
    }
}

impl From<Found> for Layer {
    fn from(found: Found) -> Self {
        let Found { name, source, database, clause, rank, verdict, default_on, has_params, .. } = found;
        let because = because(found.because);
        Self { name, source, database, verdict: verdict.word(), r#match: clause, rank, default_on, has_params, because }
    }
}
