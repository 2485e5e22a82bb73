//! Headers in bytes that no list reaches: what looks like one is never placed on.
//!
//! A dword counts if its id is 1..=0x34, its version 1..=4, and its Next aligned and either 0 or the offset of a header
//! that is known or counts itself. The rule is applied until nothing more is found.

use super::config::ConfigSurvey;
use super::deferred::DeferredMap;
use super::map::{Map, Owner, Start};
use crate::capability::{Kind, PASID, Space, UNBOUNDED};
use crate::chain::Capability;
use crate::free_space::HEADER_LENGTH;
use crate::{ByteRange, ConfigAccess, Finding};

/// Reads all of extended space, and puts what looks like a hidden capability into the map.
///
/// # Errors
/// When the device could not be read.
// It takes 4 KiB of the stack, and nobody needs them afterwards.
#[inline(never)]
pub(crate) fn find<D: ConfigAccess + ?Sized>(survey: &mut ConfigSurvey<'_, D>) -> Result<(), D::Error> {
    if survey.closed.is_some() {
        return Ok(());
    }
    // What lies in a capability is its own.
    survey.measure_space(Space::Extended)?;
    let mut bytes = [0; 0xf00];
    survey.device.read(0x100, &mut bytes)?;
    let headers = bytes.as_chunks::<4>().0.iter().zip((0x100..).step_by(4));
    let suspects = || {
        headers.clone().filter_map(|(bytes, offset): (&[u8; 4], u16)| {
            let header = u32::from_le_bytes(*bytes);
            let is_aligned = header >> 20 & 3 == 0;
            let found = Capability::from_header(Space::Extended, offset, header);
            let is_plausible = (1..=0x34).contains(&found.id) && (1..=4).contains(&found.version) && is_aligned;
            is_plausible.then_some(found)
        })
    };
    loop {
        let mut is_done = true;
        for found in suspects() {
            let leads_to_one = found.next == 0 || survey.map.start_at(found.next).is_some();
            if leads_to_one && is_unassigned(&survey.map, found.offset, &bytes) {
                survey.map.start(found.offset, found.id, Owner::Suspected);
                survey.findings.push(Finding::SuspectedCapability { id: found.id, at: found.offset });
                is_done = false;
            }
        }
        if is_done {
            break;
        }
    }
    // What looks like another header in the place of one that the function lacks.
    for found in suspects() {
        let instead = survey.map.start_at(found.offset).filter(|&start| is_lacking(&survey.map, start, &bytes));
        if instead.is_some() && (found.next == 0 || survey.map.start_at(found.next).is_some()) {
            let max = Kind::by_id(Space::Extended, found.id)
                .map_or(UNBOUNDED, |kind| kind.max)
                .min(Space::Extended.end() - found.offset);
            let range = ByteRange::from_length(found.offset, survey.ended(found.offset, max));
            survey.map.claim(range, Owner::Suspected);
            survey.findings.push(Finding::SuspectedCapability { id: found.id, at: found.offset });
        }
    }
    // Only now: what merely looks like a register takes no header from the search.
    survey.measure_space(Space::Extended)
}

/// Whether a dword is certainly in no capability that is known. A gap is none: its description may be wrong. One that the
/// function may lack is none.
fn is_unassigned(map: &Map, offset: u16, bytes: &[u8; 0xf00]) -> bool {
    if map.start_at(offset).is_none() && !map.is_certain(ByteRange::from_length(offset, 4)) {
        return true;
    }
    let Some(start) = map.nearest(offset) else { return false };
    let in_gap = start.how == Owner::Gap && start.offset + HEADER_LENGTH <= offset;
    let in_lacking = is_lacking(map, start, bytes) && start.offset < offset;
    in_gap && map.is_only_gap(offset, start.offset) || in_lacking && map.is_only_hidden(offset, start.offset)
}

