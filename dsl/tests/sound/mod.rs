//! What holds of every text that is formatted, and another way to write a text.

use quirk_dsl::{TokenKind, format, parse};

/// A debug text without places.
fn without_places(debug: &str) -> String {
    let mut parts = debug.split("Span { start: ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('}').unwrap().1)
}

/// What must survive: every token but white space, without the commas that end a list.
fn tokens(text: &str) -> Vec<String> {
    let tree = parse(text).tree;
    let mut tokens: Vec<String> = Vec::new();
    for element in tree.elements() {
        match element.token() {
            None | Some(TokenKind::Whitespace | TokenKind::ByteOrderMark) => continue,
            Some(TokenKind::CloseBracket | TokenKind::CloseParen) if tokens.last().is_some_and(|last| last == ",") => {
                tokens.pop();
            }
            Some(_) => {}
        }
        tokens.push(element.text().trim_end().to_owned());
    }
    tokens
}

/// What holds for every text without errors.
pub(crate) fn sound(text: &str) -> String {
    let before = parse(text);
    assert_eq!(before.errors, [], "{text}");
    let once = format(text).unwrap();
    let after = parse(once.as_str());
    assert_eq!(after.errors, [], "{once}");
    assert_eq!(without_places(&format!("{:?}", after.file)), without_places(&format!("{:?}", before.file)), "{once}");
    assert_eq!(tokens(&once), tokens(text), "{once}");
    assert_eq!(format(&once).unwrap(), once, "formatting again changes nothing");
    assert!(once.lines().all(|line| line.trim_end() == line), "{once}");
    assert!(!once.contains('\r') && !once.contains("\n\n\n") && once.ends_with('\n') && !once.ends_with("\n\n"));
    once
}

/// A text with other space between its tokens, and with comments more.
pub(crate) fn respaced(text: &str, gaps: &[&str]) -> String {
    let mut gaps = gaps.iter().copied().cycle();
    let (mut out, mut attribute) = (String::new(), false);
    for element in parse(text).tree.elements() {
        match element.token() {
            None | Some(TokenKind::Whitespace) => continue,
            Some(kind) => {
                out.push_str(element.text());
                attribute |= element.text() == "#";
                attribute &= kind != TokenKind::CloseBracket;
                // An attribute holds no comment.
                out.push_str(if attribute { " " } else { "" });
                out.push_str(if kind.is_trivia() { "\n" } else { "" });
                out.push_str(if attribute { "" } else { gaps.next().unwrap_or(" ") });
            }
        }
    }
    out
}
