//! The way of a vendor through `docs/guide.md`: its files and commands, taken from its text and run in its order.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Programs that the commands of the guide call and a test cannot: one reads a device, one builds this workspace.
const ELSEWHERE: [&str; 2] = ["lspci", "cargo"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A block of the guide.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    language: String,
    text: String,
    /// The line before it that is not empty.
    before: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut before, mut open): (String, Option<Block>) = (String::new(), None);
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Block { language: language.to_owned(), text: String::new(), before: before.clone() });
            }
            (Some(_), Some(_)) => {
                blocks.extend(open.take());
                "```".clone_into(&mut before);
            }
            (Some(block), None) => block.text += &format!("{line}\n"),
            (None, None) if !line.is_empty() => line.clone_into(&mut before),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// Runs a command as a shell does in the folder; gives its exit code and all that it said.
fn run(folder: &Path, command: &str) -> (i32, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_quirkc")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path))).unwrap();
    let output = Command::new("sh").args(["-c", command]).current_dir(folder).env("PATH", path).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.code().unwrap(), said)
}

#[test]
#[cfg(unix)]
fn the_way_of_a_vendor_is_as_the_guide_says() {
    let page = std::fs::read_to_string(root().join("docs/guide.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["examples", "quirks"] {
        std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    let (mut verbs, mut said) = (Vec::new(), String::new());
    for Block { language, text, before } in blocks(&page) {
        match language.as_str() {
            "quirk" => {
                let name = before.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
                std::fs::write(folder.path().join(name.unwrap()), text).unwrap();
            }
            "sh" => {
                said.clear();
                for line in text.lines() {
                    let (command, expected) = line.split_once("    # ends with ").unwrap_or((line, "0"));
                    let mut words = command.split(' ');
                    let program = words.next().unwrap();
                    if ELSEWHERE.contains(&program) {
                        continue;
                    }
                    let (code, output) = run(folder.path(), command);
                    assert_eq!(code.to_string(), expected, "{command}\n{output}");
                    said += &output;
                    if program == "quirkc" {
                        verbs.push(words.next().unwrap().to_owned());
                    }
                }
            }
            // What the commands before it say.
            "" => assert!(said.contains(text.trim_end()), "not said:\n{text}\nbut:\n{said}"),
            other => unreachable!("what to do with a block of `{other}`?"),
        }
    }
    for verb in ["plan", "import", "check", "fmt", "test", "map", "match", "diff", "doc", "report", "build"] {
        assert!(verbs.iter().any(|found| found == verb), "the guide does not show `{verb}`");
    }
    for file in ["draft.quirk", "mover.html", "site/device/mover_one.html", "mover.h", "clean.txt"] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
}
