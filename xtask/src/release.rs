//! What a release is made of.

mod api;
mod archive;
mod deb;
mod dist;
mod library;
mod metadata;
mod sbom;

use std::process::Command;

pub(crate) use api::{run as api, since};
pub(crate) use dist::{Plan, run as dist};
use metadata::Metadata;

/// Packages every crate that is published, and builds each package on its own with those that it depends on.
pub(crate) fn package() -> Result<String, String> {
    let root = crate::workspace::root()?;
    let metadata = Metadata::read(root)?;
    let published: Vec<&str> = metadata.published().map(metadata::name).collect();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root).args(["package", "--locked", "--quiet"]);
    for name in &published {
        cargo.args(["--package", name]);
    }
    let status = cargo.status().map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err(format!("`cargo package`: {status}"));
    }
    Ok(format!("packaged and verified {} crates: {}", published.len(), published.join(", ")))
}
