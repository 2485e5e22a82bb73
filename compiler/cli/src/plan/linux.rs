//! Whether Linux would enable PASID in a function at all: `pci_enable_pasid` of drivers/pci/ats.c, as of 7.3, as far as the
//! function's own bytes decide it.

use quirk_map::list;
use quirk_runtime::capability::{PASID, PCIE, Space};
use quirk_runtime::{Function, Identity, Image};

use crate::linux;

/// Why it would not, and the register that says so.
pub(super) fn refusal(raw: &Image, identity: &Identity) -> Option<(u16, &'static str)> {
    // A virtual function shares what its physical function has.
    if identity.function == Function::Virtual || raw.bytes().len() < 4096 {
        return None;
    }
    let at = |space, id| {
        let list = list(raw, space).ok()?;
        list.iter().find(|(capability, _)| capability.id == id).map(|(capability, _)| capability.offset)
    };
    let pcie = at(Space::Conventional, PCIE)?;
    let has_prefix = raw.dword(pcie + 2) & 0xf >= 2 && raw.dword(pcie + 0x24) & 1 << 21 != 0;
    let pasid = at(Space::Extended, PASID);
    // A host that did is not contradicted.
    if pasid.is_some_and(|pasid| raw.dword(pasid + 6) & 1 != 0) {
        return None;
    }
    if !has_prefix && linux::no_tlp_prefix(identity).is_none() {
        let why = "Linux would not enable PASID on the host: the device does not say that it has end-to-end TLP prefixes \
                   (`pci_enable_pasid`)";
        return Some((pcie + 0x24, why));
    }
    let is_bare = identity.function == Function::Physical && pasid.is_none();
    is_bare.then_some((
        0x100,
        "Linux would not enable PASID on the host: the function has no PASID capability of its own (`pci_enable_pasid`)",
    ))
}
