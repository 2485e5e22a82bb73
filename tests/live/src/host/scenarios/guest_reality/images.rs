//! The functions that guests are shown: one that lacks nothing, and what each other one has otherwise.

use crate::guest::{Attach, Machine};
use crate::image::{Image, SIZE};
use crate::view::walk;
use quirk_runtime::Image as Bytes;

/// Dwords of a space.
type Edits = &'static [(u16, u32)];

/// A vIOMMU with everything.
pub(super) const FULL: &str = "intel,pasid=20,ats,pri";

const PORT: Machine = Machine { attach: Attach::RootPort, viommu: FULL, multifunction: false };
const ROOT: Machine = Machine { attach: Attach::Root, ..PORT };

/// A function in a machine.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) machine: Machine,
}

impl Case {
    /// What is served: registers of PASID, ATS, PRI and ACS can be written as those of hardware.
    pub(super) fn image(&self) -> Image {
        let mut image = Image::from(self.bytes.clone());
        let list = Bytes::new(&self.bytes).map(|space| walk(&space)).unwrap_or_default();
        for capability in list {
            let at = usize::from(capability.offset);
            match (at >= 0x100, capability.id) {
                (false, 0x01) => image.power_management(at),
                (false, 0x10) => image.express(at),
                (true, 0x0d) => image.allow16(at + 6, 0x7f),
                (true, 0x0f) => image.allow16(at + 6, 0x801f),
                (true, 0x1b) if at + 8 <= SIZE => image.allow16(at + 6, 7),
                (true, 0x13) => {
                    image.allow16(at + 4, 1);
                    if at + 16 <= SIZE {
                        image.allow32(at + 0x0c, u32::MAX);
                    }
                }
                _ => {}
            }
        }
        image
    }
}

/// A space of these dwords.
pub(super) fn space(dwords: impl IntoIterator<Item = (u16, u32)>) -> Vec<u8> {
    let mut bytes = vec![0; SIZE];
    for (at, dword) in dwords {
        bytes[usize::from(at)..][..4].copy_from_slice(&dword.to_le_bytes());
    }
    bytes
}

/// In each of these machines.
const EVERYWHERE: &[(&str, Machine)] = &[
    ("pcie-root-port", PORT),
    ("root bus", ROOT),
    ("ioh3420", Machine { attach: Attach::Ioh3420, ..PORT }),
    ("xio3130-downstream", Machine { attach: Attach::Switch, ..PORT }),
    ("no device-iotlb", Machine { viommu: "intel,pasid=20", ..PORT }),
    ("no svm", Machine { viommu: "intel,pasid=20,ats", ..PORT }),
    ("device-iotlb alone", Machine { viommu: "intel,ats", ..PORT }),
    ("no option at all", Machine { viommu: "intel", ..PORT }),
];

/// Those with which one fault is looked at in every machine.
const FAULTS: &[(&str, Edits)] = &[
    ("lacks nothing", &[]),
    ("without Page Aligned Request", &[(0x204, 0)]),
    ("without PRG Response PASID Required", &[(0x224, 0x0100_0000)]),
    ("without End-End TLP Prefix", &[(0x074, 0)]),
    ("neither of the last two", &[(0x074, 0), (0x224, 0x0100_0000)]),
];

