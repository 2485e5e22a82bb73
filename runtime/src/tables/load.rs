//! Takes a database from a file: every byte of it is hostile until all of it was checked.

use core::fmt;

use super::database::{HEADER, MAGIC, VERSION, checksum};
use super::proof::Proof;
use super::wire::Wire;
use super::{ClauseIds, Database, Device, Layer, Section, Text};

/// Why bytes are not a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// They do not begin as a database does.
    NotADatabase,
    /// The encoding is of another version.
    Version(u16),
    /// The file is shorter or longer than it says: expected, found.
    Length(u32, usize),
    /// The checksum is not that of the bytes.
    Checksum,
    /// A section lies outside the file, or holds a broken record.
    Section(Section),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADatabase => f.write_str("not a quirk database: the first bytes are not `QUIRKDB`"),
            Self::Version(found) => {
                write!(f, "database version {found}, but this program reads version {VERSION}; compile it again")
            }
            Self::Length(stated, found) => write!(f, "database of {stated} bytes is {found} bytes long"),
            Self::Checksum => f.write_str("the checksum of the database does not match its bytes"),
            Self::Section(section) => write!(f, "section `{section:?}` of the database is broken"),
        }
    }
}

impl core::error::Error for LoadError {}

impl<'db> Database<'db> {
    /// Takes the bytes of a database file, which are used in place.
    ///
    /// # Errors
    /// When the bytes are no database of this version, or any of them is wrong.
    pub fn load(bytes: &'db [u8]) -> Result<Self, LoadError> {
        if bytes.len() < HEADER || !bytes.starts_with(&MAGIC) {
            return Err(LoadError::NotADatabase);
        }
        let version = u16::get(&bytes[8..]).unwrap_or(0);
        if version != VERSION {
            return Err(LoadError::Version(version));
        }
        let length = u32::get(&bytes[12..]).unwrap_or(0);
        if usize::try_from(length) != Ok(bytes.len()) {
            return Err(LoadError::Length(length, bytes.len()));
        }
        let database = Self::new(bytes);
        if database.hash() != checksum(bytes) {
            return Err(LoadError::Checksum);
        }
        let mut proof = Proof::new(database.sections());
        for &section in Section::ALL {
            if !database.holds(section, &mut proof) {
                return Err(LoadError::Section(section));
            }
        }
        Ok(database)
    }

    fn holds(self, section: Section, proof: &mut Proof<'_>) -> bool {
        let Some(bytes) = self.sections().find(section) else { return false };
        let is_whole = match section {
            Section::Keys => self.keys_hold(bytes),
            Section::Hash => self.hash_holds(),
            Section::Strings => self.sections().find_text(Text(0)) == Some(""),
            section => self.records_hold(section, proof),
        };
        is_whole
            && match section {
                Section::Clauses => self.clauses_hold(),
                Section::Layers => self.layers_hold(),
                _ => true,
            }
    }

    /// Clauses of devices before those of layers, all of owners that are there.
    fn clauses_hold(self) -> bool {
        self.all::<ClauseIds>().is_sorted_by_key(|clause| clause.layer)
            && self.all::<ClauseIds>().all(|clause| self.has_owner(clause))
    }

    /// Layers in the order of their names, none twice, each with clauses of its own.
    fn layers_hold(self) -> bool {
        let is_its = |index: u32, clause: ClauseIds| clause.layer && clause.owner == index;
        self.all::<Layer>().is_sorted_by(|one, next| self.text(one.name) < self.text(next.name))
            && (0..)
                .zip(self.all::<Layer>())
                .all(|(index, layer)| self.list(layer.clauses).all(|clause| is_its(index, clause)))
    }

    /// Whether the owner of a clause is there.
    fn has_owner(self, clause: ClauseIds) -> bool {
        let sections = self.sections();
        let owners = if clause.layer { sections.count::<Layer>() } else { sections.count::<Device>() };
        usize::try_from(clause.owner).is_ok_and(|owner| owner < owners)
    }

    /// Ascending keys, each that of the clause with the same index.
    fn keys_hold(self, bytes: &[u8]) -> bool {
        let key_of = |clause: ClauseIds| {
            let (vendor, device) = (clause.vendor.single()?, clause.device.single()?);
            (!clause.layer).then(|| u32::from(vendor) << 16 | u32::from(device))
        };
        bytes.len().is_multiple_of(4)
            && bytes.chunks_exact(4).is_sorted_by_key(u32::get)
            && bytes.len() / 4 <= self.section(Section::Clauses).len() / ClauseIds::SIZE
            && bytes.chunks_exact(4).zip(self.all::<ClauseIds>()).all(|(key, clause)| u32::get(key) == key_of(clause))
    }
}
