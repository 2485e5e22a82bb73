//! The catalogue: every rule with its code, what it means, what it rests on, an example that breaks it and the same example
//! mended. Each has a folder in `compiler/src/rules`, and `catalogue/list.rs` collects them.
//!
//! Codes are never used again for something else. Reference pages, `explain` and editors are made from this table.

#[macro_use]
mod collect;
mod list;
mod page;
mod rule;

use list::RULES;
pub use list::*;
pub use rule::{Level, Rule};

use crate::suggest::did_you_mean;

/// All rules, by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied()
}

/// The rule of a syntax error.
#[must_use]
pub fn of_syntax(code: quirk_dsl::SyntaxCode) -> &'static Rule {
    all().find(|rule| rule.code == code.number()).unwrap_or(&UNEXPECTED_TOKEN)
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
