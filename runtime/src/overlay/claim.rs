//! Giving bits an owner: what is checked, and how a write class becomes maps.

use super::effect::{AtsControl, PasidControl, PriControl};
use super::masks::Masks;
use super::rare::{Lock, Rare};
use super::watch::Register;
use super::{ClaimError, Overlay};
use crate::tables::WriteClass;

/// Bits to own. The slices are equally long.
#[derive(Clone, Copy)]
struct Claim<'a> {
    offset: u16,
    mask: Mask<'a>,
    value: &'a [u8],
    class: Class,
    forced: &'a [u8],
    /// For [`WriteClass::Rwl`], as [`Rare::lock`] has it.
    lock: u8,
}

/// What a write class means: each is all bits or none.
#[derive(Clone, Copy)]
struct Class {
    writable: u8,
    clear: u8,
    sticky: u8,
    forced: u8,
    /// Those that take a value at every write.
    takes_value: u8,
    /// Those that have a value.
    valued: u8,
}

impl Class {
    #[inline(always)]
    fn of(class: WriteClass) -> Self {
        let all_if = |condition: bool| if condition { 0xff } else { 0 };
        // Those of the two last classes are told by two masks at once.
        let (once, locked) = (class == WriteClass::Rwo, class == WriteClass::Rwl);
        Self {
            writable: all_if(matches!(class, WriteClass::Rw | WriteClass::Rws)),
            clear: all_if(once || matches!(class, WriteClass::Rw1c | WriteClass::Rw1cs)),
            sticky: all_if(locked || matches!(class, WriteClass::Rws | WriteClass::Ros | WriteClass::Rw1cs)),
            forced: all_if(once || locked || class == WriteClass::Forced),
            takes_value: all_if(class == WriteClass::Forced),
            valued: all_if(class != WriteClass::RsvdP),
        }
    }
}

/// The bits of each byte.
#[derive(Clone, Copy)]
enum Mask<'a> {
    All,
    Bits(&'a [u8]),
}

/// One byte of a claim, in the terms of the maps. All masks are within `bits`.
struct ByteClaim {
    bits: u8,
    value: u8,
    writable: u8,
    /// The initial value, the masks and the forced value that this byte needs beside the flat maps.
    rare: Rare,
}

impl ByteClaim {
    /// A byte of a control register: 0, and some bits of it writable.
    fn control(offset: u16, writable: u8) -> Self {
        Self { bits: 0xff, value: 0, writable, rare: Rare::at(offset) }
    }

    /// What the masks of its byte are once the claim is made.
    #[inline(always)]
    fn added_to(&self, masks: Masks) -> Masks {
        Masks { owned: masks.owned | self.bits, writable: masks.writable | self.writable }
    }

    #[inline(always)]
    fn new(offset: u16, bits: u8, value: u8, class: Class, forced_value: u8, lock: u8) -> Self {
        let [writable, clear, sticky, forced] =
            [class.writable, class.clear, class.sticky, class.forced].map(|mask| mask & bits);
        let value = value & bits & class.valued;
        let initial = value & (writable | clear | sticky | forced);
        let forced_value = forced_value & bits & class.takes_value;
        let rare = Rare { offset, initial, clear, sticky, forced, forced_value, lock };
        Self { bits, value, writable, rare }
    }

    #[inline(always)]
    fn needs_rare(&self) -> bool {
        self.rare.initial | self.rare.clear | self.rare.sticky | self.rare.forced != 0
    }
}

impl Claim<'_> {
    /// Whether it is of bits that read what they read and take nothing.
    #[inline(always)]
    fn is_read_only(&self) -> bool {
        let Class { writable, clear, sticky, forced, valued, .. } = self.class;
        writable | clear | sticky | forced == 0 && valued == 0xff
    }

    fn bytes(&self) -> impl Iterator<Item = ByteClaim> + '_ {
        self.value.iter().enumerate().map(|(index, &value)| {
            let bits = match self.mask {
                Mask::All => 0xff,
                Mask::Bits(bits) => bits[index],
            };
            // The range was checked: `offset + index` is an offset of the space.
            let offset = self.offset + index as u16;
            ByteClaim::new(offset, bits, value, self.class, self.forced[index], self.lock)
        })
    }
}

impl Overlay {
    /// Owns whole bytes with these initial values.
    ///
    /// Bits that are owned already may be owned again with the same class and value. Of the class
    /// [`WriteClass::Forced`], bits go back to `value` at every write; see [`Overlay::own_forced`] for another value. Of the
    /// class [`WriteClass::Rwl`], nothing locks them; see [`Overlay::own_locked`].
    ///
    /// # Errors
    /// [`ClaimError`] says why not; nothing is owned then that was not before.
    pub fn own(&mut self, offset: u16, value: &[u8], class: WriteClass) -> Result<(), ClaimError> {
        self.claim(&Claim { offset, mask: Mask::All, value, class: Class::of(class), forced: value, lock: 0 })
    }

