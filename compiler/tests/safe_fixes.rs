//! Safe fixes on random slips in valid files: they add no error, and they change no id.

mod mistakes {
    pub(crate) mod text;
}

use std::collections::BTreeMap;

use mistakes::text::{Device, File};
use quirk_compiler::diagnostic::Severity;
use quirk_compiler::files::Memory;
use quirk_compiler::fix::fix;
use quirk_compiler::{Compilation, Input, Options, compile};

/// A generator of numbers that gives the same ones everywhere (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

/// How many kinds of slips there are.
const KINDS: usize = 26;

/// One slip in a line, if the line has what it needs.
fn slip(kind: usize, line: &str) -> Option<String> {
    let swap = |from: &str, to: &str| line.contains(from).then(|| line.replacen(from, to, 1));
    let is_match = line.contains("match pci(");
    let bare = |line: &str| line.replace("0x", "");
    match kind {
        0 if is_match => Some(bare(line)),
        1 if is_match => swap("(0x", "("),
        2 if is_match => swap(", 0x", ", "),
        3 if is_match => swap(", 0x", ":0x"),
        4 if is_match => Some(bare(line).replacen(", ", ":", 1)),
        5 if is_match => swap("pci(", "pci "),
        6 if is_match => swap("match pci", "match"),
        7 => swap(" len ", ", len "),
        8 => swap(" len ", " length "),
        9 => swap(" len ", " size "),
        10 => swap(" len 0x", " len "),
        11 => swap("@ 0x", "@ "),
        12 => swap("..0x", "-0x"),
        13 => swap("evidence driver", "evidence spec"),
        14 => swap("place free", "place fre"),
        15 => swap("max_width", "width"),
        16 => swap("pasid {", "pasid @"),
        17 => swap("ext aer", "ext advanced_error_reporting"),
        18 => swap("cap pcie", "cap express"),
        19 => swap("ext ats", "ext ast"),
        20 => line.trim_end().strip_suffix(';').map(|code| format!("{code},")),
        21 => line.trim_end().strip_suffix(';').map(str::to_owned),
        22 => Some(format!("{line} # a word, or {{two; isn't it")),
        23 => swap("device d", "device d-"),
        24 => swap("VENDOR", "VENDRO"),
        25 => swap("reserved", "rsvd"),
        _ => None,
    }
}

/// The lines with ids and what they say, by the number that their comment gives them.
fn ids(text: &str) -> BTreeMap<usize, String> {
    let numbered = text.lines().filter_map(|line| {
        let (code, number) = line.split_once("// id ")?;
        Some((number.trim().parse().ok()?, code.trim().to_owned()))
    });
    numbered.collect()
}

/// Both ids of a `match pci(A, B)` in plain notation. Written apart from the compiler's reader.
fn pair(line: &str) -> Option<(String, String)> {
    let (inner, _) = line.split_once("match pci")?.1.split_once('(')?.1.split_once(')')?;
    let (vendor, device) = inner.split_once(", ")?;
    let plain = |id: &str| match id.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(|id| format!("{id:#x}")),
        None if id.bytes().all(|digit| digit.is_ascii_digit()) => id.parse().ok().map(|id: u64| format!("{id:#x}")),
        None => Some(id.to_owned()),
    };
    Some((plain(vendor)?, plain(device)?))
}

fn compiled(text: &str) -> Compilation {
    compile(vec![Input::Path("main.quirk".into())], &Options::default(), &Memory::default().with("main.quirk", text))
}

/// How often each error is found.
fn errors(compilation: &Compilation) -> BTreeMap<u16, usize> {
    let mut errors = BTreeMap::new();
    for found in compilation.diagnostics() {
        if found.severity == Severity::Error {
            *errors.entry(found.rule.code).or_default() += 1;
        }
    }
    errors
}

/// A valid file in which every `match` has a number.
fn valid(random: &mut Random) -> String {
    let devices = 1 + random.below(3);
    let file = File::of((0..devices).map(|at| Device::valid(at, random.below(4))).collect()).to_string();
    let mut number = 0;
    let mut out = String::new();
    for line in file.lines() {
        let vendor = ["VENDOR", "0xfffe", "0x1c5c", "0x8086"][random.below(4)];
        out += &line.replace("match pci(VENDOR", &format!("match pci({vendor}"));
        if line.contains("match pci(") {
            out += &format!(" // id {number}");
            number += 1;
        }
        out.push('\n');
    }
    out
}

#[test]
fn safe_fixes_of_slips_add_no_error_and_change_no_id() {
    let (mut made, mut fixed) = ([0_usize; KINDS], 0);
    for seed in 1..=800_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let whole = valid(&mut random);
        let slipped = |line: &str, random: &mut Random, made: &mut [usize; KINDS]| {
            let (code, id) = line.split_once(" // id ").map_or((line, None), |(code, id)| (code, Some(id)));
            let kind = random.below(KINDS);
            let found = (random.below(4) == 0).then(|| slip(kind, code)).flatten()?;
            made[kind] += 1;
            Some(id.map_or(found.clone(), |id| format!("{found} // id {id}")))
        };
        let lines = whole.lines().map(|line| slipped(line, &mut random, &mut made).unwrap_or_else(|| line.to_owned()));
        let broken = lines.map(|line| line + "\n").collect::<String>();

        let files = Memory::default().with("main.quirk", &*broken);
        let mended = fix(vec![Input::Path("main.quirk".into())], &Options::default(), &files, false);
        let after = mended.changes.first().map_or(&*broken, |change| &change.after);
        fixed += mended.fixes;

        let (before, left) = (errors(&compiled(&broken)), errors(&mended.compilation));
        let count = |errors: &BTreeMap<u16, usize>| errors.values().sum::<usize>();
        assert!(count(&left) <= count(&before), "seed {seed}: {before:?}, then {left:?}\n{broken}\n{after}");
        let (was, is, original) = (ids(&broken), ids(after), ids(&whole));
        for (number, line) in &is {
            if was.get(number) == Some(line) {
                continue;
            }
            let (found, meant) = (pair(line), pair(&original[number]));
            assert!(
                found.is_none() || found == meant,
                "seed {seed}: {line} was {}\n{broken}\n{after}",
                original[number]
            );
        }
    }
    assert!(fixed > 500, "{fixed}");
    let never: Vec<usize> = (0..KINDS).filter(|kind| made[*kind] == 0).collect();
    assert!(never.len() <= 6, "slips that were never made: {never:?}");
}
