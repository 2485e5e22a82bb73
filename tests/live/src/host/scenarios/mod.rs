//! The scenarios: one file for each fact about live devices.

mod denylist;
mod legacy_group;
mod refusals;
mod removal;
mod reset;
mod server_gone;
mod unchanged;

use crate::bench::Bench;
use crate::failure::Failure;

/// A scenario: it passes, or says why not.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) run: fn(&Bench<'_>) -> Result<(), Failure>,
}

pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "unchanged",
        summary: "without entry and DVSEC, VFIO shows what the device has, less what it hides",
        run: unchanged::run,
    },
    Scenario {
        name: "legacy-group",
        summary: "without iommufd, group and container open the device; no PASID facts",
        run: legacy_group::run,
    },
    Scenario {
        name: "denylist",
        summary: "a denylisted device is refused with cause and cure, and works with the list disabled",
        run: denylist::run,
    },
    Scenario {
        name: "refusals",
        summary: "unsafe interrupts, another driver, no driver, no device: each error names cause and cure",
        run: refusals::run,
    },
    Scenario {
        name: "removal",
        summary: "removing an open device requests it back, and ends when it is closed",
        run: removal::run,
    },
    Scenario { name: "reset", summary: "reset while open: PASID stays enabled, the device was reset", run: reset::run },
    Scenario {
        name: "server-gone",
        summary: "the device's server dies: errors or all ones, no hang",
        run: server_gone::run,
    },
];
