//! What the parser found wrong, as diagnostics.

use quirk_dsl::SyntaxError;

use crate::catalogue;
use crate::diagnostic::{Diagnostic, Edit, Fix, Label};
use crate::source::{FileId, Place};

/// The diagnostic of a syntax error.
pub(crate) fn diagnostic(error: &SyntaxError, file: FileId) -> Diagnostic {
    let place = |span| Place { file, span };
    let fixes = error.fixes.iter().map(|fix| Fix {
        title: fix.title.clone(),
        applicability: fix.applicability,
        edits: fix.edits.iter().map(|edit| Edit { place: place(edit.span), text: edit.text.clone() }).collect(),
    });
    let related = error.related.iter().map(|(span, text)| Label { place: place(*span), text: text.clone() });
    let rule = catalogue::of_syntax(error.code);
    Diagnostic {
        rule,
        severity: rule.severity,
        message: error.message.clone(),
        primary: Label { place: place(error.span), text: error.label.clone() },
        secondary: related.collect(),
        help: error.help.clone(),
        fixes: fixes.collect(),
    }
}
