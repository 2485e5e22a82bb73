//! Somebody vouches for every free byte and every register.

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::EntryKind;

pub(super) const PASS: Pass = Pass { establishes: Fact::EvidenceGiven, needs: &[], run };

const HELP: &str = "say who knows: `{ evidence datasheet \"..\"; }`, or `vendor`, `driver`, `dump`, `probe`";

fn run(check: &mut Check<'_>) {
    // What could not be read may have been evidence.
    for device in check.devices.iter().filter(|device| !device.broken.text) {
        for free in device.free.iter().filter(|free| free.claims.is_empty()) {
            let message = "nobody vouches that these bytes are free";
            check.report(Diagnostic::new(&catalogue::MISSING_EVIDENCE, free.region.place, message).help(HELP));
        }
        for entry in device.entries.iter().filter(|entry| !entry.inherited && entry.claims.is_empty()) {
            // Evidence for the whole device vouches for its registers.
            if matches!(entry.kind, EntryKind::Register { .. }) && device.claims.is_empty() {
                let message = format!("nobody vouches for {}", entry.describe());
                check.report(Diagnostic::new(&catalogue::MISSING_EVIDENCE, entry.region.place, message).help(HELP));
            }
        }
    }
}
