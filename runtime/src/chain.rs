//! Bounded walks of both capability lists, in any order of offsets, through anything that a device may answer.
//!
//! A walk reads one dword for each capability, visits no offset twice and so ends. What is wrong with a list ends it with
//! a finding; what was reachable before stays good.

use crate::access::ConfigRead;
use crate::capability::{Kind, PCIE, PCIX, Space};
use crate::dword_set::DwordSet;
use crate::finding::Finding;

/// A capability in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capability {
    /// Which list.
    pub space: Space,
    /// Where its header is.
    pub offset: u16,
    /// Its id.
    pub id: u16,
    /// Its version; 0 for a conventional one.
    pub version: u8,
    /// Where the next one is, dword-aligned; 0 for none.
    pub next: u16,
    /// The dword at its header.
    pub header: u32,
}

impl Capability {
    /// Whether a function with this conventional capability has an extended list: it is PCI Express, or PCI-X with registers
    /// of mode 2.
    #[must_use]
    pub const fn has_extended_list(&self) -> bool {
        let is_mode_2 = self.header >> 28 & 3 != 0;
        matches!(self.space, Space::Conventional) && (self.id == PCIE || self.id == PCIX && is_mode_2)
    }

    /// Splits the dword at a header into its fields; the reserved low bits of Next are masked.
    #[must_use]
    pub const fn from_header(space: Space, offset: u16, header: u32) -> Self {
        let (id, version, next) = match space {
            Space::Conventional => (header & 0xff, 0, header >> 8 & 0xfc),
            Space::Extended => (header & 0xffff, header >> 16 & 0xf, header >> 20 & 0xffc),
        };
        Self { space, offset, id: id as u16, version: version as u8, next: next as u16, header }
    }
}

/// One step of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// A capability, null capabilities among them.
    Capability(Capability),
    /// Something odd; where the list cannot go on, it is the last step.
    Finding(Finding),
}

/// A walk of one list. Each item is a step, or the error of the access that failed, which ends it.
#[derive(Clone, Debug)]
pub struct Walk<'d, D: ?Sized> {
    device: &'d D,
    space: Space,
    end: usize,
    /// The pointer to follow, as it reads; 0 at the end.
    pointer: u16,
    /// Where that stands.
    from: u16,
    pending: [Option<Finding>; 2],
    has_pending: bool,
    visited: DwordSet,
}

impl<'d, D: ConfigRead + ?Sized> Walk<'d, D> {
    const fn new(device: &'d D, space: Space, end: usize, (pointer, from): (u16, u16)) -> Self {
        Self { device, space, end, pointer, from, pending: [None; 2], has_pending: false, visited: DwordSet::EMPTY }
    }

    /// The conventional list of a function, from the first 64 bytes of its space.
    #[must_use]
    pub fn conventional(device: &'d D, header: &[u8; 64]) -> Self {
        let size = device.size().min(256);
        let at = pointer_at(header);
        let pointer = u16::from(header[usize::from(at)]);
        let has_list = header[0x06] & 0x10 != 0 && pointer != 0 && size == 256;
        Self::new(device, Space::Conventional, size, (if has_list { pointer } else { 0 }, at))
    }

    /// The extended list, which only a function with a PCI Express capability has, or one with PCI-X of mode 2.
    #[must_use]
    pub fn extended(device: &'d D) -> Self {
        let size = device.size().min(4096);
        Self::new(device, Space::Extended, size, (if size > 256 { 0x100 } else { 0 }, 0))
    }

    /// The list of a space; for a function that has no extended list, see [`Capability::has_extended_list`], one that is empty.
    ///
    /// # Errors
    /// When the device could not be read.
    pub fn of(device: &'d D, space: Space) -> Result<Self, D::Error> {
        let header = header(device)?;
        match space {
            Space::Conventional => Ok(Self::conventional(device, &header)),
            Space::Extended if has(device, &header, Capability::has_extended_list)? => Ok(Self::extended(device)),
            Space::Extended => Ok(Self::new(device, space, 0, (0, 0))),
        }
    }

