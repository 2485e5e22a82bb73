//! Whether the guest is shown a PASID capability at all (`pci_pasid_init`, `drivers/pci/ats.c`). What `quirkc plan` decides.

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};

pub(super) const ABOUT: About = About {
    code: "placement",
    side: Side::Guest,
    concerns: &[Want::Pasid],
    reads: "the bytes of the place; the ids, if nobody describes the function",
    must: "a place for the capability, or one that the device shows; what `quirkc plan` says",
    linux: "`pci_pasid_init` (`drivers/pci/ats.c`) looks for the capability in the list",
    failing: Some(Example::guest(&[(0x200, 0x2201_000f)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    if !patient.is_known() {
        return vec![ABOUT.unknown("where it could be was not recorded, or is not known from the header")];
    }
    let check = match &patient.placed.answer {
        Ok(place) => ABOUT.ok(place.clone()),
        Err(why) => {
            let check = ABOUT.problem(format!("no place for the capability: {why}"));
            let more = "`quirkc plan` shows every place and its reason";
            match &patient.placed.way_out {
                Some(way_out) => check.cure(Component::Description, format!("{way_out}; {more}")),
                None => check.cure(Component::Description, more),
            }
        }
    };
    let place = patient.pasid.map(|pasid| pasid.offset).or(patient.placed.refused);
    let place = place.filter(|at| usize::from(*at) + 4 <= guest.image.bytes().len());
    vec![check.register(match place {
        Some(at) => Register::read(&guest.image, "the place", at, 0, 31),
        None => Register::ids(&guest.image),
    })]
}
