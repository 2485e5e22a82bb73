//! How wide a PASID can be: as wide as the narrowest of device, host and vIOMMU.

use quirk_runtime::capability::{PASID, Space};

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::{Patient, capability};

const CODE: &str = "width";

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let new = |state, message: String| Check::new(CODE, &[Want::Pasid], state, message);
    let own = patient.raw.as_ref().and_then(|raw| {
        let at = capability(raw, Space::Extended, PASID)?;
        Some(Register::read(raw, "PASID Capability", at + 4, 8, 12))
    });
    let device = own.as_ref().and_then(|own| u8::try_from(own.value).ok());
    let host = patient.host.flatten().map(|host| host.width);
    let narrowest = [device, host, patient.viommu_width].into_iter().flatten().min();
    let check = match (patient.viommu_width, narrowest) {
        (Some(0), _) => new(State::Problem, "the vIOMMU has no PASID".to_owned())
            .cure("configure the vIOMMU with PASID: QEMU's `arm-smmuv3` has `ssidsize=N` for it, say"),
        (_, Some(0)) => new(State::Problem, "the device has PASIDs of no bit".to_owned()),
        (Some(viommu), Some(width)) => {
            let host = host.map_or("unknown".to_owned(), |host| host.to_string());
            let device = device.map_or("unknown".to_owned(), |device| device.to_string());
            new(State::Ok, format!("{width} bits: device {device}, host {host}, vIOMMU {viommu}"))
        }
        (_, _) => new(State::Unknown, "whether the vIOMMU has PASID, and how wide, is not known".to_owned())
            .cure("say it with `--viommu-pasid WIDTH`"),
    };
    vec![match own {
        Some(own) => check.register(own),
        None => check,
    }]
}
