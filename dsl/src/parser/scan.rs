//! Steps of the generated parser that look at bytes directly: what pest takes character by character, in one go.

use pest::{ParseResult, ParserState, RuleType};

type State<'i, R> = Box<ParserState<'i, R>>;

/// The next byte; none at the end.
#[inline]
pub(super) fn next<R: RuleType>(state: &ParserState<'_, R>) -> Option<u8> {
    let (input, position) = place(state);
    input.as_bytes().get(position).copied()
}

/// All bytes from here on that are accepted. Either all bytes of a character beyond ASCII are, or none.
#[inline]
pub(super) fn run<R: RuleType>(state: State<'_, R>, accept: impl Fn(u8) -> bool) -> ParseResult<State<'_, R>> {
    let (input, position) = place(&state);
    let rest = &input.as_bytes()[position..];
    let len = rest.iter().position(|byte| !accept(*byte)).unwrap_or(rest.len());
    if len == 0 { Ok(state) } else { state.match_string(&input[position..position + len]) }
}

/// A text, if the byte after it is not among those that would make it a part of something longer.
#[inline]
pub(super) fn bounded<'i, R: RuleType>(
    state: State<'i, R>,
    text: &str,
    longer: impl Fn(u8) -> bool,
) -> ParseResult<State<'i, R>> {
    let (input, position) = place(&state);
    if input.as_bytes().get(position + text.len()).copied().is_some_and(longer) {
        return Err(state);
    }
    state.match_string(text)
}

/// Nothing, if the next byte is accepted.
#[inline]
pub(super) fn before<R: RuleType>(state: State<'_, R>, accept: impl Fn(u8) -> bool) -> ParseResult<State<'_, R>> {
    if next(&state).is_some_and(accept) { Ok(state) } else { Err(state) }
}

/// Nothing, if the next byte is not refused; also at the end.
#[inline]
pub(super) fn not_before<R: RuleType>(state: State<'_, R>, refuse: impl Fn(u8) -> bool) -> ParseResult<State<'_, R>> {
    if next(&state).is_some_and(refuse) { Err(state) } else { Ok(state) }
}

/// The whole text, and how far it has been read.
#[inline]
fn place<'i, R: RuleType>(state: &ParserState<'i, R>) -> (&'i str, usize) {
    let here = state.position();
    (here.span(here).get_input(), here.pos())
}
