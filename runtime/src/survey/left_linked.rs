//! PASID capabilities that the device shows and that nobody meant to show: which of those in the list they are.

use super::config::ConfigSurvey;
use crate::capability::{PASID, Space};
use crate::dword_set::DwordSet;
use crate::kernel::Kernel;
use crate::view::left_linked;
use crate::{ConfigAccess, Finding};

impl<D: ConfigAccess + ?Sized> ConfigSurvey<'_, D> {
    /// Finds out which of the PASID capabilities in the list are there on purpose, if there is one at all; of bytes that are
    /// raw none is. One that is counts before one that is not.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(super) fn judge_visible(&mut self, is_raw: bool) -> Result<(), D::Error> {
        if self.visible_pasid.is_some() { self.judge_listed(is_raw) } else { Ok(()) }
    }

    // It takes 6 KiB of the stack, and nobody needs them afterwards.
    #[inline(never)]
    fn judge_listed(&mut self, is_raw: bool) -> Result<(), D::Error> {
        let left = if is_raw { DwordSet::EMPTY } else { left_linked(self.device, Kernel::LATEST)? };
        let mut on_purpose = None;
        self.map.open();
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
        !self.left_linked.is_empty()
    }
}
