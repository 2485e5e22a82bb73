//! The steps of the grammar, taken with pest. As one function for all rules, not as functions for each, they are a fifth of the code.

use pest::iterators::Pairs;
use pest::{Atomicity, ParseResult, ParserState};

use super::generated::{RULES, Rule};
use super::step::Step;

type State<'i> = Box<ParserState<'i, Rule>>;

/// The nodes that a rule finds in a text, which it accepts up to its end; or none.
pub(super) fn read(rule: Rule, text: &str) -> Option<Pairs<'_, Rule>> {
    pest::state(text, |state| take(state, &RULES[rule as usize])).ok()
}

fn take<'i>(state: State<'i>, step: &'static Step<Rule>) -> ParseResult<State<'i>> {
    match *step {
        Step::Text(text) => state.match_string(text),
        Step::Range(first, last) => state.match_range(first..last),
        Step::Any => state.skip(1),
        Step::End => state.rule(Rule::EOI, ParserState::end_of_input),
        Step::Until(texts) => state.skip_until(texts),
        Step::Call(rule) => take(state, &RULES[rule as usize]),
        Step::Sequence(steps) => state.sequence(|mut state| {
            for step in steps {
                state = take(state, step)?;
            }
            Ok(state)
        }),
        Step::Choice(steps) => first(state, steps),
        Step::Optional(step) => state.optional(|state| take(state, step)),
        Step::Repeat(step) => state.repeat(|state| take(state, step)),
        Step::Before(step) => state.lookahead(true, |state| take(state, step)),
        Step::Unless(step) => state.lookahead(false, |state| take(state, step)),
        Step::Node(rule, step) => {
            state.atomic(Atomicity::CompoundAtomic, |state| state.rule(rule, |state| take(state, step)))
        }
        Step::Leaf(rule, step) => {
            state.rule(rule, |state| state.atomic(Atomicity::Atomic, |state| take(state, step)))
        }
    }
}

fn first<'i>(mut state: State<'i>, steps: &'static [Step<Rule>]) -> ParseResult<State<'i>> {
    for step in steps {
        match take(state, step) {
            Err(same) => state = same,
            found => return found,
        }
    }
    Err(state)
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
