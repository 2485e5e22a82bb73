//! The scenarios: one file for each fact about live devices.

mod denylist;
mod dumps_overlaid;
mod free_space_gap;
mod free_space_table;
mod guest_reality;
mod guest_view;
mod kernel_view;
mod kernel_view_dumps;
mod legacy_group;
mod malformed;
mod native_pasid;
mod proxy;
mod quirkc;
mod refusals;
mod removal;
mod reset;
mod server_gone;
mod unchanged;
mod variant_driver;
mod write_probe;
mod write_shield;

use crate::bench::Bench;
use crate::dumps;
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
        missing: dumps::missing,
        run: kernel_view_dumps::run,
    },
    Scenario {
        name: "dumps-overlaid",
        summary: "PASID placed on real devices' spaces: lspci lists what our walk finds, in a guest or on the host",
        missing: dumps::missing,
        run: dumps_overlaid::run,
    },
    Scenario {
        name: "guest-reality",
        summary: "what an unmodified guest enables of 60 functions and more is what `quirkc doctor` says, machine by machine",
        missing: || None,
        run: guest_reality::run,
    },
    Scenario {
        name: "write-shield",
        summary: "a guest writes everywhere; nothing emulated or hidden is written in the device",
        missing: || None,
        run: write_shield::run,
    },
    Scenario {
        name: "guest-view",
        summary: "a served virtual configuration: an unmodified Linux finds PASID and enables it",
        missing: || None,
        run: guest_view::run,
    },
    Scenario {
        name: "native-pasid",
        summary: "PASID that the kernel hides: found, and placed natively or in free space over the live device",
        missing: || None,
        run: native_pasid::run,
    },
    Scenario {
        name: "free-space-gap",
        summary: "a DVSEC of the device at each gap: PASID lands in the lowest, over the live device",
        missing: || None,
        run: free_space_gap::run,
    },
    Scenario {
        name: "free-space-table",
        summary: "a DVSEC of the device with a table of gaps: PASID lands in the lowest, over the live device",
        missing: || None,
        run: free_space_table::run,
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
        name: "quirkc",
        summary: "`quirkc devices`, `plan` and `doctor` on live devices, against the kernel and the image; nothing changes",
        missing: || None,
        run: quirkc::run,
    },
    Scenario {
        name: "proxy",
        summary: "`vfio-user-proxy --device` over the live device: its client finds PASID, no write to it goes below",
        missing: || None,
        run: proxy::run,
    },
    Scenario {
        name: "write-probe",
        summary: "`quirkc verify --write-probe`: writes arrive in declared free bytes alone, and are restored",
        missing: || None,
        run: write_probe::run,
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
        name: "malformed",
        summary: "loops and wild pointers behind our own client: findings, no hang, and PASID reachable if placed",
        missing: || None,
        run: malformed::run,
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
