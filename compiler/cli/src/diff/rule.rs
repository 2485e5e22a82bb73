//! What breaks those who rely on a description.

use quirk_compiler::catalogue::Level;

macro_rules! rules {
    ($($(#[$meta:meta])* $name:ident = $word:literal, $says:literal;)*) => {
        /// A kind of change that breaks somebody.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum BreakingRule {
            $($(#[$meta])* $name,)*
        }

        impl BreakingRule {
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name, which never changes.
            pub(crate) const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// Whom it breaks.
            pub(crate) const fn says(self) -> &'static str {
                match self {
                    $(Self::$name => $says,)*
                }
            }
        }
    };
}

rules! {
    DeviceLost = "device-lost", "what names the device finds it no more";
    ProfileLost = "profile-lost", "guests that were started with the profile cannot be resumed";
    LayerLost = "layer-lost", "VMMs that switch the layer on are refused";
    OffsetMoved = "offset-moved", "a guest that is resumed finds the capability elsewhere";
    FreeShrunk = "free-shrunk", "what was placed there has no leave any more";
    MatchTaken = "match-taken", "functions of one description are given to another";
    MatchLost = "match-lost", "functions that were described are not";
    PasidForbidden = "pasid-forbidden", "guests lose PASID";
}

impl BreakingRule {
    /// How it is judged unless somebody says otherwise.
    pub(crate) const fn level(self) -> Level {
        Level::Error
    }

    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.word() == word)
    }
}

/// `RULE=LEVEL` of the command line.
pub(super) fn level(text: &str) -> Result<(BreakingRule, Level), String> {
    let words = || BreakingRule::ALL.iter().map(|rule| rule.word()).collect::<Vec<_>>().join("`, `");
    let (rule, level) = text.split_once('=').ok_or_else(|| "expected `RULE=LEVEL`".to_owned())?;
    let rule = BreakingRule::find(rule).ok_or_else(|| format!("there is no rule `{rule}`, there are `{}`", words()))?;
    let level = Level::ALL.into_iter().find(|each| each.word() == level);
    Ok((rule, level.ok_or_else(|| "a rule is `off`, `warn` or `error`".to_owned())?))
}
