//! Somebody vouches for every free byte and for every register.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, EntryKind};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::EvidenceGiven, needs: &[], run: Run::EachDevice(run) };

const WHO_KNOWS: &str = "say who knows: `{ evidence datasheet \"..\"; }`, `vendor` or `driver`";
const WHO_SAW: &str = "say who knows: `{ evidence datasheet \"..\"; }`, or `vendor`, `driver`, `dump`, `probe`";

fn run(check: &mut Check<'_>, device: &Device) {
    for free in device.free.iter().filter(|free| free.claims.is_empty()) {
        let message = "nobody vouches that these bytes are free";
        check.report(Diagnostic::new(&catalogue::MISSING_EVIDENCE, free.region.place, message).help(WHO_KNOWS));
    }
    // Evidence for the whole device vouches for its registers, and what could not be read may have been such.
    if !device.claims.is_empty() || device.broken.claims {
        return;
    }
    for entry in device.entries.iter().filter(|entry| !entry.inherited && entry.claims.is_empty()) {
        if matches!(entry.kind, EntryKind::Register { .. }) {
            let message = format!("nobody vouches for {}", entry.describe());
            check.report(Diagnostic::new(&catalogue::MISSING_EVIDENCE, entry.region.place, message).help(WHO_SAW));
        }
    }
}
