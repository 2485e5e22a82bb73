//! The steps of the grammar, taken with pest. As one function for all rules, not as functions for each, they are a fifth of the code.

use pest::iterators::Pairs;
use pest::{Atomicity, ParseResult, ParserState};

use super::generated::{RULES, Rule};
use super::step::Step;

type State<'i> = Box<ParserState<'i, Rule>>;

/// The nodes that a rule finds in a text, which it accepts up to its end; or none.
pub(super) fn read(rule: Rule, text: &str) -> Option<Pairs<'_, Rule>> {
    let rule = &RULES[rule as usize];
    pest::state(text, |state| state.atomic(Atomicity::CompoundAtomic, |state| Text(text).take(state, rule))).ok()
}

/// What is read.
#[derive(Clone, Copy)]
struct Text<'i>(&'i str);

impl<'i> Text<'i> {
    /// Takes the step, or leaves the state as it was.
    #[inline]
    fn take(self, state: State<'i>, mut step: &'static Step<Rule>) -> ParseResult<State<'i>> {
        loop {
            match *step {
                Step::Call(rule) => step = &RULES[rule as usize],
                Step::Text(text) if self.is_next(&state, text) => return state.match_string(text),
                Step::Text(_) => return Err(state),
                Step::Texts(texts) => return self.texts(state, texts),
                Step::Choice(steps) => return self.first(state, steps),
                Step::Row(steps) => return self.row(state, steps),
                _ => return self.other(state, step),
            }
        }
    }

    fn other(self, state: State<'i>, step: &'static Step<Rule>) -> ParseResult<State<'i>> {
        match *step {
            Step::Text(_) | Step::Texts(_) | Step::Call(_) | Step::Choice(_) | Step::Row(_) => self.take(state, step),
            Step::Range(first, last) => state.match_range(first..last),
            Step::Any => state.skip(1),
            Step::End => state.rule(Rule::EOI, ParserState::end_of_input),
            Step::Until(texts) => state.skip_until(texts),
            Step::Sequence(steps) => state.sequence(|state| self.row(state, steps)),
            Step::Optional(step) | Step::Repeat(step) if !self.may_begin(&state, step) => Ok(state),
            Step::Optional(step) => state.optional(|state| self.take(state, step)),
            Step::Repeat(step) => state.repeat(|state| self.take(state, step)),
            Step::Before(step) => state.lookahead(true, |state| self.take(state, step)),
            Step::Unless(step) => state.lookahead(false, |state| self.take(state, step)),
            Step::Node(rule, step) => {
                state.rule(rule, |state| self.take(state, step))
            }
            Step::Leaf(rule, step) => {
                state.rule(rule, |state| state.atomic(Atomicity::Atomic, |state| self.take(state, step)))
            }
        }
    }

    fn texts(self, mut state: State<'i>, texts: &'static [&'static str]) -> ParseResult<State<'i>> {
        for text in texts {
            if self.is_next(&state, text) {
                match state.match_string(text) {
                    Err(same) => state = same,
                    found => return found,
                }
            }
        }
        Err(state)
    }

    fn row(self, mut state: State<'i>, steps: &'static [Step<Rule>]) -> ParseResult<State<'i>> {
        for step in steps {
            state = self.take(state, step)?;
        }
        Ok(state)
    }

    fn first(self, mut state: State<'i>, steps: &'static [Step<Rule>]) -> ParseResult<State<'i>> {
        for step in steps {
            if !self.may_begin(&state, step) {
                continue;
            }
            match self.take(state, step) {
                Err(same) => state = same,
                found => return found,
            }
        }
        Err(state)
    }

    /// Whether the text may be next: to look at its last byte alone is cheaper than to compare.
    #[inline]
    fn is_next(self, state: &State<'i>, text: &str) -> bool {
        ends_at(&self.0.as_bytes()[state.position().pos()..], text)
    }

    /// Whether the step can find something: no, where the first text of it is not what is next. To ask is cheaper than to try.
    fn may_begin(self, state: &State<'i>, step: &'static Step<Rule>) -> bool {
        begins(&self.0.as_bytes()[state.position().pos()..], step)
    }
}

#[inline]
fn ends_at(rest: &[u8], text: &str) -> bool {
    // Of no text there is no last byte, and none so far away.
    rest.get(text.len().wrapping_sub(1)) == text.as_bytes().last()
}

fn begins(rest: &[u8], mut step: &'static Step<Rule>) -> bool {
    loop {
        step = match *step {
            Step::Text(text) => return ends_at(rest, text),
            Step::Texts(texts) => return texts.iter().any(|text| ends_at(rest, text)),
            Step::Call(rule) => &RULES[rule as usize],
            Step::Row([step, ..]) | Step::Sequence([step, ..]) | Step::Node(_, step) | Step::Leaf(_, step) | Step::Before(step) => step,
            _ => return true,
        }
    }
}

/// The rules that make a node.
#[cfg(test)]
pub(crate) fn nodes() -> impl Iterator<Item = Rule> {
    RULES.iter().filter_map(|step| match *step {
        Step::Node(rule, _) | Step::Leaf(rule, _) => Some(rule),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
