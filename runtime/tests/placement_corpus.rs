//! View and placement on recorded configuration spaces, judged by a parser, a walk and length rules of this file's own.
//!
//! `QUIRK_CORPUS` names the folder of recordings; without it the test says that it was skipped.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use quirk_runtime::{
    Decision, Finding, HostPasid, Identity, Image, Kernel, Operator, Policy, Source, VirtualConfig, vfio_view,
};

const HOST: HostPasid = HostPasid::new(20).with_execute(true).with_privileged(true);

/// Extended capabilities that vfio-pci shows, as its documentation of 2026 lists them.
const SHOWN: [u16; 18] =
    [0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0b, 0x0d, 0x0e, 0x0f, 0x10, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x23];

fn parse(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in text.lines() {
        let Some((offset, rest)) = line.split_once(": ") else { continue };
        if !(2..=3).contains(&offset.len()) || usize::from_str_radix(offset, 16) != Ok(bytes.len()) {
            continue;
        }
        let row: Option<Vec<u8>> = rest
            .split_whitespace()
            .map(|byte| if byte.len() == 2 { u8::from_str_radix(byte, 16).ok() } else { None })
            .collect();
        bytes.extend(row.filter(|row| row.len() == 16).unwrap_or_default());
    }
    bytes
}

fn corpus() -> Option<Vec<(PathBuf, Vec<u8>)>> {
    let folder = PathBuf::from(std::env::var_os("QUIRK_CORPUS")?).join("hex");
    let mut dumps: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), parse(&String::from_utf8_lossy(&std::fs::read(path).unwrap()))))
        .filter(|(_, bytes)| [64, 256, 4096].contains(&bytes.len()))
        .collect();
    dumps.sort();
    assert!(dumps.len() > 500, "{} recordings", dumps.len());
    Some(dumps)
}

fn dword(space: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(space[at..at + 4].try_into().unwrap())
}

fn has_pcie(space: &[u8]) -> bool {
    if space.len() < 256 || space[6] & 0x10 == 0 {
        return false;
    }
    let mut at = usize::from(space[if space[0x0e] & 0x7f == 2 { 0x14 } else { 0x34 }] & 0xfc);
    for _ in 0..64 {
        match space[at] {
            _ if at < 0x40 => return false,
            0xff => return false,
            0x10 => return true,
            _ => at = usize::from(space[at + 1] & 0xfc),
        }
    }
    false
}

/// Offset and id of every extended capability that a guest would find.
fn naive(space: &[u8]) -> Vec<(usize, u16)> {
    let mut found: Vec<(usize, u16)> = Vec::new();
    let mut at = 0x100;
    while space.len() == 4096 && has_pcie(space) && (0x100..0x1000).contains(&at) {
        let header = dword(space, at);
        if header == 0 || header == u32::MAX || found.iter().any(|&(seen, _)| seen == at) {
            break;
        }
        found.push((at, header as u16));
        at = (header >> 20) as usize & 0xffc;
    }
    found
}

fn attach<'a>(space: &'a Image, host: Option<HostPasid>, policy: &Policy<'_>) -> VirtualConfig<'static, &'a Image> {
    let identity = Identity::from_header(space.bytes().first_chunk().unwrap());
    VirtualConfig::attach(space, &[], &identity, host, policy).unwrap()
}

fn composed(config: &VirtualConfig<'_, &Image>, size: usize) -> Vec<u8> {
    let mut guest = vec![0; size];
    config.read(0, &mut guest).unwrap();
    guest
}

