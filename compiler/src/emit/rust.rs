//! The database as Rust source: an index that people read, then the bytes, section by section and record by record, or the name of
//! the file that holds them.
//!
//! One run of bytes compiles in no time and needs no relocation, however many devices it holds.

use std::fmt::Write;

use quirk_runtime::tables::{HEADER, Section};

use super::literal::{Bytes, Text};
use super::{LICENCE, layer_index};
use crate::allocate::Plans;
use crate::model::Model;
use crate::source::Sources;
use crate::tables;
use quirk_dsl::Ordered as _;

/// The module's text, as rustfmt leaves it. Where the bytes lie in a file beside it, that has this name.
pub(crate) fn rust(model: &Model, plans: &Plans, sources: &Sources, database: &[u8], beside: Option<&str>) -> String {
    let mut out = String::new();
    let index = index(&mut out, model, plans, sources);
    let whole = index.and_then(|()| match beside {
        Some(name) => included(&mut out, database.len(), name),
        None => written_out(&mut out, database),
    });
    whole.unwrap_or_else(|_: std::fmt::Error| out.clear());
    out
}

/// What people read.
fn index(out: &mut String, model: &Model, plans: &Plans, sources: &Sources) -> std::fmt::Result {
    writeln!(out, "// SPDX-License-Identifier: {LICENCE}")?;
    writeln!(out, "// Compiled by quirk-compiler. Change the descriptions, not this file:")?;
    let mut names: Vec<String> = sources.iter().map(crate::source::Source::name).collect();
    names.order();
    for name in names {
        writeln!(out, "//   {}", name.escape_debug())?;
    }
    writeln!(out, "//")?;
    super::index::write(out, model, plans, sources)?;
    layer_index::write(out, model, sources)?;
    writeln!(out)?;
    writeln!(out, "/// All descriptions, compiled.")
}

/// The bytes are in a file. One of another length, which is not the one that this was written with, does not compile.
fn included(out: &mut String, length: usize, name: &str) -> std::fmt::Result {
    writeln!(out, "pub static DATABASE: ::quirk_runtime::Database<'static> = {{")?;
    writeln!(out, "    static BYTES: &[u8; {length}] = include_bytes!({name:?});")?;
    writeln!(out, "    ::quirk_runtime::Database::from_static(BYTES)")?;
    writeln!(out, "}};")
}

/// The bytes as literals.
fn written_out(out: &mut String, database: &[u8]) -> std::fmt::Result {
    writeln!(out, "pub static DATABASE: ::quirk_runtime::Database<'static> = {{")?;
    writeln!(out, "    // Magic, versions, length and checksum; then offset and length of each section.")?;
    let (head, directory) = database[..HEADER].split_at(24);
    literal(out, "HEADER", core::iter::once(head).chain(directory.chunks(8)), false)?;
    let sections = tables::sections(database);
    for (section, bytes, size) in &sections {
        match size {
            Some(size) if *section == Section::Programs => {
                writeln!(out, "    // {} bytes.", bytes.len())?;
                literal(out, &name(*section), bytes.chunks(*size), false)?;
            }
            Some(size) => {
                let count = bytes.len() / size;
                let plural = if count == 1 { "" } else { "s" };
                writeln!(out, "    // {count} record{plural} of {size} bytes.")?;
                literal(out, &name(*section), bytes.chunks(*size), false)?;
            }
            None => {
                writeln!(out, "    // Length and text of each string.")?;
                literal(out, &name(*section), strings(bytes), true)?;
            }
        }
    }
    let length = database.len();
    writeln!(out, "    static BYTES: [u8; {length}] = {{")?;
    writeln!(out, "        let mut bytes = [0; {length}];")?;
    writeln!(out, "        ::quirk_runtime::tables::put_section(&mut bytes, 0, HEADER);")?;
    let mut at = HEADER;
    for (section, bytes, _) in &sections {
        writeln!(out, "        ::quirk_runtime::tables::put_section(&mut bytes, {at}, {});", name(*section))?;
        at += bytes.len();
    }
    writeln!(out, "        bytes")?;
    writeln!(out, "    }};")?;
    writeln!(out, "    ::quirk_runtime::Database::from_static(&BYTES)")?;
    writeln!(out, "}};")
}

fn literal<'b>(out: &mut String, name: &str, lines: impl Iterator<Item = &'b [u8]>, text: bool) -> std::fmt::Result {
    write!(out, "    const {name}: &[u8] = b\"")?;
    for line in lines {
        out.push_str("\\\n        ");
        if text {
            let (length, string) = line.split_at(2);
            write!(out, "{}{}", Bytes(length), Text(string))?;
        } else {
            write!(out, "{}", Bytes(line))?;
        }
    }
    writeln!(out, "\";")
}

/// `PROFILE_ENTRIES`
fn name(section: Section) -> String {
    let mut name = String::new();
    for (at, letter) in format!("{section:?}").char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// Splits the strings section into its strings.
fn strings(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    core::iter::from_fn(move || {
        let length = usize::from(u16::from_le_bytes(*bytes.first_chunk()?));
        let (string, rest) = bytes.split_at_checked(2 + length)?;
        bytes = rest;
        Some(string)
    })
}
