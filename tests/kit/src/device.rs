//! A device in memory that records what is done to it.

#![expect(clippy::unwrap_used, reason = "tests")]

use core::cell::{Cell, RefCell};
use core::convert::Infallible;
use std::vec;
use std::vec::Vec;

use quirk_runtime::{ConfigAccess, ConfigRead, Image};

/// One access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Offset and length of a read.
    Read(u16, usize),
    /// Offset and bytes of a write.
    Write(u16, Vec<u8>),
}

/// A configuration space that records each access.
#[derive(Clone, Debug)]
pub struct Recorder {
    bytes: RefCell<Vec<u8>>,
    accesses: RefCell<Vec<Access>>,
    forgets: bool,
    /// The bits that a write can change, if not all.
    writable: Option<Vec<u8>>,
    /// Bits that stay once they are ones.
    sticky: Vec<u8>,
    /// From which access on it is gone.
    gone: Option<usize>,
    count: Cell<usize>,
}

impl Recorder {
    /// A space with these bytes, which keeps what is written.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: RefCell::new(bytes.into()),
            accesses: RefCell::default(),
            forgets: false,
            writable: None,
            sticky: Vec::new(),
            gone: None,
            count: Cell::default(),
        }
    }

    /// The same space, of which a write can change these bits alone, byte by byte from the first; what is past them it cannot.
    #[must_use]
    pub fn with_writable(self, bits: impl Into<Vec<u8>>) -> Self {
        Self { writable: Some(bits.into()), ..self }
    }

    /// The same space, in which these bits stay once they are ones.
    #[must_use]
    pub fn with_sticky(self, bits: impl Into<Vec<u8>>) -> Self {
        Self { sticky: bits.into(), ..self }
    }

    /// The same space, which is gone from this access on: reads answer ones, writes are lost.
    #[must_use]
    pub fn gone_from(self, access: usize) -> Self {
        Self { gone: Some(access), ..self }
    }

    /// Counts an access, and says whether it finds the device gone.
    fn is_gone(&self) -> bool {
        let count = self.count.replace(self.count.get() + 1);
        self.gone.is_some_and(|from| count >= from)
    }

    fn take_write(&self, offset: usize, data: &[u8]) {
        let of = |bits: &[u8], at: usize| bits.get(at).copied().unwrap_or(0);
        let mut bytes = self.bytes.borrow_mut();
        for (at, &value) in (offset..).zip(data) {
            let writable = self.writable.as_ref().map_or(0xff, |bits| of(bits, at));
            let kept = bytes[at] & of(&self.sticky, at);
            bytes[at] = bytes[at] & !writable | value & writable | kept;
        }
    }

    /// The same space, which takes writes and forgets them.
    #[must_use]
    pub fn forgetful(self) -> Self {
        Self { forgets: true, ..self }
    }

    /// An endpoint of the fictional vendor 0xfffe with PCI Express at 0x40, and these extended capabilities, linked in this
    /// order, of version 1.
    #[must_use]
    pub fn endpoint(capabilities: &[(u16, u16)]) -> Self {
        let mut space = Self::new(vec![0; 4096]);
        space.set(0x00, 0x1001_fffe);
        space.set(0x08, 0x0880_0001);
        space.link_conventional(&[(0x40, 0x10)]);
        let nexts = capabilities.iter().skip(1).map(|&(at, _)| at).chain([0]);
        for (&(at, id), next) in capabilities.iter().zip(nexts) {
            space.set(at, u32::from(next) << 20 | 0x1_0000 | u32::from(id));
        }
        space
    }

    /// Links these conventional capabilities instead.
    pub fn link_conventional(&mut self, capabilities: &[(u16, u16)]) {
        self.set(0x04, 0x0010_0000);
        self.set(0x34, u32::from(capabilities.first().map_or(0, |&(at, _)| at)));
        let nexts = capabilities.iter().skip(1).map(|&(at, _)| at).chain([0]);
        for (&(at, id), next) in capabilities.iter().zip(nexts) {
            let upper = if id == 0x10 { 0x0002_0000 } else { 0 };
            self.set(at, upper | u32::from(next) << 8 | u32::from(id));
        }
    }

    /// Changes a dword.
    ///
    /// # Panics
    /// Outside the space.
    pub fn set(&mut self, at: u16, dword: u32) {
        let at = usize::from(at);
        self.bytes.get_mut()[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    }

    /// A dword as it is now.
    ///
    /// # Panics
    /// Outside the space.
    #[must_use]
    pub fn get(&self, at: u16) -> u32 {
        let at = usize::from(at);
        u32::from_le_bytes(self.bytes.borrow()[at..at + 4].try_into().unwrap())
    }

    /// All bytes as they are now.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    /// All bytes as a recorded space.
    ///
    /// # Panics
    /// For a size that no space has.
    #[must_use]
    pub fn image(&self) -> Image {
        Image::new(&self.bytes.borrow()).unwrap()
    }

    /// The accesses since the last call.
    pub fn take(&self) -> Vec<Access> {
        self.accesses.take()
    }

    /// Offset and length of each read since then.
    #[must_use]
    pub fn reads(&self) -> Vec<(u16, usize)> {
        let accesses = self.accesses.borrow();
        let read = |access: &Access| match access {
            Access::Read(at, length) => Some((*at, *length)),
            Access::Write(..) => None,
        };
        accesses.iter().filter_map(read).collect()
    }

    /// Offset and length of each write since then.
    #[must_use]
    pub fn writes(&self) -> Vec<(u16, usize)> {
        let accesses = self.accesses.borrow();
        let written = |access: &Access| match access {
            Access::Read(..) => None,
            Access::Write(at, data) => Some((*at, data.len())),
        };
        accesses.iter().filter_map(written).collect()
    }

    /// The offset of each byte that was written since then.
    #[must_use]
    pub fn written(&self) -> Vec<u16> {
        self.writes().into_iter().flat_map(|(at, length)| (at..).take(length)).collect()
    }
}

impl ConfigRead for Recorder {
    type Error = Infallible;

    fn size(&self) -> usize {
        self.bytes.borrow().len()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.accesses.borrow_mut().push(Access::Read(offset, buffer.len()));
        if self.is_gone() {
            buffer.fill(0xff);
        } else {
            buffer.copy_from_slice(&self.bytes.borrow()[usize::from(offset)..][..buffer.len()]);
        }
        Ok(())
    }
}

impl ConfigAccess for Recorder {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Infallible> {
        self.accesses.borrow_mut().push(Access::Write(offset, data.to_vec()));
        if !self.is_gone() && !self.forgets {
            self.take_write(usize::from(offset), data);
        }
        Ok(())
    }
}
