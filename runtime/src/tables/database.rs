//! A compiled database: one run of bytes, in `.rodata` or in a file, read in place.

use core::cmp::Ordering;

use super::clause::{ClauseIds, EncodedClause};
use super::hash::ENTRY;
use super::layer::Layer;
use super::list::{List, Record, Records, Text};
use super::section::Section;
use super::sections::Sections;
use super::wire::Wire;

/// The first eight bytes of a database.
pub const MAGIC: [u8; 8] = *b"QUIRKDB\0";

/// The version of the encoding that this crate reads and the compiler writes.
pub const VERSION: u16 = 4;

/// Bytes before the sections: magic, version (u16), edition (u16), length (u32), checksum (u64), then offset and length
/// (u32 each) of every section.
pub const HEADER: usize = 24 + 8 * Section::ALL.len();

/// Where the checksum lies; it is computed with these eight bytes 0.
pub const CHECKSUM: core::ops::Range<usize> = 16..24;

/// A compiled database of devices and layers.
///
/// What every lookup needs is found once, when the database is taken.
#[derive(Clone, Copy)]
pub struct Database<'db> {
    sections: Sections<'db>,
    keys: &'db [[u8; 4]],
    hash: &'db [[u8; ENTRY]],
    /// The clauses of the keys.
    keyed: &'db [EncodedClause],
    /// The other clauses of devices.
    unkeyed: &'db [EncodedClause],
}

impl<'db> Database<'db> {
    /// A database with nothing in it.
    pub const EMPTY: Self = Self::new(&[]);

    /// Takes what the compiler's Rust emitter wrote, without checking its records again.
    ///
    /// # Panics
    /// When the bytes are no database, or one of another version. Emitted code calls it in a constant, where that fails the
    /// build:
    ///
    /// ```compile_fail
    /// static OLD: quirk_runtime::Database<'static> = quirk_runtime::Database::from_static(b"QUIRKDB\0\x01\0");
    /// ```
    ///
    /// After that header nothing panics, whatever the bytes are: broken ones hold no device.
    #[must_use]
    pub const fn from_static(bytes: &'db [u8]) -> Self {
        assert!(
            is_current(bytes),
            "not a quirk database of the version that this quirk-runtime reads: compile it again"
        );
        Self::new(bytes)
    }

    pub(crate) const fn new(bytes: &'db [u8]) -> Self {
        let sections = Sections(bytes);
        let keys = sections.section(Section::Keys).as_chunks().0;
        let clauses = sections.section(Section::Clauses).as_chunks().0;
        let (keyed, rest) = match clauses.split_at_checked(keys.len()) {
            Some(parts) => parts,
            None => (clauses, &[] as &[EncodedClause]),
        };
        let (unkeyed, _) = rest.split_at(devices_end(rest));
        Self { sections, keys, hash: sections.section(Section::Hash).as_chunks().0, keyed, unkeyed }
    }

    /// Ascending, each that of the clause with the same index.
    #[inline]
    pub(super) const fn keys(self) -> &'db [[u8; 4]] {
        self.keys
    }

    /// Entries of the hash; none without one.
    #[inline]
    pub(super) const fn hash_entries(self) -> &'db [[u8; ENTRY]] {
        self.hash
    }

    /// The clauses that name one vendor and one device, in the order of their keys.
    #[inline]
    pub(crate) const fn keyed_clauses(self) -> &'db [EncodedClause] {
        self.keyed
    }

    /// The other clauses of devices.
    #[inline]
    pub(crate) const fn unkeyed_clauses(self) -> &'db [EncodedClause] {
        self.unkeyed
    }

    /// Its sections.
    #[inline]
    pub(super) const fn sections(self) -> Sections<'db> {
        self.sections
    }

    /// The encoded bytes.
    #[must_use]
    pub const fn bytes(self) -> &'db [u8] {
        self.sections.0
    }

    /// The checksum, which identifies the database in a saved state.
    #[must_use]
    pub fn hash(self) -> u64 {
        self.sections.0.get(CHECKSUM).and_then(u64::get).unwrap_or(0)
    }

    /// The edition of the language that it was compiled from; 0 for bytes that are no database.
    #[must_use]
    pub fn edition(self) -> u16 {
        self.sections.0.get(10..).and_then(u16::get).unwrap_or(0)
    }

    /// The bytes of one section; empty where there are none.
    #[inline]
    #[must_use]
    pub fn section(self, section: Section) -> &'db [u8] {
        self.sections.section(section)
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

    /// Whether it has a layer of this name, among layers in the order of their names.
    pub(crate) fn has_layer(self, name: &str) -> bool {
        let (mut start, mut end) = (0, u32::try_from(self.sections.count::<Layer>()).unwrap_or(u32::MAX));
        while start < end {
            let middle = start + (end - start) / 2;
            let found = self.record::<Layer>(middle).map_or("", |layer| self.text(layer.name));
            match found.cmp(name) {
                Ordering::Less => start = middle + 1,
                Ordering::Greater => end = middle,
                Ordering::Equal => return true,
            }
        }
        false
    }

    /// A string; empty if it is not there.
    #[must_use]
    pub fn text(self, text: Text) -> &'db str {
        self.sections.find_text(text).unwrap_or("")
    }
}

/// Whether the bytes begin as a database of this version does.
const fn is_current(bytes: &[u8]) -> bool {
    const HEAD: [u8; 10] = {
        let [a, b, c, d, e, f, g, h] = MAGIC;
        let [low, high] = VERSION.to_le_bytes();
        [a, b, c, d, e, f, g, h, low, high]
    };
    let Some((head, _)) = bytes.split_first_chunk::<10>() else { return false };
    let mut at = 0;
    while at < HEAD.len() {
        if head[at] != HEAD[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// How many clauses stand before those of layers.
const fn devices_end(clauses: &[EncodedClause]) -> usize {
    let (mut start, mut end) = (0, clauses.len());
    while start < end {
        let middle = start + (end - start) / 2;
        if ClauseIds::is_of_layer(&clauses[middle]) {
            end = middle;
        } else {
            start = middle + 1;
        }
    }
    start
}

impl core::fmt::Debug for Database<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Database({} bytes, {:016x})", self.sections.0.len(), self.hash())
    }
}

/// The checksum of an encoded database: 64-bit FNV-1a over all its bytes, those of the checksum taken as 0.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    let (head, rest) = bytes.split_at(bytes.len().min(CHECKSUM.end));
    let head = head.iter().enumerate().map(|(at, &byte)| if CHECKSUM.contains(&at) { 0 } else { byte });
    head.chain(rest.iter().copied())
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
