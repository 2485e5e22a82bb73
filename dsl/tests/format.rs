//! What the formatter makes of a text, and what it leaves as it is.
#![expect(clippy::unwrap_used, reason = "tests")]

mod sound;

use std::fs;
use std::path::Path;

use proptest::prelude::{Just, ProptestConfig, Strategy, prop, prop_oneof, proptest};
use quirk_dsl::{format, parse};
use sound::{respaced, sound};

const EVERYTHING: &str = include_str!("cases/everything.quirk");

#[test]
fn every_case_comes_out_as_it_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/format");
    for name in ["items", "layout", "wide"] {
        let text = fs::read_to_string(folder.join(name).with_extension("quirk")).unwrap();
        insta::with_settings!({
            snapshot_path => "cases/format",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, sound(&text));
        });
    }
}

#[test]
fn every_statement_is_kept() {
    sound(EVERYTHING);
    assert_eq!(sound(&format!("\u{feff}{}", EVERYTHING.replace('\n', "\r\n"))), format(EVERYTHING).unwrap());
}

#[test]
fn what_cannot_be_read_is_refused() {
    for text in ["device", "const A = 1", "/* a */", "device d {", "}", "test \"a\" { expect u8 @ 1 = 2; }"] {
        assert_eq!(format(text).unwrap_err(), parse(text).errors, "{text}");
        assert!(!parse(text).errors.is_empty());
    }
}

#[test]
fn the_space_within_a_line_does_not_matter() {
    let loose = "layer  l{match pci( any,any ) ;unassigned deny{allow @0x700 .. 0x720 rw;allow @ 0x10   len 4 ro;}}";
    let tidy = "layer l { match pci(any, any); unassigned deny { allow @ 0x700..0x720 rw; allow @ 0x10 len 4 ro; } }\n";
    assert_eq!(sound(loose), tidy);
}

#[test]
fn a_comment_before_the_last_comma_does_not_swallow_what_follows() {
    let text = "layer l { match pci([1 // a\n, ], 2); hide cap vendor(id: 3 // b\n,); }";
    let tidy =
        "layer l {\n    match pci([\n        1 // a\n    ], 2);\n    hide cap vendor(id: 3 // b\n        );\n}\n";
    assert_eq!(sound(text), tidy);
}

/// What may stand between two tokens.
fn gap() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        20 => Just(" "),
        2 => prop::sample::select(vec!["\n", "\n\n\n", "\t\r\n  ", "  "]),
        1 => prop::sample::select(vec![" // a\n", "\n// b \r\n", "\n\n  //// c\n\n", " // d\n// e\n", "\n//\n"]),
    ]
}

/// A device with lists and layouts of all sizes.
fn device() -> impl Strategy<Value = String> {
    let id = prop_oneof![
        (0..0xffff_u32).prop_map(|id| format!("{id:#06x}")),
        Just("1..=0x2f".to_owned()),
        Just("[1, 2]".to_owned())
    ];
    let comment =
        prop_oneof![3 => Just("\n"), 1 => Just("// c\n"), 1 => Just("\n// own\n"), 1 => Just("\n\n"), 1 => Just("")];
    let kind = prop::sample::select(vec!["cap pcie", "ext ats", "ext margining", "cap vendor(id: 3)", "ext 0x0031"]);
    let rest = prop::sample::select(vec![
        ";",
        " len 8;",
        " optional;",
        " len 0x100 optional;",
        " { evidence dump \"a b c\" seen 1; }",
    ]);
    let entry = (kind, 0..0x1000_u32, rest, comment.clone());
    let entries = prop::collection::vec(entry, 0..12);
    (prop::collection::vec(id, 1..40), comment, entries, prop::bool::ANY, 0..90_usize).prop_map(
        |(ids, comment, entries, broken, name)| {
            let entries: String = entries.iter().map(|(kind, at, rest, comment)| format!("{kind} @ {at:#x}{rest}{comment}")).collect();
            let line = if broken { "\n" } else { " " };
            format!(
                "device d {{{line}name \"{}\"; match pci(1, [{}]) {{{line}revision 1; }} {comment} layout {{{line}{entries}}} }}\n",
                "n".repeat(name),
                ids.join(",")
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn other_space_and_more_comments_lose_nothing(gaps in prop::collection::vec(gap(), 1..400)) {
        sound(&respaced(EVERYTHING, &gaps));
    }
}

proptest! {
    #[test]
    fn devices_of_all_sizes_lose_nothing(device in device(), gaps in prop::collection::vec(gap(), 1..60)) {
        let once = sound(&device);
        for line in once.lines().filter(|line| !line.contains("//")) {
            assert!(line.len() <= 120, "{line}");
        }
        sound(&respaced(&device, &gaps));
    }
}
