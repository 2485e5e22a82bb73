//! Who the function of a test is: one that its device matches.

use quirk_runtime::tables::{FunctionKind, IdKind, IdSet};
use quirk_runtime::{Function, Identity};

use crate::model::Clause;

/// A function that a clause matches, with this device id and the lowest of all others.
pub(super) fn of(clause: &Clause, device: u16) -> Identity {
    let function = match clause.function {
        FunctionKind::Virtual => Function::Virtual,
        // What nothing is said of is the common case.
        FunctionKind::Any | FunctionKind::Physical => Function::Physical,
    };
    Identity::new(lowest(clause.vendor), device)
        .with_subsystem(Some((lowest(clause.subsystem_vendor), lowest(clause.subsystem_device))))
        .with_revision(lowest(clause.revision) as u8)
        .with_class(clause.class_value)
        .with_function(function)
}

/// The device ids of a clause, the lowest first.
pub(super) fn devices(clause: &Clause) -> impl Iterator<Item = u16> {
    let set = clause.device;
    (lowest(set)..=u16::MAX).filter(move |id| set.contains(*id))
}

fn lowest(set: IdSet) -> u16 {
    match set.kind {
        IdKind::Any => 0,
        // For a mask: the value, with no bit set that does not count.
        IdKind::Range | IdKind::Mask => set.a,
    }
}
