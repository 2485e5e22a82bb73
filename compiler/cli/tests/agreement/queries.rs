//! Functions to look up: at the edges of what every clause of a database asks for, and just beyond them.

use quirk_runtime::lookup::{LayerMatch, find_device, layer_matches};
use quirk_runtime::tables::{Clause, FunctionKind, Guard, IdKind, IdSet};
use quirk_runtime::{Database, Function, Identity, Image, SPACE};

/// More than this are thinned out.
const MOST: usize = 20_000;

/// A function: who it says it is, and the bytes of its space that are not 0.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) identity: Identity,
    pub(crate) bytes: Vec<(u16, u8)>,
}

impl Query {
    /// The name of the device that the runtime finds.
    pub(crate) fn found_in(&self, database: Database<'_>) -> String {
        let found = find_device(&[database], &self.identity, &self.space()).unwrap();
        found.map_or_else(|| "-".to_owned(), |found| database.text(found.device.name).to_owned())
    }

    fn space(&self) -> Image {
        let mut space = Image::new(&[0; SPACE]).unwrap();
        for (offset, byte) in &self.bytes {
            space.bytes_mut()[usize::from(*offset)] = *byte;
        }
        space
    }

    /// The layers that the runtime finds, each with its rank.
    pub(crate) fn layers_in(&self, database: Database<'_>) -> Vec<(String, u8)> {
        let mut found = Vec::new();
        let each = |hit: LayerMatch| found.push((database.text(hit.layer.name).to_owned(), hit.rank));
        layer_matches(&[database], &self.identity, &self.space(), each).unwrap();
        found
    }

    /// As the C program reads it.
    pub(crate) fn line(&self) -> String {
        let Identity { vendor, device, subsystem, revision, class, function, .. } = self.identity;
        let (subsystem_vendor, subsystem_device) = subsystem.unwrap_or((0, 0));
        let has_subsystem = u8::from(subsystem.is_some());
        let function = match function {
            Function::Unknown => 0,
            Function::Physical => 1,
            Function::Virtual => 2,
            _ => unreachable!("the C program does not know another"),
        };
        let mut line = format!(
            "{vendor} {device} {has_subsystem} {subsystem_vendor} {subsystem_device} {revision} {class} {function} {}",
            self.bytes.len()
        );
        for (offset, byte) in &self.bytes {
            line += &format!(" {offset} {byte}");
        }
        line + "\n"
    }
}

pub(crate) fn of(database: Database<'_>) -> Vec<Query> {
    let queries: Vec<Query> = database.clauses().flat_map(|clause| around(database, &clause)).collect();
    let step = queries.len().div_ceil(MOST);
    queries.into_iter().step_by(step.max(1)).collect()
}

/// A function that the clause is for, and functions of which one thing is different.
fn around(database: Database<'_>, clause: &Clause) -> Vec<Query> {
    let guards: Vec<Guard> = database.list(clause.guards).collect();
    let mut queries = Vec::new();
    for pick in [lowest, highest] {
        let identity = Identity::new(pick(clause.vendor), pick(clause.device))
            .with_subsystem(Some((pick(clause.subsystem_vendor), pick(clause.subsystem_device))))
            .with_revision((pick(clause.revision) & 0xff) as u8)
            .with_class(clause.class_value | 0x00_0102 & !clause.class_mask)
            .with_function(match clause.function {
                FunctionKind::Any => Function::Unknown,
                FunctionKind::Physical => Function::Physical,
                FunctionKind::Virtual => Function::Virtual,
            });
        let (vendor, device) = identity.subsystem.unwrap_or_default();
        let others = [
            identity,
            identity.with_vendor(identity.vendor.wrapping_add(1)),
            identity.with_vendor(identity.vendor.wrapping_sub(1)),
            identity.with_device(identity.device.wrapping_add(1)),
            identity.with_device(identity.device.wrapping_sub(1)),
            identity.with_device(identity.device ^ 0x10),
            identity.with_subsystem(None),
            identity.with_subsystem(Some((vendor.wrapping_add(1), device))),
            identity.with_subsystem(Some((vendor, device.wrapping_sub(1)))),
            identity.with_revision(identity.revision.wrapping_add(1)),
            identity.with_revision(identity.revision.wrapping_sub(1)),
            identity.with_class(identity.class ^ 0x01_0000),
            identity.with_class(0x01_0802),
            identity.with_function(Function::Unknown),
            identity.with_function(Function::Physical),
            identity.with_function(Function::Virtual),
        ];
        for identity in others {
            for bytes in [vec![], satisfied(&guards), satisfied(guards.get(1..).unwrap_or(&[])), vec![(0x100, 1)]] {
                queries.push(Query { identity, bytes });
            }
        }
    }
    queries
}

/// Bytes under which all guards hold.
fn satisfied(guards: &[Guard]) -> Vec<(u16, u8)> {
    let bytes = |guard: &Guard| {
        let values = guard.value.to_le_bytes();
        (guard.offset..).zip(values).take(guard.width.into()).collect::<Vec<_>>()
    };
    guards.iter().flat_map(bytes).filter(|(_, byte)| *byte != 0).collect()
}

fn lowest(set: IdSet) -> u16 {
    if set.kind == IdKind::Any { 0x1234 } else { set.a }
}

fn highest(set: IdSet) -> u16 {
    match set.kind {
        IdKind::Any => 0x1234,
        IdKind::Range => set.b,
        IdKind::Mask => set.a | !set.b,
    }
}
