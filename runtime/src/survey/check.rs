//! The one check that every candidate passes.

use super::config::ConfigSurvey;
use super::free_space::Told;
use super::map::Listening;
use crate::capability::{PASID_LENGTH, Space};
use crate::reason::Reason;
use crate::{ByteRange, ConfigAccess, HostPasid, Policy};

impl<D: ConfigAccess + ?Sized> ConfigSurvey<'_, D> {
    /// Settles whether anything can be placed at all.
    pub(crate) fn close(&mut self, host: Option<HostPasid>, policy: &Policy<'_>) {
        let without_viommu = policy.viommu_width == Some(0);
        let without_host = host.is_none_or(|host| host.width == 0);
        self.closed = self.closed.or(match (without_host, without_viommu) {
            (false, false) => None,
            (without_host, _) => Some(Reason::NoHostPasid { viommu: !without_host }),
        });
    }

    /// Why PASID must not be at `offset`; `None` if it may.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn check(&mut self, offset: u16) -> Result<Option<Reason>, D::Error> {
        self.check_for(offset, Listening::No)
    }

    /// The same for who takes what free-space DVSECs say.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn check_told(&mut self, _: &Told, offset: u16) -> Result<Option<Reason>, D::Error> {
        self.check_for(offset, Listening::Yes)
    }

    fn check_for(&mut self, offset: u16, listening: Listening) -> Result<Option<Reason>, D::Error> {
        if let Some(reason) = self.shape(offset) {
            return Ok(Some(reason));
        }
        let range = ByteRange::from_length(offset, PASID_LENGTH);
        self.measure_for(range)?;
        // In an empty list the kernel may have hidden a capability at 0x100, whose body begins at 0x104.
        let in_list_head = self.is_empty() && range.start < 0x108;
        if in_list_head && !self.map.is_declared_free(range) {
            return Ok(Some(Reason::ListHead));
        }
        let refusal = self.map.refusal_for(range, listening).or_else(|| self.beyond_the_map(range));
        Ok(refusal.or_else(|| self.refusal_of_copies(range, listening)))
    }

    /// Where space repeats, what is certainly taken in one repetition is taken in each.
    fn refusal_of_copies(&self, range: ByteRange, listening: Listening) -> Option<Reason> {
        if self.aliased_every == 0 {
            return None;
        }
        let copies = (range.start..self.size).step_by(self.aliased_every.into()).skip(1);
        copies
            .map(|start| ByteRange::from_length(start, range.end - range.start))
            .find_map(|copy| self.map.certain_refusal(copy, listening))
    }

    /// Why a capability of a layer must not be in `range`; `None` if it may. What other layers own does not count yet.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn check_capability(
        &mut self,
        space: Space,
        range: ByteRange,
        over_register: bool,
    ) -> Result<Option<Reason>, D::Error> {
        let is_extended = space == Space::Extended;
        if let Some(reason) = self.closed.filter(|_| is_extended) {
            return Ok(Some(reason));
        }
        if !range.start.is_multiple_of(4) {
            return Ok(Some(Reason::Unaligned));
        }
        if is_extended {
            self.measure_for(range)?;
        } else {
            self.measure_space(space)?;
        }
        let in_list_head = is_extended && self.is_empty() && range.start < 0x108;
        if in_list_head && !self.map.is_declared_free(range) {
            return Ok(Some(Reason::ListHead));
        }
        let every = self.aliased_every;
        let is_aliased = is_extended && every != 0 && range.end > every;
        let refusal = if over_register { self.map.refusal_beside_registers(range) } else { self.map.refusal(range) };
        let aliased = is_aliased.then_some(Reason::Aliased { every });
        let copies = || if is_extended { self.refusal_of_copies(range, Listening::No) } else { None };
        Ok(refusal.or(aliased).or_else(copies))
    }

    /// Whether the place is one at all.
    pub(crate) fn shape(&self, offset: u16) -> Option<Reason> {
        if let Some(at) = self.visible_pasid {
            return Some(Reason::Visible { at });
        }
        let is_inside = (0x100..=0x1000 - PASID_LENGTH).contains(&offset);
        match self.closed {
            Some(reason) => Some(reason),
            None if !offset.is_multiple_of(4) => Some(Reason::Unaligned),
            None if !is_inside => Some(Reason::OutOfBounds),
            None => None,
        }
    }

    pub(crate) fn beyond_the_map(&self, range: ByteRange) -> Option<Reason> {
        let every = self.aliased_every;
        if every != 0 && range.end > every {
            return Some(Reason::Aliased { every });
        }
        let disabled = self.own_pasid.filter(|own| !own.is_enabled())?;
        Some(Reason::HostPasidNotEnabled { at: disabled.offset })
    }
}
