//! Page Aligned Request: VT-d enables ATS only where the device sends requests that are aligned to pages
//! (`iommu_enable_pci_ats`, `drivers/iommu/intel/iommu.c`). No other driver asks.

use quirk_runtime::capability::ATS;

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::doctor::viommu::{Model, STATE};
use crate::linux;

pub(super) const ABOUT: About = About {
    code: "ats-page-aligned",
    side: Side::Guest,
    concerns: &[Want::Ats, Want::Pri],
    reads: "ATS Capability (+ 0x04), bit 5",
    must: "with VT-d: Page Aligned Request",
    linux: "`iommu_enable_pci_ats` (`drivers/iommu/intel/iommu.c`) gives up without `pci_ats_page_aligned`",
    failing: Some(Example::guest(&[(0x204, 0x0000_0000)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let Some(at) = guest.extended(ATS) else { return Vec::new() };
    // Of no use where Linux takes ATS away.
    if linux::no_ats(&patient.subject.identity).is_some() {
        return Vec::new();
    }
    let aligned = Register::bit(&guest.image, "ATS Capability", at + 4, 5);
    let check = match patient.viommu.map(|viommu| viommu.model) {
        _ if aligned.is_set() => ABOUT.ok("its requests are aligned to pages"),
        Some(Model::Intel) => {
            ABOUT.problem("its requests are not aligned to pages, and VT-d enables no ATS then").cure(
                Component::Device,
                "none, unless the vendor says that they are aligned all the same: then show the bit",
            )
        }
        None => ABOUT
            .unknown("its requests are not aligned to pages: a guest with VT-d enables no ATS then")
            .cure(Component::Vmm, STATE),
        Some(_) => ABOUT.ok("its requests are not aligned to pages, which VT-d alone asks for"),
    };
    vec![check.register(aligned)]
}
