//! Where the probe writes, what it restores, and what it says, on a device that records what is done to it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use proptest::prelude::*;
use quirk_kit::{Access, Recorder};
use quirk_runtime::{ConfigAccess, ConfigRead, Database, Identity};

use super::ground::Ground;
use super::write::{Outcome, Why, probe};
use super::{findings, told};
use crate::verify::entry::Entry;
use crate::verify::probed::Bytes;
use crate::verify::rule::Disagreement;

/// The entry of a block that describes `Recorder::endpoint`.
fn entry(block: &str, recorder: &Recorder) -> Entry {
    let tables = quirk_kit::device(block);
    let databases = [Database::load(&tables).unwrap()];
    let identity = Identity::new(0xfffe, 0x1001).with_revision(1).with_class(0x08_8000);
    Entry::of(&databases, &identity, &recorder.image()).unwrap().unwrap()
}

fn ground(block: &str, recorder: &Recorder) -> Ground {
    Ground::of(&entry(block, recorder), &[&recorder.image()]).unwrap()
}

const FREE: &str = "free @ 0x400..0x410 { evidence vendor \"a mail\"; }";

fn passed(ground: &Ground) -> Vec<(u16, u16, &'static str)> {
    ground.passed.iter().map(|each| (each.bytes.start, each.bytes.end, each.why)).collect()
}

#[test]
fn a_capability_that_nobody_declared_is_no_ground() {
    assert_eq!(ground(FREE, &Recorder::endpoint(&[])).dwords, [0x400, 0x404, 0x408, 0x40c]);
    // ATS has 8 bytes.
    let found = ground(FREE, &Recorder::endpoint(&[(0x100, 3), (0x404, 0xf)]));
    assert_eq!(found.dwords, [0x400, 0x40c]);
    assert_eq!(passed(&found), [(0x404, 0x40c, "a capability of the function has bytes of it")]);
}

#[test]
fn of_two_views_both_count() {
    let (raw, shown) = (Recorder::endpoint(&[(0x100, 3), (0x404, 0x1b)]), Recorder::endpoint(&[(0x100, 3)]));
    let found = Ground::of(&entry(FREE, &shown), &[&raw.image(), &shown.image()]).unwrap();
    assert_eq!(found.dwords, [0x400, 0x40c], "VFIO hides PASID, whose bytes go to the device all the same");
}

#[test]
fn what_ends_early_has_no_ground_past_its_end() {
    let recorder = Recorder::endpoint(&[]);
    let mut short = recorder.image().bytes().to_vec();
    short.truncate(256);
    let short = quirk_runtime::Image::new(&short).unwrap();
    assert_eq!(Ground::of(&entry(FREE, &recorder), &[&recorder.image(), &short]).unwrap().dwords, [0_u16; 0]);
}

fn write(at: u16, value: u32) -> Access {
    Access::Write(at, value.to_le_bytes().to_vec())
}

#[test]
fn a_dword_is_written_twice_read_back_and_restored() {
    let recorder = Recorder::endpoint(&[]).with_writable([]);
    let outcome = probe(&recorder, &[0x400, 0x404]);
    let expected = Outcome { written: vec![0x400, 0x404], answers: vec![(0x400, 0), (0x404, 0)], ..Outcome::default() };
    assert_eq!(outcome, expected);
    let one = |at: u16| {
        let read = Access::Read(at, 4);
        let all = [
            read.clone(),
            write(at, 0x5555_5555),
            read.clone(),
            write(at, 0xaaaa_aaaa),
            read.clone(),
            write(at, 0),
            read,
        ];
        all.to_vec()
    };
    let last = [Access::Read(0x400, 4), Access::Read(0x404, 4)];
    assert_eq!(recorder.take(), [one(0x400), one(0x404), last.to_vec()].concat());
    assert_eq!(findings(&outcome, &Ok(vec![])), []);
}

fn bits(at: u16, bits: u32) -> Vec<u8> {
    let mut all = vec![0; 4096];
    all[usize::from(at)..][..4].copy_from_slice(&bits.to_le_bytes());
    all
}

fn said(outcome: &Outcome, still_left: &Result<Vec<u16>, String>) -> Vec<(Disagreement, String)> {
    findings(outcome, still_left).into_iter().map(|each| (each.rule, each.message)).collect()
}

