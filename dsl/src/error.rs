//! Syntax errors as data: what, where, why, and the way out. Rendering is somebody else's.

use core::fmt;

use crate::Span;

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Which kind of error.
    pub code: SyntaxCode,
    /// The place to underline.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
    /// What to write at the underlined place.
    pub label: String,
    /// Another place that explains this one.
    pub related: Option<(Span, String)>,
    /// The way out, where it is more than the fix.
    pub help: Option<String>,
    /// Ways to correct the text; more than one where it cannot be told which was meant.
    pub fixes: Vec<Fix>,
}

impl SyntaxError {
    /// An error without explanations.
    pub(crate) fn new(code: SyntaxCode, span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), label: label.into(), related: None, help: None, fixes: Vec::new() }
    }

    /// The same with a way out.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with another place.
    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related = Some((span, label.into()));
        self
    }

    /// The same with one more fix.
    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }
}

/// One way to correct a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a request: "write `;`".
    pub title: String,
    /// The changes; they do not overlap.
    pub edits: Vec<Edit>,
    /// How far it can be trusted.
    pub applicability: Applicability,
}

impl Fix {
    /// Puts a text in the place of another.
    pub(crate) fn replace(span: Span, text: impl Into<String>, applicability: Applicability) -> Self {
        let text = text.into();
        let title = match text.trim() {
            "" if text.is_empty() => "remove this".to_owned(),
            "" => "write a space".to_owned(),
            text => format!("write `{text}`"),
        };
        Self { title, edits: vec![Edit { span, text }], applicability }
    }

    /// Puts a text at a place.
    pub(crate) fn insert(offset: u32, text: impl Into<String>, applicability: Applicability) -> Self {
        let text = text.into();
        Self {
            title: format!("insert `{}`", text.trim()),
            edits: vec![Edit { span: Span::new(offset, offset), text }],
            applicability,
        }
    }
}

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What goes away; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Whether a fix may be made without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// It keeps the meaning, or gives the only meaning that there can be.
    Safe,
    /// It may not be what was meant.
    Unsafe,
    /// It shows what to write, but holds a gap for a person to fill.
    Display,
}

impl fmt::Display for Applicability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Display => "display",
        })
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal $rule:literal;)*) => {
        /// The kinds of syntax errors. Numbers and names are stable: what they once meant they always mean.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SyntaxCode {
            $($(#[$doc])* $name,)*
        }

        impl SyntaxCode {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The digits of `QK0101`.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$name => $number,)* }
            }

            /// The name for people.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$name => $rule,)* }
            }
        }
    };
}

codes! {
    /// Something else was expected here.
    UnexpectedToken = 101 "unexpected-token";
    /// A statement has no `;`.
    MissingSemicolon = 102 "missing-semicolon";
    /// `,` stands for `;`.
    CommaForSemicolon = 103 "comma-for-semicolon";
    /// A `;` ends nothing, after a `}` for example.
    StraySemicolon = 104 "stray-semicolon";
    /// No item has this keyword.
    UnknownItem = 105 "unknown-item";
    /// No statement of this block has this keyword.
    UnknownStatement = 106 "unknown-statement";
    /// A `{` is never closed.
    UnclosedBlock = 107 "unclosed-block";
    /// A `}` closes nothing.
    UnmatchedBrace = 108 "unmatched-brace";
    /// A text has no closing quote.
    UnclosedText = 109 "unclosed-text";
    /// `/* .. */` is not a comment of the language.
    BlockComment = 110 "block-comment";
    /// A character has no meaning in the language.
    UnexpectedCharacter = 111 "unexpected-character";
    /// A hexadecimal number without its `0x`, or with another language's mark.
    HexWithoutPrefix = 112 "hex-without-prefix";
    /// A number that cannot be read.
    MalformedNumber = 113 "malformed-number";
    /// A number beyond 64 bits.
    NumberTooLarge = 114 "number-too-large";
    /// `_` stands where it groups no digits.
    DigitGroups = 115 "digit-groups";
    /// A `\` in a text or character starts nothing known.
    BadEscape = 116 "bad-escape";
    /// A character literal is not one ASCII character.
    BadCharacter = 117 "bad-character";
    /// `..`, `..=` and `...` were mixed up.
    RangeOperator = 118 "range-operator";
    /// `=` and `==` were mixed up.
    EqualsOperator = 119 "equals-operator";
    /// Braces, parentheses or brackets nest too deeply.
    NestingTooDeep = 120 "nesting-too-deep";
    /// An expression has too many parts.
    ExpressionTooLong = 121 "expression-too-long";
    /// Documentation stands where it documents nothing.
    MisplacedDoc = 122 "misplaced-doc";
    /// An attribute other than `doc`.
    UnknownAttribute = 123 "unknown-attribute";
    /// The same word twice in one statement.
    RepeatedWord = 124 "repeated-word";
    /// No parameter has this type.
    UnknownType = 125 "unknown-type";
    /// A file too large to be read.
    FileTooLarge = 126 "file-too-large";
    /// `# ..` is not a comment of the language.
    HashComment = 127 "hash-comment";
    /// A carriage return in a comment or a text, which ends no line.
    CarriageReturn = 128 "carriage-return";
    /// A character in a comment or a text that changes the order in which others are shown.
    TextDirection = 129 "text-direction";
}

impl fmt::Display for SyntaxCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QK{:04}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::SyntaxCode;

    #[test]
    fn codes_and_names_are_unique_and_in_order() {
        let numbers: Vec<u16> = SyntaxCode::ALL.iter().map(|code| code.number()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b));
        assert!(numbers.iter().all(|number| number / 100 == 1));
        let mut rules: Vec<&str> = SyntaxCode::ALL.iter().map(|code| code.rule()).collect();
        rules.sort_unstable();
        assert!(rules.is_sorted_by(|a, b| a < b));
    }
}
