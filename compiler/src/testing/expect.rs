//! What must be so, against what the guest sees, what the runtime decided, and what reached the device.

use core::fmt::Display;

use quirk_runtime::capability::{self, Name, Space};
use quirk_runtime::chain::{Capability, Step};
use quirk_runtime::overlay::AccessError;
use quirk_runtime::{ByteRange, Effect, Finding, ImageError, Verdict};

use super::device::{Device, Guest};
use crate::model::script::{Expectation, Wanted};

/// What is not as expected.
pub(super) struct Wrong {
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) offset: Option<u16>,
}

impl Wrong {
    pub(super) fn at(offset: u16, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { expected: expected.into(), found: found.into(), offset: Some(offset) }
    }

    fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { expected: expected.into(), found: found.into(), offset: None }
    }
}

type Access<T> = Result<T, AccessError<ImageError>>;

/// What is wrong, if something is.
pub(super) fn check(
    expectation: &Expectation,
    guest: &Guest<'_, '_>,
    device: &Device,
    effects: &[Effect],
) -> Option<Wrong> {
    let judged = match expectation {
        Expectation::Pasid { at, width, execute, privileged } => pasid(guest, *at, *width, *execute, *privileged),
        Expectation::NoPasid => no_pasid(guest),
        Expectation::Chain { space, offsets } => chain(guest, *space, offsets),
        Expectation::Capability(wanted) => wanted_capability(guest, wanted),
        Expectation::Value { at, width, bytes } => value(guest, *at, *width, bytes),
        Expectation::Untouched(range) => Ok(untouched(device, *range)),
        Expectation::Effect(name) => Ok(effect(effects, name)),
        Expectation::Reason(name) => Ok(reason(guest, name)),
        Expectation::Finding(name) => Ok(finding(guest, name)),
    };
    judged.unwrap_or_else(|error| Some(Wrong::new("bytes that the function has", error.to_string())))
}

/// The capabilities that a guest walks, null ones among them.
fn walk(guest: &Guest<'_, '_>, space: Space) -> Access<Vec<Capability>> {
    let mut found = Vec::new();
    for step in guest.chain(space)? {
        if let Step::Capability(capability) = step? {
            found.push(capability);
        }
    }
    Ok(found)
}

fn seen_pasid(guest: &Guest<'_, '_>) -> Access<Option<u16>> {
    let found = walk(guest, Space::Extended)?;
    Ok(found.iter().find(|found| found.id == capability::PASID).map(|found| found.offset))
}

fn pasid(guest: &Guest<'_, '_>, at: u16, width: Option<u8>, execute: bool, privileged: bool) -> Access<Option<Wrong>> {
    let expected = format!("PASID at {at:#05x}{}", facts(width, execute, privileged));
    let Some(found) = seen_pasid(guest)? else {
        return Ok(Some(Wrong::at(at, expected, why_none(guest))));
    };
    let mut register = [0; 2];
    guest.read(found.saturating_add(4), &mut register)?;
    let (has_execute, has_privileged) = (register[0] & 2 != 0, register[0] & 4 != 0);
    let found_width = register[1] & 0x1f;
    let as_wanted = found == at
        && width.is_none_or(|width| width == found_width)
        && (has_execute || !execute)
        && (has_privileged || !privileged);
    let found_text = format!("PASID at {found:#05x}{}", facts(Some(found_width), has_execute, has_privileged));
    Ok((!as_wanted).then(|| Wrong::at(found, expected, found_text)))
}

fn facts(width: Option<u8>, execute: bool, privileged: bool) -> String {
    let mut text = width.map_or_else(String::new, |width| format!(", width {width}"));
    text += if execute { ", execute" } else { "" };
    text += if privileged { ", privileged" } else { "" };
    text
}

fn no_pasid(guest: &Guest<'_, '_>) -> Access<Option<Wrong>> {
    Ok(seen_pasid(guest)?.map(|found| Wrong::at(found, "no PASID", format!("PASID at {found:#05x}"))))
}

/// Every candidate that was refused, or if there is none why nothing was tried.
fn why_none(guest: &Guest<'_, '_>) -> String {
    let candidates = || guest.decision().candidates.iter();
    let refused = candidates().any(|candidate| candidate.verdict == Verdict::Refused);
    let reasons: Vec<String> = candidates()
        .filter(|candidate| !refused || candidate.verdict == Verdict::Refused)
        .map(|candidate| match candidate.offset {
            Some(offset) => format!("{} {offset:#05x}: {}", candidate.source, candidate.reason),
            None => format!("{}: {}", candidate.source, candidate.reason),
        })
        .collect();
    if reasons.is_empty() { "no PASID".to_owned() } else { format!("no PASID ({})", reasons.join("; ")) }
}

fn chain(guest: &Guest<'_, '_>, space: Space, wanted: &[u16]) -> Access<Option<Wrong>> {
    let found = walk(guest, space)?;
    if found.iter().map(|found| found.offset).eq(wanted.iter().copied()) {
        return Ok(None);
    }
    let differs = found.iter().map(|found| found.offset).zip(wanted).position(|(found, wanted)| found != *wanted);
    let first = differs.unwrap_or(found.len().min(wanted.len()));
    let offset = wanted.get(first).copied().or(found.get(first).map(|found| found.offset));
    let keyword = space.keyword();
    let named =
        |found: &Capability| format!("{:#05x} {}", found.offset, name(found).trim_start_matches(keyword).trim());
    let wanted: Vec<String> = wanted.iter().map(|offset| format!("{offset:#05x}")).collect();
    let found: Vec<String> = found.iter().map(named).collect();
    Ok(Some(Wrong {
        expected: format!("chain {keyword} [{}]", wanted.join(", ")),
        found: format!("[{}]", found.join(", ")),
        offset,
    }))
}

