//! `QK01xx`: what the parser finds. Codes and names are those of `quirk_dsl::SyntaxCode`.

rules! {
UNEXPECTED_TOKEN = 101 "unexpected-token" Error;
"Something else is expected here.";
failing "edition 1;
const SIZE = ;
";
corrected "edition 1;
const SIZE = 8;
";
}

/// The rule of a syntax error.
#[must_use]
pub fn of_syntax(code: quirk_dsl::SyntaxCode) -> &'static super::Rule {
    RULES.iter().find(|rule| rule.code == code.number()).copied().unwrap_or(&UNEXPECTED_TOKEN)
}
