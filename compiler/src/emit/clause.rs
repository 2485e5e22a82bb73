//! A clause in the index in front of generated code.

use std::fmt::{Result, Write};

use quirk_runtime::tables::{FunctionKind, IdKind, IdSet};

use crate::model::Clause;

pub(super) fn clause(out: &mut String, clause: &Clause) -> Result {
    set(out, clause.vendor)?;
    write!(out, ":")?;
    set(out, clause.device)?;
    if (clause.subsystem_vendor, clause.subsystem_device) != (IdSet::ANY, IdSet::ANY) {
        write!(out, " subsystem ")?;
        set(out, clause.subsystem_vendor)?;
        write!(out, ":")?;
        set(out, clause.subsystem_device)?;
    }
    if clause.revision != IdSet::ANY {
        write!(out, " revision ")?;
        set(out, clause.revision)?;
    }
    if clause.class_mask != 0 {
        write!(out, " class {:06x}/{:06x}", clause.class_value, clause.class_mask)?;
    }
    match clause.function {
        FunctionKind::Any => {}
        FunctionKind::Physical => write!(out, " physical")?,
        FunctionKind::Virtual => write!(out, " virtual")?,
    }
    for guard in &clause.guards {
        write!(out, " [{:#05x}]{}={:x}/{:x}", guard.offset, guard.width, guard.value, guard.mask)?;
    }
    Ok(())
}

fn set(out: &mut String, set: IdSet) -> Result {
    match set.kind {
        IdKind::Any => write!(out, "any"),
        IdKind::Range if set.a == set.b => write!(out, "{:04x}", set.a),
        IdKind::Range => write!(out, "{:04x}..={:04x}", set.a, set.b),
        IdKind::Mask => write!(out, "{:04x}/{:04x}", set.a, set.b),
    }
}
