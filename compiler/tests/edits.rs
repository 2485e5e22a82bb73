//! After every edit a workspace has found what a compilation of all its files finds: the same findings, in the same words, at
//! the same places.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, Workspace, compile};

/// Files by their paths.
type Texts = BTreeMap<PathBuf, String>;

/// Numbers at random.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    fn one_of<'t, T: ?Sized>(&mut self, all: &[&'t T]) -> &'t T {
        all[self.below(all.len())]
    }
}

fn memory(texts: &Texts) -> Memory {
    texts.iter().fold(Memory::default(), |files, (path, text)| files.with(path, text.clone()))
}

fn inputs(texts: &Texts) -> Vec<Input> {
    texts.keys().cloned().map(Input::Path).collect()
}

/// A few files of everything that the language has, which use each other.
fn written(random: &mut Random) -> Texts {
    let mut texts = Texts::new();
    texts.insert(
        "common.quirk".into(),
        "edition 1;\n\
         const VENDOR = 0x1d0f;\nconst WIDE = VENDOR + 1;\nconst BASE = 0x400;\n\
         source sheet = datasheet \"EX-1, section 9.2\";\nsource dump = dump \"EX-1\" seen 3;\n\
         dvsec_format table { vendor 0x1d0f; id 7; revision 1; form table; }\n\
         /// What others are like.\ndevice base {\n    name \"Base\";\n    match pci(VENDOR, 0x1);\n    layout {\n        cap pm @ 0x40;\n        cap pcie @ 0x70;\n        ext aer @ 0x100 len 0x48;\n    }\n    free @ BASE..0x700 { evidence sheet; }\n    pasid { place free; max_width 20; }\n}\n\
         test \"base\" { given device base; }\n"
            .into(),
    );
    for file in 0..2 + random.below(3) {
        let mut text = String::from("edition 1;\nuse \"common.quirk\" as common;\n");
        for at in 0..2 + random.below(4) {
            let id = 0x10 + file * 0x10 + at;
            let name = format!("d{file}_{at}");
            text += &match random.below(8) {
                0 => format!(
                    "device {name} like common::base {{ name \"Like {at}\"; match pci(common::VENDOR, {id:#x}); without ext aer; }}\n"
                ),
                1 => format!(
                    "device {name} {{ name \"Wide\"; match pci(common::VENDOR, any) {{ class 0x02; }} layout {{ cap pm @ 0x40; ext dvsec(vendor: 1, id: 2) @ 0x200 len 0x20; }} }}\n"
                ),
                2 => format!(
                    "layer l{file}_{at} {{\n    match pci(common::VENDOR, {id:#x});\n    param tag: u8;\n    emulate field @ 0x48 u8 ro = tag;\n}}\n"
                ),
                3 => format!(
                    "layer l{file}_{at} {{\n    match pci(common::VENDOR, 0x10..=0x1f);\n    hide ext aer;\n    default on;\n}}\n"
                ),
                4 => format!(
                    "const C{at} = common::WIDE + {at};\ndevice {name} {{\n    name \"D\";\n    match pci(common::WIDE, C{at});\n    free @ 0x300..0x400;\n    dvsec common::table @ free;\n    evidence common::dump;\n}}\n"
                ),
                5 => format!(
                    "source s{at} = driver \"x.c\";\ndevice {name} {{\n    name \"S\";\n    match pci(common::VENDOR, {id:#x}) {{ revision 0..=0x0f; }}\n    layout {{ cap pm @ 0x40 {{ evidence s{at}; }} ext ats @ 0x300; }}\n    free @ 0x400..0x800;\n    pasid;\n    allow missing-test \"one of many\";\n}}\n"
                ),
                6 => format!(
                    "layer l{file}_{at} {{\n    match pci(common::VENDOR, any);\n    emulate ext dvsec(vendor: 0x1d0f, id: {at}) @ free len 0x20 {{ field @ 8 u32 ro = 1; }}\n}}\n"
                ),
                _ => format!(
                    "device {name} {{\n    // A plain one.\n    name \"Plain {at}\";\n    match pci(common::VENDOR, {id:#x});\n    layout {{\n        cap pm @ 0x40;\n        ext aer @ 0x100 len 0x48;\n        register \"r\" @ 0x500..0x520;\n    }}\n    free @ 0x400..0x480;\n    pasid {{ place free; max_width 16; }}\n}}\n\ntest \"plain {at}\" {{\n    given device {name};\n    expect pasid @ 0x400;\n}}\nprofile p{file}_{at} for {name} {{ pasid @ 0x400 width 16; }}\n"
                ),
            };
        }
        texts.insert(format!("f{file}.quirk").into(), text);
    }
    texts
}