fn refusal(decision: &Decision<'_>) -> Option<&'static str> {
    let operator = decision.candidates.iter().find(|each| each.source == Source::Operator).unwrap();
    decision.placement.is_none_or(|placed| placed.source != Source::Operator).then_some(operator.reason.code())
}

fn at<'a>(offset: usize) -> Policy<'a> {
    Policy::DEFAULT.with_operator(Operator::Offset(offset as u16))
}

/// Length of an extended capability, if the specification fixes it or its bits say it; by rules of this file.
fn known_length(space: &[u8], at: usize, id: u16) -> Option<usize> {
    match id {
        0x03 | 0x1f | 0x25 => Some(12),
        0x0e | 0x0f | 0x18 | 0x1b => Some(8),
        0x04 | 0x13 => Some(16),
        0x10 => Some(64),
        0x0b | 0x23 if at < 0xff8 => Some((dword(space, at + 4) >> 20) as usize).filter(|&length| length >= 12),
        _ => None,
    }
}

/// The first offset that is certainly after one capability and before the next.
fn safe(space: &[u8], chain: &[(usize, u16)]) -> Option<usize> {
    let mut sorted = chain.to_vec();
    sorted.sort_unstable();
    let stated_elsewhere = |at: usize| {
        chain.iter().any(|&(start, id)| {
            known_length(space, start, id).is_some_and(|length| (start..start + length).contains(&at))
        })
    };
    // Arbitration tables may lie anywhere.
    if chain.iter().any(|&(_, id)| matches!(id, 0x02 | 0x08 | 0x09)) {
        return None;
    }
    for (index, &(start, id)) in sorted.iter().enumerate() {
        let Some(length) = known_length(space, start, id) else { continue };
        let end = sorted.get(index + 1).map_or(0x1000, |&(next, _)| next);
        let first = (start + length).next_multiple_of(4);
        if first + 8 <= end && !stated_elsewhere(first) && !stated_elsewhere(first + 7) {
            return Some(first);
        }
    }
    None
}

/// All that must hold of a guest's view in which PASID was placed.
fn judge(name: &str, base: &[u8], guest: &[u8], offset: usize) {
    let (before, after) = (naive(base), naive(guest));
    let pasids: Vec<_> = after.iter().filter(|&&(_, id)| id == 0x1b).collect();
    assert_eq!(pasids, [&(offset, 0x1b)], "{name}");
    assert!(before.iter().all(|each| after.contains(each)), "{name}: {before:x?} {after:x?}");
    let anchors = usize::from(before.is_empty() && offset != 0x100);
    assert_eq!(after.len(), before.len() + 1 + anchors, "{name}");
    let last = before.last().map_or(0x100, |&(at, _)| at);
    for at in 0..4096 {
        let is_next = at == last + 3 || at == last + 2 && (base[at] ^ guest[at]) & 0x0f == 0;
        let is_control = before.iter().any(|&(start, id)| match id {
            0x0f => (start + 6..start + 8).contains(&at),
            0x13 => (start + 4..start + 6).contains(&at),
            _ => false,
        });
        let is_own = (offset..offset + 8).contains(&at) || is_next || is_control;
        assert!(is_own || base[at] == guest[at], "{name}: byte {at:#x} changed");
    }
}

#[test]
fn the_view_links_what_is_shown_and_changes_no_body() {
    let Some(dumps) = corpus() else { return println!("skipped: QUIRK_CORPUS names no folder") };
    let mut relinked = 0;
    for (path, raw) in &dumps {
        let name = path.display();
        let view = vfio_view(&Image::new(raw).unwrap(), Kernel::LATEST);
        let view = view.bytes();
        let (before, after) = (naive(raw), naive(view));
        let unsized_vendor = |at: usize, id: u16| matches!(id, 0x0b | 0x23) && dword(raw, at + 4) >> 20 == 0;
        let expected: Vec<_> =
            before.iter().filter(|&&(at, id)| SHOWN.contains(&id) && !unsized_vendor(at, id)).copied().collect();
        if view.len() == 4096 {
            let shown: Vec<_> = after.iter().filter(|&&(_, id)| id != 0).copied().collect();
            assert_eq!(shown, expected, "{name}");
        }
        relinked += usize::from(after.len() < before.len());
        for at in 0..view.len() {
            let in_header = before.iter().any(|&(start, _)| (start..start + 4).contains(&at)) || at == 6;
            assert!(at < 0x100 || in_header || view[at] == raw[at], "{name}: byte {at:#x} changed");
        }
    }
    assert!(relinked > 100, "{relinked}");
    println!("{} views, {relinked} with something hidden", dumps.len());
}

#[test]
fn without_a_host_nothing_is_placed_and_nothing_owned() {
    let Some(dumps) = corpus() else { return println!("skipped: QUIRK_CORPUS names no folder") };
    for (path, raw) in &dumps {
        let raw = Image::new(raw).unwrap();
        for space in [vfio_view(&raw, Kernel::LATEST), raw] {
            let config = attach(&space, None, &Policy::DEFAULT);
            let source = config.decision().placement.map(|placement| placement.source);
            assert!(matches!(source, None | Some(Source::Visible)), "{}", path.display());
            assert_eq!(source.is_some(), naive(space.bytes()).iter().any(|&(_, id)| id == 0x1b));
            assert_eq!(composed(&config, space.bytes().len()), space.bytes());
        }
    }
}

#[test]
fn what_is_placed_is_found_and_nothing_is_lost() {
    let Some(dumps) = corpus() else { return println!("skipped: QUIRK_CORPUS names no folder") };
    let (mut safe_ones, mut placed, mut reasons) = (0, 0, BTreeMap::<_, usize>::new());
    for (index, (path, raw)) in dumps.iter().enumerate() {
        let raw = Image::new(raw).unwrap();
        for space in [vfio_view(&raw, Kernel::LATEST), raw] {
            let (name, base) = (path.display().to_string(), space.bytes());
            let chain = naive(base);
            let is_open = base.len() == 4096 && has_pcie(base) && !chain.iter().any(|&(_, id)| id == 0x1b);
            if let Some(offset) = safe(base, &chain).filter(|_| is_open) {
                let config = attach(&space, Some(HOST), &at(offset));
                assert_eq!(refusal(config.decision()), None, "{name} {offset:#x}");
                safe_ones += 1;
            }
            // Other offsets for every recording, so that every distance to a header occurs.
            for offset in (0x0f4 + index % 64 * 4..0x1000).step_by(if is_open { 256 } else { 1024 }) {
                let config = attach(&space, Some(HOST), &at(offset));
                match refusal(config.decision()) {
                    None => {
                        judge(&name, base, &composed(&config, 4096), offset);
                        placed += 1;
                    }
                    Some(code) => {
                        assert_eq!(composed(&config, base.len()), base, "{name} {offset:#x}");
                        *reasons.entry(code).or_default() += 1;
                    }
                }
            }
        }
    }
    println!("{safe_ones} safe offsets, {placed} placements judged, refusals {reasons:?}");
    assert!(safe_ones >= 100 && placed > 8_000);
}

#[test]
fn bodies_headers_and_edges_are_refused_with_their_reason() {
    let Some(dumps) = corpus() else { return println!("skipped: QUIRK_CORPUS names no folder") };
    for (path, raw) in &dumps {
        let raw = Image::new(raw).unwrap();
        for space in [vfio_view(&raw, Kernel::LATEST), raw] {
            let base = space.bytes();
            let chain = naive(base);
            let code_of = |offset: usize| refusal(attach(&space, Some(HOST), &at(offset)).decision());
            let name = path.display();
            // vfio-pci itself takes the list away from what answers ones alone, and so a bit of Status.
            let is_gone = base[..4] == [0xff; 4] && base[0x0e] & 0x7f == 0x7f;
            let expect = |offset: usize, code: &str| {
                let code = match () {
                    () if is_gone => "device-gone",
                    () if base.len() < 4096 || !has_pcie(base) => "no-extended-space",
                    () if chain.iter().any(|&(_, id)| id == 0x1b) => "visible",
                    () => code,
                };
                assert_eq!(code_of(offset), Some(code), "{name} {offset:#x}");
            };
            if base.len() == 4096 && dword(base, 0x100) == u32::MAX {
                let code = if is_gone { "device-gone" } else { "no-extended-space" };
                assert_eq!(code_of(0x400), Some(code), "{name}");
                continue;
            }
            expect(0x401, "unaligned");
            expect(0x806, "unaligned");
            expect(0xffc, "out-of-bounds");
            expect(0x1000, "out-of-bounds");
            expect(0x0f8, "out-of-bounds");
            for &(start, id) in &chain {
                expect(start, if start > 0xff8 { "out-of-bounds" } else { "capability-header" });
                if start > 0x100 {
                    expect(start - 4, "capability-header");
                }
                let beyond = |at: usize| chain.iter().any(|&(other, _)| other > start && other < at + 8);
                if let Some(length) = known_length(base, start, id) {
                    for inside in (start + 4..start + length.min(0x1000 - start)).step_by(4) {
                        if !beyond(inside) && inside + 8 <= 0x1000 {
                            expect(inside, "capability-body");
                        }
                    }
                }
            }
        }
    }
}

/// Capabilities after the first that vfio-pci hides, of all recordings.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hidden {
    all: usize,
    /// They end the list.
    last: usize,
    /// Their Next is 0 or leads to a capability that is shown: what a rule without a fixpoint would find.
    in_one_pass: usize,
    /// Their Next leads to a null capability or to nothing, so that they do not look like capabilities.
    lead_nowhere: usize,
}

