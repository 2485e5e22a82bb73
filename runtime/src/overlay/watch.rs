//! Control registers and reset bits whose writes mean something to the VMM, and a coarse map of where to look.

use super::power::Power;
use crate::SPACE;

/// How many reset bits can be watched; a function has two, in its PCI Express and its Advanced Features capability.
pub const RESET_BITS: usize = 4;

/// Where an emulated control register is, if there is one: a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Control {
    /// One more than its offset, so that an empty overlay is 0 all over.
    after: u16,
}

impl Control {
    /// There is none.
    const NONE: Self = Self { after: 0 };

    /// Its offset; one that no access reaches if there is none.
    #[inline(always)]
    const fn offset(self) -> u16 {
        self.after.wrapping_sub(1)
    }

    /// Where in the access of `length` bytes at `at` the register's first byte is, if that byte is in it.
    pub(super) fn first_byte_in(self, at: usize, length: usize) -> Option<usize> {
        usize::from(self.offset()).checked_sub(at).filter(|&index| index < length)
    }

    /// The register's offset, if the access of `length` bytes at `at` covers one of its bytes.
    pub(super) fn touched_by(self, at: usize, length: usize) -> Option<usize> {
        let start = usize::from(self.offset());
        (start < at + length && at < start + 2).then_some(start)
    }

    /// Sets the offset; whether there was no register at another one.
    fn set(&mut self, offset: u16) -> bool {
        if *self == Self::NONE {
            *self = Self { after: offset.wrapping_add(1) };
        }
        self.offset() == offset
    }
}

/// Which control register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Register {
    Pasid,
    Ats,
    Pri,
}

/// The watched registers.
#[derive(Clone)]
pub(super) struct Watches {
    pub(super) pasid: Control,
    pub(super) ats: Control,
    pub(super) pri: Control,
    pub(super) power: Power,
    resets: [(u16, u8); RESET_BITS],
    reset_count: u8,
}

impl Watches {
    pub(super) const EMPTY: Self = Self {
        pasid: Control::NONE,
        ats: Control::NONE,
        pri: Control::NONE,
        power: Power::NONE,
        resets: [(0, 0); RESET_BITS],
        reset_count: 0,
    };

    /// Adds a control register; whether there is none of its kind elsewhere.
    pub(super) fn add_control(&mut self, register: Register, offset: u16) -> bool {
        match register {
            Register::Pasid => self.pasid.set(offset),
            Register::Ats => self.ats.set(offset),
            Register::Pri => self.pri.set(offset),
        }
    }

    /// The offsets of the PASID, ATS and PRI control; `u16::MAX` for none.
    pub(super) fn controls(&self) -> [u16; 3] {
        [self.pasid, self.ats, self.pri].map(Control::offset)
    }

    /// Adds reset bits of a byte; whether there is room.
    pub(super) fn add_reset(&mut self, offset: u16, bits: u8) -> bool {
        if self.resets().contains(&(offset, bits)) {
            return true;
        }
        match self.resets.get_mut(usize::from(self.reset_count)) {
            Some(entry) => {
                *entry = (offset, bits);
                self.reset_count += 1;
                true
            }
            None => false,
        }
    }

    /// Whether a write starts a function level reset.
    pub(super) fn is_reset(&self, at: usize, data: &[u8]) -> bool {
        self.resets().iter().any(|&(offset, bits)| {
            let written = usize::from(offset).checked_sub(at).and_then(|index| data.get(index));
            written.is_some_and(|written| written & bits != 0)
        })
    }

    fn resets(&self) -> &[(u16, u8)] {
        &self.resets[..usize::from(self.reset_count)]
    }
}

/// Dwords where a write must look further than the flat maps.
#[derive(Clone)]
pub(super) struct Dwords {
    words: [u64; SPACE / 4 / 64],
}

impl Dwords {
    pub(super) const EMPTY: Self = Self { words: [0; SPACE / 4 / 64] };

    /// Marks the dword of a byte below [`SPACE`].
    pub(super) fn mark(&mut self, at: usize) {
        self.words[at / 256] |= 1 << (at / 4 % 64);
    }

    /// Whether the dword with an index is marked.
    #[inline(always)]
    pub(super) fn has_index(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 != 0)
    }

    /// Whether an access of at most 8 bytes touches a marked dword.
    #[inline(always)]
    pub(super) fn touched<const N: usize>(&self, at: usize) -> bool {
        // An aligned access of at most 4 bytes lies in one dword, one of 8 in two; what is not aligned reaches into one more.
        self.has(at) || (N > 4 && self.has(at + 4)) || (!at.is_multiple_of(N) && self.has(at + N - 1))
    }

    #[inline(always)]
    fn has(&self, at: usize) -> bool {
        self.words[at / 256 % 16] >> (at / 4 % 64) & 1 != 0
    }
}
