//! Linux refuses to enable page requests that have not stopped (`pci_enable_pri`, `drivers/pci/ats.c`: -EBUSY).

use quirk_runtime::capability::PRI;

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};

pub(super) const ABOUT: About = About {
    code: "pri-stopped",
    side: Side::Guest,
    concerns: &[Want::Pri],
    reads: "Page Request Status (+ 0x06), bit 8",
    must: "Stopped",
    linux: "`pci_enable_pri` (`drivers/pci/ats.c`): -EBUSY without it",
    failing: Some(Example::guest(&[(0x224, 0x8000_0000)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(_: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let Some(at) = guest.extended(PRI) else { return Vec::new() };
    let stopped = Register::bit(&guest.image, "Page Request Status", at + 6, 8);
    let check = if stopped.is_set() {
        ABOUT.ok("page requests have stopped")
    } else {
        ABOUT.problem("page requests have not stopped, and Linux does not enable them then").cure(
            Component::HostKernel,
            "the host is using page requests, or the function needs a reset before the guest starts",
        )
    };
    vec![check.register(stopped)]
}
