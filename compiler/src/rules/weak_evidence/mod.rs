//! Of those who vouch for free bytes one can know.

use quirk_runtime::tables::Evidence;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Free};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::EvidenceStrong, needs: &[], run: Run::EachDevice(run) };

const WHO_ELSE: &str = "say who else knows: `datasheet`, `vendor` or `driver`; without one, take this `free` away";

fn run(check: &mut Check<'_>, device: &Device) {
    for free in device.free.iter().filter(|free| !free.claims.is_empty()) {
        if !free.claims.iter().any(|claim| claim.evidence >= Evidence::Driver) {
            let message = format!("that these bytes are free, {} cannot tell", witnesses(free));
            check.report(Diagnostic::new(&catalogue::WEAK_EVIDENCE, free.region.place, message).help(WHO_ELSE));
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
