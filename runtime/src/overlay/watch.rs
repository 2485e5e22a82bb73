//! Control registers and reset bits whose writes mean something to the VMM, and a coarse map of where to look.

use super::effect::PasidControl;
use crate::SPACE;

/// How many reset bits can be watched; a function has two, in its PCI Express and its Advanced Features capability.
pub const RESET_BITS: usize = 4;

/// Three control registers and the reset bits.
const WATCHES: usize = 3 + RESET_BITS;

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// An emulated PASID control register, 2 bytes.
    PasidControl,
    /// An emulated ATS control register, 2 bytes.
    AtsControl,
    /// An emulated page request control register, 2 bytes.
    PriControl,
    /// Bits of one byte, emulated or the device's, that start a function level reset when 1 is written.
    FunctionReset(u8),
}

/// One register and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Watch {
    pub(super) offset: u16,
    pub(super) what: Watched,
}

impl Watch {
    pub(super) fn length(self) -> usize {
        match self.what {
            Watched::PasidControl | Watched::AtsControl | Watched::PriControl => 2,
            Watched::FunctionReset(_) => 1,
        }
    }

    /// Whether an access of `length` bytes covers one of its bytes.
    pub(super) fn touches(self, at: usize, length: usize) -> bool {
        let start = usize::from(self.offset);
        start < at + length && at < start + self.length()
    }
}

/// The watched registers.
#[derive(Clone)]
pub(super) struct Watches {
    entries: [Option<Watch>; WATCHES],
}

impl Watches {
    pub(super) const EMPTY: Self = Self { entries: [None; WATCHES] };

    pub(super) fn iter(&self) -> impl Iterator<Item = Watch> + '_ {
        self.entries.iter().copied().map_while(|watch| watch)
    }

    /// Adds one that is not there yet; whether there is room.
    pub(super) fn add(&mut self, watch: Watch) -> bool {
        if self.iter().any(|known| known == watch) {
            return true;
        }
        let is_reset = |watch: &Watch| matches!(watch.what, Watched::FunctionReset(_));
        let (room, of_its_kind) = if is_reset(&watch) {
            (RESET_BITS, self.iter().filter(is_reset).count())
        } else {
            (1, self.iter().filter(|known| known.what == watch.what).count())
        };
        match self.entries.iter_mut().find(|entry| entry.is_none()) {
            Some(entry) if of_its_kind < room => {
                *entry = Some(watch);
                true
            }
            _ => false,
        }
    }

    /// The byte that a write of `data` comes down to, where the register's own rules hold bits back.
    ///
    /// PASID's execute and privileged bits change only while enable is 0.
    pub(super) fn held_back(&self, at: usize, old: u8, data: u8) -> u8 {
        const LATCHED: u8 = (PasidControl::EXECUTE | PasidControl::PRIVILEGED) as u8;
        let is_pasid = |watch: Watch| watch.what == Watched::PasidControl && usize::from(watch.offset) == at;
        if old & PasidControl::ENABLE as u8 != 0 && self.iter().any(is_pasid) {
            data & !LATCHED | old & LATCHED
        } else {
            data
        }
    }
}

/// Runs of 8 bytes where a write must look further than the flat maps.
#[derive(Clone)]
pub(super) struct Granules {
    words: [u64; SPACE / 8 / 64],
}

impl Granules {
    pub(super) const EMPTY: Self = Self { words: [0; SPACE / 8 / 64] };

    /// Marks the granule of a byte below [`SPACE`].
    pub(super) fn mark(&mut self, at: usize) {
        self.words[at / 512] |= 1 << (at / 8 % 64);
    }

    #[inline(always)]
    pub(super) fn has(&self, at: usize) -> bool {
        self.words[at / 512 % 8] >> (at / 8 % 64) & 1 != 0
    }

    /// Whether an access of at most 8 bytes touches a marked granule: it lies in two at most.
    #[inline(always)]
    pub(super) fn touched<const N: usize>(&self, at: usize) -> bool {
        self.has(at) || self.has(at + N - 1)
    }
}
