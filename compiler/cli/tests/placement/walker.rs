//! A reader of raw configuration spaces, written from the PCI Express Base Specification, 7.5 to 7.9: nothing of the program
//! is used. It sees both lists, and how far each extended capability surely and possibly goes.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::lengths::{self, Length};

/// Where extended space ends.
pub(crate) const END: usize = 0x1000;

/// The configuration space of a function, as it was read.
#[derive(Clone, Copy)]
pub(crate) struct Space<'a> {
    pub(crate) bytes: &'a [u8],
}

/// A capability in extended space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) id: u16,
    /// Its header and the registers that it must have.
    pub(crate) sure: Range<usize>,
    /// As far as it may go: to the longest of its kind, or to the next header of the list.
    pub(crate) possible: Range<usize>,
}

impl<'a> Space<'a> {
    pub(crate) fn dword(self, at: usize) -> u32 {
        self.bytes.get(at..at + 4).map_or(0, |dword| u32::from_le_bytes(dword.try_into().unwrap()))
    }

    /// What does not answer reads as ones: a virtual function that does has a header type.
    pub(crate) fn answers(self) -> bool {
        self.bytes[..4] != [0xff; 4] || self.bytes[0x0e] & 0x7f != 0x7f
    }

    pub(crate) fn is_zero(self, range: Range<usize>) -> bool {
        self.bytes[range].iter().all(|&byte| byte == 0)
    }

    /// The ids of the conventional list.
    fn conventional(self) -> Vec<u8> {
        let (mut ids, mut seen) = (Vec::new(), [false; 0x100]);
        if self.bytes.len() < 0x100 || self.bytes[0x06] & 0x10 == 0 {
            return ids;
        }
        // A CardBus bridge has its pointer elsewhere.
        let mut at = usize::from(self.bytes[if self.bytes[0x0e] & 0x7f == 2 { 0x14 } else { 0x34 }] & 0xfc);
        while at >= 0x40 && self.bytes[at] != 0xff && !std::mem::replace(&mut seen[at], true) {
            ids.push(self.bytes[at]);
            at = usize::from(self.bytes[at + 1] & 0xfc);
        }
        ids
    }

    /// Whether all of the space was read, of a function that has extended space: it is PCI Express, and the space is not
    /// answered with ones.
    pub(crate) fn has_extended_space(self) -> bool {
        self.bytes.len() == END && self.conventional().contains(&0x10) && self.dword(0x100) != u32::MAX
    }

    /// The extended list: offset and id.
    pub(crate) fn list(self) -> BTreeMap<usize, u16> {
        let mut list = BTreeMap::new();
        if !self.has_extended_space() {
            return list;
        }
        let mut at = 0x100;
        while at >= 0x100 && !matches!(self.dword(at), 0 | u32::MAX) {
            let header = self.dword(at);
            if list.insert(at, header as u16).is_some() {
                break;
            }
            at = (header >> 20) as usize & 0xffc;
        }
        list
    }

    /// Where the function's own PASID capability is, by its list.
    pub(crate) fn own_pasid(self) -> Option<usize> {
        let list = self.list();
        list.into_iter().find(|&(_, id)| id == 0x1b).map(|(at, _)| at)
    }

    /// The capabilities of the list.
    pub(crate) fn linked(self) -> Vec<Extent> {
        let list = self.list();
        list.iter().map(|(&at, &id)| self.extent(&list, at, id)).collect()
    }

    /// Headers that no list reaches, in bytes that are surely in no capability: a known id, a version that there is, and a Next
    /// that ends the list or leads to another header.
    pub(crate) fn unlinked(self) -> Vec<Extent> {
        let list = self.list();
        let (linked, mut found) = (self.linked(), BTreeMap::<usize, u16>::new());
        let mut known: Vec<usize> = list.keys().copied().collect();
        let mut is_owned = [false; END];
        linked.into_iter().for_each(|each| is_owned[each.sure].fill(true));
        loop {
            let before = found.len();
            for at in (0x100..END).step_by(4) {
                let header = self.dword(at);
                let (id, version, next) = (header as u16, header >> 16 & 0xf, (header >> 20) as usize);
                let is_header = (1..=0x34).contains(&id) && (1..=4).contains(&version);
                let is_end = next == 0 || known.contains(&next);
                if is_header && is_end && !is_owned[at] {
                    found.insert(at, id);
                    known.push(at);
                    // Its registers are not believed.
                    is_owned[at..(at + lengths::of(id, &|_| 0).least).min(END)].fill(true);
                }
            }
            if found.len() == before {
                break;
            }
        }
        found.iter().map(|(&at, &id)| self.extent(&list, at, id)).collect()
    }

    fn length(self, at: usize, id: u16) -> Length {
        lengths::of(id, &|register| self.dword(at + register))
    }

    /// A header of the list ends what is before it; one that no list reaches ends nothing.
    fn extent(self, list: &BTreeMap<usize, u16>, at: usize, id: u16) -> Extent {
        let length = self.length(at, id);
        let above = list.keys().copied().find(|&other| other > at).unwrap_or(END);
        let end = length.most.map_or(above, |most| (at + most).min(above));
        let sure = at..(at + length.least).min(END);
        Extent { id, possible: at..end.max(sure.end), sure }
    }

    /// The distance at which the function shows its header again, up to the end, if it does.
    pub(crate) fn repeats_every(self) -> Option<usize> {
        let is_copy = |at: usize| self.bytes[at..at + 0x40] == self.bytes[..0x40];
        let mut distances = [0x100, 0x200, 0x400, 0x800].into_iter().filter(|_| self.bytes.len() == END);
        distances.find(|&every| (every..END).step_by(every).all(is_copy))
    }

    /// What a capability may take that is said to be somewhere. Where its header does not read, nor do its registers.
    pub(crate) fn declared(self, at: usize, id: u16) -> Range<usize> {
        let list = self.list();
        if self.dword(at) as u16 == id {
            return self.extent(&list, at, id).possible;
        }
        let above = list.into_keys().find(|&other| other > at).unwrap_or(END);
        at..lengths::longest(id).map_or(above, |most| (at + most).min(above))
    }
}

pub(crate) fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}
