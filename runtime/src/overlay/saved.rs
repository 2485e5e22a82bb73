//! The state of an overlay, for migration: which bytes it owns, and what the guest changed.

use core::fmt;

use super::{Effects, Overlay, Reset};
use crate::{ByteSet, SPACE};

/// The version of the saved form.
const VERSION: u16 = 1;

/// How many bytes may differ from their initial values in a saved state.
pub const SAVED_CHANGES: usize = 256;

/// Bytes before the list of changes: version, size, digest, the set of owned bytes, number of changes.
const FIXED: usize = 2 + 2 + 8 + SPACE / 8 + 2;

/// Bytes of one change: offset, mask, value.
const CHANGE: usize = 4;

/// A byte that the guest or the VMM changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Change {
    offset: u16,
    /// The bits that can change.
    mask: u8,
    value: u8,
}

/// What an overlay owns and what was changed in it. [`SavedOverlay::encode`] gives the bytes to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedOverlay {
    size: u16,
    /// Of everything that a guest can see or do, but the changes.
    digest: u64,
    owned: ByteSet,
    changes: [Change; SAVED_CHANGES],
    count: usize,
}

/// Why a state cannot be saved, read or restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SavedError {
    /// More than [`SAVED_CHANGES`] bytes were changed.
    TooManyChanges,
    /// The buffer is shorter than [`SavedOverlay::MAX_LENGTH`], or the bytes end within the state.
    Short,
    /// The bytes are of another version.
    Version(u16),
    /// The bytes are no saved state.
    Malformed,
    /// The function that was saved has a space of another size.
    Size {
        /// Bytes of the space that was saved.
        saved: u16,
        /// Bytes of the space here.
        here: u16,
    },
    /// Emulated bytes are not the same: the first that is emulated in one of the two alone.
    Layout {
        /// The byte.
        offset: u16,
        /// It was emulated when the state was saved, and is not here; or the other way round.
        saved: bool,
    },
    /// The same bytes are emulated with other values or write classes.
    Contents,
}

impl fmt::Display for SavedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooManyChanges => write!(f, "more than {SAVED_CHANGES} emulated bytes were changed"),
            Self::Short => f.write_str("too few bytes for a saved overlay"),
            Self::Version(version) => write!(f, "saved with version {version}, which this program does not read"),
            Self::Malformed => f.write_str("no saved overlay"),
            Self::Size { saved, here } => {
                write!(f, "saved from a configuration space of {saved:#x} bytes; this one has {here:#x}")
            }
            Self::Layout { offset, saved: true } => {
                write!(f, "byte {offset:#x} was emulated when the state was saved, and is not here")
            }
            Self::Layout { offset, saved: false } => {
                write!(f, "byte {offset:#x} is emulated here, and was not when the state was saved")
            }
            Self::Contents => f.write_str("the same bytes are emulated with other values or write classes"),
        }
    }
}

impl core::error::Error for SavedError {}

impl SavedOverlay {
    /// The most bytes that a saved state takes.
    pub const MAX_LENGTH: usize = FIXED + CHANGE * SAVED_CHANGES;

    /// The bytes that were emulated.
    #[must_use]
    pub fn owned(&self) -> &ByteSet {
        &self.owned
    }

