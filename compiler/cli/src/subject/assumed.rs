//! What is taken for the host's PASID support where nobody tells it.

use quirk_map::list;
use quirk_runtime::capability::{PASID, Space};
use quirk_runtime::{HostPasid, Image, MAX_WIDTH};

/// A host that has PASID, and what its own kernel put into the device's control register, if its bytes are known.
pub(crate) fn assumed_host(raw: Option<&Image>) -> HostPasid {
    let full = HostPasid::new(MAX_WIDTH);
    let own = raw.and_then(|raw| {
        let listed = list(raw, Space::Extended).ok()?;
        let (own, _) = listed.iter().find(|(capability, _)| capability.id == PASID)?;
        Some(raw.dword(own.offset + 4))
    });
    let Some(registers) = own else { return full };
    let width = (registers >> 8 & 0x1f) as u8;
    HostPasid::new(if width == 0 { MAX_WIDTH } else { width.min(MAX_WIDTH) })
        .with_execute(registers & 1 << 17 != 0)
        .with_privileged(registers & 1 << 18 != 0)
}