/// Those that are looked at behind a `pcie-root-port`.
const BEHIND_A_PORT: &[(&str, Edits)] = &[
    ("PRI has not stopped", &[(0x224, 0x8000_0000)]),
    ("no PASID", &[(0x200, 0x2201_000f)]),
    ("no ATS", &[(0x100, 0x2102_0001)]),
    ("no PRI", &[(0x210, 0x0001_001b)]),
    ("PRI alone", &[(0x100, 0x2202_0001)]),
    ("PASID alone", &[(0x100, 0x2102_0001), (0x210, 0x0001_001b)]),
    ("PASID width 0", &[(0x214, 0x0006)]),
    ("PASID width 1", &[(0x214, 0x0106)]),
    ("PASID width 16", &[(0x214, 0x1006)]),
    ("PASID width 21", &[(0x214, 0x1506)]),
    ("PASID width 30", &[(0x214, 0x1e06)]),
    ("PASID width 31", &[(0x214, 0x1f06)]),
    ("PASID without execute and privileged", &[(0x214, 0x1400)]),
    ("PASID version 0", &[(0x210, 0x2200_001b)]),
    ("PASID version 2", &[(0x210, 0x2202_001b)]),
    ("PASID version 15", &[(0x210, 0x220f_001b)]),
    ("PASID first at 0x100", &[(0x100, 0x2001_001b), (0x104, 0x1406), (0x200, 0x2201_000f)]),
    ("PASID at 0xff8", &[(0x200, 0xff81_000f), (0xff8, 0x2201_001b), (0xffc, 0x1406)]),
    ("PASID right after ATS", &[(0x200, 0x2081_000f), (0x208, 0x2201_001b), (0x20c, 0x1406)]),
    ("PASID before ATS in the list", &[(0x100, 0x2102_0001), (0x210, 0x2001_001b), (0x200, 0x2201_000f)]),
    (
        "a list that runs backward",
        &[(0x100, 0x2202_0001), (0x220, 0x2101_0013), (0x210, 0x2001_001b), (0x200, 0x0001_000f)],
    ),
    (
        "two PASID capabilities, the first of no bit",
        &[(0x210, 0x3001_001b), (0x214, 0x0006), (0x300, 0x2201_001b), (0x304, 0x1406)],
    ),
    ("a null capability before PASID", &[(0x200, 0x3001_000f), (0x300, 0x2101_0000)]),
    ("SR-IOV and ARI before PASID", &[(0x200, 0x3001_000f), (0x300, 0x3801_000e), (0x380, 0x2101_0010)]),
    ("a null capability at 0x100", &[(0x100, 0x2001_0000)]),
    ("PCI Express version 0", &[(0x050, 0x0000_0010)]),
    ("PCI Express version 1", &[(0x050, 0x0001_0010)]),
    ("a legacy endpoint", &[(0x050, 0x0012_0010)]),
    ("an integrated endpoint", &[(0x050, 0x0092_0010)]),
    ("an integrated endpoint without prefixes", &[(0x050, 0x0092_0010), (0x074, 0)]),
    ("one of several, shown alone", &[(0x00c, 0x0080_0000)]),
    ("ACS of one function", &[(0x220, 0x3001_0013), (0x300, 0x0001_000d), (0x304, 0x0000_001f)]),
    ("a DVSEC before PASID", &[(0x200, 0x3001_000f), (0x300, 0x2101_0023), (0x304, 0x0100_e1de), (0x308, 1)]),
    ("CXL.cache", &[(0x220, 0x3001_0013), (0x300, 0x0001_0023), (0x304, 0x0380_1e98), (0x308, 0x0001_0000)]),
    ("more page requests than Linux allocates", &[(0x228, 0x0001_0000)]),
    ("page requests of capacity 1", &[(0x228, 1)]),
    ("PRI past the end", &[(0x210, 0xff81_001b), (0xff8, 0x0001_0013), (0xffc, 0x8100_0000)]),
    (
        "PASID inside PRI, whose allocation overwrites its control",
        &[(0x200, 0x2201_000f), (0x220, 0x2281_0013), (0x228, 0x0001_001b), (0x22c, 0x1406)],
    ),
    ("no capability at 0x100", &[(0x100, 0)]),
    ("Navi 10", &[(0x000, 0x731f_1002)]),
    ("Raven on a board of Linux's list", &[(0x000, 0x15d8_1002), (0x008, 0x0880_00cf), (0x02c, 0xcc10_ea50)]),
    ("Raven on another board", &[(0x000, 0x15d8_1002), (0x008, 0x0880_00cf), (0x02c, 0xcc11_ea50)]),
    ("Intel E2000 revision 0x1f", &[(0x000, 0x1451_8086), (0x008, 0x0880_001f)]),
    ("Intel E2000 revision 0x20", &[(0x000, 0x1451_8086), (0x008, 0x0880_0020)]),
    ("a HiSilicon engine without prefixes, revision 0x21", &[(0x000, 0xa250_19e5), (0x008, 0x0880_0021), (0x074, 0)]),
    ("a HiSilicon engine without prefixes, revision 0x22", &[(0x000, 0xa250_19e5), (0x008, 0x0880_0022), (0x074, 0)]),
];

/// Those that are looked at on the root bus.
const ON_THE_ROOT_BUS: &[(&str, Edits)] = &[
    ("a legacy endpoint", &[(0x050, 0x0012_0010)]),
    ("an integrated endpoint", &[(0x050, 0x0092_0010)]),
    ("PCI Express version 1", &[(0x050, 0x0001_0010)]),
    ("PCI Express version 0", &[(0x050, 0x0000_0010)]),
    ("a HiSilicon engine without prefixes, revision 0x30", &[(0x000, 0xa259_19e5), (0x008, 0x0880_0030), (0x074, 0)]),
    ("one of several, shown alone", &[(0x00c, 0x0080_0000)]),
];

/// Those that are shown as one of several functions.
const SEVERAL: &[(&str, Edits)] = &[
    ("one of several, without ACS", &[(0x00c, 0x0080_0000)]),
    (
        "one of several, with ACS",
        &[(0x00c, 0x0080_0000), (0x220, 0x3001_0013), (0x300, 0x0001_000d), (0x304, 0x0000_001f)],
    ),
    ("one of several, by Linux's table", &[(0x000, 0x10fb_8086), (0x00c, 0x0080_0000)]),
    ("one of several, of Wangxun", &[(0x000, 0x0110_8088), (0x00c, 0x0080_0000)]),
    ("one of several, of Wangxun, by its table", &[(0x000, 0x1001_8088), (0x00c, 0x0080_0000)]),
];

/// All of them, on top of a function that lacks nothing.
pub(super) fn all(healthy: &[(u16, u32)]) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name: String, edits: Edits, machine: Machine| {
        let dwords = healthy.iter().chain(edits).copied();
        cases.push(Case { name, bytes: space(dwords), machine });
    };
    for (place, machine) in EVERYWHERE {
        FAULTS.iter().for_each(|(name, edits)| add(format!("{name}; {place}"), edits, *machine));
    }
    for (lists, place, machine) in [
        (BEHIND_A_PORT, "pcie-root-port", PORT),
        (ON_THE_ROOT_BUS, "root bus", ROOT),
        (SEVERAL, "pcie-root-port", Machine { multifunction: true, ..PORT }),
    ] {
        lists.iter().for_each(|(name, edits)| add(format!("{name}; {place}"), edits, machine));
    }
    cases
}