    /// Owns the bits of `mask`, byte by byte, with the initial values of `value`, whose other bits do not count.
    ///
    /// # Errors
    /// [`ClaimError`] says why not; nothing is owned then that was not before.
    pub fn own_bits(&mut self, offset: u16, mask: &[u8], value: &[u8], class: WriteClass) -> Result<(), ClaimError> {
        let (mask, class) = (Mask::Bits(mask), Class::of(class));
        self.claim(&Claim { offset, mask, value, class, forced: value, lock: 0 })
    }

    /// Owns the bits of `mask` with the initial values of `value`; at every write they take the values of `forced`.
    ///
    /// # Errors
    /// [`ClaimError`] says why not; nothing is owned then that was not before.
    pub fn own_forced(&mut self, offset: u16, mask: &[u8], value: &[u8], forced: &[u8]) -> Result<(), ClaimError> {
        let (mask, class) = (Mask::Bits(mask), Class::of(WriteClass::Forced));
        self.claim(&Claim { offset, mask, value, class, forced, lock: 0 })
    }

    /// Owns the bits of `mask` with the initial values of `value`, class [`WriteClass::Rwl`]: they take writes until a bit of
    /// the lock is set. What the lock reads before a write counts for all of that write. The bits of a byte have one lock.
    ///
    /// # Errors
    /// [`ClaimError`] says why not; nothing is owned then that was not before.
    pub fn own_locked(&mut self, offset: u16, mask: &[u8], value: &[u8], lock: Lock) -> Result<(), ClaimError> {
        self.check_range(lock.offset, 1)?;
        let number = self.rare.lock_number(lock);
        let (mask, class) = (Mask::Bits(mask), Class::of(WriteClass::Rwl));
        let claim = Claim { offset, mask, value, class, forced: value, lock: number };
        self.check_claim(&claim)?;
        let has_bits = claim.bytes().any(|byte| byte.bits != 0);
        if has_bits && !self.rare.note_lock(number, lock) {
            return Err(ClaimError::TooManyWatched { offset });
        }
        claim.bytes().for_each(|byte| self.apply(&byte));
        Ok(())
    }

    /// Owns a PASID control register, the word at `offset`: 6 bytes into the capability.
    ///
    /// It is 0 at first. Only enable and the granted bits stick, and execute and privileged change only while enable is
    /// 0, as the PCI Express specification has it.
    ///
    /// # Errors
    /// [`ClaimError`] says why not; nothing is owned then that was not before.
    pub fn own_pasid_control(&mut self, offset: u16, execute: bool, privileged: bool) -> Result<(), ClaimError> {
        let granted = |bit: u16, granted: bool| if granted { bit } else { 0 };
        let writable = PasidControl::ENABLE
            | granted(PasidControl::EXECUTE, execute)
            | granted(PasidControl::PRIVILEGED, privileged);
        self.own_control(Register::Pasid, offset, writable)
    }

    /// Owns an ATS control register, the word at `offset`: 6 bytes into the capability. It is 0 at first.
    ///
    /// # Errors
    /// [`ClaimError`] says why not; nothing is owned then that was not before.
    pub fn own_ats_control(&mut self, offset: u16) -> Result<(), ClaimError> {
        self.own_control(Register::Ats, offset, AtsControl::ENABLE | AtsControl::STU)
    }

    /// Owns a page request control register, the word at `offset`: 4 bytes into the capability. It is 0 at first, and its
    /// reset bit reads 0 always.
    ///
    /// # Errors
    /// [`ClaimError`] says why not; nothing is owned then that was not before.
    pub fn own_pri_control(&mut self, offset: u16) -> Result<(), ClaimError> {
        self.own_control(Register::Pri, offset, PriControl::ENABLE)
    }

    /// Watches bits of one byte that start a function level reset when the guest writes 1: bit 7 of byte 9 of the PCI
    /// Express capability (Initiate Function Level Reset) or bit 0 of byte 4 of the Advanced Features capability, where
    /// the device says that it can.
    ///
    /// Nothing is owned: the write goes through to the device, unless something else owns the byte.
    ///
    /// # Errors
    /// [`ClaimError`] says why not.
    pub fn watch_function_reset(&mut self, offset: u16, bits: u8) -> Result<(), ClaimError> {
        self.check_range(offset, 1)?;
        if !self.watches.add_reset(offset, bits) {
            return Err(ClaimError::TooManyWatched { offset });
        }
        self.special.mark(usize::from(offset));
        Ok(())
    }

