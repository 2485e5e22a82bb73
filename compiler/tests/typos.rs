//! Every word that the compiler knows, mistyped in every way that is a single edit: the finding names the right one.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use quirk_compiler::diagnostic::{Applicability, Diagnostic};
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, catalogue, compile};
use quirk_runtime::capability::Space;
use quirk_runtime::{Finding, Reason, Source};

/// The place of a word in a text, with all that is legal there.
struct Slot {
    before: String,
    /// What stands around the word and may stand there any number of times: often nothing.
    statement: Option<(String, String)>,
    word: String,
    behind: String,
    legal: Vec<String>,
    /// Of so many typos of the word one is tried, beginning with this one.
    sample: (usize, usize),
}

/// A slot for each of the words that may stand at `«»`; `⟦⟧` are around a statement that may be repeated.
fn slots(template: &str, words: &[&str]) -> Vec<Slot> {
    let (mut before, mut behind) = template.split_once("«»").unwrap();
    let mut statement = None;
    if let (Some((head, start)), Some((end, tail))) = (before.split_once('⟦'), behind.split_once('⟧')) {
        statement = Some((start.to_owned(), end.to_owned()));
        (before, behind) = (head, tail);
    }
    let slot = |word: &&str| Slot {
        before: format!("edition 1;\n{before}"),
        statement: statement.clone(),
        word: (*word).to_owned(),
        behind: behind.to_owned(),
        legal: words.iter().map(|word| (*word).to_owned()).collect(),
        sample: (1, 0),
    };
    words.iter().map(slot).collect()
}

/// The same for a long list of long words, which all go the same way: of each word every eighth typo, of the next word the
/// typos next to those.
fn sampled(template: &str, words: &[&str]) -> Vec<Slot> {
    let slots = slots(template, words).into_iter().enumerate();
    slots.map(|(at, slot)| Slot { sample: (8, at % 8), ..slot }).collect()
}

impl Slot {
    /// The text with some words in the place, and where each stands.
    fn text<'w>(&self, words: &[&'w str]) -> (String, Vec<(usize, &'w str)>) {
        let (start, end) = self.statement.as_ref().map_or(("", ""), |(start, end)| (start, end));
        let mut text = self.before.clone();
        let mut places = Vec::new();
        for word in words {
            text += start;
            places.push((text.len(), *word));
            text += word;
            text += end;
        }
        (text + &self.behind, places)
    }
}

const CLASSES: [&str; 10] = ["ro", "rw", "rw1c", "rws", "ros", "rw1cs", "hwinit", "rsvdp", "rwo", "rwl"];

/// A device with a statement.
fn device(statement: &str) -> String {
    format!("device d {{ name \"D\"; match pci(1, 2); allow missing-test \"x\"; {statement} }}")
}

/// A test with a statement.
fn test(statement: &str) -> String {
    format!("{} test \"t\" {{ {statement} }}", device(""))
}

/// A layer with a statement.
fn layer(statement: &str) -> String {
    format!("layer shown {{ match pci(any, any); allow missing-test \"x\"; {statement} }}")
}

