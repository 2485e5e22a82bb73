//! The scenarios: one file for each fact about live devices.

mod denylist;
mod kernel_view;
mod kernel_view_dumps;
mod legacy_group;
mod refusals;
mod removal;
mod reset;
mod server_gone;
mod unchanged;
mod variant_driver;

use crate::bench::Bench;
use crate::failure::Failure;

/// A scenario: it passes, or says why not.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    /// What this machine lacks to run it, if anything.
    pub(crate) missing: fn() -> Option<String>,
    pub(crate) run: fn(&Bench<'_>) -> Result<(), Failure>,
}

/// The longest first, so that none is left to run alone at the end.
pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "kernel-view-dumps",
        summary: "what VFIO shows of real devices' spaces is what the model says, byte for byte",
        missing: kernel_view_dumps::missing,
        run: kernel_view_dumps::run,
    },
    Scenario {
        name: "unchanged",
        summary: "without entry and DVSEC, VFIO shows what the device has, less what it hides",
        missing: || None,
        run: unchanged::run,
    },
    Scenario {
        name: "variant-driver",
        summary: "one driver shows the free-space DVSECs of many devices, from the table that quirkc made",
        missing: || None,
        run: variant_driver::run,
    },
    Scenario {
        name: "legacy-group",
        summary: "without iommufd, group and container open the device; no PASID facts",
        missing: || None,
        run: legacy_group::run,
    },
    Scenario {
        name: "denylist",
        summary: "a denylisted device is refused with cause and cure, and works with the list disabled",
        missing: || None,
        run: denylist::run,
    },
    Scenario {
        name: "refusals",
        summary: "unsafe interrupts, another driver, no driver, no device: each error names cause and cure",
        missing: || None,
        run: refusals::run,
    },
    Scenario {
        name: "removal",
        summary: "removing an open device requests it back, and ends when it is closed",
        missing: || None,
        run: removal::run,
    },
    Scenario {
        name: "reset",
        summary: "reset while open: PASID stays enabled, the device was reset",
        missing: || None,
        run: reset::run,
    },
    Scenario {
        name: "server-gone",
        summary: "the device's server dies: errors or all ones, no hang",
        missing: || None,
        run: server_gone::run,
    },
    Scenario {
        name: "kernel-view",
        summary: "what VFIO shows of odd spaces is what the model says, byte for byte",
        missing: || None,
        run: kernel_view::run,
    },
];
