//! The public API of the crates that others build on, as text: one file a crate in `api/`, so that a change of it is seen where it is made.
//! The other crates are parts of the compiler and its program, and have no promise to keep.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use public_api::Builder;

/// A crate, and the features that add to its API.
const CRATES: [(&str, &str); 9] = [
    ("quirk-runtime", "alloc,serde"),
    ("quirk-compiler", "c,editor,fix,json,render,testing"),
    ("quirk-macros", ""),
    ("quirk-db", ""),
    ("quirk-recorded", "archives"),
    ("quirk-rust-vmm", ""),
    ("quirk-sysfs", ""),
    ("quirk-vfio", ""),
    ("quirk-vfio-user", "server"),
];

const FOLDER: &str = "api";

/// Writes the files, or with `check` fails if something is gone that they have.
pub(crate) fn run(check: bool) -> Result<String, String> {
    let root = crate::workspace::root()?;
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for (name, features) in CRATES {
        let text = text(root, name, features)?;
        let file = format!("{FOLDER}/{name}.txt");
        let written = fs::read_to_string(root.join(&file)).unwrap_or_default();
        if written == text {
            continue;
        }
        gone.extend(only(&written, &text).map(|line| format!("{name}: {line}")));
        if !check {
            let saved = fs::create_dir_all(root.join(FOLDER)).and_then(|()| fs::write(root.join(&file), text));
            saved.map_err(|error| format!("`{file}`: {error}"))?;
        }
        changed.push(file);
    }
    if check && !gone.is_empty() {
        let help = "run `cargo run -p xtask -- api` if that is meant";
        return Err(format!("gone from the public API, so that the next version breaks; {help}:\n{}", gone.join("\n")));
    }
    Ok(match (changed.is_empty(), check) {
        (true, _) => format!("`{FOLDER}` is current: {} crates", CRATES.len()),
        (false, true) => format!("nothing is gone from the public API; not written down yet: {}", changed.join(", ")),
        (false, false) => format!("`{FOLDER}`: wrote {}", changed.len()),
    })
}

/// What is gone since a revision of git, which breaks who uses it, and how much is new.
pub(crate) fn since(revision: &str) -> Result<String, String> {
    let root = crate::workspace::root()?;
    let (mut gone, mut new) = (Vec::new(), 0);
    for (name, _) in CRATES {
        let file = format!("{FOLDER}/{name}.txt");
        let here = fs::read_to_string(root.join(&file)).map_err(|error| format!("`{file}`: {error}"))?;
        let show = Command::new("git").current_dir(root).args(["show", &format!("{revision}:{file}")]).output();
        let there = show.map_err(|error| format!("git: {error}"))?;
        let there = String::from_utf8_lossy(&there.stdout).into_owned();
        gone.extend(only(&there, &here).map(|line| format!("{name}: {line}")));
        new += only(&here, &there).count();
    }
    match gone.is_empty() {
        true => Ok(format!("nothing is gone since {revision}; {new} lines are new")),
        false => Err(format!("gone since {revision}, so that the next version breaks:\n{}", gone.join("\n"))),
    }
}

fn text(root: &Path, name: &str, features: &str) -> Result<String, String> {
    let json = rustdoc(root, name, features)?;
    let lines = |derived: bool, auto: bool| {
        let api = Builder::from_rustdoc_json(&json)
            .omit_blanket_impls(true)
            .omit_auto_derived_impls(!derived)
            .omit_auto_trait_impls(!auto)
            .build();
        let help = "the version of public-api in `Cargo.toml` is the one for the toolchain's rustdoc";
        let api = api.map_err(|error| format!("`{}`: {error}; {help}", json.display()))?;
        Ok::<_, String>(api.items().map(ToString::to_string).collect::<Vec<_>>())
    };
    let written = lines(false, false)?;
    let mut all: BTreeSet<String> = written.into_iter().collect();
    // Of what is derived, that it is; of what follows from fields, whether threads may have it.
    all.extend(lines(true, false)?.into_iter().filter(|line| line.starts_with("impl")));
    let is_of_threads =
        |line: &String| line.contains("core::marker::Send for") || line.contains("core::marker::Sync for");
    all.extend(lines(false, true)?.into_iter().filter(is_of_threads));
    Ok(all.into_iter().map(|line| line + "\n").collect())
}

/// What rustdoc knows of a crate. The compiler of the toolchain writes it, so that no other one has to be installed; a folder of its own
/// keeps what is built for it apart.
fn rustdoc(root: &Path, name: &str, features: &str) -> Result<PathBuf, String> {
    let target = root.join("target/api");
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["rustdoc", "--quiet", "--locked", "--lib", "--package", name, "--features", features, "--target-dir"])
        .arg(&target)
        .args(["--", "-Zunstable-options", "--output-format", "json", "--cap-lints", "allow"])
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("rustdoc of `{name}`: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(target.join("doc").join(name.replace('-', "_")).with_extension("json"))
}

/// The lines of one text that another does not have.
fn only<'t>(text: &'t str, other: &str) -> impl Iterator<Item = &'t str> {
    let other: BTreeSet<String> = other.lines().map(str::to_owned).collect();
    text.lines().filter(move |line| !other.contains(*line))
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn what_is_gone_and_what_is_new_is_told() {
        assert_eq!(only("a\nb\n", "b\nc\n").collect::<Vec<_>>(), ["a"]);
        assert_eq!(only("b\nc\n", "a\nb\n").collect::<Vec<_>>(), ["c"]);
        assert_eq!(only("a\n", "a\n").count(), 0);
    }
}
