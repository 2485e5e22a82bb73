//! How often each statement stands in its block, as its declaration says.

use quirk_dsl::Span;
use quirk_dsl::ast::{Name, Statement};
use quirk_dsl::shape::{Context, Shape, Times};

use super::Lower;
use crate::catalogue;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::source::Place;

impl Lower<'_, '_> {
    /// The statements of a block, each with whether it counts: the first does where one is allowed. The others are reported.
    pub(super) fn counted<'s, K>(
        &mut self,
        context: Context,
        statements: &'s [Statement<K>],
    ) -> Vec<(&'s Statement<K>, bool)> {
        let mut seen: Vec<(&str, Span)> = Vec::new();
        let mut counted = Vec::with_capacity(statements.len());
        for statement in statements {
            let Shape { keyword, times, .. } = statement.shape;
            let is_limited = matches!(times, Times::Once | Times::AtMostOnce);
            // Few keywords are, so they are not sorted.
            let first = seen.iter().find(|(known, _)| is_limited && known == keyword).map(|(_, span)| *span);
            if let Some(first) = first {
                let what = format!("`{keyword}`");
                let found = self.duplicate(context, &what, self.place(statement.span), self.place(first));
                self.report(found.remove(Applicability::Unsafe, "remove the second", self.place(statement.span)));
            } else if is_limited {
                seen.push((keyword, statement.span));
            }
            counted.push((statement, first.is_none()));
        }
        counted
    }

    /// The finding about a second where one is allowed.
    pub(super) fn duplicate(&self, context: Context, what: &str, place: Place, first: Place) -> Diagnostic {
        let rule = match context {
            Context::Match | Context::GivenPci => &catalogue::CONDITION_TWICE,
            _ => &catalogue::DUPLICATE_STATEMENT,
        };
        let found = Diagnostic::new(rule, place, format!("duplicate {what}: only one is allowed"));
        found.also(first, "first given here")
    }

    /// Reports what an item does not say and must; nothing of one whose text could not be read.
    pub(super) fn missing<K>(
        &mut self,
        context: Context,
        statements: &[Statement<K>],
        poisoned: bool,
        name: &str,
        head: Place,
    ) {
        let is_needed = |shape: &&Shape| matches!(shape.times, Times::Once | Times::AtLeastOnce);
        for Shape { keyword, .. } in context.statements().iter().filter(is_needed).filter(|_| !poisoned) {
            if !statements.iter().any(|statement| statement.shape.keyword == *keyword) {
                let message = format!("the {} `{name}` has no `{keyword}`", context.title().trim_matches('`'));
                self.report(Diagnostic::new(&catalogue::MISSING_STATEMENT, head, message));
            }
        }
    }

    /// The value of one of the words that a declaration lists, in its order.
    pub(super) fn choice<T: Copy>(&mut self, shape: &Shape, word: &Name, values: &[T]) -> Option<T> {
        let words: Vec<(&str, T)> = shape.parts.iter().map(|part| part.word).zip(values.iter().copied()).collect();
        self.word(word, &words)
    }
}
