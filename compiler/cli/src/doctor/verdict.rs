//! What the checks come to: what a guest's kernel enables, and one answer where the VMM is not known.

use serde::Serialize;

use super::check::{Check, Component, Side, State, Want};
use super::patient::Guest;

/// Whether a guest's kernel enables something, and it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Yes,
    No,
    Unknown,
}

impl Verdict {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// What a guest's kernel enables.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Verdicts {
    pub(super) pasid: Verdict,
    pub(super) ats: Verdict,
    pub(super) pri: Verdict,
}

impl Verdicts {
    pub(super) fn of(checks: &[Check]) -> Self {
        let of = |want| of(checks, want);
        Self { pasid: of(Want::Pasid), ats: of(Want::Ats), pri: of(Want::Pri) }
    }
}

/// Whether the guest's kernel enables this, by what its side was asked.
pub(super) fn of(checks: &[Check], want: Want) -> Verdict {
    let guests = || checks.iter().filter(|check| check.side == Side::Guest && check.concerns.contains(&want));
    if guests().any(|check| check.state == State::Problem) {
        Verdict::No
    } else if guests().any(|check| check.state == State::Unknown) {
        Verdict::Unknown
    } else {
        Verdict::Yes
    }
}

/// One answer of several guests' for each question.
pub(super) fn merge(all: &[(&Guest, Vec<Check>)]) -> Vec<Check> {
    let mut merged: Vec<Check> = Vec::new();
    let is_same = |one: &Check, other: &Check| one.code == other.code && one.concerns == other.concerns;
    for (guest, checks) in all {
        for check in checks {
            if merged.iter().any(|known| is_same(known, check)) {
                continue;
            }
            let answers =
                all.iter().filter_map(|(guest, checks)| Some((*guest, checks.iter().find(|it| is_same(it, check))?)));
            let answers: Vec<_> = answers.collect();
            let is_agreed = answers.iter().all(|(_, answer)| answer.state == check.state);
            merged.push(if is_agreed { check.clone() } else { disagreed(guest, check, &answers) });
        }
    }
    merged
}

fn disagreed(guest: &Guest, check: &Check, answers: &[(&Guest, &Check)]) -> Check {
    let other = answers.iter().find(|(_, answer)| answer.state != check.state);
    let (name, message) = other.map_or(("", ""), |(guest, answer)| (guest.vmm.title(), &*answer.message));
    let message = format!("with {}: {}; with {name}: {message}", guest.vmm.title(), check.message);
    let problem = answers.iter().map(|(_, answer)| *answer).find(|answer| answer.state == State::Problem);
    let Check { register, .. } = problem.unwrap_or(check).clone();
    let unknown = Check { state: State::Unknown, message, register, layer: None, ..check.clone() };
    unknown.cure(Component::Vmm, "say which VMM it is with `--vmm qemu|cloud-hypervisor|none`")
}
