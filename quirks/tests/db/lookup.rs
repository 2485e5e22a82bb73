//! Looks entries up by their ids, as the definition of `match` says it and without the runtime's own lookup.

use std::sync::OnceLock;

use quirk_db::DATABASE;
use quirk_runtime::tables::{Clause, Device, FunctionKind};
use quirk_runtime::{Function, Identity};

/// Every entry, in the order of the database.
pub(crate) fn entries() -> Vec<Device> {
    DATABASE.all::<Device>().collect()
}

/// The name of an entry, without the namespace of its file.
pub(crate) fn name(device: &Device) -> &'static str {
    let name = DATABASE.text(device.name);
    name.rsplit("::").next().unwrap_or(name)
}

/// Every condition that makes an entry apply, read once.
pub(crate) fn clauses() -> &'static [Clause] {
    static CLAUSES: OnceLock<Vec<Clause>> = OnceLock::new();
    CLAUSES.get_or_init(|| DATABASE.clauses().filter(|clause| !clause.layer).collect())
}

/// The entry whose clause matches and beats all others that match.
pub(crate) fn entry_for(identity: &Identity) -> Option<Device> {
    let clauses = clauses().iter().filter(|clause| matches(clause, identity));
    DATABASE.record(clauses.max_by_key(|clause| clause.rank)?.owner)
}

fn matches(clause: &Clause, identity: &Identity) -> bool {
    let (subsystem_vendor, subsystem_device) = identity.subsystem.unwrap_or_default();
    let function = match clause.function {
        FunctionKind::Any => true,
        FunctionKind::Physical => identity.function == Function::Physical,
        FunctionKind::Virtual => identity.function == Function::Virtual,
    };
    assert!(clause.guards.is_empty(), "no entry of the library asks for the device's own bytes");
    function
        && clause.vendor.contains(identity.vendor)
        && clause.device.contains(identity.device)
        && clause.subsystem_vendor.contains(subsystem_vendor)
        && clause.subsystem_device.contains(subsystem_device)
        && clause.revision.contains(identity.revision.into())
        && identity.class & clause.class_mask == clause.class_value
}
