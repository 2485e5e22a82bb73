//! The texts of a compilation, and where a byte of one stands in lines and columns.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use quirk_dsl::{ColumnUnit, LineIndex, Span, Text};

/// One of the texts of a compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A run of bytes in one of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which text.
    pub file: FileId,
    /// Which bytes of it.
    pub span: Span,
}

impl Place {
    /// Whether another place lies in this one.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        self.file == other.file && self.span.start <= other.span.start && other.span.end <= self.span.end
    }
}

/// A value and the place where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character in it.
    pub column: u32,
}

/// One text and what it is called.
#[derive(Clone, Debug)]
pub struct Source {
    path: PathBuf,
    text: Text,
    /// Where its lines are, once that was asked: of what is sound nobody does.
    lines: OnceLock<LineIndex>,
}

impl Source {
    fn new(path: PathBuf, text: Text) -> Self {
        Self { path, text, lines: OnceLock::new() }
    }

    fn index(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Its path, as it was given or found.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its path for a message: with `/` between folders on every system.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }

    /// Its text; empty if it could not be read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same, to be kept.
    #[must_use]
    pub fn shared_text(&self) -> Arc<str> {
        self.text.shared()
    }

    /// The same for those who read it.
    pub(crate) fn held_text(&self) -> &Text {
        &self.text
    }

    /// The position of a byte. One past the end is at the end.
    #[must_use]
    pub fn position(&self, byte: u32) -> Position {
        let place = self.index().locate(&self.text, byte, ColumnUnit::Chars);
        Position { line: place.line + 1, column: place.column + 1 }
    }

    /// The lines from one to another, both counted from 1, as bytes of the text. Lines that there are not are empty.
    #[must_use]
    pub fn lines(&self, first: u32, last: u32) -> Range<usize> {
        let start = |line: u32| self.index().start(line).map_or(self.text.len(), |start| start as usize);
        start(first.saturating_sub(1))..start(last)
    }
}

/// All texts of a compilation. A clone shares them.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<Source>>,
}

impl Sources {
    /// Takes one more text.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        self.take(path.into(), text.into().into())
    }

    /// The same of a text that may have been read from a file.
    pub(crate) fn take(&mut self, path: PathBuf, text: Text) -> FileId {
        self.files.push(Arc::new(Source::new(path, text)));
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// Puts another text in the place of one.
    pub(crate) fn replace(&mut self, file: FileId, text: Text) {
        if let Some(source) = self.files.get_mut(file.0 as usize) {
            *source = Arc::new(Source::new(source.path.clone(), text));
        }
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, file: FileId) -> &Source {
        &self.files[file.0 as usize]
    }

    /// All of them, in the order in which they were taken.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().map(Arc::as_ref)
    }

    /// All of them, each with what places call it.
    pub fn entries(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().zip(0..).map(|(source, index)| (FileId(index), source.as_ref()))
    }

    /// Where a place begins.
    #[must_use]
    pub fn position(&self, place: Place) -> Position {
        self.get(place.file).position(place.span.start)
    }

    /// `file:line` of a place.
    #[must_use]
    pub fn line(&self, place: Place) -> String {
        format!("{}:{}", self.get(place.file).name(), self.position(place).line)
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, Sources};

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a", "é1\n\nx");
        let at = |byte| {
            let Position { line, column } = sources.get(file).position(byte);
            (line, column)
        };
        assert_eq!(
            [at(0), at(2), at(3), at(4), at(5), at(6), at(99)],
            [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (3, 2)]
        );
    }
}
