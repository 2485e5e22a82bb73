//! Capabilities begin at a dword.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::Aligned, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    for entry in device.entries.iter().filter(|entry| !entry.inherited && entry.capability().is_some()) {
        let region = &entry.region;
        if !region.start.is_multiple_of(4) {
            let message = format!("{} begins at {:#x}, which is not 4-byte aligned", entry.describe(), region.start);
            check.fail(region.node, Diagnostic::new(&catalogue::MISALIGNED, region.place, message));
        }
    }
}
