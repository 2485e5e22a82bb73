//! `check --fix`: where mended texts go, to the disk or into a diff.

use std::io::{self, Write};
use std::path::Path;

use quirk_compiler::files::{Disk, Files};
use quirk_compiler::fix::Change;

use crate::failure::Failure;
use crate::unified;

/// Whether it is the text of a path.
pub(super) fn is_of(change: &Change, path: &Path) -> bool {
    let identity = |path: &Path| Disk.identity(path).unwrap_or_else(|_| path.to_owned());
    identity(&change.path) == identity(path)
}

/// What changes, as a unified diff.
pub(super) fn diff(change: &Change) -> String {
    let name = change.path.to_string_lossy().replace('\\', "/");
    unified::diff(&change.before, &change.after, [&format!("a/{name}"), &format!("b/{name}")])
}

/// Puts the new text in the place of the old: whole or not at all. A link stays a link, and a file that someone else
/// changed meanwhile is left as it is.
pub(super) fn write(Change { path, before, after }: &Change) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::with_file(path, format_args!("cannot be written: {error}"));
    let target = std::fs::canonicalize(path).map_err(failed)?;
    if std::fs::read(&target).map_err(failed)? != before.as_bytes() {
        return Err(Failure::with_file(path, "has changed since it was read, and is left as it is"));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(after.as_bytes()).map_err(failed)?;
    let permissions = std::fs::metadata(&target).map_err(failed)?.permissions();
    file.as_file().set_permissions(permissions).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}
