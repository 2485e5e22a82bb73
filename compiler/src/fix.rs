//! Makes the edits that findings carry, looks again, and goes on until nothing is left to mend. Writes nothing: where the
//! mended texts go is the caller's business.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Applicability, Edit, Fix};
use crate::files::Files;
use crate::source::FileId;
use crate::{Compilation, Input, Options, Sources, compile};
use quirk_dsl::Ordered as _;

/// How often the texts are looked at again. A fix may show what was hidden behind it, but not for ever.
const ROUNDS: usize = 64;

/// What came of mending.
#[derive(Debug)]
pub struct Fixed {
    /// The compilation of the mended texts.
    pub compilation: Compilation,
    /// How many fixes were made.
    pub fixes: usize,
    /// The texts that changed.
    pub changes: Vec<Change>,
}

/// One text before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path under which it was asked for.
    pub path: PathBuf,
    /// What it said.
    pub before: String,
    /// What it says now.
    pub after: String,
}

/// Files with mended texts in front of them.
struct Mended<'f> {
    files: &'f dyn Files,
    texts: BTreeMap<PathBuf, String>,
}

impl Mended<'_> {
    /// What is the same for all ways to write the path of one file.
    fn key_of(&self, path: &Path) -> PathBuf {
        self.files.identity(path).unwrap_or_else(|_| path.to_owned())
    }
}

impl Files for Mended<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.texts.get(&self.key_of(path)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.files.read(path),
        }
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        self.files.identity(path)
    }
}

/// Makes all fixes that are safe, or also those that are not, in the texts that were asked for: what they use is not touched.
#[must_use]
pub fn fix(inputs: Vec<Input>, options: &Options, files: &dyn Files, also_unsafe: bool) -> Fixed {
    let asked: Vec<PathBuf> = inputs.iter().map(|input| path_of(input).to_owned()).collect();
    fix_in(&asked, inputs, options, files, also_unsafe)
}

/// The same in some of the texts.
#[must_use]
pub fn fix_in(
    paths: &[PathBuf],
    mut inputs: Vec<Input>,
    options: &Options,
    files: &dyn Files,
    also_unsafe: bool,
) -> Fixed {
    let mut files = Mended { files, texts: BTreeMap::new() };
    let mut originals: BTreeMap<PathBuf, (PathBuf, String)> = BTreeMap::new();
    let asked: BTreeSet<PathBuf> = paths.iter().map(|path| files.key_of(path)).collect();
    let mut fixes = 0;
    let mut compilation = compile(inputs.clone(), options, &files);
    for _ in 0..ROUNDS {
        let may_change = |path: &Path| asked.contains(&files.key_of(path));
        let (made, texts) = round(&compilation, &may_change, also_unsafe);
        if made == 0 {
            break;
        }
        fixes += made;
        for Change { path, before, after } in texts {
            let key = files.key_of(&path);
            for input in &mut inputs {
                if let Input::Text(name, text) = input
                    && files.key_of(name) == key
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
        (before != after).then_some(Change { path, before, after })
    });
    let changes = changes.collect();
    Fixed { compilation, fixes, changes }
}

/// The fixes that can be made at once: how many, and what comes of them.
fn round(compilation: &Compilation, may_change: &dyn Fn(&Path) -> bool, also_unsafe: bool) -> (usize, Vec<Change>) {
    let sources = compilation.sources();
    let wanted = |fix: &&Fix| match fix.applicability {
        Applicability::Safe => true,
        Applicability::Unsafe => also_unsafe,
        Applicability::Display => false,
    };
    let mut taken = Taken::default();
    let mut made = 0;
    for found in compilation.diagnostics() {
        let Some(fix) = found.fixes.iter().find(wanted) else { continue };
        let apart = |edit: &Edit| !taken.touch(edit);
        let allowed = |edit: &Edit| may_change(sources.get(edit.place.file).path());
        if !fix.edits.is_empty() && fix.edits.iter().all(|edit| allowed(edit) && apart(edit)) {
            fix.edits.iter().for_each(|edit| taken.take(edit));
            made += 1;
        }
    }
    (made, edited(sources, taken.edits))
}

fn path_of(input: &Input) -> &Path {
    match input {
        Input::Path(path) | Input::Text(path, _) => path,
    }
}

/// Edits that are made at once. No two of different fixes share a byte or meet: then their order would matter.
#[derive(Default)]
struct Taken<'c> {
    edits: Vec<&'c Edit>,
    /// Where each begins, and where it ends.
    spans: BTreeMap<(FileId, u32), u32>,
}

impl<'c> Taken<'c> {
    fn take(&mut self, edit: &'c Edit) {
        let end = self.spans.entry((edit.place.file, edit.place.span.start)).or_default();
        *end = edit.place.span.end.max(*end);
        self.edits.push(edit);
    }

    fn touch(&self, edit: &Edit) -> bool {
        let (file, span) = (edit.place.file, edit.place.span);
        // Those that are taken are apart, so that the last that begins no later than this one ends is the only one that can reach it.
        let before = self.spans.range((file, 0)..=(file, span.end)).next_back();
        before.is_some_and(|(_, end)| *end >= span.start)
    }
}

fn edited(sources: &Sources, mut edits: Vec<&Edit>) -> Vec<Change> {
    // From the end of each text, so that the places before stay right.
    edits.order_by_key(|edit| (edit.place.file, core::cmp::Reverse(edit.place.span.start)));
    let mut texts = BTreeMap::new();
    for edit in edits {
        let source = sources.get(edit.place.file);
        let text = texts.entry(edit.place.file).or_insert_with(|| source.text().to_owned());
        text.replace_range(edit.place.span.range(), &edit.text);
    }
    let change = |(file, after)| {
        let source = sources.get(file);
        Change { path: source.path().to_owned(), before: source.text().to_owned(), after }
    };
    texts.into_iter().map(change).collect()
}
