//! Compiles the library: every `.quirk` file of every folder that is not switched off.

use std::error::Error;
use std::path::Path;
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    // A new folder shows here.
    println!("cargo::rerun-if-changed=.");
    let manifest = fs::read_to_string("Cargo.toml")?;
    let is_on = |name: &str| {
        let is_feature = manifest.contains(&format!("\n{name} = []\n"));
        !is_feature || env::var_os(format!("CARGO_FEATURE_{}", name.to_uppercase())).is_some()
    };
    let mut build = quirk_compiler::Build::new().tests("quirk_tests.rs");
    for entry in fs::read_dir(".")? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() && is_on(name) && has_descriptions(&path)? {
            build = build.files(format!("{name}/*.quirk"));
        }
    }
    Ok(build.emit()?)
}

fn has_descriptions(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        if entry?.path().extension().is_some_and(|ending| ending == "quirk") {
            return Ok(true);
        }
    }
    Ok(false)
}