#[test]
fn hidden_capabilities_behind_the_first_are_suspected() {
    let Some(dumps) = corpus() else { return println!("skipped: QUIRK_CORPUS names no folder") };
    let mut hidden = Hidden::default();
    for (path, raw) in &dumps {
        let view = vfio_view(&Image::new(raw).unwrap(), Kernel::LATEST);
        if view.bytes().len() < 4096 {
            continue;
        }
        let shown = naive(view.bytes());
        let is_hidden = |&&(at, id): &&(usize, u16)| at != 0x100 && id != 0 && !shown.iter().any(|each| each.0 == at);
        for &(at, id) in naive(raw).iter().filter(is_hidden) {
            let next = (dword(raw, at) >> 20) as usize & 0xffc;
            let leads_nowhere = next != 0 && dword(raw, next) & 0xffff == 0;
            hidden.all += 1;
            hidden.last += usize::from(next == 0);
            hidden.in_one_pass += usize::from(next == 0 || shown.iter().any(|&(other, _)| other == next));
            hidden.lead_nowhere += usize::from(leads_nowhere);
            let policy = self::at(at).with_scan_gaps(true);
            let config = attach(&view, Some(HOST), &policy);
            let finding = Finding::SuspectedCapability { id, at: at as u16 };
            // Those that end a space have no room for PASID, and so another reason.
            let is_suspected = refusal(config.decision()) == Some("suspected-capability")
                || config.decision().findings.contains(&finding);
            assert_eq!(is_suspected, !leads_nowhere, "{}: {id:#x} at {at:#x}", path.display());
        }
    }
    assert_eq!(hidden, Hidden { all: 350, last: 99, in_one_pass: 197, lead_nowhere: 5 });
}
