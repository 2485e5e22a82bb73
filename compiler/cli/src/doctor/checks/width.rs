//! How wide a PASID can be: as wide as the narrowest of device, host and vIOMMU. A visible capability of width 0, or of 31, whose
//! power of two is negative, gives a guest no PASID (`iommu_max_pasids` in `drivers/iommu/iommu.c`).

use quirk_runtime::MAX_WIDTH;
use quirk_runtime::capability::{PASID, Space};

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, State, Want};
use crate::doctor::patient::{Guest, Patient, capability};
use crate::doctor::viommu::{Model, STATE, Viommu, full_option};

pub(super) const ABOUT: About = About {
    code: "width",
    side: Side::Guest,
    concerns: &[Want::Pasid],
    reads: "PASID Capability (+ 0x04), bits 12:8",
    must: "the narrowest of device, host and vIOMMU is not 0",
    linux: "`dev_iommu_get_max_pasids` (`drivers/iommu/iommu.c`) takes the narrower of IOMMU and `pci_max_pasids` \
            (`drivers/pci/ats.c`); under `amd-iommu` and `virtio-iommu` there is no PASID",
    failing: Some(Example::guest(&[(0x214, 0x0000_0006)])),
    passing: Some(Example::guest(&[(0x214, 0x0000_0106)])),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let of = |image| {
        let at = capability(image, Space::Extended, PASID)?;
        Some(Register::read(image, "PASID Capability", at + 4, 8, 12))
    };
    let own = patient.raw.as_ref().and_then(of);
    let shown = of(&guest.image);
    let device = own.clone().or_else(|| shown.clone());
    let host = patient.host.flatten().map(|host| host.width);
    let narrowest = [shown.as_ref().or(own.as_ref()).map(usable), host, patient.viommu_width];
    let narrowest = narrowest.into_iter().flatten().min();
    let check = match (patient.viommu_width, narrowest) {
        (Some(0), _) => without(patient.viommu.as_ref()),
        (_, Some(0)) => {
            let width = shown.as_ref().or(own.as_ref()).map_or(0, |register| register.value);
            ABOUT
                .problem(format!("the device has PASIDs of no bit: its width reads {width}"))
                .cure(Component::Device, "none: a width of 1 to 20 bits is what the specification allows")
        }
        (Some(viommu), Some(width)) => {
            let or_unknown = |width: Option<u32>| width.map_or("unknown".to_owned(), |width| width.to_string());
            let device = or_unknown(device.as_ref().map(|register| register.value));
            let host = or_unknown(host.map(u32::from));
            ABOUT.ok(format!("{width} bits: device {device}, host {host}, vIOMMU {viommu}"))
        }
        (_, _) => ABOUT
            .unknown("whether the vIOMMU has PASID, and how wide, is not known")
            .cure(Component::Vmm, format!("say it with `--viommu-pasid WIDTH`, or {STATE}")),
    };
    let register = shown.or(own).or_else(|| (check.state == State::Problem).then(|| Register::ids(&guest.image)));
    vec![match register {
        Some(register) => check.register(register),
        None => check,
    }]
}

/// How many bits of it a guest has: Linux computes with 1 << width, in an `int`.
fn usable(register: &Register) -> u8 {
    match u8::try_from(register.value) {
        Ok(width @ 0..=30) => width.min(MAX_WIDTH),
        _ => 0,
    }
}

fn without(viommu: Option<&Viommu>) -> Check {
    let model = viommu.map(|viommu| viommu.model);
    let message = match model {
        Some(Model::Amd | Model::Virtio) => {
            let device = model.map_or("", Model::device);
            format!("a guest has no PASID under an emulated `{device}`")
        }
        _ => "the vIOMMU has no PASID".to_owned(),
    };
    ABOUT.problem(message).cure(Component::Vmm, format!("give the vIOMMU PASID; {}", full_option(model)))
}
