//! No placement touches a capability, a header, a declared register or a hidden capability, whatever the source: the library,
//! an operator, a description that is wrong, and free-space DVSECs, true and false ones.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use crate::dumps::{self, Dump, Recorded, placement};
use crate::judge::Judge;
use crate::library::{self, Entry};
use crate::walker::{END, Space, overlaps};

/// Functions that have extended space, and what was placed on them.
struct Run {
    dumps: Vec<&'static Dump>,
    entries: BTreeMap<String, Entry>,
    recorded: Recorded,
}

impl Run {
    fn new() -> Option<Self> {
        let dumps: Vec<_> = dumps::all().iter().filter(|dump| dump.space().has_extended_space()).collect();
        let recorded = Recorded::new(dumps.iter().map(|dump| &dump.bytes[..]));
        (!dumps.is_empty()).then(|| Self { dumps, entries: library::entries(), recorded })
    }

    /// The entry that a report names.
    fn entry(&self, report: &Value) -> Option<&Entry> {
        report["device"]["name"].as_str().and_then(|name| self.entries.get(name))
    }

    /// Judges all placements; how many there were, by source.
    fn judge(&self, args: &[&str], told: &[Range<usize>]) -> BTreeMap<String, usize> {
        let (mut placed, mut all) = (BTreeMap::new(), Vec::new());
        for (dump, report) in self.dumps.iter().zip(self.recorded.plan(args)) {
            let Some((offset, source)) = placement(&report) else { continue };
            let wrong = Judge::new(dump, self.entry(&report)).violations(offset, told);
            all.extend(wrong.into_iter().map(|wrong| format!("{}: {wrong}", dump.name)));
            *placed.entry(source.to_owned()).or_default() += 1;
        }
        assert!(all.is_empty(), "{args:?}: {all:#?}");
        placed
    }
}

#[test]
fn no_placement_of_the_library_and_of_an_operator_touches_anything() {
    let Some(run) = Run::new() else { return };
    let mut placed = run.judge(&[], &[]);
    assert!(placed["entry"] >= 7, "{placed:?}");
    placed.extend(run.judge(&["--place", "tail"], &[]));
    for range in [
        "0x100..0x1000",
        "0x100..0x180",
        "0x180..0x240",
        "0x240..0x400",
        "0x400..0x700",
        "0x700..0xc00",
        "0xc00..0x1000",
    ] {
        let more = run.judge(&["--ranges", range], &[]).remove("operator").unwrap_or_default();
        assert!(more > 10, "{range}: {more}");
        *placed.entry("operator".to_owned()).or_default() += more;
    }
    eprintln!("{placed:?}");
}

/// The lowest offset that is safe is the one that is taken.
#[test]
fn the_lowest_safe_offset_of_a_range_is_taken() {
    let Some(run) = Run::new() else { return };
    let mut wrong = Vec::new();
    for (dump, report) in run.dumps.iter().zip(run.recorded.plan(&["--ranges", "0x100..0x1000"])) {
        let (space, judge) = (dump.space(), Judge::new(dump, run.entry(&report)));
        let is_safe = |&offset: &usize| {
            let reads_zero = space.is_zero(offset..offset + 8) && judge.own_pasid != Some(offset);
            reads_zero && judge.violations(offset, &[]).is_empty()
        };
        let lowest = (0x100..=END - 8).step_by(4).find(is_safe);
        let taken = placement(&report).map(|(offset, _)| offset);
        if taken != lowest {
            wrong.push(format!("{}: {taken:x?}, not {lowest:x?}", dump.name));
        }
    }
    assert!(wrong.is_empty(), "{} differ: {wrong:#?}", wrong.len());
}

