//! Findings as `miette` sees them, so that a program can draw them with the text that they are about.

use std::fmt;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::{Diagnostic, Label, Severity};
use crate::source::{FileId, Place, Sources};

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
        let first = LabeledSpan::new_primary_with_span(text_of(primary), span(primary.place));
        Some(Box::new(core::iter::once(first).chain(here.map(labeled))))
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
        Some(Box::new(core::iter::once(LabeledSpan::new_with_span(None, span(self.label.place)))))
    }
}

fn text_of(label: &Label) -> Option<String> {
    (!label.text.is_empty()).then(|| label.text.clone())
}

fn labeled(label: &Label) -> LabeledSpan {
    LabeledSpan::new_with_span(text_of(label), span(label.place))
}

fn span(place: Place) -> SourceSpan {
    let range = place.span.range();
    SourceSpan::new(range.start.into(), range.len())
}

/// One text with its name.
#[derive(Debug)]
struct Text<'a> {
    sources: &'a Sources,
    file: FileId,
}

impl SourceCode for Text<'_> {
    fn read_span<'s>(
        &'s self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'s> + 's>, MietteError> {
        let source = self.sources.get(self.file);
        let contents = source.text().read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            source.name(),
            contents.data(),
            *contents.span(),
            contents.line(),
            contents.column(),
            contents.line_count(),
        )))
    }
}
