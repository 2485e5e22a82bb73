//! Whatever the text: no panic, the tree prints it back, and what comes out is in order.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use quirk_dsl::ast::File;
use quirk_dsl::{Element, ElementKind, Parse, Token, TokenKind, parse};

const EVERYTHING: &str = include_str!("cases/everything.quirk");

/// What holds for every text.
fn sound(text: &str) -> Parse {
    let parse = parse(text);
    assert_eq!(parse.tree.print(), text);
    assert_eq!(parse.tree.text(), text);
    let mut end = 0;
    for element in parse.tree.elements() {
        let span = element.span();
        assert!(span.start <= span.end, "{element:?}");
        if element.token().is_some() {
            assert_eq!(span.start, end, "tokens leave no gap: {element:?}");
            end = span.end;
        }
        let inner: Vec<_> = element.children().map(Element::span).collect();
        assert!(inner.windows(2).all(|pair| pair[0].end <= pair[1].start), "{element:?}");
        assert!(inner.iter().all(|child| span.start <= child.start && child.end <= span.end), "{element:?}");
    }
    assert_eq!(end as usize, text.len());
    for error in &parse.errors {
        assert!(text.get(error.span.range()).is_some(), "{error:?}");
        assert_ne!(error.message, "this item cannot be read", "the grammar accepts every text");
        for edit in error.fixes.iter().flat_map(|fix| &fix.edits) {
            assert!(text.get(edit.span.range()).is_some(), "{error:?}");
        }
    }
    assert!(parse.errors.windows(2).all(|pair| pair[0].span <= pair[1].span), "errors are in order");
    if parse.file.poisoned {
        assert!(!parse.errors.is_empty(), "nothing is lost in silence");
    }
    parse
}

#[test]
fn nasty_texts_are_read() {
    for text in [
        "",
        " ",
        "\n",
        "\0",
        "\u{feff}",
        "\u{feff}edition 1;\r\n",
        "edition 1;\u{feff}",
        "é",
        "\"",
        "\"\\",
        "\"\\\n",
        "'",
        "'\\",
        "''",
        "'''",
        "/*",
        "/**/",
        "/*/",
        "//",
        "///",
        "//!",
        "////",
        "///\n",
        "#",
        "#!",
        "#![",
        "#![]",
        "#[doc]",
        "#[doc = ]",
        "#[doc = \"\"]",
        "#[doc /// a, ; b",
        "#[doc // ] { c \n]",
        "#[doc /* ; */ = ';']",
        "#![doc = \"a\"]\nedition 1;",
        "}",
        "{",
        "}{",
        "{}",
        ";",
        ";;",
        "}}}}",
        "{{{{",
        "((((",
        "device",
        "device ",
        "device d",
        "device d {",
        "device d { layout {",
        "device d {\n\t layout {\n }",
        "device d { } }",
        "device d { }\nname \"x\"; }",
        "edition 1; } device d { }",
        "const A = !!!!1;",
        "const A = 1 +",
        "const A = a::b::c;",
        "const A = a :: b;",
        "const A = 0x;const B=1",
        "match pci(",
        "layer l { emulate",
        "layer l { emulate u8 @ 1 = forced(1); }",
        "test \"\u{202e}\" { expect u8 @ 1 == [",
        "\r",
        "\r\r\n",
        "a\rb",
        "\u{a0}\u{2028}",
        "edition 1;\u{85}",
        "$",
        "$g",
        "$1",
        "0",
        "0x",
        "..",
        "...",
        "..=",
        "1..2",
        "device \u{0} { name \"a\u{0}b\"; }",
    ] {
        sound(text);
    }
}

#[test]
fn an_empty_file_has_a_tree() {
    let parse = sound("");
    assert_eq!(parse.tree.root().unwrap().kind(), ElementKind::File);
    assert_eq!(parse.file, File::default());
    assert_eq!(parse.errors, []);
}

#[test]
fn line_ends_and_the_byte_order_mark_change_nothing() {
    let strip = |parse: &Parse| without_places(&format!("{:?}", parse.file));
    let plain = strip(&sound(EVERYTHING));
    let windows = sound(&format!("\u{feff}{}", EVERYTHING.replace('\n', "\r\n")));
    assert_eq!(windows.errors, []);
    assert_eq!(strip(&windows), plain);
}

#[test]
fn tokens_of_a_macro_say_the_same() {
    let plain = sound(EVERYTHING);
    // A macro sees tokens: comments are gone, documentation has become attributes, white space is another.
    let tokens: proc_macro2::TokenStream = EVERYTHING.parse().unwrap();
    let macro_text = tokens.to_string();
    assert!(!macro_text.contains("///") && macro_text.contains("doc"), "{macro_text}");
    let from_macro = sound(&macro_text);
    assert_eq!(from_macro.errors, []);
    assert_eq!(without_places(&format!("{:?}", from_macro.file)), without_places(&format!("{:?}", plain.file)));
}

