//! The last step: what follows from all that was put in and taken out.

use super::{GuestView, ViewError, copies, relink, resets};
use crate::capability::Space;
use crate::overlay::ClaimError;
use crate::survey::{ConfigSurvey, Start};
use crate::tables::{Unassigned, WriteClass};
use crate::{ByteSet, ConfigAccess};

impl GuestView<'_> {
    /// Relinks the lists, blanks what is hidden, shields what the kernel hides, watches for resets. Where space repeats, every
    /// copy of what is emulated or shielded is kept from the guest's writes as well. `left_linked` is the guest's PASID capability
    /// where it is one that the kernel left in the list.
    ///
    /// # Errors
    /// When the device could not be read, or the overlay has no room.
    pub(crate) fn finish<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        left_linked: Option<u16>,
    ) -> Result<(), ViewError<D::Error>> {
        for space in [Space::Conventional, Space::Extended] {
            relink::relink(self, survey, space)?;
        }
        self.seal_listed(survey, left_linked)?;
        self.blank()?;
        copies::own(self.overlay_mut(), survey.aliased_every)?;
        self.restrict(survey);
        // What is restricted never reaches the device.
        resets::watch(self, survey)
    }

    /// Owns the headers of the guest's list that lie over what the kernel means to hide: those that it put there itself, and that
    /// of a PASID capability that it left in the list. What lies below them is the device's. The lists are linked before.
    fn seal_listed<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        left_linked: Option<u16>,
    ) -> Result<(), ViewError<D::Error>> {
        if survey.map.hides() {
            // What an entry declares may lie past the end of the space.
            for offset in survey.map.hidden().iter().filter(|offset| *offset < survey.size) {
                if survey.map.is_listed(offset) && !self.is_hidden(offset) {
                    self.seal(survey, offset)?;
                }
            }
        }
        left_linked.map_or(Ok(()), |offset| self.seal(survey, offset))
    }

    /// Owns what nobody owns of a header, as it reads.
    fn seal<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        offset: u16,
    ) -> Result<(), ViewError<D::Error>> {
        let header = survey.read_dword(offset).map_err(ViewError::Device)?.to_le_bytes();
        for (at, byte) in (offset..).zip(header) {
            let free = !self.overlay().owned_bits(at);
            self.overlay_mut().own_bits(at, &[free], &[byte], WriteClass::Ro)?;
        }
        Ok(())
    }

    fn blank(&mut self) -> Result<(), ClaimError> {
        let size = self.overlay.size() as u16;
        for dword in self.blank.iter().take_while(|&dword| dword < size) {
            for at in dword..dword + 4 {
                let free = !self.overlay.owned_bits(at);
                if free != 0 {
                    self.overlay.own_bits(at, &[free], &[0], WriteClass::Ro)?;
                }
            }
        }
        Ok(())
    }

    /// Writes to capabilities that the kernel hides go nowhere; every other byte that nobody owns follows the rule. The raw rule
    /// asks for nothing, whatever is assigned.
    fn restrict<D: ConfigAccess + ?Sized>(&mut self, survey: &ConfigSurvey<'_, D>) {
        if self.rule.kind() <= Unassigned::Raw && !survey.map.hides() {
            return;
        }
        let (mut assigned, mut shielded) = (ByteSet::EMPTY, ByteSet::EMPTY);
        for offset in survey.map.hidden().iter() {
            shielded.insert(offset..offset + 4);
        }
        if self.rule.kind() > Unassigned::Raw {
            for space in [Space::Conventional, Space::Extended] {
                let seen = |start: &Start| start.is_visible() && !self.is_hidden(start.offset);
                for start in survey.map.starts(space).filter(seen) {
                    survey.map.extent(start).for_each(|offset| assigned.insert(offset..offset + 4));
                }
            }
        }
        copies::spread(&mut shielded, survey.aliased_every, self.overlay().size());
        self.overlay.restrict(&self.rule, &assigned, &shielded);
    }
}
