//! Whether the vIOMMU has ATS, which QEMU calls a device IOTLB (`ecap_dev_iotlb_support`, `drivers/iommu/intel/iommu.h`;
//! `ARM_SMMU_FEAT_ATS`).

use quirk_runtime::capability::ATS;

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::doctor::viommu::{Model, STATE, Viommu, full_option};

pub(super) const ABOUT: About = About {
    code: "viommu-ats",
    side: Side::Guest,
    concerns: &[Want::Ats, Want::Pri],
    reads: "ATS Control (+ 0x06), bit 15, which the guest is to set",
    must: "a vIOMMU with ATS: `device-iotlb=on` of `intel-iommu`, `ats=on` of `arm-smmuv3`",
    linux: "`intel_iommu_probe_device` (`drivers/iommu/intel/iommu.c`), `arm_smmu_ats_supported` \
            (`drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c`); the virtio driver enables none",
    failing: Some(Example::HEALTHY.with("--view raw --vmm qemu --bus port:pcie-root-port --viommu intel,pasid=20")),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let Some(at) = guest.extended(ATS) else { return Vec::new() };
    let control = Register::bit(&guest.image, "ATS Control", at + 6, 15);
    let lacks = |model: Model| {
        ABOUT
            .problem(format!("the vIOMMU (`{}`) has no ATS", model.device()))
            .cure(Component::Vmm, format!("give it ATS; {}", full_option(Some(model))))
    };
    let check = match patient.viommu {
        None => ABOUT.unknown("whether the vIOMMU has ATS is not known").cure(Component::Vmm, STATE),
        Some(Viommu { model: Model::Amd, ats: true, .. }) => {
            ABOUT.unknown("what Linux does with ATS under an emulated `amd-iommu` was not measured")
        }
        Some(Viommu { model: Model::Intel | Model::Smmuv3, ats: true, .. }) => ABOUT.ok("the vIOMMU has ATS"),
        Some(viommu) => lacks(viommu.model),
    };
    vec![check.register(control)]
}
