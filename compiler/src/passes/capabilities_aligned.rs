//! Capabilities begin at a dword.

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;

pub(super) const PASS: Pass = Pass { establishes: Fact::Aligned, needs: &[], run };

fn run(check: &mut Check<'_>) {
    for device in check.devices {
        for entry in device.entries.iter().filter(|entry| !entry.inherited && entry.capability().is_some()) {
            let region = &entry.region;
            if !region.start.is_multiple_of(4) {
                let message =
                    format!("{} begins at {:#x}, which is not 4-byte aligned", entry.describe(), region.start);
                check.fail(region.node, Diagnostic::new(&catalogue::MISALIGNED, region.place, message));
            }
        }
    }
}