/// Pieces of text that somebody may type.
const TYPED: [&str; 34] = [
    " ",
    "\n",
    "{",
    "}",
    ";",
    "\"",
    "// x\n",
    "/// doc\n",
    "/*",
    "0x10",
    "1",
    "any",
    "free",
    "@",
    "pasid;",
    "evidence common::sheet;",
    "allow missing-test \"x\";",
    "match pci(common::VENDOR, 0x11);",
    "match pci(common::VENDOR, any);",
    "const A = 1;\n",
    "device d0_1 { name \"N\"; match pci(1, 2); }\n",
    "layer l0_0 { match pci(any, any); hide ext aer; default on; }\n",
    "test \"t\" { given device d0_0; }\n",
    "source s0 = vendor \"x\";\n",
    "common::",
    "base",
    "d0_0",
    "free @ 0x400..0x500;",
    "ext ats @ 0x300;",
    "cap msi @ 0x40;",
    "use \"f1.quirk\" as f1;\n",
    "over l0_0;",
    "without ext aer;",
    "hide ext ats;",
];

/// A line boundary.
fn line(text: &str, random: &mut Random) -> usize {
    let starts: Vec<usize> = core::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    starts[random.below(starts.len())]
}

/// A place between two characters.
fn place(text: &str, random: &mut Random) -> usize {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The bounds of a word.
fn word(text: &str, random: &mut Random) -> core::ops::Range<usize> {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
    let at = place(text, random);
    let start = text[..at]
        .rfind(|sign| !is_part(sign))
        .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
    let end = text[at..].find(|sign| !is_part(sign)).map_or(text.len(), |after| at + after);
    start..end
}

/// The text after an edit.
fn edited(text: &str, all: &Texts, random: &mut Random) -> String {
    let mut text = text.to_owned();
    match random.below(10) {
        0 => text.insert_str(place(&text, random), random.one_of(&TYPED)),
        1 => text.insert_str(line(&text, random), random.one_of(&TYPED)),
        2 => {
            let at = place(&text, random);
            if let Some(sign) = text[at..].chars().next() {
                text.replace_range(at..at + sign.len_utf8(), "");
            }
        }
        3 => {
            let (one, other) = (line(&text, random), line(&text, random));
            text.replace_range(one.min(other)..one.max(other).min(one.min(other) + 200), "");
        }
        4 => {
            let (one, other) = (line(&text, random), line(&text, random));
            let mut end = one.max(other).min(one.min(other) + 400);
            while !text.is_char_boundary(end) {
                end += 1;
            }
            let copy = text[one.min(other)..end].to_owned();
            text.insert_str(line(&text, random), &copy);
        }
        5 => {
            let from = all.values().nth(random.below(all.len())).unwrap();
            let copy = from[word(from, random)].to_owned();
            text.replace_range(word(&text, random), &copy);
        }
        6 => text.replace_range(
            word(&text, random),
            random.one_of(&["d0_0", "base", "VENDOR", "0x11", "any", "x", "common", "free", "l0_0"]),
        ),
        7 => {
            // An item goes to another place.
            let starts: Vec<usize> =
                text.match_indices("\ndevice").chain(text.match_indices("\nlayer")).map(|(at, _)| at + 1).collect();
            if !starts.is_empty() {
                let start = starts[random.below(starts.len())];
                let end = text[start..].find("\n}\n").map_or(text.len(), |end| start + end + 3);
                let item = text[start..end].to_owned();
                text.replace_range(start..end, "");
                text.insert_str(line(&text, random), &item);
            }
        }
        8 => {
            let digits: Vec<usize> = text.match_indices(|sign: char| sign.is_ascii_digit()).map(|(at, _)| at).collect();
            if !digits.is_empty() {
                let at = digits[random.below(digits.len())];
                text.replace_range(at..=at, &random.below(10).to_string());
            }
        }
        _ => {
            let at = place(&text, random);
            text.insert(at, char::from(b'a' + u8::try_from(random.below(26)).unwrap()));
        }
    }
    text
}

/// How many edits of some files are looked at, and how many of them in part.
fn compare(mut texts: Texts, edits: usize, random: &mut Random) -> Result<(usize, usize), TestCaseError> {
    let options = || Options { threads: 1, ..Options::default() };
    let mut workspace = Workspace::open(inputs(&texts), options(), &memory(&texts));
    let (mut in_part, mut back) = (0, Vec::new());
    for edit in 0..edits {
        let path = texts.keys().nth(random.below(texts.len())).unwrap().clone();
        let before = texts[&path].clone();
        // Most mistakes are taken back soon: otherwise all is a mistake before long.
        let text = match back.pop() {
            Some((path, text)) if random.below(3) > 0 => (path, text),
            _ => (path.clone(), edited(&before, &texts, random)),
        };
        let (path, text): (PathBuf, String) = text;
        let before = texts[&path].clone();
        texts.insert(path.clone(), text.clone());
        let files = memory(&texts);
        let whole = compile(inputs(&texts), &options(), &files);
        let id =
            |path: &Path| workspace.sources().entries().find(|(_, source)| source.path() == path).map(|(id, _)| id);
        let Some(file) = id(&path) else {
            return Err(TestCaseError::fail(format!("{} is unknown", path.display())));
        };
        in_part += usize::from(workspace.edit(file, text.as_str().into(), &files).is_some());
        let found = workspace.diagnostics();
        let said = |all: &[quirk_compiler::diagnostic::Diagnostic], sources: &quirk_compiler::Sources| {
            all.iter()
                .map(|one| format!("{}:{} {one:?}", sources.line(one.primary.place), one.rule.code()))
                .collect::<Vec<_>>()
        };
        let (found, expected) = (said(&found, workspace.sources()), said(whole.diagnostics(), whole.sources()));
        if found != expected {
            let missing: Vec<&String> = expected.iter().filter(|one| !found.contains(one)).collect();
            let wrong: Vec<&String> = found.iter().filter(|one| !expected.contains(one)).collect();
            let all: String = texts.iter().map(|(path, text)| format!("--- {}\n{text}\n", path.display())).collect();
            return Err(TestCaseError::fail(format!(
                "edit {edit} of {}\nmissing: {missing:#?}\nwrong: {wrong:#?}\nbefore:\n{before}\nnow:\n{all}",
                path.display()
            )));
        }
        if random.below(2) == 0 {
            back.push((path, before));
        }
    }
    Ok((edits, in_part))
}

fn tried(cases: u32, edits: usize, texts: impl Fn(&mut Random) -> Texts) {
    let mut runner =
        TestRunner::new(Config { cases, max_shrink_iters: 0, failure_persistence: None, ..Config::default() });
    let (mut all, mut in_part) = (0, 0);
    let totals = std::cell::RefCell::new((&mut all, &mut in_part));
    let outcome = runner.run(&any::<u64>(), |seed| {
        let mut random = Random(seed);
        let found = compare(texts(&mut random), edits, &mut random)?;
        let mut totals = totals.borrow_mut();
        *totals.0 += found.0;
        *totals.1 += found.1;
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    println!("{in_part} of {all} edits were looked at in part");
    // A few edits say little: one mistake can make all that follow it large.
    assert!(all < 100 || in_part * 2 > all, "{in_part} of {all}");
}

#[test]
fn edits_of_made_up_files_find_what_a_check_finds() {
    tried(cases(24), 30, written);
}

#[test]
fn edits_of_the_cases_find_what_a_check_finds() {
    let folders: Vec<PathBuf> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    tried(cases(24), 12, |random| {
        let folder = &folders[random.below(folders.len())];
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "quirk"));
        let text = |path: PathBuf| Some((path.file_name()?.into(), std::fs::read_to_string(&path).ok()?));
        files.filter_map(text).collect()
    });
}

#[test]
fn edits_of_the_library_find_what_a_check_finds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("quirks");
    let mut texts = Texts::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "quirk") {
                let text = std::fs::read_to_string(&path).unwrap();
                texts.insert(path.strip_prefix(&root).unwrap().to_owned(), text);
            }
        }
    }
    assert!(texts.len() > 50, "{}", texts.len());
    tried(cases(2), 10, |_| texts.clone());
}

