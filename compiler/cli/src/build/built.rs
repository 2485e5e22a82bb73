//! What came of one build.

use std::path::PathBuf;
use std::process::ExitCode;

/// What came of one build.
pub(super) struct Built {
    pub(super) code: ExitCode,
    /// The outputs say what the descriptions say.
    pub(super) is_written: bool,
    /// Files that were read, and folders where a new one would be.
    pub(super) depends_on: Vec<PathBuf>,
}
