//! A DVSEC of the form `per_gap` over free bytes, and what of a range is free.

use super::{GuestView, INSERTED, ViewError};
use crate::capability::{DVSEC, Space};
use crate::free_space::encode_per_gap;
use crate::overlay::ClaimError;
use crate::survey::{ConfigSurvey, Start};
use crate::tables::{Format, WriteClass};
use crate::{ByteRange, ConfigAccess};

/// The first run of free dwords in a range; it does not cross from conventional into extended space.
pub(super) fn first_run(range: ByteRange, is_free: impl Fn(u16) -> bool) -> Option<ByteRange> {
    let mut dwords = (range.start..range.end).step_by(4);
    let start = dwords.find(|&offset| is_free(offset))?;
    Some(ByteRange::new(
        start,
        dwords.find(|&offset| !is_free(offset) || offset == Space::Extended.start()).unwrap_or(range.end),
    ))
}

impl GuestView<'_> {
    /// Whether a byte of the dword is emulated.
    pub(super) fn is_owned(&self, offset: u16) -> bool {
        (offset..offset + 4).any(|offset| self.overlay().owned_bits(offset) != 0)
    }

    /// Puts a DVSEC over every run of free dwords in the range that can hold one. How many, and whether they are all of
    /// the range.
    ///
    /// # Errors
    /// When somebody else owns what is free.
    pub(super) fn describe_gaps<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        format: &Format,
        range: ByteRange,
        is_free: impl Fn(u16) -> bool,
    ) -> Result<(usize, bool), ViewError<D::Error>> {
        let (mut count, mut is_whole, mut rest) = (0, false, range);
        while let Some(run) = first_run(rest, |offset| is_free(offset) && !self.is_owned(offset)) {
            let gap = self.apart(survey, run);
            if self.describe_gap(format, gap)? {
                count += 1;
                is_whole |= gap == range;
            }
            rest.start = run.end;
        }
        Ok((count, is_whole))
    }

    /// Puts in one DVSEC; `false` if the gap can hold none or nothing more can be put in.
    fn describe_gap(&mut self, format: &Format, gap: ByteRange) -> Result<bool, ClaimError> {
        let length = gap.end.saturating_sub(gap.start);
        let Some(head) = encode_per_gap(format, length).filter(|_| self.inserted.len() < INSERTED) else {
            return Ok(false);
        };
        self.insert_dvsec(gap.start)?;
        self.overlay_mut().own(gap.start + 4, &head, WriteClass::Ro)?;
        for offset in (gap.start + 12..gap.end).step_by(4) {
            self.overlay_mut().own(offset, &[0; 4], WriteClass::Ro)?;
        }
        Ok(true)
    }

    /// Without the dword that abuts another DVSEC of the guest's view, at either end: some readers take the two for one.
    pub(super) fn apart<D: ConfigAccess + ?Sized>(
        &self,
        survey: &ConfigSurvey<'_, D>,
        mut range: ByteRange,
    ) -> ByteRange {
        let is_seen = |start: &Start| start.id == DVSEC && start.is_visible() && !self.is_hidden(start.offset);
        let device = survey.map.starts(Space::Extended).filter(is_seen);
        let device = device.map(|start| ByteRange::new(start.offset, survey.map.extent_end(start)));
        let inserted = self.inserted.iter().filter(|each| each.space == Space::Extended).map(|each| each.offset);
        let id = |at| u16::from_le_bytes([self.overlay().value(at), self.overlay().value(at + 1)]);
        let length = |at| u16::from_le_bytes([self.overlay().value(at + 6), self.overlay().value(at + 7)]) >> 4;
        let inserted = inserted.filter(|&at| id(at) == DVSEC).map(|at| ByteRange::from_length(at, length(at)));
        let all = || device.clone().chain(inserted.clone());
        if all().any(|other| other.end == range.start) {
            range.start += 4;
        }
        if all().any(|other| other.start == range.end) {
            range.end -= 4;
        }
        range
    }
}
