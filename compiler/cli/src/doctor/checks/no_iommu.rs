//! A device that VFIO has without an IOMMU: its character device gives no address space, and so no PASID
//! (`vfio_device_set_noiommu`, `drivers/vfio/vfio.h`).

use crate::doctor::about::About;
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::Patient;

pub(super) const ABOUT: About = About {
    code: "no-iommu",
    side: Side::Host,
    concerns: Want::ALL,
    reads: "`vfio-dev` in sysfs, of a function of this machine",
    must: "no character device without IOMMU (`noiommu-vfioN`)",
    linux: "`vfio_device_set_group` (`drivers/vfio/group.c`): unsafe no-IOMMU mode has no iommufd, and no PASID",
    failing: None,
    passing: None,
};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let device = patient.subject.function.as_ref().and_then(|function| function.vfio_device.as_deref());
    let Some(device) = device.filter(|name| name.starts_with("noiommu")) else { return Vec::new() };
    let problem = ABOUT.problem(format!("VFIO has it without an IOMMU (`{device}`)"));
    let cure = "use an IOMMU: boot without `vfio.enable_unsafe_noiommu_mode=1`, with the IOMMU enabled";
    vec![problem.register(Register::ids(&patient.shown)).cure(Component::HostKernel, cure)]
}
