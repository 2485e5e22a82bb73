//! What is printed: the tokens of a tree without white space, each with what its place in the grammar says about the space
//! before it.

use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::tree::Tree;

/// A token that is printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf<'t> {
    /// What it is.
    pub(super) kind: TokenKind,
    /// The innermost node of the grammar around it.
    pub(super) node: Option<NodeKind>,
    /// Its text, without white space at the end.
    pub(super) text: &'t str,
    /// How many lines end between it and the token before.
    pub(super) line_ends: usize,
    /// Whether a space stands before it, if it follows another token in its line.
    pub(super) space: bool,
}

impl Leaf<'_> {
    /// A comment or a line of documentation: the line ends after it.
    pub(super) const fn is_comment(&self) -> bool {
        self.kind.is_trivia()
    }

    /// A comment in the same line as what it follows. Documentation is about what comes next, so it gets its own line.
    pub(super) const fn trails(&self) -> bool {
        matches!(self.kind, TokenKind::Comment) && self.line_ends == 0
    }

    fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// A `-` inside a name such as `register-without-evidence`.
    fn joins_words(&self) -> bool {
        self.is("-") && self.node == Some(NodeKind::Dashed)
    }
}

/// All tokens of a tree but white space.
pub(super) fn leaves(tree: &Tree) -> Vec<Leaf<'_>> {
    let mut leaves: Vec<Leaf<'_>> = Vec::new();
    let mut open: Vec<(NodeKind, usize)> = Vec::new();
    let mut line_ends = 0;
    for element in tree.elements() {
        while open.last().is_some_and(|(_, end)| *end <= element.index()) {
            open.pop();
        }
        if let Some(node) = element.node() {
            open.push((node, element.end_index()));
        }
        match element.token() {
            None | Some(TokenKind::ByteOrderMark) => {}
            Some(TokenKind::Whitespace) => line_ends = element.text().matches('\n').count(),
            Some(kind) => {
                let node = open.last().map(|(node, _)| *node);
                let text = element.text().trim_end_matches([' ', '\t', '\r']);
                let mut leaf = Leaf { kind, node, text, line_ends, space: true };
                leaf.space = leaves.last().is_none_or(|before| space(before, &leaf));
                leaves.push(leaf);
                line_ends = 0;
            }
        }
    }
    leaves
}

/// Whether a space stands between two tokens of a line.
fn space(before: &Leaf<'_>, leaf: &Leaf<'_>) -> bool {
    let tight_behind = matches!(before.kind, TokenKind::OpenParen | TokenKind::OpenBracket)
        || matches!(before.text, ".." | "..=" | "::" | "!" | "#")
        || before.joins_words();
    let tight_before =
        matches!(leaf.kind, TokenKind::Semicolon | TokenKind::Comma | TokenKind::CloseParen | TokenKind::CloseBracket)
            || matches!(leaf.text, ".." | "..=" | "::" | ":")
            || leaf.joins_words();
    // Arguments follow their name directly, an expression in parentheses is an operand.
    let arguments = leaf.kind == TokenKind::OpenParen && leaf.node != Some(NodeKind::Paren);
    leaf.is_comment() || !(tight_behind || tight_before || arguments)
}
