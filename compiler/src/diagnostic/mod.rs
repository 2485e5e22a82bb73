//! Diagnostics as data: what is wrong, where, what to do, and edits that do it. How they look is a renderer's business.

mod concise;
#[cfg(feature = "json")]
pub mod json;
mod meant;
mod removal;
#[cfg(feature = "render")]
mod render;
mod written;

pub use concise::Concise;
pub use quirk_dsl::Applicability;
use quirk_dsl::Span;
pub(crate) use removal::{keep_comments, widen};
#[cfg(feature = "render")]
pub use render::Rendered;
pub(crate) use written::as_written;

use crate::catalogue::Rule;
pub use crate::severity::Severity;
use crate::source::{FileId, Place};

/// A place and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What; empty where the message says it.
    pub text: String,
}

/// Replaces the bytes of a place by a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub place: Place,
    /// By what.
    pub text: String,
}

/// Edits that mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What they do.
    pub title: String,
    /// Whether they may be made without asking.
    pub applicability: Applicability,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that have to do with it.
    pub secondary: Vec<Label>,
    /// The way out.
    pub help: Option<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A finding with the severity of its rule.
    #[must_use]
    pub fn new(rule: &'static Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            message: message.into(),
            primary: Label { place, text: String::new() },
            secondary: Vec::new(),
            help: None,
            fixes: Vec::new(),
        }
    }

    /// With words at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// With another place.
    #[must_use]
    pub fn also(mut self, place: Place, text: impl Into<String>) -> Self {
        self.secondary.push(Label { place, text: text.into() });
        self
    }

    /// With a way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// With an edit that mends it.
    #[must_use]
    pub fn fix(mut self, applicability: Applicability, title: impl Into<String>, edit: Edit) -> Self {
        self.fixes.push(Fix { title: title.into(), applicability, edits: vec![edit] });
        self
    }

    /// With an edit that takes a place away.
    #[must_use]
    pub fn remove(self, applicability: Applicability, title: impl Into<String>, place: Place) -> Self {
        self.fix(applicability, title, Edit { place, text: String::new() })
    }

    /// Text order first, so that the order in which things were found does not show.
    pub(crate) fn sort_key(&self) -> (FileId, Span, u16, String) {
        (self.primary.place.file, self.primary.place.span, self.rule.code, self.message.clone())
    }
}
