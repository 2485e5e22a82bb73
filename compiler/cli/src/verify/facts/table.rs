//! Tables of facts, as they are read: tab-separated, comments with `#`, then a row of titles that says which form it is.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use quirk_runtime::capability::{Kind, Space};

use super::super::entry::Entry;
use crate::failure::Failure;

/// No table is larger.
const LARGEST: u64 = 1 << 24;

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    /// The comments, which name the source.
    comments: String,
    pub(super) subjects: Vec<Subject>,
}

/// How an entry is found that a row is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// It names the entry.
    Entry(String),
    /// The evidence of the entry cites a file of this generation or chip, and this part of the function.
    Cited { word: String, part: String },
    /// The evidence of the entry cites a file that the comments name.
    Source,
}

/// What is said of one kind of function.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) about: About,
    pub(super) says: Says,
}

/// What is said.
#[derive(Debug)]
pub(super) enum Says {
    /// Which dwords are registers; below the end, no other is.
    Map { end: u16, registers: Vec<Range<u16>> },
    /// Registers by name. There may be others.
    Named(BTreeMap<u16, Vec<String>>),
    /// Where capabilities are; whether these are all that there are.
    Capabilities { all: BTreeMap<u16, (Space, u16)>, must_have: bool },
}

impl Table {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let mut text = String::new();
        let read = fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text));
        read.map_err(|error| Failure::with_file(path, error))?;
        Self::parse(&text).map_err(|problem| Failure::with_file(path, problem))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let is_comment = |line: &&str| line.starts_with('#');
        let comments: Vec<&str> = text.lines().filter(is_comment).collect();
        let lines = text.lines().enumerate().filter(|(_, line)| !is_comment(line) && !line.trim().is_empty());
        let mut rows = lines.map(|(at, line)| Row { number: at + 1, cells: line.split('\t').collect() });
        let titles = rows.next().ok_or("the table has no row of titles")?;
        let mut gathered = Gathered::default();
        let form = Form::find(&titles.cells).ok_or_else(|| {
            let forms: Vec<String> = Form::ALL.iter().map(|(titles, _)| titles.join(", ")).collect();
            format!("line {}: no table has these columns; those that are known: {}", titles.number, forms.join("; "))
        })?;
        for row in rows {
            if row.cells.len() < titles.cells.len() {
                let (number, has, wants) = (row.number, row.cells.len(), titles.cells.len());
                return Err(format!("line {number}: the row has {has} columns, expected {wants}"));
            }
            gathered.row(form, &row).map_err(|problem| format!("line {}: {problem}", row.number))?;
        }
        Ok(Self { comments: comments.join("\n"), subjects: gathered.subjects })
    }

    /// Whether a subject is what an entry describes.
    pub(super) fn is_about(&self, subject: &Subject, entry: &Entry) -> bool {
        match &subject.about {
            About::Entry(name) => entry.own_name() == name || entry.name == *name,
            About::Cited { word, part } => entry.cites.iter().any(|text| cites(text, word) && text.contains(part)),
            About::Source => {
                let paths = entry.cites.iter().flat_map(|text| text.split([' ', ',']));
                paths.filter(|path| path.contains('/') && path.ends_with(".h")).any(|path| self.comments.contains(path))
            }
        }
    }
}

/// Whether a text cites a folder or file of this name: `../ga102/..`, `../nbio_2_3_offset.h`.
fn cites(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let behind = &text[at + word.len()..];
        text[..at].ends_with('/') && (behind.starts_with(['/', '.']) || behind.starts_with("_offset"))
    })
}

/// What the columns mean.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// Our maps of registers.
    EntryMap,
    /// Our lists of all capabilities.
    EntryCapabilities,
    /// Our lists of what a generation may have.
    Generations,
    /// A vendor's maps by chip.
    ChipMap,
    /// A vendor's registers of one function.
    Registers,
    /// A vendor's registers by generation.
    GenerationRegisters,
}

impl Form {
    const ALL: [(&'static [&'static str], Self); 6] = [
        (&["entry", "map", "end", "registers"], Self::EntryMap),
        (&["entry", "offset", "kind", "register"], Self::EntryCapabilities),
        (&["generation", "entries", "capabilities"], Self::Generations),
        (&["map", "chips", "unit", "covers", "kind", "runs"], Self::ChipMap),
        (&["offset", "access", "name"], Self::Registers),
        (&["generation", "function", "offset", "register"], Self::GenerationRegisters),
    ];

    fn find(titles: &[&str]) -> Option<Self> {
        Self::ALL.iter().find(|(wanted, _)| *wanted == titles).map(|(_, form)| *form)
    }
}

/// A row and the number of its line.
struct Row<'a> {
    number: usize,
    cells: Vec<&'a str>,
}

/// Subjects, in the order in which the rows name them.
#[derive(Default)]
struct Gathered {
    subjects: Vec<Subject>,
    known: BTreeMap<(String, About), usize>,
}

impl Gathered {
    /// What is said of a subject so far.
    fn says(&mut self, name: &str, about: About, first: impl FnOnce() -> Says) -> Option<&mut Says> {
        let at = *self.known.entry((name.to_owned(), about.clone())).or_insert_with(|| {
            self.subjects.push(Subject { name: name.to_owned(), about, says: first() });
            self.subjects.len() - 1
        });
        self.subjects.get_mut(at).map(|subject| &mut subject.says)
    }