/// Whether a capability is declared whose header does not read.
fn is_lacking(map: &Map, start: Start, bytes: &[u8; 0xf00]) -> bool {
    let header = bytes.get(usize::from(start.offset) - 0x100..).and_then(|bytes| bytes.first_chunk());
    let id = header.map_or(0, |&[low, high]| u16::from_le_bytes([low, high]));
    start.how == Owner::Hidden && !map.is_anchor(start.offset) && id != start.id
}

/// The suspected PASID capability, if there is exactly one.
pub(crate) fn pasid(map: &DeferredMap) -> Option<u16> {
    let mut from = Space::Extended.start();
    let suspects = core::iter::from_fn(|| {
        let start = map.next_suspect(from)?;
        from = start.offset + 4;
        Some(start)
    });
    let mut found = suspects.filter(|start| start.id == PASID);
    let first = found.next()?;
    found.next().is_none().then_some(first.offset)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;

    use std::vec::Vec;

    use crate::testing::Recorder;
    use crate::{Finding, Identity, Policy, VirtualConfig};

    /// Where a scan of the gaps suspects capabilities, in the order in which it finds them.
    fn suspected(space: &Recorder) -> Vec<u16> {
        let policy = Policy { scan_gaps: true, ..Policy::DEFAULT };
        let config = VirtualConfig::attach(space, &[], &Identity::default(), None, &policy).unwrap();
        let at = |finding: &Finding| match *finding {
            Finding::SuspectedCapability { at, .. } => Some(at),
            _ => None,
        };
        config.decision().findings.iter().filter_map(at).collect()
    }

    fn with(headers: &[(u16, u32)]) -> Vec<u16> {
        let mut space = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f)]);
        headers.iter().for_each(|&(at, header)| space.set(at, header));
        suspected(&space)
    }

    #[test]
    fn one_that_ends_a_list_is_found() {
        assert_eq!(with(&[(0x300, 0x0001_001e)]), [0x300]);
        assert_eq!(with(&[(0x300, 0x2001_001e)]), [0x300], "it leads to what is shown");
        assert_eq!(with(&[(0x300, 0x4001_001e)]), [0; 0], "it leads to nothing");
    }

    #[test]
    fn a_chain_is_found_from_its_end() {
        // Upwards, each needs another pass: 0x300 > 0x340 > 0x380, the end.
        assert_eq!(with(&[(0x300, 0x3401_001e), (0x340, 0x3801_001d), (0x380, 0x0001_002e)]), [0x380, 0x340, 0x300]);
        // Downwards, one is enough.
        assert_eq!(with(&[(0x300, 0x0001_001e), (0x340, 0x3001_001d), (0x380, 0x3401_002e)]), [0x300, 0x340, 0x380]);
        // A ring leads nowhere.
        assert_eq!(with(&[(0x300, 0x3401_001e), (0x340, 0x3001_001d)]), [0; 0]);
    }

    #[test]
    fn ids_versions_and_alignment_must_be_plausible() {
        for header in [0x0001_0035, 0x0001_0000, 0x0000_001e, 0x0005_001e, 0x0011_001e, u32::MAX, 0] {
            assert_eq!(with(&[(0x300, header)]), [0; 0], "{header:#x}");
        }
        assert_eq!(with(&[(0x300, 0x0004_0034)]), [0x300]);
    }

    #[test]
    fn what_lies_in_a_capability_is_its_own() {
        assert_eq!(with(&[(0x104, 0x0001_001e), (0x204, 0x0001_001b)]), [0; 0]);
    }

    #[test]
    fn registers_say_how_far_a_capability_goes() {
        // Root Complex Link Declaration with one link, and Dynamic Power Allocation with 32 substates.
        let mut space = Recorder::endpoint(&[(0x100, 0x05)]);
        let registers = [(0x104, 0x0000_0100), (0x300, 0x0001_0016), (0x304, 0x0000_001f)];
        let inside = [0x110, 0x120, 0x310, 0x32c].map(|at| (at, 0x0001_0001));
        registers.into_iter().chain(inside).for_each(|(at, dword)| space.set(at, dword));
        assert_eq!(suspected(&space), [0x120, 0x300, 0x32c], "what is suspected is not believed");
    }
}