#[test]
fn a_register_is_found_by_its_bits() {
    let recorder = Recorder::endpoint(&[]).with_writable(bits(0x404, 0x0000_ff00));
    let outcome = probe(&recorder, &[0x400, 0x404, 0x408]);
    let text =
        "0x404..0x408 is declared free, and keeps what is written to the bits `00 ff 00 00`: a register is there";
    assert_eq!(said(&outcome, &Ok(vec![])), [(Disagreement::FreeIsWritable, text.to_owned())]);
    let ground = Ground { dwords: vec![0x400, 0x404, 0x408], passed: vec![] };
    let told = told(&outcome, &ground, false);
    assert_eq!((told.complete, told.reset, told.hardwired), (true, false, 11));
    assert_eq!(told.written, [Bytes { start: 0x400, end: 0x40c }]);
    assert_eq!(recorder.get(0x404), 0);
}

#[test]
fn a_register_of_ones_that_stay_is_told_as_not_restored() {
    let all = bits(0x404, 0x0000_0001);
    let recorder = Recorder::endpoint(&[]).with_writable(all.clone()).with_sticky(all);
    let outcome = probe(&recorder, &[0x400, 0x404, 0x408]);
    assert_eq!(outcome.stopped, Some((0x404, Why::Left)));
    assert_eq!(outcome.left, [0x404]);
    assert_eq!(recorder.written().iter().filter(|at| **at >= 0x408).count(), 0, "nothing is written after that");
    for (still_left, end) in [
        (Ok(vec![]), "a reset brought it back"),
        (Ok(vec![0x404]), "and does not after a reset"),
        (Err("EIO".to_owned()), "and could not be reset: EIO"),
    ] {
        let said = said(&outcome, &still_left);
        assert_eq!(
            said.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(),
            [Disagreement::FreeIsWritable, Disagreement::ProbeStopped, Disagreement::NotRestored]
        );
        assert!(said[2].1.ends_with(end), "{}", said[2].1);
    }
}

#[test]
fn what_reads_other_than_0_is_not_written() {
    let mut recorder = Recorder::endpoint(&[]);
    recorder.set(0x404, 0x10);
    let outcome = probe(&recorder, &[0x400, 0x404, 0x408]);
    assert_eq!(outcome.stopped, Some((0x404, Why::Changed(0x10))));
    assert!(recorder.written().iter().all(|at| (0x400..0x404).contains(at)));
    assert_eq!(recorder.get(0x404), 0x10);
}

#[test]
fn a_write_that_reaches_another_dword_is_seen_at_the_end() {
    /// The second dword is the first one inverted, once that was written.
    struct Mirror(Recorder);
    impl ConfigRead for Mirror {
        type Error = core::convert::Infallible;
        fn size(&self) -> usize {
            self.0.size()
        }
        fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error> {
            self.0.read(offset, buffer)
        }
    }
    impl ConfigAccess for Mirror {
        fn write(&self, offset: u16, data: &[u8]) -> Result<(), Self::Error> {
            match offset {
                0x408 => self.0.write(0x400, &[1, 0, 0, 0]),
                _ => self.0.write(offset, data),
            }
        }
    }
    let outcome = probe(&Mirror(Recorder::endpoint(&[])), &[0x400, 0x408]);
    assert_eq!((outcome.stopped, outcome.left), (None, vec![0x400]));
}

/// A device of which an access fails, and does nothing then.
struct Failing<'a> {
    below: &'a Recorder,
    at: usize,
    count: Cell<usize>,
}

#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EIO")
    }
}

impl std::error::Error for Broken {}

impl Failing<'_> {
    fn step(&self) -> Result<(), Broken> {
        let count = self.count.replace(self.count.get() + 1);
        if count == self.at { Err(Broken) } else { Ok(()) }
    }
}

impl ConfigRead for Failing<'_> {
    type Error = Broken;

    fn size(&self) -> usize {
        self.below.size()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Broken> {
        self.step()?;
        self.below.read(offset, buffer).map_err(|error| match error {})
    }
}

impl ConfigAccess for Failing<'_> {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Broken> {
        self.step()?;
        self.below.write(offset, data).map_err(|error| match error {})
    }
}

/// Part of a description: from here on, the bytes are this.
const KINDS: [&str; 4] = ["free", "register", "reserved", "nothing"];

