//! Free-space DVSECs of the device: which ones are known, whether they hold, and what they say.
//!
//! A known one has the identity of a format in a database. What is wrong with one, or with an entry of its table, is a
//! finding and drops that one or that entry; nothing else.

use super::config::ConfigSurvey;
use super::dvsec::FoundDvsec;
use super::map::Owner;
use crate::capability::{DVSEC, Space};
use crate::finding::Finding;
use crate::free_space::{ENTRY_LENGTH, Entries, Fault, HEADER_LENGTH, Header};
use crate::tables::{Form, Format};
use crate::{ByteRange, ConfigAccess, Database, SPACE};

/// Those that another capability lies in are dropped.
#[derive(Debug)]
pub(crate) struct Judged(());

/// What the others say is in the map.
#[derive(Debug)]
pub(crate) struct Told(Judged);

impl Judged {
    /// All of them, with the faults of those that do not hold.
    pub(crate) fn dvsecs<'s, D: ?Sized>(&self, survey: &'s ConfigSurvey<'_, D>) -> &'s [FoundDvsec] {
        &survey.free_space
    }
}

impl Told {
    pub(crate) fn judged(self) -> Judged {
        self.0
    }

    /// Whether every dword of the range is free by what they say.
    pub(crate) fn frees<D: ?Sized>(&self, survey: &ConfigSurvey<'_, D>, range: ByteRange) -> bool {
        survey.map.is_told_free(range)
    }
}

impl<D: ConfigAccess + ?Sized> ConfigSurvey<'_, D> {
    /// Keeps a DVSEC if it describes free space; whether it is itself the gap that it describes.
    pub(super) fn recognise(&mut self, offset: u16, bytes: [u8; 8], databases: &[Database<'_>]) -> bool {
        let header = Header::from_bytes(bytes);
        let formats = || databases.iter().rev().flat_map(|database| database.all::<Format>());
        let Some(format) = formats().find(|format| header.has_identity_of(format)) else {
            if formats().any(|format| (format.vendor, format.id) == (header.vendor, header.id)) {
                self.findings.push(Finding::DvsecRevision { at: offset, revision: header.revision });
            }
            return false;
        };
        let (range, fault) = match header.extent(offset, format.form) {
            Ok(range) => (ByteRange::new(range.start, range.end), None),
            Err(fault) => (FoundDvsec::header(offset), Some(fault)),
        };
        if let Some(fault) = fault {
            self.findings.push(Finding::DvsecDropped { at: offset, fault });
        }
        self.free_space.push(FoundDvsec { range, format, bytes, fault });
        let is_kept = self.free_space.last().is_some_and(|last| last.offset() == offset);
        is_kept && fault.is_none() && format.form == Form::PerGap
    }

    /// Drops the free-space DVSECs that another capability lies in. That needs every capability's length.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn judge_free_space(&mut self) -> Result<Judged, D::Error> {
        if self.free_space.is_empty() {
            return Ok(Judged(()));
        }
        self.measure_all()?;
        for index in 0..self.free_space.len() {
            let dvsec = self.free_space[index];
            if dvsec.fault.is_none() {
                self.find_neighbour(&dvsec);
                if self.map.has_other_capability(dvsec.range) {
                    let (at, fault) = (dvsec.offset(), Fault::CapabilityInside);
                    self.free_space[index].fault = Some(fault);
                    self.findings.push(Finding::DvsecDropped { at, fault });
                }
            }
        }
        Ok(Judged(()))
    }

    /// Puts what free-space DVSECs say into the map. The entries of tables are read.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn tell_free_space(&mut self) -> Result<Told, D::Error> {
        let judged = self.judge_free_space()?;
        for index in 0..self.free_space.len() {
            let dvsec = self.free_space[index];
            match dvsec.format.form {
                _ if dvsec.fault.is_some() => {}
                Form::PerGap => self.map.tell_free(dvsec.range),
                Form::Table => self.read_table(&dvsec)?,
            }
        }
        Ok(Told(judged))
    }

    /// Notes what each used entry of a table says, or why it is dropped.
    fn read_table(&mut self, dvsec: &FoundDvsec) -> Result<(), D::Error> {
        let mut bytes = [0; SPACE];
        let bytes = self.table_bytes(dvsec, &mut bytes)?;
        for (index, entry) in Entries::new(dvsec.range.start..dvsec.range.end, bytes) {
            match self.without_capability(entry) {
                Ok(range) => self.map.tell_free(range),
                Err(fault) => {
                    self.findings.push(Finding::DvsecEntry { at: dvsec.offset(), index: index as u16, fault });
                }
            }
        }
        Ok(())
    }

    /// The bytes of a table's entries, read from the device.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn table_bytes<'b>(
        &self,
        dvsec: &FoundDvsec,
        buffer: &'b mut [u8; SPACE],
    ) -> Result<&'b [u8], D::Error> {
        let start = dvsec.offset().saturating_add(HEADER_LENGTH);
        let length = usize::from(dvsec.range.end.saturating_sub(start)) / usize::from(ENTRY_LENGTH);
        let bytes = &mut buffer[..length * usize::from(ENTRY_LENGTH)];
        if !bytes.is_empty() {
            self.device.read(start, bytes)?;
        }
        Ok(bytes)
    }

    /// An entry of a table, dropped where it is certainly in a capability.
    pub(crate) fn without_capability(&self, entry: Result<core::ops::Range<u16>, Fault>) -> Result<ByteRange, Fault> {
        let range = entry.map(|range| ByteRange::new(range.start, range.end))?;
        if self.map.is_certain(range) { Err(Fault::OverlapsCapability) } else { Ok(range) }
    }

    /// Notes a DVSEC that begins where this one ends: some readers take the two for one.
    fn find_neighbour(&mut self, dvsec: &FoundDvsec) {
        let behind = self.map.start_at(dvsec.range.end).filter(|_| dvsec.range.end < Space::Extended.end());
        if behind.is_some_and(|start| start.id == DVSEC && matches!(start.how, Owner::Header | Owner::Gap)) {
            self.findings.push(Finding::DvsecAbuts { at: dvsec.offset(), end: dvsec.range.end });
        }
    }
}
