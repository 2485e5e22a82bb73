//! Somebody who can know vouches for every free byte, and somebody for every register.

use quirk_runtime::tables::Evidence;

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{EntryKind, Free};

pub(super) const PASS: Pass = Pass { establishes: Fact::EvidenceGiven, needs: &[], run };

const WHO_KNOWS: &str = "say who knows: `{ evidence datasheet \"..\"; }`, `vendor` or `driver`";
const WHO_SAW: &str = "say who knows: `{ evidence datasheet \"..\"; }`, or `vendor`, `driver`, `dump`, `probe`";
const WHO_ELSE: &str = "say who else knows: `datasheet`, `vendor` or `driver`; without one, take this `free` away";

fn run(check: &mut Check<'_>) {
    for device in check.devices {
        for free in &device.free {
            if free.claims.is_empty() {
                let message = "nobody vouches that these bytes are free";
                check.report(Diagnostic::new(&catalogue::MISSING_EVIDENCE, free.region.place, message).help(WHO_KNOWS));
            } else if !free.claims.iter().any(|claim| claim.evidence >= Evidence::Driver) {
                let message = format!("that these bytes are free, {} cannot tell", witnesses(free));
                check.report(Diagnostic::new(&catalogue::WEAK_EVIDENCE, free.region.place, message).help(WHO_ELSE));
            }
        }
        for entry in device.entries.iter().filter(|entry| !entry.inherited && entry.claims.is_empty()) {
            // Evidence for the whole device vouches for its registers, and what could not be read may have been such.
            if matches!(entry.kind, EntryKind::Register { .. }) && device.claims.is_empty() && !device.broken.claims {
                let message = format!("nobody vouches for {}", entry.describe());
                check.report(Diagnostic::new(&catalogue::MISSING_EVIDENCE, entry.region.place, message).help(WHO_SAW));
            }
        }
    }
}

/// Who saw what looks free.
fn witnesses(free: &Free) -> &'static str {
    let has = |evidence| free.claims.iter().any(|claim| claim.evidence == evidence);
    match (has(Evidence::Dump), has(Evidence::Probe)) {
        (true, true) => "a dump and a probe",
        (true, false) => "a dump",
        (false, _) => "a probe",
    }
}
