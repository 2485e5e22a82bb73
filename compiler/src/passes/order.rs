//! The order of the passes does not show in what is found.

use super::{Fact, PASSES, Pass, Run};
use crate::files::Memory;
use crate::pipeline::compile_in_order;
use crate::{Input, Options, catalogue};

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
            let compilation = compile_in_order(inputs, &options, &files, &passes);
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
            compile_in_order(inputs, &Options::default(), &files, passes).diagnostics().to_vec()
        };
        let expected = find(&PASSES.iter().collect::<Vec<_>>());
        for _ in 0..10 {
            let passes = shuffled(&mut seed);
            assert_eq!(find(&passes), expected, "{text}");
        }
    }
}
