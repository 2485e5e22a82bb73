//! Names of files that the text does not use yet: with each comes the `use` that it needs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use quirk_dsl::ast::ItemKind;

use super::super::spot::Sheet;
use super::item::{Item, number};
use crate::cursor::Cursor;
use crate::files::File;
use crate::index::Kind;
use crate::uri;

/// No more are offered: a client asks again when more is typed.
pub(super) const MOST: usize = 200;

/// The names of a kind in such files, as far as they have what is typed already.
pub(super) fn elsewhere(sheet: &Sheet<'_>, cursor: &Cursor<'_>, kind: Kind) -> Vec<Item> {
    let files = &sheet.group.files.files;
    let Some(here) = files.get(&sheet.file) else { return Vec::new() };
    let typed = cursor.touched.map_or("", |token| token.text());
    let (using, from, at) = (using(sheet), uri::flat(&here.path), place(sheet));
    let mut found = Vec::new();
    for (key, file) in
        files.iter().filter(|(key, _)| !using.contains(*key) && !here.uses.values().any(|used| used == *key))
    {
        let path = uri::relative(&from, &uri::flat(&file.path));
        let Some(namespace) = namespace(sheet, key).filter(|_| path.ends_with(".quirk")) else { continue };
        for name in names(sheet, file, kind).filter(|name| name.contains(typed) || namespace.contains(typed)) {
            if found.len() == MOST {
                return found;
            }
            let item =
                Item::new(format!("{namespace}::{name}"), number::CLASS, format!("{} in {path}", kind.keyword()));
            found.push(item.rank(8).also(at, format!("\nuse \"{path}\" as {namespace};")));
        }
    }
    found
}

/// Files may be many and are not read for this.
fn names<'s>(sheet: &'s Sheet<'_>, file: &File, kind: Kind) -> impl Iterator<Item = &'s str> {
    sheet.group.declares(file.id).filter(move |(keyword, _)| *keyword == kind.keyword()).map(|(_, name)| name)
}

/// The file itself, and those that use it, over others too: a `use` of one would go in a circle.
fn using(sheet: &Sheet<'_>) -> BTreeSet<PathBuf> {
    let files = &sheet.group.files.files;
    let mut using = BTreeSet::from([sheet.file.clone()]);
    loop {
        let more: Vec<PathBuf> = files
            .iter()
            .filter(|(key, file)| !using.contains(*key) && file.uses.values().any(|used| using.contains(used)))
            .map(|(key, _)| key.clone())
            .collect();
        if more.is_empty() {
            return using;
        }
        using.extend(more);
    }
}

/// A name for a file that nothing in the text has.
fn namespace(sheet: &Sheet<'_>, key: &Path) -> Option<String> {
    let stem = key.file_stem()?.to_str()?;
    let word: String = stem.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '_' }).collect();
    let word = if word.starts_with(|first: char| first.is_ascii_alphabetic()) { word } else { format!("file_{word}") };
    let index = sheet.text.index();
    let is_taken = |name: &str| index.declared.iter().any(|each| each.name == name);
    let numbered = (2..100).map(|number| format!("{word}_{number}"));
    std::iter::once(word.clone()).chain(numbered).find(|name| !is_taken(name))
}

/// After the last `use`, or after `edition`.
fn place(sheet: &Sheet<'_>) -> u32 {
    let items = &sheet.text.parse().file.items;
    let is_head = |item: &&quirk_dsl::ast::Item| matches!(item.kind, ItemKind::Use(_) | ItemKind::Edition(_));
    items.iter().rfind(is_head).map_or(0, |item| item.span.end)
}
