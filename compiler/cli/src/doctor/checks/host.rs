//! What the host must have done: an IOMMU, PASID in the device and enabled, and a device that vfio-pci takes.

use quirk_runtime::Function;
use quirk_runtime::capability::{PASID, Space};

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::{Patient, capability};

const WHOM: &[Want] = &[Want::Pasid];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.extend(group(patient));
    checks.extend(denylist(patient));
    checks.push(support(patient));
    checks.push(enabled(patient));
    checks
}

fn group(patient: &Patient<'_>) -> Option<Check> {
    const CODE: &str = "iommu-group";
    let function = patient.subject.function.as_ref()?;
    Some(match function.iommu_group {
        Some(group) => Check::new(CODE, Want::ALL, State::Ok, format!("in IOMMU group {group}")),
        None => Check::new(CODE, Want::ALL, State::Problem, "in no IOMMU group")
            .cure("enable the IOMMU in the firmware and on the kernel command line (`intel_iommu=on`)"),
    })
}

fn denylist(patient: &Patient<'_>) -> Option<Check> {
    quirk_vfio::is_denylisted(&patient.subject.identity).then(|| {
        Check::new(
            "vfio-denylist",
            Want::ALL,
            State::Problem,
            "vfio-pci refuses this device: its errata can be exploited",
        )
        .cure("if its users are trusted, load vfio-pci with `disable_denylist=1`")
    })
}

/// What `IOMMU_GET_HW_INFO` says.
fn support(patient: &Patient<'_>) -> Check {
    const CODE: &str = "host-pasid";
    match patient.host {
        Some(Some(host)) => {
            Check::new(CODE, WHOM, State::Ok, format!("the host has {} PASID bits for the device", host.width))
        }
        Some(None) => Check::new(CODE, WHOM, State::Problem, "the host says of no PASID for the device")
            .cure("Linux 6.15 or later, an IOMMU with PASID, and the device opened through iommufd"),
        None => Check::new(CODE, WHOM, State::Unknown, "what the host has for the device is not known")
            .cure("bind it to vfio-pci, or say it with `--pasid WIDTH`"),
    }
}

/// The device's own PASID capability.
fn enabled(patient: &Patient<'_>) -> Check {
    const CODE: &str = "host-enable";
    let raw = patient.raw.as_ref().filter(|raw| raw.bytes().len() == 4096);
    let Some(raw) = raw else {
        return Check::new(
            CODE,
            WHOM,
            State::Unknown,
            "the device's own bytes are not known, only what is shown of them",
        );
    };
    match (capability(raw, Space::Extended, PASID), patient.subject.identity.function) {
        (Some(at), _) => {
            let enable = Register::bit(raw, "PASID Control", at + 6, 0);
            if enable.is_set() {
                Check::new(CODE, WHOM, State::Ok, "the host has enabled PASID in the device").register(enable)
            } else {
                Check::new(CODE, WHOM, State::Problem, "the host has not enabled PASID in the device")
                    .register(enable)
                    .cure("boot the host with an IOMMU that has PASID: its driver enables it")
            }
        }
        (None, Function::Virtual) => {
            Check::new(CODE, WHOM, State::Unknown, "a virtual function shares PASID of its physical function")
                .cure("look at the physical function")
        }
        (None, Function::Physical) => Check::new(CODE, WHOM, State::Problem, "the device has no PASID"),
        (None, Function::Unknown) => Check::new(
            CODE,
            WHOM,
            State::Unknown,
            "the function has no PASID capability: only a virtual one may do without",
        )
        .cure("say what it is with `--function-kind`"),
    }
}
