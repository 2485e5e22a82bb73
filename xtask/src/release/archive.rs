//! Archives that are the same bytes whenever they are made of the same files.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};

/// What lies at a path of an archive.
enum Content {
    File { bytes: Vec<u8>, is_program: bool },
    Link(String),
}

/// The files of an archive, in the order of their paths.
#[derive(Default)]
pub(super) struct Archive(BTreeMap<String, Content>);

impl Archive {
    /// Puts bytes at a path.
    pub(super) fn put(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), Content::File { bytes: bytes.into(), is_program: false });
    }

    /// Puts a file of the disk at a path.
    pub(super) fn copy(&mut self, path: impl Into<String>, from: &Path) -> Result<(), String> {
        self.put(path, fs::read(from).map_err(|error| format!("`{}`: {error}", from.display()))?);
        Ok(())
    }

    /// Puts a program of the disk at a path, or a shared library.
    pub(super) fn program(&mut self, path: impl Into<String>, from: &Path) -> Result<(), String> {
        let bytes = fs::read(from).map_err(|error| format!("`{}`: {error}", from.display()))?;
        self.0.insert(path.into(), Content::File { bytes, is_program: true });
        Ok(())
    }

    /// Puts a symbolic link at a path.
    pub(super) fn link(&mut self, path: impl Into<String>, target: impl Into<String>) {
        self.0.insert(path.into(), Content::Link(target.into()));
    }

    /// Puts a file at a path as gzip makes it, without name and time: manual pages and changes of a package.
    pub(super) fn zipped(&mut self, path: impl Into<String>, from: &Path) -> Result<(), String> {
        let bytes = fs::read(from).map_err(|error| format!("`{}`: {error}", from.display()))?;
        let mut encoder = GzBuilder::new().operating_system(255).write(Vec::new(), Compression::best());
        let zipped = encoder.write_all(&bytes).and_then(|()| encoder.finish());
        self.put(path, zipped.map_err(|error| format!("`{}`: {error}", from.display()))?);
        Ok(())
    }

    /// Writes the files into a folder, with their modes; how many bytes they have.
    pub(super) fn unpack(&self, folder: &Path) -> Result<u64, String> {
        let mut size = 0;
        for (path, content) in &self.0 {
            let to = folder.join(path);
            let failed = |error: std::io::Error| format!("`{}`: {error}", to.display());
            let parent = to.parent().unwrap_or(folder);
            // Folders have the usual mode, whatever mask this program was started with.
            DirBuilder::new().recursive(true).create(parent).map_err(failed)?;
            for above in parent.ancestors().take_while(|above| above.starts_with(folder)) {
                fs::set_permissions(above, Permissions::from_mode(0o755)).map_err(failed)?;
            }
            match content {
                Content::File { bytes, is_program } => {
                    fs::write(&to, bytes).map_err(failed)?;
                    let mode = if *is_program { 0o755 } else { 0o644 };
                    fs::set_permissions(&to, Permissions::from_mode(mode)).map_err(failed)?;
                    size += bytes.len() as u64;
                }
                Content::Link(target) => symlink(target, &to).map_err(failed)?,
            }
        }
        Ok(size)
    }

    /// Writes `NAME.tar.gz` into a folder, with everything in a folder of that name: no owner, one time for all, the order of the paths.
    pub(super) fn write(&self, folder: &Path, name: &str, time: u64) -> Result<String, String> {
        let file = format!("{name}.tar.gz");
        let path = folder.join(&file);
        let failed = |error: std::io::Error| format!("`{}`: {error}", path.display());
        let out = fs::File::create(&path).map_err(failed)?;
        // Neither a name nor a time in the header of gzip, and no system.
        let mut builder = tar::Builder::new(GzBuilder::new().operating_system(255).write(out, Compression::best()));
        for (path, content) in &self.0 {
            let mut header = Header::new_ustar();
            header.set_mtime(time);
            header.set_uid(0);
            header.set_gid(0);
            let path = format!("{name}/{path}");
            match content {
                Content::File { bytes, is_program } => {
                    header.set_mode(if *is_program { 0o755 } else { 0o644 });
                    header.set_size(bytes.len() as u64);
                    builder.append_data(&mut header, path, bytes.as_slice()).map_err(failed)?;
                }
                Content::Link(target) => {
                    header.set_entry_type(EntryType::Symlink);
                    header.set_mode(0o777);
                    header.set_size(0);
                    builder.append_link(&mut header, path, target).map_err(failed)?;
                }
            }
        }
        builder.into_inner().and_then(flate2::write::GzEncoder::finish).map_err(failed)?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::process::Command;

    use super::Archive;

    #[test]
    fn the_same_files_are_the_same_bytes_and_tar_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let write = |order: [&str; 2], name: &str| {
            let mut archive = Archive::default();
            order.iter().for_each(|path| archive.put(*path, path.as_bytes()));
            archive.link("lib/c.so", "b.so");
            fs::create_dir_all(folder.path().join(name)).unwrap();
            let file = archive.write(&folder.path().join(name), "x-1", 1_000_000_000).unwrap();
            fs::read(folder.path().join(name).join(file)).unwrap()
        };
        assert_eq!(write(["a", "lib/b.so"], "one"), write(["lib/b.so", "a"], "two"));
        let list =
            Command::new("tar").current_dir(folder.path()).args(["-tvzf", "one/x-1.tar.gz", "--utc"]).output().unwrap();
        let list = String::from_utf8(list.stdout).unwrap();
        let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(rows[0], ["-rw-r--r--", "0/0", "1", "2001-09-09", "01:46", "x-1/a"]);
        assert_eq!(rows[1], ["-rw-r--r--", "0/0", "8", "2001-09-09", "01:46", "x-1/lib/b.so"]);
        assert_eq!(rows[2], ["lrwxrwxrwx", "0/0", "0", "2001-09-09", "01:46", "x-1/lib/c.so", "->", "b.so"]);
    }
}
