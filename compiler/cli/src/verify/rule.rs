//! What a description and the facts can disagree on.

use quirk_compiler::catalogue::Level;

macro_rules! rules {
    ($($name:ident = $word:literal, $level:ident, $says:literal;)*) => {
        /// A kind of disagreement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Disagreement {
            $(#[doc = $says] $name,)*
        }

        impl Disagreement {
            pub(super) const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name, which never changes.
            pub(super) const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// How it is judged unless somebody says otherwise.
            const fn level(self) -> Level {
                match self {
                    $(Self::$name => Level::$level,)*
                }
            }

            /// What it means.
            const fn says(self) -> &'static str {
                match self {
                    $(Self::$name => $says,)*
                }
            }
        }
    };
}

rules! {
    Undescribed = "undescribed", Error, "no entry is for the function";
    Silent = "silent", Error, "the function does not answer: every byte reads ff";
    CapabilityMissing = "capability-missing", Error, "a capability that is declared without `optional` is not in the list";
    CapabilityUndeclared = "capability-undeclared", Error, "the list has a capability that is not declared";
    CapabilityOther = "capability-other", Error, "another DVSEC or VSEC is where one is declared";
    CapabilityLength = "capability-length", Error, "a capability is longer than it is declared";
    ListDiffers = "list-differs", Warn, "a collected list differs from an entry with which as many machines of these ids agree, or more";
    InsideCapability = "inside-capability", Error, "a register, reserved or free range lies in a capability";
    FreeNotZero = "free-not-zero", Error, "a byte that is declared free does not read 0";
    NotRepeating = "not-repeating", Error, "the space does not repeat at the distance that `aliased every` says";
    UndeclaredBytes = "undeclared-bytes", Warn, "bytes outside everything that is declared do not read 0";
    FreeIsRegister = "free-is-register", Error, "the vendor has a register in bytes that are declared free";
    RegisterUnknown = "register-unknown", Error, "a register is declared where the vendor has none";
    RegisterUndeclared = "register-undeclared", Error, "the vendor has a register that nothing declares";
    CapabilityUnpublished = "capability-unpublished", Error, "a capability is declared where the vendor has none";
    CapabilityKind = "capability-kind", Error, "the vendor has another capability there";
    CapabilityLeftOut = "capability-left-out", Error, "the vendor has a capability that is not declared";
    FreeIsWritable = "free-is-writable", Error, "bytes that are declared free keep what is written to them";
    ProbeStopped = "probe-stopped", Error, "the write probe ended before its last dword";
    NotRestored = "not-restored", Error, "bytes that were probed do not read what they read before";
    EntryLost = "entry-lost", Error, "a table is about an entry that is not there";
    NothingCompared = "nothing-compared", Error, "no entry is in a table or cites it, or nothing in a folder is described";
}

/// What a rule means, by its name.
pub(crate) fn explain(word: &str) -> Option<&'static str> {
    Disagreement::find(word).map(Disagreement::says)
}

impl Disagreement {
    pub(super) fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.word() == word)
    }
}

/// How each rule is judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels(pub(super) Vec<(Disagreement, Level)>);

impl Levels {
    /// The last word on a rule counts.
    pub(super) fn of(&self, rule: Disagreement) -> Level {
        let said = self.0.iter().rev().find(|(each, _)| *each == rule);
        said.map_or(rule.level(), |(_, level)| *level)
    }
}

/// `RULE=LEVEL` of the command line.
pub(super) fn level(text: &str) -> Result<(Disagreement, Level), String> {
    let words = || Disagreement::ALL.iter().map(|rule| rule.word()).collect::<Vec<_>>().join("`, `");
    let (rule, level) = text.split_once('=').ok_or_else(|| "expected `RULE=LEVEL`".to_owned())?;
    let rule = Disagreement::find(rule).ok_or_else(|| format!("there is no rule `{rule}`, there are `{}`", words()))?;
    let level = Level::ALL.into_iter().find(|each| each.word() == level);
    Ok((rule, level.ok_or_else(|| "a rule is `off`, `warn` or `error`".to_owned())?))
}

/// One disagreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) rule: Disagreement,
    /// Where in configuration space, if it is at a place.
    pub(super) offset: Option<u16>,
    pub(super) message: String,
}

impl Finding {
    /// Whether bytes may be written although this was found.
    pub(super) fn allows_writes(&self) -> bool {
        matches!(self.rule, Disagreement::UndeclaredBytes)
    }

    pub(super) fn new(rule: Disagreement, offset: impl Into<Option<u16>>, message: impl Into<String>) -> Self {
        Self { rule, offset: offset.into(), message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page has a row for each rule, with its level and meaning.
    #[test]
    fn the_page_names_every_rule() {
        let page = include_str!("../../../../docs/verify.md");
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        for rule in Disagreement::ALL {
            let row = format!("| `{}` | {} | {} |", rule.word(), rule.level().word(), rule.says());
            assert!(rows.contains(&row.as_str()), "{row}");
        }
    }
}
