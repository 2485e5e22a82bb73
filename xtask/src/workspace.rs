//! Where the workspace is.

use std::path::Path;

/// The folder of the workspace.
pub(crate) fn root() -> Result<&'static Path, String> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace has no folder")?)
}
