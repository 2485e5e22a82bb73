//! The runtime's public types may grow: a program that builds with this crate builds, unchanged, with a copy in which every
//! enumeration has one more variant and every structure of options or facts one more field.

#![expect(clippy::unwrap_used, reason = "tests")]

mod grow;
mod mend;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Types that may not grow, and why a release may rely on it.
const CLOSED: [(&str, &str); 4] = [
    ("Space", "the specification has two lists of capabilities"),
    ("Rule", "of no use without the runtime's code for it, and not documented"),
    ("Kernel", "a version has two parts"),
    ("Name", "a list and an id"),
];

fn runtime() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("runtime/src")
}

fn work(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn rustc(source: &Path, out: &Path, library: Option<&Path>) -> std::process::Output {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "--error-format=json", "--cap-lints=allow"]);
    command.arg(source).arg("-o").arg(out);
    if let Some(library) = library {
        command.arg("--extern").arg(format!("quirk_runtime={}", library.display()));
    } else {
        command.arg("--crate-name=quirk_runtime");
    }
    command.output().unwrap()
}

fn errors(output: &std::process::Output) -> Vec<serde_json::Value> {
    String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["level"] == "error")
        .collect()
}

fn client() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grown/client.rs")
}

#[test]
fn a_program_builds_unchanged_with_a_library_that_has_grown() {
    let folder = work("grown");
    let (source, library) = (folder.join("src"), folder.join("libquirk_runtime.rmeta"));
    grow::copy(&runtime(), &source);
    let grown = grow::all(&source);
    assert!(grown.len() > 45, "{grown:#?}");
    // What the library itself says of its types must be said of the new variants and fields too; what, is of no importance.
    for round in 0.. {
        let errors = errors(&rustc(&source.join("lib.rs"), &library, None));
        if errors.is_empty() {
            break;
        }
        let mended = errors.iter().filter(|error| mend::mend(error)).count();
        assert!(mended > 0 && round < 20, "the grown library does not build: {errors:#?}");
    }
    let text = fs::read_to_string(client()).unwrap();
    let unused: Vec<_> = grown.iter().filter(|name| !text.contains(name.as_str())).collect();
    assert!(unused.is_empty(), "the client uses no {unused:#?}");
    let failed = errors(&rustc(&client(), &folder.join("libclient.rmeta"), Some(&library)));
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The client proves something only if a library that is not closed breaks it.
#[test]
fn a_program_that_says_everything_builds_with_no_library() {
    let folder = work("open");
    let library = folder.join("libquirk_runtime.rmeta");
    assert!(errors(&rustc(&runtime().join("lib.rs"), &library, None)).is_empty());
    let failed = errors(&rustc(&client(), &folder.join("libclient.rmeta"), Some(&library)));
    assert!(failed.is_empty(), "{failed:#?}");
    let exhaustive = folder.join("exhaustive.rs");
    fs::write(
        &exhaustive,
        "use quirk_runtime::{Reset, HostPasid};
        pub fn all(reset: Reset) { match reset { Reset::Flr | Reset::Bus | Reset::D3Hot | Reset::Cold => {} } }
        pub fn host() -> HostPasid {
            HostPasid { width: 1, execute: false, privileged: false, ats_not_supported: false }
        }",
    )
    .unwrap();
    let codes: Vec<_> = errors(&rustc(&exhaustive, &folder.join("libexhaustive.rmeta"), Some(&library)))
        .iter()
        .filter_map(|error| error["code"]["code"].as_str().map(str::to_owned))
        .collect();
    assert!(codes.contains(&"E0004".to_owned()) && codes.contains(&"E0639".to_owned()), "{codes:?}");
}

#[test]
fn every_public_type_of_the_runtime_may_grow_or_is_closed_on_purpose() {
    let open: Vec<_> =
        grow::open(&runtime()).into_iter().filter(|name| CLOSED.iter().all(|(closed, _)| closed != name)).collect();
    assert!(open.is_empty(), "`#[non_exhaustive]`, or a reason in `CLOSED`: {open:#?}");
}
