//! Free-space DVSECs on every recorded function: put into gaps that its lists leave, then judged by a walk and a reader of
//! this test's own, alone and beside the entry that describes the function.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;

use quirk_db::DATABASE;
use quirk_macros::quirks;
use quirk_recorded::Recorded;
use quirk_runtime::tables::EntryKind;
use quirk_runtime::{Database, Function, HostPasid, Identity, Image, Kernel, Policy, Source, VirtualConfig, vfio_view};

use crate::lookup::entry_for;
use crate::recorded::walk::Walk;
use crate::recorded::{corpus, layout};

static FORMATS: Database<'static> = quirks! {
    edition 1;
    dvsec_format gap { vendor 0xfffe; id 0x0001; revision 0; form per_gap; }
    dvsec_format list { vendor 0xfffe; id 0x0002; revision 0; form table; }
};

const HOST: HostPasid = HostPasid::new(16);

/// What vfio-pci shows of every recorded function with extended capabilities and without a PASID that is seen.
fn views() -> Option<Vec<(String, Identity, Vec<u8>)>> {
    let mut files: Vec<_> = fs::read_dir(corpus()?.join("hex")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut views = Vec::new();
    for file in files {
        for function in quirk_recorded::parse(&fs::read(&file).unwrap()).unwrap_or_default() {
            let Some(raw) = Image::new(function.original()) else { continue };
            let view = vfio_view(&raw, Kernel::LATEST).bytes().to_vec();
            let is_open = view.len() == 0x1000 && {
                let walk = Walk::of(&view);
                walk.conventional.values().any(|&id| id == 0x10) && !walk.extended.values().any(|&id| id == 0x1b)
            };
            if is_open && view[0x100..0x104] != [0xff; 4] {
                let identity = function.identity().with_function(Function::Physical);
                views.push((file.display().to_string(), identity, view));
            }
        }
    }
    Some(views)
}

/// Runs of at least 0x60 zeros, far after every header below and before the next one.
fn gaps(view: &[u8]) -> Vec<Range<u16>> {
    let walk = Walk::of(view);
    let mut heads: Vec<u16> = walk.extended.keys().copied().chain([0x1000]).collect();
    heads.insert(0, 0x100);
    let owned = walk.owned();
    let mut gaps = Vec::new();
    for pair in heads.windows(2) {
        let mut run = pair[0] + 0x100..pair[0] + 0x100;
        for at in (pair[0].saturating_add(0x100)..pair[1]).step_by(4) {
            let is_zero = view[usize::from(at)..usize::from(at) + 4] == [0; 4];
            let is_owned = owned.iter().any(|owned| owned.start < at + 4 && at < owned.end);
            if is_zero && !is_owned {
                run.end = at + 4;
            } else {
                gaps.push(run);
                run = at + 4..at + 4;
            }
        }
        gaps.push(run);
    }
    gaps.retain(|gap| gap.start < gap.end && gap.end - gap.start >= 0x60);
    gaps
}

/// A DVSEC: where, its id (1: gap, 2: table), its length, and the ranges of a table.
struct Put {
    at: u16,
    id: u16,
    length: u16,
    ranges: Vec<Range<u16>>,
}

/// The view with these DVSECs after the last capability of its list.
fn with(view: &[u8], dvsecs: &[Put]) -> Vec<u8> {
    let mut bytes = view.to_vec();
    let (mut at, mut last) = (0x100, None);
    let mut seen = BTreeSet::new();
    while at >= 0x100 && seen.insert(at) && !matches!(dword(view, at), 0 | u32::MAX) {
        last = Some(at);
        at = (dword(view, at) >> 20) as u16 & 0xffc;
    }
    for put in dvsecs {
        // A list without a capability begins with an anchor.
        let link = usize::from(last.unwrap_or(0x100)) + 2;
        let low = bytes[link] & 0x0f;
        bytes[link..link + 2].copy_from_slice(&(put.at << 4 | u16::from(low)).to_le_bytes());
        let words = [0x23, 0x0001, 0xfffe, put.length << 4, put.id, put.id];
        let entries = put.ranges.iter().flat_map(|range| [range.start, range.end - range.start]);
        for (index, word) in words.into_iter().chain(entries).enumerate() {
            let at = usize::from(put.at) + 2 * index;
            bytes[at..at + 2].copy_from_slice(&word.to_le_bytes());
        }
        last = Some(put.at);
    }
    bytes
}

fn dword(bytes: &[u8], at: u16) -> u32 {
    let at = usize::from(at);
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// What the free-space DVSECs of a view call free, beside where they are themselves.
fn called_free(view: &[u8]) -> Vec<(u16, Range<u16>)> {
    let walk = Walk::of(view);
    let mut free = Vec::new();
    for (&at, _) in walk.extended.iter().filter(|&(&at, &id)| id == 0x23 && at <= 0xff4) {
        if (walk.word(at + 4), walk.word(at + 6) & 0xf) != (0xfffe, 0) {
            continue;
        }
        let end = at + (walk.word(at + 6) >> 4);
        match walk.word(at + 8) {
            1 => free.push((at, at..end)),
            2 => free.extend((at + 12..end).step_by(4).filter_map(|entry| {
                let (start, length) = (walk.word(entry), walk.word(entry + 2));
                (length != 0).then_some((at, start..start + length))
            })),
            _ => {}
        }
    }
    free
}

/// All that must hold of a guest's view of `base`, in which `put` was put.
fn judge(name: &str, base: &[u8], put: &[Put], config: &mut VirtualConfig<'_, &Recorded>, exposed: bool) {
    let mut guest = vec![0; 0x1000];
    config.read(0, &mut guest).unwrap();
    let (before, after) = (Walk::of(base), Walk::of(&guest));
    let offset = config.decision().placement.unwrap().offset;
    let pasids: Vec<_> = after.extended.iter().filter(|&(_, &id)| id == 0x1b).map(|(&at, _)| at).collect();
    assert_eq!(pasids, [offset], "{name}");
    assert_eq!(after.conventional, before.conventional, "{name}");
    for (at, id) in &before.extended {
        let is_put = put.iter().any(|put| put.at == *at);
        assert!(is_put || after.extended.get(at) == Some(id), "{name}: {id:#x} at {at:#x} is lost");
    }
    // Nothing is seen that was not there, but PASID, anchors, and what is left of the DVSECs.
    for (at, id) in &after.extended {
        let is_known = before.extended.get(at) == Some(id) || *at == offset || (*at, *id) == (0x100, 0);
        let is_left = exposed && *id == 0x23 && put.iter().any(|put| (put.at..put.at + put.length).contains(at));
        assert!(is_known || is_left, "{name}: {id:#x} at {at:#x} is new");
    }
    let nexts = before.extended.keys().map(|&head| head + 2..head + 4);
    let controls = before.extended.iter().filter_map(|(&head, &id)| match id {
        0x0f => Some(head + 6..head + 8),
        0x13 => Some(head + 4..head + 6),
        _ => None,
    });
    let ours = [offset..offset + 8, 0x100..0x104].into_iter().chain(put.iter().map(|put| put.at..put.at + put.length));
    let ours = ours.chain(nexts).chain(controls).flatten();
    // A function that decodes ten bits of the address shows its header again at 0x400, and all else.
    let step = if base[..0x40] == base[0x400..0x440] { 0x400 } else { 0x1000 };
    let ours: BTreeSet<u16> = ours.flat_map(|at| (at % step..0x1000).step_by(step.into())).collect();
    for at in 0..0x1000 {
        let is_changed = guest[usize::from(at)] != base[usize::from(at)];
        assert!(!is_changed || ours.contains(&at), "{name}: byte {at:#x} changed");
        // Whatever reads otherwise is shielded, and every byte of PASID.
        let is_emulated = is_changed || (offset..offset + 8).contains(&at);
        assert!(!is_emulated || !config.overlay().passes_writes(at), "{name}: {at:#x}");
    }
    for at in (0..0x1000).filter(|&at| !config.overlay().passes_writes(at)).collect::<Vec<_>>() {
        let _ = config.write(at, &[0xa5]).unwrap();
    }
    assert!(config.device().writes().is_empty(), "{name}: {:x?}", config.device().writes());
    let free = called_free(&guest);
    assert!(exposed || free.is_empty(), "{name}: {free:x?}");
    for (dvsec, range) in free {
        assert!(range.end <= offset || offset + 8 <= range.start, "{name}: PASID is called free by {dvsec:#x}");
        let other = after.extended.keys().find(|&&at| at != dvsec && range.contains(&at));
        assert_eq!(other, None, "{name}: {range:x?} is called free");
    }
}

fn attach<'d>(
    device: &'d Recorded,
    databases: &[Database<'static>],
    identity: &Identity,
    policy: &Policy<'_>,
) -> VirtualConfig<'static, &'d Recorded> {
    VirtualConfig::attach(device, databases, identity, Some(HOST), policy).unwrap()
}

/// What is put into a view: gaps of a table, one DVSEC for each gap, or both.
fn puts(gaps: &[Range<u16>]) -> Vec<Vec<Put>> {
    let Some(first) = gaps.first() else { return vec![] };
    let (at, behind) = (first.start + 4, first.start + 0x20..first.end);
    let others = gaps.iter().skip(1).take(2).cloned();
    let table = || {
        let ranges: Vec<_> = [behind.clone()].into_iter().chain(others.clone()).collect();
        Put { at, id: 2, length: 12 + 4 * ranges.len() as u16, ranges }
    };
    let gap = |gap: &Range<u16>| Put { at: gap.start + 4, id: 1, length: gap.end - gap.start - 8, ranges: vec![] };
    let mut puts = vec![vec![table()], gaps.iter().take(3).map(gap).collect()];
    if gaps.len() > 1 {
        let table = Put { ranges: vec![behind.clone()], length: 16, ..table() };
        puts.push(vec![table, gap(&gaps[1])]);
    }
    puts
}

#[test]
fn pasid_is_placed_by_dvsecs_in_the_gaps_of_every_recorded_function() {
    let Some(views) = views() else { return };
    let (mut placed, mut refused, mut without) = (0, BTreeMap::<_, usize>::new(), 0);
    for (name, identity, view) in &views {
        let gaps = gaps(view);
        without += usize::from(gaps.is_empty());
        for put in puts(&gaps) {
            let base = with(view, &put);
            // The lowest byte that is called free.
            let lowest = put.iter().map(|put| if put.id == 1 { put.at } else { put.ranges[0].start }).min();
            for expose_free_space in [false, true] {
                let device = Recorded::from_bytes(&base).unwrap();
                let policy = Policy::DEFAULT.with_expose_free_space(expose_free_space);
                let mut config = attach(&device, &[FORMATS], identity, &policy);
                let Some(place) = config.decision().placement else {
                    let candidates = config.decision().candidates.iter();
                    let mut reasons =
                        candidates.filter(|each| each.source == Source::Dvsec).map(|each| each.reason.code());
                    *refused.entry(reasons.next_back().unwrap_or("")).or_default() += 1;
                    continue;
                };
                assert_eq!(place.source, Source::Dvsec, "{name}");
                assert_eq!(Some(place.offset), lowest, "{name}");
                judge(name, &base, &put, &mut config, expose_free_space);
                placed += 1;
            }
        }
    }
    println!("{} views, {without} without a gap; {placed} placed, refused {refused:?}", views.len());
    assert!(placed > 1000 && refused.values().sum::<usize>() * 20 < placed, "{refused:?}");
}

#[test]
fn dvsecs_stand_beside_the_tail_and_beside_entries() {
    let Some(views) = views() else { return };
    let (mut by, mut described) = (BTreeMap::<_, usize>::new(), BTreeSet::new());
    for (index, (name, identity, view)) in views.iter().enumerate() {
        let entry = entry_for(identity);
        // One case for each function, and all where the library describes it.
        let cases = [vec![]].into_iter().chain(puts(&gaps(view)));
        for (_, put) in cases.enumerate().filter(|(case, _)| entry.is_some() || case % 4 == index % 4) {
            let base = with(view, &put);
            let device = Recorded::from_bytes(&base).unwrap();
            let tail = Policy::DEFAULT.with_tail(true).with_sources(quirk_runtime::Sources::NONE.with(Source::Tail));
            for (databases, policy) in [(&[FORMATS][..], tail), (&[DATABASE, FORMATS], Policy::DEFAULT)] {
                for expose_free_space in [false, true] {
                    let policy = policy.with_expose_free_space(expose_free_space);
                    let mut config = attach(&device, databases, identity, &policy);
                    let Some(place) = config.decision().placement else { continue };
                    judge(name, &base, &put, &mut config, expose_free_space);
                    *by.entry(place.source.name()).or_default() += 1;
                    // Where the library describes the function, nothing is placed on what it declares.
                    let Some(entry) = entry.filter(|_| databases.len() == 2) else { continue };
                    let native = |kind, id| kind == EntryKind::Extended && id == 0x1b;
                    for declared in layout(&entry).filter(|each| !native(each.kind, each.id)) {
                        let (start, end) = (declared.offset, declared.offset + declared.length);
                        assert!(place.offset + 8 <= start || end <= place.offset, "{name}: on {declared:?}");
                    }
                    described.insert(config.decision().entry.unwrap().name);
                }
            }
        }
    }
    println!("placed by {by:?}, functions of {} entries among them", described.len());
    assert!(by["tail"] > 500 && by["dvsec"] > 400 && described.len() > 5, "{by:?} {described:?}");
}
