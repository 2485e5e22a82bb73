//! The physical function's own PASID capability, which the kernel hides: an entry lists it, or the policy opts in.
//!
//! Guests never reach it: the overlay owns its bytes, and the host keeps control.

use super::{Question, Record, Site};
use crate::ConfigAccess;
use crate::capability::{PASID, PASID_LENGTH, Space};
use crate::chain::Capability;
use crate::identity::Function;
use crate::placement::site::OwnPasid;
use crate::placement::suspects;
use crate::reason::Reason;
use crate::{ByteRange, HostPasid};

/// Without an entry.
pub(super) fn find<D: ConfigAccess + ?Sized>(
    site: &mut Site<'_, D>,
    question: &Question<'_, '_>,
    record: &mut Record<'_>,
) -> Result<Option<u16>, D::Error> {
    if question.entry.is_some() {
        return Ok(record.skipped(Reason::EntryDecides));
    }
    if !question.policy.native {
        return Ok(record.skipped(Reason::NotOptedIn));
    }
    let Some(offset) = site.known_pasid.or_else(|| suspects::pasid(&site.map)) else {
        return Ok(record.skipped(Reason::NoNativeSlot));
    };
    if let Some(reason) = site.shape(offset) {
        return Ok(record.refused(offset, reason));
    }
    if site.own_pasid.is_none() {
        let header = Capability::from_header(Space::Extended, offset, site.read_dword(offset)?);
        if (header.id, header.version) == (PASID, 1) {
            site.own_pasid = Some(OwnPasid { offset, registers: site.read_dword(offset + 4)? });
        }
    }
    let refusal = check(site, question, offset);
    Ok(record.judged(offset, refusal))
}

/// Why the slot at `offset` must not be used.
pub(in crate::placement) fn check<D: ConfigAccess + ?Sized>(
    site: &Site<'_, D>,
    question: &Question<'_, '_>,
    offset: u16,
) -> Option<Reason> {
    if question.identity.function == Function::Virtual {
        return Some(Reason::VirtualFunction);
    }
    let Some(own) = site.own_pasid.filter(|own| own.offset == offset) else {
        return Some(Reason::NoNativeSlot);
    };
    let range = ByteRange::from_length(offset, PASID_LENGTH);
    if let Some(reason) = site.map.refusal_of_hidden(range).or_else(|| site.beyond_the_map(range)) {
        return Some(reason);
    }
    question.host.filter(|host| !agrees(own.registers, host)).map(|_| Reason::HostPasidDiffers { at: offset })
}

/// Whether the registers say what the host says: wide enough, and the same permissions enabled.
fn agrees(registers: u32, host: &HostPasid) -> bool {
    let width = registers >> 8 & 0x1f;
    let execute = registers & 1 << 17 != 0;
    let privileged = registers & 1 << 18 != 0;
    width >= u32::from(host.width) && execute == host.execute && privileged == host.privileged
}
