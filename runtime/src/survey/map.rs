//! Which dwords of configuration space are taken, by what, and what was declared free.
//!
//! A capability's extent has two parts. Its *body* is certain: the minimum of its kind, or what is stated or computed.
//! After it, up to the kind's longest length or the next header above, it *may* reach: only a declared free range takes
//! that from it. The second part is not kept: for a dword only the nearest header below matters.
//!
//! What merely looks like a header takes bytes for itself, and ends no other's extent: to suspect it opens no place.

use crate::ByteRange;
use crate::capability::{Kind, Space, UNBOUNDED};
use crate::dword_set::DwordSet;
use crate::reason::Reason;

const DWORDS: usize = 1024;

/// What has a claim on a dword, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// The header of a capability in a list.
    Header,
    /// The body of a capability in a list.
    Body,
    /// A capability that the kernel hides.
    Hidden,
    /// What looks like a capability that the kernel hides.
    Suspected,
    /// Registers outside every capability.
    Register,
    /// Reserved bytes.
    Reserved,
    /// Bytes that the VMM emulates.
    VmmOwned,
    /// Bytes that a layer emulates.
    LayerOwned,
    /// What a free-space DVSEC of the form `per_gap` covers: free for who asks that DVSEC, a capability for everybody else.
    Gap,
}

impl Owner {
    pub(crate) const ALL: [Self; 9] = [
        Self::Header,
        Self::Body,
        Self::Hidden,
        Self::Suspected,
        Self::Register,
        Self::Reserved,
        Self::VmmOwned,
        Self::LayerOwned,
        Self::Gap,
    ];

    const fn bit(self) -> u16 {
        1 << self as u16
    }

    /// The strongest of the claims that a dword's flags hold.
    fn strongest(flags: u16) -> Option<Self> {
        Self::ALL.get(flags.trailing_zeros() as usize).copied()
    }

    /// The reason for which it refuses a candidate.
    fn reason(self, id: u16, at: u16) -> Reason {
        match self {
            Self::Header => Reason::CapabilityHeader { id, at },
            Self::Body | Self::Gap => Reason::CapabilityBody { id, at },
            Self::Hidden => Reason::HiddenCapability { id, at },
            Self::Suspected => Reason::SuspectedCapability { id, at },
            Self::Register => Reason::Register { at },
            Self::Reserved => Reason::Reserved { at },
            Self::VmmOwned => Reason::VmmOwned { at },
            Self::LayerOwned => Reason::LayerOwned,
        }
    }
}

/// The header of a capability is here, or what looks like one.
const START: u16 = 1 << 9;
/// A free-space DVSEC says that the dword is free.
const TOLD: u16 = 1 << 10;
/// At a start: all of the capability's extent is in the map.
const MEASURED: u16 = 1 << 11;
/// At a start: it is that of a gap.
const GAP: u16 = 1 << 12;
/// At a start: the capability is hidden, and a null one that a list leads to stands over its header.
const ANCHOR: u16 = 1 << 13;
/// At a start: its bits were asked for its length, whatever they said.
const ASKED: u16 = 1 << 14;
/// At a start: the length that the capability states is below its minimum, so that nobody knows it.
const MISSTATED: u16 = 1 << 15;

#[derive(Clone, Copy)]
struct Dword {
    flags: u16,
    /// The first byte of what has the strongest claim.
    owner: u16,
    /// At a start: the capability's id. Elsewhere that of the owner.
    id: u16,
}

/// A capability whose header is in the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) offset: u16,
    pub(crate) id: u16,
    /// Header, Hidden, Suspected or Gap.
    pub(crate) how: Owner,
    /// Nothing of it lies outside the map.
    pub(crate) measured: bool,
}

impl Start {
    pub(crate) const fn space(self) -> Space {
        Space::of(self.offset)
    }

    pub(crate) fn kind(self) -> Option<&'static Kind> {
        Kind::by_id(self.space(), self.id)
    }

    /// Whether a list leads to it.
    pub(crate) fn is_visible(self) -> bool {
        matches!(self.how, Owner::Header | Owner::Gap)
    }

    const fn body(self) -> Owner {
        match self.how {
            Owner::Header => Owner::Body,
            how => how,
        }
    }
}

