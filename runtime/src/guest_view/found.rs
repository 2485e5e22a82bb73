//! Free-space DVSECs of the device, as the guest sees them once something was placed: not at all, or what is left of them.

use super::gap::first_run;
use super::table::Table;
use super::{GuestView, ViewError};
use crate::free_space::{Entries, HEADER_LENGTH};
use crate::survey::{ConfigSurvey, FoundDvsec, Judged};
use crate::tables::{Form, WriteClass};
use crate::{ByteRange, ConfigAccess, SPACE};

impl GuestView<'_> {
    /// Takes the device's free-space DVSECs out of the guest's sight. Where they are exposed, those that hold are shown
    /// without what somebody owns or has a claim on by now.
    ///
    /// # Errors
    /// When the device could not be read, or the overlay has no room.
    pub(crate) fn settle_found<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        judged: &Judged,
        expose: bool,
    ) -> Result<(), ViewError<D::Error>> {
        // A layer may hide one.
        let hidden = self.hidden.clone();
        let is_hidden = |dvsec: &FoundDvsec| hidden.contains(dvsec.offset()) || dvsec.fault.is_some();
        let is_exposed = |dvsec: &FoundDvsec| expose && !is_hidden(dvsec) && !survey.distrusts_free_space;
        let is_gap = |dvsec: &&FoundDvsec| dvsec.format.form == Form::PerGap;
        for dvsec in judged.dvsecs(survey) {
            let offset = dvsec.offset();
            if !is_exposed(dvsec) {
                self.hidden.insert(offset);
                self.blank_found(survey, dvsec);
            } else if is_gap(&dvsec) && !self.is_left_whole(survey, dvsec) {
                self.hidden.insert(offset);
            }
        }
        for dvsec in judged.dvsecs(survey).iter().filter(|dvsec| is_exposed(dvsec)) {
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
                self.blank.insert(at);
            }
        }
    }

    /// Writes a table again, with the same length, if it would say something else now. What no longer fits is not said.
    // It takes 4 KiB of the stack, and nobody needs them afterwards.
    #[inline(never)]
    fn rewrite_table<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        dvsec: &FoundDvsec,
    ) -> Result<(), ViewError<D::Error>> {
        let mut buffer = [0; SPACE];
        let bytes = survey.table_bytes(dvsec, &mut buffer).map_err(ViewError::Device)?;
        let entries = Entries::new(dvsec.range.start..dvsec.range.end, bytes);
        let is_free =
            |view: &Self, offset| !survey.map.is_claimed(ByteRange::from_length(offset, 4)) && !view.is_owned(offset);
        let is_left = |entry| {
            let range = survey.without_capability(entry).ok();
            range.is_some_and(|range| first_run(range, |offset| is_free(self, offset)) == Some(range))
        };
        if entries.clone().all(|(_, entry)| is_left(entry)) {
            return Ok(());
        }
        let mut table = Table::new(&dvsec.format, dvsec.range).ok_or(ViewError::Claim)?;
        // Its own bytes are in none of its entries.
        self.overlay.own(dvsec.offset() + 4, &table.head, WriteClass::Ro)?;
        for mut rest in entries.filter_map(|(_, entry)| survey.without_capability(entry).ok()) {
            while let Some(run) = first_run(rest, |offset| is_free(self, offset)) {
                table.push(self.overlay, run)?;
                rest.start = run.end;
            }
        }
        table.finish(self.overlay)?;
        Ok(())
    }
}
