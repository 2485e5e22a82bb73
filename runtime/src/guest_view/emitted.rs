//! Free-space DVSECs that an entry declares: the overlay owns all their bytes. They never say more than is free here.

use super::gap::first_run;
use super::table::Table;
use super::{GuestView, INSERTED, ViewError};
use crate::capability::Space;
use crate::decision::Findings;
use crate::free_space::HEADER_LENGTH;
use crate::survey::ConfigSurvey;
use crate::tables::{EmittedDvsec, Form, Format, List, WriteClass};
use crate::{ByteRange, ByteSet, ConfigAccess, Database, Finding, SPACE};

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Emitted {
    Whole,
    /// It describes less than it should.
    Cut,
    LeftOut,
}

impl GuestView<'_> {
    /// Puts in a DVSEC as far as it is true here: what it calls free must be declared free, and nobody may have a claim on
    /// it. `all` are those of the entry. No byte outside of `within` is emulated. Whether it is all as declared; findings say what is missing.
    ///
    /// # Errors
    /// When the overlay has no room.
    pub(crate) fn emit<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        (database, all): (Database<'_>, List<EmittedDvsec>),
        dvsec: &EmittedDvsec,
        within: Option<&ByteSet>,
        findings: &mut Findings,
    ) -> Result<bool, ViewError<D::Error>> {
        let range = ByteRange::from_length(dvsec.offset, dvsec.length);
        let is_placed = (dvsec.offset | dvsec.length).is_multiple_of(4)
            && dvsec.length >= HEADER_LENGTH
            && dvsec.offset >= Space::Extended.start()
            && range.end <= Space::Extended.end();
        let format = database.record::<Format>(dvsec.format).filter(|_| is_placed && survey.has_extended_space());
        let is_within = |offset| within.is_none_or(|set| set.contains(offset));
        let emitted = match format {
            None => Emitted::LeftOut,
            Some(format) if format.form == Form::PerGap => {
                match self
                    .describe_gaps(survey, &format, range, |offset| is_free(survey, offset) && is_within(offset))?
                {
                    (0, _) => Emitted::LeftOut,
                    (_, true) => Emitted::Whole,
                    (_, false) => Emitted::Cut,
                }
            }
            Some(_) if !(range.start..range.end).all(is_within) => Emitted::LeftOut,
            Some(format) => {
                // What another one will lie on is not free, though it is not there yet.
                let takes = |each: EmittedDvsec, offset| {
                    let other = ByteRange::from_length(each.offset, each.length);
                    other.start != range.start && other.overlaps(ByteRange::from_length(offset, 4))
                };
                let is_taken = |offset| database.list(all).any(|each| takes(each, offset));
                self.emit_table(survey, &format, range, database.list(dvsec.entries), is_taken)?
            }
        };
        match emitted {
            Emitted::Whole => {}
            Emitted::Cut => findings.push(Finding::DvsecCut { at: dvsec.offset }),
            Emitted::LeftOut => findings.push(Finding::DvsecLeftOut { at: dvsec.offset }),
        }
        Ok(emitted == Emitted::Whole)
    }

    fn emit_table<D: ConfigAccess + ?Sized>(
        &mut self,
        survey: &ConfigSurvey<'_, D>,
        format: &Format,
        range: ByteRange,
        entries: impl Iterator<Item = ByteRange>,
        is_taken: impl Fn(u16) -> bool,
    ) -> Result<Emitted, ViewError<D::Error>> {
        let survey_is_free = |offset| is_free(survey, offset);
        let is_free = |offset| survey_is_free(offset) && !self.is_owned(offset);
        let has_room = first_run(range, is_free) == Some(range) && self.apart(survey, range) == range;
        if !has_room || self.inserted.len() >= INSERTED {
            return Ok(Emitted::LeftOut);
        }
        let Some(mut table) = Table::new(format, range) else { return Ok(Emitted::LeftOut) };
        // Its own bytes are in none of its entries.
        self.insert_dvsec(range.start)?;
        self.overlay.own(range.start + 4, &table.head, WriteClass::Ro)?;
        let mut is_whole = true;
        for entry in entries {
            let is_free = |view: &Self, offset| {
                let is_own = range.overlaps(ByteRange::from_length(offset, 4));
                survey_is_free(offset) && !is_own && !view.is_owned(offset) && !is_taken(offset)
            };
            let mut rest = ByteRange::new(entry.start.saturating_add(3) & !3, entry.end.min(SPACE as u16) & !3);
            is_whole &= first_run(rest, |offset| is_free(self, offset)) == Some(entry);
            while let Some(run) = first_run(rest, |offset| is_free(self, offset)) {
                is_whole &= table.push(self.overlay, run)?;
                rest.start = run.end;
            }
        }
        table.finish(self.overlay)?;
        Ok(if is_whole { Emitted::Whole } else { Emitted::Cut })
    }
}

/// Whether the dword was declared free and nobody has a claim on it.
fn is_free<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>, offset: u16) -> bool {
    let dword = ByteRange::from_length(offset, 4);
    let is_aliased = survey.aliased_every != 0 && dword.end > survey.aliased_every;
    // What leads to the list begins at 0x100 if the device has none.
    let is_head = survey.is_empty() && offset == Space::Extended.start();
    offset >= Space::Conventional.start()
        && !is_head
        && survey.map.is_declared_free(dword)
        && !is_aliased
        && survey.map.refusal(dword).is_none()
}
