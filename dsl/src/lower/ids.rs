//! Ids that are written together: where one of them is hexadecimal without its prefix, so are the others.
//!
//! `pci(1c5c, 1959)` is copied from `lspci -n`: a fix of the first id alone would leave another device than was meant.

use super::Lower;
use super::number::{is_bare_hex, lacks_prefix};
use crate::error::{Applicability, Edit, Fix, SyntaxCode};
use crate::lex::TokenKind;
use crate::ordered::Ordered as _;
use crate::tree::Element;

/// Whether a word is the digits of an id: `fffe`.
fn is_word_of_digits(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|digit| digit.is_ascii_hexdigit())
}

impl Lower<'_> {
    /// Reads ids that are written together. They are mended together, or not at all.
    pub(super) fn together<T>(&mut self, ids: &[Element<'_>], read: impl FnOnce(&mut Self) -> T) -> T {
        let numbers = || {
            let inside = ids.iter().flat_map(|id| id.descendants());
            inside.filter(|token| token.token() == Some(TokenKind::Number))
        };
        if !numbers().any(|number| lacks_prefix(number.text())) {
            return read(self);
        }
        let words = ids
            .iter()
            .flat_map(|id| id.descendants())
            .filter(|token| token.token() == Some(TokenKind::Word) && is_word_of_digits(token.text()));
        let bare: Vec<Element<'_>> = numbers().filter(|number| is_bare_hex(number.text())).chain(words).collect();
        let (before, outer) = (self.report.errors.len(), self.hex_ids);
        self.hex_ids = true;
        let value = read(self);
        self.hex_ids = outer;
        if !bare.is_empty() {
            self.mend_together(before, &bare);
        }
        value
    }

    /// Gives every error about a missing prefix, from one on, the fix of all of them, and of the numbers beside them.
    fn mend_together(&mut self, from: usize, bare: &[Element<'_>]) {
        let is_one = |code| code == SyntaxCode::HexWithoutPrefix;
        let errors = self.report.errors.get_mut(from..).unwrap_or_default();
        let own = errors.iter().filter(|error| is_one(error.code)).filter_map(|error| error.fixes.first());
        let is_safe = own.clone().all(|fix| fix.applicability == Applicability::Safe)
            // A word may be a constant, and more digits are no id.
            && bare.iter().all(|id| id.token() == Some(TokenKind::Number) && id.text().len() <= 4);
        let own: Vec<Edit> = own.flat_map(|fix| fix.edits.clone()).collect();
        let others = bare.iter().map(|number| Edit { span: number.span(), text: format!("0x{}", number.text()) });
        let mut edits: Vec<Edit> = own.into_iter().chain(others).collect();
        edits.order_by_key(|edit| edit.span);
        let texts: Vec<String> = edits.iter().map(|edit| format!("`{}`", edit.text)).collect();
        let title = format!("write {}", texts.join(", "));
        let applicability = if is_safe { Applicability::Safe } else { Applicability::Unsafe };
        for error in errors.iter_mut().filter(|error| is_one(error.code)) {
            error.fixes = vec![Fix { title: title.clone(), edits: edits.clone(), applicability }];
            error.help = Some("ids that stand together are all hexadecimal or none".to_owned());
        }
    }
}
