//! What was formatted stays as it is, and formatting keeps every token but white space and commas.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quirk_dsl::{TokenKind, format, parse};

/// What formatting must keep, in order.
fn kept(text: &str) -> Vec<String> {
    let parse = parse(text);
    let token = |element: quirk_dsl::Element<'_>| {
        let is_white = matches!(element.token()?, TokenKind::Whitespace | TokenKind::ByteOrderMark | TokenKind::Comma);
        // White space at the end of a comment is white space.
        (!is_white).then(|| element.text().trim_end().to_owned())
    };
    parse.tree.elements().filter_map(token).collect()
}

fuzz_target!(|text: &str| {
    let Ok(once) = format(text) else { return };
    let twice = format(&once);
    assert_eq!(twice.as_deref(), Ok(once.as_str()), "formatted a second time");
    assert_eq!(kept(&once), kept(text));
});
