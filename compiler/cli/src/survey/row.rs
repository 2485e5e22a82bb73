//! What a survey says of one function.

use quirk_map::list;
use quirk_recorded::Recorded;
use quirk_runtime::capability::{ATS, DVSEC, PASID, PRI, SRIOV, Space};
use quirk_runtime::chain::{Step, Walk};
use quirk_runtime::{Database, Image, lookup};
use serde::Serialize;

use crate::subject::Subject;

/// The columns of the table, in the order of the fields.
pub(super) const COLUMNS: [&str; 20] = [
    "file",
    "address",
    "vendor",
    "device",
    "subsystem_vendor",
    "subsystem_device",
    "revision",
    "class",
    "size",
    "pasid",
    "pasid_width",
    "ats",
    "pri",
    "sriov",
    "dvsecs",
    "odd",
    "gap_bytes",
    "largest_gap",
    "live_bytes",
    "entry",
];

/// One function.
#[derive(Debug, Default, Serialize)]
pub(super) struct Row {
    pub(super) file: String,
    pub(super) address: Option<String>,
    pub(super) vendor: u16,
    pub(super) device: u16,
    pub(super) subsystem_vendor: Option<u16>,
    pub(super) subsystem_device: Option<u16>,
    pub(super) revision: u8,
    pub(super) class: u32,
    pub(super) size: usize,
    /// Where the function's own PASID capability is.
    pub(super) pasid: Option<u16>,
    pub(super) pasid_width: Option<u8>,
    pub(super) ats: bool,
    pub(super) pri: bool,
    pub(super) sriov: bool,
    pub(super) dvsecs: usize,
    /// How often a list is not as it should be.
    pub(super) odd: usize,
    /// Bytes of extended space in no capability that read 0.
    pub(super) gap_bytes: usize,
    pub(super) largest_gap: usize,
    /// Bytes of it in no capability that do not.
    pub(super) live_bytes: usize,
    /// The description that applies.
    pub(super) entry: Option<String>,
    #[serde(skip)]
    pub(super) answers: bool,
}

impl Row {
    pub(super) fn new(file: &str, record: Recorded, databases: &[Database<'_>]) -> Self {
        let subject = Subject::recorded(record, None, None);
        let record = &subject.record;
        let identity = subject.identity;
        let mut row = Self {
            file: file.to_owned(),
            address: record.address().map(|address| address.to_string()),
            vendor: identity.vendor,
            device: identity.device,
            subsystem_vendor: identity.subsystem.map(|(vendor, _)| vendor),
            subsystem_device: identity.subsystem.map(|(_, device)| device),
            revision: identity.revision,
            class: identity.class,
            size: record.original().len(),
            ..Self::default()
        };
        let Some(image) = Image::new(record.original()) else { return row };
        row.answers = image.byte(0x0e) & 0x7f != 0x7f;
        if row.answers {
            row.look(&image);
            // An image can always be read.
            let found = lookup::find_device(databases, &identity, &image).unwrap_or_default();
            row.entry = found.map(|found| {
                let database = databases[found.database];
                database.text(found.device.name).to_owned()
            });
        }
        row
    }

    fn look(&mut self, image: &Image) {
        for space in [Space::Conventional, Space::Extended] {
            let steps = Walk::of(image, space).into_iter().flatten().flatten();
            self.odd += steps.filter(|step| matches!(step, Step::Finding(_))).count();
        }
        let extended = list(image, Space::Extended).unwrap_or_default();
        let at = |id: u16| extended.iter().find(|(found, _)| found.id == id).map(|(found, _)| found.offset);
        self.pasid = at(PASID);
        self.pasid_width = self.pasid.map(|offset| image.byte(offset.saturating_add(5)) & 0x1f);
        (self.ats, self.pri, self.sriov) = (at(ATS).is_some(), at(PRI).is_some(), at(SRIOV).is_some());
        self.dvsecs = extended.iter().filter(|(found, _)| found.id == DVSEC).count();
        let mut covered = vec![false; image.bytes().len()];
        for (found, length) in &extended {
            let start = usize::from(found.offset);
            let end = (start + usize::from((*length).max(4))).min(covered.len());
            covered.get_mut(start..end).unwrap_or_default().fill(true);
        }
        let mut run = 0;
        for (&byte, &covered) in image.bytes().iter().zip(&covered).skip(0x100) {
            match (covered, byte) {
                (false, 0) => run += 1,
                (false, _) => (self.live_bytes, run) = (self.live_bytes + 1, 0),
                (true, _) => run = 0,
            }
            self.gap_bytes += usize::from(!covered && byte == 0);
            self.largest_gap = self.largest_gap.max(run);
        }
    }

    /// One line of the table.
    pub(super) fn csv(&self) -> String {
        let or_empty = |text: Option<String>| text.unwrap_or_default();
        let hex = |number: Option<u16>| number.map(|number| format!("{number:04x}"));
        let cells = [
            self.file.clone(),
            or_empty(self.address.clone()),
            format!("{:04x}", self.vendor),
            format!("{:04x}", self.device),
            or_empty(hex(self.subsystem_vendor)),
            or_empty(hex(self.subsystem_device)),
            format!("{:02x}", self.revision),
            format!("{:06x}", self.class),
            self.size.to_string(),
            or_empty(self.pasid.map(|offset| format!("{offset:#05x}"))),
            or_empty(self.pasid_width.map(|width| width.to_string())),
            self.ats.to_string(),
            self.pri.to_string(),
            self.sriov.to_string(),
            self.dvsecs.to_string(),
            self.odd.to_string(),
            self.gap_bytes.to_string(),
            self.largest_gap.to_string(),
            self.live_bytes.to_string(),
            or_empty(self.entry.clone()),
        ];
        cells.map(|cell| quoted(&cell)).join(",") + "\n"
    }

    /// One line with an object.
    pub(super) fn json(&self) -> String {
        // A row is plain data, which always can be written.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// A cell as RFC 4180 has it.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
