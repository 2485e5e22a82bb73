//! Sections that grow record by record, strings that are written once, and the directory in front of them.

use super::interned::Interned;
use quirk_runtime::tables::{
    CHECKSUM, HEADER, LONGEST_SHARED, List, MAGIC, Record, Section, Text, VERSION, Wire, checksum, hash,
};

/// The edition of the language that the tables carry.
const EDITION: u16 = 1;

/// A database under construction.
pub(super) struct Writer {
    sections: Vec<Vec<u8>>,
    strings: Interned,
    /// Of each section, the runs of records that others may share.
    runs: Vec<Interned>,
    /// Leave the words of evidence out.
    pub(super) without_evidence: bool,
}

impl Writer {
    /// An empty database; of evidence it leaves the words out, or not.
    pub(super) fn new(without_evidence: bool) -> Self {
        let mut writer = Self {
            sections: vec![Vec::new(); Section::ALL.len()],
            strings: Interned::default(),
            runs: vec![Interned::default(); Section::ALL.len()],
            without_evidence,
        };
        // The empty string is the one at offset 0.
        writer.sections[Section::Strings as usize] = vec![0, 0];
        writer
    }

    /// Writes records one after the other.
    pub(super) fn push<T: Record>(&mut self, records: &[T]) -> Option<List<T>> {
        if records.is_empty() {
            return Some(List::EMPTY);
        }
        let section = &mut self.sections[T::SECTION as usize];
        let start = u32::try_from(section.len() / T::SIZE).ok()?;
        for record in records {
            put(section, record)?;
        }
        Some(List::new(start, u32::try_from(records.len()).ok()?))
    }

    /// Writes records one after the other, unless the same few stand so already: of most devices of a family, many statements
    /// are the same.
    pub(super) fn share<T: Record>(&mut self, records: &[T]) -> Option<List<T>> {
        let List { start, count, .. } = self.push(records)?;
        if count == 0 || count > LONGEST_SHARED {
            return Some(List::new(start, count));
        }
        let section = &mut self.sections[T::SECTION as usize];
        let at = start as usize * T::SIZE;
        let known = self.runs[T::SECTION as usize].intern(section, at);
        if known == at {
            return Some(List::new(start, count));
        }
        section.truncate(at);
        Some(List::new(u32::try_from(known / T::SIZE).ok()?, count))
    }

    /// Writes raw values.
    pub(super) fn raw<T: Wire>(&mut self, section: Section, values: &[T]) -> Option<()> {
        values.iter().try_for_each(|value| put(&mut self.sections[section as usize], value))
    }

    /// Writes a string, unless it stands there already.
    pub(super) fn text(&mut self, text: &str) -> Option<Text> {
        if text.is_empty() {
            return Some(Text(0));
        }
        let section = &mut self.sections[Section::Strings as usize];
        let at = section.len();
        put(section, &u16::try_from(text.len()).ok()?)?;
        section.extend_from_slice(text.as_bytes());
        let known = self.strings.intern(section, at);
        if known != at {
            section.truncate(at);
        }
        u32::try_from(known).ok().map(Text)
    }

    /// Puts the directory in front.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        let length: usize = HEADER + self.sections.iter().map(Vec::len).sum::<usize>();
        let mut bytes = Vec::with_capacity(length);
        bytes.extend_from_slice(&MAGIC);
        put(&mut bytes, &VERSION)?;
        put(&mut bytes, &EDITION)?;
        put(&mut bytes, &u32::try_from(length).ok()?)?;
        put(&mut bytes, &0_u64)?;
        let mut start = HEADER;
        for section in &self.sections {
            put(&mut bytes, &u32::try_from(start).ok()?)?;
            put(&mut bytes, &u32::try_from(section.len()).ok()?)?;
            start += section.len();
        }
        for section in &self.sections {
            bytes.extend_from_slice(section);
        }
        let sum = checksum(&bytes);
        sum.put(bytes.get_mut(CHECKSUM)?)?;
        Some(bytes)
    }
}

fn put<T: Wire>(bytes: &mut Vec<u8>, value: &T) -> Option<()> {
    let at = bytes.len();
    bytes.resize(at + T::SIZE, 0);
    value.put(&mut bytes[at..])
}

/// Bytes of each piece of a section; none where pieces differ in size.
pub(super) fn piece_size(section: Section) -> Option<usize> {
    match section {
        Section::Keys => Some(u32::SIZE),
        Section::Hash => Some(hash::ENTRY),
        // Sixteen of its bytes are shown at once.
        Section::Programs => Some(16),
        section => section.record_size(),
    }
}
