//! What `quirkc doctor` says of a function, for exactly the machine that is booted.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::images::Case;
use crate::failure::Failure;

/// The program that also runs in guests; it is linked statically.
pub(super) struct Doctor {
    pub(super) program: PathBuf,
}

/// Of PASID, ATS and PRI: whether the guest enables it, if that is known.
pub(super) type Verdicts = [Option<bool>; 3];

impl Doctor {
    fn run(&self, args: &[&str]) -> Result<Value, Failure> {
        let output = Command::new(&self.program).arg("doctor").args(args).output().map_err(Failure::io("quirkc"))?;
        serde_json::from_slice(&output.stdout).map_err(|error| {
            Failure::new(format!("doctor {args:?}: {error}; {}", String::from_utf8_lossy(&output.stderr)))
        })
    }

    /// Every check with its examples.
    pub(super) fn checks(&self) -> Result<Vec<Value>, Failure> {
        let listed = self.run(&["--checks", "--format", "json"])?;
        listed["checks"].as_array().cloned().ok_or_else(|| Failure::new("no checks"))
    }

    /// What it says of a case, with these options.
    pub(super) fn of(&self, file: &Path, case: &Case, options: &[String]) -> Result<Verdicts, Failure> {
        std::fs::write(file, &case.bytes).map_err(Failure::io("image"))?;
        let fixed = [file.to_str().unwrap_or_default(), "--view", "raw", "--format", "json"];
        let said = self.run(&fixed.into_iter().chain(options.iter().map(String::as_str)).collect::<Vec<_>>())?;
        Ok(["pasid", "ats", "pri"].map(|want| match said["guest"][want].as_str() {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            _ => None,
        }))
    }
}
