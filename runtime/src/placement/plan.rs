//! From a decision to owned bytes: the capability itself, and the Next fields that lead to it and around what is hidden.
//!
//! The list is relinked by walking it. What is inserted goes behind the last capability that the walk reaches, whatever
//! its offset.

use super::Site;
use super::map::{Map, Start};
use crate::capability::{ATS, PASID, PCIE, PRI, Space};
use crate::chain::{Capability, Step, Walk};
use crate::decision::{Grant, Placement, Source};
use crate::overlay::{ClaimError, UnassignedRule};
use crate::tables::WriteClass;
use crate::{ByteSet, ConfigAccess, HostPasid, Overlay};

/// The bytes of Next in the upper half of an extended header.
const NEXT_MASK: [u8; 2] = [0xf0, 0xff];

/// The id of the Advanced Features capability, conventional.
const AF: u16 = 0x13;

/// Why an overlay could not be built.
#[derive(Debug)]
pub(crate) enum PlanError<E> {
    Device(E),
    Claim,
}

impl<E> From<ClaimError> for PlanError<E> {
    fn from(_: ClaimError) -> Self {
        Self::Claim
    }
}

/// The overlay that shows PASID where it was placed.
pub(crate) fn overlay<D: ConfigAccess + ?Sized>(
    site: &Site<'_, D>,
    placement: Placement,
    grant: Grant,
    host: &HostPasid,
) -> Result<Overlay, PlanError<D::Error>> {
    let mut overlay = Overlay::new(site.size.into());
    if placement.source == Source::Visible {
        return Ok(overlay);
    }
    own_pasid(&mut overlay, site, placement.offset, grant)?;
    link(&mut overlay, site, placement.offset, host.ats_not_supported)?;
    own_controls(&mut overlay, site, host)?;
    watch_resets(&mut overlay, site)?;
    shield(&mut overlay, site);
    Ok(overlay)
}

/// Header and registers. Only control can be written.
fn own_pasid<D: ConfigAccess + ?Sized>(
    overlay: &mut Overlay,
    site: &Site<'_, D>,
    offset: u16,
    grant: Grant,
) -> Result<(), ClaimError> {
    // At 0x100 it takes the place of the kernel's anchor, and of its Next.
    let next = if offset == 0x100 { site.first.map_or(0, |first| first.header >> 20) } else { 0 };
    let header = next << 20 | 1 << 16 | u32::from(PASID);
    let permissions = u16::from(grant.execute) << 1 | u16::from(grant.privileged) << 2;
    let register = u16::from(grant.width) << 8 | permissions;
    overlay.own(offset, &header.to_le_bytes(), WriteClass::Ro)?;
    overlay.own(offset + 4, &register.to_le_bytes(), WriteClass::Ro)?;
    overlay.own_pasid_control(offset + 6, grant.execute, grant.privileged)
}

/// Leads the list to `offset`, and around ATS and PRI if they must not be seen.
fn link<D: ConfigAccess + ?Sized>(
    overlay: &mut Overlay,
    site: &Site<'_, D>,
    offset: u16,
    without_ats: bool,
) -> Result<(), PlanError<D::Error>> {
    if site.is_empty() {
        if offset != 0x100 {
            // A null anchor.
            overlay.own(0x100, &(u32::from(offset) << 20).to_le_bytes(), WriteClass::Ro)?;
        }
        return Ok(());
    }
    let end = (offset != 0x100).then_some(offset);
    let mut links = Links { overlay, map: &site.map, previous: site.last, is_pending: false };
    if without_ats {
        links.previous = None;
        for step in Walk::extended(site.device) {
            if let Step::Capability(found) = step.map_err(PlanError::Device)? {
                links.visit(&found, matches!(found.id, ATS | PRI))?;
            }
        }
    }
    links.finish(end)?;
    Ok(())
}

/// The walk's state: the last header that stays, and whether its Next must change.
struct Links<'a> {
    overlay: &'a mut Overlay,
    map: &'a Map,
    previous: Option<Capability>,
    /// Something behind `previous` was taken out.
    is_pending: bool,
}

