//! Finds a capability in a list.

use quirk_map::list;
use quirk_runtime::Image;
use quirk_runtime::capability::{PCIE, Space};

/// Where the PCI Express capability of a function is.
pub(super) fn pcie(image: &Image) -> Option<u16> {
    capability(image, Space::Conventional, PCIE)
}

/// Where a capability is in a list.
pub(super) fn capability(image: &Image, space: Space, id: u16) -> Option<u16> {
    let list = list(image, space).unwrap_or_default();
    list.iter().find(|(capability, _)| capability.id == id).map(|(capability, _)| capability.offset)
}
