//! What the host has for the device (`iommufd_get_hw_info`, `drivers/iommu/iommufd/device.c`).

use crate::doctor::about::About;
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::Patient;

pub(super) const ABOUT: About = About {
    code: "host-pasid",
    side: Side::Host,
    concerns: &[Want::Pasid],
    reads: "`IOMMU_GET_HW_INFO`, or what `--pasid` says",
    must: "PASIDs of the host's IOMMU for the device",
    linux: "`iommufd_get_hw_info` (`drivers/iommu/iommufd/device.c`), since 6.15",
    failing: None,
    passing: None,
};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    vec![match patient.host {
        Some(Some(host)) => ABOUT.ok(format!("the host has {} PASID bits for the device", host.width)),
        Some(None) => ABOUT
            .problem("the host says of no PASID for the device")
            .register(patient.own_control().unwrap_or_else(|| Register::ids(&patient.shown)))
            .cure(
                Component::HostKernel,
                "Linux 6.15 or later, an IOMMU with PASID, and the device opened through iommufd",
            ),
        None => ABOUT
            .unknown("what the host has for the device is not known")
            .cure(Component::HostKernel, "bind it to vfio-pci, or say it with `--pasid WIDTH`"),
    }]
}