    fn row(&mut self, form: Form, row: &Row<'_>) -> Result<(), String> {
        let cell = |at: usize| row.cells.get(at).copied().unwrap_or_default();
        let entry = |name: &str| About::Entry(name.to_owned());
        match form {
            Form::EntryMap => {
                let (end, registers) = (number(cell(2))?, ranges(cell(3))?);
                self.says(cell(0), entry(cell(0)), || Says::Map { end, registers });
            }
            Form::EntryCapabilities => {
                let at = number(cell(1))?;
                let kind = kind(at, cell(2))?;
                let none = || Says::Capabilities { all: BTreeMap::new(), must_have: true };
                if let Some(Says::Capabilities { all, .. }) = self.says(cell(0), entry(cell(0)), none) {
                    all.insert(at, kind);
                }
            }
            Form::Generations => {
                let all: BTreeMap<u16, (Space, u16)> =
                    cell(2).split(' ').map(capability).collect::<Result<_, String>>()?;
                for name in cell(1).split(' ') {
                    self.says(cell(0), entry(name), || Says::Capabilities { all: all.clone(), must_have: false });
                }
            }
            Form::ChipMap if cell(4) == "exists" => {
                let covers = ranges(cell(3))?.first().map_or(0, |range| range.end);
                let registers = ranges(cell(5))?;
                let part = format!("NV_PCFG_{}_", cell(2).to_uppercase());
                let about = About::Cited { word: cell(0).to_owned(), part };
                self.says(cell(0), about, || Says::Map { end: covers, registers });
            }
            Form::ChipMap => {}
            Form::Registers => self.register("", About::Source, cell(0), cell(2))?,
            Form::GenerationRegisters => {
                let part = format!("_{}_", cell(1));
                let name = format!("{} {}", cell(0), cell(1));
                let about = About::Cited { word: cell(0).to_owned(), part };
                self.register(&name, about, cell(2), cell(3))?;
            }
        }
        Ok(())
    }

    fn register(&mut self, name: &str, about: About, at: &str, register: &str) -> Result<(), String> {
        let at = number(at)?;
        let none = || Says::Named(BTreeMap::new());
        if let Some(Says::Named(names)) = self.says(name, about, none) {
            names.entry(at).or_default().push(register.to_owned());
        }
        Ok(())
    }
}

fn number(text: &str) -> Result<u16, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let number = u16::from_str_radix(digits, 16).ok().filter(|number| *number <= 0x1000 && !digits.starts_with('+'));
    number.ok_or_else(|| format!("`{text}` is no offset: expected a hex number up to 0x1000"))
}

fn ranges(text: &str) -> Result<Vec<Range<u16>>, String> {
    let range = |range: &str| {
        let (start, end) = range.split_once("..").ok_or_else(|| format!("`{range}` is no range `0x..0x`"))?;
        let (start, end) = (number(start)?, number(end)?);
        if end <= start { Err(format!("`{range}` ends where or before it starts")) } else { Ok(start..end) }
    };
    text.split(' ').map(range).collect()
}

/// `0x2d0:pasid`
fn capability(text: &str) -> Result<(u16, (Space, u16)), String> {
    let (at, name) = text.split_once(':').ok_or_else(|| format!("`{text}` is no `OFFSET:KIND`"))?;
    let at = number(at)?;
    Ok((at, kind(at, name)?))
}

/// The kind of a capability at an offset, as a table names it.
fn kind(at: u16, name: &str) -> Result<(Space, u16), String> {
    let space = Space::of(at);
    let kind =
        Kind::by_name(space, name).ok_or_else(|| format!("there is no capability `{} {name}`", space.keyword()))?;
    Ok((space, kind.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cites_a_chip_only_by_its_whole_name() {
        assert!(cites("ampere/ga102/dev.h", "ga102"));
        assert!(cites("asic_reg/nbio/nbio_2_3_offset.h REG", "nbio_2_3"));
        for (text, word) in [("nbio/nbio_2_31_offset.h", "nbio_2_3"), ("xga102/dev.h", "ga102"), ("ga102", "ga102")] {
            assert!(!cites(text, word), "{text} {word}");
        }
    }

    #[test]
    fn what_is_wrong_in_a_table_is_told_with_its_line() {
        for (text, message) in [
            ("# only a comment\n", "the table has no row of titles"),
            ("# c\na\tb\n", "line 2: no table has these columns; those that are known: entry, map, end, registers; "),
            ("offset\taccess\tname\n0x40\tR\n", "line 2: the row has 2 columns, expected 3"),
            ("offset\taccess\tname\n0xg\tR\tX\n", "line 2: `0xg` is no offset: expected a hex number up to 0x1000"),
            (
                "offset\taccess\tname\n0x1004\tR\tX\n",
                "line 2: `0x1004` is no offset: expected a hex number up to 0x1000",
            ),
            (
                "entry\tmap\tend\tregisters\ne\tm\t0x80\t0x50..0x40\n",
                "line 2: `0x50..0x40` ends where or before it starts",
            ),
            ("entry\tmap\tend\tregisters\ne\tm\t0x80\t0x50\n", "line 2: `0x50` is no range `0x..0x`"),
            ("entry\toffset\tkind\tregister\ne\t0x40\tats\tX\n", "line 2: there is no capability `cap ats`"),
            ("generation\tentries\tcapabilities\ng\te\tpasid\n", "line 2: `pasid` is no `OFFSET:KIND`"),
        ] {
            let error = Table::parse(text).err();
            assert!(error.as_ref().is_some_and(|error| error.starts_with(message)), "{text:?}: {error:?}");
        }
    }
}
