//! `check --fix`: makes the edits that findings carry, looks again, and goes on until nothing is left to mend.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use quirk_compiler::diagnostic::{Applicability, Edit, Fix};
use quirk_compiler::files::{Disk, Files};
use quirk_compiler::{Compilation, Input, Options, Sources, compile};
use similar::TextDiff;

use crate::failure::Failure;

/// How often the texts are looked at again. A fix may show what was hidden behind it, but not for ever.
const ROUNDS: usize = 64;

/// What came of mending.
pub(super) struct Fixed {
    /// The compilation of the mended texts.
    pub(super) compilation: Compilation,
    /// How many fixes were made.
    pub(super) fixes: usize,
    /// The texts that changed, by the paths under which they were asked for.
    pub(super) changes: Vec<Change>,
}

/// One text before and after.
pub(super) struct Change {
    path: PathBuf,
    key: PathBuf,
    before: String,
    pub(super) after: String,
}

/// The disk, with mended texts in front of it.
#[derive(Default)]
struct Mended {
    texts: BTreeMap<PathBuf, String>,
}

impl Files for Mended {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.texts.get(&key_of(path)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => Disk.read(path),
        }
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        Disk.identity(path)
    }
}

/// What is the same for all ways to write the path of one file.
fn key_of(path: &Path) -> PathBuf {
    Disk.identity(path).unwrap_or_else(|_| path.to_owned())
}

/// Makes all fixes up to an applicability, in the texts that were asked for: what they use is not touched.
pub(super) fn fixed(mut inputs: Vec<Input>, options: &Options, also_unsafe: bool) -> Fixed {
    let mut files = Mended::default();
    let mut originals: BTreeMap<PathBuf, (PathBuf, String)> = BTreeMap::new();
    let asked: BTreeSet<PathBuf> = inputs.iter().map(|input| key_of(path_of(input))).collect();
    let mut fixes = 0;
    let mut compilation = compile(inputs.clone(), options, &files);
    for _ in 0..ROUNDS {
        let (made, texts) = round(&compilation, &asked, also_unsafe);
        if made == 0 {
            break;
        }
        fixes += made;
        for (path, before, after) in texts {
            let key = key_of(&path);
            for input in &mut inputs {
                if let Input::Text(name, text) = input
                    && key_of(name) == key
                {
                    text.clone_from(&after);
                }
            }
            files.texts.insert(key.clone(), after);
            originals.entry(key).or_insert((path, before));
        }
        compilation = compile(inputs.clone(), options, &files);
    }
    let changes = files.texts.into_iter().filter_map(|(key, after)| {
        let (path, before) = originals.remove(&key)?;
        (before != after).then_some(Change { path, key, before, after })
    });
    let changes = changes.collect();
    Fixed { compilation, fixes, changes }
}

/// The fixes that can be made at once, as texts before and after.
fn round(
    compilation: &Compilation,
    asked: &BTreeSet<PathBuf>,
    also_unsafe: bool,
) -> (usize, Vec<(PathBuf, String, String)>) {
    let sources = compilation.sources();
    let may_change = |edit: &Edit| asked.contains(&key_of(sources.get(edit.place.file).path()));
    let wanted = |fix: &&Fix| match fix.applicability {
        Applicability::Safe => true,
        Applicability::Unsafe => also_unsafe,
        Applicability::Display => false,
    };
    let mut taken: Vec<&Edit> = Vec::new();
    let mut made = 0;
    for found in compilation.diagnostics() {
        let Some(fix) = found.fixes.iter().find(wanted) else { continue };
        let apart = |edit: &Edit| taken.iter().all(|other| !touch(edit, other));
        if !fix.edits.is_empty() && fix.edits.iter().all(|edit| may_change(edit) && apart(edit)) {
            taken.extend(&fix.edits);
            made += 1;
        }
    }
    (made, edited(sources, taken))
}

fn path_of(input: &Input) -> &Path {
    match input {
        Input::Path(path) | Input::Text(path, _) => path,
    }
}

/// Whether two edits share a byte or meet: then their order would matter.
fn touch(a: &Edit, b: &Edit) -> bool {
    let (one, other) = (a.place.span, b.place.span);
    a.place.file == b.place.file && one.start <= other.end && other.start <= one.end
}

fn edited(sources: &Sources, mut edits: Vec<&Edit>) -> Vec<(PathBuf, String, String)> {
    // From the end of each text, so that the places before stay right.
    edits.sort_by_key(|edit| (edit.place.file, core::cmp::Reverse(edit.place.span.start)));
    let mut texts = BTreeMap::new();
    for edit in edits {
        let source = sources.get(edit.place.file);
        let text = texts.entry(edit.place.file).or_insert_with(|| source.text().to_owned());
        text.replace_range(edit.place.span.range(), &edit.text);
    }
    let text = |(file, after)| {
        let source = sources.get(file);
        (source.path().to_owned(), source.text().to_owned(), after)
    };
    texts.into_iter().map(text).collect()
}

impl Change {
    /// Whether it is the text of a path.
    pub(super) fn is_of(&self, path: &Path) -> bool {
        self.key == key_of(path)
    }

    /// What changes, as a unified diff.
    pub(super) fn diff(&self) -> String {
        let name = self.path.to_string_lossy().replace('\\', "/");
        let diff = TextDiff::from_lines(self.before.as_str(), self.after.as_str());
        diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string()
    }

    /// Puts the new text in the place of the old: whole or not at all. A link stays a link, and a file that someone else
    /// changed meanwhile is left as it is.
    pub(super) fn write(&self) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::with_file(&self.path, format_args!("cannot be written: {error}"));
        let target = std::fs::canonicalize(&self.path).map_err(failed)?;
        if std::fs::read(&target).map_err(failed)? != self.before.as_bytes() {
            return Err(Failure::with_file(&self.path, "has changed since it was read, and is left as it is"));
        }
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(self.after.as_bytes()).map_err(failed)?;
        let permissions = std::fs::metadata(&target).map_err(failed)?.permissions();
        file.as_file().set_permissions(permissions).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&target).map_err(|error| failed(error.error))?;
        Ok(())
    }
}
