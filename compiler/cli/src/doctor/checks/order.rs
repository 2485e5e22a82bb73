//! Enabling PASID while ATS is enabled is undefined: PASID comes first, in the device itself too
//! (`intel_iommu_probe_finalize`, `drivers/iommu/intel/iommu.c`).

use quirk_runtime::capability::{ATS, Space};

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Patient, capability};

pub(super) const ABOUT: About = About {
    code: "pasid-before-ats",
    side: Side::Host,
    concerns: &[Want::Pasid, Want::Ats],
    reads: "ATS Control (+ 0x06), bit 15, and PASID Control (+ 0x06), bit 0, in the device itself",
    must: "not ATS enabled in the device while PASID is not",
    linux: "`intel_iommu_probe_finalize` (`drivers/iommu/intel/iommu.c`) enables PASID before ATS",
    failing: Some(Example::host(&[(0x204, 0x8000_0020)], &[])),
    passing: Some(Example::host(&[(0x204, 0x8000_0020), (0x214, 0x0007_1406)], &[])),
};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let Some(raw) = patient.whole_raw() else {
        return vec![ABOUT.unknown("the device's own control bits are not known")];
    };
    let Some(ats) = capability(raw, Space::Extended, ATS) else { return Vec::new() };
    let ats = Register::bit(raw, "ATS Control", ats + 6, 15);
    let is_pasid_on = patient.own_control().map(|control| control.is_set());
    vec![
        match (ats.is_set(), is_pasid_on) {
            (true, Some(false)) => ABOUT
                .problem("ATS is enabled in the device, and PASID is not")
                .cure(Component::HostKernel, "reset the function: the host must enable PASID before ATS"),
            (true, _) => ABOUT.ok("ATS is enabled in the device, and PASID was not left behind"),
            (false, _) => ABOUT.ok("ATS is not enabled in the device yet"),
        }
        .register(ats),
    ]
}
