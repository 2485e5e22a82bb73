//! One line per finding and one for the way out: for build scripts, logs and editors that read compiler output.

use std::fmt;

use super::Diagnostic;
use crate::source::Sources;

/// A finding as `file:line:col: error[QK0302 overlap]: message`, with its other places and its help on lines of their own.
/// The alternate form leaves out where it is and how bad, for where something else shows that.
#[derive(Clone, Copy, Debug)]
pub struct Concise<'a> {
    /// The finding.
    pub diagnostic: &'a Diagnostic,
    /// The texts that it is about.
    pub sources: &'a Sources,
}

impl fmt::Display for Concise<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { diagnostic, sources } = self;
        let at = |place| {
            let position = sources.position(place);
            format!("{}:{}:{}", sources.get(place.file).name(), position.line, position.column)
        };
        let rule = diagnostic.rule;
        if !f.alternate() {
            write!(f, "{}: {}", at(diagnostic.primary.place), diagnostic.severity)?;
        }
        write!(f, "[{} {}]: {}", rule.code(), rule.name, diagnostic.message)?;
        for label in &diagnostic.secondary {
            write!(f, "\n  {}: {}", at(label.place), label.text)?;
        }
        if let Some(help) = &diagnostic.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}
