//! A guest's read: owned bits from the overlay, the others from the device, with one device read at most.

use super::{AccessError, Overlay, lanes};
use crate::ConfigAccess;

impl Overlay {
    /// Reads what the guest sees, any size, any alignment.
    ///
    /// Bytes that are all owned cost no I/O. If any bit is the device's, the device is read once, over the whole access.
    ///
    /// # Errors
    /// An access out of range, which reads nothing, or the device's error; `buffer` then holds nothing useful.
    #[inline]
    pub fn read<D: ConfigAccess + ?Sized>(
        &self,
        device: &D,
        offset: u16,
        buffer: &mut [u8],
    ) -> Result<(), AccessError<D::Error>> {
        // What is owned is in range: claims were checked.
        let at = usize::from(offset);
        if buffer.len() == 4
            && lanes::load::<4>(&self.owned, at) == Some(lanes::all::<4>())
            && let Some(value) = lanes::load::<4>(&self.value, at)
        {
            lanes::store::<4>(buffer, 0, value);
            return Ok(());
        }
        self.read_other(device, offset, buffer)
    }

    #[inline(never)]
    fn read_other<D: ConfigAccess + ?Sized>(
        &self,
        device: &D,
        offset: u16,
        buffer: &mut [u8],
    ) -> Result<(), AccessError<D::Error>> {
        match buffer.len() {
            1 => self.read_sized::<D, 1>(device, offset, buffer),
            2 => self.read_sized::<D, 2>(device, offset, buffer),
            4 => self.read_sized::<D, 4>(device, offset, buffer),
            8 => self.read_sized::<D, 8>(device, offset, buffer),
            _ => self.read_long(device, offset, buffer),
        }
    }

    #[inline(always)]
    fn read_sized<D: ConfigAccess + ?Sized, const N: usize>(
        &self,
        device: &D,
        offset: u16,
        buffer: &mut [u8],
    ) -> Result<(), AccessError<D::Error>> {
        let at = usize::from(offset);
        self.check_access(offset, N)?;
        let (Some(owned), Some(value)) = (lanes::load::<N>(&self.owned, at), lanes::load::<N>(&self.value, at)) else {
            return self.read_long(device, offset, buffer);
        };
        if owned == lanes::all::<N>() {
            lanes::store::<N>(buffer, 0, value);
            return Ok(());
        }
        device.read(offset, buffer).map_err(AccessError::Device)?;
        if owned != 0
            && let Some(raw) = lanes::load::<N>(buffer, 0)
        {
            lanes::store::<N>(buffer, 0, raw & !owned | value & owned);
        }
        Ok(())
    }

    #[cold]
    fn read_long<D: ConfigAccess + ?Sized>(
        &self,
        device: &D,
        offset: u16,
        buffer: &mut [u8],
    ) -> Result<(), AccessError<D::Error>> {
        self.check_access(offset, buffer.len())?;
        let at = usize::from(offset);
        let owned = &self.owned[at..at + buffer.len()];
        let value = &self.value[at..at + buffer.len()];
        if owned.iter().any(|&owned| owned != 0xff) {
            device.read(offset, buffer).map_err(AccessError::Device)?;
        }
        for ((byte, owned), value) in buffer.iter_mut().zip(owned).zip(value) {
            *byte = *byte & !owned | value & owned;
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn check_access<E>(&self, offset: u16, length: usize) -> Result<(), AccessError<E>> {
        if usize::from(offset) + length > self.size() {
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            return Err(AccessError::OutOfRange { offset, size: self.size, length });
        }
        Ok(())
    }
}
