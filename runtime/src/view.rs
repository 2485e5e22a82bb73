//! What vfio-pci shows of a raw configuration space.
//!
//! Modelled, as `drivers/vfio/pci/vfio_pci_config.c` does it: which capabilities of either list are shown, how the
//! others are unlinked, the 4-byte anchor that stays at `0x100` where the first extended capability is hidden, the dword
//! 0 there where none is shown, the Capabilities List bit of a function that shows none, `cfg_size` (256 bytes where
//! the kernel finds no extended space), and where the unlinking does not show: after capabilities of one id that abut, and
//! after a null capability at `0x100`. `tests/kernel-view/run` compares all of it with the kernel's own functions.
//!
//! Not modelled, since nothing of placement depends on it: the virtual values of Command, BARs, interrupt pin and line,
//! power management and MSI; the ids of a virtual function, which vfio-pci fills in from the kernel's own knowledge; the second
//! of two AERs or Power Budgetings that abut, for which it reads past its tables.

mod config_map;
mod left_linked;
mod length;

use core::convert::Infallible;

use self::config_map::ConfigMap;
pub(crate) use self::left_linked::left_linked;
use crate::image::Image;
use crate::kernel::Kernel;

const STATUS: u16 = 0x06;
const STATUS_CAPABILITIES: u8 = 0x10;
const CAPABILITIES_POINTER: u16 = 0x34;
const NEXT: u32 = 0xffc0_0000;
const CLASS_HOST_BRIDGE: u32 = 0x0600;

/// What vfio-pci of `kernel` shows of the raw space of a function.
#[must_use]
pub fn vfio_view(raw: &Image, kernel: Kernel) -> Image {
    let mut raw = raw.clone();
    raw.truncate(cfg_size(&raw));
    if raw.bytes().len() < 256 {
        return raw;
    }
    let mut model = Model { copy: raw.clone(), map: ConfigMap::new(), raw: &raw, kernel };
    if model.conventional() {
        model.extended();
    }
    model.shown()
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
    let mut at = raw.byte(match raw.byte(0x0e) & 0x7f {
        0 | 1 => CAPABILITIES_POINTER,
        2 => 0x14,
        _ => return None,
    });
    for _ in 0..48 {
        if at < 0x40 {
            return None;
        }
        at &= 0xfc;
        let found = raw.byte(at.into());
        if found == 0xff {
            return None;
        }
        if found == id {
            return Some(at.into());
        }
        at = raw.byte(u16::from(at) + 1);
    }
    None
}

/// What the kernel keeps of a function.
struct Model<'a> {
    raw: &'a Image,
    /// Its `vconfig`: headers are read from it, and their Next changed in it.
    copy: Image,
    map: ConfigMap,
    kernel: Kernel,
}

impl Model<'_> {
    /// The bytes of a capability that is shown are copied again, also where an unlinking had changed them.
    fn take(&mut self, at: u16, length: u16, id: u16) {
        self.map.fill(at, length, id);
        let start = usize::from(at).min(self.raw.bytes().len());
        let end = (start + usize::from(length)).min(self.raw.bytes().len());
        self.copy.bytes_mut()[start..end].copy_from_slice(&self.raw.bytes()[start..end]);
    }

    /// Walks the conventional list; whether the function has extended capabilities that the kernel will look at.
    fn conventional(&mut self) -> bool {
        let raw = self.raw;
        if raw.byte(STATUS) & STATUS_CAPABILITIES == 0 {
            return false;
        }
        let express = find(raw, 0x10).map_or(0, |at| (raw.dword(at) >> 16) as u16);
        let (mut has_extended, mut shown) = (false, 0);
        let mut previous = CAPABILITIES_POINTER;
        let mut at = u16::from(raw.byte(CAPABILITIES_POINTER));
        for _ in 0..48 {
            if at == 0 {
                break;
            }
            let (id, next) = (raw.byte(at), raw.byte(at + 1));
            let Ok(length) =
                length::conventional(id, self.kernel, express, |offset| Ok::<_, Infallible>(raw.dword(at + offset)));
            if length == 0 {
                if let Some(pointer) = self.copy.bytes_mut().get_mut(usize::from(previous)) {
                    *pointer = next;
                }
            } else {
                self.take(at, length, id.into());
                previous = at + 1;
                shown += 1;
                // PCI-X 2.0 has extended space too.
                let reaches_out = id == 0x10 || id == 0x07 && raw.dword(at) >> 28 & 3 != 0;
                has_extended |= reaches_out && raw.bytes().len() > 256 && raw.dword(0x100) != 0;
            }
            at = next.into();
        }
        if shown == 0 {
            self.copy.bytes_mut()[usize::from(STATUS)] &= !STATUS_CAPABILITIES;
        }
        has_extended
    }

    fn extended(&mut self) {
        let raw = self.raw;
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
            let Ok(length) = length::extended(id, self.kernel, |offset| Ok::<_, Infallible>(raw.dword(at + offset)));
            match (length, previous) {
                (0, Some(previous)) => {
                    let relinked = self.copy.dword(previous) & !NEXT | u32::from(next) << 20;
                    self.copy.set_dword(previous, relinked);
                }
                (0, None) => {
                    // Nothing precedes it: four bytes stay to carry Next.
                    self.take(at, 4, id);
                    self.copy.set_dword(at, header & NEXT);
                    previous = Some(at);
                }
                (length, _) => {
                    self.take(at, length, id);
                    previous = Some(at);
                    shown += 1;
                }
            }
            at = next;
        }
        if shown == 0 {
            self.copy.set_dword(0x100, 0);
        }
    }

    /// The space, read a dword at a time.
    fn shown(&self) -> Image {
        let mut shown = self.raw.clone();
        let dwords = shown.bytes_mut().as_chunks_mut::<4>().0.iter_mut().zip((0..).step_by(4));
        for (bytes, at) in dwords {
            let copied = self.map.copied(at);
            if copied == [false; 4] {
                continue;
            }
            for ((byte, offset), _) in bytes.iter_mut().zip(at..).zip(copied).filter(|&(_, is_copied)| is_copied) {
                *byte = self.copy.byte(offset);
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests;
