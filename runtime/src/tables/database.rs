//! A compiled database: one run of bytes, in `.rodata` or in a file, read in place.

use super::wire::Wire;
use super::{List, Record, Records, Text};

/// The first eight bytes of a database.
pub const MAGIC: [u8; 8] = *b"QUIRKDB\0";

/// The version of the encoding that this crate reads and the compiler writes.
pub const VERSION: u16 = 1;

macro_rules! sections {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        /// The sections of a database, in the order of its directory.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Section {
            $($(#[$meta])* $name,)*
        }

        impl Section {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

sections! {
    /// `vendor << 16 | device` (u32) of each clause that names one vendor and one device, ascending; the clause with the
    /// same index is meant.
    Keys,
    /// Optional perfect hash over the keys, for large databases; empty otherwise.
    Hash,
    /// [`super::Clause`]
    Clauses,
    /// [`super::Guard`]
    Guards,
    /// [`super::Device`]
    Devices,
    /// [`super::LayoutEntry`]
    Layout,
    /// [`super::FreeRange`]
    Free,
    /// [`super::Claim`]
    Claims,
    /// [`super::Place`]
    Places,
    /// [`super::EmittedDvsec`]
    Dvsecs,
    /// [`super::Range`]
    Ranges,
    /// [`super::Allocation`]
    Allocations,
    /// [`super::Format`]
    Formats,
    /// [`super::Profile`]
    Profiles,
    /// [`super::ProfileEntry`]
    ProfileEntries,
    /// [`super::Layer`]
    Layers,
    /// [`super::Param`]
    Params,
    /// [`super::Emulation`]
    Emulations,
    /// [`super::Alternative`]
    Alternatives,
    /// [`super::Field`]
    Fields,
    /// [`super::Byte`]: programs and literal bytes
    Programs,
    /// [`super::Hide`]
    Hides,
    /// [`super::Mirror`]
    Mirrors,
    /// [`super::Allow`]
    Allows,
    /// [`super::Over`]
    Overs,
    /// Strings: u16 length and UTF-8 bytes each, the empty one first
    Strings,
}

/// Bytes before the sections: magic, version (u16), edition (u16), length (u32), checksum (u64), then offset and length
/// (u32 each) of every section.
pub const HEADER: usize = 24 + 8 * Section::ALL.len();

/// Where the checksum lies; it is computed with these eight bytes 0.
pub const CHECKSUM: core::ops::Range<usize> = 16..24;

/// A compiled database of devices and layers.
#[derive(Clone, Copy)]
pub struct Database<'db> {
    bytes: &'db [u8],
}

impl<'db> Database<'db> {
    /// A database with nothing in it.
    pub const EMPTY: Self = Self { bytes: &[] };

    /// Takes what the compiler's Rust emitter wrote, without checking it again.
    ///
    /// Bytes that are no database hold no device: no access panics.
    #[must_use]
    pub const fn from_static(bytes: &'db [u8]) -> Self {
        Self { bytes }
    }

    pub(super) const fn new(bytes: &'db [u8]) -> Self {
        Self { bytes }
    }

    /// The encoded bytes.
    #[must_use]
    pub const fn bytes(self) -> &'db [u8] {
        self.bytes
    }

    /// The checksum, which identifies the database in a saved state.
    #[must_use]
    pub fn hash(self) -> u64 {
        self.bytes.get(CHECKSUM).and_then(u64::get).unwrap_or(0)
    }

    /// The edition of the language that it was compiled from; 0 for bytes that are no database.
    #[must_use]
    pub fn edition(self) -> u16 {
        self.bytes.get(10..).and_then(u16::get).unwrap_or(0)
    }

    /// The bytes of one section; empty where there are none.
    #[inline]
    #[must_use]
    pub fn section(self, section: Section) -> &'db [u8] {
        self.find_section(section).unwrap_or(&[])
    }

    #[inline]
    pub(super) fn find_section(self, section: Section) -> Option<&'db [u8]> {
        let entry: &[u8; 8] = self.bytes.get(24 + 8 * section as usize..)?.first_chunk()?;
        let start = usize::try_from(u32::get(entry)?).ok()?;
        let length = usize::try_from(u32::get(&entry[4..])?).ok()?;
        self.bytes.get(start..)?.get(..length)
    }

    /// The records of a list, in order.
    #[must_use]
    pub fn list<T: Record>(self, list: List<T>) -> Records<'db, T> {
        Records::new(self.list_bytes(list))
    }

    /// The raw bytes of a list: of use for programs and literal bytes.
    #[must_use]
    pub fn list_bytes<T: Record>(self, list: List<T>) -> &'db [u8] {
        let find = || {
            let start = usize::try_from(list.start).ok()?.checked_mul(T::SIZE)?;
            let length = usize::try_from(list.count).ok()?.checked_mul(T::SIZE)?;
            self.section(T::SECTION).get(start..)?.get(..length)
        };
        find().unwrap_or(&[])
    }

    /// All records of a type, in order.
    #[must_use]
    pub fn all<T: Record>(self) -> Records<'db, T> {
        Records::new(self.section(T::SECTION))
    }

    /// The record with an index.
    #[inline]
    #[must_use]
    pub fn record<T: Record>(self, index: u32) -> Option<T> {
        let at = usize::try_from(index).ok()?.checked_mul(T::SIZE)?;
        T::get(self.section(T::SECTION).get(at..)?)
    }

    /// A string; empty if it is not there.
    #[must_use]
    pub fn text(self, text: Text) -> &'db str {
        self.find_text(text).unwrap_or("")
    }

    pub(super) fn find_text(self, text: Text) -> Option<&'db str> {
        let bytes = self.section(Section::Strings).get(usize::try_from(text.0).ok()?..)?;
        let length = usize::from(u16::get(bytes)?);
        core::str::from_utf8(bytes.get(2..)?.get(..length)?).ok()
    }
}

impl core::fmt::Debug for Database<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Database({} bytes, {:016x})", self.bytes.len(), self.hash())
    }
}

/// The checksum of an encoded database: 64-bit FNV-1a over all its bytes, those of the checksum taken as 0.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (at, &byte) in bytes.iter().enumerate() {
        let byte = if CHECKSUM.contains(&at) { 0 } else { byte };
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}
