//! A guest's write: owned bits change by their class, and only bytes without an owned bit reach the device.

use super::rare::Rare;
use super::watch::Control;
use super::{AccessError, Effects, Overlay, PasidControl, Reset, dword_index, lanes};
use crate::{ByteSet, ConfigAccess, SPACE};

impl Overlay {
    /// Writes what the guest wrote, any size, any alignment.
    ///
    /// A byte with any owned bit is never written to the device, nor is one that [`Overlay::restrict`] protects. If all
    /// bytes are the device's, it is written once, with the guest's size; if none is, not at all. Otherwise the bytes that
    /// are the device's are written in ascending, naturally aligned pieces of 4, 2 or 1 bytes.
    ///
    /// The device is written before the overlay changes.
    ///
    /// # Errors
    /// An access out of range, which writes nothing, or the device's error: the overlay is then as before, and pieces
    /// below the failed one have reached the device.
    #[inline]
    pub fn write<D: ConfigAccess + ?Sized>(
        &mut self,
        device: &D,
        offset: u16,
        data: &[u8],
    ) -> Result<Effects, AccessError<D::Error>> {
        let index = dword_index(offset);
        if let Ok(dword) = <[u8; 4]>::try_from(data)
            && let Some(value) = self.value.get_mut(index)
            && let Some(codes) = self.ownership.of_dword(index)
        {
            // What is owned is in range: claims were checked.
            if codes.are_plain_whole() && !self.special.has_index(index) {
                if !codes.are_read_only() {
                    let (old, writable) = (u32::from_le_bytes(*value), codes.writable() as u32);
                    *value = (old & !writable | u32::from_le_bytes(dword) & writable).to_le_bytes();
                }
                return Ok(Effects::NONE);
            }
            if codes.are_device() && !self.special.has_index(index) {
                return self.pass(device, offset, data);
            }
            if codes.are_whole() {
                return Ok(self.write_special::<4>(offset.into(), data, u32::from_le_bytes(dword).into()));
            }
        }
        self.write_other(device, offset, data)
    }

    /// Hands on a write of bytes that are the device's.
    #[inline(never)]
    fn pass<D: ConfigAccess + ?Sized>(
        &self,
        device: &D,
        offset: u16,
        data: &[u8],
    ) -> Result<Effects, AccessError<D::Error>> {
        self.check_access(offset, data.len())?;
        device.write(offset, data).map_err(AccessError::Device)?;
        Ok(Effects::NONE)
    }

    #[inline(never)]
    fn write_other<D: ConfigAccess + ?Sized>(
        &mut self,
        device: &D,
        offset: u16,
        data: &[u8],
    ) -> Result<Effects, AccessError<D::Error>> {
        match data.len() {
            1 => self.write_sized::<D, 1>(device, offset, data),
            2 => self.write_sized::<D, 2>(device, offset, data),
            4 => self.write_sized::<D, 4>(device, offset, data),
            8 => self.write_sized::<D, 8>(device, offset, data),
            _ => self.write_any(device, offset, data),
        }
    }

    #[inline(always)]
    fn write_sized<D: ConfigAccess + ?Sized, const N: usize>(
        &mut self,
        device: &D,
        offset: u16,
        data: &[u8],
    ) -> Result<Effects, AccessError<D::Error>> {
        let at = usize::from(offset);
        self.check_access(offset, N)?;
        let (Some(codes), Some(new)) = (self.ownership.of_access::<N>(at), lanes::load::<N>(data, 0)) else {
            return self.write_any(device, offset, data);
        };
        let special = self.special.touched::<N>(at);
        if codes.are_whole() {
            if special {
                return Ok(self.write_special::<N>(at, data, new));
            }
            let writable = self.ownership.writable(at, codes);
            if let Some(value) = lanes::load::<N>(self.values(), at) {
                lanes::store::<N>(self.values_mut(), at, value & !writable | new & writable);
            }
            return Ok(Effects::NONE);
        }
        if codes.are_device() && !special {
            device.write(offset, data).map_err(AccessError::Device)?;
            return Ok(Effects::NONE);
        }
        self.write_any(device, offset, data)
    }

    /// A write of owned bytes alone, where more than the maps counts.
    #[inline(never)]
    fn write_special<const N: usize>(&mut self, at: usize, data: &[u8], new: u64) -> Effects {
        self.take::<N>(at, new);
        self.follow(at, data)
    }

    /// Whether a bit is set that locks bits of this byte. One that nobody owns is not, whatever the maps hold for it.
    pub(super) fn is_locked(&self, rare: &Rare) -> bool {
        let lock = self.rare.lock_of(rare);
        self.value(lock.offset) & lock.bits != 0
    }

    /// The bytes of which bits are locked before a write that changes them one after the other; none where none has a lock.
    fn held(&self, at: usize, length: usize) -> Option<ByteSet> {
        let mut held = None;
        for rare in self.rare.within(at, length).filter(|rare| rare.locked() != 0 && self.is_locked(rare)) {
            held.get_or_insert(ByteSet::EMPTY).insert(rare.offset..rare.offset + 1);
        }
        held
    }

    #[cold]
    fn write_any<D: ConfigAccess + ?Sized>(
        &mut self,
        device: &D,
        offset: u16,
        data: &[u8],
    ) -> Result<Effects, AccessError<D::Error>> {
        self.check_access(offset, data.len())?;
        if data.is_empty() {
            return Ok(Effects::NONE);
        }
        let at = usize::from(offset);
        self.write_device(device, at, data).map_err(AccessError::Device)?;
        match *data {
            [one] => self.take::<1>(at, one.into()),
            [one, two] => self.take::<2>(at, u16::from_le_bytes([one, two]).into()),
            [one, two, three, four] => self.take::<4>(at, u32::from_le_bytes([one, two, three, four]).into()),
            _ => self.take_long(at, data),
        }
        Ok(self.follow(at, data))
    }

