//! PASID capabilities that the device shows and that nobody meant to show: vfio-pci hides the function's own, and where that does
//! not work out, a guest would write to the registers that the host has enabled. One of them is emulated where it is, as if it
//! had been placed there; every other is taken out.

use super::source::native;
use super::{Question, Site};
use crate::capability::{PASID, PASID_LENGTH, Space};
use crate::dword_set::DwordSet;
use crate::identity::Function;
use crate::reason::Reason;
use crate::shown::Shown;
use crate::view::{Kernel, left_linked};
use crate::{ByteRange, ConfigAccess, Finding, Overlay};
use core::borrow::BorrowMut;

impl<D: ConfigAccess + ?Sized> Site<'_, D> {
    /// Finds out which of the PASID capabilities in the list are there on purpose, if there is one at all; of bytes that are
    /// raw none is. One that is counts before one that is not.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(super) fn judge_visible(&mut self, is_raw: bool) -> Result<(), D::Error> {
        if self.visible_pasid.is_none() {
            return Ok(());
        }
        let left = if is_raw { DwordSet::EMPTY } else { left_linked(self.device, Kernel::LATEST)? };
        let mut on_purpose = None;
        for start in self.map.starts(Space::Extended).filter(|start| start.is_visible() && start.id == PASID) {
            let at = start.offset;
            if is_raw || left.contains(at) {
                self.left_linked.insert(at);
                self.findings.push(Finding::PasidLeftLinked { at });
            } else {
                on_purpose = on_purpose.or(Some(at));
            }
        }
        if self.visible_pasid.is_some_and(|at| self.is_left_linked(at)) {
            self.visible_pasid = on_purpose.or(self.visible_pasid);
        }
        Ok(())
    }

    /// Whether the PASID capability here is shown though nobody meant to.
    pub(crate) fn is_left_linked(&self, offset: u16) -> bool {
        self.left_linked.contains(offset)
    }

    /// Whether there is one.
    pub(crate) fn has_left_linked(&self) -> bool {
        self.left_linked != DwordSet::EMPTY
    }
}

/// Why a PASID capability that was left in the list must not be emulated where it is; `None` too for one that is there on
/// purpose.
pub(super) fn refusal<D: ConfigAccess + ?Sized>(
    site: &Site<'_, D>,
    question: &Question<'_, '_>,
    at: u16,
) -> Option<Reason> {
    if !site.is_left_linked(at) {
        return None;
    }
    if site.closed.is_some() {
        return site.closed;
    }
    if question.identity.function == Function::Virtual {
        return Some(Reason::VirtualFunction);
    }
    let Some(own) = site.own_pasid.filter(|own| own.offset == at) else { return Some(Reason::OutOfBounds) };
    let inside = site.map.next_start(at + 4, Space::Extended).filter(|start| start.offset < at + PASID_LENGTH);
    let inside = inside.map(|start| Reason::CapabilityHeader { id: start.id, at: start.offset });
    inside
        .or_else(|| site.beyond_the_map(ByteRange::from_length(at, PASID_LENGTH)))
        .or_else(|| native::difference(own, question))
}

/// Takes every one out of its list but that at `placed`.
pub(crate) fn hide<O: BorrowMut<Overlay>, D: ConfigAccess + ?Sized>(
    shown: &mut Shown<O>,
    site: &Site<'_, D>,
    placed: Option<u16>,
) {
    let is_wanted = |offset| site.is_left_linked(offset) && placed != Some(offset);
    for start in site.map.starts(Space::Extended).filter(|start| is_wanted(start.offset)) {
        shown.hide(site, start);
        // Its registers, though another capability may reach over them.
        let registers = start.offset + 4;
        if site.map.start_at(registers).is_none() && registers < Space::Extended.end() {
            shown.blank_dword(registers);
        }
    }
}
