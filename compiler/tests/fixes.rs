//! Mending: what was broken by a slip comes back as it was, and nothing else is touched.
#![expect(clippy::unwrap_used, reason = "tests")]

mod mistakes {
    pub(crate) mod catalogue;
    pub(crate) mod text;
}

use std::fmt::Write as _;

use mistakes::catalogue::{DEVICE, FILE};
use mistakes::text::{Device, File};
use quirk_compiler::files::Memory;
use quirk_compiler::fix::{Fixed, fix};
use quirk_compiler::{Compilation, Input, Options, compile};

/// A generator of numbers that gives the same ones everywhere (xorshift).
struct Random(u64);

impl Random {
    fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A valid file with a comment on every line.
fn valid(random: &mut Random) -> File {
    File::of((0..1 + random.below(4)).map(|at| Device::valid(at, random.below(4))).collect())
}

fn commented(text: &str) -> String {
    text.lines().enumerate().fold(String::new(), |mut out, (at, line)| {
        writeln!(out, "{line} // line {at}").unwrap();
        out
    })
}

fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once("//")).map(|(_, comment)| comment.trim()).collect()
}

fn mended(text: &str, also_unsafe: bool) -> (String, Fixed) {
    let files = Memory::default().with("main.quirk", text);
    let fixed = fix(vec![Input::Path("main.quirk".into())], &Options::default(), &files, also_unsafe);
    let after = fixed.changes.first().map_or(text, |change| &change.after).to_owned();
    (after, fixed)
}

fn compiled(text: &str) -> Compilation {
    let files = Memory::default().with("main.quirk", text);
    compile(vec![Input::Path("main.quirk".into())], &Options::default(), &files)
}

/// How many places cannot be read. A mended statement may have errors of its own, which were hidden, but can be read.
fn unreadable(compilation: &Compilation) -> usize {
    compilation.diagnostics().iter().filter(|found| found.rule.code < 200).count()
}

/// A slip of the finger, made in a line if it can be.
fn slip(random: &mut Random, line: &str) -> Option<String> {
    let (code, comment) = line.split_once("//")?;
    let broken = match random.below(6) {
        0 => code.trim_end().strip_suffix(';')?.to_owned() + " ",
        1 => code.trim_end().strip_suffix(';')?.to_owned() + ", ",
        2 if code.trim_end().ends_with("};") || code.trim_end().ends_with('}') => code.trim_end().to_owned() + "; ",
        3 => code.replacen("layout", "layuot", 1),
        4 => code.replacen("match", "matchh", 1),
        _ => code.replacen("reserved", "reservd", 1),
    };
    (broken != code).then(|| format!("{broken}//{comment}"))
}

#[test]
fn slips_are_mended_to_what_stood_there() {
    let mut made = 0;
    for seed in 1..=300 {
        let mut random = Random::seeded(seed);
        let whole = commented(&valid(&mut random).to_string());
        let broken: String = whole.lines().fold(String::new(), |mut out, line| {
            let slipped = if random.below(4) == 0 { slip(&mut random, line) } else { None };
            made += usize::from(slipped.is_some());
            writeln!(out, "{}", slipped.as_deref().unwrap_or(line)).unwrap();
            out
        });
        let (after, fixed) = mended(&broken, false);
        let blanks_aside = |text: &str| text.replace(' ', "");
        assert_eq!(blanks_aside(&after), blanks_aside(&whole), "seed {seed}:\n{broken}");
        assert_eq!(fixed.compilation.errors(), 0, "seed {seed}");
    }
    assert!(made > 800, "{made}");
}

/// A file with mistakes of any kind in it.
fn broken(random: &mut Random) -> String {
    let mut file = valid(random);
    for _ in 0..1 + random.below(6) {
        if random.below(4) == 0 {
            random.pick(FILE).2(&mut file);
        } else {
            let at = random.below(file.devices.len());
            random.pick(DEVICE).2(&mut file.devices[at]);
        }
    }
    commented(&file.to_string())
}

#[test]
fn mending_again_changes_nothing_and_no_comment_is_lost() {
    let mut changed = 0;
    for seed in 1..=600 {
        let text = broken(&mut Random::seeded(seed));
        for also_unsafe in [false, true] {
            let (after, fixed) = mended(&text, also_unsafe);
            changed += usize::from(after != text);
            let (again, nothing) = mended(&after, also_unsafe);
            assert_eq!(again, after, "seed {seed}, also unsafe: {also_unsafe}:\n{text}");
            assert_eq!(nothing.fixes, 0, "seed {seed}, also unsafe: {also_unsafe}:\n{text}");
            assert!(unreadable(&fixed.compilation) <= unreadable(&compiled(&text)), "seed {seed}:\n{text}\n{after}");
            assert_eq!(comments(&after), comments(&text), "seed {seed}, also unsafe: {also_unsafe}:\n{text}\n{after}");
        }
    }
    assert!(changed > 400, "{changed}");
}

#[test]
fn a_comment_is_lost_by_no_fix_that_is_made_without_asking() {
    let files = Memory::default();
    for text in [
        "edition 1;\ntest \"t\" { given pci(0xfffe, 1); expect no pasid; expect reason no // why\n -entri; }\n",
        "edition 1;\ndevice d { name \"D\"; match pci(0xfffe, 1); allow // why\n free-list-head \"x\"; }\n",
        "edition 1;\ndevice d { name \"D\"; match pci(0xfffe, 1); allow missing // why\n - tst \"x\"; }\n",
    ] {
        let input = || vec![Input::Text("a.quirk".into(), text.to_owned())];
        let has = |fixed: &Fixed| fixed.changes.iter().all(|change| change.after.contains("// why"));
        let safe = fix(input(), &Options::default(), &files, false);
        assert!(has(&safe), "{text}\n{:?}", safe.changes);
        assert!(fix(input(), &Options::default(), &files, true).fixes > 0, "{text}");
    }
}