fn name(found: &Capability) -> String {
    Name(found.space, found.id).to_string()
}

fn wanted_capability(guest: &Guest<'_, '_>, wanted: &Wanted) -> Access<Option<Wrong>> {
    let same_kind: Vec<Capability> =
        walk(guest, wanted.space)?.into_iter().filter(|found| found.id == wanted.id).collect();
    let mut seen = Vec::new();
    for found in same_kind {
        let length = guest.length(&found)?;
        let sub = sub_ids(guest, &found)?;
        let fits = wanted.at.is_none_or(|at| at == found.offset)
            && wanted.length.is_none_or(|wanted| wanted == length)
            && wanted.sub.is_none_or(|wanted| Some(wanted) == sub);
        if fits {
            let there = || described(wanted.space, wanted.id, sub, Some(found.offset), Some(length));
            return Ok(wanted.absent.then(|| Wrong::at(found.offset, format!("no {}", description(wanted)), there())));
        }
        seen.push(described(wanted.space, wanted.id, sub, Some(found.offset), Some(length)));
    }
    if wanted.absent {
        return Ok(None);
    }
    let found = if seen.is_empty() { format!("no {}", Name(wanted.space, wanted.id)) } else { seen.join(", ") };
    Ok(Some(Wrong { expected: description(wanted), found, offset: wanted.at }))
}

fn description(wanted: &Wanted) -> String {
    described(wanted.space, wanted.id, wanted.sub, wanted.at, wanted.length)
}

fn described(space: Space, id: u16, sub: Option<(u16, u16)>, at: Option<u16>, length: Option<u16>) -> String {
    let sub = match sub {
        Some((vendor, sub)) if id == capability::DVSEC => format!("(vendor: {vendor:#06x}, id: {sub:#06x})"),
        Some((_, sub)) => format!("(id: {sub:#06x})"),
        None => String::new(),
    };
    let at = at.map_or_else(String::new, |at| format!(" at {at:#05x}"));
    let length = length.map_or_else(String::new, |length| format!(" len {length:#x}"));
    format!("{}{sub}{at}{length}", Name(space, id))
}

/// Vendor and id of a DVSEC, 0 and id of a VSEC.
fn sub_ids(guest: &Guest<'_, '_>, found: &Capability) -> Access<Option<(u16, u16)>> {
    let word = |offset: u16| -> Access<u16> {
        let mut bytes = [0; 2];
        guest.read(found.offset.saturating_add(offset), &mut bytes)?;
        Ok(u16::from_le_bytes(bytes))
    };
    Ok(match (found.space, found.id) {
        (Space::Extended, capability::DVSEC) => Some((word(4)?, word(8)?)),
        (Space::Extended, capability::VSEC) => Some((0, word(4)?)),
        _ => None,
    })
}

fn value(guest: &Guest<'_, '_>, at: u16, width: usize, wanted: &[u8]) -> Access<Option<Wrong>> {
    let mut bytes = vec![0; wanted.len()];
    guest.read(at, &mut bytes)?;
    let Some(first) = bytes.iter().zip(wanted).position(|(found, wanted)| found != wanted) else { return Ok(None) };
    let what = if width == 1 && wanted.len() > 1 {
        format!("{} bytes at {at:#05x}", wanted.len())
    } else {
        format!("u{} at {at:#05x}", 8 * width)
    };
    let offset = at.saturating_add(first as u16);
    Ok(Some(Wrong::at(offset, format!("{what} == {}", numbers(wanted, width)), numbers(&bytes, width))))
}

/// Little-endian numbers of a width: one, or a list.
fn numbers(bytes: &[u8], width: usize) -> String {
    let number = |bytes: &[u8]| {
        let digits: String = bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect();
        format!("0x{digits}")
    };
    let numbers: Vec<String> = bytes.chunks(width).map(number).collect();
    if let [one] = &numbers[..] { one.clone() } else { format!("[{}]", numbers.join(", ")) }
}

fn untouched(device: &Device, range: Option<ByteRange>) -> Option<Wrong> {
    let written = device.written(range);
    let first = written.first()?;
    let expected = range.map_or_else(
        || "no write reached the device".to_owned(),
        |range| format!("no write reached the device in {:#05x}..{:#05x}", range.start, range.end),
    );
    let text = |write: &ByteRange| format!("{:#05x} len {}", write.start, write.end - write.start);
    Some(Wrong::at(first.start, expected, format!("written at {}", listed(written.iter().map(text)))))
}

fn effect(effects: &[Effect], name: &str) -> Option<Wrong> {
    let codes = effects.iter().map(Effect::code);
    missing("the effect", name, codes, "no effect of the last write")
}

fn reason(guest: &Guest<'_, '_>, name: &str) -> Option<Wrong> {
    let lost = guest.decision().candidates.iter().filter(|candidate| candidate.verdict != Verdict::Chosen);
    missing("the reason", name, lost.map(|candidate| candidate.reason.code()), "no place was refused or passed over")
}

fn finding(guest: &Guest<'_, '_>, name: &str) -> Option<Wrong> {
    missing("the finding", name, guest.decision().findings.iter().map(Finding::code), "nothing")
}

fn missing<'n>(what: &str, name: &str, found: impl Iterator<Item = &'n str>, none: &str) -> Option<Wrong> {
    let found: Vec<&str> = found.collect();
    if found.contains(&name) {
        return None;
    }
    let text = if found.is_empty() { none.to_owned() } else { listed(found.iter().map(|code| format!("`{code}`"))) };
    Some(Wrong::new(format!("{what} `{name}`"), text))
}

fn listed(items: impl Iterator<Item = impl Display>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
