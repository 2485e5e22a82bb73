//! What a release is made of.

mod api;
mod archive;
mod deb;
mod dist;
mod library;
mod metadata;
mod plan;
mod program;
mod sbom;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) use api::{run as api, since};
pub(crate) use dist::{program_alone, run as dist};
use metadata::Metadata;
pub(crate) use plan::Plan;

/// Packages every crate that is published, and builds each package on its own with those that it depends on.
pub(crate) fn package() -> Result<String, String> {
    let root = crate::workspace::root()?;
    let metadata = Metadata::read(root)?;
    let published: Vec<&str> = metadata.published().map(metadata::name).collect();
    let target = root.join("target/packages");
    forget(&metadata, &target)?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root).args(["package", "--locked", "--quiet", "--target-dir"]).arg(target);
    for name in &published {
        cargo.args(["--package", name]);
    }
    let status = cargo.status().map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err(format!("`cargo package`: {status}"));
    }
    Ok(format!("packaged and verified {} crates: {}", published.len(), published.join(", ")))
}

/// Takes away what an earlier run has left. Cargo (1.95) builds a package with the project's other packages out of a registry that it makes,
/// unpacks those into its home, and takes what was unpacked or built for the same version, whatever is in it by now.
fn forget(metadata: &Metadata, target: &Path) -> Result<(), String> {
    if target.is_dir() {
        fs::remove_dir_all(target).map_err(|error| format!("`{}`: {error}", target.display()))?;
    }
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let sources = Path::new(&home.unwrap_or_default()).join("registry/src");
    let Ok(registries) = fs::read_dir(&sources) else { return Ok(()) };
    // One without a host is a folder of this machine.
    let is_local =
        |registry: &PathBuf| registry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('-'));
    for registry in registries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_local) {
        for package in metadata.published() {
            let version = package["version"].as_str().unwrap_or_default();
            let unpacked = registry.join(format!("{}-{version}", metadata::name(package)));
            if unpacked.is_dir() {
                fs::remove_dir_all(&unpacked).map_err(|error| format!("`{}`: {error}", unpacked.display()))?;
            }
        }
    }
    Ok(())
}
