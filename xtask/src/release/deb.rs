//! Packages for Debian, made of the same files as the archives.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::archive::Archive;

/// What a package says of itself.
pub(super) struct Package<'a> {
    pub(super) name: &'a str,
    pub(super) section: &'a str,
    pub(super) depends: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
}

/// What all packages of a release have in common.
pub(super) struct Release<'a> {
    pub(super) version: &'a str,
    pub(super) repository: &'a str,
    pub(super) time: u64,
}

/// The architecture that packages here are for; none where there is no dpkg.
pub(super) fn architecture() -> Option<String> {
    let output = Command::new("dpkg").arg("--print-architecture").output().ok()?;
    let has_builder = Command::new("dpkg-deb").arg("--version").output().is_ok();
    (output.status.success() && has_builder).then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Package<'_> {
    /// Writes `NAME_VERSION_ARCHITECTURE.deb` into a folder, with the files of `tree` from the root of a system.
    pub(super) fn write(
        &self,
        out: &Path,
        tree: &Archive,
        release: &Release<'_>,
        architecture: &str,
    ) -> Result<String, String> {
        let stage = out.join(format!(".{}", self.name));
        let failed = |error: std::io::Error| format!("`{}`: {error}", stage.display());
        if stage.exists() {
            fs::remove_dir_all(&stage).map_err(failed)?;
        }
        let size = tree.unpack(&stage)?.div_ceil(1024);
        fs::create_dir_all(stage.join("DEBIAN")).map_err(failed)?;
        let Self { name, section, depends, title, text } = self;
        let Release { version, repository, time } = release;
        let control = format!(
            "Package: {name}\nVersion: {version}-1\nArchitecture: {architecture}\nMaintainer: the quirk project <{repository}>\n\
             Installed-Size: {size}\nDepends: {depends}\nSection: {section}\nPriority: optional\nHomepage: {repository}\n\
             Description: {title}\n {text}\n"
        );
        fs::write(stage.join("DEBIAN/control"), control).map_err(failed)?;
        let file = format!("{name}_{version}-1_{architecture}.deb");
        let output = Command::new("dpkg-deb")
            .env("SOURCE_DATE_EPOCH", time.to_string())
            .args(["--build", "--root-owner-group", "-Zxz", "--threads-max=1"])
            .arg(&stage)
            .arg(out.join(&file))
            .output()
            .map_err(|error| format!("dpkg-deb: {error}"))?;
        fs::remove_dir_all(&stage).map_err(failed)?;
        if !output.status.success() {
            return Err(format!("dpkg-deb: {}", String::from_utf8_lossy(&output.stderr)));
        }
        Ok(file)
    }
}