    /// Writes the state to the front of `out`; the number of bytes.
    ///
    /// # Errors
    /// [`SavedError::Short`] if `out` has less than [`SavedOverlay::MAX_LENGTH`] bytes.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, SavedError> {
        let out = out.get_mut(..Self::MAX_LENGTH).ok_or(SavedError::Short)?;
        let (fixed, list) = out.split_at_mut(FIXED);
        fixed[0..2].copy_from_slice(&VERSION.to_le_bytes());
        fixed[2..4].copy_from_slice(&self.size.to_le_bytes());
        fixed[4..12].copy_from_slice(&self.digest.to_le_bytes());
        for (bytes, word) in fixed[12..FIXED - 2].chunks_exact_mut(8).zip(self.owned.words()) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        fixed[FIXED - 2..].copy_from_slice(&(self.count as u16).to_le_bytes());
        for (bytes, change) in list.chunks_exact_mut(CHANGE).zip(self.changes()) {
            let [low, high] = change.offset.to_le_bytes();
            bytes.copy_from_slice(&[low, high, change.mask, change.value]);
        }
        Ok(FIXED + CHANGE * self.count)
    }

    /// Reads a state from the front of `bytes`. They may be anything.
    ///
    /// # Errors
    /// [`SavedError`] says what is wrong with them.
    pub fn decode(bytes: &[u8]) -> Result<Self, SavedError> {
        let word = |at: usize| {
            let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(SavedError::Short)?;
            Ok::<u16, SavedError>(u16::from_le_bytes(*bytes))
        };
        let long = |at: usize| {
            let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(SavedError::Short)?;
            Ok::<u64, SavedError>(u64::from_le_bytes(*bytes))
        };
        if word(0)? != VERSION {
            return Err(SavedError::Version(word(0)?));
        }
        let mut words = [0; SPACE / 64];
        for (index, word) in words.iter_mut().enumerate() {
            *word = long(12 + 8 * index)?;
        }
        let count = usize::from(word(FIXED - 2)?);
        let mut changes = [Change::default(); SAVED_CHANGES];
        let list = bytes.get(FIXED..).unwrap_or(&[]);
        if list.len() < CHANGE * count {
            return Err(SavedError::Short);
        }
        let mut last = None;
        for (index, bytes) in list.chunks_exact(CHANGE).take(count).enumerate() {
            let offset = u16::from_le_bytes([bytes[0], bytes[1]]);
            if usize::from(offset) >= SPACE || last.is_some_and(|last| last >= offset) {
                return Err(SavedError::Malformed);
            }
            last = Some(offset);
            *changes.get_mut(index).ok_or(SavedError::Malformed)? =
                Change { offset, mask: bytes[2], value: bytes[3] & bytes[2] };
        }
        Ok(Self { size: word(2)?, digest: long(4)?, owned: ByteSet::from_words(words), changes, count })
    }

    fn changes(&self) -> &[Change] {
        &self.changes[..self.count]
    }
}

