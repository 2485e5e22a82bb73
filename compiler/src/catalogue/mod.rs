//! The catalogue: every rule with its code, what it means, an example that breaks it and the same example mended.
//!
//! Codes are never used again for something else. Reference pages, `explain` and editors are made from this table.

#[macro_use]
mod macros {
    /// Declares rules as statics, and the list of them.
    macro_rules! rules {
        ($($(#[$flag:ident])? $name:ident = $code:literal $rule:literal $severity:ident;
            $meaning:literal; failing $failing:literal; corrected $corrected:literal;)*) => {
            $(
                #[doc = concat!("`", $rule, "`")]
                pub static $name: $crate::catalogue::Rule = $crate::catalogue::Rule {
                    code: $code,
                    name: $rule,
                    severity: $crate::severity::Severity::$severity,
                    silenceable: rules!(@flag $($flag)?),
                    meaning: $meaning,
                    failing: $failing,
                    corrected: $corrected,
                };
            )*
            pub(super) static RULES: &[&$crate::catalogue::Rule] = &[$(&$name),*];
        };
        (@flag) => { false };
        (@flag silenceable) => { true };
    }
}

mod capabilities;
mod input;
mod layers;
mod layout;
mod matching;
mod names;
mod page;
mod profiles;
mod rule;
mod syntax;
mod testing;

use capabilities::RULES as CAPABILITIES;
pub use capabilities::*;
use input::RULES as INPUT;
pub use input::*;
use layers::RULES as LAYERS;
pub use layers::*;
use layout::RULES as LAYOUT;
pub use layout::*;
use matching::RULES as MATCHING;
pub use matching::*;
use names::RULES as NAMES;
pub use names::*;
use profiles::RULES as PROFILES;
pub use profiles::*;
pub use rule::{Level, Rule};
use syntax::RULES as SYNTAX;
pub use syntax::*;
use testing::RULES as TESTING;
pub use testing::*;

use crate::suggest::did_you_mean;

/// All rules, by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [SYNTAX, NAMES, LAYOUT, CAPABILITIES, PROFILES, MATCHING, LAYERS, TESTING, INPUT].into_iter().flatten().copied()
}

/// The rule with a name or code.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name).or_else(|| all().find(|rule| rule.code().eq_ignore_ascii_case(name)))
}

/// "did you mean `a` or `b`?" for a name or code that no rule has, if one is near.
#[must_use]
pub fn suggest(wrong: &str) -> Option<String> {
    let codes: Vec<String> = all().map(Rule::code).collect();
    did_you_mean(wrong, all().map(|rule| rule.name).chain(codes.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::{all, find, suggest};

    #[test]
    fn codes_ascend_and_names_are_unique() {
        let rules: Vec<_> = all().collect();
        assert!(rules.is_sorted_by(|a, b| a.code < b.code));
        let mut names: Vec<_> = rules.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rules.len());
    }

    #[test]
    fn a_rule_is_found_by_name_and_by_code() {
        assert_eq!(find("overlap").map(|rule| rule.code), Some(302));
        assert_eq!(find("qk0302").map(|rule| rule.name), Some("overlap"));
        assert_eq!(find("qk9999"), None);
    }

    #[test]
    fn a_mistyped_rule_is_recognised() {
        assert_eq!(suggest("overlaps").as_deref(), Some("did you mean `overlap`?"));
        assert_eq!(suggest("frobnicate"), None);
    }
}
