//! The order of the passes does not show in what is found.

use std::fmt::Write;

use super::{Fact, PASSES, Pass, Run};
use crate::files::Memory;
use crate::load::{Early, Understand};
use crate::pipeline::compile_in_order;
use crate::{Input, Options, catalogue, lower};

const TEXTS: [&str; 6] = [
    include_str!("../../tests/cases/every_layout_mistake/main.quirk"),
    include_str!("../../tests/cases/every_layer_mistake/main.quirk"),
    include_str!("../../tests/cases/every_profile_mistake/main.quirk"),
    include_str!("../../tests/cases/layers_good/main.quirk"),
    include_str!("../../tests/cases/like_and_without/main.quirk"),
    include_str!("../../tests/cases/syntax_and_meaning/main.quirk"),
];

/// Passes at random, each after what it needs.
fn shuffled(seed: &mut u64) -> Vec<&'static Pass> {
    let mut rest: Vec<&Pass> = PASSES.iter().collect();
    let mut order: Vec<&Pass> = Vec::new();
    while !rest.is_empty() {
        *seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let ready: Vec<usize> = (0..rest.len())
            .filter(|&at| rest[at].needs.iter().all(|fact| order.iter().any(|before| before.establishes == *fact)))
            .collect();
        let pick = usize::try_from(*seed >> 33).unwrap_or(0) % ready.len();
        order.push(rest.remove(ready[pick]));
    }
    order
}

#[test]
fn each_pass_stands_behind_what_it_needs() {
    for (at, pass) in PASSES.iter().enumerate() {
        for fact in pass.needs {
            assert!(PASSES[..at].iter().any(|before| before.establishes == *fact), "{:?}", pass.establishes);
        }
    }
}

#[test]
fn a_pass_of_each_device_stands_on_such_passes_alone() {
    let of_each_device = || PASSES.iter().filter(|pass| matches!(pass.run, Run::EachDevice(_)));
    assert!(of_each_device().count() > 10);
    for pass in of_each_device() {
        let stands_on = |fact: &Fact| of_each_device().any(|other| other.establishes == *fact);
        assert!(pass.needs.iter().all(stands_on), "{:?}", pass.establishes);
    }
}

#[test]
fn any_number_of_threads_finds_the_same() {
    let examples = catalogue::all().map(|rule| rule.failing);
    for text in TEXTS.into_iter().chain(examples) {
        let files = Memory::default().with("main.quirk", text);
        let [one, others @ ..] = [1, 2, 3, 4].map(|threads| {
            let options = Options { threads, ..Options::default() };
            let inputs = vec![Input::Path("main.quirk".into())];
            let passes: Vec<&Pass> = PASSES.iter().collect();
            let compilation = compile_in_order(inputs, &options, &files, lower::alone, &passes);
            (compilation.diagnostics().to_vec(), compilation.database().map(<[u8]>::to_vec))
        });
        assert!(others.iter().all(|other| *other == one), "{text}");
    }
}

#[test]
fn every_legal_order_finds_the_same() {
    let examples = catalogue::all().map(|rule| rule.failing);
    let texts: Vec<&str> = TEXTS.into_iter().chain(examples).collect();
    let mut seed = 1;
    for text in texts {
        let files = Memory::default().with("main.quirk", text);
        let find = |passes: &[&Pass]| {
            let inputs = vec![Input::Path("main.quirk".into())];
            compile_in_order(inputs, &Options::default(), &files, lower::alone, passes).diagnostics().to_vec()
        };
        let expected = find(&PASSES.iter().collect::<Vec<_>>());
        for _ in 0..10 {
            let passes = shuffled(&mut seed);
            assert_eq!(find(&passes), expected, "{text}");
        }
    }
}

/// Some batches of devices that name something and devices that name nothing, some of them wrong.
fn long() -> String {
    let mut text = String::from(
        "const WIDTH = 8;\nsource SHEET = datasheet \"d\";\ndvsec_format f { vendor 1; id 2; revision 1; form table; }\n",
    );
    for at in 0..900 {
        let ids = format!("match pci({:#06x}, {:#06x});", 1 + at / 200, at * 13 % 199);
        let says = match at % 9 {
            0 => "pasid { max_width WIDTH; }".to_owned(),
            1 => "free @ 0x400..0x500 { evidence SHEET; }".to_owned(),
            2 => "layout { cap pm @ 0x40; ext aer @ 0x102; } evidence driver \"x\";".to_owned(),
            3 => "layout { cap pm @ 0x40; cap msi @ 0x44; } pasid;".to_owned(),
            4 => "pasid { max_width WITDH; }".to_owned(),
            5 => "free @ 0x400..0x480 { evidence probe \"p\"; } dvsec f in free; nme \"x\";".to_owned(),
            6 => "match pci(10de, 1959); free @ 0x300..0x200;".to_owned(),
            7 => "layout { ext nothing @ 0x100; } allow missing-evidence \"x\";".to_owned(),
            _ => format!("layout {{ cap pcie @ {:#x}; }}", 0x40 + at % 3),
        };
        let like = if at % 11 == 10 { format!(" like d{}", at * 7 % 900) } else { String::new() };
        let _ = writeln!(text, "device d{at}{like} {{ name \"D {at}\"; {ids} {says} }}");
    }
    text + "test \"t\" { given device d3; expect no pasid; }\n"
}

#[test]
fn what_is_understood_early_is_what_is_understood_late() {
    let text = long();
    let user = "use \"main.quirk\" as m;\ndevice d5 like m::d7 { }";
    for edition in ["", "edition 1;\n"] {
        let files = Memory::default().with("main.quirk", format!("{edition}{text}")).with("user.quirk", user);
        let found = |early: Understand, threads| {
            let options = Options { threads, ..Options::default() };
            let passes: Vec<&Pass> = PASSES.iter().collect();
            let inputs = vec![Input::Path("user.quirk".into()), Input::Path("main.quirk".into())];
            compile_in_order(inputs, &options, &files, early, &passes).diagnostics().to_vec()
        };
        let late = found(|_, _, _| Early::default(), 1);
        assert!(late.len() > 300, "{}", late.len());
        for threads in 1..4 {
            assert!(found(lower::alone, threads) == late, "{threads} threads");
        }
    }
}