/// Fixed lengths of the specification: id, bytes.
const CAPABILITIES: [(u16, u16); 4] = [(0x03, 12), (0x0f, 8), (0x1b, 8), (0x18, 8)];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever the function is, and whatever becomes of it: no byte is written that is not declared free, or that is in a
    /// capability, and every byte of a device that is there is as it was.
    #[test]
    fn only_free_bytes_are_written_and_all_are_restored(
        cuts in prop::collection::btree_map(0x50_u16..0x1000, 0..KINDS.len(), 1..24),
        capabilities in prop::collection::btree_map(0x41_u16..0x3f0, 0..CAPABILITIES.len(), 0..8),
        writable in prop::collection::vec(any::<u8>(), 4096),
        is_plain in any::<bool>(),
        trouble in prop_oneof![Just(None), (0_usize..2000, any::<bool>()).prop_map(Some)],
    ) {
        // Parts of a description are of whole dwords, but what is free ends anywhere.
        let mut block = String::new();
        let (mut free, mut layout) = (BTreeSet::new(), String::new());
        let bounds: Vec<(u16, usize)> = cuts.into_iter().map(|(at, kind)| (at & !3, kind)).collect();
        for (index, (start, kind)) in bounds.iter().enumerate() {
            let end = bounds.get(index + 1).map_or(0x1000, |next| next.0);
            // Conventional and extended space are described apart.
            let end = if *start < 0x100 { end.min(0x100) } else { end };
            if *start >= end {
                continue;
            }
            let evidence = "{ evidence vendor \"a mail\"; }";
            match KINDS[*kind] {
                "free" => {
                    block += &format!("free @ {start:#x}..{end:#x} {evidence}");
                    free.extend(*start..end);
                }
                "register" => layout += &format!("register \"r{start}\" @ {start:#x}..{end:#x} {evidence}"),
                "reserved" => layout += &format!("reserved @ {start:#x}..{end:#x};"),
                _ => {}
            }
        }
        let mut list: Vec<(u16, u16)> = vec![(0x100, 0x03)];
        list.extend(capabilities.iter().map(|(at, kind)| (at << 2, CAPABILITIES[*kind].0)));
        let owned: BTreeSet<u16> = list
            .iter()
            .flat_map(|(at, id)| *at..*at + CAPABILITIES.iter().find(|each| each.0 == *id).unwrap().1)
            .collect();
        let recorder = Recorder::endpoint(&list);
        let block = format!("layout {{ {layout} }} {block}");
        let ground = ground(&block, &recorder);
        for at in &ground.dwords {
            prop_assert!((*at..at + 4).all(|byte| free.contains(&byte) && !owned.contains(&byte)), "{at:#x} {block}");
        }
        let whole = |at: &u16| (*at..at + 4).all(|byte| free.contains(&byte) && !owned.contains(&byte) && byte >= 0x7c);
        let all: Vec<u16> = (0x7c..0x1000).step_by(4).filter(whole).collect();
        let probed: Vec<u16> = ground.dwords.iter().copied().filter(|at| *at >= 0x7c).collect();
        prop_assert_eq!(probed, all, "{}", block);

        let before = recorder.bytes();
        let mut recorder = if is_plain { recorder.with_writable(writable.clone()) } else { recorder.with_writable([]) };
        let fails = trouble.filter(|(_, is_gone)| !is_gone).map(|(at, _)| at);
        if let Some((at, true)) = trouble {
            recorder = recorder.gone_from(at);
        }
        let device = Failing { below: &recorder, at: fails.unwrap_or(usize::MAX), count: Cell::new(0) };
        let outcome = probe(&device, &ground.dwords);
        for byte in recorder.written() {
            prop_assert!(free.contains(&byte) && !owned.contains(&byte), "{byte:#x} {block}");
        }
        let accesses = recorder.take().len();
        let is_gone = trouble.is_some_and(|(at, is_gone)| is_gone && accesses > at);
        let after = recorder.bytes();
        // A write that is lost leaves what was there; it is told.
        let differs: Vec<u16> = (0..4096_u16).filter(|at| before[usize::from(*at)] != after[usize::from(*at)]).collect();
        for at in &differs {
            prop_assert!(outcome.left.contains(&(at & !3)), "{at:#x} is left as it was written, and not told");
        }
        prop_assert!(is_gone || fails.is_some() || differs.is_empty());
        prop_assert_eq!(is_gone && !ground.dwords.is_empty(), is_gone && (outcome.stopped.is_some() || !outcome.left.is_empty()));
        if trouble.is_none() {
            prop_assert_eq!(outcome.stopped, None);
            for (at, kept) in outcome.answers {
                let bytes: [u8; 4] = writable[usize::from(at)..][..4].try_into().unwrap();
                prop_assert_eq!(kept, if is_plain { u32::from_le_bytes(bytes) } else { 0 });
            }
        }
    }
}
