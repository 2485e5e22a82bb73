//! One rule: its code and name, how bad it is to break it, and its page.

use crate::severity::Severity;

/// How a rule is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It is not looked at.
    Off,
    /// Breaking it is a warning.
    Warn,
    /// Breaking it is an error.
    Error,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::Warn, Self::Error];

    /// The word for it in a configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One rule of the language.
#[derive(Debug)]
pub struct Rule {
    /// Its number: `QK` and four digits where it is shown.
    pub code: u16,
    /// Its name, as `allow` takes it.
    pub name: &'static str,
    /// How bad it is to break it.
    pub severity: Severity,
    /// Whether `allow` may silence it: tables can be made although it is broken.
    pub silenceable: bool,
    /// What it means.
    pub meaning: &'static str,
    /// The clause of a specification, the function of the kernel or the section of the documentation that it rests on.
    pub rests_on: &'static str,
    /// Text that breaks this rule and no other. A line `//# PATH` begins another file. Empty where no text can show it.
    pub failing: &'static str,
    /// The same text mended.
    pub corrected: &'static str,
}

impl Rule {
    /// `QK0302`
    #[must_use]
    pub fn code(&self) -> String {
        format!("QK{:04}", self.code)
    }

    /// Whether a configuration may give it a level: what no tables can be made without stays an error.
    #[must_use]
    pub fn may_be(&self, level: Level) -> bool {
        level == Level::Error || self.silenceable || self.severity == Severity::Warning
    }

    /// What the rules with the same first two digits are about.
    #[must_use]
    pub fn group(&self) -> &'static str {
        match self.code / 100 {
            1 => "Syntax",
            2 => "Files, names and numbers",
            3 => "Layout",
            4 => "Capabilities, DVSEC and PASID",
            5 => "Matching and layers",
            6 => "Tests",
            7 => "Deprecated",
            8 => "Style",
            _ => "Input",
        }
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}
