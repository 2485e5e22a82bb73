//! Where a byte is in the language: in which block, behind which words of its statement. It looks at tokens alone, so that a
//! statement in the middle of being written is no obstacle.

use quirk_dsl::{Element, Span, TokenKind, Tree};

use crate::language::{self, Context, Statement};

/// A place in a text.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'t> {
    /// The open blocks, the outermost first: what may stand in each, and the words before its brace.
    pub(crate) blocks: Vec<Block<'t>>,
    /// The tokens of the statement before the place, without a word that reaches to it.
    pub(crate) head: Vec<Element<'t>>,
    /// The word, number or sign that the place is in or at the end of.
    pub(crate) touched: Option<Element<'t>>,
    /// It lies in a comment.
    pub(crate) in_comment: bool,
    /// It lies in a text: the text.
    pub(crate) in_text: Option<Element<'t>>,
    /// The keywords of the statements that the innermost block has before the place.
    pub(crate) before: Vec<&'t str>,
}

/// A block that is open.
#[derive(Clone, Debug)]
pub(crate) struct Block<'t> {
    /// None for a block that the language does not have.
    pub(crate) context: Option<Context>,
    pub(crate) head: Vec<Element<'t>>,
    /// The keywords of the statements around it that came before.
    before: Vec<&'t str>,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(tree: &'t Tree, offset: u32) -> Self {
        let mut cursor = Self {
            blocks: Vec::new(),
            head: Vec::new(),
            touched: None,
            in_comment: false,
            in_text: None,
            before: Vec::new(),
        };
        let tokens = tree.elements().filter_map(|element| Some((element, element.token()?)));
        for (token, kind) in tokens.take_while(|(token, _)| token.span().start < offset) {
            let Span { start, end } = token.span();
            let reaches = end >= offset;
            if kind.is_trivia() {
                // A comment ends before its line does, so its end is still in it.
                cursor.in_comment |= reaches && kind != TokenKind::Whitespace && kind != TokenKind::ByteOrderMark;
                continue;
            }
            let is_text = matches!(kind, TokenKind::Text | TokenKind::OpenText);
            if is_text && reaches && (end > offset || kind == TokenKind::OpenText) {
                cursor.in_text = Some(token);
                continue;
            }
            if reaches && (end > offset || matches!(kind, TokenKind::Word | TokenKind::Number)) {
                cursor.touched = Some(token);
                continue;
            }
            let at_margin = start == 0 || tree.text().as_bytes().get(start as usize - 1) == Some(&b'\n');
            cursor.take(token, kind, at_margin);
        }
        cursor
    }

    fn take(&mut self, token: Element<'t>, kind: TokenKind, at_margin: bool) {
        // A keyword of an item at the margin ends whatever a missing brace left open.
        if kind == TokenKind::Word && at_margin && language::statement(Context::File, token.text()).is_some() {
            if let Some(outermost) = self.blocks.first_mut() {
                self.before = core::mem::take(&mut outermost.before);
            }
            self.blocks.clear();
            self.head.clear();
        }
        match kind {
            TokenKind::Semicolon => self.end(),
            TokenKind::OpenBrace => {
                let context = self.statement().and_then(Statement::block);
                self.remember();
                let (head, before) = (core::mem::take(&mut self.head), core::mem::take(&mut self.before));
                self.blocks.push(Block { context, head, before });
            }
            TokenKind::CloseBrace => {
                self.head.clear();
                if let Some(block) = self.blocks.pop() {
                    self.before = block.before;
                }
            }
            _ => self.head.push(token),
        }
    }

    fn end(&mut self) {
        self.remember();
        self.head.clear();
    }

    fn remember(&mut self) {
        self.before.extend(self.head.first().map(|keyword| keyword.text()));
    }

    /// What may stand in the innermost block.
    pub(crate) fn context(&self) -> Option<Context> {
        self.blocks.last().map_or(Some(Context::File), |block| block.context)
    }

    /// The statement that the place is in.
    pub(crate) fn statement(&self) -> Option<Statement> {
        language::statement(self.context()?, self.head.first()?.text())
    }

    /// The text of the token that is so many before the place, from 1 on.
    pub(crate) fn back(&self, steps: usize) -> &'t str {
        self.head.len().checked_sub(steps).and_then(|at| self.head.get(at)).map_or("", |token| token.text())
    }

    /// The keyword and the first word behind it of the item around the place, or of which the place is in the head.
    pub(crate) fn item(&self) -> Option<(&'t str, Element<'t>)> {
        let head = self.blocks.first().map_or(&self.head, |block| &block.head);
        Some((head.first()?.text(), *head.get(1)?))
    }

    /// What is replaced if a word is put here.
    pub(crate) fn replaced(&self, offset: u32) -> Span {
        let word = self.touched.filter(|token| matches!(token.token(), Some(TokenKind::Word | TokenKind::Number)));
        word.map_or(Span::new(offset, offset), |token| Span::new(token.span().start, offset))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::Cursor;
    use crate::language::Context;

    /// The context, the head and the touched word at `|`.
    fn at(text: &str) -> (Option<Context>, Vec<String>, Option<String>) {
        let offset = u32::try_from(text.find('|').unwrap()).unwrap();
        let parse = quirk_dsl::parse(text.replacen('|', "", 1));
        let cursor = Cursor::new(&parse.tree, offset);
        let texts = cursor.head.iter().map(|token| token.text().to_owned()).collect();
        (cursor.context(), texts, cursor.touched.map(|token| token.text().to_owned()))
    }

    #[test]
    fn blocks_are_known_by_the_words_before_them() {
        let context = |text| at(text).0;
        assert_eq!(context("|"), Some(Context::File));
        assert_eq!(context("device a { | }"), Some(Context::Device));
        assert_eq!(context("device a { layout { cap pm @ 0x40; | } }"), Some(Context::Layout));
        assert_eq!(context("device a { free @ 1..2 { | } }"), Some(Context::Evidence));
        assert_eq!(context("device a { pasid { | } }"), Some(Context::Pasid));
        assert_eq!(context("device a { match pci(1, 2) { | } }"), Some(Context::Match));
        assert_eq!(context("layer a { emulate ext dvsec @ free len 8 { | } }"), Some(Context::Emulate));
        assert_eq!(context("layer a { unassigned deny { | } }"), Some(Context::Unassigned));
        assert_eq!(context("test \"{\" { given pci(1, 2) { | } }"), Some(Context::GivenPci));
        assert_eq!(context("test \"x\" { policy { | } }"), Some(Context::Policy));
        assert_eq!(context("test \"x\" { what { | } }"), None);
        assert_eq!(context("device a { layout { }\n}\n|"), Some(Context::File));
    }

    #[test]
    fn a_missing_brace_ends_with_the_next_item() {
        assert_eq!(at("device a { layout {\nlayer b { |").0, Some(Context::Layer));
    }

    #[test]
    fn the_head_is_what_was_written_of_the_statement() {
        let (context, head, touched) = at("device a { layout { cap pcie @ 0x4|");
        assert_eq!(context, Some(Context::Layout));
        assert_eq!(head, ["cap", "pcie", "@"]);
        assert_eq!(touched.as_deref(), Some("0x4"));
        assert_eq!(at("device a { name \"x\"; pa|sid; }").1, Vec::<String>::new());
    }

    #[test]
    fn texts_and_comments_are_told_apart() {
        let cursor = |text: &str, offset| {
            let parse = quirk_dsl::parse(text);
            let cursor = Cursor::new(&parse.tree, offset);
            (cursor.in_comment, cursor.in_text.is_some())
        };
        assert_eq!(cursor("// a", 4), (true, false));
        assert_eq!(cursor("use \"a\" as b;", 5), (false, true));
        assert_eq!(cursor("use \"a", 6), (false, true));
        assert_eq!(cursor("use \"a\" as b;", 7), (false, false));
    }
}
