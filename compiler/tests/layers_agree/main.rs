//! The compiler and attach say the same of a layer, and of each two layers, on a device that is as it is described: where the
//! compiler finds nothing all are applied, and where it finds something attach refuses one of them.

#![expect(clippy::unwrap_used, reason = "tests")]

mod function;
mod pairs;
mod statements;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use quirk_compiler::catalogue::{self, Rule};
use quirk_compiler::files::Memory;
use quirk_compiler::{Compilation, Input, Options, compile};
use quirk_kit::Recorder;
use quirk_runtime::{Database, Function, Identity, LayerReason, Policy, VirtualConfig};

use function::{KINDS, Kind, unknown};
use statements::layers;

/// What says that a layer is not applied, alone or beside another.
const RULES: [&Rule; 11] = [
    &catalogue::LAYER_ON_COPY,
    &catalogue::ANCHOR_AMBIGUOUS,
    &catalogue::LAYERS_COLLIDE,
    &catalogue::FIELD_ON_PASID,
    &catalogue::FIELD_ON_HEADER,
    &catalogue::FIELD_OF_HIDDEN,
    &catalogue::FIELD_OUT_OF_CAPABILITY,
    &catalogue::FIELDS_OVERLAP,
    &catalogue::PLACED_ABUTS,
    &catalogue::EMULATION_OVERLAPS,
    &catalogue::LENGTH_NEEDED,
];

fn compiled(text: &str, is_off: bool) -> Compilation {
    let mut off = vec![&catalogue::MISSING_TEST, &catalogue::PARTIAL_BYTE_BLOCKS_WRITES];
    off.extend(RULES.into_iter().filter(|_| is_off));
    // Fields in free bytes are told for PASID's sake: attach gives way to a layer.
    off.extend(is_off.then_some(&catalogue::FIELD_IN_FREE));
    let input = Input::Text("main.quirk".into(), text.to_owned());
    compile(vec![input], &Options { off, ..Options::default() }, &Memory::default())
}

/// The layers that attach refuses on a function with what texts are compiled to, each alone, and why.
fn refused(function: Recorder, texts: &[&str]) -> Option<Vec<String>> {
    let compilations: Vec<Compilation> = texts.iter().map(|text| compiled(text, true)).collect();
    let databases: Vec<Database<'_>> =
        compilations.iter().map(|each| Some(Database::load(each.database()?).unwrap())).collect::<Option<_>>()?;
    let device = function.get(0) >> 16;
    let identity = Identity::new(0xfffe, u16::try_from(device).unwrap()).with_function(Function::Physical);
    let config = VirtualConfig::attach(function, &databases, &identity, None, &Policy::DEFAULT).unwrap();
    let reason = |reason: LayerReason<'_>| format!("{}: {reason}", reason.code());
    Some(config.decision().layers.iter().filter_map(|layer| layer.refused.map(reason)).collect())
}

/// Whether attach refuses none.
fn applies(function: Recorder, text: &str) -> bool {
    refused(function, &[text]).is_some_and(|refused| refused.is_empty())
}

fn errors(text: &str) -> Vec<String> {
    compiled(text, false).diagnostics().iter().map(|found| format!("{}: {}", found.rule.name, found.message)).collect()
}

fn starts(code: &str) -> impl Fn(&String) -> bool + Copy {
    move |each: &String| each.starts_with(code)
}

fn are_all(found: &[String], code: &str) -> bool {
    !found.is_empty() && found.iter().all(starts(code))
}

/// What the compiler refuses and attach need not: fields in free bytes, for PASID's sake, fields that count from one of several
/// capabilities, and what is written twice.
fn are_lenient(errors: &[String]) -> bool {
    let is_lenient = |error: &String| {
        let is_twice = error.starts_with("fields-overlap") && error.ends_with("in this layer");
        is_twice || error.starts_with("field-in-free") || error.starts_with("anchor-ambiguous")
    };
    errors.iter().all(is_lenient)
}

/// Whether it stands in its own way: what it has not got by itself, an unknown function need not have.
fn is_own(refused: &str) -> bool {
    refused.starts_with("layers-collide") || refused.ends_with("covers bytes that a layer emulates")
}

proptest! {
    #[test]
    fn the_compiler_and_attach_say_the_same_of_two_layers((kind, layers) in layers()) {
        agree(kind, &layers)?;
    }
}

