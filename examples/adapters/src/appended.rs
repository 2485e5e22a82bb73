//! Capabilities that a VMM adds to a function's list itself: shown below the runtime, so that it links what it shows with them.

use quirk_runtime::capability::Space;
use quirk_runtime::chain::{Step, Walk};
use quirk_runtime::{ByteRange, ConfigAccess, ConfigRead};

/// A device with one capability more at the end of a list. Its bytes are the VMM's: writes to them do not reach the device.
#[derive(Debug)]
pub struct Appended<D> {
    device: D,
    /// Where the capability is.
    at: u16,
    bytes: Vec<u8>,
    /// Bytes of the list that lead to it: Status, the pointer or the last capability's Next.
    links: Vec<(u16, u8)>,
}

/// Why there is no capability more.
#[derive(Debug)]
pub enum AppendError<E> {
    /// The device could not be read.
    Device(E),
    /// The capability does not fit its space, or the list does not end.
    NoPlace,
}

impl<D: ConfigAccess> Appended<D> {
    /// Shows `bytes`, which begin with the header of a capability, at `at` after the last of the list of that space.
    ///
    /// # Errors
    /// When the device cannot be read, its list does not end, or the bytes do not fit.
    pub fn new(device: D, at: u16, mut bytes: Vec<u8>) -> Result<Self, AppendError<D::Error>> {
        let is_extended = at >= 0x100;
        let (space, header, end) =
            if is_extended { (Space::Extended, 4, device.size()) } else { (Space::Conventional, 2, 0x100) };
        if bytes.len() < header || !at.is_multiple_of(4) || usize::from(at) + bytes.len() > end.min(device.size()) {
            return Err(AppendError::NoPlace);
        }
        let mut last = None;
        for step in Walk::of(&device, space).map_err(AppendError::Device)? {
            match step.map_err(AppendError::Device)? {
                Step::Capability(capability) => last = Some(capability),
                _ => return Err(AppendError::NoPlace),
            }
        }
        let links = match last {
            Some(last) if is_extended => {
                let [.., low, high] = (last.header & 0x000f_ffff | u32::from(at) << 20).to_le_bytes();
                vec![(last.offset + 2, low), (last.offset + 3, high)]
            }
            Some(last) => vec![(last.offset + 1, at as u8)],
            // An extended list begins at 0x100 and nowhere else.
            None if is_extended => return Err(AppendError::NoPlace),
            None => {
                let mut status = [0];
                device.read(0x06, &mut status).map_err(AppendError::Device)?;
                vec![(0x06, status[0] | 0x10), (0x34, at as u8)]
            }
        };
        // It is the last one.
        if is_extended {
            bytes[2] &= 0x0f;
            bytes[3] = 0;
        } else {
            bytes[1] = 0;
        }
        Ok(Self { device, at, bytes, links })
    }

    /// The bytes that are the VMM's, for `Policy::vmm_owned`: it serves a guest's accesses of them itself.
    pub fn owned(&self) -> ByteRange {
        ByteRange::new(self.at, self.at + self.bytes.len() as u16)
    }

    /// The device below.
    pub const fn inner(&self) -> &D {
        &self.device
    }

    fn shown(&self, offset: u16) -> Option<u8> {
        let own = offset.checked_sub(self.at).and_then(|index| self.bytes.get(usize::from(index)));
        own.copied().or_else(|| self.links.iter().find(|(at, _)| *at == offset).map(|(_, byte)| *byte))
    }
}

impl<D: ConfigAccess> ConfigRead for Appended<D> {
    type Error = D::Error;

    fn size(&self) -> usize {
        self.device.size()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), D::Error> {
        self.device.read(offset, buffer)?;
        for (at, byte) in (offset..).zip(buffer) {
            *byte = self.shown(at).unwrap_or(*byte);
        }
        Ok(())
    }
}

impl<D: ConfigAccess> ConfigAccess for Appended<D> {
    /// What the device has of a write that reaches into the VMM's bytes is written, in runs.
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), D::Error> {
        let owned = self.owned();
        let is_own = |index: usize| owned.overlaps(ByteRange::from_length(offset + index as u16, 1));
        let mut start = 0;
        while let Some(first) = (start..data.len()).find(|&index| !is_own(index)) {
            let end = (first..data.len()).find(|&index| is_own(index)).unwrap_or(data.len());
            self.device.write(offset + first as u16, &data[first..end])?;
            start = end;
        }
        Ok(())
    }
}
