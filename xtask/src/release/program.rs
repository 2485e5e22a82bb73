//! How the program is built that is given to others: small, and quick to start.
//!
//! Half of a start of a position-independent program with its unwinder is relocating it. This one lies at a fixed address and ends where
//! it panics, so that it needs no relocation, and no table of how to unwind. The allocator looks at no variable of the environment: it
//! would compare each of some forty names with each that is set.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::plan::Plan;

/// Flags for all crates of the program.
pub(super) const FLAGS: &[&str] = &["-Cforce-unwind-tables=no"];

/// Builds it with a cargo; where it is.
pub(super) fn build(cargo: &mut Command, plan: &Plan, target: &Path) -> Result<PathBuf, String> {
    let common = ["--locked", "--package", "quirkc", "--profile", &plan.profile];
    if plan.is_shipped() {
        let defined = std::env::var("CFLAGS").unwrap_or_default();
        cargo.env("CFLAGS", format!("{defined} -DMI_NO_GETENV").trim());
        cargo.arg("rustc").args(common).args(["--bin", "quirkc", "--", "-Crelocation-model=static"]);
    } else {
        cargo.arg("build").args(common);
    }
    let status = cargo.status().map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err("`quirkc` could not be built".to_owned());
    }
    Ok(target.join(plan.folder()).join("quirkc"))
}