/// That the compiler and attach say the same of each of two layers, and of the two.
fn agree(kind: Kind, layers: &[String; 2]) -> TestCaseResult {
    let device = kind.text();
    let [a, b] = layers;
    let alone = [a, b].map(|layer| layer.replace("over a;", "").replace("over b;", ""));
    let mut are_sound = true;
    for layer in &alone {
        let text = format!("{device}{layer}");
        prop_assume!(compiled(&text, true).database().is_some());
        let (errors, refused_here) = (errors(&text), refused(kind.space(), &[&text]).unwrap());
        let (is_told, is_why) = (starts("field-on-pasid"), are_all(&refused_here, "pasid"));
        prop_assert!(errors.iter().any(is_told) || !is_why, "{:?}\n{}", errors, text);
        prop_assert!(is_why || errors.is_empty() || !errors.iter().all(is_told), "{:?}\n{}", refused_here, text);
        let mut elsewhere = Vec::new();
        if layer.contains("any") {
            elsewhere = refused(unknown(), &[&text]).unwrap();
        }
        if errors.is_empty() {
            elsewhere.retain(|each| is_own(each));
            prop_assert!(
                refused_here.is_empty() && elsewhere.is_empty(),
                "{:?} {:?}\n{}",
                refused_here,
                elsewhere,
                text
            );
        } else if !are_lenient(&errors) {
            prop_assert!(!refused_here.is_empty() || !elsewhere.is_empty(), "{:?}\n{}", errors, text);
        }
        are_sound &= errors.is_empty();
        // A layer of another database is refused where the compiler would have refused it.
        let other = format!("edition 1;\n{layer}");
        if let Some(refused) = refused(kind.space(), &[&device, &other]) {
            prop_assert_eq!(&refused, &refused_here, "{}", text);
        }
    }
    // What is wrong with one alone is no clash.
    prop_assume!(are_sound);
    let text = format!("{device}{a}{b}");
    let (errors, mut refused_here) = (errors(&text), refused(kind.space(), &[&text]).unwrap());
    if alone.iter().all(|layer| applies(unknown(), &format!("{device}{layer}"))) {
        refused_here.extend(refused(unknown(), &[&text]).unwrap());
    } else if layers.iter().all(|layer| layer.contains("any")) {
        // They may meet on a function that has what they need, and that is neither of these two.
        prop_assume!(errors.is_empty());
    }
    prop_assert_eq!(errors.is_empty(), refused_here.is_empty(), "{:?}\n{:?}\n{}", errors, refused_here, text);
    Ok(())
}

/// Of a list of places one that does not do is passed over, by the compiler as at attach; where none does, both say so.
#[test]
fn a_place_that_does_not_do_is_passed_over() {
    let cases = [
        // The device's vendor capability ends at 0xa4; of conventional ones two may abut.
        ("cap vendor @ [0xa4, 0xb0] len 8", None),
        ("cap vendor @ [0x98, 0xb0] len 8", None),
        ("cap vendor @ [0x98, 0x9c] len 8", Some("emulation-overlaps")),
        // Its DVSEC ends at 0x31c.
        ("ext dvsec(vendor: 0xabcd, id: 9) @ [0x31c, 0x320] len 16", None),
        ("ext dvsec(vendor: 0xabcd, id: 9) @ [0x31c, 0x310, 0x2f0] len 16", Some("placed-abuts")),
        ("ext dvsec(vendor: 0xabcd, id: 9) @ [0x310, 0x304] len 16", Some("emulation-overlaps")),
        ("ext vendor(id: 3) @ [0x31c] len 16", None),
    ];
    for (what, rule) in cases {
        says(KINDS[0], &format!("emulate {what};"), rule);
    }
}

