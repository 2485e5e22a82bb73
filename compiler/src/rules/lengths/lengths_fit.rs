//! A stated length is one that a capability of the kind can have.

use quirk_runtime::capability::{DVSEC, Kind, Space};

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::LengthsFit, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    for entry in device.entries.iter().filter(|entry| !entry.inherited) {
        let Some(capability) = entry.capability() else { continue };
        let (Some(stated), Some(kind)) = (capability.stated, Kind::by_id(capability.space, capability.id)) else {
            continue;
        };
        let length = stated.value;
        let name = entry.describe();
        let found = if length < u64::from(kind.min) {
            let dvsec = (capability.space, capability.id) == (Space::Extended, DVSEC);
            let rule = if dvsec { &catalogue::DVSEC_TOO_SHORT } else { &catalogue::LENGTH_TOO_SHORT };
            let message = format!("{name} of {length:#x} bytes: it has at least {:#x}", kind.min);
            Diagnostic::new(rule, stated.place, message)
        } else if length > u64::from(kind.max) {
            let message = format!("{name} of {length:#x} bytes: it has at most {:#x}", kind.max);
            Diagnostic::new(&catalogue::LENGTH_TOO_LONG, stated.place, message)
        } else {
            continue;
        };
        check.fail(entry.region.node, found);
    }
}
