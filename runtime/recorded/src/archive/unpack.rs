//! Looks into one file after the other.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use tar::{Archive, EntryType, PaxExtensions};

use super::budget::{Budget, Counted};
use super::limits::Limits;
use crate::error::{ParseError, Problem};
use crate::packed::Packed;
use crate::parse::{HEAD, stream};
use crate::reading::{Item, Unread};
use crate::{Address, Recorded};

/// What an xz stream may ask for, in KiB: `xz -9` needs 64 MiB.
const XZ_MEMORY: u32 = 128 << 10;

/// The longest path that an archive may give a file.
const LONGEST_PATH: u64 = 1 << 14;

/// What is known while files are looked at.
pub(super) struct Unpacker<'a> {
    budget: &'a Budget,
    depth: u8,
    sink: &'a mut dyn FnMut(Item),
    files: usize,
    found: usize,
    /// Why nothing was found, the first of the reasons.
    why: Option<ParseError>,
}

impl<'a> Unpacker<'a> {
    pub(super) fn new(budget: &'a Budget, limits: &Limits, sink: &'a mut dyn FnMut(Item)) -> Self {
        Self { budget, depth: limits.depth, sink, files: 0, found: 0, why: None }
    }

    /// How many functions were found, and why none if it is 0.
    pub(super) fn finish(self) -> (usize, ParseError) {
        let nothing = ParseError { line: None, problem: Problem::NothingInside { files: self.files } };
        (self.found, self.why.unwrap_or(nothing))
    }

    /// Looks into a file, or what one unpacks to. An error is of the budget or of the file itself; `name` is empty outside
    /// of archives.
    pub(super) fn look(&mut self, input: &mut dyn Read, name: &str, depth: u8) -> io::Result<()> {
        let mut head = Vec::new();
        if let Err(error) = input.take(HEAD as u64).read_to_end(&mut head) {
            return self.broken("compressed", name, error);
        }
        let packed = Packed::of(&head);
        let mut whole = head.chain(input);
        match packed {
            Some(Packed::Gzip | Packed::Xz | Packed::Tar) if depth >= self.depth => {
                self.unread(name, Problem::TooDeep { most: self.depth });
                Ok(())
            }
            Some(Packed::Gzip) => {
                let unpacked = MultiGzDecoder::new(BufReader::new(whole));
                self.look(&mut Counted::new(unpacked, self.budget), name, depth + 1)
            }
            Some(Packed::Xz) => {
                let unpacked = XzReader::new_mem_limit(BufReader::new(whole), true, XZ_MEMORY);
                self.look(&mut Counted::new(unpacked, self.budget), name, depth + 1)
            }
            Some(Packed::Tar) => self.archive(&mut whole, name, depth + 1),
            // `stream` names it.
            Some(Packed::Other(_)) | None => self.plain(&mut whole, name),
        }
    }

    /// Something cannot be unpacked, unless it was stopped.
    fn broken(&mut self, by: &'static str, name: &str, error: io::Error) -> io::Result<()> {
        if self.budget.is_spent() {
            return Err(error);
        }
        self.unread(name, Problem::Damaged { by, why: error.to_string() });
        Ok(())
    }

    fn unread(&mut self, name: &str, problem: Problem) {
        let error = ParseError { line: None, problem };
        self.why.get_or_insert_with(|| error.clone());
        (self.sink)(Item::Unread(Unread { file: name.to_owned(), heading: None, error }));
    }

    fn plain(&mut self, input: &mut dyn Read, name: &str) -> io::Result<()> {
        let (mut found, sink) = (0, &mut *self.sink);
        let mut take = |item| match item {
            Item::Function(record) => {
                if let Some(record) = named(record, name) {
                    found += 1;
                    sink(Item::Function(record));
                }
            }
            Item::Unread(unread) => sink(Item::Unread(Unread { file: name.to_owned(), ..unread })),
        };
        let ended = stream(input, &mut take);
        self.found += found;
        match ended {
            Err(error) => self.broken("compressed", name, error),
            Ok(Err(error)) if name.is_empty() => {
                self.why.get_or_insert(error);
                Ok(())
            }
            // An archive holds other things too.
            Ok(_) => Ok(()),
        }
    }

    fn archive(&mut self, input: &mut dyn Read, name: &str, depth: u8) -> io::Result<()> {
        let mut archive = Archive::new(&mut *input);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.broken("tar", name, error),
        };
        let mut long = None;
        // Raw, since the path of a file may be as long as an archive.
        for entry in entries.raw(true) {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.broken("tar", name, error),
            };
            let kind = entry.header().entry_type();
            let path = match kind {
                EntryType::GNULongName | EntryType::XHeader => {
                    let mut text = Vec::new();
                    if let Err(error) = (&mut entry).take(LONGEST_PATH).read_to_end(&mut text) {
                        return self.broken("tar", name, error);
                    }
                    long = if kind == EntryType::XHeader { pax_path(&text).or(long) } else { Some(text) };
                    continue;
                }
                EntryType::Regular | EntryType::Continuous => {
                    long.take().unwrap_or_else(|| entry.path_bytes().into_owned())
                }
                // A link is no file, and its name no other's.
                _ => {
                    long = None;
                    continue;
                }
            };
            let path = String::from_utf8_lossy(&path);
            let path = path.trim_end_matches('\0').trim_start_matches("./");
            let inside = if name.is_empty() { path.to_owned() } else { format!("{name}/{path}") };
            self.files += 1;
            self.look(&mut entry, &inside, depth)?;
        }
        // Whether what is compressed is whole is known at its end, which an archive has before.
        match io::copy(input, &mut io::sink()) {
            Ok(_) => Ok(()),
            Err(error) => self.broken("compressed", name, error),
        }
    }
}

fn pax_path(text: &[u8]) -> Option<Vec<u8>> {
    let mut extensions = PaxExtensions::new(text).filter_map(Result::ok);
    extensions.find(|extension| extension.key_bytes() == b"path").map(|extension| extension.value_bytes().to_vec())
}

/// The record with its file; `None` for bytes of an archive that are no function's.
fn named(record: Recorded, file: &str) -> Option<Recorded> {
    if file.is_empty() || record.address().is_some() {
        return Some(record.within(file));
    }
    let address = Address::of_path(file);
    let header = record.identity();
    let is_function =
        address.is_some() || (!matches!(header.vendor, 0 | 0xffff) && record.original()[0x0e] & 0x7f <= 2);
    let description = if address.is_some() { String::new() } else { file.to_owned() };
    is_function.then(|| record.named(address, description).within(file))
}
