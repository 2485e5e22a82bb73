//! What is wrong with a place for PASID, by the walker and by what an entry declares.

use std::ops::Range;

use crate::dumps::Dump;
use crate::library::Entry;
use crate::walker::{END, Extent, overlaps};

/// A function, and what is known of its space.
pub(crate) struct Judge<'a> {
    dump: &'a Dump,
    entry: Option<&'a Entry>,
    /// Capabilities that the list reaches, then what looks like one.
    capabilities: Vec<Extent>,
    has_list: bool,
    is_open: bool,
    pub(crate) own_pasid: Option<usize>,
    every: Option<usize>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(dump: &'a Dump, entry: Option<&'a Entry>) -> Self {
        let space = dump.space();
        let declared_every = entry.and_then(|entry| entry.aliased_every);
        Self {
            dump,
            entry,
            capabilities: space.linked().into_iter().chain(space.unlinked()).collect(),
            has_list: !space.list().is_empty(),
            is_open: space.answers() && space.has_extended_space(),
            own_pasid: space.own_pasid(),
            every: space.repeats_every().into_iter().chain(declared_every).min(),
        }
    }

    /// What is wrong with PASID at an offset. Of `told` somebody else than the entry says that it is free: that ends a length
    /// which is open.
    pub(crate) fn violations(&self, offset: usize, told: &[Range<usize>]) -> Vec<String> {
        let (pasid, mut wrong) = (offset..offset + 8, Vec::new());
        let mut must =
            |holds: bool, what: &dyn Fn() -> String| wrong.extend((!holds).then(|| format!("{offset:#x}: {}", what())));
        must(self.is_open, &|| "no extended space".to_owned());
        must(offset.is_multiple_of(4) && (0x100..END - 7).contains(&offset), &|| "no place".to_owned());
        must(self.entry.is_none_or(|entry| !entry.is_forbidden), &|| "must not have PASID".to_owned());
        must(self.every.is_none_or(|every| pasid.end <= every), &|| "a copy".to_owned());
        // Each copy is the same bytes; of a copy only what is sure counts.
        let copies: Vec<_> =
            (offset..END - 7).step_by(self.every.unwrap_or(END)).skip(1).map(|at| at..at + 8).collect();
        let touches = |range: &Range<usize>, sure: &Range<usize>| {
            overlaps(range, &pasid) || copies.iter().any(|copy| overlaps(sure, copy))
        };
        let is_own = self.own_pasid == Some(offset);
        let mut free = told.iter().chain(self.entry.into_iter().flat_map(|entry| &entry.free));
        let is_vouched = free.any(|free| free.start <= pasid.start && pasid.end <= free.end);
        for each in &self.capabilities {
            let extent = if is_vouched || is_own { &each.sure } else { &each.possible };
            let is_itself = is_own && each.sure.start == offset;
            must(is_itself || !touches(extent, &each.sure), &|| format!("in {:#x} at {:#x}", each.id, each.sure.start));
        }
        for declared in self.entry.into_iter().flat_map(|entry| &entry.declared) {
            let range = if is_vouched { declared.range.clone() } else { declared.in_space(self.dump.space()) };
            must(!touches(&range, &declared.range), &|| format!("on what is declared at {range:x?}"));
        }
        // Where the list is empty, its head may be the anchor over a capability that is hidden.
        must(offset >= 0x108 || is_own || is_vouched || self.has_list, &|| "on the head of the list".to_owned());
        wrong
    }
}
