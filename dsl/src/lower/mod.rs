//! From the lossless tree to the typed one. What the tree marks as failed is left out, and what it was in is poisoned; a
//! value that cannot be read (a number, a text, an operator too many) fails its statement here.

mod cursor;
mod device;
mod expr;
mod ids;
mod item;
mod layer;
mod matching;
mod number;
mod testing;
mod text;

use crate::ast::{Allow, Expr, ExprKind, File, Path, Property, Statement};
use crate::error::{Applicability, Fix, SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::ordered::Ordered as _;
use crate::parser::NodeKind;
use crate::report::Report;
use crate::shape::Context;
use crate::tree::{Element, ElementKind, Tree};
use crate::{Span, Spanned};
use cursor::{child, keyword, name, nodes, token};

/// The typed tree of a whole file. Adds errors to the report.
pub(crate) fn file(tree: &Tree, report: &mut Report) -> File {
    let mut file = File::default();
    let Some(root) = tree.root() else { return file };
    let mut lower = Lower { report, words: Vec::new(), hex_ids: false, allows: Vec::new() };
    for child in root.children() {
        match child.kind() {
            ElementKind::Token(TokenKind::InnerDoc) => file.docs.push(cursor::doc_line(child)),
            ElementKind::Unread => {
                if let Some(docs) = lower.inner_attribute(child) {
                    file.docs.extend(docs);
                } else {
                    (file.poisoned, file.lost_use) = (true, true);
                }
            }
            ElementKind::Node(NodeKind::Chunk) => lower.chunk(child, &mut file),
            _ => {}
        }
    }
    file.words = lower.words;
    file.words.order_by_key(|word| word.span);
    file
}

struct Lower<'r> {
    report: &'r mut Report,
    /// See [`File::words`].
    words: Vec<Spanned<&'static str>>,
    /// The ids that are being read are hexadecimal without their prefix.
    hex_ids: bool,
    /// What the present item silences.
    allows: Vec<Allow>,
}

impl Lower<'_> {
    fn error(&mut self, error: SyntaxError) {
        self.report.errors.push(error);
    }

    /// An expression stands where this keyword may stand: if it is a single word, it may be a misspelling of it.
    fn may_mean(&mut self, expr: &Expr, keyword: &'static str) {
        if let ExprKind::Path(path) = &expr.kind
            && let Path { namespace: None, name } = &**path
        {
            self.words.push(Spanned::new(keyword, name.span));
        }
    }

    /// Reads the statements of a block: `read` makes one from each node that is a statement and did not fail. Says also
    /// whether any is missing.
    fn block<T>(
        &mut self,
        block: Element<'_>,
        mut read: impl FnMut(&mut Self, Element<'_>, Option<Element<'_>>) -> Option<T>,
    ) -> (Vec<T>, bool) {
        let before = self.report.errors.len();
        // Syntax trees of long texts are held as a whole: they take no more room than they need.
        let mut statements =
            Vec::with_capacity(nodes(block).filter(|node| node.node().is_some_and(NodeKind::is_statement)).count());
        let mut docs = None;
        for node in nodes(block) {
            if node.node() == Some(NodeKind::Docs) {
                docs = Some(node);
                continue;
            }
            let is_read =
                node.node().is_some_and(NodeKind::is_statement) && !self.report.failed.contains(&node.index());
            if is_read {
                statements.extend(read(self, node, docs));
            }
            docs = None;
        }
        (statements, self.report.poisoned.contains(&block.index()) || self.report.errors.len() > before)
    }

    /// Reads the statements of a block that has declared ones.
    fn statements<K>(
        &mut self,
        context: Context,
        block: Element<'_>,
        mut read: impl FnMut(&mut Self, Element<'_>) -> Option<K>,
    ) -> (Vec<Statement<K>>, bool) {
        self.block(block, |lower, node, docs| {
            let shape = context.statement(keyword(node))?;
            let kind = if shape.keyword == "allow" {
                let allow = lower.allow(node)?;
                lower.allows.push(allow);
                None
            } else {
                Some(read(lower, node)?)
            };
            let docs = if context.is_documented() {
                lower.docs(docs)
            } else {
                lower.no_docs(docs);
                Vec::new()
            };
            Some(Statement { shape, docs, kind: kind?, span: node.span() })
        })
    }

    /// The value of a statement that has one.
    fn property(&mut self, node: Element<'_>) -> Option<Property> {
        Some(if token(node, TokenKind::Text).is_some() {
            Property::Text(self.text(node)?)
        } else if child(node, NodeKind::Expr).is_some() {
            Property::Number(self.expr(node)?)
        } else {
            Property::Word(name(node)?)
        })
    }

    /// A statement's place among statements that have no documentation: says that it documents nothing.
    fn no_docs(&mut self, docs: Option<Element<'_>>) {
        if let Some(docs) = docs {
            self.report.misplaced_docs(docs);
        }
    }

    /// The same word twice, the second time in `part`.
    fn repeated(&mut self, first: Span, second: Span, part: Span, word: &str) {
        // With a value after it, the second may be the one that was meant.
        let applicability = if second == part { Applicability::Safe } else { Applicability::Unsafe };
        self.error(
            SyntaxError::new(SyntaxCode::RepeatedWord, second, format!("`{word}` is said twice"), "said again here")
                .related(first, "first said here")
                .fix(Fix::replace(part, "", applicability)),
        );
    }
}
