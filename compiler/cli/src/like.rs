//! The device that a draft is to be like, among descriptions in files.

use std::path::{Component, Path, PathBuf};

use quirk_compiler::diagnostic::Severity;
use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_host::quirk_files;
use quirk_runtime::Database;
use quirk_runtime::tables::Device;

use crate::failure::Failure;

/// What a draft takes over from.
#[derive(Debug, clap::Args)]
pub(crate) struct LikeArgs {
    /// A device that it is like: what that one declares is taken over by `like`, and only what differs is written
    #[arg(long, value_name = "NAME")]
    like: Option<String>,

    /// Files and folders in which `--like` looks; the folder of the output unless it is said
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "like")]
    quirks: Vec<PathBuf>,
}

/// Where a device is described.
#[derive(Debug)]
pub(crate) struct Found {
    device: String,
    file: PathBuf,
    folder: PathBuf,
}

impl Found {
    pub(crate) fn base(&self) -> quirk_draft::Base<'_> {
        quirk_draft::Base { device: &self.device, file: &self.file, folder: &self.folder }
    }
}

impl LikeArgs {
    /// Looks for the device, for a draft that is written here.
    pub(crate) fn find(&self, output: Option<&Path>) -> Result<Option<Found>, Failure> {
        let Some(device) = &self.like else { return Ok(None) };
        let folder = match output.and_then(Path::parent) {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let paths = if self.quirks.is_empty() { vec![folder.clone()] } else { self.quirks.clone() };
        for path in &self.quirks {
            std::fs::metadata(path).map_err(|error| Failure::with_file(path, error))?;
        }
        let (mut files, mut broken) = (Vec::new(), None);
        for file in quirk_files(&paths)? {
            match describes(&file, device) {
                Described::Here => files.push(file),
                Described::Not => {}
                Described::Broken(why) => broken = broken.or(Some((file, why))),
            }
        }
        let named =
            |files: &[PathBuf]| files.iter().map(|file| format!("`{}`", file.display())).collect::<Vec<_>>().join(", ");
        match &files[..] {
            [] if let Some((file, why)) = broken => {
                let message = format!("`{device}` is described here, and the file has errors: {why}");
                Err(Failure::with_file(&file, message).help("`quirkc check` tells all of them"))
            }
            [] => {
                let message = format!("no device is called `{device}` in {}", named(&paths));
                Err(Failure::new(message).help("say with `--quirks` which files describe it"))
            }
            [file] => {
                let file = relative(file, &folder).map_err(|error| Failure::with_file(file, error))?;
                Ok(Some(Found { device: device.clone(), file, folder }))
            }
            several => {
                let message = format!("`{device}` is described in {}", named(several));
                Err(Failure::new(message).help("say with `--quirks` which one is meant"))
            }
        }
    }
}

/// Whether a file itself describes a device.
enum Described {
    Here,
    Not,
    /// It does by its words, and has this error.
    Broken(String),
}

fn describes(file: &Path, device: &str) -> Described {
    let Ok(text) = std::fs::read_to_string(file) else { return Described::Not };
    if !text.contains(device) {
        return Described::Not;
    }
    let compilation = compile(vec![Input::Path(file.to_owned())], &Options::default(), &Disk);
    let Some(database) = compilation.database() else {
        let says = |word: &[&str]| word[0] == "device" && word[1] == device;
        let words: Vec<&str> = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').collect();
        let error = compilation.diagnostics().iter().find(|found| found.severity == Severity::Error);
        return match error.filter(|_| words.windows(2).any(says)) {
            Some(error) => Described::Broken(error.message.clone()),
            None => Described::Not,
        };
    };
    let database = Database::from_static(database);
    let own = |source: &str| source.rsplit_once(':').is_some_and(|(path, _)| Path::new(path) == file);
    let is_it = |each: Device| database.text(each.name) == device && own(database.text(each.source));
    if database.all::<Device>().any(is_it) { Described::Here } else { Described::Not }
}

/// The path of a file as one in the folder names it.
fn relative(file: &Path, folder: &Path) -> std::io::Result<PathBuf> {
    let (file, folder) = (file.canonicalize()?, folder.canonicalize()?);
    let same = file.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(same).map(|_| Component::ParentDir);
    Ok(up.chain(file.components().skip(same)).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::path::Path;

    use super::relative;

    #[test]
    fn a_path_leads_from_the_folder_to_the_file() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        std::fs::create_dir_all(at("a/b")).unwrap();
        std::fs::create_dir_all(at("c")).unwrap();
        std::fs::write(at("c/x.quirk"), "").unwrap();
        for (folder, expected) in
            [("c", "x.quirk"), (".", "c/x.quirk"), ("a/b", "../../c/x.quirk"), ("a/../c", "x.quirk")]
        {
            assert_eq!(relative(&at("c/x.quirk"), &at(folder)).unwrap(), Path::new(expected), "{folder}");
        }
        assert!(relative(&at("none"), &at("c")).is_err());
    }
}
