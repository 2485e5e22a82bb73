//! One entry against what is said of its kind of function.

use std::collections::BTreeMap;
use std::ops::Range;

use quirk_runtime::capability::Space;
use quirk_runtime::tables::EntryKind;

use super::super::entry::{Entry, bytes, called, sub};
use super::super::rule::{Disagreement, Finding};
use super::table::{Says, Subject};
use super::words;

/// How many dwords or capabilities were compared, and what differs.
pub(super) fn compare(subject: &Subject, entry: &Entry) -> (usize, Vec<Finding>) {
    let mut found = Vec::new();
    let name = &subject.name;
    let compared = match &subject.says {
        Says::Map { end, registers } => map(name, *end, registers, entry, &mut found),
        Says::Named(names) => named(name, names, entry, &mut found),
        Says::Capabilities { all, must_have } => capabilities(name, all, *must_have, entry, &mut found),
    };
    (compared, found)
}

/// The offsets of the dwords of a range.
fn dwords(range: Range<u16>) -> impl Iterator<Item = u16> {
    (range.start & !3..range.end).step_by(4)
}

/// A map says of every dword below its end whether it is a register.
fn map(name: &str, end: u16, registers: &[Range<u16>], entry: &Entry, found: &mut Vec<Finding>) -> usize {
    let exists = |at: u16| registers.iter().any(|range| range.start < at.saturating_add(4) && at < range.end);
    for free in &entry.free {
        for at in dwords(free.start..free.end).filter(|&at| exists(at) || at >= end) {
            let why = if at >= end { "lies where the map does not reach" } else { "is a register" };
            let message = format!("{at:#05x} is declared free, and {why} in `{name}`");
            found.push(Finding::new(Disagreement::FreeIsRegister, at, message));
        }
    }
    for part in entry.layout.iter().filter(|part| part.kind == EntryKind::Register) {
        for at in dwords(bytes(part)).filter(|&at| at < end && !exists(at)) {
            let message = format!("{at:#05x} is declared a register, and is none in `{name}`");
            found.push(Finding::new(Disagreement::RegisterUnknown, at, message));
        }
    }
    let declared =
        |at: u16| entry.layout.iter().map(bytes).any(|range| range.start < at.saturating_add(4) && at < range.end);
    for at in dwords(0x40..end).filter(|&at| exists(at) && !declared(at)) {
        let message = format!("{at:#05x} is a register in `{name}`, and is not declared");
        found.push(Finding::new(Disagreement::RegisterUndeclared, at, message));
    }
    dwords(0x40..end).count()
}

/// Names of registers say what is there, and what a header is of.
fn named(name: &str, names: &BTreeMap<u16, Vec<String>>, entry: &Entry, found: &mut Vec<Finding>) -> usize {
    let whose = if name.is_empty() { "the table".to_owned() } else { format!("`{name}`") };
    for free in &entry.free {
        for (at, register) in names.range(free.start..free.end) {
            let message = format!("{at:#05x} is declared free, and is `{}` in {whose}", register.join("`, `"));
            found.push(Finding::new(Disagreement::FreeIsRegister, *at, message));
        }
    }
    let mut compared = names.len();
    for (space, part) in entry.capabilities() {
        let (at, kind) = (part.offset, called(space, part.id, sub(part)));
        compared += 1;
        let Some(registers) = names.get(&at) else {
            let message = format!("`{kind}` is declared at {at:#05x}, and {whose} has no register there");
            found.push(Finding::new(Disagreement::CapabilityUnpublished, at, message));
            continue;
        };
        if words::fits(space, part.id, registers) == Some(false) {
            let message =
                format!("`{kind}` is declared at {at:#05x}, which is `{}` in {whose}", registers.join("`, `"));
            found.push(Finding::new(Disagreement::CapabilityKind, at, message));
        }
    }
    compared
}

fn capabilities(
    name: &str,
    all: &BTreeMap<u16, (Space, u16)>,
    must_have: bool,
    entry: &Entry,
    found: &mut Vec<Finding>,
) -> usize {
    for (space, part) in entry.capabilities() {
        let (at, kind) = (part.offset, called(space, part.id, sub(part)));
        match all.get(&at) {
            Some(&(_, id)) if id == part.id => {}
            Some(&(space, id)) => {
                let message =
                    format!("`{kind}` is declared at {at:#05x}, and `{name}` has `{}`", called(space, id, None));
                found.push(Finding::new(Disagreement::CapabilityKind, at, message));
            }
            None => {
                let message = format!("`{kind}` is declared at {at:#05x}, and `{name}` has none there");
                found.push(Finding::new(Disagreement::CapabilityUnpublished, at, message));
            }
        }
    }
    for (at, (space, id)) in all.iter().filter(|_| must_have) {
        if !entry.capabilities().any(|(_, part)| part.offset == *at) {
            let message = format!("`{}` at {at:#05x} is not declared", called(*space, *id, None));
            found.push(Finding::new(Disagreement::CapabilityLeftOut, *at, message));
        }
    }
    all.len()
}
