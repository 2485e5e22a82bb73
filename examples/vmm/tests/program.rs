//! The program as a shell runs it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn each_step_has_a_headline_and_all_fit_one_screen_before_the_map() {
    let output = Command::new(env!("CARGO_BIN_EXE_vmm")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("effect: PasidControl("), "{text}");
    let (story, map) = text.split_once("\n\n").unwrap();
    let lines = story.lines().count();
    assert!((24..=40).contains(&lines) && story.lines().all(|line| line.chars().count() <= 120), "{lines}\n{story}");
    let mut rest = story;
    for (at, headline) in
        ["described", "compiled", "attached", "placed", "found", "enabled", "untouched"].iter().enumerate()
    {
        (_, rest) = rest.split_once(&format!("{}. {headline}  ", at + 1)).unwrap();
    }
    assert_eq!(story.lines().last(), Some("   the device saw no write"));
    for source in ["entry", "native", "tail"] {
        assert!(story.contains(&format!("\n   {source:<8}  ")), "{source}");
    }
    assert!(map.starts_with("000 "), "{map}");
    assert!(!text.contains('\x1b'), "colours are for a terminal");
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    // Before the first line, after it, and in the middle, as `head` does.
    for lines in [0, 1, 12] {
        let mut child =
            Command::new(env!("CARGO_BIN_EXE_vmm")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        assert_eq!(out.lines().take(lines).count(), lines);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{:?}", output.status);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    }
}
