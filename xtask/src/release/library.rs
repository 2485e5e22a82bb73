//! The C library: a static archive, and a shared object of the same code whose symbols have versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The two forms, and what a program has to link beside the static one.
pub(super) struct Library {
    pub(super) archive: PathBuf,
    pub(super) shared: PathBuf,
    pub(super) soname: String,
    pub(super) private: String,
}

/// Builds both. rustc hands the linker a list of symbols without versions for a shared object, and a linker takes no second list; so the
/// compiler of C links it from the archive.
pub(super) fn build(
    cargo: &mut Command,
    profile: &[&str],
    root: &Path,
    target: &Path,
    version: &str,
) -> Result<Library, String> {
    cargo.args(["rustc", "--locked", "--package", "quirk-capi", "--lib", "--crate-type", "staticlib"]).args(profile);
    cargo.args(["--message-format", "json", "--", "--print", "native-static-libs"]);
    let output = cargo.output().map_err(|error| format!("cargo: {error}"))?;
    let (out, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(format!("the C library: {told}"));
    }
    let built = out.split('"').find(|part| part.ends_with("/libquirk.a")).ok_or("no static library was built")?;
    let private = private(&out, &told).ok_or("rustc did not say what the static library needs")?;
    let folder = target.join("library");
    fs::create_dir_all(&folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
    let archive = folder.join("libquirk.a");
    let strip = ["--strip-debug", "--enable-deterministic-archives", "-o"];
    run(Command::new("strip").args(strip).arg(&archive).arg(built))?;

    let major = if version.starts_with("0.") { "0" } else { version.split('.').next().unwrap_or("0") };
    let soname = format!("libquirk.so.{major}");
    let shared = folder.join("libquirk.so");
    let map = root.join("runtime/capi/quirk.map");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-o"]).arg(&shared).arg(format!("-Wl,-soname,{soname}"));
    compiler.arg(format!("-Wl,--version-script={}", map.display()));
    for symbol in symbols(&map)? {
        compiler.arg(format!("-Wl,-u,{symbol}"));
    }
    compiler.args(["-Wl,--gc-sections", "-Wl,-s", "-Wl,-z,relro,-z,now", "-Wl,--no-undefined", "-Wl,--build-id=sha1"]);
    run(compiler.arg(&archive).args(private.split_whitespace()))?;
    Ok(Library { archive, shared, soname, private })
}

/// `-lgcc_s -lc ..` out of what rustc prints as a note, in JSON or as text.
fn private(out: &str, told: &str) -> Option<String> {
    let text = [out, told].into_iter().find_map(|text| text.split("native-static-libs: ").nth(1))?;
    let end = text.find(['"', '\\', '\n']).unwrap_or(text.len());
    let mut seen = Vec::new();
    for library in text[..end].split_whitespace() {
        if !seen.contains(&library) {
            seen.push(library);
        }
    }
    Some(seen.join(" "))
}

/// The names in a version script.
fn symbols(map: &Path) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(map).map_err(|error| format!("`{}`: {error}", map.display()))?;
    let names = text.lines().filter_map(|line| line.trim().strip_suffix(';')).filter(|name| name.starts_with("quirk_"));
    Ok(names.map(str::to_owned).collect())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}: {}", command.get_program().display(), String::from_utf8_lossy(&output.stderr)))
}
