//! The words are those of a PCI engineer who writes English: phrases that a translation leaves behind are kept out.

use std::fs;

use super::{root, walk};

/// A phrase, what to write instead, and the words after it with which it is right.
struct Phrase(&'static str, &'static str, &'static [&'static str]);

const PHRASES: [Phrase; 19] = [
    Phrase("stands here", "is here, is given here", &[]),
    Phrase("stand here", "is allowed here", &[]),
    Phrase("behind the end", "past the end", &["port", "point"]),
    Phrase("behind the", "after the, past the", &["bar", "device", "end", "proxy", "root", "runtime"]),
    Phrase("behind its", "after its, past its", &["bridge", "port"]),
    Phrase("behind one", "after one", &["bridge", "port"]),
    Phrase("one behind", "one after", &["a", "an"]),
    Phrase("stand behind", "follow", &[]),
    Phrase("is no multiple", "is not N-byte aligned", &[]),
    Phrase("are no multiple", "are not N-byte aligned", &[]),
    Phrase("hangs on", "depends on", &[]),
    Phrase("hang on", "depend on", &["to"]),
    Phrase("of worth", "useful", &[]),
    Phrase("whoever", "the program that, no matter who", &[]),
    Phrase("comes upon", "reaches, finds", &[]),
    Phrase("come upon", "reach, find", &[]),
    Phrase("came upon", "reached, found", &[]),
    Phrase("lies behind", "follows", &["a", "an", "the", "bridges"]),
    Phrase("piled up", "applied", &[]),
];

/// The prose of a file on one line: without the marks of comments, which may break a phrase in two.
fn prose(text: &str) -> String {
    let marks: &[char] = &['/', '!', '*', '#', ' ', '\t'];
    text.lines().map(|line| line.trim_start_matches(marks).trim_end().to_lowercase()).collect::<Vec<_>>().join(" ")
}

fn is_right(after: &str, unless: &[&str]) -> bool {
    let next: String = after.trim_start().chars().take_while(|each| each.is_alphabetic()).collect();
    unless.contains(&next.as_str())
}

/// The phrases in a text that are not right there.
fn found(text: &str) -> Vec<&'static Phrase> {
    let prose = prose(text);
    let holds = |phrase: &&Phrase| {
        prose.match_indices(phrase.0).any(|(at, found)| {
            let after = &prose[at + found.len()..];
            let is_whole = !prose[..at].ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
            is_whole && !is_right(after, phrase.2)
        })
    };
    PHRASES.iter().filter(holds).collect()
}

#[test]
fn no_text_has_a_phrase_that_is_kept_out() {
    let mut wrong = String::new();
    for path in walk(&root(), &["rs", "md", "quirk", "pest", "txt", "json", "h", "c", "stderr", "snap"]) {
        // This list, and what was written of earlier versions.
        if path.ends_with("tidy/words.rs") || path.ends_with("CHANGELOG.md") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for Phrase(phrase, instead, _) in found(&text) {
            wrong.push_str(&format!("{}: `{phrase}`; write: {instead}\n", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_phrase_is_found_across_lines_and_left_where_it_is_right() {
    let phrases = |text| found(text).iter().map(|phrase| phrase.0).collect::<Vec<_>>();
    assert_eq!(phrases("/// What it hangs\n    /// on."), ["hangs on"]);
    assert_eq!(phrases("The byte behind the end, for whoever asks."), ["behind the end", "whoever"]);
    assert!(phrases("The device lies behind a bridge, behind the end port. It changes only so much.").is_empty());
}
