//! Findings as `miette` sees them, so that a program can draw them with the text that they are about.

use std::fmt;
use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::{Diagnostic, Label, Severity};
use crate::source::{FileId, Place, Source, Sources};

/// The longest text, in bytes, that is drawn as one: what is longer is drawn as its beginning.
const LONGEST: usize = 1 << 10;

/// The longest text around a place, in bytes: of longer lines a part is drawn.
const WIDEST: usize = 4 * LONGEST;

/// How many bytes of a long line are drawn before and after a place.
const NEAR: usize = 60;

/// Two places with at most so many lines between them are drawn as one.
const BETWEEN: usize = 16;

/// A finding with the texts that it is about.
#[derive(Debug)]
pub struct Rendered<'a> {
    diagnostic: &'a Diagnostic,
    text: Text<'a>,
    others: Vec<Other<'a>>,
}

impl<'a> Rendered<'a> {
    /// The finding, ready to be drawn.
    #[must_use]
    pub fn new(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        let file = diagnostic.primary.place.file;
        let others = diagnostic
            .secondary
            .iter()
            .filter(|label| label.place.file != file)
            .map(|label| Other { label, text: Text { sources, file: label.place.file } })
            .collect();
        Self { diagnostic, text: Text { sources, file }, others }
    }
}

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Rendered<'_> {}

impl miette::Diagnostic for Rendered<'_> {
    fn code<'d>(&'d self) -> Option<Box<dyn fmt::Display + 'd>> {
        let rule = self.diagnostic.rule;
        Some(Box::new(format!("{} {}", rule.code(), rule.name)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'d>(&'d self) -> Option<Box<dyn fmt::Display + 'd>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let primary = &self.diagnostic.primary;
        let here = self.diagnostic.secondary.iter().filter(|label| label.place.file == primary.place.file);
        let first = LabeledSpan::new_primary_with_span(text_of(primary), self.text.span(primary.place));
        let others = here.map(|label| LabeledSpan::new_with_span(text_of(label), self.text.span(label.place)));
        Some(Box::new(core::iter::once(first).chain(others)))
    }

    fn related<'d>(&'d self) -> Option<Box<dyn Iterator<Item = &'d dyn miette::Diagnostic> + 'd>> {
        if self.others.is_empty() {
            return None;
        }
        Some(Box::new(self.others.iter().map(|other| other as &dyn miette::Diagnostic)))
    }
}

/// A place in another file.
#[derive(Debug)]
struct Other<'a> {
    label: &'a Label,
    text: Text<'a>,
}

impl fmt::Display for Other<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label.text)
    }
}

impl std::error::Error for Other<'_> {}

impl miette::Diagnostic for Other<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(core::iter::once(LabeledSpan::new_with_span(None, self.text.span(self.label.place)))))
    }
}

fn text_of(label: &Label) -> Option<String> {
    (!label.text.is_empty()).then(|| label.text.clone())
}

/// One text with its name.
#[derive(Debug)]
struct Text<'a> {
    sources: &'a Sources,
    file: FileId,
}

impl Text<'_> {
    /// What is drawn of a place in this text: all of it, or the beginning of its first line.
    fn span(&self, place: Place) -> SourceSpan {
        let Range { start, mut end } = place.span.range();
        let text = self.sources.get(self.file).text();
        if end - start > LONGEST {
            end = floor(text, start + LONGEST);
            end = text[start..end].find('\n').map_or(end, |line_end| start + line_end);
        }
        SourceSpan::new(start.into(), end - start)
    }
}

/// miette's own way to the lines around a place begins at the start of the text, for each place anew.
impl SourceCode for Text<'_> {
    fn read_span<'s>(
        &'s self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'s> + 's>, MietteError> {
        let source = self.sources.get(self.file);
        let place = span.offset()..span.offset() + span.len();
        // Two places that are far apart are asked for as one, too, and drawn apart if there is no such one.
        if place.end > source.text().len() || place.len() > WIDEST {
            return Err(MietteError::OutOfBounds);
        }
        let (line, column, window) = window(source, &place, before, after);
        let data = &source.text()[window.clone()];
        // Lines that a reader does not get count too: miette draws a place as one with the next where that begins among them.
        let lines = data.bytes().filter(|byte| *byte == b'\n').count() + line.min(BETWEEN);
        let span = SourceSpan::new(window.start.into(), window.len());
        Ok(Box::new(MietteSpanContents::new_named(source.name(), data.as_bytes(), span, line, column, lines)))
    }
}

/// The bytes of a place with so many lines before and after it, and the line and column, both counted from 0, where they start.
/// Without lines before it, they start at the place.
fn window(source: &Source, place: &Range<usize>, before: usize, after: usize) -> (usize, usize, Range<usize>) {
    let position = |byte: usize| source.position(u32::try_from(byte).unwrap_or(u32::MAX));
    let (start, end) = (position(place.start), position(place.end));
    let count = |lines: usize| u32::try_from(lines).unwrap_or(u32::MAX);
    let first = start.line.saturating_sub(count(before)).max(1);
    let lines = source.lines(first, end.line.saturating_add(count(after)));
    let line = start.line as usize - 1;
    if before == 0 {
        return (line, start.column as usize - 1, place.clone());
    }
    if lines.len() <= WIDEST {
        return (first as usize - 1, 0, lines);
    }
    let lines = source.lines(start.line, end.line);
    let from = place.start.saturating_sub(NEAR).max(lines.start);
    let to = (place.end + NEAR).min(lines.end);
    (line, 0, floor(source.text(), from)..ceil(source.text(), to))
}

/// The last place between characters at `at` or before it: `str::floor_char_boundary`, which is newer than what is supported.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The first place between characters at `at` or after it.
fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}
