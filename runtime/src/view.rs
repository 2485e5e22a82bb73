//! What vfio-pci shows of a raw configuration space.
//!
//! Modelled, as `drivers/vfio/pci/vfio_pci_config.c` does it: which capabilities of either list are shown, how the
//! others are unlinked, the 4-byte anchor that stays at `0x100` where the first extended capability is hidden, the dword
//! 0 there where none is shown, the Capabilities List bit of a function that shows none, and `cfg_size` (256 bytes where
//! the kernel finds no extended space).
//!
//! Not modelled, since nothing of placement hangs on it: the virtual values of Command, BARs, interrupt pin and line,
//! power management and MSI; the ids of a virtual function, which vfio-pci fills in from the kernel's own knowledge.

use crate::capability::{Kind, Space};
use crate::image::Image;

/// A kernel version, as far as vfio-pci's tables hang on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kernel {
    /// The 6 of 6.12.
    pub major: u16,
    /// The 12 of 6.12.
    pub minor: u16,
}

impl Kernel {
    /// The newest kernel whose tables were read: 7.3.
    pub const LATEST: Self = Self::new(7, 3);

    /// A version.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl Default for Kernel {
    fn default() -> Self {
        Self::LATEST
    }
}

const STATUS: u16 = 0x06;
const STATUS_CAPABILITIES: u8 = 0x10;
const CAPABILITIES_POINTER: u16 = 0x34;
const NEXT: u32 = 0xffc0_0000;
const CLASS_HOST_BRIDGE: u32 = 0x0600;

/// What vfio-pci of `kernel` shows of the raw space of a function.
#[must_use]
pub fn vfio_view(raw: &Image, kernel: Kernel) -> Image {
    let mut view = raw.clone();
    view.truncate(cfg_size(raw));
    if view.bytes().len() < 256 {
        return view;
    }
    let raw = view.clone();
    if show_conventional(&raw, &mut view, kernel) {
        show_extended(&raw, &mut view, kernel);
    }
    view
}

/// The bytes of configuration space that the kernel finds: its `cfg_size`, and so the size of VFIO's config region.
#[must_use]
pub fn cfg_size(raw: &Image) -> usize {
    let size = raw.bytes().len();
    if size <= 256 {
        return size;
    }
    // A virtual function's ids read as ones, and it must have extended space.
    let is_virtual = raw.dword(0) == u32::MAX;
    let wants_extended = raw.dword(0x08) >> 16 == CLASS_HOST_BRIDGE
        || find(raw, 0x10).is_some()
        || find(raw, 0x07).is_some_and(|at| raw.dword(at.saturating_add(4)) & 0xc000_0000 != 0);
    let aliased = (0x100..0x1000).step_by(0x100).all(|at| raw.dword(at) == raw.dword(0));
    let answers = raw.dword(0x100) != u32::MAX && !aliased;
    if is_virtual || wants_extended && answers { size } else { 256 }
}

/// The first conventional capability with an id, as `pci_find_capability` finds it.
fn find(raw: &Image, id: u8) -> Option<u16> {
    if raw.byte(STATUS) & STATUS_CAPABILITIES == 0 {
        return None;
    }
    let pointer = if raw.byte(0x0e) & 0x7f == 2 { 0x14 } else { CAPABILITIES_POINTER };
    let mut at = raw.byte(pointer);
    for _ in 0..48 {
        at &= 0xfc;
        let found = raw.byte(at.into());
        if at < 0x40 || found == 0xff {
            return None;
        }
        if found == id {
            return Some(at.into());
        }
        at = raw.byte(u16::from(at) + 1);
    }
    None
}

/// The length by which the kernel decides whether it shows a capability; 0 hides it.
fn shown_length(raw: &Image, space: Space, id: u16, at: u16, kernel: Kernel) -> u16 {
    match Kind::by_id(space, id) {
        Some(kind) if kind.is_shown(kernel) => {
            kind.computed(|offset| Some(raw.dword(at.saturating_add(offset)))).unwrap_or(kind.min)
        }
        _ => 0,
    }
}

/// A capability that is shown shows all its own bytes, also where an unlinking had touched them.
fn show_body(raw: &Image, view: &mut Image, at: u16, length: u16) {
    let start = usize::from(at);
    let end = (start + usize::from(length)).min(raw.bytes().len());
    if start < end {
        view.bytes_mut()[start..end].copy_from_slice(&raw.bytes()[start..end]);
    }
}

/// Walks the conventional list; whether the function has extended capabilities that the kernel will look at.
fn show_conventional(raw: &Image, view: &mut Image, kernel: Kernel) -> bool {
    if raw.byte(STATUS) & STATUS_CAPABILITIES == 0 {
        return false;
    }
    let mut has_extended = false;
    let mut shown = 0;
    let mut previous = CAPABILITIES_POINTER;
    let mut at = u16::from(raw.byte(CAPABILITIES_POINTER));
    for _ in 0..48 {
        if at == 0 {
            break;
        }
        let id = raw.byte(at);
        let next = raw.byte(at + 1);
        let length = shown_length(raw, Space::Conventional, id.into(), at, kernel);
        if length == 0 {
            view.bytes_mut()[usize::from(previous)] = next;
        } else {
            show_body(raw, view, at, length);
            previous = at + 1;
            shown += 1;
            // PCI-X 2.0 has extended space too.
            let reaches_out = id == 0x10 || id == 0x07 && raw.dword(at) >> 28 & 3 != 0;
            has_extended |= reaches_out && raw.bytes().len() > 256 && raw.dword(0x100) != 0;
        }
        at = next.into();
        if usize::from(previous) >= raw.bytes().len() {
            break;
        }
    }
    if shown == 0 {
        view.bytes_mut()[usize::from(STATUS)] &= !STATUS_CAPABILITIES;
    }
    has_extended
}

