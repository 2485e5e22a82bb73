//! Whether the host enabled PASID in the device: its IOMMU driver does at boot (`intel_iommu_probe_finalize`,
//! `drivers/iommu/intel/iommu.c`), under the conditions of `pci_enable_pasid` (`drivers/pci/ats.c`).

use quirk_runtime::{Function, Image};

use super::prefix;
use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Patient, pcie};
use crate::linux;

pub(super) const ABOUT: About = About {
    code: "host-enable",
    side: Side::Host,
    concerns: &[Want::Pasid],
    reads: "PASID Control (+ 0x06), bit 0, in the device itself",
    must: "the host enabled PASID in the device",
    linux: "`intel_iommu_probe_finalize` (`drivers/iommu/intel/iommu.c`), `pdev_enable_cap_pasid` (AMD) and \
            `arm_smmu_enable_pasid` call `pci_enable_pasid` (`drivers/pci/ats.c`)",
    failing: Some(Example::host(&[], &[])),
    passing: Some(Example::host(&[(0x214, 0x0007_1406)], &[])),
};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let Some(raw) = patient.whole_raw() else {
        let message = "the device's own bytes are not known, only what is shown of them";
        return vec![match patient.subject.cut_off() {
            Some(size) => ABOUT.unknown(format!("{size} bytes were recorded, and PASID Control is not among them")),
            None => ABOUT.unknown(message),
        }];
    };
    vec![match (patient.own_control(), patient.subject.identity.function) {
        (Some(control), _) if control.is_set() => {
            ABOUT.ok("the host has enabled PASID in the device").register(control)
        }
        (Some(control), _) if lacks_prefix(patient, raw) => ABOUT
            .problem(
                "the host has not enabled PASID in the device, and Linux would not: it has no end-to-end TLP prefixes",
            )
            .register(control)
            .cure(Component::Device, "none: a layer mends what the guest is told, not what the host's kernel reads"),
        (Some(control), _) => ABOUT
            .problem("the host has not enabled PASID in the device")
            .register(control)
            .cure(Component::HostKernel, "boot the host with an IOMMU that has PASID: its driver enables it"),
        (None, Function::Virtual) => ABOUT
            .unknown("a virtual function shares PASID of its physical function")
            .cure(Component::HostKernel, "look at the physical function"),
        (None, Function::Physical) => ABOUT
            .problem("the device has no PASID")
            .register(Register::read(raw, "first extended header", 0x100, 0, 31))
            .cure(Component::Device, "none: its host enables none, and without that the device sends none"),
        (None, _) => ABOUT
            .unknown("the function has no PASID capability: only a virtual one may do without")
            .cure(Component::Record, "say what it is with `--function-kind`"),
    }]
}

/// Whether Linux would not enable it, for want of Device Capabilities 2, bit 21.
fn lacks_prefix(patient: &Patient<'_>, raw: &Image) -> bool {
    let Some(pcie) = pcie(raw) else { return true };
    let has = prefix::register(raw, pcie).is_set() && raw.dword(pcie + 2) & 0xf >= 2;
    !has && linux::no_tlp_prefix(&patient.subject.identity).is_none()
}
