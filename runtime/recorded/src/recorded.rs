//! One recorded function: its bytes, and what was written to them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use quirk_runtime::{ConfigAccess, ConfigRead, Identity, Image, Signs};

use crate::{Address, Heading};

/// The sizes that a configuration space can have: header only, conventional, extended.
pub const SIZES: [usize; 3] = [64, 256, 4096];

/// Whether the bytes can be those of a configuration space.
pub(crate) fn has_size(bytes: &[u8]) -> bool {
    SIZES.contains(&bytes.len())
}

/// One write to a recorded function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub offset: u16,
    /// What.
    pub data: Vec<u8>,
}

/// An access that is not wholly inside the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes at `{offset:#x}` are not inside a recorded configuration space of {size} bytes")]
pub struct OutOfRange {
    /// Where the access begins.
    pub offset: u16,
    /// How long it is.
    pub length: usize,
    /// How long the record is.
    pub size: usize,
}

/// One recorded function.
///
/// Writes change every bit, as memory would: a record does not know which bits of the device are read-only.
#[derive(Debug)]
pub struct Recorded {
    heading: Option<Heading>,
    description: String,
    file: String,
    original: Box<[u8]>,
    state: Mutex<State>,
}

#[derive(Clone, Debug)]
struct State {
    bytes: Box<[u8]>,
    writes: Vec<Write>,
}

impl Recorded {
    /// Takes a configuration space as it is in memory; `None` if it has not one of the [`SIZES`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        SIZES.contains(&bytes.len()).then(|| Self {
            heading: None,
            description: String::new(),
            file: String::new(),
            original: bytes.into(),
            state: Mutex::new(State { bytes: bytes.into(), writes: Vec::new() }),
        })
    }

    /// The same record of a function at an address, with a description as `lspci` prints it.
    #[must_use]
    pub fn named(self, address: impl Into<Option<Address>>, description: impl Into<String>) -> Self {
        let description = description.into();
        let heading = address.into().map(|address| Heading::new(address, &description));
        Self { heading, description, ..self }
    }

    /// The same record, found in this file of an archive.
    #[must_use]
    pub fn within(self, file: impl Into<String>) -> Self {
        Self { file: file.into(), ..self }
    }

    /// The file of an archive that it was found in; empty elsewhere.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What the line above its rows says of the function, where there was one that names it.
    #[must_use]
    pub fn heading(&self) -> Option<&Heading> {
        self.heading.as_ref()
    }

    /// The address of the function, where the file had it.
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        self.heading.as_ref().map(|heading| heading.address)
    }

    /// What the file says after the address; empty where it had none.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The identity that the header tells.
    #[must_use]
    pub fn identity(&self) -> Identity {
        // `from_bytes` made sure of 64 bytes at least.
        Identity::from_header(self.original.first_chunk().unwrap_or(&[0xff; 64]))
    }

    /// The identity as far as all of the record tells it: the ids of a virtual function, which read as ones, by the line above
    /// its rows, and its kind where its bytes prove it.
    #[must_use]
    pub fn told_identity(&self) -> Identity {
        let signs = Image::new(&self.original).and_then(|raw| Signs::of(&raw).ok()).unwrap_or_default();
        let read = self.identity().with_function(signs.function());
        let stated = self.heading.as_ref().and_then(|heading| heading.ids);
        match stated.filter(|_| read.vendor == 0xffff && self.answers()) {
            Some(ids) => read.with_vendor(ids.vendor).with_device(ids.device),
            None => read,
        }
    }

    /// Whether the function answered: one that is gone reads all ones, header type 0x7f among them.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.original.get(0x0e).is_some_and(|kind| kind & 0x7f != 0x7f)
    }

    /// The bytes as they were recorded.
    #[must_use]
    pub fn original(&self) -> &[u8] {
        &self.original
    }

    /// The bytes with all writes applied.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.state().bytes.to_vec()
    }

    /// Every write, in order.
    #[must_use]
    pub fn writes(&self) -> Vec<Write> {
        self.state().writes.clone()
    }

    /// The offsets of the bytes that differ from the recorded ones, ascending.
    #[must_use]
    pub fn changed(&self) -> Vec<u16> {
        let state = self.state();
        (0..)
            .zip(self.original.iter().zip(&state.bytes))
            .filter(|(_, (old, new))| old != new)
            .map(|(at, _)| at)
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way, so a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for Recorded {
    fn clone(&self) -> Self {
        Self {
            heading: self.heading.clone(),
            description: self.description.clone(),
            file: self.file.clone(),
            original: self.original.clone(),
            state: Mutex::new(self.state().clone()),
        }
    }
}

impl ConfigRead for Recorded {
    type Error = OutOfRange;

    fn size(&self) -> usize {
        self.original.len()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), OutOfRange> {
        let error = OutOfRange { offset, length: buffer.len(), size: self.size() };
        let start = usize::from(offset);
        buffer.copy_from_slice(self.state().bytes.get(start..start + buffer.len()).ok_or(error)?);
        Ok(())
    }
}

impl ConfigAccess for Recorded {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), OutOfRange> {
        let error = OutOfRange { offset, length: data.len(), size: self.size() };
        let start = usize::from(offset);
        let mut state = self.state();
        state.bytes.get_mut(start..start + data.len()).ok_or(error)?.copy_from_slice(data);
        state.writes.push(Write { offset, data: data.to_vec() });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use quirk_runtime::{ConfigAccess, ConfigRead};

    use super::{OutOfRange, Recorded, Write};

    fn record() -> Recorded {
        let bytes: Vec<u8> = (0..=255).collect();
        Recorded::from_bytes(&bytes).unwrap()
    }

    #[test]
    fn only_sizes_of_a_config_space_are_taken() {
        for size in [0, 63, 65, 100, 128, 255, 257, 4095, 4097] {
            assert!(Recorded::from_bytes(&vec![0; size]).is_none(), "{size}");
        }
        for size in super::SIZES {
            assert_eq!(Recorded::from_bytes(&vec![0; size]).unwrap().size(), size);
        }
    }

    #[test]
    fn a_write_is_applied_and_remembered() {
        let record = record();
        record.write(0x41, &[0xaa, 0x42]).unwrap();
        let mut buffer = [0; 4];
        record.read(0x40, &mut buffer).unwrap();
        assert_eq!(buffer, [0x40, 0xaa, 0x42, 0x43]);
        assert_eq!(record.writes(), [Write { offset: 0x41, data: vec![0xaa, 0x42] }]);
        assert_eq!(record.changed(), [0x41]);
        assert_eq!(record.original()[0x41], 0x41);
    }

    #[test]
    fn an_access_past_the_end_is_an_error_and_writes_nothing() {
        let record = record();
        assert_eq!(record.read(0xfe, &mut [0; 4]), Err(OutOfRange { offset: 0xfe, length: 4, size: 256 }));
        assert_eq!(record.write(0xffff, &[0]), Err(OutOfRange { offset: 0xffff, length: 1, size: 256 }));
        assert_eq!(record.write(0xff, &[0, 0]).unwrap_err().length, 2);
        assert_eq!((record.changed(), record.writes()), (vec![], vec![]));
    }

    #[test]
    fn the_header_identifies() {
        let identity = record().identity();
        assert_eq!((identity.vendor, identity.device, identity.revision), (0x0100, 0x0302, 8));
    }
}
