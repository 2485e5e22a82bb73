//! What `doctor` says of one function: the object that `--format json` prints. `docs/doctor-json.md` is its documentation.

use serde::Serialize;

use super::args::Args;
use super::check::{Check, State, Want};
use super::checks;
use super::patient::{Pasid, Patient};
use super::verdict::Verdicts;
use super::vmm::Vmm;
use crate::subject::View;

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// What `doctor` says of one function.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    version: u32,
    pub(super) function: Function,
    /// Where the bytes come from.
    pub(super) seen: &'static str,
    pub(super) view: &'static str,
    /// What was said of the guest's machine.
    pub(super) vmm: Option<&'static str>,
    pub(super) bus: Option<String>,
    pub(super) viommu: Option<String>,
    pub(super) want: Vec<Want>,
    /// PASID as `plan` decides it.
    pub(super) pasid: Option<Pasid>,
    /// What the guest's kernel enables of what it is shown.
    pub(super) guest: Verdicts,
    pub(super) checks: Vec<Check>,
    pub(super) problems: usize,
    pub(super) unknown: usize,
}

/// Which function.
#[derive(Debug, Serialize)]
pub(super) struct Function {
    pub(super) address: Option<String>,
    pub(super) description: String,
    pub(super) vendor: u16,
    pub(super) device: u16,
    pub(super) kind: &'static str,
}

impl Report {
    pub(super) fn new(patient: &Patient<'_>, args: &Args) -> Self {
        let wants = args.wants();
        let (vmm, bus) = args.said();
        let mut checks = checks::all(patient);
        let guest = Verdicts::of(&checks);
        checks.retain(|check| check.concerns.iter().any(|want| wants.contains(want)));
        let count = |state| checks.iter().filter(|check| check.state == state).count();
        let (problems, unknown) = (count(State::Problem), count(State::Unknown));
        let subject = patient.subject;
        Self {
            version: VERSION,
            function: Function {
                address: subject.record.address().map(|address| address.to_string()),
                description: subject.record.description().to_owned(),
                vendor: subject.identity.vendor,
                device: subject.identity.device,
                kind: subject.identity.function.name(),
            },
            seen: subject.seen.name(),
            view: match patient.view {
                View::Vfio => "vfio",
                View::Raw => "raw",
            },
            vmm: vmm.map(Vmm::name),
            bus: bus.map(|bus| bus.to_string()),
            viommu: patient.viommu.map(|viommu| viommu.to_string()),
            want: wants.to_vec(),
            pasid: patient.pasid,
            guest,
            checks,
            problems,
            unknown,
        }
    }
}
