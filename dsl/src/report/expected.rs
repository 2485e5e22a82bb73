//! What was expected where something is missing, in the user's words.

use super::place;
use super::statements::{misspelt, parts, suggest};
use crate::error::{SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::tree::Element;

/// What should have stood at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    /// In a message, after "expected".
    what: &'static str,
    /// Words that are legal there, for did-you-mean.
    words: &'static [&'static str],
    /// The way out, where the message does not show it.
    help: Option<&'static str>,
}

const fn expect(what: &'static str) -> Expected {
    Expected { what, words: &[], help: None }
}

const fn word(what: &'static str, words: &'static [&'static str]) -> Expected {
    Expected { what, words, help: None }
}

impl Expected {
    const fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    /// The error of a missing part.
    pub(super) fn error(self, element: Element<'_>, statement: Option<Element<'_>>) -> SyntaxError {
        // A misspelt `cap` of an offset from a capability was read as the offset.
        if element.node() == Some(NodeKind::NoValue)
            && place::solid_from(element).is_some_and(|next| next.token() == Some(TokenKind::Word))
            && let Some(error) = place::solid_before(element).and_then(|word| misspelt(word, ["cap", "ext"]))
        {
            return error;
        }
        let found = place::found(element);
        let mut error = SyntaxError::new(
            SyntaxCode::UnexpectedToken,
            place::missing(element),
            format!("expected {}, found {found}", self.what),
            format!("expected {} here", self.what),
        );
        if let Some(found) = place::solid_from(element) {
            error = suggest(error, found, self.words.iter().copied().chain(statement.into_iter().flat_map(parts)));
        }
        if error.help.is_none() {
            error.help = if found == "`-`" { Some("numbers are not negative") } else { self.help }.map(str::to_owned);
        }
        error
    }
}

/// What the empty node of a missing part stands for.
pub(super) fn of(kind: NodeKind) -> Option<Expected> {
    Some(match kind {
        NodeKind::NoName => expect("a name"),
        NodeKind::NoText => expect("a text in `\"..\"`"),
        NodeKind::NoNumber => expect("a number"),
        NodeKind::NoExpr => expect("a number").help("a number, a constant, or an expression of them"),
        NodeKind::NoId => word("an id", &["any"]).help("an id, `a..=b`, `value mask bits`, `[a, b]` or `any`"),
        NodeKind::NoAt => expect("`@`").help("`@` stands before every offset"),
        NodeKind::NoAs => word("`as`", &["as"]).help("`use \"path\" as name;`"),
        NodeKind::NoFor => word("`for`", &["for"]).help("`profile NAME for DEVICE { .. }`"),
        NodeKind::NoEquals => expect("`=`"),
        NodeKind::NoDoubleEquals => expect("`==`"),
        NodeKind::NoRangeEnd => word("`..` or `len`", &["len"]).help("bytes are written `a..b` or `a len n`"),
        NodeKind::NoKind => expect("a capability's kind").help("its name or its id, such as `aer` or `0x0031`"),
        NodeKind::NoColon => expect("`:`"),
        NodeKind::NoComma => expect("`,`"),
        NodeKind::NoPlus => expect("`+`").help("`cap pcie + 0x08`: an offset from a capability"),
        NodeKind::NoOpenParen => expect("`(`"),
        NodeKind::NoCloseParen => expect("`)`"),
        NodeKind::NoOpenBracket => expect("`[`").help("bytes are written `[1, 2, 'P']`"),
        NodeKind::NoCloseBracket => expect("`,` or `]`"),
        NodeKind::NoBlock => word("`{`", &["like", "for"]),
        NodeKind::NoPci => word("`pci`", &["pci"]).help("`match pci(VENDOR, DEVICE);`"),
        NodeKind::NoBar => word("`bar`", &["bar"]),
        NodeKind::NoPasid => word("`pasid`", &["pasid"]),
        NodeKind::NoWidth => word("`width`", &["width"]),
        NodeKind::NoEvery => word("`every`", &["every"]),
        NodeKind::NoAbsent => word("`absent`", &["absent"]),
        NodeKind::NoUntouched => word("`untouched`", &["untouched"]),
        NodeKind::NoCapOrExt => word("`cap` or `ext`", &["cap", "ext"]),
        NodeKind::NoRegister => word("`register`", &["register"]),
        NodeKind::NoPlace => word("`in free` or `@`", &["in", "free"]),
        NodeKind::NoPlacing => {
            word("`free`, `native` or `@`", &["free", "native"]).help("one place, or `[native, free, @ 0x400]`")
        }
        NodeKind::NoWithout => {
            word("`cap`, `ext`, `register` or `reserved`", &["cap", "ext", "register", "reserved"])
        }
        NodeKind::NoClaim => word("a kind of evidence", &["datasheet", "vendor", "driver", "dump", "probe"])
            .help("one of `datasheet`, `vendor`, `driver`, `dump`, `probe`, or the name of a `source`"),
        NodeKind::NoType => expect("a type").help("`u1` to `u64`, by the number of bits, or `bytes(N)`"),
        NodeKind::NoFieldType => word("`u8`, `u16`, `u32` or `bytes`", &["u8", "u16", "u32", "bytes"]),
        NodeKind::NoValue => word("a value", &["len", "bits", "mask"]).help("`= value`, `= device`, or `[..]` for bytes"),
        NodeKind::NoEmulate => {
            word("`cap`, `ext`, `u8`, `u16`, `u32` or `bytes`", &["cap", "ext", "u8", "u16", "u32", "bytes"])
        }
        NodeKind::NoGiven => {
            word("`device`, `pci`, `optional` or `bytes`", &["device", "pci", "optional", "bytes"])
        }
        NodeKind::NoAbsence => word("`pasid`, `cap` or `ext`", &["pasid", "cap", "ext"]),
        NodeKind::NoExpect => word(
            "something to check",
            &[
                "pasid", "no", "chain", "cap", "ext", "u8", "u16", "u32", "bytes", "device", "effect", "reason",
                "finding",
            ],
        )
        .help("`pasid`, `no`, `chain`, `cap`, `ext`, `u8`, `u16`, `u32`, `bytes`, `device`, `effect`, `reason` or `finding`"),
        _ => return None,
    })
}