impl Links<'_> {
    fn visit(&mut self, found: &Capability, is_hidden: bool) -> Result<(), ClaimError> {
        if is_hidden && found.offset != 0x100 {
            self.is_pending = true;
            return self.blank(found.offset, found);
        }
        if core::mem::take(&mut self.is_pending) {
            self.set_next(found.offset)?;
        }
        if is_hidden {
            // Nothing precedes it: a null anchor stays, whose Next is as it was or is set later.
            self.overlay.own_bits(0x100, &[0xff, 0xff, 0x0f, 0], &[0; 4], WriteClass::Ro)?;
            self.blank(0x104, found)?;
        }
        self.previous = Some(*found);
        Ok(())
    }

    fn finish(mut self, end: Option<u16>) -> Result<(), ClaimError> {
        if end.is_some() || self.is_pending { self.set_next(end.unwrap_or(0)) } else { Ok(()) }
    }

    fn set_next(&mut self, next: u16) -> Result<(), ClaimError> {
        let Some(previous) = self.previous else { return Ok(()) };
        self.overlay.own_bits(previous.offset + 2, &NEXT_MASK, &(next << 4).to_le_bytes(), WriteClass::Ro)
    }

    /// What is hidden reads 0, from `from` to its end, or to a header that a list put into its body.
    fn blank(&mut self, from: u16, found: &Capability) -> Result<(), ClaimError> {
        let end = self.map.start_at(found.offset).map_or(from, |start| self.map.reach(start));
        let length = usize::from(end.saturating_sub(from));
        self.overlay.own(from, &[0; 16][..length.min(16)], WriteClass::Ro)
    }
}

/// ATS and PRI control are the guest's own: vfio-pci shows the host's and drops writes.
fn own_controls<D: ConfigAccess + ?Sized>(
    overlay: &mut Overlay,
    site: &Site<'_, D>,
    host: &HostPasid,
) -> Result<(), ClaimError> {
    if host.ats_not_supported {
        return Ok(());
    }
    let is_whole = |start: &Start| site.map.reach(*start) >= start.offset + 8;
    let visible = site.map.starts(Space::Extended).filter(|start| start.is_visible() && start.offset <= 0xff8);
    // Where a list put another header into its body, the register is that one's.
    for start in visible.filter(is_whole) {
        match start.id {
            ATS => overlay.own_ats_control(start.offset + 6)?,
            PRI => overlay.own_pri_control(start.offset + 4)?,
            _ => {}
        }
    }
    Ok(())
}

/// A reset of the function that the guest starts resets what is emulated.
fn watch_resets<D: ConfigAccess + ?Sized>(
    overlay: &mut Overlay,
    site: &Site<'_, D>,
) -> Result<(), PlanError<D::Error>> {
    const DEVCAP_FLR: u32 = 1 << 28;
    const AF_FLR: u32 = 1 << 25;
    let starts = || site.map.starts(Space::Conventional).filter(|start| start.is_visible());
    if let Some(pcie) = starts().find(|start| start.id == PCIE && start.offset <= 0xf4)
        && site.read_dword(pcie.offset + 4).map_err(PlanError::Device)? & DEVCAP_FLR != 0
    {
        overlay.watch_function_reset(pcie.offset + 9, 0x80)?;
    }
    if let Some(features) = starts().find(|start| start.id == AF && start.offset <= 0xf8)
        && site.read_dword(features.offset).map_err(PlanError::Device)? & AF_FLR != 0
    {
        overlay.watch_function_reset(features.offset + 4, 1)?;
    }
    Ok(())
}

/// Writes to capabilities that the kernel hides go nowhere.
fn shield<D: ConfigAccess + ?Sized>(overlay: &mut Overlay, site: &Site<'_, D>) {
    let mut shielded = ByteSet::EMPTY;
    for offset in (0x40..site.size).step_by(4) {
        if site.map.is_hidden(offset) {
            shielded.insert(offset..offset + 4);
        }
    }
    overlay.restrict(&UnassignedRule::default(), &ByteSet::EMPTY, &shielded);
}
