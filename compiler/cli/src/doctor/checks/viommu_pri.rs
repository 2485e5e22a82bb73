//! Whether the vIOMMU takes page requests (`ecap_prs` and scalable mode in `intel_iommu_probe_device`,
//! `drivers/iommu/intel/iommu.c`). The drivers of `arm-smmuv3` and virtio enable none.

use quirk_runtime::capability::PRI;

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::doctor::viommu::{Model, STATE, Viommu, full_option};

pub(super) const ABOUT: About = About {
    code: "viommu-pri",
    side: Side::Guest,
    concerns: &[Want::Pri],
    reads: "Page Request Control (+ 0x04), bit 0, which the guest is to set",
    must: "a vIOMMU with page requests: `scalable-mode=on` and `svm=on` of `intel-iommu`",
    linux: "`intel_iommu_probe_device` (`drivers/iommu/intel/iommu.c`); no other driver but AMD's calls `pci_enable_pri`",
    failing: Some(Example::HEALTHY.with("--view raw --vmm qemu --bus port:pcie-root-port --viommu intel,pasid=20,ats")),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let Some(at) = guest.extended(PRI) else { return Vec::new() };
    let control = Register::bit(&guest.image, "Page Request Control", at + 4, 0);
    let check = match patient.viommu {
        None => ABOUT.unknown("whether the vIOMMU takes page requests is not known").cure(Component::Vmm, STATE),
        Some(Viommu { model: Model::Amd, pri: true, .. }) => {
            ABOUT.unknown("what Linux does with page requests under an emulated `amd-iommu` was not measured")
        }
        Some(Viommu { model: Model::Intel, pri: true, .. }) => ABOUT.ok("the vIOMMU takes page requests"),
        Some(Viommu { model: Model::Smmuv3, .. }) => ABOUT
            .problem("Linux's driver of the SMMUv3 enables no page requests of PCI devices")
            .cure(Component::Vmm, format!("none with this vIOMMU; {}", full_option(None))),
        Some(viommu) => ABOUT
            .problem(format!("the vIOMMU (`{}`) takes no page requests", viommu.model.device()))
            .cure(Component::Vmm, format!("switch them on; {}", full_option(None))),
    };
    vec![check.register(control)]
}