fn every_slot() -> Vec<Slot> {
    let kinds = |space: Space| space.kinds().iter().map(|kind| kind.name).filter(|name| !name.is_empty());
    let kinds = |space| kinds(space).collect::<Vec<_>>();
    let silenceable: Vec<&str> = catalogue::all().map(|rule| rule.name).collect();
    let names = "const FIRST_OFFSET = 0x40; dvsec_format gap_format { vendor 1; id 1; revision 0; form table; }";
    let ports = [
        "endpoint",
        "legacy_endpoint",
        "root_port",
        "upstream_port",
        "downstream_port",
        "pci_bridge",
        "pcie_bridge",
        "integrated_endpoint",
        "event_collector",
    ];
    let matching = |conditions: &str| {
        format!("device d {{ name \"D\"; allow missing-test \"x\"; match pci(1, 2) {{ {conditions} }} }}")
    };
    [
        slots(&device("layout { ⟦cap «» @ 0x40 len 4;⟧ }"), &kinds(Space::Conventional)),
        slots(&device("layout { ⟦ext «» @ 0x100 len 4;⟧ }"), &kinds(Space::Extended)),
        slots(&device("layout { ext dvsec(«»: 1, id: 1) @ 0x100 len 16; }"), &["vendor"]),
        slots(&device("layout { ext dvsec(vendor: 1, «»: 1) @ 0x100 len 16; }"), &["id"]),
        sampled(&device("⟦allow «» \"reason\";⟧"), &silenceable),
        slots(&device("pasid { execute «»; }"), &["host", "deny"]),
        slots(&device("pasid { privileged «»; }"), &["host", "deny"]),
        slots(&device("distrust «»;"), &["dvsec"]),
        slots(&device("pcie_port «»;"), &ports),
        slots(&matching("function «»;"), &["physical", "virtual"]),
        slots("device d { name \"D\"; allow missing-test \"x\"; match pci(«», 2); }", &["any"]),
        slots("device d { name \"D\"; allow missing-test \"x\"; match pci(1, [2, «»]); }", &["any"]),
        slots(&matching("subsystem 1, «»;"), &["any"]),
        slots(&matching("revision «»;"), &["any"]),
        slots(&layer("default «»;"), &["on"]),
        slots(&layer("emulate u8 @ 0x51 = 0 «»;"), &CLASSES),
        slots(&layer("emulate u8 @ 0x51 = «»;"), &["device"]),
        slots(
            &layer("param first_value: u4; param other: u8; emulate u8 @ 0x51 = «»; emulate u8 @ 0x52 = other;"),
            &["first_value"],
        ),
        slots(&layer("param raw_bytes: bytes(4); emulate bytes @ 0x50 len 4 = «» ro;"), &["raw_bytes"]),
        slots(&layer("emulate cap vendor @ «» len 8 { bytes @ 2 [8] ro; }"), &["free"]),
        slots(&layer("unassigned «»;"), &["raw", "read_only", "deny"]),
        slots(&layer("unassigned deny { allow @ 0x700..0x720 «»; }"), &["rw", "ro"]),
        slots(&layer("pcie_type «»;"), &ports),
        slots(&layer("resizable_bar «»;"), &["pin"]),
        slots(&layer("hide ext «»;"), &["sriov", "mriov", "siov"]),
        slots(
            &format!("{} {}", layer(""), "layer other { match pci(any, any); allow missing-test \"x\"; over «»; }"),
            &["shown"],
        ),
        slots(&format!("{} {}", layer(""), test("given device d; enable «»;")), &["shown"]),
        slots(
            &format!("{} {}", layer("param clique: u4;"), test("given device d; enable shown { «» = 3; }")),
            &["clique"],
        ),
        slots(&test("given device d; policy { order «»; }"), &Source::ALL.map(Source::name)),
        slots(
            &test("given device d; policy { least_evidence «»; }"),
            &["none", "dump", "probe", "driver", "vendor", "datasheet"],
        ),
        slots(&test("given device d; policy { tail «»; }"), &["on", "off"]),
        slots(&test("given device d; policy { native «»; }"), &["never", "confirmed", "probed"]),
        slots(&test("given device d; policy { «»; }"), &["tail", "scan_gaps", "expose_free_space", "trapped_mirrors"]),
        sampled(&test("given device d; ⟦expect reason «»;⟧"), Reason::CODES),
        sampled(&test("given device d; ⟦expect finding «»;⟧"), Finding::CODES),
        slots("dvsec_format f { vendor 1; id 1; revision 0; form «»; }", &["per_gap", "table"]),
        slots(&test("given device d view «»;"), &["vfio", "raw"]),
        slots(&test("given device d; reset «»;"), &["flr", "bus", "d3hot", "cold"]),
        slots(&format!("{names} {}", device("layout { reserved @ «» len 4; }")), &["FIRST_OFFSET"]),
        slots(&format!("{names} {}", device("dvsec «» @ 0x400 len 16;")), &["gap_format"]),
        slots(&format!("{} {}", device(""), "test \"t\" { given device «»; }"), &["d"]),
        slots(
            &device("").replace("device d", "device mover").replace('}', "} test \"t\" { given device «»; }"),
            &["mover"],
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// All words that differ from a word by one edit: a letter or `_` more, less or another, or two neighbours swapped.
fn typos(word: &str) -> BTreeSet<String> {
    let mut typos = BTreeSet::new();
    for at in 0..=word.len() {
        let (left, right) = word.split_at(at);
        for letter in "abcdefghijklmnopqrstuvwxyz_".chars() {
            typos.insert(format!("{left}{letter}{right}"));
            typos.extend(right.get(1..).map(|rest| format!("{left}{letter}{rest}")));
        }
        typos.extend(right.get(1..).map(|rest| format!("{left}{rest}")));
        typos.extend(right.get(2..).map(|rest| format!("{left}{}{}{rest}", &right[1..2], &right[..1])));
    }
    // What starts with a digit is a number; `-` joins words, and two of them or one at an end are none.
    let is_word = |word: &str| {
        !word.is_empty()
            && !word.starts_with(|first: char| first.is_ascii_digit() || first == '-')
            && !word.ends_with('-')
            && !word.contains("--")
    };
    typos.retain(|typo| typo != word && is_word(typo));
    typos
}

fn compiled(text: &str) -> Vec<Diagnostic> {
    let files = Memory::default().with("main.quirk", text);
    compile(vec![Input::Path("main.quirk".into())], &Options::default(), &files).diagnostics().to_vec()
}

/// Whether a finding at the typo names the word in its help and has it as a fix, which is safe only if there is no other.
fn answers(found: &Diagnostic, at: usize, typo: &str, word: &str) -> bool {
    let span = found.primary.place.span.range();
    let fixes: Vec<_> = found.fixes.iter().map(|fix| (fix.applicability, fix.edits[0].text.as_str())).collect();
    let safe = fixes.iter().filter(|(applicability, _)| *applicability == Applicability::Safe).count();
    span == (at..at + typo.len())
        && found.help.as_ref().is_some_and(|help| help.contains(&format!("`{word}`")))
        && fixes.iter().any(|(_, text)| *text == word)
        && (safe == 0 || fixes.len() == 1)
}

/// The typos that got no answer, and how many were tried.
fn unanswered(slot: &Slot) -> (Vec<String>, usize) {
    let typos = typos(&slot.word);
    let typos = typos.iter().skip(slot.sample.1).step_by(slot.sample.0);
    let typos: Vec<&str> = typos.map(String::as_str).filter(|typo| !slot.legal.iter().any(|it| it == typo)).collect();
    let mut wrong = Vec::new();
    for some in typos.chunks(if slot.statement.is_some() { 100 } else { 1 }) {
        let (text, places) = slot.text(some);
        let found = compiled(&text);
        for (at, typo) in places {
            if !found.iter().any(|found| answers(found, at, typo, &slot.word)) {
                let there = found.iter().filter(|found| found.primary.place.span.start as usize >= at);
                let shown = there.map(|found| (&found.message, &found.help)).next();
                wrong.push(format!("`{typo}` for `{}` in {}«»{}: {shown:?}", slot.word, slot.before, slot.behind));
            }
        }
    }
    (wrong, typos.len())
}

#[test]
fn a_typo_of_a_word_that_the_compiler_knows_gets_the_right_one() {
    let slots = every_slot();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (wrong, tried) = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|at| {
                let mine = slots.iter().skip(at).step_by(threads);
                scope.spawn(|| mine.map(unanswered).collect::<Vec<_>>())
            })
            .collect();
        let answers = workers.into_iter().flat_map(|worker| worker.join().unwrap());
        answers.fold((Vec::new(), 0), |(wrong, tried), (more, count)| ([wrong, more].concat(), tried + count))
    });
    assert!(tried > 50_000, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_words_themselves_are_known() {
    for slot in every_slot() {
        let (text, places) = slot.text(&[&slot.word]);
        let found = compiled(&text);
        let place = places[0].0..places[0].0 + slot.word.len();
        let unknown = found.iter().find(|found| {
            let is_about_names = [207, 213, 309, 311].contains(&found.rule.code) || found.rule.code < 200;
            is_about_names && found.primary.place.span.range() == place
        });
        assert!(unknown.is_none(), "`{}`: {unknown:?}", slot.word);
    }
}
