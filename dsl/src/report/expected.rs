//! What was expected where something is missing, in the user's words.

use super::statements::{forms, misspelt, parts, suggest};
use super::{dashes, ids, place};
use crate::error::{SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::tree::Element;

/// What should have stood at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    /// In a message, after "expected"; empty where the words say it that tell the forms of the statement apart.
    what: &'static str,
    /// The way out, where the message does not show it.
    help: Option<&'static str>,
}

/// What `expect` wants.
const CHECK: &str = "something to check";

const fn expect(what: &'static str) -> Expected {
    Expected { what, help: None }
}

impl Expected {
    const fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    /// The error of a missing part.
    pub(super) fn error(
        self,
        element: Element<'_>,
        parent: Option<Element<'_>>,
        statement: Option<Element<'_>>,
    ) -> SyntaxError {
        // A misspelt `cap` of an offset from a capability was read as the offset.
        if element.node() == Some(NodeKind::NoValue)
            && place::solid_from(element).is_some_and(|next| next.token() == Some(TokenKind::Word))
            && let Some(error) = place::solid_before(element).and_then(|word| misspelt(word, ["cap", "ext"]))
        {
            return error;
        }
        if let Some(error) = place::solid_from(element).and_then(dashes::in_name) {
            return error;
        }
        let found = place::found(element);
        let forms = statement.map(forms).unwrap_or_default();
        let what = if self.what.is_empty() { listed(&forms) } else { self.what.to_owned() };
        let mut error = SyntaxError::new(
            SyntaxCode::UnexpectedToken,
            place::missing(element),
            format!("expected {what}, found {found}"),
            format!("expected {what} here"),
        );
        if let Some(found) = place::solid_from(element) {
            error = suggest(error, found, statement.into_iter().flat_map(parts));
        }
        if error.help.is_none() {
            error.help = if found == "`-`" { Some("numbers are not negative") } else { self.help }.map(str::to_owned);
            if self.what == CHECK {
                error.help = Some(listed(&forms));
            }
        }
        dashes::in_range(ids::colon(error, element), element, parent)
    }
}

/// What the empty node of a missing part stands for.
pub(super) fn of(kind: NodeKind) -> Option<Expected> {
    Some(match kind {
        NodeKind::NoName => expect("a name"),
        NodeKind::NoText => expect("a text in `\"..\"`"),
        NodeKind::NoNumber => expect("a number"),
        NodeKind::NoExpr => expect("a number").help("a number, a constant, or an expression of them"),
        NodeKind::NoId => expect("an id").help("an id, `a..=b`, `value mask bits`, `[a, b]` or `any`"),
        NodeKind::NoAt => expect("`@`").help("`@` stands before every offset"),
        NodeKind::NoAs => expect("`as`").help("`use \"path\" as name;`"),
        NodeKind::NoFor => expect("`for`").help("`profile NAME for DEVICE { .. }`"),
        NodeKind::NoEquals => expect("`=`"),
        NodeKind::NoDoubleEquals => expect("`==`"),
        NodeKind::NoRangeEnd => expect("`..` or `len`").help("bytes are written `a..b` or `a len n`"),
        NodeKind::NoKind => expect("a capability's kind").help("its name or its id, such as `aer` or `0x0031`"),
        NodeKind::NoColon => expect("`:`"),
        NodeKind::NoComma => expect("`,`"),
        NodeKind::NoPlus => expect("`+`").help("`cap pcie + 0x08`: an offset from a capability"),
        NodeKind::NoOpenParen => expect("`(`"),
        NodeKind::NoCloseParen => expect("`)`"),
        NodeKind::NoOpenBracket => expect("`[`").help("bytes are written `[1, 2, 'P']`"),
        NodeKind::NoCloseBracket => expect("`,` or `]`"),
        NodeKind::NoBlock => expect("`{`"),
        NodeKind::NoPci => expect("`pci`").help("`match pci(VENDOR, DEVICE);`"),
        NodeKind::NoBar => expect("`bar`"),
        NodeKind::NoPasid => expect("`pasid`"),
        NodeKind::NoWidth => expect("`width`"),
        NodeKind::NoEvery => expect("`every`"),
        NodeKind::NoAbsent => expect("`absent`"),
        NodeKind::NoUntouched => expect("`untouched`"),
        NodeKind::NoCapOrExt => expect("`cap` or `ext`"),
        NodeKind::NoRegister => expect("`register`"),
        NodeKind::NoPlace => expect("`in free` or `@`"),
        NodeKind::NoPlacing => expect("`free`, `native` or `@`").help("one place, or `[native, free, @ 0x400]`"),
        NodeKind::NoClaim => expect("a kind of evidence")
            .help("one of `datasheet`, `vendor`, `driver`, `dump`, `probe`, or the name of a `source`"),
        NodeKind::NoType => expect("a type").help("`u1` to `u64`, by the number of bits, or `bytes(N)`"),
        NodeKind::NoFieldType => expect("`u8`, `u16`, `u32` or `bytes`"),
        NodeKind::NoValue => expect("a value").help("`= value`, `= device`, or `[..]` for bytes"),
        NodeKind::NoEmulate | NodeKind::NoGiven | NodeKind::NoWithout => Expected { what: "", help: None },
        NodeKind::NoAbsence => expect("`pasid`, `cap` or `ext`"),
        NodeKind::NoExpect => expect(CHECK),
        _ => return None,
    })
}

/// Words as a choice for people.
fn listed(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => words.concat(),
    }
}
