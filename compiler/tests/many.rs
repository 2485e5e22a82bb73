//! A large database finds what a search through all its clauses finds.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::convert::Infallible;
use std::fmt::Write;

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::tables::{Clause, Device, Section, hash};
use quirk_runtime::{Database, Identity, lookup};

/// Devices of a few vendors in runs, some ids with an entry for a revision of its own beside the common one.
fn descriptions() -> String {
    let mut text = String::from("edition 1;\n");
    for at in 0..1500_u32 {
        let (vendor, device) = (0x8000 + at / 400 * 3, at % 400 * 5);
        let mut one = |name: &str, condition: &str| {
            let _ = writeln!(
                text,
                "device {name}_{at} {{ name \"{name} {at}\"; match pci({vendor:#x}, {device:#x}){condition} \
                 allow missing-test \"one of many\"; }}"
            );
        };
        one("common", ";");
        if at % 7 == 0 {
            one("revised", " { revision 0x10..=0x1f; }");
        }
    }
    text + "device rest { name \"Rest\"; match pci(0x8000, any) { class 0x02_0000; } allow missing-test \"sets\"; }\n"
}

/// The name of the device with the highest rank, by trying every clause.
fn tried(database: Database<'_>, identity: &Identity) -> Option<String> {
    let holds = |clause: &Clause| {
        clause.vendor.contains(identity.vendor)
            && clause.device.contains(identity.device)
            && clause.revision.contains(identity.revision.into())
            && identity.class & clause.class_mask == clause.class_value
    };
    let best = database.clauses().filter(holds).max_by_key(|clause| clause.rank)?;
    Some(database.text(database.record::<Device>(best.owner)?.name).to_owned())
}

#[test]
fn a_hashed_database_finds_what_a_search_through_all_clauses_finds() {
    let inputs = vec![Input::Text("many.quirk".into(), descriptions())];
    let compilation = compile(inputs, &Options::default(), &Memory::default());
    assert_eq!(compilation.errors(), 0, "{:?}", compilation.diagnostics().first());
    let database = Database::load(compilation.database().unwrap()).unwrap();
    let (keys, slots) =
        (database.section(Section::Keys).len() / 4, database.section(Section::Hash).len() / hash::ENTRY);
    assert!(keys > 1500 && slots >= 1500 && slots < 2 * keys, "{keys} keys in {slots} entries");

    let mut found = 0;
    for vendor in 0x7fff..0x800e {
        for device in (0..2010).step_by(13) {
            for (revision, class) in [(0, 0), (0x15, 0x02_0000)] {
                let identity = Identity::new(vendor, device).with_revision(revision).with_class(class);
                let hit = lookup::device_in(database, &identity, &mut |_| Ok::<_, Infallible>(false)).unwrap();
                let name =
                    hit.map(|(index, _)| database.text(database.record::<Device>(index).unwrap().name).to_owned());
                assert_eq!(name, tried(database, &identity), "{identity:x?}");
                found += usize::from(name.is_some());
            }
        }
    }
    assert!(found > 100, "{found} queries found a device");
}