/// The least that a capability of a kind has.
fn least(kind: Option<&Kind>) -> u16 {
    kind.map_or(4, |kind| kind.min.max(4))
}

/// The map.
pub(crate) struct Map {
    dwords: [Dword; DWORDS],
    /// Where the header of a capability is, visible or not.
    starts: DwordSet,
    /// Where a dword looks like one.
    suspects: DwordSet,
    /// What was declared free.
    free: DwordSet,
    /// The kernel hides one of them.
    hides: bool,
}

/// Whether what free-space DVSECs say counts. Then a gap's DVSEC is not in its own way, and what is said to be free ends the
/// generous length of a capability in the list. It takes nothing from what is stated, computed, or hidden by the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listening {
    No,
    Yes,
}

impl Map {
    pub(crate) const EMPTY: Self = Self {
        dwords: [Dword { flags: 0, owner: 0, id: 0 }; DWORDS],
        starts: DwordSet::EMPTY,
        suspects: DwordSet::EMPTY,
        free: DwordSet::EMPTY,
        hides: false,
    };

    /// A map with no free byte in it.
    pub(super) const TAKEN: Self =
        Self { dwords: [Dword { flags: Owner::Header.bit(), owner: 0, id: 0 }; DWORDS], ..Self::EMPTY };

    /// Claims every dword that has a byte of the range, for what begins at its start.
    pub(crate) fn claim(&mut self, range: ByteRange, what: Owner) {
        self.claim_for(range, what, range.start, 0);
    }

    fn claim_for(&mut self, range: ByteRange, what: Owner, owner: u16, id: u16) {
        let stronger = what.bit() - 1;
        for dword in self.touched(range) {
            if dword.flags & (stronger | what.bit()) == 0 {
                (dword.owner, dword.id) = (owner, id);
            }
            dword.flags |= what.bit();
        }
    }

    /// Puts in the header of a capability and the least that its kind has.
    pub(crate) fn start(&mut self, offset: u16, id: u16, how: Owner) -> Start {
        let kind = Kind::by_id(Space::of(offset), id);
        let start = Start { offset, id, how, measured: false };
        self.put_header(start);
        self.extend(start, least(kind), kind.is_some_and(Kind::is_fixed));
        start
    }

    /// Puts in the header of a capability alone.
    pub(super) fn put_header(&mut self, Start { offset, id, how, .. }: Start) {
        if let Some(dword) = self.dwords.get_mut(usize::from(offset / 4)) {
            (dword.owner, dword.id) = (offset, id);
            let header = match how {
                Owner::Gap => Owner::Header.bit() | GAP,
                Owner::Hidden if dword.flags & Owner::Header.bit() != 0 => how.bit() | ANCHOR,
                how => how.bit(),
            };
            dword.flags = dword.flags & !(MEASURED | ASKED | MISSTATED) | header | START;
            let starts = if how == Owner::Suspected { &mut self.suspects } else { &mut self.starts };
            starts.insert(offset);
            self.hides |= how == Owner::Hidden;
        }
    }

    /// Puts in what is stated or computed of a capability; `exact` if nothing of it follows.
    pub(crate) fn extend(&mut self, start: Start, length: u16, exact: bool) {
        let range = ByteRange::new(start.offset.saturating_add(4), start.offset.saturating_add(length));
        self.claim_for(range, start.body(), start.offset, start.id);
        if exact {
            self.mark_measured(start.offset);
        }
    }

    pub(crate) fn mark_measured(&mut self, offset: u16) {
        if let Some(dword) = self.dwords.get_mut(usize::from(offset / 4)) {
            dword.flags |= MEASURED;
        }
    }

    /// Notes that what a capability states of its length cannot be.
    pub(crate) fn mark_misstated(&mut self, offset: u16) {
        if let Some(dword) = self.dwords.get_mut(usize::from(offset / 4)) {
            dword.flags |= MISSTATED;
        }
    }