/// A debug text without places.
fn without_places(debug: &str) -> String {
    let mut out = String::new();
    let mut rest = debug;
    while let Some(at) = rest.find("Span { start: ") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = &rest[rest.find('}').unwrap() + 1..];
    }
    out.push_str(rest);
    out
}

#[test]
fn every_beginning_of_a_file_is_read() {
    let text = &EVERYTHING[..EVERYTHING.find("layer everything").unwrap()];
    for end in (0..text.len()).step_by(7).filter(|end| text.is_char_boundary(*end)) {
        sound(&text[..end]);
    }
}

#[test]
fn a_broken_item_hides_nothing_in_another() {
    let parse =
        sound("device a { \nconst A = 1;\nconst B = ;\nlayer c { param x: u8; \n}\nconst D = 0x10000000000000000;\n");
    assert_eq!(parse.errors.len(), 3, "{:#?}", parse.errors);
    assert_eq!(parse.file.items.len(), 3);
}

#[test]
fn deep_nesting_is_an_error_and_not_an_overflow() {
    for (open, close) in [("(", ")"), ("{", "}"), ("[", "]")] {
        for text in [
            format!("const A = {}1{};", open.repeat(100_000), close.repeat(100_000)),
            format!("device d {{ {} }}", open.repeat(100_000)),
            format!("layer l {{ match pci({}1, 2); }}", open.repeat(100_000)),
        ] {
            let parse = sound(&text);
            assert!(!parse.errors.is_empty());
            assert!(parse.file.items.is_empty());
        }
    }
    let parse = sound(&format!("const A = {}1;\nconst B = 2;", "!".repeat(100_000)));
    assert_eq!(parse.errors.len(), 1);
    assert_eq!(parse.file.items.len(), 1);
    let parse = sound(&format!("const A = 1{};\nconst B = 2;", " + 1".repeat(100_000)));
    assert_eq!(parse.errors.len(), 1);
    assert_eq!(parse.file.items.len(), 1);
}

/// Pieces that texts of the language are made of, right and wrong ones.
fn pieces() -> impl Strategy<Value = String> {
    let words: Vec<&'static str> = EVERYTHING.split_ascii_whitespace().collect();
    prop_oneof![
        8 => prop::sample::select(words).prop_map(str::to_owned),
        4 => prop::sample::select(vec![
            "{", "}", "(", ")", "[", "]", ";", ",", "@", "=", "==", "..", "..=", "...", "::", ":", "\"", "'", "/*", "*/",
            "//", "///", "//!", "#", "!", "$", "\\", "0x", "_", "\r\n", "\u{feff}", "\0", "é", "-",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => Just("\n".to_owned()),
    ]
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        sound(&text);
    }

    #[test]
    fn any_row_of_pieces_is_read(pieces in prop::collection::vec(pieces(), 0..60), space in prop::bool::ANY) {
        sound(&pieces.join(if space { " " } else { "" }));
    }

    #[test]
    fn any_change_of_a_file_is_read(
        changes in prop::collection::vec((0..EVERYTHING.len(), 0..12_usize, pieces()), 1..6)
    ) {
        let mut text = EVERYTHING.to_owned();
        for (at, len, piece) in changes {
            let start = at.min(text.len());
            let end = (start + len).min(text.len());
            if text.is_char_boundary(start) && text.is_char_boundary(end) {
                text.replace_range(start..end, &piece);
            }
        }
        sound(&text);
    }
}

#[test]
fn one_removed_token_hides_no_other_item() {
    let whole = sound(EVERYTHING);
    let solid = whole
        .tree
        .elements()
        .filter_map(|element| Some(Token { kind: element.token()?, span: element.span() }))
        .filter(|token| !token.kind.is_trivia());
    for token in solid {
        let mut text = EVERYTHING.to_owned();
        text.replace_range(token.span.range(), "");
        let parse = sound(&text);
        let lost = whole.file.items.len().saturating_sub(parse.file.items.len());
        let (removed, errors) = (&EVERYTHING[token.span.range()], &parse.errors);
        // Without a quote's text, an opening brace or a keyword one item goes; the others stay.
        assert!(lost <= 1, "{lost} items are lost without {token:?} `{removed}`: {errors:#?}");
        // Without its brace, each statement of a block is out of place: the longest has 13 with their documentation.
        let brace = matches!(token.kind, TokenKind::OpenBrace | TokenKind::CloseBrace);
        let most = if brace { 14 } else { 4 };
        assert!(errors.len() <= most, "{} errors without {token:?} `{removed}`: {errors:#?}", errors.len());
    }
}
