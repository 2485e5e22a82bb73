//! Functions that Linux takes to be isolated, or not, whatever their ACS says: `pci_dev_acs_enabled` of
//! `drivers/pci/quirks.c`, as of 7.3, for P2P Request Redirect and Upstream Forwarding.

use quirk_runtime::Identity;

/// What the table says of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Equivalent {
    /// Isolated.
    Isolated(&'static str),
    /// Not isolated, even with ACS.
    NotIsolated(&'static str),
}

const ENDPOINTS: &str = "pci_quirk_mf_endpoint_acs";
const ROOT_PORT: u32 = 4;
const DOWNSTREAM: u32 = 6;
const INTEGRATED: u32 = 9;

/// A row: functions of these types are isolated; no type means every type.
struct Row {
    vendor: u16,
    devices: &'static [(u16, u16)],
    types: &'static [u32],
    name: &'static str,
}

const fn endpoints(vendor: u16, devices: &'static [(u16, u16)]) -> Row {
    Row { vendor, devices, types: &[], name: ENDPOINTS }
}

const fn ports(vendor: u16, devices: &'static [(u16, u16)], name: &'static str) -> Row {
    Row { vendor, devices, types: &[], name }
}

const ROWS: &[Row] = &[
    // South bridges; only in machines with an AMD IOMMU.
    ports(0x1002, &[(0x4383, 0x4385), (0x4399, 0x4399), (0x439c, 0x439d)], "pci_quirk_amd_sb_acs"),
    ports(0x1022, &[(0x7809, 0x7809), (0x780f, 0x780f)], "pci_quirk_amd_sb_acs"),
    endpoints(0x1924, &[(0x0903, 0x0903), (0x0923, 0x0923), (0x0a03, 0x0a03)]),
    endpoints(
        0x8086,
        &[
            (0x105e, 0x1060),
            (0x10a7, 0x10a7),
            (0x10a9, 0x10a9),
            (0x10c6, 0x10c6),
            (0x10c9, 0x10c9),
            (0x10d6, 0x10d6),
            (0x10d9, 0x10d9),
            (0x10db, 0x10db),
            (0x10dd, 0x10dd),
            (0x10e1, 0x10e1),
            (0x10e6, 0x10e8),
            (0x10f1, 0x10f1),
            (0x10f7, 0x10fc),
            (0x1507, 0x1507),
            (0x1509, 0x150a),
            (0x150d, 0x1511),
            (0x1514, 0x1514),
            (0x1516, 0x1516),
            (0x1518, 0x1518),
            (0x151c, 0x151c),
            (0x1521, 0x1524),
            (0x1526, 0x1527),
            (0x1529, 0x152a),
            (0x154d, 0x154d),
            (0x154f, 0x154f),
            (0x1551, 0x1551),
            (0x1558, 0x1558),
            (0x15b7, 0x15b8),
        ],
    ),
    Row { vendor: 0x8086, devices: &[(0x0000, 0xffff)], types: &[INTEGRATED], name: "pci_quirk_rciep_acs" },
    ports(0x17cb, &[(0x0111, 0x0111), (0x0115, 0x0115), (0x0120, 0x0120), (0x0400, 0x0401)], "pci_quirk_qcom_rp_acs"),
    ports(0x1dbf, &[(0x0401, 0x0401)], "pci_quirk_qcom_rp_acs"),
    endpoints(0x19a2, &[(0x0710, 0x0710)]),
    endpoints(0x10df, &[(0x0720, 0x0720)]),
    Row {
        vendor: 0x177d,
        devices: &[(0xa000, 0xa7ff), (0xaf84, 0xaf84), (0xb884, 0xb884)],
        types: &[ROOT_PORT],
        name: "pci_quirk_cavium_acs",
    },
    endpoints(0x177d, &[(0xa026, 0xa026), (0xa059, 0xa059), (0xa060, 0xa060)]),
    ports(0x10e8, &[(0xe004, 0xe004)], "pci_quirk_xgene_acs"),
    ports(0x1def, &[(0xe005, 0xe00c)], "pci_quirk_xgene_acs"),
    endpoints(0x14e4, &[(0x16d7, 0x16d7), (0x1750, 0x1752), (0x1760, 0x1763)]),
    ports(0x14e4, &[(0xd714, 0xd714)], "pci_quirk_brcm_acs"),
    ports(
        0x0014,
        &[
            (0x3c09, 0x3c09),
            (0x3c19, 0x3c19),
            (0x3c29, 0x3c29),
            (0x7a09, 0x7a09),
            (0x7a19, 0x7a19),
            (0x7a29, 0x7a29),
            (0x7a39, 0x7a39),
            (0x7a49, 0x7a49),
            (0x7a59, 0x7a59),
            (0x7a69, 0x7a69),
        ],
        "pci_quirk_loongson_acs",
    ),
    Row { vendor: 0x1c36, devices: &[(0x0031, 0x0031)], types: &[ROOT_PORT], name: "pci_quirk_al_acs" },
    endpoints(0x1d17, &[(0x3038, 0x3038), (0x3104, 0x3104), (0x9083, 0x9083)]),
    ports(
        0x1957,
        &[
            (0x8d80, 0x8d83),
            (0x8d88, 0x8d8b),
            (0x8d90, 0x8d93),
            (0x8d98, 0x8d9b),
            (0x8da0, 0x8da1),
            (0x8da8, 0x8da9),
            (0x8db0, 0x8db1),
            (0x8db8, 0x8db9),
        ],
        "pci_quirk_nxp_rp_acs",
    ),
    Row {
        vendor: 0x1d17,
        devices: &[(0x0710, 0x071e), (0x0721, 0x0721), (0x0723, 0x0752)],
        types: &[ROOT_PORT, DOWNSTREAM],
        name: "pci_quirk_zhaoxin_pcie_ports_acs",
    },
    ports(
        0x8088,
        &[
            (0x0100, 0x010f),
            (0x1001, 0x1001),
            (0x2001, 0x2001),
            (0x5010, 0x5010),
            (0x5025, 0x5025),
            (0x5040, 0x5040),
            (0x5110, 0x5110),
            (0x5125, 0x5125),
            (0x5140, 0x5140),
        ],
        "pci_quirk_wangxun_nic_acs",
    ),
    // Root ports of PCHs, which Linux isolates by registers outside of configuration space.
    Row {
        vendor: 0x8086,
        devices: &[
            (0x1c10, 0x1c1f),
            (0x1d10, 0x1d10),
            (0x1d12, 0x1d12),
            (0x1d14, 0x1d14),
            (0x1d16, 0x1d16),
            (0x1d18, 0x1d18),
            (0x1d1a, 0x1d1a),
            (0x1d1c, 0x1d1c),
            (0x1d1e, 0x1d1e),
            (0x1e10, 0x1e1f),
            (0x3b42, 0x3b51),
            (0x8c10, 0x8c1f),
            (0x8c90, 0x8c90),
            (0x8c92, 0x8c92),
            (0x8c94, 0x8c94),
            (0x8c96, 0x8c96),
            (0x8c98, 0x8c98),
            (0x8c9a, 0x8c9a),
            (0x8c9c, 0x8c9c),
            (0x8c9e, 0x8c9e),
            (0x8d10, 0x8d1e),
            (0x9c10, 0x9c1b),
            (0x9c90, 0x9c9b),
        ],
        types: &[ROOT_PORT],
        name: "pci_quirk_intel_pch_acs",
    },
];

/// Vendors of whose functions Linux says no where it does not say yes, with their types.
const OTHERWISE_NOT: &[(u16, &[u32], &str)] = &[
    (0x1d17, &[ROOT_PORT, DOWNSTREAM], "pci_quirk_zhaoxin_pcie_ports_acs"),
    (0x8088, &[], "pci_quirk_wangxun_nic_acs"),
];

/// What the table says of a function of this type; `None` where its ACS decides.
pub(crate) fn equivalent(identity: &Identity, kind: u32) -> Option<Equivalent> {
    let is_of = |types: &[u32]| types.is_empty() || types.contains(&kind);
    let among = |row: &Row| row.devices.iter().any(|&(first, last)| (first..=last).contains(&identity.device));
    let row = ROWS.iter().find(|row| row.vendor == identity.vendor && is_of(row.types) && among(row));
    if let Some(row) = row {
        return Some(Equivalent::Isolated(row.name));
    }
    let never = OTHERWISE_NOT.iter().find(|(vendor, types, _)| *vendor == identity.vendor && is_of(types));
    never.map(|(_, _, name)| Equivalent::NotIsolated(name))
}

/// Sunrise Point and its like: ACS whose registers are dwords, control at + 8.
pub(crate) fn has_wide_acs(identity: &Identity, kind: u32) -> bool {
    const RANGES: &[(u16, u16)] =
        &[(0xa110, 0xa11f), (0xa167, 0xa16a), (0xa290, 0xa29f), (0xa2e7, 0xa2ee), (0x9d10, 0x9d1b)];
    let among = RANGES.iter().any(|&(first, last)| (first..=last).contains(&identity.device));
    identity.vendor == 0x8086 && kind == ROOT_PORT && among
}

#[cfg(test)]
mod tests {
    use super::*;

    fn isolated(vendor: u16, device: u16, kind: u32) -> Option<bool> {
        let identity = Identity::new(vendor, device);
        equivalent(&identity, kind).map(|found| matches!(found, Equivalent::Isolated(_)))
    }

    #[test]
    fn the_table_is_asked_by_id_and_by_type() {
        assert_eq!(isolated(0x8086, 0x10fb, 0), Some(true));
        assert_eq!(isolated(0x8086, 0x10fd, 0), None);
        assert_eq!(isolated(0x8086, 0x0b25, 9), Some(true), "every integrated endpoint of Intel");
        assert_eq!(isolated(0x8086, 0x0b25, 0), None);
        assert_eq!(isolated(0x8086, 0x8c10, 4), Some(true));
        assert_eq!(isolated(0x8086, 0x8c10, 0), None);
        assert_eq!(isolated(0x1d17, 0x0710, 4), Some(true));
        assert_eq!(isolated(0x1d17, 0x0722, 6), Some(false));
        assert_eq!(isolated(0x1d17, 0x0722, 0), None);
        assert_eq!(isolated(0x8088, 0x0110, 0), Some(false));
    }

    #[test]
    fn sunrise_point_has_registers_of_its_own() {
        let of = |device, kind| has_wide_acs(&Identity::new(0x8086, device), kind);
        assert!(of(0xa110, 4) && !of(0xa110, 0) && !of(0xa120, 4));
    }
}
