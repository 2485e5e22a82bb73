//! The PASID capability itself, and the ATS and PRI control that go with it.

use super::{GuestView, ViewError};
use crate::capability::{ATS, PASID, PRI, Space};
use crate::decision::Grant;
use crate::overlay::ClaimError;
use crate::survey::{ConfigSurvey, Start};
use crate::tables::WriteClass;
use crate::{ConfigAccess, HostPasid};

impl GuestView<'_> {
    /// Shows PASID at `offset`; ATS and PRI control are the guest's own then, or hidden where the host has no ATS.
    ///
    /// # Errors
    /// When the overlay has no room, or a layer owns one of these registers.
    pub(crate) fn place_pasid<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        offset: u16,
        grant: Grant,
        host: &HostPasid,
    ) -> Result<(), ViewError<D::Error>> {
        self.insert(Space::Extended, offset, PASID, 1)?;
        self.take_pasid(survey, offset, grant, host)
    }

    /// Emulates the registers of PASID at `offset`, where a list leads already, and what goes with it.
    ///
    /// # Errors
    /// When the overlay has no room, or a layer owns one of these registers.
    pub(crate) fn take_pasid<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        offset: u16,
        grant: Grant,
        host: &HostPasid,
    ) -> Result<(), ViewError<D::Error>> {
        self.own_registers(offset, grant)?;
        if host.ats_not_supported {
            for start in survey.map.listed(Space::Extended, [ATS, PRI]) {
                self.hide(survey, start);
            }
            return Ok(());
        }
        // vfio-pci shows the host's and drops writes. A function has one of each; where a list put another header into its
        // body, the register is that one's.
        let is_seen = |start: &Start| !self.is_hidden(start.offset);
        let (mut ats, mut pri) = (None, None);
        for start in survey.map.listed(Space::Extended, [ATS, PRI]).filter(is_seen) {
            let first = if start.id == ATS { &mut ats } else { &mut pri };
            first.get_or_insert(start);
        }
        let is_whole = |start: &Start| start.offset <= 0xff8 && survey.map.reach(*start) >= start.offset + 8;
        let (ats, pri) = (ats.filter(is_whole), pri.filter(is_whole));
        let owned_by_layer = |error, id, at| match error {
            ClaimError::Collision { .. } => ViewError::ControlOwned { id, at },
            _ => ViewError::Claim,
        };
        if let Some(at) = ats.map(|ats| ats.offset + 6) {
            self.overlay_mut().own_ats_control(at).map_err(|error| owned_by_layer(error, ATS, at))?;
        }
        if let Some(at) = pri.map(|pri| pri.offset + 4) {
            self.overlay_mut().own_pri_control(at).map_err(|error| owned_by_layer(error, PRI, at))?;
        }
        Ok(())
    }

    /// Only control can be written.
    fn own_registers(&mut self, offset: u16, grant: Grant) -> Result<(), ClaimError> {
        let permissions = u16::from(grant.execute) << 1 | u16::from(grant.privileged) << 2;
        let register = u16::from(grant.width) << 8 | permissions;
        self.overlay_mut().own(offset + 4, &register.to_le_bytes(), WriteClass::Ro)?;
        self.overlay_mut().own_pasid_control(offset + 6, grant.execute, grant.privileged)
    }
}
