//! Mistakes put at random into valid files: exactly those are found, and nothing that follows from them.

mod mistakes {
    pub(crate) mod catalogue;
    pub(crate) mod text;
}

use mistakes::catalogue::{DEVICE, FILE, Slot};
use mistakes::text::{Device, File};
use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};

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

/// A valid file, and one with mistakes in it, with the codes that are to be found.
fn generate(random: &mut Random) -> (File, File, Vec<u16>) {
    let devices = 1 + random.below(4);
    let valid = File::of((0..devices).map(|at| Device::valid(at, random.below(4))).collect());
    let mut wrong = valid.clone();
    let mut codes = Vec::new();
    let mut used: Vec<Vec<Slot>> = vec![vec![]; devices];
    let mut used_in_file: Vec<usize> = Vec::new();
    for _ in 0..1 + random.below(6) {
        if random.below(5) == 0 {
            let pick = random.below(FILE.len());
            let (code, exclusive, make) = FILE[pick];
            let taken = used_in_file.iter().any(|&other| other == pick || (exclusive && FILE[other].1));
            if !taken {
                used_in_file.push(pick);
                make(&mut wrong);
                codes.push(code);
            }
        } else {
            let at = random.below(devices);
            let (code, slot, make) = DEVICE[random.below(DEVICE.len())];
            let free = match slot {
                Slot::Whole => used[at].is_empty(),
                _ => !used[at].contains(&slot) && !used[at].contains(&Slot::Whole),
            };
            if free {
                used[at].push(slot);
                make(&mut wrong.devices[at]);
                codes.push(code);
            }
        }
    }
    codes.sort_unstable();
    (valid, wrong, codes)
}

/// The codes of what is found, and the findings for people.
fn findings(file: &File) -> (Vec<u16>, String) {
    let files = Memory::default().with("main.quirk", file.to_string());
    let compilation = compile(vec![Input::Path("main.quirk".into())], &Options::default(), &files);
    let sources = compilation.sources();
    let mut codes: Vec<u16> = compilation.diagnostics().iter().map(|found| found.rule.code).collect();
    codes.sort_unstable();
    let shown = compilation.diagnostics().iter().map(|diagnostic| Concise { diagnostic, sources }.to_string());
    (codes, shown.collect::<Vec<_>>().join("\n"))
}

#[test]
fn there_are_at_least_thirty_kinds_of_mistakes() {
    let mut codes: Vec<u16> =
        DEVICE.iter().map(|(code, ..)| *code).chain(FILE.iter().map(|(code, ..)| *code)).collect();
    codes.sort_unstable();
    codes.dedup();
    assert!(codes.len() >= 30, "{codes:?}");
}

#[test]
fn exactly_the_mistakes_that_were_made_are_found() {
    let mut wrong_runs = Vec::new();
    for seed in 1..=1000_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (valid, wrong, expected) = generate(&mut random);
        // Valid files are few: the first hundred seeds meet them all.
        let (codes, shown) = if seed <= 100 { findings(&valid) } else { Default::default() };
        assert!(codes.is_empty(), "seed {seed}: a valid file\n{valid}\n{shown}");
        let (codes, shown) = findings(&wrong);
        if codes != expected {
            wrong_runs.push(format!("seed {seed}: expected {expected:?}, found {codes:?}\n{wrong}\n{shown}"));
        }
    }
    let shown = wrong_runs.first().map_or("", String::as_str);
    assert!(wrong_runs.is_empty(), "{} of 1000 runs, the first:\n{shown}", wrong_runs.len());
}