    /// Hands on the bytes that are the device's.
    fn write_device<D: ConfigAccess + ?Sized>(&self, device: &D, at: usize, data: &[u8]) -> Result<(), D::Error> {
        let write = |at: usize, data: &[u8]| device.write(at as u16, data);
        if (at..at + data.len()).all(|at| self.ownership.is_device(at)) {
            return write(at, data);
        }
        let mut done = 0;
        while done < data.len() {
            let start = at + done;
            let fits = |&size: &usize| {
                start.is_multiple_of(size)
                    && done + size <= data.len()
                    && (start..start + size).all(|at| self.ownership.is_device(at))
            };
            match [4, 2, 1].iter().find(|size| fits(size)) {
                Some(&size) => {
                    write(start, &data[done..done + size])?;
                    done += size;
                }
                None => done += 1,
            }
        }
        Ok(())
    }

    /// Changes the owned bits of `N` bytes by their classes. What the maps hold for other bits does not count.
    #[inline(always)]
    fn take<const N: usize>(&mut self, at: usize, data: u64) {
        if let Some(new) = self.next::<N>(at, data, Self::is_locked) {
            lanes::store::<N>(self.values_mut(), at, new);
        }
    }

    /// The same for any number of bytes, one after the other.
    fn take_long(&mut self, at: usize, data: &[u8]) {
        let held = self.held(at, data.len());
        for (at, &data) in (at..).zip(data) {
            let is_held = |_: &Self, _: &Rare| held.as_ref().is_some_and(|held| held.contains(at as u16));
            if let Some(new) = self.next::<1>(at, data.into(), is_held) {
                lanes::store::<1>(self.values_mut(), at, new);
            }
        }
    }

    /// What the maps hold for `N` bytes after a write, where `is_locked` says whether the bits of a byte are that have a lock.
    #[inline(always)]
    pub(super) fn next<const N: usize>(
        &self,
        at: usize,
        mut data: u64,
        is_locked: impl Fn(&Self, &Rare) -> bool,
    ) -> Option<u64> {
        let (old, codes) = (lanes::load::<N>(self.values(), at)?, self.ownership.of_access::<N>(at)?);
        let writable = self.ownership.writable(at, codes);
        if let Some(index) = self.watches.pasid.first_byte_in(at, N) {
            // Execute and privileged change only while enable is 0.
            const LATCHED: u64 = (PasidControl::EXECUTE | PasidControl::PRIVILEGED) as u64;
            if old >> (8 * index) & u64::from(PasidControl::ENABLE) != 0 {
                let held = LATCHED << (8 * index);
                data = data & !held | old & held;
            }
        }
        let mut new = old & !writable | data & writable;
        for rare in self.rare.within(at, N) {
            let shift = 8 * (usize::from(rare.offset) - at);
            let lane = |byte: u8| u64::from(byte) << shift;
            let kept = rare.kept();
            new &= !(data & lane(rare.clear & !kept));
            new = new & !lane(rare.forced & !kept) | lane(rare.forced_value);
            if kept != 0 {
                new |= data & lane(rare.once());
                if rare.locked() != 0 && !is_locked(self, rare) {
                    new = new & !lane(rare.locked()) | data & lane(rare.locked());
                }
            }
        }
        Some(new)
    }

    /// What a write means, now that it was taken; a reset that it starts is carried out.
    fn follow(&mut self, at: usize, data: &[u8]) -> Effects {
        if self.watches.is_reset(at, data) {
            self.reset(Reset::Flr);
            return Effects::RESET;
        }
        let effects = self.followed(at, data, |offset| self.values()[offset]);
        if let Some(change) = self.watches.power.change(at, data) {
            if change.resets {
                self.reset(Reset::D3Hot);
            }
            self.watches.power.enter(change.to);
        }
        effects
    }

    /// What a write other than a function level reset means; `byte` is what the maps hold after it.
    pub(super) fn followed(&self, at: usize, data: &[u8], byte: impl Fn(usize) -> u8) -> Effects {
        let change = self.watches.power.change(at, data);
        // A reset undoes what else was written.
        let mut effects =
            if change.is_some_and(|change| change.resets) { Effects::NONE } else { self.effects(at, data, byte) };
        if let Some(change) = change {
            effects.add_power(change);
        }
        effects
    }

    /// What the emulated control registers hold, as effects: what the VMM sets up after [`Overlay::restore`].
    pub fn controls(&self) -> Effects {
        self.effects(0, &[0; SPACE], |offset| self.values()[offset])
    }

    /// The control registers that an access of `data` at `at` covers, with what they hold.
    fn effects(&self, at: usize, data: &[u8], byte: impl Fn(usize) -> u8) -> Effects {
        let word = |start: usize| u16::from_le_bytes([byte(start), byte(start + 1)]);
        let touched = |control: Control| control.touched_by(at, data.len());
        let mut effects = Effects::NONE;
        if let Some(start) = touched(self.watches.pasid) {
            effects.add_pasid(word(start));
        }
        if let Some(start) = touched(self.watches.ats) {
            effects.add_ats(word(start));
        }
        if let Some(start) = touched(self.watches.pri) {
            let written = self.watches.pri.first_byte_in(at, data.len()).map_or(0, |index| data[index]);
            effects.add_pri(word(start), written.into());
        }
        effects
    }
}