    /// Watches the Power Management Control/Status register of the device, the word at `offset`: 4 bytes into the capability.
    /// `keeps_state` is its bit 3, `No_Soft_Reset`; without it the way from D3hot to D0 is a reset, as [`Reset::D3Hot`](super::Reset::D3Hot) is.
    ///
    /// Nothing is owned: the write goes through to the device, unless something else owns the byte.
    ///
    /// # Errors
    /// [`ClaimError`] says why not.
    pub fn watch_power(&mut self, offset: u16, keeps_state: bool) -> Result<(), ClaimError> {
        self.check_range(offset, 2)?;
        if !self.watches.power.set(offset, keeps_state) {
            return Err(ClaimError::TooManyWatched { offset });
        }
        self.special.mark(usize::from(offset));
        Ok(())
    }

    /// The VMM's own change of owned bits: a status bit that comes up, a value that it learnt later.
    ///
    /// Of bits that a guest can change and of sticky ones, it is the present value, and a reset restores the initial
    /// one; of the others it is the new initial value, which an overlay must have before a saved state is restored into
    /// it. Bits that nobody owns stay the device's.
    pub fn set(&mut self, offset: u16, mask: u8, value: u8) {
        let at = usize::from(offset);
        let mask = mask & self.owned_bits(offset);
        if mask != 0 {
            let byte = &mut self.values_mut()[at];
            *byte = *byte & !mask | value & mask;
        }
    }

    /// Takes bits of a byte from their owner: they are the device's again.
    pub(crate) fn disown(&mut self, offset: u16, bits: u8) {
        let at = usize::from(offset);
        let masks = self.ownership.masks(at);
        let bits = bits & masks.owned;
        if bits == 0 {
            return;
        }
        self.ownership.set(at, Masks { owned: masks.owned & !bits, writable: masks.writable & !bits });
        self.values_mut()[at] &= !bits;
        if self.rare.get(offset).is_some()
            && let Some(rare) = self.rare.entry(offset)
        {
            rare.initial &= !bits;
            rare.clear &= !bits;
            rare.sticky &= !bits;
            rare.forced &= !bits;
            rare.forced_value &= !bits;
            if rare.locked() == 0 {
                rare.lock = 0;
            }
        }
    }

    fn own_control(&mut self, register: Register, offset: u16, writable: u16) -> Result<(), ClaimError> {
        self.check_range(offset, 2)?;
        let bytes =
            || (offset..).zip(writable.to_le_bytes()).map(|(offset, writable)| ByteClaim::control(offset, writable));
        let is_new = self.is_new(offset, 2);
        if !is_new {
            self.check(bytes)?;
        }
        if !self.watches.add_control(register, offset) {
            return Err(ClaimError::TooManyWatched { offset });
        }
        if is_new {
            bytes().for_each(|byte| self.own_new(byte.rare.offset.into(), byte.bits, byte.value, byte.writable));
        } else {
            bytes().for_each(|byte| self.apply(&byte));
        }
        // A word that is not aligned may lie in two dwords.
        self.special.mark(usize::from(offset));
        self.special.mark(usize::from(offset) + 1);
        Ok(())
    }

    fn claim(&mut self, claim: &Claim<'_>) -> Result<(), ClaimError> {
        self.check_shape(claim)?;
        let &Claim { offset, value, .. } = claim;
        // Most claims are of bytes that nobody owns and that nobody writes.
        if claim.is_read_only() {
            match claim.mask {
                Mask::All if self.ownership.are_device(offset.into(), value.len()) => {
                    let at = usize::from(offset);
                    self.values_mut()[at..at + value.len()].copy_from_slice(value);
                    self.ownership.set_read_only(at, value.len());
                    return Ok(());
                }
                Mask::Bits(bits) if self.is_new(offset, value.len()) => {
                    for ((at, &value), &bits) in (usize::from(offset)..).zip(value).zip(bits) {
                        self.own_new(at, bits, value & bits, 0);
                    }
                    return Ok(());
                }
                _ => {}
            }
        }
        self.check(|| claim.bytes())?;
        claim.bytes().for_each(|byte| self.apply(&byte));
        Ok(())
    }

    /// Whether it is a claim of bytes of the space at all.
    #[inline(always)]
    fn check_shape(&self, claim: &Claim<'_>) -> Result<(), ClaimError> {
        let Claim { offset, value, forced, .. } = *claim;
        let even = match claim.mask {
            Mask::All => true,
            Mask::Bits(bits) => bits.len() == value.len(),
        };
        if !even || forced.len() != value.len() {
            return Err(ClaimError::Uneven { offset });
        }
        self.check_range(offset, value.len())
    }

    #[inline(always)]
    fn check_claim(&self, claim: &Claim<'_>) -> Result<(), ClaimError> {
        self.check_shape(claim)?;
        self.check(|| claim.bytes())
    }

