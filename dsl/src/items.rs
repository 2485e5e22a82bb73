//! Reads some items of a text and leaves the others alone: what a program wants that has read the text before.

use crate::lex::{Token, lex_from};
use crate::parser::{Keep, Parser};
use crate::split::{Piece, PieceKind};
use crate::text::Text;
use crate::{Span, ast, lower, report};

/// Reads the items at these places, ascending and apart, of a text that was read without an error. Their documentation is left out.
#[must_use]
pub fn read_items(text: &Text, items: &[Span]) -> ast::File {
    let mut tokens: Vec<Token> = Vec::new();
    let mut pieces = Vec::new();
    for item in items {
        let Some(until) = text.get(..item.end as usize) else { continue };
        let first = tokens.len();
        tokens.extend(lex_from(until, item.start as usize));
        pieces.push(Piece { kind: PieceKind::Item { unclosed: false }, tokens: first..tokens.len() });
    }
    let parsed = Parser::default().parse(text, &tokens, pieces, Keep::All);
    lower::file(&parsed.tree, &mut report::report(&parsed))
}

#[cfg(test)]
mod tests {
    use super::read_items;
    use crate::{Span, Text, parse};

    #[test]
    fn items_say_the_same_without_their_neighbours() {
        let text: Text = "edition 1;\n/// documented\ndevice a { match pci(1, any); pasid; }\nconst A = 1 + B;\nlayer l { hide ext ats; }\ntest \"t\" { given device a; }\n".into();
        let mut whole = parse(text.clone()).file;
        whole.items.iter_mut().for_each(|item| item.docs.clear());
        let spans: Vec<Span> = whole.items.iter().map(|item| item.span).collect();
        for some in 0..1 << spans.len() {
            let wanted = |at: &usize| some >> at & 1 == 1;
            let chosen: Vec<Span> = (0..spans.len()).filter(wanted).map(|at| spans[at]).collect();
            let expected: Vec<_> = (0..spans.len()).filter(wanted).map(|at| whole.items[at].clone()).collect();
            assert_eq!(read_items(&text, &chosen).items, expected, "{chosen:?}");
        }
    }
}
