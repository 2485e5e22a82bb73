//! What `cargo metadata` says of the workspace.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The workspace, with or without what it depends on.
pub(super) struct Metadata(Value);

impl Metadata {
    /// The members of the workspace alone.
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        Self::ask(root, &["--no-deps"])
    }

    /// With every package that a member may need on this system.
    pub(super) fn resolved(root: &Path) -> Result<Self, String> {
        let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        Self::ask(root, &["--filter-platform", &target])
    }

    fn ask(root: &Path, more: &[&str]) -> Result<Self, String> {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked"])
            .args(more)
            .current_dir(root)
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        serde_json::from_slice(&output.stdout).map(Self).map_err(|error| format!("`cargo metadata`: {error}"))
    }

    /// All packages.
    pub(super) fn packages(&self) -> impl Iterator<Item = &Value> {
        self.0["packages"].as_array().into_iter().flatten()
    }

    /// What each package needs.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Value> {
        self.0["resolve"]["nodes"].as_array().into_iter().flatten()
    }

    /// The members that a registry takes: those that do not say `publish = false`. Of [`Metadata::read`].
    pub(super) fn published(&self) -> impl Iterator<Item = &Value> {
        self.packages().filter(|package| package["publish"].is_null())
    }

    /// What a member says under a key.
    pub(super) fn says(&self, member: &str, key: &str) -> Result<&str, String> {
        let package = self.packages().find(|package| name(package) == member);
        package.and_then(|package| package[key].as_str()).ok_or_else(|| format!("`{member}` has no `{key}`"))
    }
}

/// A package's name.
pub(super) fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap_or_default()
}
