//! A database built record by record, as the compiler would.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::collections::{BTreeMap, BTreeSet};
use std::vec;
use std::vec::Vec;

use crate::tables::hash::{Target, VACANT, slot};
use crate::tables::{
    CHECKSUM, Claim, Clause, Device, EntryKind, Evidence, FunctionKind, HEADER, IdSet, LayoutEntry, List, MAGIC,
    Permission, Record, Section, Text, VERSION, checksum,
};

/// Sections in the making.
#[derive(Default)]
pub(crate) struct Builder {
    sections: BTreeMap<usize, Vec<u8>>,
}

impl Builder {
    pub(crate) fn text(&mut self, text: &str) -> Text {
        let strings = self.sections.entry(Section::Strings as usize).or_insert_with(|| vec![0, 0]);
        let at = strings.len() as u32;
        strings.extend((text.len() as u16).to_le_bytes());
        strings.extend(text.as_bytes());
        Text(at)
    }

    pub(crate) fn push<T: Record>(&mut self, record: &T) -> u32 {
        let section = self.sections.entry(T::SECTION as usize).or_default();
        let at = section.len();
        section.resize(at + T::SIZE, 0);
        record.put(&mut section[at..]).unwrap();
        (at / T::SIZE) as u32
    }

    pub(crate) fn list<T: Record>(&mut self, records: &[T]) -> List<T> {
        let section = self.sections.entry(T::SECTION as usize).or_default();
        let start = (section.len() / T::SIZE) as u32;
        for record in records {
            self.push(record);
        }
        List::new(start, records.len() as u32)
    }

    pub(crate) fn key(&mut self, key: u32) {
        self.sections.entry(Section::Keys as usize).or_default().extend(key.to_le_bytes());
    }

    /// A hash with as many entries as it takes for every key to lie in its home.
    pub(crate) fn hash(&mut self, targets: &[(u32, Target)]) {
        let homes = |entries| targets.iter().map(|(key, _)| slot(*key, 0, entries)).collect::<BTreeSet<u32>>();
        let entries = (1..).find(|&entries| homes(entries).len() == targets.len()).unwrap();
        let mut table = vec![[0, VACANT]; entries as usize];
        for &(key, target) in targets {
            table[slot(key, 0, entries) as usize] = [key, target.pack().unwrap()];
        }
        let section = self.sections.entry(Section::Hash as usize).or_default();
        section.extend(table.as_flattened().iter().flat_map(|word| word.to_le_bytes()));
    }

    /// A device that matches one vendor and device id, for databases with a single device.
    pub(crate) fn only_device(&mut self, vendor: u16, id: u16, change: impl FnOnce(&mut Self, &mut Device)) {
        let mut device = self.device("only");
        change(self, &mut device);
        self.push(&Clause { rank: 0x12, ..clause(0, IdSet::exactly(vendor), IdSet::exactly(id)) });
        self.key(u32::from(vendor) << 16 | u32::from(id));
        self.push(&device);
    }

    pub(crate) fn device(&mut self, name: &str) -> Device {
        Device {
            name: self.text(name),
            title: self.text("Fictional"),
            source: self.text("example.quirk:1"),
            layout: List::EMPTY,
            free: List::EMPTY,
            places: List::EMPTY,
            max_width: 20,
            execute: Permission::Host,
            privileged: Permission::Host,
            dvsecs: List::EMPTY,
            allocations: List::EMPTY,
            aliased_every: 0,
            port_type: 0xff,
            distrust_dvsec: false,
            forbids_pasid: false,
        }
    }

    pub(crate) fn build(mut self) -> Vec<u8> {
        self.sections.entry(Section::Strings as usize).or_insert_with(|| vec![0, 0]);
        let mut bytes = vec![0; HEADER];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        for &section in Section::ALL {
            let content = self.sections.remove(&(section as usize)).unwrap_or_default();
            let entry = 24 + 8 * section as usize;
            let start = bytes.len() as u32;
            bytes[entry..entry + 4].copy_from_slice(&start.to_le_bytes());
            bytes[entry + 4..entry + 8].copy_from_slice(&(content.len() as u32).to_le_bytes());
            bytes.extend(content);
        }
        let length = bytes.len() as u32;
        bytes[12..16].copy_from_slice(&length.to_le_bytes());
        let sum = checksum(&bytes);
        bytes[CHECKSUM].copy_from_slice(&sum.to_le_bytes());
        bytes
    }
}

/// A clause of a device that constrains nothing but ids, of rank 0.
pub(crate) fn clause(owner: u32, vendor: IdSet, device: IdSet) -> Clause {
    Clause {
        owner,
        layer: false,
        rank: 0,
        vendor,
        device,
        subsystem_vendor: IdSet::ANY,
        subsystem_device: IdSet::ANY,
        revision: IdSet::ANY,
        class_mask: 0,
        class_value: 0,
        function: FunctionKind::Any,
        guards: List::EMPTY,
    }
}

/// Evidence of one kind.
pub(crate) fn claim(builder: &mut Builder, evidence: Evidence) -> List<Claim> {
    let text = builder.text("EX-1001");
    builder.list(&[Claim { evidence, text, seen: 0 }])
}

/// A capability of a layout, of its shortest length.
pub(crate) fn extended(id: u16, offset: u16, length: u16) -> LayoutEntry {
    LayoutEntry {
        kind: EntryKind::Extended,
        id,
        offset,
        length,
        length_stated: false,
        optional: false,
        inherited: false,
        sub_vendor: 0,
        sub_id: 0,
        has_sub_id: false,
        label: Text(0),
        evidence: List::EMPTY,
    }
}