#[test]
fn a_description_that_is_wrong_touches_nothing_that_is_seen() {
    let Some(run) = Run::new() else { return };
    let mut count = 0;
    for start in [0x100, 0x140, 0x1c0, 0x260, 0x400, 0xff0] {
        let free = start..(start + 0x60).min(END);
        let quirk = run.recorded.quirk(&format!(
            "edition 1;\ndevice all {{ name \"All\"; match pci(any, any); \
             free @ {:#x}..{:#x} {{ evidence datasheet \"none\"; }} pasid {{ place free; }} }}\n",
            free.start, free.end
        ));
        let placed = run.judge(&["--only-quirks", quirk.to_str().unwrap()], &[free]);
        assert!(placed.keys().all(|source| source == "entry"), "{placed:?}");
        count += placed.values().sum::<usize>();
    }
    eprintln!("{count} placed by wrong descriptions");
    assert!(count > 1000, "{count}");
}

/// The space with a DVSEC that says that it is a gap itself, after the last capability of its list.
fn with_gap(space: Space<'_>, at: usize, length: usize) -> Vec<u8> {
    let mut bytes = space.bytes.to_vec();
    let mut last = 0x100;
    let mut seen = Vec::new();
    while last >= 0x100 && space.list().contains_key(&last) && !seen.contains(&last) {
        seen.push(last);
        last = (space.dword(last) >> 20) as usize & 0xffc;
    }
    let link = seen.last().copied().unwrap_or(0x100);
    let header = space.dword(link) & 0xf_ffff | (at as u32) << 20;
    let dvsec = [0x0001_0023, (length as u32) << 20 | 0xfffe, 1];
    for (offset, dword) in [(link, header)].into_iter().chain((at..).step_by(4).zip(dvsec)) {
        bytes[offset..offset + 4].copy_from_slice(&dword.to_le_bytes());
    }
    bytes
}

#[test]
fn a_gap_that_a_dvsec_describes_rightly_or_wrongly_touches_nothing() {
    let Some(run) = Run::new() else { return };
    let quirk = run.recorded.quirk("edition 1;\ndvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }\n");
    let mut counts = Vec::new();
    // Gaps that end before the next thing, and such that reach over it.
    for (length, from) in [(0x20, 0x110), (0x20, 0x400), (0x80, 0x110), (0x300, 0x110), (0x300, 0x500), (0xe00, 0x140)]
    {
        let gap = |dump: &&Dump| {
            let space = dump.space();
            let owned: Vec<_> = space.linked().into_iter().map(|each| each.sure).collect();
            let is_open =
                |&at: &usize| space.is_zero(at..at + 12) && !owned.iter().any(|owned| overlaps(owned, &(at..at + 12)));
            (from..END - 0x20).step_by(4).find(is_open)
        };
        let gaps: Vec<_> = run.dumps.iter().filter_map(|dump| Some((*dump, gap(dump)?))).collect();
        let end = |at: usize| (at + length).min(END) - at;
        let spaces: Vec<_> = gaps.iter().map(|&(dump, at)| with_gap(dump.space(), at, end(at))).collect();
        let recorded = Recorded::new(spaces.iter().map(|space| &space[..]));
        let mut placed = 0;
        for (&(dump, at), report) in
            gaps.iter().zip(recorded.plan(&["--quirks", quirk.to_str().unwrap(), "--place", "dvsec"]))
        {
            let Some((offset, source)) = placement(&report) else { continue };
            // The kernel shows a capability that it finds after others that abut.
            if source == "visible" {
                assert_eq!(dump.space().own_pasid(), Some(offset), "{}", dump.name);
                continue;
            }
            let gap = at..at + end(at);
            assert!(source == "dvsec" && gap.start <= offset && offset + 8 <= gap.end, "{}: {report}", dump.name);
            let wrong = Judge::new(dump, run.entry(&report)).violations(offset, &[gap]);
            assert!(wrong.is_empty(), "{} gap at {at:#x}: {wrong:#?}", dump.name);
            placed += 1;
        }
        counts.push((length, from, gaps.len(), placed));
    }
    eprintln!("{counts:x?}");
    assert!(counts.iter().map(|each| each.3).sum::<usize>() > 500, "{counts:x?}");
}