    #[cold]
    fn note(&mut self, finding: Finding) {
        self.has_pending = true;
        if let Some(slot) = self.pending.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(finding);
        }
    }

    fn read(&self, offset: u16) -> Result<u32, D::Error> {
        let mut bytes = [0; 4];
        self.device.read(offset, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Goes on to the next capability that the list leads to; `None` at its end. What is odd about the way there is noted.
    ///
    /// # Errors
    /// When the device could not be read, which ends the walk.
    #[inline(always)]
    pub(crate) fn advance(&mut self) -> Result<Option<Capability>, D::Error> {
        match core::mem::take(&mut self.pointer) {
            0 => Ok(None),
            pointer => self.follow(pointer, self.from),
        }
    }

    /// What was noted and not taken yet, the first first.
    #[inline]
    pub(crate) fn take_finding(&mut self) -> Option<Finding> {
        if self.has_pending { self.take_pending() } else { None }
    }

    #[cold]
    fn take_pending(&mut self) -> Option<Finding> {
        let finding = self.pending.iter_mut().find(|slot| slot.is_some()).and_then(Option::take);
        self.has_pending = finding.is_some();
        finding
    }

    /// Follows the pointer; findings are noted.
    #[inline(always)]
    fn follow(&mut self, pointer: u16, from: u16) -> Result<Option<Capability>, D::Error> {
        let space = self.space;
        if pointer & 3 != 0 {
            self.note(Finding::ChainUnaligned { space, at: from, to: pointer });
        }
        let offset = pointer & !3;
        if offset == 0 {
            return Ok(None);
        }
        if offset < space.start() || usize::from(offset) + 4 > self.end {
            self.note(Finding::ChainBelowRange { space, at: from, to: offset });
            return Ok(None);
        }
        if !self.visited.insert(offset) {
            self.note(Finding::ChainLoop { space, at: from, to: offset });
            return Ok(None);
        }
        let header = self.read(offset)?;
        let dead = header == 0 || header == u32::MAX || space == Space::Conventional && header & 0xff == 0xff;
        if dead {
            match (from, header) {
                // Nothing at 0x100 is how a function says that it has no extended capability.
                (0, 0) => {}
                (0, _) => self.note(Finding::ExtendedSpaceSilent),
                _ => self.note(Finding::ChainDead { space, at: from, to: offset, ones: header != 0 }),
            }
            return Ok(None);
        }
        let capability = Capability::from_header(space, offset, header);
        let next = match space {
            Space::Conventional => (header >> 8 & 0xff) as u16,
            Space::Extended => (header >> 20) as u16,
        };
        (self.pointer, self.from) = (next, offset);
        if capability.id == 0 {
            self.note(Finding::NullCapability { space, at: offset });
        }
        Ok(Some(capability))
    }
}

impl<D: ConfigRead + ?Sized> Iterator for Walk<'_, D> {
    type Item = Result<Step, D::Error>;

    // Inlined, a step is not built to be taken apart.
    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some(finding) = self.take_finding() {
            return Some(Ok(Step::Finding(finding)));
        }
        match self.advance() {
            Ok(Some(capability)) => Some(Ok(Step::Capability(capability))),
            Ok(None) => self.take_finding().map(|finding| Ok(Step::Finding(finding))),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The length of a capability: what its own bits tell, else, or if that is less, the minimum of its kind; 4 for a kind that
/// is not known.
///
/// # Errors
/// When the device could not be read.
pub fn length<D: ConfigRead + ?Sized>(device: &D, capability: &Capability) -> Result<u16, D::Error> {
    let Some(kind) = Kind::by_id(capability.space, capability.id) else { return Ok(4) };
    let mut failed = None;
    let computed = kind.computed(|at| {
        let at = capability.offset.checked_add(at).filter(|&at| usize::from(at) + 4 <= device.size())?;
        let mut bytes = [0; 4];
        let read = device.read(at, &mut bytes).map_err(|error| failed = Some(error));
        read.ok().map(|()| u32::from_le_bytes(bytes))
    });
    match failed {
        Some(error) => Err(error),
        None => Ok(computed.unwrap_or(0).max(kind.min)),
    }
}

/// What leads to the lists, of the first 64 bytes of a space: the dwords from Command to Header Type, and that of the Capabilities
/// Pointer. The others are 0: on a device each dword is a transaction.
pub(crate) fn header<D: ConfigRead + ?Sized>(device: &D) -> Result<[u8; 64], D::Error> {
    let mut header = [0; 64];
    device.read(0x04, &mut header[0x04..0x10])?;
    let pointer = pointer_at(&header);
    device.read(pointer, &mut header[usize::from(pointer)..][..4])?;
    Ok(header)
}

/// Where a header has the pointer of the conventional list.
pub(crate) const fn pointer_at(header: &[u8; 64]) -> u16 {
    if header[0x0e] & 0x7f == 2 { 0x14 } else { 0x34 }
}

/// Whether a function has a PCI Express capability.
///
/// # Errors
/// When the device could not be read.
pub fn has_pcie<D: ConfigRead + ?Sized>(device: &D, header: &[u8; 64]) -> Result<bool, D::Error> {
    has(device, header, |capability| capability.id == PCIE)
}

/// Whether a function has such a conventional capability.
fn has<D: ConfigRead + ?Sized>(
    device: &D,
    header: &[u8; 64],
    is_such: impl Fn(&Capability) -> bool,
) -> Result<bool, D::Error> {
    for step in Walk::conventional(device, header) {
        if let Step::Capability(capability) = step?
            && is_such(&capability)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;
    use super::*;
    use crate::testing::Recorder;
    use std::vec::Vec;

    fn walk(space: &Recorder) -> (Vec<u16>, Vec<&'static str>) {
        let (mut offsets, mut findings) = (Vec::new(), Vec::new());
        for step in Walk::extended(space) {
            match step.unwrap() {
                Step::Capability(capability) => offsets.push(capability.offset),
                Step::Finding(finding) => findings.push(finding.code()),
            }
        }
        (offsets, findings)
    }

    fn endpoint() -> Recorder {
        Recorder::endpoint(&[(0x100, 0x01), (0x200, 0x0f), (0x150, 0x10)])
    }

    #[test]
    fn a_list_may_run_backward() {
        assert_eq!(walk(&endpoint()), (vec![0x100, 0x200, 0x150], vec![]));
    }

    #[test]
    fn a_loop_ends_the_walk() {
        let mut space = endpoint();
        space.set(0x150, 0x2001_0010);
        assert_eq!(walk(&space), (vec![0x100, 0x200, 0x150], vec!["chain-loop"]));
        space.set(0x150, 0x1501_0010);
        assert_eq!(walk(&space), (vec![0x100, 0x200, 0x150], vec!["chain-loop"]));
    }

    #[test]
    fn low_bits_of_next_are_masked_with_a_finding() {
        let mut space = endpoint();
        space.set(0x100, 0x2031_0001);
        assert_eq!(walk(&space), (vec![0x100, 0x200, 0x150], vec!["chain-unaligned"]));
    }

    #[test]
    fn a_pointer_below_extended_space_ends_the_walk() {
        let mut space = endpoint();
        space.set(0x200, 0x0401_000f);
        assert_eq!(walk(&space), (vec![0x100, 0x200], vec!["chain-below-range"]));
    }

    #[test]
    fn a_pointer_to_nothing_ends_the_walk() {
        let mut space = endpoint();
        for (dword, ones) in [(0, false), (u32::MAX, true)] {
            space.set(0x150, dword);
            assert_eq!(walk(&space), (vec![0x100, 0x200], vec!["chain-dead"]));
            let last = Walk::extended(&space).last().unwrap().unwrap();
            let dead = Finding::ChainDead { space: Space::Extended, at: 0x200, to: 0x150, ones };
            assert_eq!(last, Step::Finding(dead));
        }
    }

    #[test]
    fn a_null_capability_with_a_live_next_is_walked_through() {
        let mut space = endpoint();
        space.set(0x200, 0x1500_0000);
        assert_eq!(walk(&space), (vec![0x100, 0x200, 0x150], vec!["null-capability"]));
    }

    #[test]
    fn an_empty_list_has_no_finding_and_a_silent_one_has() {
        assert_eq!(walk(&Recorder::endpoint(&[])), (vec![], vec![]));
        let mut space = Recorder::endpoint(&[]);
        space.set(0x100, u32::MAX);
        assert_eq!(walk(&space), (vec![], vec!["extended-space-silent"]));
    }

    #[test]
    fn the_longest_list_is_walked_to_its_end() {
        let all: Vec<_> = (0x100..0x1000).step_by(4).map(|at| (at, 0x7777)).collect();
        let (offsets, findings) = walk(&Recorder::endpoint(&all));
        assert_eq!((offsets.len(), findings.len()), (960, 0));
    }

    #[test]
    fn the_conventional_list_needs_its_status_bit() {
        let mut space = endpoint();
        let header = |space: &Recorder| *space.image().bytes().first_chunk::<64>().unwrap();
        assert_eq!(has_pcie(&space, &header(&space)), Ok(true));
        space.set(0x04, 0);
        assert_eq!(has_pcie(&space, &header(&space)), Ok(false));
    }

    #[test]
    fn pci_x_of_mode_2_has_an_extended_list_and_no_other_pci_x() {
        let mut space = endpoint();
        space.link_conventional(&[(0x40, 0x07)]);
        let count = |space: &Recorder| Walk::of(space, Space::Extended).unwrap().count();
        assert_eq!(count(&space), 0);
        for version in [1, 2] {
            space.set(0x40, version << 28 | 0x07);
            assert_eq!(count(&space), 3);
        }
    }

    #[test]
    fn a_conventional_loop_ends_and_an_id_of_ones_is_none() {
        let mut space = endpoint();
        space.link_conventional(&[(0x40, 0x05), (0x60, 0x11), (0x80, 0xff)]);
        let codes = |space: &Recorder| -> Vec<_> {
            let header = *space.image().bytes().first_chunk::<64>().unwrap();
            Walk::conventional(space, &header)
                .filter_map(|step| match step.unwrap() {
                    Step::Finding(finding) => Some(finding.code()),
                    Step::Capability(_) => None,
                })
                .collect()
        };
        assert_eq!(codes(&space), ["chain-dead"]);
        space.set(0x60, 0x4011);
        assert_eq!(codes(&space), ["chain-loop"]);
        space.set(0x60, 0x1011);
        assert_eq!(codes(&space), ["chain-below-range"]);
    }

    #[test]
    fn a_header_is_split_into_its_fields() {
        let split = |space, header| {
            let Capability { id, version, next, .. } = Capability::from_header(space, 0x100, header);
            (id, version, next)
        };
        assert_eq!(split(Space::Extended, 0x1531_0010), (0x10, 1, 0x150));
        assert_eq!(split(Space::Extended, 0xffff_ffff), (0xffff, 0xf, 0xffc));
        assert_eq!(split(Space::Conventional, 0xffff_5310), (0x10, 0, 0x50));
    }

    #[test]
    fn a_pointer_behind_a_space_that_is_cut_short_ends_the_walk() {
        struct Short<'s>(&'s Recorder);
        impl ConfigRead for Short<'_> {
            type Error = <Recorder as ConfigRead>::Error;
            fn size(&self) -> usize {
                0x200
            }
            fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error> {
                assert!(usize::from(offset) + buffer.len() <= self.size(), "read at {offset:#x}");
                ConfigRead::read(&self.0, offset, buffer)
            }
        }
        let space = endpoint();
        let last = Walk::extended(&Short(&space)).last().unwrap().unwrap();
        assert_eq!(last, Step::Finding(Finding::ChainBelowRange { space: Space::Extended, at: 0x100, to: 0x200 }));
    }

    #[test]
    fn a_cardbus_bridge_has_its_list_elsewhere() {
        let mut space = endpoint();
        space.set(0x0c, 0x0082_0000);
        space.set(0x14, 0x60);
        space.set(0x60, 0x0000_0001);
        let header = *space.image().bytes().first_chunk::<64>().unwrap();
        let first = Walk::conventional(&space, &header).next().unwrap().unwrap();
        assert_eq!(first, Step::Capability(Capability::from_header(Space::Conventional, 0x60, 1)));
    }

    #[test]
    fn a_length_that_would_lie_behind_the_space_is_not_read() {
        let mut space = endpoint();
        let vendor_specific = |offset| Capability::from_header(Space::Extended, offset, 0x0001_000b);
        space.set(0xff4, 0x00c0_0000);
        assert_eq!(length(&space, &vendor_specific(0xff0)), Ok(12));
        assert_eq!(length(&space, &vendor_specific(0xffc)), Ok(8));
    }

    use std::vec;
}
