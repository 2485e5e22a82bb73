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
    fn take(&self, state: State<'i>, mut step: &'static Step<Rule>) -> ParseResult<State<'i>> {
        loop {
            match *step {
                Step::Call(rule) => step = &RULES[rule as usize],
                Step::Text(text) if ends_at(self.rest(&state), text) => return state.match_string(text),
                Step::Text(_) => return Err(state),
                Step::OneOf(letters) => return state.match_char_by(|letter| letters.contains(&letter)),
                Step::Texts(texts) => return self.texts(state, texts),
                Step::Choice(steps) => return self.first(state, steps),
                Step::Row(steps) => return self.row(state, steps),
                _ => return self.other(state, step),
            }
        }
    }

    fn other(&self, state: State<'i>, step: &'static Step<Rule>) -> ParseResult<State<'i>> {
        match *step {
            Step::Text(_) | Step::OneOf(_) | Step::Texts(_) | Step::Call(_) | Step::Choice(_) | Step::Row(_) => {
                self.take(state, step)
            }
            Step::Range(first, last) => state.match_range(first..last),
            Step::Any => state.skip(1),
            Step::End => state.rule(Rule::EOI, ParserState::end_of_input),
            Step::Until(texts) => state.skip_until(texts),
            Step::Sequence(steps) => state.sequence(|state| self.row(state, steps)),
            Step::Optional(begins, _) | Step::Repeat(begins, _) if !ends_at(self.rest(&state), begins) => Ok(state),
            Step::Optional(_, step) => state.optional(|state| self.take(state, step)),
            Step::Repeat(_, step) => state.repeat(|state| self.take(state, step)),
            Step::Before(step) => state.lookahead(true, |state| self.take(state, step)),
            Step::Unless(step) => state.lookahead(false, |state| self.take(state, step)),
            Step::Node(rule, step) => state.rule(rule, |state| self.take(state, step)),
            Step::Leaf(rule, step) => {
                state.rule(rule, |state| state.atomic(Atomicity::Atomic, |state| self.take(state, step)))
            }
        }
    }

    fn texts(&self, mut state: State<'i>, texts: &'static [&'static str]) -> ParseResult<State<'i>> {
        for text in texts {
            if ends_at(self.rest(&state), text) {
                match state.match_string(text) {
                    Err(same) => state = same,
                    found => return found,
                }
            }
        }
        Err(state)
    }

    fn row(&self, mut state: State<'i>, steps: &'static [Step<Rule>]) -> ParseResult<State<'i>> {
        for step in steps {
            state = self.take(state, step)?;
        }
        Ok(state)
    }

    fn first(&self, mut state: State<'i>, steps: &'static [(&'static str, Step<Rule>)]) -> ParseResult<State<'i>> {
        let rest = self.rest(&state);
        for (begins, step) in steps {
            if ends_at(rest, begins) {
                match self.take(state, step) {
                    Err(same) => state = same,
                    found => return found,
                }
            }
        }
        Err(state)
    }

    #[inline]
    fn rest(&self, state: &State<'i>) -> &'i [u8] {
        &self.0.as_bytes()[state.position().pos()..]
    }
}

/// Whether the last byte of the text is where it would be if the text were next. Where it is not, nothing has to be tried.
#[inline]
fn ends_at(rest: &[u8], text: &str) -> bool {
    // Of no text there is no last byte, and none so far away.
    rest.get(text.len().wrapping_sub(1)) == text.as_bytes().last()
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
