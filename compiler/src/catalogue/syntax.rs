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

MISSING_SEMICOLON = 102 "missing-semicolon" Error;
"A statement ends with `;`, unless a block ends it.";
failing "edition 1;
const SIZE = 8
const LARGE = 16;
";
corrected "edition 1;
const SIZE = 8;
const LARGE = 16;
";

COMMA_FOR_SEMICOLON = 103 "comma-for-semicolon" Error;
"A statement ends with `;`, not with `,`.";
failing "edition 1;
const SIZE = 8,
";
corrected "edition 1;
const SIZE = 8;
";

STRAY_SEMICOLON = 104 "stray-semicolon" Error;
"No `;` follows the `}` of a block.";
failing "edition 1;
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; };
";
corrected "edition 1;
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";

UNKNOWN_ITEM = 105 "unknown-item" Error;
"No item begins with this word.";
failing "edition 1;
constant SIZE = 8;
";
corrected "edition 1;
const SIZE = 8;
";

UNKNOWN_STATEMENT = 106 "unknown-statement" Error;
"No statement of this block begins with this word.";
failing "edition 1;
dvsec_format gap { vendr 0xfffe; id 1; revision 0; form per_gap; }
";
corrected "edition 1;
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";

UNCLOSED_BLOCK = 107 "unclosed-block" Error;
"A `{` has no `}`.";
failing "edition 1;
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap;
";
corrected "edition 1;
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";

UNMATCHED_BRACE = 108 "unmatched-brace" Error;
"A `}` has no `{`.";
failing "edition 1;
const SIZE = 8;
}
";
corrected "edition 1;
const SIZE = 8;
";

UNCLOSED_TEXT = 109 "unclosed-text" Error;
"A text has no closing quote on its line.";
failing "edition 1;
use \"ids.quirk
    as ids;
//# ids.quirk
edition 1;
";
corrected "edition 1;
use \"ids.quirk\" as ids;
//# ids.quirk
edition 1;
";

BLOCK_COMMENT = 110 "block-comment" Error;
"Comments are lines: `//`, and `///` or `//!` for documentation.";
failing "edition 1;
/* bytes */
const SIZE = 8;
";
corrected "edition 1;
// bytes
const SIZE = 8;
";

UNEXPECTED_CHARACTER = 111 "unexpected-character" Error;
"The character has no meaning in the language.";
failing "edition 1;
const SIZE = 8$;
";
corrected "edition 1;
const SIZE = 8;
";

HEX_WITHOUT_PREFIX = 112 "hex-without-prefix" Error;
"A hexadecimal number begins with `0x`.";
failing "edition 1;
const VENDOR = 0b25;
";
corrected "edition 1;
const VENDOR = 0x0b25;
";

MALFORMED_NUMBER = 113 "malformed-number" Error;
"The number cannot be read.";
failing "edition 1;
const SIZE = 0x;
";
corrected "edition 1;
const SIZE = 0x8;
";

NUMBER_TOO_LARGE = 114 "number-too-large" Error;
"Numbers have at most 64 bits.";
failing "edition 1;
const SIZE = 0x1_0000_0000_0000_0000;
";
corrected "edition 1;
const SIZE = 0xffff_ffff_ffff_ffff;
";

DIGIT_GROUPS = 115 "digit-groups" Error;
"`_` stands between digits.";
failing "edition 1;
const SIZE = 10_;
";
corrected "edition 1;
const SIZE = 1_0;
";

BAD_ESCAPE = 116 "bad-escape" Error;
"No known escape follows the `\\`.";
failing "edition 1;
const LETTER = '\\q';
";
corrected "edition 1;
const LETTER = 'q';
";

BAD_CHARACTER = 117 "bad-character" Error;
"Between single quotes stands one ASCII character.";
failing "edition 1;
const LETTER = 'é';
";
corrected "edition 1;
const LETTER = 'P';
";

RANGE_OPERATOR = 118 "range-operator" Error;
"Bytes are `a..b`, which ends before `b`; ids and revisions are `a..=b`, which ends with it.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 1..2);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 1..=2);
}
";

EQUALS_OPERATOR = 119 "equals-operator" Error;
"`=` gives a value, `==` asks for one.";
failing "edition 1;
const SIZE == 8;
";
corrected "edition 1;
const SIZE = 8;
";

NESTING_TOO_DEEP = 120 "nesting-too-deep" Error;
"Parentheses, brackets and braces nest too deeply to be read.";
failing "edition 1;
const SIZE = ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((8))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))));
";
corrected "edition 1;
const SIZE = (8);
";

EXPRESSION_TOO_LONG = 121 "expression-too-long" Error;
"An expression has too many parts. Name some of them with `const`.";
failing "edition 1;
const SIZE = 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1;
";
corrected "edition 1;
const SIZE = 1 + 1;
";

MISPLACED_DOC = 122 "misplaced-doc" Error;
"Documentation stands in front of what it documents: `///` before an item or statement, `//!` at the beginning of the file.";
failing "edition 1;
const SIZE = 8;
/// Nothing follows.
";
corrected "edition 1;
/// In bytes.
const SIZE = 8;
";

UNKNOWN_ATTRIBUTE = 123 "unknown-attribute" Error;
"`#[doc = \"..\"]` is the only attribute.";
failing "edition 1;
#[inline]
const SIZE = 8;
";
corrected "edition 1;
#[doc = \"In bytes.\"]
const SIZE = 8;
";

REPEATED_WORD = 124 "repeated-word" Error;
"A word stands twice in one statement.";
failing "edition 1;
test \"bare\" { given pci(0xfffe, 1); host pasid width 20 execute execute; expect no pasid; }
";
corrected "edition 1;
test \"bare\" { given pci(0xfffe, 1); host pasid width 20 execute; expect no pasid; }
";

UNKNOWN_TYPE = 125 "unknown-type" Error;
"A parameter of a layer is `u1` to `u64`, or `bytes(N)`. A condition on config space compares `u8`, `u16` or `u32`.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { config bytes @ 0x40 == 1; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { config u8 @ 0x40 == 1; }
}
";

FILE_TOO_LARGE = 126 "file-too-large" Error;
"The text is larger than places in it can be counted.";
failing ""; corrected "";

HASH_COMMENT = 127 "hash-comment" Error;
"A comment starts with `//`. `#` starts an attribute, `#[..]`.";
failing "edition 1;
device mover { # the first of its kind
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";
corrected "edition 1;
device mover { // the first of its kind
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";
}

/// The rule of a syntax error.
#[must_use]
pub fn of_syntax(code: quirk_dsl::SyntaxCode) -> &'static super::Rule {
    RULES.iter().find(|rule| rule.code == code.number()).copied().unwrap_or(&UNEXPECTED_TOKEN)
}

#[cfg(test)]
mod tests {
    use quirk_dsl::SyntaxCode;

    use super::RULES;

    #[test]
    fn the_parser_and_the_catalogue_know_the_same_rules() {
        let parser: Vec<_> = SyntaxCode::ALL.iter().map(|code| (code.number(), code.rule())).collect();
        let catalogue: Vec<_> = RULES.iter().map(|rule| (rule.code, rule.name)).collect();
        assert_eq!(parser, catalogue);
    }
}
