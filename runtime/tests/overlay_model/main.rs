//! The overlay against an independent model: random claims, rules, accesses and resets; every read, every effect, every
//! access that the device saw.

#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

mod case;
mod check;
mod model;

use case::{CLASSES, Case, Claim, KINDS, RESETS, Rule, Step};
use check::run;
use proptest::collection::vec;
use proptest::prelude::*;

fn mask() -> impl Strategy<Value = u8> {
    prop_oneof![2 => Just(0xff), 1 => Just(0), 3 => any::<u8>()]
}

fn value() -> impl Strategy<Value = u8> {
    prop_oneof![2 => Just(0), 1 => Just(0xff), 3 => any::<u8>()]
}

fn claim(at: impl Strategy<Value = usize> + Clone + 'static) -> impl Strategy<Value = Claim> {
    let class = || prop::sample::select(&CLASSES[..]);
    let byte = (mask(), value(), value());
    prop_oneof![
        4 => (at.clone(), class(), vec(byte, 0..9)).prop_map(|(at, class, bytes)| Claim::Bits { at, class, bytes }),
        3 => (at.clone(), vec((any::<u8>(), value()), 0..9), prop_oneof![15 => 0..64usize, 1 => 0..4200usize], any::<u8>())
            .prop_map(|(at, bytes, lock, bits)| Claim::Locked { at, bytes, lock: (lock, bits) }),
        4 => (at.clone(), class(), vec(value(), 0..12)).prop_map(|(at, class, value)| Claim::Whole { at, class, value }),
        2 => (at.clone(), any::<bool>(), any::<bool>())
            .prop_map(|(at, execute, privileged)| Claim::Pasid { at, execute, privileged }),
        1 => at.clone().prop_map(|at| Claim::Ats { at }),
        1 => at.clone().prop_map(|at| Claim::Pri { at }),
        1 => (at.clone(), 0..8u32).prop_map(|(at, bit)| Claim::FunctionReset { at, bits: 1 << bit }),
        1 => (at, any::<bool>()).prop_map(|(at, keeps_state)| Claim::Power { at, keeps_state }),
    ]
}

fn rule(at: impl Strategy<Value = usize> + Clone + 'static) -> impl Strategy<Value = Rule> {
    let range = (at, 0..24usize);
    (
        prop::sample::select(&KINDS[..]),
        vec((range.clone(), any::<bool>()).prop_map(|((at, length), writable)| (at, at + length, writable)), 0..3),
        vec(range.clone().prop_map(|(at, length)| (at, at + length)), 0..5),
        vec(range.prop_map(|(at, length)| (at, at + length)), 0..2),
    )
        .prop_map(|(kind, allows, assigned, shielded)| Rule { kind, allows, assigned, shielded })
}

fn step(at: impl Strategy<Value = usize> + Clone + 'static) -> impl Strategy<Value = Step> {
    let short = || prop_oneof![8 => prop::sample::select(&[1usize, 2, 4, 8][..]), 3 => 0..24usize];
    prop_oneof![
        8 => (at.clone(), short()).prop_map(|(at, length)| Step::Read { at, length }),
        1 => (at.clone(), 0..4200usize).prop_map(|(at, length)| Step::Read { at, length }),
        8 => (at.clone(), short().prop_flat_map(|length| vec(value(), length)))
            .prop_map(|(at, data)| Step::Write { at, data }),
        1 => (at.clone(), 0..4200usize, value()).prop_map(|(at, length, value)| {
            Step::Write { at, data: (0..length).map(|index| value ^ (index as u8) << 3).collect() }
        }),
        1 => (at, mask(), value()).prop_map(|(at, mask, value)| Step::Set { at, mask, value }),
        1 => prop::sample::select(&RESETS[..]).prop_map(Step::Reset),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let sizes = prop::sample::select(&[64usize, 256, 4096, 4096][..]);
    let window = prop::sample::select(&[0usize, 0x20, 0x38, 0xe0, 0x100, 0x3f0, 0xfd8][..]);
    (sizes, window).prop_flat_map(|(size, window)| {
        let at = move || prop_oneof![20 => window..window + 40, 1 => 0..4200usize];
        (any::<u8>(), vec(claim(at()), 0..10), rule(at()), vec(step(at()), 1..60))
            .prop_map(move |(seed, claims, rule, steps)| Case { size, seed, claims, rule, steps })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(500), max_shrink_time: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_overlay_behaves_as_the_model(case in case()) {
        run(&case);
    }
}