impl Overlay {
    /// The bytes of which a bit is owned.
    #[must_use]
    pub fn owned_bytes(&self) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        for offset in (0..self.size).filter(|&offset| self.owned_bits(offset) != 0) {
            set.insert(offset..offset + 1);
        }
        set
    }

    /// The state, to be restored into an overlay that was built alike.
    ///
    /// # Errors
    /// [`SavedError::TooManyChanges`] if it does not fit.
    pub fn save(&self) -> Result<SavedOverlay, SavedError> {
        let owned = self.owned_bytes();
        let mut saved = SavedOverlay {
            size: self.size,
            digest: self.digest(),
            owned,
            changes: [Change::default(); SAVED_CHANGES],
            count: 0,
        };
        for offset in 0..self.size {
            let (mask, initial) = self.changeable(offset);
            let value = self.value(offset) & mask;
            if value != initial {
                let change = saved.changes.get_mut(saved.count).ok_or(SavedError::TooManyChanges)?;
                *change = Change { offset, mask, value };
                saved.count += 1;
            }
        }
        Ok(saved)
    }

    /// Gives this overlay the state that was saved: first as after [`Reset::Cold`], then what was changed. The effects say
    /// what the control registers hold now, for the VMM to set up.
    ///
    /// # Errors
    /// [`SavedError`] where the saved overlay was not built as this one was, which is then as before.
    pub fn restore(&mut self, saved: &SavedOverlay) -> Result<Effects, SavedError> {
        if saved.size != self.size {
            return Err(SavedError::Size { saved: saved.size, here: self.size });
        }
        let here = self.owned_bytes();
        if let Some(offset) = (0..self.size).find(|&offset| saved.owned.contains(offset) != here.contains(offset)) {
            return Err(SavedError::Layout { offset, saved: saved.owned.contains(offset) });
        }
        if saved.digest != self.digest() {
            return Err(SavedError::Contents);
        }
        if saved.changes().iter().any(|change| self.changeable(change.offset).0 != change.mask) {
            return Err(SavedError::Malformed);
        }
        self.reset(Reset::Cold);
        for change in saved.changes() {
            self.set(change.offset, change.mask, change.value);
        }
        Ok(self.controls())
    }

    /// The bits of a byte that a guest can change or that are sticky, and their initial values.
    fn changeable(&self, offset: u16) -> (u8, u8) {
        let owned = self.owned_bits(offset);
        if owned == 0 {
            return (0, 0);
        }
        let writable = self.ownership.masks(offset.into()).writable;
        self.rare.get(offset).map_or((writable, 0), |rare| (rare.changeable(writable), rare.initial))
    }

    /// FNV-1a, 64 bits, over what is owned and how; not over what was changed.
    fn digest(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            for &byte in bytes {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        for offset in (0..self.size).filter(|&offset| self.owned_bits(offset) != 0) {
            let (changeable, initial) = self.changeable(offset);
            add(&offset.to_le_bytes());
            add(&[self.owned_bits(offset), self.value(offset) & !changeable | initial]);
            add(&[self.ownership.masks(offset.into()).writable]);
            if let Some(rare) = self.rare.get(offset) {
                add(&[rare.clear, rare.sticky, rare.forced, rare.forced_value]);
                if rare.locked() != 0 {
                    let lock = self.rare.lock_of(rare);
                    let [low, high] = lock.offset.to_le_bytes();
                    add(&[lock.bits, low, high]);
                }
            }
        }
        for offset in self.watches.controls() {
            add(&offset.to_le_bytes());
        }
        hash
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;

    use std::vec;

    use super::{SAVED_CHANGES, SavedError, SavedOverlay};
    use crate::overlay::fake;
    use crate::overlay::{Effect, PasidControl};
    use crate::tables::WriteClass;
    use crate::{Overlay, Reset};

    fn overlay(status: WriteClass) -> Overlay {
        let mut overlay = Overlay::new(4096);
        overlay.own(0x400, &[0x1b, 0, 1, 0, 6, 20], WriteClass::Ro).unwrap();
        overlay.own_pasid_control(0x406, true, true).unwrap();
        overlay.own(0x500, &[0x0f, 0x0f], status).unwrap();
        overlay
    }

    fn through_bytes(saved: &SavedOverlay) -> SavedOverlay {
        let mut bytes = vec![0; SavedOverlay::MAX_LENGTH];
        let length = saved.encode(&mut bytes).unwrap();
        for short in 0..length {
            assert_eq!(SavedOverlay::decode(&bytes[..short]), Err(SavedError::Short));
        }
        SavedOverlay::decode(&bytes[..length]).unwrap()
    }

    #[test]
    fn what_the_guest_set_is_there_after_restore() {
        let device = fake::device(4096);
        let mut source = overlay(WriteClass::Rw1cs);
        source.write(&device, 0x406, &[0x07, 0x00]).unwrap().for_each(drop);
        source.write(&device, 0x500, &[0x05, 0x00]).unwrap().for_each(drop);
        let saved = through_bytes(&source.save().unwrap());
        let mut target = overlay(WriteClass::Rw1cs);
        target.set(0x501, 0xff, 0x01);
        let control = PasidControl { enable: true, execute: true, privileged: true };
        assert!(target.restore(&saved).unwrap().eq([Effect::PasidControl(control)]));
        for offset in 0x400..0x502 {
            assert_eq!(target.value(offset), source.value(offset), "{offset:#x}");
        }
        target.reset(Reset::Cold);
        assert_eq!((target.value(0x406), target.value(0x500)), (0x00, 0x0f), "initial values are not the saved ones");
    }

    #[test]
    fn an_overlay_that_was_built_otherwise_is_refused() {
        let saved = overlay(WriteClass::Rw).save().unwrap();
        assert_eq!(overlay(WriteClass::Rws).restore(&saved), Err(SavedError::Contents));
        let mut other = overlay(WriteClass::Rw);
        other.own(0x480, &[0], WriteClass::Ro).unwrap();
        assert_eq!(other.restore(&saved), Err(SavedError::Layout { offset: 0x480, saved: false }));
        let here = SavedError::Layout { offset: 0x480, saved: true };
        assert_eq!(overlay(WriteClass::Rw).restore(&other.save().unwrap()), Err(here));
        let small = Overlay::new(256).save().unwrap();
        assert_eq!(other.restore(&small), Err(SavedError::Size { saved: 256, here: 4096 }));
    }

    #[test]
    fn a_control_register_is_more_than_its_bits() {
        let (writable, fixed) = ([0x1f, 0x80], [0xe0, 0x7f]);
        let mut bits = Overlay::new(4096);
        bits.own_bits(0x406, &writable, &[0; 2], WriteClass::Rw).unwrap();
        bits.own_bits(0x406, &fixed, &[0; 2], WriteClass::Ro).unwrap();
        let mut control = Overlay::new(4096);
        control.own_ats_control(0x406).unwrap();
        assert_eq!(control.restore(&bits.save().unwrap()), Err(SavedError::Contents));
    }

    #[test]
    fn the_fullest_state_takes_the_most_bytes() {
        let device = fake::device(4096);
        let mut overlay = Overlay::new(4096);
        overlay.own(0x400, &[0; SAVED_CHANGES], WriteClass::Rw).unwrap();
        let mut bytes = [0; SavedOverlay::MAX_LENGTH];
        assert_eq!(overlay.save().unwrap().encode(&mut bytes), Ok(526));
        overlay.write(&device, 0x400, &[0xff; SAVED_CHANGES]).unwrap().for_each(drop);
        assert_eq!(overlay.save().unwrap().encode(&mut bytes), Ok(SavedOverlay::MAX_LENGTH));
    }

    #[test]
    fn hostile_bytes_are_errors() {
        let mut bytes = vec![0; SavedOverlay::MAX_LENGTH];
        let mut changed = overlay(WriteClass::Rw);
        changed.set(0x500, 0xff, 0xff);
        changed.set(0x501, 0xff, 0xff);
        let length = changed.save().unwrap().encode(&mut bytes).unwrap();
        let with = |at: usize, byte: u8| {
            let mut bytes = bytes[..length].to_vec();
            bytes[at] = byte;
            SavedOverlay::decode(&bytes)
        };
        assert_eq!(with(0, 9), Err(SavedError::Version(9)));
        assert_eq!(with(length - 3, 0xff), Err(SavedError::Malformed), "an offset beyond the space");
        assert_eq!(with(length - 9, 0xff), Err(SavedError::Short), "more changes than bytes");
        let swapped = [&bytes[..length - 8], &bytes[length - 4..length], &bytes[length - 8..length - 4]].concat();
        assert_eq!(SavedOverlay::decode(&swapped), Err(SavedError::Malformed), "changes that do not ascend");
        let elsewhere = with(length - 4, 0x70).unwrap();
        assert_eq!(overlay(WriteClass::Rw).restore(&elsewhere), Err(SavedError::Malformed), "a byte that nobody owns");
        assert_eq!(overlay(WriteClass::Rw).restore(&with(length - 1, 0xff).unwrap()).map(|_| ()), Ok(()));
        let mut many = vec![0; 0x1000];
        many[..length].copy_from_slice(&bytes[..length]);
        many[super::FIXED - 2..super::FIXED].copy_from_slice(&(SAVED_CHANGES as u16 + 1).to_le_bytes());
        for (index, change) in many[super::FIXED..].chunks_exact_mut(super::CHANGE).enumerate() {
            change[..2].copy_from_slice(&(index as u16).to_le_bytes());
        }
        assert_eq!(SavedOverlay::decode(&many), Err(SavedError::Malformed), "more changes than can be saved");
    }

    #[test]
    fn too_many_changes_are_an_error() {
        let mut overlay = Overlay::new(4096);
        overlay.own(0x400, &[0; SAVED_CHANGES + 1], WriteClass::Rw).unwrap();
        for offset in 0..SAVED_CHANGES as u16 {
            overlay.set(0x400 + offset, 0xff, 1);
        }
        assert!(overlay.save().is_ok());
        overlay.set(0x400 + SAVED_CHANGES as u16, 0xff, 1);
        assert_eq!(overlay.save(), Err(SavedError::TooManyChanges));
    }
}
