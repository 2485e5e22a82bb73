//! What the guest sees and may write where the VMM, not the device, answers: bits with an owner, a value and a write class.
//!
//! An [`Overlay`] lies over the configuration space of one function. A bit that it owns reads as the overlay's value and
//! changes by its write class; every other bit reads through. **A byte with any owned bit is never written to the
//! device.** Reads of owned bytes do no I/O; an access to bytes that are all the device's is handed on as it came.
//!
//! ```
//! use quirk_runtime::overlay::{Effect, Overlay, PasidControl};
//! use quirk_runtime::WriteClass;
//! # use std::{cell::Cell, convert::Infallible};
//! # /// Config space that reads 0xff and counts writes.
//! # #[derive(Default)]
//! # struct Device { writes: Cell<usize> }
//! # impl quirk_runtime::ConfigRead for Device {
//! #     type Error = Infallible;
//! #     fn size(&self) -> usize { 4096 }
//! #     fn read(&self, _: u16, buffer: &mut [u8]) -> Result<(), Infallible> { buffer.fill(0xff); Ok(()) }
//! # }
//! # impl quirk_runtime::ConfigAccess for Device {
//! #     fn write(&self, _: u16, _: &[u8]) -> Result<(), Infallible> { self.writes.set(self.writes.get() + 1); Ok(()) }
//! # }
//! # let device = Device::default();
//! let mut overlay = Overlay::new(4096);
//! // A PASID capability: id 0x1b, version 1, the end of the list; execute permission, 16 bits of PASID.
//! overlay.own(0x400, &[0x1b, 0x00, 0x01, 0x00, 0x02, 0x10], WriteClass::Ro)?;
//! overlay.own_pasid_control(0x406, true, false)?;
//!
//! // The guest enables PASID; two bytes of its write are the device's.
//! for effect in overlay.write(&device, 0x406, &[0x07, 0x00, 0xaa, 0xbb])? {
//!     assert_eq!(effect, Effect::PasidControl(PasidControl::from_bits(0b011)));
//! }
//! assert_eq!(device.writes.get(), 1);
//!
//! let mut buffer = [0; 4];
//! overlay.read(&device, 0x406, &mut buffer)?;
//! assert_eq!(buffer, [0x03, 0x00, 0xff, 0xff]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claim;
mod effect;
mod error;
#[cfg(test)]
mod fake;
mod intent;
mod lanes;
mod masks;
mod odd;
mod ownership;
mod power;
mod rare;
mod read;
mod registers;
mod reset;
mod saved;
#[cfg(test)]
mod tests;
mod unassigned;
mod undo;
mod watch;
mod write;

pub use effect::{AtsControl, Effect, Effects, PasidControl, PriControl};
pub use error::{AccessError, ClaimError};
pub use intent::Intent;
pub use power::{PowerChange, PowerState};
pub use rare::{LOCKS, Lock, RARE_BYTES};
pub use registers::Register;
pub use reset::Reset;
pub use saved::{SAVED_CHANGES, SavedError, SavedOverlay};
pub use unassigned::UnassignedRule;
pub(crate) use undo::{Owners, Undo};
pub use watch::RESET_BITS;

use core::fmt;

use ownership::Ownership;
use rare::RareBytes;
use watch::{Dwords, Watches};

use crate::SPACE;

/// The bits of configuration space that are emulated for a guest.
///
/// Build it with the `own` methods, [`Overlay::watch_function_reset`] and, last, [`Overlay::restrict`]; then hand every
/// access of the guest to [`Overlay::read`] and [`Overlay::write`].
///
/// What every access asks is in flat maps, so that an emulated one costs two loads; what only few bytes need is in small tables.
#[derive(Clone)]
pub struct Overlay {
    /// What owned bits read, by dword.
    value: [[u8; 4]; SPACE / 4],
    /// The bits that have an owner, and those of them that take what is written.
    ownership: Ownership,
    /// Where a write must look further than the maps.
    special: Dwords,
    rare: RareBytes,
    watches: Watches,
    /// Bytes that can be accessed, at most [`SPACE`].
    size: u16,
}

impl fmt::Debug for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay").field("size", &self.size).field("owned", &self.owned_bytes()).finish_non_exhaustive()
    }
}

impl Overlay {
    /// An overlay that owns nothing, over a space of no bytes. All of it is 0: as a part of something, it is not built and then
    /// moved, but cleared in place.
    pub(crate) const EMPTY: Self = Self {
        value: [[0; 4]; SPACE / 4],
        ownership: Ownership::NONE,
        special: Dwords::EMPTY,
        rare: RareBytes::EMPTY,
        watches: Watches::EMPTY,
        size: 0,
    };

    /// An overlay that owns nothing, over a space of `size` bytes: what [`crate::ConfigRead::size`] says, at most [`SPACE`].
    #[must_use]
    pub const fn new(size: usize) -> Self {
        let mut overlay = Self::EMPTY;
        overlay.size = if size < SPACE { size as u16 } else { SPACE as u16 };
        overlay
    }

    /// Owns nothing again, over a space of `size` bytes. Everything stays where it is.
    pub(crate) fn clear(&mut self, size: usize) {
        self.value.fill([0; 4]);
        self.ownership.clear_all();
        self.special = Dwords::EMPTY;
        self.rare.clear();
        self.watches = Watches::EMPTY;
        self.resize(size);
    }

    /// Makes an overlay that owns nothing one of a space of `size` bytes.
    pub(crate) fn resize(&mut self, size: usize) {
        self.size = size.min(SPACE) as u16;
    }

    /// Bytes that can be accessed.
    #[must_use]
    pub fn size(&self) -> usize {
        usize::from(self.size)
    }

    /// The bits of a byte that have an owner.
    #[must_use]
    pub fn owned_bits(&self, offset: u16) -> u8 {
        self.ownership.masks(offset.into()).owned
    }

    /// What the owned bits of a byte read; the others are 0.
    #[must_use]
    pub fn value(&self, offset: u16) -> u8 {
        self.values().get(usize::from(offset)).map_or(0, |value| value & self.owned_bits(offset))
    }

    /// Whether a guest's write to the byte goes to the device.
    #[must_use]
    pub fn passes_writes(&self, offset: u16) -> bool {
        let at = usize::from(offset);
        at < self.size() && self.ownership.is_device(at)
    }

    /// What the map holds for each byte.
    #[inline(always)]
    fn values(&self) -> &[u8] {
        self.value.as_flattened()
    }

    #[inline(always)]
    fn values_mut(&mut self) -> &mut [u8] {
        self.value.as_flattened_mut()
    }
}

/// The index of an aligned dword; that of none for an offset that is not aligned.
#[inline(always)]
fn dword_index(offset: u16) -> usize {
    usize::from(offset.rotate_right(2))
}
