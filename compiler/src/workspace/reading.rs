//! What was read for an edit: the whole text, or the one item that the edit is inside of.

use std::num::NonZeroUsize;

use quirk_dsl::{Read, Span, Text, ast, read_again};

use super::change::Change;
use super::state::{File, Item, Kind};
use crate::diagnostic::Diagnostic;
use crate::load::{syntax_in, wrong_in};
use crate::model::NameKind;
use crate::source::FileId;

/// What was read.
#[derive(Debug)]
pub(super) enum Reading {
    Whole(Read),
    /// One item, by its index.
    Item(usize, Read),
}

impl Reading {
    /// Reads what an edit changed, and says what that is.
    pub(super) fn of(file: &File, old: &str, new: &Text, threads: NonZeroUsize) -> (Change, Self) {
        if let Some((change, at, read)) = item(file, old, new) {
            return (change, Self::Item(at, read));
        }
        let read = quirk_dsl::read(new.clone(), threads);
        (Change::between(file, old, new, &read), Self::Whole(read))
    }

    /// The items that changed, as they are now.
    pub(super) fn fresh(&self, change: &Change) -> &[ast::Item] {
        match self {
            Self::Whole(read) => &read.file.items[change.first..change.after],
            Self::Item(_, read) => &read.file.items,
        }
    }

    /// Gives the items of a file their places and the file its state of now, after those that changed were put into it.
    pub(super) fn placed(&self, file: &mut File, change: &Change) {
        match self {
            Self::Whole(read) => {
                for (item, now) in file.items.iter_mut().zip(&read.file.items) {
                    item.span = now.span;
                }
                (file.poisoned, file.lost_use) = (read.file.poisoned, read.file.lost_use);
            }
            Self::Item(at, _) => {
                for item in file.items.iter_mut().skip(at + 1) {
                    item.span = change.moved(item.span).unwrap_or(item.span);
                }
            }
        }
    }

    /// What is wrong with the text.
    pub(super) fn wrong(&self, id: FileId) -> Vec<Diagnostic> {
        match self {
            Self::Whole(read) => wrong_in(id, read),
            Self::Item(_, read) => syntax_in(id, read),
        }
    }
}

/// Reads the one item that an edit is inside of, where nothing else of the file is wrong, before or after.
fn item(file: &File, old: &str, new: &Text) -> Option<(Change, usize, Read)> {
    // That a file does not say its edition is told at its first item.
    if file.poisoned || file.lost_use || !file.items.iter().any(|item| item.kind == Kind::Edition) {
        return None;
    }
    let (at, change) = Change::inside(file, old, new)?;
    let item = &file.items[at];
    if item.kind == Kind::Edition || item.is(NameKind::Namespace) {
        return None;
    }
    let is_inside = |span: Span| change.bytes.start <= span.start && span.end <= change.bytes.end;
    if !file.wrong.iter().all(|found| is_inside(found.primary.place.span)) {
        return None;
    }
    let now = |(index, item): (usize, &Item)| if index > at { change.moved(item.span) } else { Some(item.span) };
    let items: Option<Vec<Span>> = file.items.iter().enumerate().map(now).collect();
    let read = read_again(new, &items?, at)?;
    let is_other = |item: &ast::Item| matches!(item.kind, ast::ItemKind::Edition(_) | ast::ItemKind::Use(_));
    (!read.file.items.iter().any(is_other)).then_some((change, at, read))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::num::NonZeroUsize;
    use std::sync::Arc;

    use quirk_dsl::Text;

    use super::Reading;
    use crate::files::Memory;
    use crate::workspace::Workspace;
    use crate::{Input, Options};

    const TEXT: &str = "edition 1;\nuse \"b.quirk\" as b;\n/// documented\ndevice a { name \"A\"; match pci(1, 2); }\n\
                        const C = 1;\nlayer l { match pci(1, 2); hide ext ats; }\n";

    /// How many of the texts that come up when something is typed after a text, a character at a time, and taken back, read one item.
    fn typed(after: &str, typed: &str) -> (usize, usize) {
        let files = Memory::default().with("a.quirk", TEXT).with("b.quirk", "edition 1;\n");
        let mut workspace = Workspace::open(vec![Input::Path("a.quirk".into())], Options::default(), &files);
        let (id, _) = workspace.sources().entries().find(|(_, source)| source.text() == TEXT).unwrap();
        let place = TEXT.find(after).unwrap() + after.len();
        let lengths = (1..=typed.len()).chain((0..typed.len()).rev());
        let (mut text, mut one) = (TEXT.to_owned(), 0);
        for length in lengths {
            let now: Arc<str> = format!("{}{}{}", &TEXT[..place], &typed[..length], &TEXT[place..]).into();
            let file = &workspace.files[workspace.of_file[&id]];
            one += usize::from(matches!(
                Reading::of(file, &text, &Text::from(Arc::clone(&now)), NonZeroUsize::MIN).1,
                Reading::Item(..)
            ));
            text = now.to_string();
            workspace.edit(id, now, &files);
        }
        (one, typed.len() * 2)
    }

    #[test]
    fn a_block_that_is_typed_is_read_with_its_item() {
        for text in
            [" layout { cap pm @ 0x40; }", "\n    layout {\n        cap pm @ 0x40;\n    }", " name \"B\"; // more"]
        {
            let (one, all) = typed("match pci(1, 2);", text);
            assert!(one == all, "{text}: {one} of {all}");
        }
    }

    /// Whether an edit reads one item: what is put in the place of what, and what is typed after that.
    fn reads_one(from: &str, to: &str, then: (&str, &str)) -> [bool; 2] {
        let files = Memory::default().with("a.quirk", TEXT).with("b.quirk", "edition 1;\n");
        let mut workspace = Workspace::open(vec![Input::Path("a.quirk".into())], Options::default(), &files);
        let (id, _) = workspace.sources().entries().find(|(_, source)| source.text() == TEXT).unwrap();
        let mut text = TEXT.to_owned();
        [(from, to), then].map(|(from, to)| {
            assert!(text.contains(from), "{from}");
            let now: Arc<str> = text.replacen(from, to, 1).into();
            let file = &workspace.files[workspace.of_file[&id]];
            let (_, reading) = Reading::of(file, &text, &Text::from(Arc::clone(&now)), NonZeroUsize::MIN);
            text = now.to_string();
            workspace.edit(id, now, &files);
            matches!(reading, Reading::Item(..))
        })
    }

    #[test]
    fn an_edit_inside_an_item_reads_that_item() {
        for (from, to, then, expected) in [
            ("\"A\"", "\"Ab\"", ("\"Ab\"", "\"A\""), [true, true]),
            // A statement that is not finished is an error inside of it.
            ("hide ext ats;", "hide ext", ("hide ext", "hide ext ats;"), [true, true]),
            ("= 1", "= 12", ("device a", "device ab"), [true, true]),
            // A block that stays open ends before the next item.
            ("match", "{ match", ("{ match", "match"), [true, true]),
            ("name", "/* name", ("/* name", "name"), [false, false]),
            ("= 1;", "= 1; const D = 2;", ("const D = 2;", ""), [false, false]),
            ("use ", "uses ", ("uses ", "use "), [false, false]),
            ("documented", "described", ("device a", "xdevice a"), [false, false]),
            ("device a", "devic a", ("devic a", "device a"), [false, false]),
        ] {
            assert_eq!(reads_one(from, to, then), expected, "{from} {to}");
        }
    }
}