    /// Whether nobody owns a bit of these bytes and writes reach the device, and there is room whatever is owned of them.
    #[inline(always)]
    fn is_new(&self, offset: u16, length: usize) -> bool {
        length <= self.ownership.odd_room() && self.ownership.are_device(offset.into(), length)
    }

    /// Owns bits of a byte that is new, and that needs nothing beside the maps.
    #[inline(always)]
    fn own_new(&mut self, at: usize, owned: u8, value: u8, writable: u8) {
        if owned != 0 {
            self.values_mut()[at] = value;
            self.ownership.set_new(at, Masks { owned, writable });
        }
    }

    /// Makes a claim of bits of a byte that was checked.
    #[inline(always)]
    fn apply(&mut self, byte: &ByteClaim) {
        if byte.bits == 0 {
            return;
        }
        let at = usize::from(byte.rare.offset);
        let masks = self.ownership.masks(at);
        let value = &mut self.value.as_flattened_mut()[at];
        // Where nobody owned a bit, the first owner lifts a restriction.
        let old = if masks.owned == 0 { 0 } else { *value };
        *value = old & !byte.bits | byte.value;
        self.ownership.set(at, byte.added_to(masks));
        if byte.needs_rare()
            && let Some(rare) = self.rare.entry(byte.rare.offset)
        {
            rare.initial |= byte.rare.initial;
            rare.clear |= byte.rare.clear;
            rare.sticky |= byte.rare.sticky;
            rare.forced |= byte.rare.forced;
            rare.forced_value |= byte.rare.forced_value;
            if byte.rare.locked() != 0 {
                rare.lock = byte.rare.lock;
            }
            self.special.mark(at);
        }
    }

    /// Whether the claim can be made whole.
    #[inline(always)]
    fn check<I: Iterator<Item = ByteClaim>>(&self, bytes: impl Fn() -> I) -> Result<(), ClaimError> {
        let (mut rare_room, mut odd_room) = (self.rare.room(), Some(self.ownership.odd_room()));
        for byte in bytes() {
            let offset = byte.rare.offset;
            let masks = self.ownership.masks(offset.into());
            let bits = self.disagreement(&byte, masks);
            if bits != 0 {
                return Err(ClaimError::Collision { offset, bits });
            }
            if byte.needs_rare() && self.rare.get(offset).is_none() {
                rare_room = rare_room.checked_sub(1).ok_or(ClaimError::TooManyRare { offset })?;
            }
            if !byte.added_to(masks).are_common() {
                odd_room = odd_room.and_then(|room| room.checked_sub(1));
            }
        }
        // Most bytes need no entry of the table, but none needs more than one.
        if odd_room.is_some() { Ok(()) } else { self.check_room(bytes()) }
    }

    /// Whether there is room for the masks of all bytes.
    #[cold]
    fn check_room(&self, bytes: impl Iterator<Item = ByteClaim>) -> Result<(), ClaimError> {
        let mut room = self.ownership.room();
        for byte in bytes {
            let offset = byte.rare.offset;
            let masks = byte.added_to(self.ownership.masks(offset.into()));
            if !self.ownership.fits(&mut room, offset.into(), masks) {
                return Err(ClaimError::TooManyMasks { offset });
            }
        }
        Ok(())
    }

    /// The bits of a claim that are owned with another class or initial value.
    #[inline(always)]
    fn disagreement(&self, byte: &ByteClaim, masks: Masks) -> u8 {
        let both = masks.owned & byte.bits;
        if both == 0 && byte.rare.locked() == 0 { 0 } else { self.difference(byte, masks, both) }
    }

    fn difference(&self, byte: &ByteClaim, Masks { writable, .. }: Masks, both: u8) -> u8 {
        let at = usize::from(byte.rare.offset);
        let known = self.rare.get(byte.rare.offset).copied().unwrap_or(Rare::at(byte.rare.offset));
        if known.locked() != 0 && byte.rare.locked() != 0 && known.lock != byte.rare.lock {
            return known.locked();
        }
        let changeable = known.changeable(writable);
        let initial = known.initial | self.values()[at] & !changeable;
        let differs = writable ^ byte.writable
            | known.clear ^ byte.rare.clear
            | known.sticky ^ byte.rare.sticky
            | known.forced ^ byte.rare.forced
            | known.forced_value ^ byte.rare.forced_value
            | initial ^ byte.value;
        both & differs
    }

    fn check_range(&self, offset: u16, length: usize) -> Result<(), ClaimError> {
        if usize::from(offset) + length > self.size() {
            return Err(ClaimError::OutOfRange { offset, length, size: self.size() });
        }
        Ok(())
    }
}
