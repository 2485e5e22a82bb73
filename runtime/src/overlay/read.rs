//! A guest's read: owned bits from the overlay, the others from the device, with one device read at most.

use super::{AccessError, Overlay, dword_index, lanes};
use crate::ConfigAccess;

impl Overlay {
    /// Reads what the guest sees, any size, any alignment.
    ///
    /// Bytes that are all owned cost no I/O. If any bit is the device's, the device is read once, over the whole access.
    ///
    /// # Errors
    /// An access out of range, which reads nothing, or the device's error; `buffer` then holds ones, as a bus
    /// gives them.
    #[inline]
    pub fn read<D: ConfigAccess + ?Sized>(
        &self,
        device: &D,
        offset: u16,
        buffer: &mut [u8],
    ) -> Result<(), AccessError<D::Error>> {
        if let Ok(dword) = <&mut [u8; 4]>::try_from(&mut *buffer)
            && let Some(value) = self.value.get(dword_index(offset))
            && let Some(codes) = self.ownership.of_dword(dword_index(offset))
        {
            // What is owned is in range: claims were checked.
            if codes.are_whole() {
                *dword = *value;
                return Ok(());
            }
            self.check_access(offset, 4).map_err(|error| failed(dword, error))?;
            device.read(offset, dword).map_err(|error| failed(dword, AccessError::Device(error)))?;
            if !codes.are_device() {
                let owned = self.ownership.answered(offset.into(), codes) as u32;
                let (raw, value) = (u32::from_le_bytes(*dword), u32::from_le_bytes(*value));
                *dword = (raw & !owned | value & owned).to_le_bytes();
            }
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
        self.check_access(offset, N).map_err(|error| failed(buffer, error))?;
        let (Some(codes), Some(value)) = (self.ownership.of_access::<N>(at), lanes::load::<N>(self.values(), at))
        else {
            return self.read_long(device, offset, buffer);
        };
        if codes.are_whole() {
            lanes::store::<N>(buffer, 0, value);
            return Ok(());
        }
        device.read(offset, buffer).map_err(|error| failed(buffer, AccessError::Device(error)))?;
        if !codes.are_device()
            && let Some(raw) = lanes::load::<N>(buffer, 0)
        {
            let owned = self.ownership.answered(at, codes);
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
        self.check_access(offset, buffer.len()).map_err(|error| failed(buffer, error))?;
        let at = usize::from(offset);
        let owned =
            |at: usize| self.ownership.of_access::<1>(at).map_or(0, |codes| self.ownership.answered(at, codes) as u8);
        if (at..at + buffer.len()).any(|at| owned(at) != 0xff) {
            device.read(offset, buffer).map_err(|error| failed(buffer, AccessError::Device(error)))?;
        }
        for (at, (byte, value)) in (at..).zip(buffer.iter_mut().zip(&self.values()[at..])) {
            let owned = owned(at);
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

/// What a read leaves that failed.
#[cold]
fn failed<E>(buffer: &mut [u8], error: AccessError<E>) -> AccessError<E> {
    buffer.fill(0xff);
    error
}
