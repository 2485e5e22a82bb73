//! Whether an IOMMU isolates the function: without one VFIO cannot have it (`iommu_group_get_for_dev`, `drivers/iommu/iommu.c`).

use crate::doctor::about::About;
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::Patient;

pub(super) const ABOUT: About = About {
    code: "iommu-group",
    side: Side::Host,
    concerns: Want::ALL,
    reads: "`iommu_group` in sysfs, of a function of this machine",
    must: "an IOMMU group",
    linux: "`iommu_init_device` (`drivers/iommu/iommu.c`) gives a device behind an IOMMU its group",
    failing: None,
    passing: None,
};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let Some(function) = &patient.subject.function else { return Vec::new() };
    vec![match function.iommu_group {
        Some(group) => ABOUT.ok(format!("in IOMMU group {group}")),
        None => ABOUT.problem("in no IOMMU group").register(Register::ids(&patient.shown)).cure(
            Component::Firmware,
            "enable the IOMMU in the firmware and on the kernel command line (`intel_iommu=on`)",
        ),
    }]
}
