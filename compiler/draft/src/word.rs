//! Names and texts as the language takes them.

/// Whether it may name a device.
pub(crate) fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|letter| letter.is_ascii_alphabetic() || letter == b'_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

/// A text as the language takes it.
pub(crate) fn quoted(text: &str) -> String {
    let text: String = text.chars().map(|each| if each.is_control() { ' ' } else { each }).collect();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
