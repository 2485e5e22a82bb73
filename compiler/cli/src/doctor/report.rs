//! What `doctor` says of one function: the object that `--format json` prints. `docs/doctor-json.md` is its documentation.

use serde::Serialize;

use super::check::{Check, State, Want};
use super::checks;
use super::patient::Patient;
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
    pub(super) want: Vec<Want>,
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
    pub(super) fn new(patient: &Patient<'_>, wants: &[Want]) -> Self {
        let mut checks = checks::all(patient);
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
                kind: match subject.identity.function {
                    quirk_runtime::Function::Unknown => "unknown",
                    quirk_runtime::Function::Physical => "physical",
                    quirk_runtime::Function::Virtual => "virtual",
                },
            },
            seen: subject.seen.name(),
            view: match patient.view {
                View::Vfio => "vfio",
                View::Raw => "raw",
            },
            want: wants.to_vec(),
            checks,
            problems,
            unknown,
        }
    }
}
