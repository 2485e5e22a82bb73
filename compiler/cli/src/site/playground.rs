//! Links into the playground: a device's text with all that it uses, in the fragment of an address.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use quirk_compiler::files::{Disk, Files};
use quirk_compiler::{Compilation, Options, Source};
use quirk_dsl::ast::{Item, ItemKind};
use serde::Serialize;

use crate::failure::Failure;

/// What the playground reads of a fragment begins so.
const PREFIX: &str = "#v1=";

/// The digits of base64 in addresses, RFC 4648 section 5.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[derive(Serialize)]
struct Shared<'t> {
    texts: Vec<Text<'t>>,
}

#[derive(Serialize)]
struct Text<'t> {
    name: String,
    text: &'t str,
}

/// Where the playground is, and a link for each file.
pub(super) struct Playground {
    links: BTreeMap<String, String>,
}

impl Playground {
    /// The links of all files of a compilation.
    pub(super) fn new(address: &str, compilation: &Compilation, options: &Options) -> Result<Self, Failure> {
        let identity = |source: &Source| Disk.identity(source.path()).ok();
        let sources: BTreeMap<PathBuf, &Source> =
            compilation.sources().iter().filter_map(|source| Some((identity(source)?, source))).collect();
        let mut links = BTreeMap::new();
        for source in compilation.sources().iter() {
            let texts = texts(source, &sources, options);
            links.insert(source.name(), format!("{address}{}", fragment(texts)?));
        }
        Ok(Self { links })
    }

    /// The link of what is described at `file:line`.
    pub(super) fn link(&self, source: &str) -> Option<&str> {
        let (file, _) = source.rsplit_once(':')?;
        self.links.get(file).or_else(|| self.links.get(&format!("./{file}"))).map(String::as_str)
    }
}

/// The text of a file and those that it uses. The playground has no folders of libraries, so that each text is called what the
/// `use` of it says, seen from the text that has it.
fn texts<'s>(main: &'s Source, sources: &BTreeMap<PathBuf, &'s Source>, options: &Options) -> Vec<Text<'s>> {
    let name = main.path().file_name().map(PathBuf::from).unwrap_or_default();
    let mut found: Vec<(PathBuf, &Source)> = vec![(name, main)];
    let mut at = 0;
    while let Some((name, source)) = found.get(at).cloned() {
        at += 1;
        let beside = |path: &Path| path.parent().unwrap_or(Path::new("")).to_owned();
        for used in used(source.text()) {
            let called = plain(&beside(&name).join(&used));
            let folders = std::iter::once(beside(source.path())).chain(options.libraries.iter().cloned());
            let file = folders.filter_map(|folder| Disk.identity(&folder.join(&used)).ok()).next();
            let Some(file) = file.and_then(|file| sources.get(&file)) else { continue };
            if found.iter().all(|(other, _)| *other != called) {
                found.push((called, file));
            }
        }
    }
    let text = |(name, source): (PathBuf, &'s Source)| Text {
        name: name.to_string_lossy().replace('\\', "/"),
        text: source.text(),
    };
    found.into_iter().map(text).collect()
}

/// The files that a text uses, as it calls them.
fn used(text: &str) -> Vec<String> {
    let path = |item: Item| match item.kind {
        ItemKind::Use(used) => Some(used.path.value),
        _ => None,
    };
    quirk_dsl::parse(text).file.items.into_iter().filter_map(path).collect()
}

/// A path without `.`, and without a folder that `..` leaves again.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Texts as the playground reads them.
fn fragment(texts: Vec<Text<'_>>) -> Result<String, Failure> {
    let json = serde_json::to_vec(&Shared { texts }).map_err(Failure::new)?;
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    let packed = packer.write_all(&json).and_then(|()| packer.finish()).map_err(Failure::new)?;
    Ok(PREFIX.to_owned() + &base64(&packed))
}

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..=group.len() {
            out.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 0x3f) as usize]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_standard() {
        let vectors =
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in vectors {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xfb, 0xef, 0xff]), "--__");
    }
}
