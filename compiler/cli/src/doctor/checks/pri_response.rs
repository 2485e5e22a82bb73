//! PRG Response PASID Required: with PASID enabled, VT-d enables no page requests of a device that wants its responses without
//! PASID (`iommu_enable_pci_pri`, `drivers/iommu/intel/iommu.c`).

use quirk_runtime::capability::PRI;

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::doctor::verdict::{self, Verdict};
use crate::doctor::viommu::{Model, STATE};

pub(super) const ABOUT: About = About {
    code: "pri-response",
    side: Side::Guest,
    concerns: &[Want::Pri],
    reads: "Page Request Status (+ 0x06), bit 15",
    must: "with VT-d and PASID: PRG Response PASID Required",
    linux: "`iommu_enable_pci_pri` (`drivers/iommu/intel/iommu.c`) gives up where PASID is enabled and the bit is 0",
    failing: Some(Example::guest(&[(0x224, 0x0100_0000)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, so_far: &[Check]) -> Vec<Check> {
    let Some(at) = guest.extended(PRI) else { return Vec::new() };
    let required = Register::bit(&guest.image, "Page Request Status", at + 6, 15);
    let pasid = verdict::of(so_far, Want::Pasid);
    let check = match (patient.viommu.map(|viommu| viommu.model), pasid) {
        _ if required.is_set() => ABOUT.ok("its responses have a PASID where its requests had one"),
        (Some(Model::Smmuv3 | Model::Amd | Model::Virtio), _) => {
            ABOUT.ok("its responses have no PASID, of which VT-d alone makes a condition")
        }
        (Some(Model::Intel), Verdict::Yes) => ABOUT
            .problem("its responses have no PASID: VT-d enables no page requests beside PASID then")
            .cure(Component::Device, "none: a guest with VT-d has PASID or page requests of this device, not both"),
        (_, Verdict::No) => ABOUT.ok("its responses have no PASID, and PASID does not come up"),
        (model, _) => {
            let check = ABOUT
                .unknown("its responses have no PASID: in a guest with VT-d page requests do not come up beside PASID");
            if model.is_none() { check.cure(Component::Vmm, STATE) } else { check }
        }
    };
    vec![check.register(required)]
}