    /// Whether the length of the capability whose header is here is asked for the first time.
    pub(crate) fn ask(&mut self, offset: u16) -> bool {
        let Some(dword) = self.dwords.get_mut(usize::from(offset / 4)) else { return false };
        let is_first = dword.flags & ASKED == 0;
        dword.flags |= ASKED;
        is_first
    }

    /// Marks the dwords that lie wholly in a range as declared free.
    pub(crate) fn declare_free(&mut self, range: ByteRange) {
        let inner = ByteRange::new(range.start.saturating_add(3) & !3, range.end & !3);
        self.free.insert_all(inner.start..inner.end);
    }

    /// Notes what a free-space DVSEC says is free.
    pub(crate) fn tell_free(&mut self, range: ByteRange) {
        for dword in self.touched(range) {
            dword.flags |= TOLD;
        }
    }

    /// Whether a free-space DVSEC says that every dword of the range is free.
    pub(super) fn is_told_free(&self, range: ByteRange) -> bool {
        self.offsets(range).all(|offset| self.has(offset, TOLD))
    }

    /// Whether the dword is in the gap that the DVSEC at `dvsec` covers, and nobody else has a claim on it.
    pub(crate) fn is_only_gap(&self, offset: u16, dvsec: u16) -> bool {
        let uses = Owner::ALL.into_iter().filter(|each| self.has(offset, each.bit()));
        let is_gap = |each: Owner| each == Owner::Gap || each == Owner::Header && self.has(offset, GAP);
        self.owner(offset) == dvsec && self.has(offset, Owner::Gap.bit() | GAP) && uses.into_iter().all(is_gap)
    }

    /// Whether the dword is in the hidden capability at `at`, and in no other.
    pub(crate) fn is_only_hidden(&self, offset: u16, at: u16) -> bool {
        let other = Owner::Header.bit() | Owner::Body.bit() | Owner::Suspected.bit() | Owner::Gap.bit();
        self.owner(offset) == at && self.has(offset, Owner::Hidden.bit()) && !self.has(offset, other)
    }

    /// Whether somebody has a claim on a byte of the range.
    pub(crate) fn is_claimed(&self, range: ByteRange) -> bool {
        let any = Owner::ALL.into_iter().fold(0, |bits, each| bits | each.bit());
        self.offsets(range).any(|offset| self.has(offset, any))
    }

    /// Whether a byte of a free-space DVSEC is certainly in another capability, visible or hidden. Of one that is no gap, the
    /// body cannot be told from that of another.
    pub(crate) fn has_other_capability(&self, dvsec: ByteRange) -> bool {
        let body = if self.has(dvsec.start, GAP) { Owner::Body.bit() } else { 0 };
        let other = body | Owner::Hidden.bit() | Owner::Suspected.bit();
        let is_header = |offset| offset != dvsec.start && self.has(offset, Owner::Header.bit());
        self.offsets(dvsec).any(|offset| self.has(offset, other) || is_header(offset))
    }

    /// Whether every dword of the range was declared free.
    pub(crate) fn is_declared_free(&self, range: ByteRange) -> bool {
        self.offsets(range).all(|offset| self.free.contains(offset))
    }

    /// Whether a list leads to the header in the dword, whatever else is there.
    pub(crate) fn is_listed(&self, offset: u16) -> bool {
        self.has(offset, Owner::Header.bit())
    }

    /// Whether a null capability of a list stands over the header of one that is hidden: the kernel's anchor.
    pub(crate) fn is_anchor(&self, offset: u16) -> bool {
        self.has(offset, ANCHOR)
    }

    /// Whether a list leads to a capability of this id here, and no anchor stands over it.
    #[inline]
    pub(crate) fn shows(&self, offset: u16, id: u16) -> bool {
        let is_seen =
            |dword: &Dword| dword.flags & (START | ANCHOR | Owner::Header.bit()) == START | Owner::Header.bit();
        self.dwords.get(usize::from(offset / 4)).is_some_and(|dword| is_seen(dword) && dword.id == id)
    }

