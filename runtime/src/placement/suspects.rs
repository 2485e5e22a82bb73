//! Headers in bytes that no list reaches: what looks like one is never placed on.
//!
//! A dword counts if its id is 1..=0x34, its version 1..=4, and its Next aligned and either 0 or the offset of a header
//! that is known or counts itself. The rule is applied until nothing more is found.

use super::Site;
use super::map::{Map, Use};
use crate::capability::{PASID, Space};
use crate::chain::Capability;
use crate::free_space::HEADER_LENGTH;
use crate::{ByteRange, ConfigAccess, Finding};

/// Reads all of extended space, and puts what looks like a hidden capability into the map.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn find<D: ConfigAccess + ?Sized>(site: &mut Site<'_, D>) -> Result<(), D::Error> {
    if site.closed.is_some() {
        return Ok(());
    }
    let mut bytes = [0; 0xf00];
    site.device.read(0x100, &mut bytes)?;
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
            let leads_to_one = found.next == 0 || site.map.start_at(found.next).is_some();
            if leads_to_one && is_unassigned(&site.map, found.offset) {
                site.map.start(found.offset, found.id, Use::Suspected);
                site.findings.push(Finding::SuspectedCapability { id: found.id, at: found.offset });
                is_done = false;
            }
        }
        if is_done {
            return Ok(());
        }
    }
}

/// Whether a dword is certainly in no capability that is known. A gap is none: whoever describes it may be wrong.
fn is_unassigned(map: &Map, offset: u16) -> bool {
    let gap = map.nearest(offset).filter(|start| start.how == Use::Gap && start.offset + HEADER_LENGTH <= offset);
    let in_gap = gap.is_some_and(|start| map.is_only_gap(offset, start.offset));
    in_gap || map.start_at(offset).is_none() && !map.is_certain(ByteRange::from_length(offset, 4))
}

/// The suspected PASID capability, if there is exactly one.
pub(crate) fn pasid(map: &Map) -> Option<u16> {
    let mut found = map.starts(Space::Extended).filter(|start| start.how == Use::Suspected && start.id == PASID);
    let first = found.next()?;
    found.next().is_none().then_some(first.offset)
}
