//! A `match` of a compiled description in the words of the language.

use std::fmt::Write as _;

use quirk_runtime::Database;
use quirk_runtime::tables::{Clause, FunctionKind, IdKind, IdSet};

/// The clause as a description would have it, on one line.
pub(crate) fn text(database: Database<'_>, clause: &Clause) -> String {
    let mut conditions = String::new();
    let (vendor, device) = (clause.subsystem_vendor, clause.subsystem_device);
    // A `String` takes all that is written.
    if (vendor, device) != (IdSet::ANY, IdSet::ANY) {
        let _ = write!(conditions, " subsystem {}, {};", ids(vendor, 4), ids(device, 4));
    }
    if clause.revision != IdSet::ANY {
        let _ = write!(conditions, " revision {};", ids(clause.revision, 2));
    }
    if clause.class_mask != 0 {
        let _ = write!(conditions, " class {:#08x}", clause.class_value);
        let _ = match clause.class_mask {
            0xff_ffff => write!(conditions, ";"),
            mask => write!(conditions, " mask {mask:#08x};"),
        };
    }
    conditions += match clause.function {
        FunctionKind::Any => "",
        FunctionKind::Physical => " function physical;",
        FunctionKind::Virtual => " function virtual;",
    };
    for guard in database.list(clause.guards) {
        let bits = u32::from(guard.width) * 8;
        let _ = write!(conditions, " config u{bits} @ {:#04x} == {:#x}", guard.offset, guard.value);
        let whole = u32::MAX.checked_shr(32 - bits.min(32)).unwrap_or(0);
        if guard.mask != whole {
            let _ = write!(conditions, " mask {:#x}", guard.mask);
        }
        conditions += ";";
    }
    let end = if conditions.is_empty() { ";".to_owned() } else { format!(" {{{conditions} }}") };
    format!("pci({}, {}){end}", ids(clause.vendor, 4), ids(clause.device, 4))
}

fn ids(set: IdSet, digits: usize) -> String {
    let width = digits + 2;
    let IdSet { kind, a, b } = set;
    match kind {
        IdKind::Any => "any".to_owned(),
        IdKind::Range if a == b => format!("{a:#0width$x}"),
        IdKind::Range => format!("{a:#0width$x}..={b:#0width$x}"),
        IdKind::Mask => format!("{a:#0width$x} mask {b:#0width$x}"),
    }
}
