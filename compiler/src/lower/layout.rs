//! `layout` and `free`: which bytes are what.

use quirk_dsl::Span;
use quirk_dsl::ast::{self, LayoutKind, Statement};
use quirk_dsl::shape::Context;
use quirk_runtime::capability::Kind;

use super::Lower;
use super::kind::space;
use crate::catalogue;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::model::{Capability, Claim, Device, Entry, EntryKind, Region};
use crate::source::Located;

/// An entry without its place.
struct Bare {
    kind: EntryKind,
    optional: bool,
    claims: Vec<Claim>,
}

fn bare(kind: EntryKind, optional: Option<Span>, claims: Vec<Claim>) -> Bare {
    Bare { kind, optional: optional.is_some(), claims }
}

impl Lower<'_, '_> {
    pub(super) fn layout(&mut self, device: &mut Device, entries: &[Statement<LayoutKind>]) {
        device.entries.reserve_exact(entries.len());
        for (entry, counts) in self.counted(Context::Layout, entries) {
            let entries = match &entry.kind {
                LayoutKind::Aliased(every) => {
                    let (every, place) = (self.value(every), self.place(entry.span));
                    let every = every.filter(|_| counts).map(|value| Located { value, place });
                    device.aliased_every = every.or(device.aliased_every);
                    continue;
                }
                LayoutKind::Capability { .. } => vec![self.capability(entry)],
                LayoutKind::Register { label, ranges, optional, evidence } => {
                    let claims = self.claims(evidence);
                    let label = label.as_ref().map(|label| self.text(label, "the label").unwrap_or_default());
                    let kind = EntryKind::Register { label: label.unwrap_or_default() };
                    self.stretches(ranges, entry.span, &bare(kind, *optional, claims))
                }
                LayoutKind::Reserved { ranges, optional, evidence } => {
                    let claims = self.claims(evidence);
                    self.stretches(ranges, entry.span, &bare(EntryKind::Reserved, *optional, claims))
                }
            };
            for entry in entries {
                match entry {
                    Some(entry) => device.entries.push(entry),
                    None => device.broken.layout = true,
                }
            }
        }
    }

    /// The regions of a statement: of one range all of it is the place, of several each its own.
    pub(super) fn regions(&mut self, ranges: &[ast::Range], statement: Span) -> Vec<Option<Region>> {
        let place = self.place(statement);
        let only = ranges.len() == 1;
        let region = |lower: &mut Self, range| {
            let region = lower.region(range)?;
            Some(if only { Region { place, ..region } } else { region })
        };
        ranges.iter().map(|range| region(self, range)).collect()
    }

    /// The same entry at each range.
    fn stretches(&mut self, ranges: &[ast::Range], statement: Span, bare: &Bare) -> Vec<Option<Entry>> {
        let regions = self.regions(ranges, statement);
        let entry = |region: Region| Entry {
            region,
            kind: bare.kind.clone(),
            optional: bare.optional,
            inherited: false,
            claims: bare.claims.clone(),
        };
        regions.into_iter().map(|region| region.map(entry)).collect()
    }

    fn capability(&mut self, entry: &Statement<LayoutKind>) -> Option<Entry> {
        let LayoutKind::Capability { extended, kind, at, optional, evidence } = &entry.kind else { return None };
        let space = space(*extended);
        let claims = self.claims(evidence);
        let id = self.kind(*extended, kind);
        let start = self.offset(&at.offset);
        let stated = match &at.len {
            None => None,
            Some(len) => {
                let place = self.place(len.span);
                Some(Located { value: self.value(len)?, place })
            }
        };
        let ((id, sub), start) = (id?, start?);
        let length = match (stated, Kind::by_id(space, id)) {
            (Some(stated), _) => stated.value,
            (None, Some(known)) => u64::from(known.min),
            (None, None) => {
                let message = format!("how long `{} {id:#06x}` is, is not known", space.keyword());
                let found = Diagnostic::new(&catalogue::LENGTH_NEEDED, self.place(kind.span), message);
                self.report(found.help("say it: `len 0x..` after the offset"));
                return None;
            }
        };
        if length == 0 {
            let place = stated.map_or(self.place(entry.span), |stated| stated.place);
            self.report(Diagnostic::new(&catalogue::EMPTY_RANGE, place, "the length is 0"));
            return None;
        }
        let region =
            Region { node: self.node(), place: self.place(entry.span), start, end: start.saturating_add(length) };
        Some(Entry {
            region,
            kind: EntryKind::Capability(Capability { space, id, sub, stated }),
            optional: optional.is_some(),
            inherited: false,
            claims,
        })
    }

    /// Takes away what `without` says.
    pub(super) fn without(&mut self, device: &mut Device, without: &ast::Without, span: Span) {
        let (kind, at) = match without {
            ast::Without::Capability { extended, kind, at } => {
                let Some((id, _)) = self.kind(*extended, kind) else { return };
                (Some((space(*extended), id)), at)
            }
            ast::Without::Register(at) | ast::Without::Reserved(at) => (None, at),
        };
        let Some(at) = self.offset(at) else { return };
        let before = device.entries.len();
        device.entries.retain(|entry| {
            let same = match (without, &entry.kind) {
                (ast::Without::Capability { .. }, EntryKind::Capability(capability)) => {
                    Some((capability.space, capability.id)) == kind
                }
                (ast::Without::Register(_), EntryKind::Register { .. })
                | (ast::Without::Reserved(_), EntryKind::Reserved) => true,
                _ => false,
            };
            !(entry.inherited && same && entry.region.start == at)
        });
        if device.entries.len() == before && !device.broken.layout {
            let message = format!("there is nothing of that kind at {at:#x} to take away");
            let found = Diagnostic::new(&catalogue::WITHOUT_MISSES, self.place(span), message);
            self.report(found.remove(Applicability::Unsafe, "take this `without` away", self.place(span)));
        }
    }
}
