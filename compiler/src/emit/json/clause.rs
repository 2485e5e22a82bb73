//! `match`: which functions a device or a layer is for.

use std::collections::BTreeMap;

use quirk_runtime::Database;
use quirk_runtime::tables::{self, FunctionKind, IdKind, IdSet};
use serde::Serialize;

/// Conditions that must all hold. What is absent holds for every function.
#[derive(Serialize)]
pub(super) struct Clause {
    rank: u8,
    vendor: Option<Ids>,
    device: Option<Ids>,
    subsystem_vendor: Option<Ids>,
    subsystem_device: Option<Ids>,
    revision: Option<Ids>,
    class: Option<Masked>,
    function: Option<&'static str>,
    config: Vec<Config>,
}

/// A set of ids.
#[derive(Serialize)]
#[serde(untagged)]
enum Ids {
    Range { first: u16, last: u16 },
    Mask { value: u16, mask: u16 },
}

#[derive(Serialize)]
struct Masked {
    value: u32,
    mask: u32,
}

/// A condition on the device's own bytes.
#[derive(Serialize)]
struct Config {
    offset: u16,
    width: u8,
    value: u32,
    mask: u32,
}

impl Clause {
    pub(super) fn new(database: Database<'_>, clause: &tables::Clause) -> Self {
        Self {
            rank: clause.rank,
            vendor: ids(clause.vendor),
            device: ids(clause.device),
            subsystem_vendor: ids(clause.subsystem_vendor),
            subsystem_device: ids(clause.subsystem_device),
            revision: ids(clause.revision),
            class: (clause.class_mask != 0).then_some(Masked { value: clause.class_value, mask: clause.class_mask }),
            function: match clause.function {
                FunctionKind::Any => None,
                FunctionKind::Physical => Some("physical"),
                FunctionKind::Virtual => Some("virtual"),
            },
            config: database
                .list(clause.guards)
                .map(|tables::Guard { offset, width, mask, value }| Config { offset, width, value, mask })
                .collect(),
        }
    }
}

fn ids(set: IdSet) -> Option<Ids> {
    match set.kind {
        IdKind::Any => None,
        IdKind::Range => Some(Ids::Range { first: set.a, last: set.b }),
        IdKind::Mask => Some(Ids::Mask { value: set.a, mask: set.b }),
    }
}

/// The clauses of devices, by the device's index.
pub(super) fn of_devices(database: Database<'_>) -> BTreeMap<u32, Vec<Clause>> {
    let mut clauses: BTreeMap<u32, Vec<Clause>> = BTreeMap::new();
    for clause in database.clauses().filter(|clause| !clause.layer) {
        clauses.entry(clause.owner).or_default().push(Clause::new(database, &clause));
    }
    clauses
}
