//! `quirkc fmt` as a user meets it: what it writes, names, prints and refuses.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const LOOSE: &str = "edition   1;\r\nconst A=0x4_00 ;   // kept\n";
const TIDY: &str = "edition 1;\n\nconst A = 0x4_00; // kept\n";
const WRONG: &str = "edition 1;\nconst A = ;\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

fn fmt(args: &[&str], paths: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quirkc")).arg("fmt").args(args).args(paths).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn files_are_rewritten_and_formatted_ones_left_alone() {
    let folder = Folder::new();
    let (loose, tidy) = (folder.file("loose.quirk", LOOSE), folder.file("tidy.quirk", TIDY));
    let other = folder.file("notes.txt", LOOSE);
    let written = fs::metadata(&tidy).unwrap().modified().unwrap();
    let output = fmt(&[], &[folder.0.path()]);
    assert_eq!((output.status.code(), stdout(&output), stderr(&output)), (Some(0), String::new(), String::new()));
    assert_eq!(fs::read_to_string(&loose).unwrap(), TIDY);
    assert_eq!(fs::metadata(&tidy).unwrap().modified().unwrap(), written);
    assert_eq!(fs::read_to_string(&other).unwrap(), LOOSE);
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 3, "nothing is left beside the files");
}

#[test]
fn a_check_names_what_is_not_formatted_and_changes_nothing() {
    let folder = Folder::new();
    let (loose, tidy) = (folder.file("loose.quirk", LOOSE), folder.file("tidy.quirk", TIDY));
    let output = fmt(&["--check"], &[folder.0.path()]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), format!("{}\n", loose.display())));
    assert_eq!(fs::read_to_string(&loose).unwrap(), LOOSE);
    let output = fmt(&["--check"], &[&tidy]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
}

#[test]
fn a_diff_shows_what_would_change() {
    let folder = Folder::new();
    let loose = folder.file("loose.quirk", LOOSE);
    let output = fmt(&["--diff"], &[&loose]);
    let diff = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(diff.starts_with(&format!("--- {0}\n+++ {0}\n@@ -1,2 +1,3 @@\n", loose.display())), "{diff}");
    assert!(diff.contains("\n+const A = 0x4_00; // kept\n"), "{diff}");
    assert_eq!(fs::read_to_string(&loose).unwrap(), LOOSE);
}

#[test]
fn a_file_with_errors_is_left_alone_and_the_others_are_formatted() {
    let folder = Folder::new();
    let (wrong, loose) = (folder.file("a.quirk", WRONG), folder.file("b.quirk", LOOSE));
    let output = fmt(&[], &[folder.0.path()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("a.quirk:2:10: QK0101"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&wrong).unwrap(), WRONG);
    assert_eq!(fs::read_to_string(&loose).unwrap(), TIDY);
}

#[test]
fn what_is_not_there_is_a_failure() {
    let folder = Folder::new();
    let output = fmt(&["--check"], &[&folder.0.path().join("none.quirk")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot be read"), "{}", stderr(&output));
    assert_eq!(fmt(&[], &[]).status.code(), Some(2));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_quirkc"))
        .args(["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(LOOSE.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), TIDY.to_owned()));
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    let loose = folder.file("loose.quirk", LOOSE);
    fs::set_permissions(&loose, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.0.path().join("link.quirk");
    symlink(&loose, &link).unwrap();
    assert_eq!(fmt(&[], &[&link]).status.code(), Some(0));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&loose).unwrap(), TIDY);
    assert_eq!(fs::metadata(&loose).unwrap().permissions().mode() & 0o777, 0o640);
}
