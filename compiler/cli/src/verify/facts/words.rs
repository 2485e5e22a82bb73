//! How the registers of capabilities are called in headers of vendors.

use quirk_runtime::capability::{Kind, Space};

/// Of each kind, parts of names that its header may have.
const WORDS: &[(Space, &str, &[&str])] = &[
    (Space::Conventional, "pm", &["PMI_CAP", "POWER_MANAGEMENT"]),
    (Space::Conventional, "msi", &["MSI_CAP", "MSI_MESSAGE"]),
    (Space::Conventional, "msix", &["MSIX_"]),
    (Space::Conventional, "pcie", &["PCIE_CAP_LIST", "PCI_EXPRESS_CAPABILITIES"]),
    (Space::Conventional, "vendor", &["VENDOR"]),
    (Space::Extended, "aer", &["ADV_ERR_RPT", "ADVANCED_ERROR"]),
    (Space::Extended, "vc", &["PCIE_VC_", "VIRTUAL_CHANNEL"]),
    (Space::Extended, "dsn", &["SERIAL_NUM", "DSN_CAP"]),
    (Space::Extended, "power", &["PWR_BUDGET", "POWER_BUDGET"]),
    (Space::Extended, "vendor", &["VENDOR"]),
    (Space::Extended, "acs", &["PCIE_ACS_", "ACS_CAP"]),
    (Space::Extended, "ari", &["PCIE_ARI_", "ARI_EXTENDED"]),
    (Space::Extended, "ats", &["PCIE_ATS_", "ATS_EXTENDED"]),
    (Space::Extended, "sriov", &["SRIOV", "SR_IOV"]),
    (Space::Extended, "mcast", &["PCIE_MC_"]),
    (Space::Extended, "pri", &["PAGE_REQ"]),
    (Space::Extended, "rebar", &["PCIE_BAR_ENH", "PF_RESIZABLE_BAR"]),
    (Space::Extended, "dpa", &["PCIE_DPA_"]),
    (Space::Extended, "tph", &["TPH_REQR"]),
    (Space::Extended, "ltr", &["PCIE_LTR_", "LTR_EXTENDED"]),
    (Space::Extended, "secpcie", &["SECONDARY"]),
    (Space::Extended, "pasid", &["PASID"]),
    (Space::Extended, "l1ss", &["L1_PM_SUBSTATE"]),
    (Space::Extended, "dvsec", &["DVSEC", "DESIGNATED_VENDOR"]),
    (Space::Extended, "vfrebar", &["VF_RESIZ"]),
    (Space::Extended, "dlf", &["PCIE_DLF_", "DATA_LINK_FEATURE"]),
    (Space::Extended, "pl16gt", &["PHY_16GT", "16P0_GTS"]),
    (Space::Extended, "margining", &["MARGINING"]),
    (Space::Extended, "pl32gt", &["PHY_32GT", "32P0_GTS"]),
    (Space::Extended, "altproto", &["ALTERNATE_PROTOCOL"]),
    (Space::Extended, "doe", &["DOE_"]),
    (Space::Extended, "ide", &["IDE_CAP"]),
    (Space::Extended, "pl64gt", &["64P0_GTS"]),
    (Space::Extended, "flitlog", &["FLIT_LOGGING"]),
    (Space::Extended, "dev3", &["DEVICE3"]),
];

/// Whether one of these names can be that of a capability's header; `None` where nobody knows how it would be called.
pub(super) fn fits(space: Space, id: u16, names: &[String]) -> Option<bool> {
    let name = Kind::by_id(space, id)?.name;
    let (.., words) = WORDS.iter().find(|(of, kind, _)| (*of, *kind) == (space, name))?;
    Some(names.iter().any(|name| words.iter().any(|word| name.contains(word))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_one_of_the_language() {
        for (space, name, words) in WORDS {
            assert!(Kind::by_name(*space, name).is_some(), "{name}");
            assert!(!words.is_empty());
        }
    }
}
