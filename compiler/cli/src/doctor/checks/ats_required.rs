//! Devices that do not work without ATS: those with CXL.cache, and some by id (`pci_ats_required`, `drivers/pci/ats.c`). With
//! an `arm-smmuv3` without ATS Linux refuses them altogether (`arm_smmu_master_prepare_ats`).

use quirk_map::list;
use quirk_runtime::Image;
use quirk_runtime::capability::{DVSEC, Space};

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::doctor::viommu::{STATE, full_option};
use crate::linux;

pub(super) const ABOUT: About = About {
    code: "ats-required",
    side: Side::Guest,
    concerns: &[Want::Ats],
    reads: "CXL Capability (CXL device DVSEC + 0x0a), bit 0; Vendor and Device ID",
    must: "a device with CXL.cache, or on Linux's list, has a vIOMMU with ATS",
    linux: "`pci_ats_required` (`drivers/pci/ats.c`); `arm_smmu_master_prepare_ats` \
            (`drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c`) refuses the device without",
    failing: Some(
        Example::guest(&[(0x000, 0x2101_15b3)])
            .with("--view raw --vmm qemu --bus port:pcie-root-port --viommu intel,pasid=20"),
    ),
    passing: Some(Example::guest(&[(0x000, 0x2101_15b3)])),
};

/// The vendor of CXL's DVSECs.
const CXL: u32 = 0x1e98;

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let by_id = linux::ats_required(&patient.subject.identity);
    let Some(register) = cache(&guest.image).or_else(|| by_id.map(|_| Register::ids(&guest.image))) else {
        return Vec::new();
    };
    let check = match patient.viommu {
        Some(viommu) if viommu.ats => ABOUT.ok("it works with ATS alone, and the vIOMMU has it"),
        Some(viommu) => ABOUT
            .problem("it works with ATS alone, and the vIOMMU has none")
            .cure(Component::Vmm, format!("give the vIOMMU ATS; {}", full_option(Some(viommu.model)))),
        None => ABOUT.unknown("it works with ATS alone, which the vIOMMU must have").cure(Component::Vmm, STATE),
    };
    vec![check.register(register)]
}

/// Cache Capable of the DVSEC for CXL devices, if it is set.
fn cache(image: &Image) -> Option<Register> {
    let list = list(image, Space::Extended).unwrap_or_default();
    let is_cxl = |at: u16| image.dword(at + 4) & 0xffff == CXL && image.dword(at + 8) & 0xffff == 0;
    let (dvsec, _) = list.iter().find(|(it, _)| it.id == DVSEC && it.offset <= 0xff0 && is_cxl(it.offset))?;
    Some(Register::bit(image, "CXL Capability", dvsec.offset + 0x0a, 0)).filter(Register::is_set)
}