/// The most items that are looked at for a character that is typed into one of them.
const MOST: usize = 12;

#[test]
fn a_keystroke_is_looked_at_with_a_few_items_however_many_there_are() {
    for files in [3, 60] {
        let mut texts = Texts::new();
        texts.insert(
            "common.quirk".into(),
            "edition 1;\nconst VENDOR = 0x1000;\nsource sheet = datasheet \"EX\";\n".into(),
        );
        for file in 0..files {
            let mut text = String::from("edition 1;\nuse \"common.quirk\" as common;\n");
            for at in 0..20 {
                text += &format!(
                    "device d{file}_{at} {{\n    name \"D\";\n    match pci(common::VENDOR, {:#06x});\n    layout {{ cap pm @ 0x40; }}\n    free @ 0x400..0x500 {{ evidence common::sheet; }}\n    pasid;\n}}\ntest \"{at}\" {{ given device d{file}_{at}; expect pasid @ 0x400; }}\n",
                    file * 20 + at
                );
            }
            texts.insert(format!("f{file:02}.quirk").into(), text);
        }
        let mut workspace = Workspace::open(inputs(&texts), Options::default(), &memory(&texts));
        assert_eq!(workspace.diagnostics(), []);
        let path = PathBuf::from("f01.quirk");
        let (file, _) = workspace.sources().entries().find(|(_, source)| source.path() == path).unwrap();
        let text = texts[&path].clone();
        for (after, typed) in [
            ("layout { cap pm @ 0x40;", " register \"r\" @ 0x500..0x510;"),
            ("name \"D", "evice of a kind"),
            ("match pci(common::VENDOR, 0x00", "07"),
            ("    pasid;", "\n    // Why.\n    port_type endpoint"),
            ("device d1_1", "_new"),
        ] {
            let at = text.match_indices(after).nth(3).unwrap_or_else(|| text.match_indices(after).next().unwrap()).0
                + after.len();
            for end in (1..=typed.len()).chain((0..typed.len()).rev()) {
                let now = format!("{}{}{}", &text[..at], &typed[..end], &text[at..]);
                let told = workspace.edit(file, now.as_str().into(), &memory(&texts));
                assert!(told.is_some(), "all is looked at again after `{}`", &typed[..end]);
                assert!(workspace.looked_at() <= MOST, "{} items after `{}`", workspace.looked_at(), &typed[..end]);
            }
        }
        assert_eq!(workspace.diagnostics(), []);
    }
}

/// More for somebody who looks for faults.
fn cases(usual: u32) -> u32 {
    std::env::var("QUIRK_EDITS").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// What a workspace once did not find: that a file without an edition lacks it, told at an item that is read alone; and that an item
/// shares its line with another now, so that a fix takes less away.
#[test]
fn what_was_missed_once_is_found() {
    for seed in [11_470_053_767_195_013_544, 204] {
        let mut random = Random(seed);
        let outcome = compare(written(&mut random), 30, &mut random);
        assert!(outcome.is_ok(), "{seed}: {}", outcome.unwrap_err());
    }
}
