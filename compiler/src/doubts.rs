//! What is not told while something is not known: that a device has no test, while the item that cannot be read may be its test.

use crate::catalogue::{self, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Model;

/// What may be somewhere and is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Doubts {
    /// Items, tests among them.
    pub(crate) items: bool,
    /// Evidence that names a source.
    pub(crate) evidence: bool,
    /// What rules about several items would find: something was not looked at in full.
    pub(crate) errors: bool,
}

impl Doubts {
    pub(crate) fn of(model: &Model, diagnostics: &[Diagnostic]) -> Self {
        let errors = diagnostics.iter().any(is_error);
        Self { items: model.lost_items, evidence: model.may_have_named_sources, errors }
    }

    /// Whether a finding may be a consequence.
    pub(crate) fn silence(self, found: &Diagnostic) -> bool {
        if found.rule == &catalogue::UNUSED_ALLOW {
            let is_of = |rules: &[&Rule]| rules.iter().any(|rule| found.message == unused(rule));
            return self.items && is_of(&[&catalogue::MISSING_TEST])
                || self.errors && is_of(&[&catalogue::LAYERS_COLLIDE, &catalogue::LAYER_HAS_NO_ROOM]);
        }
        self.items && found.rule == &catalogue::MISSING_TEST || self.evidence && found.rule == &catalogue::UNUSED_SOURCE
    }
}

/// Whether something with this finding is not looked at in full, whatever its level.
pub(crate) fn is_error(found: &Diagnostic) -> bool {
    found.rule.severity == Severity::Error
}

/// That a rule is allowed and nothing breaks it.
pub(crate) fn unused(rule: &Rule) -> String {
    format!("nothing here breaks `{}`", rule.name)
}