fn show_extended(raw: &Image, view: &mut Image, kernel: Kernel) {
    let mut shown = 0;
    let mut previous = None;
    let mut at = 0x100;
    for _ in 0..(0x1000 - 0x100) / 4 {
        if at < 0x100 {
            break;
        }
        let header = raw.dword(at);
        let id = (header & 0xffff) as u16;
        let next = (header >> 20) as u16 & 0xffc;
        let length = shown_length(raw, Space::Extended, id, at, kernel);
        match (length, previous) {
            (0, Some(previous)) => {
                let relinked = view.dword(previous) & !NEXT | u32::from(next) << 20;
                view.set_dword(previous, relinked);
            }
            (0, None) => {
                // Nothing precedes it: four bytes stay to carry Next.
                view.set_dword(at, header & NEXT);
                previous = Some(at);
            }
            (length, _) => {
                show_body(raw, view, at, length);
                previous = Some(at);
                shown += 1;
            }
        }
        at = next;
    }
    if shown == 0 {
        view.set_dword(0x100, 0);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::testing::{Space4k, conventional, extended};
    use std::vec::Vec;

    fn view(space: &Space4k) -> Image {
        vfio_view(&space.image(), Kernel::LATEST)
    }

    #[test]
    fn a_hidden_capability_in_the_middle_is_unlinked_and_its_body_stays() {
        let space = Space4k::endpoint(&[(0x100, 0x01), (0x200, 0x0f), (0x210, 0x1b), (0x220, 0x10)]);
        let view = view(&space);
        assert_eq!(extended(&view), [0x100, 0x200, 0x220]);
        assert_eq!(view.dword(0x210) & 0xffff, 0x1b, "the header is still there to be read");
        assert_eq!(view.dword(0x200) >> 20, 0x220);
    }

    #[test]
    fn a_hidden_first_capability_leaves_an_anchor() {
        let view = view(&Space4k::endpoint(&[(0x100, 0x1b), (0x200, 0x0f)]));
        assert_eq!(view.dword(0x100), 0x2000_0000);
        assert_eq!(extended(&view), [0x100, 0x200]);
    }

    #[test]
    fn two_hidden_first_capabilities_leave_one_anchor() {
        let view = view(&Space4k::endpoint(&[(0x100, 0x1b), (0x150, 0x2e), (0x200, 0x0f)]));
        assert_eq!(view.dword(0x100), 0x2000_0000);
    }

    #[test]
    fn nothing_shown_reads_zero_at_0x100() {
        let view = view(&Space4k::endpoint(&[(0x100, 0x1b), (0x150, 0x2e)]));
        assert_eq!(view.dword(0x100), 0);
        assert_eq!(extended(&view), Vec::<u16>::new());
    }

    #[test]
    fn a_hidden_last_capability_ends_the_list_before_it() {
        let view = view(&Space4k::endpoint(&[(0x100, 0x01), (0x150, 0x2e)]));
        assert_eq!(extended(&view), [0x100]);
    }

    #[test]
    fn older_kernels_hide_dvsec() {
        let mut space = Space4k::endpoint(&[(0x100, 0x01), (0x200, 0x23)]);
        space.set(0x204, 0x0100_1234);
        assert_eq!(extended(&vfio_view(&space.image(), Kernel::new(6, 3))), [0x100]);
        assert_eq!(extended(&vfio_view(&space.image(), Kernel::new(6, 4))), [0x100, 0x200]);
    }

    #[test]
    fn a_vendor_capability_of_length_0_is_hidden() {
        let view = view(&Space4k::endpoint(&[(0x100, 0x01), (0x200, 0x0b)]));
        assert_eq!(extended(&view), [0x100]);
    }

    #[test]
    fn conventional_capabilities_are_hidden_too() {
        let mut space = Space4k::endpoint(&[(0x100, 0x01)]);
        // 0x40 PCI Express, 0x80 subsystem id of a bridge, 0x90 Enhanced Allocation, 0xa0 MSI-X.
        space.link_conventional(&[(0x40, 0x10), (0x80, 0x0d), (0x90, 0x14), (0xa0, 0x11)]);
        assert_eq!(conventional(&view(&space)), [0x40, 0xa0]);
    }

    #[test]
    fn without_a_shown_conventional_capability_the_status_bit_is_clear() {
        let mut space = Space4k::endpoint(&[]);
        space.link_conventional(&[(0x80, 0x0d)]);
        let view = view(&space);
        assert_eq!(view.bytes().len(), 256, "no PCI Express capability, no extended space");
        assert_eq!(view.byte(STATUS) & STATUS_CAPABILITIES, 0);
    }

    #[test]
    fn aliased_and_silent_extended_space_is_cut_off() {
        let mut silent = Space4k::endpoint(&[]);
        silent.set(0x100, u32::MAX);
        assert_eq!(cfg_size(&silent.image()), 256);
        let mut aliased = Space4k::endpoint(&[]);
        for at in (0x100..0x1000).step_by(0x100) {
            let header = aliased.get(0);
            aliased.set(at, header);
        }
        assert_eq!(cfg_size(&aliased.image()), 256);
        assert_eq!(cfg_size(&Space4k::endpoint(&[(0x100, 0x01)]).image()), 4096);
    }

    #[test]
    fn loops_and_wild_pointers_end() {
        let mut space = Space4k::endpoint(&[(0x100, 0x01), (0x200, 0x1b)]);
        space.set(0x200, 0x1000_0000 | 0x1_001b);
        space.set(0x40, 0xff10);
        let view = view(&space);
        assert_eq!(view.bytes().len(), 4096);
    }
}
