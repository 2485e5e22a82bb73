//! The cells' answers against those of every identity of a small world.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use quirk_compiler::files::Disk;
use quirk_compiler::{Compilation, Input, Options, compile};
use quirk_runtime::{Database, Function, Identity, Image, lookup};

use super::changes;

/// Numbers that look like any, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn range(&mut self, end: u64) -> String {
        let (a, b) = (self.below(end), self.below(end));
        format!("{:#x}..={:#x}", a.min(b), a.max(b))
    }
}

const DEVICES: u64 = 6;
const REVISIONS: u64 = 4;
const CLASSES: [u32; 3] = [0x02_0000, 0x03_0000, 0x03_0001];

fn text(numbers: &mut Numbers) -> String {
    let mut text = "edition 1;\n".to_owned();
    for name in ["a", "b", "c"] {
        let ids = match numbers.below(3) {
            0 => "any".to_owned(),
            1 => format!("{:#x}", numbers.below(DEVICES)),
            _ => format!("[{}]", numbers.range(DEVICES)),
        };
        let conditions = [
            (numbers.below(2) == 0).then(|| format!("revision {};", numbers.range(REVISIONS))),
            (numbers.below(3) == 0).then(|| "class 0x03_0000 mask 0xff_0000;".to_owned()),
            (numbers.below(4) == 0).then(|| "function virtual;".to_owned()),
            (numbers.below(4) == 0).then(|| format!("subsystem 0x1, {};", numbers.range(3))),
        ];
        let conditions: String = conditions.into_iter().flatten().collect();
        text += &format!("device {name} {{ name \"x\"; match pci(0xfffe, {ids}) {{ {conditions} }} }}\n");
    }
    text
}

fn compiled(text: &str) -> Compilation {
    compile(vec![Input::Text("x.quirk".into(), text.to_owned())], &Options::default(), &Disk)
}

/// Every identity of the world, and the name of the entry that each side gives it.
fn exhaustive(old: Database<'_>, new: Database<'_>) -> BTreeSet<(String, Option<String>)> {
    let none = Image::new(&[0; 64]).unwrap();
    let name = |database: Database<'_>, identity: &Identity| {
        let found = lookup::find_device(&[database], identity, &none).unwrap()?;
        Some(database.text(found.device.name).to_owned())
    };
    let mut lost = BTreeSet::new();
    for device in 0..=DEVICES as u16 {
        for revision in 0..=REVISIONS as u8 {
            for class in CLASSES {
                for function in [Function::Unknown, Function::Physical, Function::Virtual] {
                    for subsystem in [(0, 0), (1, 0), (1, 1), (1, 2), (1, 3)].map(Some) {
                        let identity = Identity::new(0xfffe, device)
                            .with_subsystem(subsystem)
                            .with_revision(revision)
                            .with_class(class)
                            .with_function(function);
                        let (before, after) = (name(old, &identity), name(new, &identity));
                        lost.extend(before.filter(|before| after.as_ref() != Some(before)).map(|each| (each, after)));
                    }
                }
            }
        }
    }
    lost
}

#[test]
fn every_pair_of_descriptions_is_found_and_no_other() {
    let mut numbers = Numbers(1);
    let mut compared = 0;
    while compared < 150 {
        let texts = [text(&mut numbers), text(&mut numbers)];
        let compiled = texts.each_ref().map(|text| compiled(text));
        // Two that match alike are an error.
        let [Some(old), Some(new)] = compiled.each_ref().map(Compilation::database) else { continue };
        let (old, new) = (Database::from_static(old), Database::from_static(new));
        let found = changes(&[old], &[new]);
        let expected = exhaustive(old, new);
        let names: BTreeSet<String> = found.iter().map(|change| change.name.clone()).collect();
        let theirs: BTreeSet<String> = expected.iter().map(|(before, _)| before.clone()).collect();
        assert_eq!((names, found.len()), (theirs, expected.len()), "{texts:#?}\n{found:#?}");
        for (before, after) in &expected {
            let says = after.as_ref().map_or("have no description".to_owned(), |after| format!("`{after}` takes"));
            let is_it = |change: &&super::Change| change.name == *before && change.message.contains(&says);
            assert!(found.iter().any(|change| is_it(&change)), "{before} {after:?} {texts:#?}");
        }
        compared += 1;
    }
}
