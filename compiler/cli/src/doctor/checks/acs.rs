//! Access control services: Linux enables PASID only where requests of one function cannot reach another unseen.

use quirk_runtime::capability::Space;
use quirk_runtime::{Function, Image};

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::{Patient, capability};

/// The id of the ACS extended capability.
const ACS: u16 = 0x0d;
/// P2P Request Redirect and Upstream Forwarding.
const NEEDED: u32 = 1 << 2 | 1 << 4;

/// The function itself, which needs it if it is one of several.
pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    const CODE: &str = "function-acs";
    let Some(raw) = patient.raw.as_ref().filter(|raw| raw.bytes().len() > 64) else { return Vec::new() };
    let header = Register::bit(raw, "Header Type", 0x0e, 7);
    if !header.is_set() || patient.subject.identity.function == Function::Virtual {
        return vec![Check::new(CODE, &[Want::Pasid], State::Ok, "a device of one function").register(header)];
    }
    match redirects(raw) {
        Some((is_on, control)) if is_on => {
            vec![Check::new(CODE, &[Want::Pasid], State::Ok, "its functions are kept apart").register(control)]
        }
        Some((_, control)) => vec![
            Check::new(CODE, &[Want::Pasid], State::Problem, "one of several functions, and ACS is not switched on")
                .register(control)
                .cure("the host's kernel switches it on where it uses an IOMMU: boot with one (`intel_iommu=on`)"),
        ],
        None => vec![
            Check::new(CODE, &[Want::Pasid], State::Unknown, "one of several functions, and it has no ACS")
                .register(header)
                .cure("Linux enables PASID here only if its own list of devices vouches for this one"),
        ],
    }
}

/// Whether what a function has of redirection and forwarding is switched on; `None` without the capability.
pub(super) fn redirects(image: &Image) -> Option<(bool, Register)> {
    let acs = capability(image, Space::Extended, ACS)?;
    let supported = image.dword(acs + 4) & NEEDED;
    let control = Register::read(image, "ACS Control", acs + 6, 0, 6);
    Some((control.value & supported == supported, control))
}
