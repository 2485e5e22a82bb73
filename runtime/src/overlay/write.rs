//! A guest's write: owned bits change by their class, and only bytes without an owned bit reach the device.

use super::watch::Watched;
use super::{AccessError, AtsControl, Effect, Effects, Overlay, PasidControl, PriControl, Reset, lanes};
use crate::ConfigAccess;

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
        if let (Some(owned), Some(writable), Some(value), Some(new)) = (
            lanes::load::<N>(&self.owned, at),
            lanes::load::<N>(&self.writable, at),
            lanes::load::<N>(&self.value, at),
            lanes::load::<N>(data, 0),
        ) && !self.special.touched::<N>(at)
        {
            if owned == lanes::all::<N>() {
                lanes::store::<N>(&mut self.value, at, value & !writable | new & writable);
                return Ok(Effects::NONE);
            }
            if owned | writable == 0 {
                device.write(offset, data).map_err(AccessError::Device)?;
                return Ok(Effects::NONE);
            }
        }
        self.write_any(device, offset, data)
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
        for (index, &data) in data.iter().enumerate() {
            self.take(at + index, data);
        }
        let effects = self.effects(at, data);
        if effects.is_reset() {
            self.reset(Reset::Flr);
        }
        Ok(effects)
    }

    /// Hands on the bytes that are the device's.
    fn write_device<D: ConfigAccess + ?Sized>(&self, device: &D, at: usize, data: &[u8]) -> Result<(), D::Error> {
        let write = |at: usize, data: &[u8]| device.write(at as u16, data);
        if (at..at + data.len()).all(|at| self.is_device_byte(at)) {
            return write(at, data);
        }
        let mut done = 0;
        while done < data.len() {
            let start = at + done;
            let fits = |&size: &usize| {
                start.is_multiple_of(size)
                    && done + size <= data.len()
                    && (start..start + size).all(|at| self.is_device_byte(at))
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

    /// Changes the owned bits of one byte by their classes.
    fn take(&mut self, at: usize, data: u8) {
        if self.owned[at] == 0 {
            return;
        }
        let old = self.value[at];
        let data = self.watches.held_back(at, old, data);
        let writable = self.writable[at];
        let mut new = old & !writable | data & writable;
        if let Some(rare) = self.rare.get(at as u16) {
            new &= !(data & rare.clear);
            new = new & !rare.forced | rare.forced_value;
        }
        self.value[at] = new;
    }

    /// What a write that was taken means.
    fn effects(&self, at: usize, data: &[u8]) -> Effects {
        let mut effects = Effects::NONE;
        for watch in self.watches.iter().filter(|watch| watch.touches(at, data.len())) {
            let start = usize::from(watch.offset);
            let word = || u16::from_le_bytes([self.value[start], self.value[start + 1]]);
            // What the guest wrote to the register's first byte, if it did.
            let written = start.checked_sub(at).map_or(0, |index| data[index]);
            effects.add(match watch.what {
                Watched::PasidControl => Effect::PasidControl(PasidControl::from_bits(word())),
                Watched::AtsControl => Effect::AtsControl(AtsControl::from_bits(word())),
                Watched::PriControl => {
                    let enable = word() & PriControl::ENABLE != 0;
                    let reset = !enable && u16::from(written) & PriControl::RESET != 0;
                    Effect::PriControl(PriControl { enable, reset })
                }
                Watched::FunctionReset(bits) if written & bits != 0 => return Effects::RESET,
                Watched::FunctionReset(_) => continue,
            });
        }
        effects
    }
}
