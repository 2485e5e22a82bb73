//! The lists of devices by id.

use super::rule::Rule;

const EVERY: Rule = Rule { vendor: 0, devices: &[], revisions: &[], subsystems: &[], name: "" };

/// `quirk_amd_harvest_no_ats` and `quirk_intel_e2000_no_ats`.
pub(super) const NO_ATS: &[Rule] = &[
    // Stoney, Iceland, Navi 10, Navi 14.
    Rule {
        vendor: 0x1002,
        devices: &[
            (0x98e4, 0x98e4),
            (0x6900, 0x6900),
            (0x7310, 0x7310),
            (0x7312, 0x7312),
            (0x7318, 0x731b),
            (0x731e, 0x731f),
            (0x7340, 0x7341),
            (0x7347, 0x7347),
            (0x734f, 0x734f),
        ],
        name: "quirk_amd_harvest_no_ats",
        ..EVERY
    },
    // Raven, on some boards.
    Rule {
        vendor: 0x1002,
        devices: &[(0x15d8, 0x15d8)],
        revisions: &[(0xcf, 0xcf)],
        subsystems: &[(0xea50, 0xce19), (0xea50, 0xcc10), (0xea50, 0xcc08)],
        name: "quirk_amd_harvest_no_ats",
    },
    // Intel IPU E2000 before stepping C0.
    Rule {
        vendor: 0x8086,
        devices: &[(0x1451, 0x1455), (0x1457, 0x1457), (0x1459, 0x145a), (0x145c, 0x145c)],
        revisions: &[(0x00, 0x1f)],
        name: "quirk_intel_e2000_no_ats",
        ..EVERY
    },
];

/// `quirk_huawei_pcie_sva`.
pub(super) const NO_TLP_PREFIX: &[Rule] = &[Rule {
    vendor: 0x19e5,
    devices: &[(0xa250, 0xa251), (0xa255, 0xa256), (0xa258, 0xa259)],
    revisions: &[(0x21, 0x21), (0x30, 0x30)],
    name: "quirk_huawei_pcie_sva",
    ..EVERY
}];

/// `pci_dev_specific_ats_required`.
pub(super) const ATS_REQUIRED: &[Rule] = &[
    Rule { vendor: 0x10de, devices: &[(0x2e00, 0x2e3f)], name: "quirk_nvidia_gpu_ats_required", ..EVERY },
    Rule { vendor: 0x15b3, devices: &[(0x2101, 0x2101)], name: "pci_dev_ats_required", ..EVERY },
];