    /// The capability whose header is here, or what looks like one. One that an anchor stands over is hidden, though a list
    /// leads there.
    pub(crate) fn start_at(&self, offset: u16) -> Option<Start> {
        let dword = self.dwords.get(usize::from(offset / 4)).filter(|dword| dword.flags & START != 0)?;
        let how = match dword.flags & (GAP | ANCHOR) {
            0 => Owner::strongest(dword.flags & !Owner::Body.bit())?,
            GAP => Owner::Gap,
            _ => Owner::Hidden,
        };
        Some(Start { offset: offset & !3, id: dword.id, how, measured: dword.flags & MEASURED != 0 })
    }

    /// The capability whose header is the nearest at or below an offset, in the same space.
    pub(crate) fn nearest(&self, offset: u16) -> Option<Start> {
        let at = self.starts.last_in(Space::of(offset).start()..(offset & !3).saturating_add(4))?;
        self.start_at(at)
    }

    /// All capabilities of a space, by offset.
    pub(crate) fn starts(&self, space: Space) -> impl Iterator<Item = Start> + Clone + '_ {
        self.starts_in(space, ByteRange::new(space.start(), space.end()))
    }

    /// Those that have one of these ids, and that a list leads to.
    pub(crate) fn listed<const N: usize>(&self, space: Space, ids: [u16; N]) -> impl Iterator<Item = Start> + '_ {
        let has_id =
            move |&offset: &u16| self.dwords.get(usize::from(offset / 4)).is_some_and(|at| ids.contains(&at.id));
        let found = self.starts.iter_in(space.start()..space.end()).filter(has_id);
        found.filter_map(|offset| self.start_at(offset)).filter(|start| start.is_visible())
    }

    /// Those whose first byte is in a range.
    pub(crate) fn starts_in(&self, space: Space, range: ByteRange) -> impl Iterator<Item = Start> + Clone + '_ {
        let whole = |offset: u16| offset.min(space.end()).next_multiple_of(4);
        let inside = whole(range.start).max(space.start())..whole(range.end);
        self.starts.iter_in(inside).map_while(|offset| self.start_at(offset))
    }

    /// The first capability of a space at or above an offset.
    pub(crate) fn next_start(&self, from: u16, space: Space) -> Option<Start> {
        self.start_at(self.starts.first_in(from..space.end())?)
    }

    /// The first that a dword at or above an offset looks like.
    pub(crate) fn next_suspect(&self, from: u16) -> Option<Start> {
        self.start_at(self.suspects.first_in(from..Space::Extended.end())?)
    }

    /// The first byte after the longest extent that a capability may have.
    pub(crate) fn reach(&self, start: Start) -> u16 {
        let max = start.kind().map_or(UNBOUNDED, |kind| kind.max);
        let end = start.offset.saturating_add(max).min(start.space().end());
        self.starts.first_in(start.offset + 4..end.next_multiple_of(4)).unwrap_or(end)
    }

    /// The first byte after what is certainly in a capability: what is stated, computed, or the least of its kind. It
    /// ends at a header that a list put into its body.
    pub(crate) fn body_end(&self, start: Start) -> u16 {
        let is_body = |dword: &u16| {
            let offset = dword * 4;
            self.has(offset, start.body().bit())
                && self.start_at(offset).is_none()
                && self.owner(offset) == start.offset
        };
        let behind = start.offset / 4 + 1;
        let end = (behind..start.space().end() / 4).find(|dword| !is_body(dword));
        end.map_or(start.space().end(), |dword| dword * 4)
    }

    /// The first byte after a capability as far as it is known: its body, or where that is not all, its reach.
    pub(crate) fn extent_end(&self, start: Start) -> u16 {
        let end = self.body_end(start);
        if start.measured { end } else { end.max(self.reach(start)) }
    }

    /// The dwords of a capability: its body, and where that is not all, those that it may reach besides. A declared free
    /// range takes them from it, and so does who has a claim of its own.
    pub(crate) fn extent(&self, start: Start) -> impl Iterator<Item = u16> + '_ {
        // A suspect takes nothing away, and of what a layer owns the layer's bits are its own anyway.
        let counts = |each: &Owner| !matches!(each, Owner::Suspected | Owner::LayerOwned);
        let anothers = Owner::ALL.into_iter().filter(counts).fold(0, |all, each| all | each.bit());
        let is_anothers = move |offset| self.free.contains(offset) || self.has(offset, anothers);
        let (body, end) = (self.body_end(start), self.extent_end(start));
        (start.offset..end).step_by(4).filter(move |&offset| offset < body || !is_anothers(offset))
    }

    /// The first byte of what has the strongest claim on a dword.
    pub(crate) fn owner(&self, offset: u16) -> u16 {
        self.dwords.get(usize::from(offset / 4)).map_or(0, |dword| dword.owner)
    }

    /// Whether a byte of the range is certainly in a capability, visible or hidden.
    pub(crate) fn is_certain(&self, range: ByteRange) -> bool {
        let capability =
            Owner::Header.bit() | Owner::Body.bit() | Owner::Hidden.bit() | Owner::Suspected.bit() | Owner::Gap.bit();
        self.offsets(range).any(|offset| self.has(offset, capability))
    }

    /// Whether somebody vouches for a capability that the kernel hides.
    pub(crate) fn hides(&self) -> bool {
        self.hides
    }

    /// The dwords of capabilities that the kernel hides and somebody vouches for: their extents, and what else is certainly
    /// in one.
    pub(crate) fn hidden(&self) -> DwordSet {
        let mut hidden = DwordSet::EMPTY;
        if !self.hides {
            return hidden;
        }
        for (offset, dword) in (0..).step_by(4).zip(&self.dwords) {
            if dword.flags & Owner::Hidden.bit() != 0 {
                hidden.insert(offset);
            }
        }
        for space in [Space::Conventional, Space::Extended] {
            for start in self.starts(space).filter(|start| start.how == Owner::Hidden) {
                for offset in self.extent(start) {
                    hidden.insert(offset);
                }
            }
        }
        hidden
    }

    /// The strongest claim on a range, of equal ones the first. What a capability may reach counts where it was not declared
    /// free.
    pub(crate) fn refusal(&self, range: ByteRange) -> Option<Reason> {
        self.refusal_for(range, Listening::No)
    }

    /// As [`Map::refusal`], for who may listen to free-space DVSECs.
    pub(super) fn refusal_for(&self, range: ByteRange, listening: Listening) -> Option<Reason> {
        self.refusal_without(range, 0, listening)
    }

    /// As [`Map::refusal`], where declared registers are no obstacle.
    pub(crate) fn refusal_beside_registers(&self, range: ByteRange) -> Option<Reason> {
        self.refusal_without(range, Owner::Register.bit(), Listening::No)
    }

    fn refusal_without(&self, range: ByteRange, passed: u16, listening: Listening) -> Option<Reason> {
        let claims = self
            .offsets(range)
            .flat_map(|offset| [self.claim_at(offset, passed, listening), self.reach_at(offset, listening)]);
        let stronger = |one: (Owner, Reason), other: (Owner, Reason)| if other.0 < one.0 { other } else { one };
        claims.flatten().reduce(stronger).map(|(_, reason)| reason)
    }

    /// The strongest certain claim on the range of a hidden capability beside its own, of equal ones the first. A
    /// free-space DVSEC that covers it is the one that is wrong.
    pub(crate) fn refusal_of_hidden(&self, range: ByteRange) -> Option<Reason> {
        const CLAIMS: [Owner; 6] =
            [Owner::Header, Owner::Body, Owner::Register, Owner::Reserved, Owner::VmmOwned, Owner::LayerOwned];
        let hidden = |start: &Start| !start.is_visible();
        let inside = || self.starts_in(Space::of(range.start), ByteRange::new(range.start + 4, range.end)).find(hidden);
        let before = || self.nearest(range.start.saturating_sub(4)).filter(hidden);
        let reaches = |start: &Start| start.offset + start.kind().map_or(4, |kind| kind.min) > range.start;
        let suspected = || {
            let near = range.start.saturating_sub(UNBOUNDED).max(Space::Extended.start())..range.end;
            self.suspects_in(near)
                .find(|start| start.offset > range.start || start.offset < range.start && reaches(start))
        };
        if let Some(other) = inside().or_else(|| before().filter(reaches)).or_else(suspected) {
            return Some(other.how.reason(other.id, other.offset));
        }
        let claims = |what: Owner| self.offsets(range).filter(move |&offset| self.has(offset, what.bit()));
        let is_anchor = |offset| offset == range.start && self.is_anchor(offset);
        CLAIMS.into_iter().find_map(|what| {
            let offset = claims(what).find(|&offset| what != Owner::Header || !is_anchor(offset))?;
            let dword = self.dwords.get(usize::from(offset / 4))?;
            // The dword keeps the owner of the strongest claim, which may be the hidden one's.
            let at = if what == Owner::Body { dword.owner } else { offset };
            Some(what.reason(dword.id, at))
        })
    }

    /// The strongest certain claim on a dword.
    fn claim_at(&self, offset: u16, passed: u16, listening: Listening) -> Option<(Owner, Reason)> {
        let dword = self.dwords.get(usize::from(offset / 4))?;
        let own_gap = match (listening, dword.flags & GAP) {
            (Listening::No, _) => 0,
            (Listening::Yes, 0) => Owner::Gap.bit(),
            (Listening::Yes, _) => Owner::Gap.bit() | Owner::Header.bit(),
        };
        // The strongest is the one whose owner the dword keeps.
        let what = Owner::strongest(dword.flags & !(own_gap | passed))?;
        // Of what lies under what is passed over, the dword does not keep the owner.
        let at = if dword.flags & passed & (what.bit() - 1) == 0 { dword.owner } else { offset };
        Some((what, what.reason(dword.id, at)))
    }

    /// The strongest certain claim on a range, of equal ones the first. The header of a gap's DVSEC is one for every source.
    pub(super) fn certain_refusal(&self, range: ByteRange, listening: Listening) -> Option<Reason> {
        let header = |offset| self.start_at(offset).filter(|start| start.is_visible());
        let claims = self.offsets(range).filter_map(|offset| match header(offset) {
            Some(start) => Some((Owner::Header, Owner::Header.reason(start.id, offset))),
            None => self.claim_at(offset, 0, listening),
        });
        claims.reduce(|one, other| if other.0 < one.0 { other } else { one }).map(|(_, reason)| reason)
    }

    /// The claim of a capability below that may reach a dword.
    fn reach_at(&self, offset: u16, listening: Listening) -> Option<(Owner, Reason)> {
        if self.free.contains(offset) {
            return None;
        }
        let nearest = self.nearest(offset);
        let reaches = |start: &Start| {
            let is_told = listening == Listening::Yes && start.how == Owner::Header && self.has(offset, TOLD);
            let is_told = is_told && !self.has(start.offset, MISSTATED);
            !start.measured && !is_told && offset < self.reach(*start)
        };
        // One that is suspected ends at the next header too, but none ends another.
        let first = nearest.map_or(Space::of(offset).start(), |start| start.offset + 4);
        let start = nearest.filter(reaches).or_else(|| self.suspects_in(first..offset + 4).find(reaches))?;
        let what = start.body();
        Some((what, what.reason(start.id, start.offset)))
    }

    /// What dwords of a range look like, the last first.
    fn suspects_in(&self, range: core::ops::Range<u16>) -> impl Iterator<Item = Start> + '_ {
        let mut end = range.end;
        core::iter::from_fn(move || {
            end = self.suspects.last_in(range.start..end)?;
            self.start_at(end)
        })
    }

    fn has(&self, offset: u16, flag: u16) -> bool {
        self.dwords.get(usize::from(offset / 4)).is_some_and(|dword| dword.flags & flag != 0)
    }

    fn offsets(&self, range: ByteRange) -> impl Iterator<Item = u16> + use<> {
        (range.start / 4..range.end.div_ceil(4)).map(|dword| dword * 4)
    }

    fn touched(&mut self, range: ByteRange) -> &mut [Dword] {
        let end = usize::from(range.end.div_ceil(4)).min(DWORDS);
        let start = usize::from(range.start / 4).min(end);
        &mut self.dwords[start..end]
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::capability::DVSEC;

    fn at(offset: u16) -> ByteRange {
        ByteRange::from_length(offset, 8)
    }

    #[test]
    fn a_header_is_named_before_a_body() {
        let mut map = Map::EMPTY;
        map.start(0x100, 0x03, Owner::Header);
        map.start(0x10c, 0x0f, Owner::Header);
        assert_eq!(map.refusal(at(0x108)), Some(Reason::CapabilityHeader { id: 0x0f, at: 0x10c }));
        assert_eq!(map.refusal(at(0x104)), Some(Reason::CapabilityBody { id: 0x03, at: 0x100 }));
        assert_eq!(map.refusal(at(0x114)), None);
    }

    #[test]
    fn an_unknown_capability_reaches_to_the_next_header_above() {
        let mut map = Map::EMPTY;
        map.start(0x100, 0x7777, Owner::Header);
        map.start(0x200, 0x0f, Owner::Header);
        assert_eq!(map.refusal(at(0x1f0)), Some(Reason::CapabilityBody { id: 0x7777, at: 0x100 }));
        assert_eq!(map.refusal(at(0x208)), None);
        map.declare_free(ByteRange::new(0x180, 0x200));
        assert_eq!(map.refusal(at(0x1f0)), None);
        assert!(map.refusal(at(0x17c)).is_some());
    }

    #[test]
    fn a_declared_range_takes_nothing_from_what_is_computed() {
        let mut map = Map::EMPTY;
        let start = map.start(0x100, 0x0b, Owner::Header);
        map.extend(start, 0x40, true);
        map.declare_free(ByteRange::new(0x104, 0x200));
        assert_eq!(map.refusal(at(0x138)), Some(Reason::CapabilityBody { id: 0x0b, at: 0x100 }));
        assert_eq!(map.refusal(at(0x140)), None);
    }

    #[test]
    fn a_hidden_capability_stays_hidden_in_its_reach() {
        let mut map = Map::EMPTY;
        map.start(0x200, 0x30, Owner::Hidden);
        assert_eq!(map.refusal(at(0x200)), Some(Reason::HiddenCapability { id: 0x30, at: 0x200 }));
        assert_eq!(map.refusal(at(0xff8)), Some(Reason::HiddenCapability { id: 0x30, at: 0x200 }));
    }

    /// What a map refuses, by dword.
    fn refused(map: &Map) -> std::vec::Vec<bool> {
        (0x100..0x1000).step_by(4).map(|offset| map.refusal(ByteRange::from_length(offset, 4)).is_some()).collect()
    }

    #[test]
    fn what_looks_like_a_header_opens_no_place() {
        let mut map = Map::EMPTY;
        map.start(0x100, 0x7777, Owner::Header);
        map.start(0x800, 0x30, Owner::Hidden);
        map.declare_free(ByteRange::new(0x600, 0x800));
        let before = refused(&map);
        for (offset, id) in [(0x300, 0x1e), (0x340, 0x30), (0x380, 0x0f), (0x700, 0x1b), (0x900, 0x18)] {
            map.start(offset, id, Owner::Suspected);
            map.mark_measured(offset);
        }
        let after = refused(&map);
        assert!(before.iter().zip(&after).all(|(before, after)| before <= after));
        assert_eq!(map.refusal(at(0x700)), Some(Reason::SuspectedCapability { id: 0x1b, at: 0x700 }), "it adds one");
    }

    #[test]
    fn one_suspect_does_not_end_another() {
        let mut map = Map::EMPTY;
        map.start(0x100, 0x03, Owner::Header);
        map.start(0x300, 0x30, Owner::Suspected);
        map.start(0x340, 0x18, Owner::Suspected);
        assert_eq!(map.refusal(at(0x400)), Some(Reason::SuspectedCapability { id: 0x30, at: 0x300 }));
        map.start(0x3f0, 0x18, Owner::Header);
        assert_eq!(map.refusal(at(0x400)), None);
    }

    #[test]
    fn the_extent_of_a_capability_is_what_placement_keeps_off() {
        let mut map = Map::EMPTY;
        let hidden = map.start(0x300, 0x27, Owner::Hidden);
        map.claim(ByteRange::new(0x320, 0x328), Owner::Register);
        map.declare_free(ByteRange::new(0x340, 0x350));
        map.start(0x360, 0x0f, Owner::Header);
        let expected: std::vec::Vec<u16> = (0x300..0x360)
            .step_by(4)
            .filter(|at| !(0x320..0x328).contains(at) && !(0x340..0x350).contains(at))
            .collect();
        assert!(map.extent(hidden).eq(expected.iter().copied()));
        assert!(map.hidden().iter().eq(expected));
    }

    #[test]
    fn a_length_that_cannot_be_is_beaten_by_a_declaration_alone() {
        let mut map = Map::EMPTY;
        map.start(0x200, 0x0b, Owner::Header);
        map.mark_misstated(0x200);
        map.tell_free(ByteRange::new(0x300, 0x400));
        let refusal = |map: &Map| map.refusal_for(at(0x300), Listening::Yes);
        assert_eq!(refusal(&map), Some(Reason::CapabilityBody { id: 0x0b, at: 0x200 }));
        map.declare_free(ByteRange::new(0x300, 0x400));
        assert_eq!(refusal(&map), None);
    }

    #[test]
    fn a_gap_is_free_for_who_listens_and_only_where_it_is_alone() {
        let mut map = Map::EMPTY;
        map.start(0x100, 0x7777, Owner::Header);
        let gap = map.start(0x200, DVSEC, Owner::Gap);
        map.extend(gap, 0x100, true);
        map.claim(ByteRange::new(0x280, 0x284), Owner::Register);
        map.tell_free(ByteRange::new(0x180, 0x188));
        assert!(map.start_at(0x200).is_some_and(Start::is_visible));
        assert_eq!(map.refusal(at(0x200)), Some(Reason::CapabilityHeader { id: DVSEC, at: 0x200 }));
        assert_eq!(map.refusal(at(0x208)), Some(Reason::CapabilityBody { id: DVSEC, at: 0x200 }));
        assert!(map.refusal(at(0x180)).is_some());
        let refusal = |offset| map.refusal_for(at(offset), Listening::Yes);
        assert_eq!(refusal(0x200), None);
        assert_eq!(refusal(0x2f8), None);
        assert_eq!(refusal(0x280), Some(Reason::Register { at: 0x280 }));
        assert_eq!(refusal(0x180), None, "beats a generous length");
        assert!(refusal(0x188).is_some());
        assert!(map.is_only_gap(0x200, 0x200) && map.is_only_gap(0x204, 0x200) && !map.is_only_gap(0x280, 0x200));
        map.start(0x240, 0x2e, Owner::Hidden);
        assert!(map.has_other_capability(ByteRange::new(0x200, 0x300)));
    }

    #[test]
    fn what_a_dvsec_says_takes_nothing_from_what_is_hidden() {
        let mut map = Map::EMPTY;
        map.start(0x200, 0x30, Owner::Hidden);
        map.tell_free(ByteRange::new(0x300, 0x400));
        let hidden = Some(Reason::HiddenCapability { id: 0x30, at: 0x200 });
        assert_eq!(map.refusal_for(at(0x300), Listening::Yes), hidden);
    }

    #[test]
    fn partial_dwords_are_taken_whole_and_freed_not_at_all() {
        let mut map = Map::EMPTY;
        map.claim(ByteRange::new(0x409, 0x40a), Owner::Register);
        assert_eq!(map.refusal(at(0x404)), Some(Reason::Register { at: 0x409 }));
        map.declare_free(ByteRange::new(0x501, 0x507));
        assert!(!map.is_declared_free(ByteRange::new(0x504, 0x508)));
    }
}
