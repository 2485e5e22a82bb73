//! What the language is, for everything that completes or explains it: the one place that asks the table of statements and the
//! list of capabilities.

use quirk_compiler::catalogue::{self, Rule};
pub(crate) use quirk_dsl::shape::Context;
use quirk_dsl::shape::{Shape, Times, Value};
use quirk_runtime::capability::{Kind, Shown, Space, UNBOUNDED};

/// A statement as the table has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement(&'static Shape);

/// A word inside a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    pub(crate) word: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) takes: Takes,
}

/// What follows a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    Number,
    Name,
    Kind,
    Text,
    Other,
}

/// The statements that may stand in a block.
pub(crate) fn statements(context: Context) -> impl Iterator<Item = Statement> {
    context.statements().iter().map(Statement)
}

/// The statement that a keyword begins in a block.
pub(crate) fn statement(context: Context, keyword: &str) -> Option<Statement> {
    context.statement(keyword).map(Statement)
}

impl Statement {
    pub(crate) fn keyword(self) -> &'static str {
        self.0.keyword
    }

    pub(crate) fn syntax(self) -> &'static str {
        self.0.syntax
    }

    pub(crate) fn doc(self) -> &'static str {
        self.0.doc
    }

    /// The block that it opens or may open.
    pub(crate) fn block(self) -> Option<Context> {
        self.0.block
    }

    /// Whether a second one in the same block would be an error.
    pub(crate) fn is_single(self) -> bool {
        matches!(self.0.times, Times::Once | Times::AtMostOnce)
    }

    pub(crate) fn words(self) -> impl Iterator<Item = Word> {
        self.0.parts.iter().map(|part| Word {
            word: part.word,
            doc: part.doc,
            takes: match part.value {
                Value::Nothing => Takes::Nothing,
                Value::Number | Value::Range => Takes::Number,
                Value::Name => Takes::Name,
                Value::Kind => Takes::Kind,
                Value::Text => Takes::Text,
                Value::Statement => Takes::Other,
            },
        })
    }

    pub(crate) fn word(self, word: &str) -> Option<Word> {
        self.words().find(|each| each.word == word)
    }

    /// Its reference, as Markdown.
    pub(crate) fn reference(self) -> String {
        let Shape { syntax, doc, times, default, example, since, .. } = self.0;
        let times = match times {
            Times::Once => "exactly once in its block",
            Times::AtMostOnce => "at most once in its block",
            Times::AtLeastOnce => "at least once in its block",
            Times::Any => "any number of times",
        };
        let mut out = format!("```quirk\n{syntax}\n```\n{doc}\n\n{times}");
        if let Some(default) = default {
            out += &format!("; without it: {default}");
        }
        if *since > 1 {
            out += &format!("; since edition {since}");
        }
        out += "\n";
        for word in self.words() {
            out += &format!("\n- `{}`: {}", word.word, word.doc);
        }
        out + &format!("\n\n```quirk\n{example}\n```\n")
    }
}

/// The kinds of evidence.
pub(crate) fn evidence() -> impl Iterator<Item = Word> {
    let statement = statement(Context::Evidence, "evidence");
    statement.into_iter().flat_map(Statement::words).filter(|word| word.takes == Takes::Text)
}

/// The rules that `allow` can silence.
pub(crate) fn silenceable() -> impl Iterator<Item = &'static Rule> {
    catalogue::all().filter(|rule| rule.silenceable)
}

/// The space of `cap` or `ext`.
pub(crate) fn space(keyword: &str) -> Option<Space> {
    [Space::Conventional, Space::Extended].into_iter().find(|space| space.keyword() == keyword)
}

/// The kinds that have a name.
pub(crate) fn kinds(space: Space) -> impl Iterator<Item = &'static Kind> {
    space.kinds().iter().filter(|kind| !kind.name.is_empty())
}

/// The kind of a name or number.
pub(crate) fn kind(space: Space, written: &str) -> Option<&'static Kind> {
    Kind::by_name(space, written).or_else(|| Kind::by_id(space, u16::try_from(number(written)?).ok()?))
}

/// The value of a number as the language writes it.
pub(crate) fn number(written: &str) -> Option<u64> {
    let digits = written.replace('_', "");
    match digits.get(..2) {
        Some("0x" | "0X") => u64::from_str_radix(&digits[2..], 16).ok(),
        Some("0b" | "0B") => u64::from_str_radix(&digits[2..], 2).ok(),
        Some("0o" | "0O") => u64::from_str_radix(&digits[2..], 8).ok(),
        _ => digits.parse().ok(),
    }
}

/// How long a kind is, in a few words.
pub(crate) fn length(kind: &Kind) -> String {
    match (kind.min, kind.max) {
        (min, max) if min == max => format!("{min:#x} bytes"),
        (min, UNBOUNDED) => format!("at least {min:#x} bytes"),
        (min, max) => format!("{min:#x} to {max:#x} bytes"),
    }
}

/// What there is to know of a kind, as Markdown.
pub(crate) fn facts(space: Space, kind: &Kind) -> String {
    let rule = if kind.is_fixed() {
        "always"
    } else if kind.rule.is_exact() {
        "its own bits tell how many"
    } else {
        "its own bits do not tell all of its length: state `len` where more is known"
    };
    let which = match space {
        Space::Conventional => "conventional",
        Space::Extended => "extended",
    };
    let shown = match kind.shown {
        Shown::Always => "vfio-pci shows it".to_owned(),
        Shown::Never => "vfio-pci hides it".to_owned(),
        Shown::Since(kernel) => format!("vfio-pci shows it since Linux {}.{}", kernel.major, kernel.minor),
        other => format!("vfio-pci: {other:?}"),
    };
    format!(
        "**{} {}**: {}\n\n- {which} capability, id {:#04x} ({}), PCI Express Base Specification, chapter 7\n- {}, {rule}\n- {shown}\n",
        space.keyword(),
        kind.name,
        kind.title,
        kind.id,
        kind.id,
        length(kind),
    )
}