/// Each kind of layer that attach refuses and that the compiler let through once.
#[test]
fn what_attach_refuses_does_not_compile() {
    let [mover, twins, open, folded, stated] = KINDS;
    let (on_copy, overlaps) = (Some("layer-on-copy"), Some("emulation-overlaps"));
    let cases = [
        (folded, "emulate ext vendor(id: 3) @ 0x980 len 16;", on_copy),
        (folded, "emulate ext vendor(id: 3) @ 0x3f4 len 16;", on_copy),
        (folded, "emulate ext vendor(id: 3) @ [0x980, 0x340] len 16;", None),
        (folded, "emulate u8 @ 0x710 = 0 ro;", on_copy),
        (folded, "emulate u8 @ 0x616 = 0 ro;", on_copy),
        (folded, "emulate u8 @ 0x584 = 0 ro;", on_copy),
        (folded, "emulate u16 @ 0x3ff = 0 ro;", on_copy),
        (open, "emulate ext vendor(id: 3) @ 0x190 len 16;", Some("layer-near-open-length")),
        (open, "emulate ext vendor(id: 3) @ 0x130 len 16;", Some("layer-near-open-length")),
        (open, "emulate ext vendor(id: 3) @ [0x130, 0x400] len 16;", None),
        (open, "emulate cap vendor @ 0x74 len 8;", Some("layer-near-open-length")),
        (open, "emulate ext vendor(id: 3) @ 0x2f4 len 14;", Some("emulation-overlaps")),
        (mover, "emulate cap vendor @ [0xb0, 0xc0] len 8; emulate u8 @ 0xb4 = 0 rw;", Some("emulation-overlaps")),
        (
            mover,
            "emulate cap vendor @ [0x90, 0xb0] len 8; emulate cap vendor @ 0xb0 len 8;",
            Some("emulation-overlaps"),
        ),
        (
            mover,
            "emulate ext vendor(id: 3) @ 0x400 len 16; emulate ext vendor(id: 3) @ 0x410 len 16;",
            Some("placed-abuts"),
        ),
        (mover, "emulate u8 @ cap vendor + 8 = 0 ro; emulate u8 @ 0x98 = 0x11 ro;", Some("fields-overlap")),
        (mover, "emulate ext dvsec(vendor: 0xabcd, id: 9) @ 0x400 len 16; emulate u8 @ 0x404 = 0 ro;", overlaps),
        (mover, "emulate ext dvsec(vendor: 0xabcd, id: 9) @ 0x400 len 16; emulate u8 @ 0x404 = 0xcd ro;", None),
        (mover, "emulate ext dvsec(vendor: 0xabcd, id: 9) @ 0x400 len 16; emulate u8 @ 0x406 = 0 ro;", None),
        (mover, "emulate ext dvsec(vendor: 0xabcd, id: 9) @ 0x400 len 16; emulate u8 @ 0x407 = 0 ro;", overlaps),
        (mover, "emulate ext dvsec(vendor: 0xabcd, id: 9) @ 0x400 len 16; emulate u16 @ 0x408 = 9 ro;", None),
        (mover, "emulate ext dvsec(vendor: 0xabcd, id: 9) @ 0x400 len 16; emulate u8 @ 0x40a = 9 ro;", overlaps),
        (mover, "emulate ext vendor(id: 3) @ 0x400 len 16; emulate u8 @ 0x404 = 0 ro;", overlaps),
        (mover, "emulate ext vendor(id: 3) @ 0x400 len 16; emulate u32 @ 0x404 = 0x01000003 ro;", None),
        (mover, "emulate ext vendor(id: 3) @ 0x400 len 16; emulate u16 @ 0x408 = 0 ro;", None),
        (mover, "emulate ext vendor(id: 3) @ 0x400 len 16 { u8 @ 12 = 17 ro; } emulate u8 @ 0x40c = 0 ro;", overlaps),
        (mover, "emulate ext vendor(id: 3) @ 0x400 len 16 { u8 @ 12 = 17 ro; } emulate u8 @ 0x40c = 17 rw;", overlaps),
        (mover, "emulate ext vendor(id: 3) @ 0x400 len 16 { u8 @ 12 = 17 ro; } emulate u8 @ 0x40c = 17 ro;", None),
        (
            mover,
            "emulate ext vendor(id: 3) @ 0x400 len 16 { u8 @ 12 bits 0..4 = 1 ro; } emulate u8 @ 0x40c = 1 ro;",
            None,
        ),
        (
            mover,
            "emulate ext vendor(id: 3) @ 0x400 len 16 { u8 @ 12 bits 0..4 = 1 ro; } emulate u8 @ 0x40c = 17 ro;",
            overlaps,
        ),
        (mover, "emulate u8 @ 0x302 = 0 ro;", Some("field-on-header")),
        (mover, "emulate u8 @ ext dvsec(vendor: 0xabcd, id: 7) + 0x1b = 0 ro;", None),
        (mover, "emulate u8 @ ext dvsec(vendor: 0xabcd, id: 7) + 0x1c = 0 ro;", Some("field-out-of-capability")),
        (stated, "emulate cap vendor @ 0x7c len 8;", None),
        (stated, "emulate ext vendor(id: 3) @ 0x12c len 16;", None),
        (stated, "emulate ext vendor(id: 3) @ 0x18c len 16;", None),
        (mover, "hide ext ats @ 0x200; emulate u8 @ ext ats + 6 = 0 ro;", Some("field-of-hidden")),
        (
            twins,
            "hide ext ltr @ 0x240; emulate u8 @ ext ltr + 4 = 0x11 ro; emulate u8 @ 0x204 = 0x22 ro;",
            Some("fields-overlap"),
        ),
    ];
    for (kind, statements, rule) in cases {
        says(kind, statements, rule);
    }
}

/// Which of several capabilities a field counts from is for the function's list to say, which no layout does.
#[test]
fn a_field_counts_from_one_capability() {
    for (statements, is_clear) in [
        ("emulate u8 @ cap vendor + 4 = 0 ro;", false),
        ("hide cap vendor @ 0x90; emulate u8 @ cap vendor + 4 = 0 ro;", true),
        ("emulate u8 @ ext ltr + 4 = 0 ro;", false),
        ("hide ext ltr @ 0x200; emulate u8 @ ext ltr + 4 = 0 ro;", true),
        ("emulate u8 @ ext dsn + 4 = 0 ro;", true),
    ] {
        let text = format!("{}layer a {{ match pci(0xfffe, any); default on; {statements} }}\n", KINDS[1].text());
        assert_eq!(errors(&text).is_empty(), is_clear, "{statements}");
        assert!(are_all(&errors(&text), "anchor-ambiguous") || is_clear, "{statements}");
    }
}

/// What the compiler says of a layer for a kind of function, and that attach says the same.
fn says(kind: Kind, statements: &str, rule: Option<&str>) {
    let text =
        format!("{}layer a {{ match pci(0xfffe, {:#x}); default on; {statements} }}\n", kind.text(), kind.device);
    let errors = errors(&text);
    assert!(errors.iter().all(|error| rule.is_some_and(|rule| error.starts_with(rule))), "{statements}: {errors:?}");
    assert_eq!((errors.is_empty(), applies(kind.space(), &text)), (rule.is_none(), rule.is_none()), "{statements}");
}
