//! How the program is built that is given to others: small, and quick to start.
//!
//! Where its pages must be read first, a start takes as long as the file is large; else, half of it is the dynamic linker's. So it lies at a
//! fixed address, where its own code needs no relocation. It ends where it panics, after telling why and where: what unwinds is left out, and so is the
//! library that would, but for the few functions which the standard library names.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::plan::Plan;

/// What the allocator is told when it is compiled: to look at no variable of the environment (it would compare each of some forty names with
/// each that is set), to keep books of 64 MiB at first, not of 1 GiB, and to give nothing back when all ends.
const ALLOCATOR: &str = "-DMI_NO_GETENV -DMI_DEFAULT_ARENA_RESERVE=65536L -DMI_SKIP_COLLECT_ON_EXIT";

/// Builds it with a cargo; where it is.
pub(super) fn build(cargo: &mut Command, plan: &Plan, root: &Path) -> Result<PathBuf, String> {
    let common = ["--locked", "--package", "quirkc", "--profile", &plan.profile];
    if plan.is_shipped() {
        let defined = std::env::var("CFLAGS").unwrap_or_default();
        cargo.env("CFLAGS", format!("{defined} {ALLOCATOR}").trim());
        cargo.arg("rustc").args(common).args(["--bin", "quirkc", "--", "-Crelocation-model=static"]);
        let script = root.join("xtask/src/release/program.ld");
        cargo.args(["-Clink-arg=-Wl,--no-eh-frame-hdr", &format!("-Clink-arg=-Wl,-T,{}", script.display())]);
        if let Some(folder) = unwinder() {
            cargo.args(["-lstatic:-bundle=gcc_eh", &format!("-L{}", folder.display())]);
        }
    } else {
        cargo.arg("build").args(common);
    }
    let status = cargo.status().map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err("`quirkc` could not be built".to_owned());
    }
    Ok(plan.target.join(plan.folder()).join("quirkc"))
}

/// Where the C compiler keeps the unwinder as a static library, if it has one: linked, it saves each start the loading of a shared one.
fn unwinder() -> Option<PathBuf> {
    let found = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output().ok()?.stdout;
    let path = PathBuf::from(String::from_utf8(found).ok()?.trim_end());
    path.is_absolute().then(|| path.parent().map(Path::to_path_buf))?
}
