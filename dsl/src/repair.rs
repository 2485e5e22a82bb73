//! Where a missing `}` belongs: braces are matched by the way their lines are indented, so that one forgotten brace does not
//! make the rest of an item look wrong.

use core::ops::Range;

use crate::lex::{Token, TokenKind};

/// A `}` that is not in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MissingBrace {
    /// Where it belongs: a byte offset.
    pub(crate) at: u32,
    /// The `{` that it closes: its token.
    pub(crate) opened: usize,
}

/// A `{` that is open.
struct OpenBrace {
    token: usize,
    line: u32,
    /// How far its line is indented.
    indent: u32,
}

/// The braces that an item lacks, in the order of the text; as many as its open braces, whatever the indentation says.
pub(crate) fn missing_braces(text: &str, tokens: &[Token], item: Range<usize>) -> Vec<MissingBrace> {
    by_indentation(text, tokens, item.clone()).unwrap_or_else(|| at_the_end(tokens, item))
}

/// `None` if the indentation does not explain what is missing.
fn by_indentation(text: &str, tokens: &[Token], item: Range<usize>) -> Option<Vec<MissingBrace>> {
    let mut missing = Vec::new();
    let mut open: Vec<OpenBrace> = Vec::new();
    let mut line = 0;
    let mut indent = 0;
    let mut first = true;
    let mut end = tokens.get(item.start)?.span.start;
    for position in item {
        let token = tokens[position];
        if token.kind.is_trivia() {
            let space = &text[token.span.range()];
            if let Some(at) = space.rfind('\n') {
                line += 1;
                indent = u32::try_from(space.len() - at).ok()? - 1;
                first = true;
            }
            continue;
        }
        if first {
            let closes = token.kind == TokenKind::CloseBrace;
            while let Some(top) = open
                .last()
                .filter(|top| top.line < line && if closes { top.indent > indent } else { top.indent >= indent })
            {
                missing.push(MissingBrace { at: end, opened: top.token });
                open.pop();
            }
        }
        match token.kind {
            TokenKind::OpenBrace => open.push(OpenBrace { token: position, line, indent }),
            TokenKind::CloseBrace => {
                open.pop()?;
            }
            _ => {}
        }
        first = false;
        end = token.span.end;
    }
    while let Some(top) = open.pop() {
        missing.push(MissingBrace { at: end, opened: top.token });
    }
    Some(missing)
}

fn at_the_end(tokens: &[Token], item: Range<usize>) -> Vec<MissingBrace> {
    let mut open = Vec::new();
    let mut end = 0;
    for position in item {
        match tokens[position].kind {
            TokenKind::OpenBrace => open.push(position),
            TokenKind::CloseBrace => {
                open.pop();
            }
            _ => {}
        }
        if !tokens[position].kind.is_trivia() {
            end = tokens[position].span.end;
        }
    }
    open.into_iter().rev().map(|opened| MissingBrace { at: end, opened }).collect()
}

#[cfg(test)]
mod tests {
    use super::missing_braces;
    use crate::lex::lex;

    /// The text with the braces put in.
    fn repaired(text: &str) -> String {
        let tokens = lex(text);
        let mut repaired = text.to_owned();
        for missing in missing_braces(text, &tokens, 0..tokens.len()).iter().rev() {
            repaired.insert(missing.at as usize, '}');
        }
        repaired
    }

    #[test]
    fn a_block_ends_where_its_indentation_does() {
        assert_eq!(
            repaired("device a {\n    layout {\n        cap x @ 1;\n    free @ 1..2;\n}"),
            "device a {\n    layout {\n        cap x @ 1;}\n    free @ 1..2;\n}"
        );
        assert_eq!(repaired("device a {\n    layout {\n        x;\n}"), "device a {\n    layout {\n        x;}\n}");
    }

    #[test]
    fn an_item_ends_at_its_last_token() {
        assert_eq!(repaired("device a {\n    pasid;\n// end\n"), "device a {\n    pasid;}\n// end\n");
        assert_eq!(repaired("device a { layout {"), "device a { layout {}}");
    }

    #[test]
    fn indentation_that_explains_nothing_is_ignored() {
        let text = "device a {\nlayout {\ncap x @ 1;\n}\n{";
        let fixed = repaired(text);
        assert_eq!(fixed.matches('{').count(), fixed.matches('}').count(), "{fixed}");
    }
}
