//! Free-space DVSECs of the device, as the guest sees them once something was placed: not at all, or what is left of them.

use core::borrow::BorrowMut;

use super::gap::first_run;
use super::{GuestView, ViewError};
use crate::free_space::{ENTRY_LENGTH, Entries, HEADER_LENGTH, encode_table};
use crate::survey::{ConfigSurvey, FoundDvsec};
use crate::tables::{Form, WriteClass};
use crate::{ByteRange, ConfigAccess, Overlay, SPACE};

/// Most entries of a table.
const ENTRIES: usize = SPACE / ENTRY_LENGTH as usize;

impl<O: BorrowMut<Overlay>> GuestView<O> {
    /// Takes the device's free-space DVSECs out of the guest's sight. Where they are exposed, those that hold are shown
    /// without what somebody owns or has a claim on by now.
    ///
    /// # Errors
    /// When the device could not be read, or the overlay has no room.
    pub(crate) fn settle_found<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        expose: bool,
    ) -> Result<(), ViewError<D::Error>> {
        // A layer may hide one.
        let hidden = self.hidden.clone();
        let is_hidden = |dvsec: &FoundDvsec| hidden.contains(dvsec.offset()) || dvsec.fault.is_some();
        let is_exposed = |dvsec: &FoundDvsec| expose && !is_hidden(dvsec) && !survey.distrusts_free_space;
        let is_gap = |dvsec: &&FoundDvsec| dvsec.format.form == Form::PerGap;
        for dvsec in survey.free_space.iter() {
            let offset = dvsec.offset();
            if !is_exposed(dvsec) {
                self.hidden.insert(offset..offset + 1);
                self.blank_found(survey, dvsec);
            } else if is_gap(&dvsec) && !self.is_left_whole(survey, dvsec) {
                self.hidden.insert(offset..offset + 1);
            }
        }
        for dvsec in survey.free_space.iter().filter(|dvsec| is_exposed(dvsec)) {
            match dvsec.format.form {
                Form::Table => self.rewrite_table(survey, dvsec)?,
                Form::PerGap if self.is_hidden(dvsec.offset()) => {
                    let is_free = |offset| survey.map.is_only_gap(offset, dvsec.offset());
                    self.describe_gaps(survey, &dvsec.format, dvsec.range, is_free)?;
                }
                Form::PerGap => {}
            }
        }
        Ok(())
    }

    /// Whether nobody has a claim on a byte of a gap.
    fn is_left_whole<D: ConfigAccess + ?Sized>(&self, survey: &ConfigSurvey<'_, D>, dvsec: &FoundDvsec) -> bool {
        let is_free = |offset| survey.map.is_only_gap(offset, dvsec.offset()) && !self.is_owned(offset);
        first_run(dvsec.range, is_free) == Some(dvsec.range)
    }

    /// One that is out of sight reads 0. Bytes of its gap that are somebody's stay the device's; of one that does not hold,
    /// all but the headers.
    fn blank_found<D: ConfigAccess + ?Sized>(&mut self, survey: &ConfigSurvey<'_, D>, dvsec: &FoundDvsec) {
        let offset = dvsec.offset();
        let is_broken = dvsec.fault.is_some() || survey.distrusts_free_space;
        let end = if is_broken { offset.saturating_add(HEADER_LENGTH) } else { dvsec.range.end };
        for at in (offset..end).step_by(4) {
            let is_own = survey.map.owner(at) == offset && (at == offset || survey.map.start_at(at).is_none());
            let is_free = dvsec.format.form == Form::Table || is_broken || survey.map.is_only_gap(at, offset);
            if is_own && is_free {
                self.blank.insert(at..at + 4);
            }
        }
    }

    /// Writes a table again, with the same length, if it would say something else now. What no longer fits is not said.
    fn rewrite_table<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        dvsec: &FoundDvsec,
    ) -> Result<(), ViewError<D::Error>> {
        let mut buffer = [0; SPACE];
        let bytes = survey.table_bytes(dvsec, &mut buffer).map_err(ViewError::Device)?;
        let entries = Entries::new(dvsec.range.start..dvsec.range.end, bytes);
        let capacity = entries.capacity();
        let (mut left, mut count, mut is_same) = ([const { 0..0 }; ENTRIES], 0, true);
        let is_free = |offset| !survey.map.is_claimed(ByteRange::from_length(offset, 4)) && !self.is_owned(offset);
        for (_, entry) in entries {
            let Ok(mut rest) = survey.without_capability(entry) else {
                is_same = false;
                continue;
            };
            is_same &= first_run(rest, is_free) == Some(rest);
            while let Some(run) = first_run(rest, is_free) {
                if let Some(slot) = left[..capacity].get_mut(count) {
                    *slot = run.start..run.end;
                    count += 1;
                }
                rest.start = run.end;
            }
        }
        if is_same {
            return Ok(());
        }
        let mut body = [0; SPACE];
        let body = &mut body[..usize::from(dvsec.range.end - dvsec.offset() - 4)];
        if encode_table(&dvsec.format, &left[..count], body).is_none() {
            return Err(ViewError::Claim);
        }
        self.overlay_mut().own(dvsec.offset() + 4, body, WriteClass::Ro)?;
        Ok(())
    }
}
