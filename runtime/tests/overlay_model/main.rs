//! The overlay against an independent model: random claims, rules, accesses and resets; every read, every effect, every
//! access that the device saw.

#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

mod device;
mod model;

use device::{Access, Recorder};
use model::{Bit, Model, Refusal, Register};
use proptest::collection::vec;
use proptest::prelude::*;
use quirk_runtime::overlay::{AccessError, ClaimError, RARE_BYTES, UnassignedRule};
use quirk_runtime::tables::{Allow, Unassigned, WriteClass};
use quirk_runtime::{ByteSet, Overlay, Reset};

#[derive(Clone, Debug)]
enum Claim {
    Bits { at: usize, class: WriteClass, bytes: Vec<(u8, u8, u8)> },
    Whole { at: usize, class: WriteClass, value: Vec<u8> },
    Pasid { at: usize, execute: bool, privileged: bool },
    Ats { at: usize },
    Pri { at: usize },
    FunctionReset { at: usize, bits: u8 },
}

#[derive(Clone, Debug)]
struct Rule {
    kind: Unassigned,
    allows: Vec<(usize, usize, bool)>,
    assigned: Vec<(usize, usize)>,
    shielded: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
enum Step {
    Read { at: usize, length: usize },
    Write { at: usize, data: Vec<u8> },
    Set { at: usize, mask: u8, value: u8 },
    Reset(Reset),
}

/// One run: the space, the start of a window in which most things happen, and what happens.
#[derive(Clone, Debug)]
struct Case {
    size: usize,
    /// Multiplied and added, it makes the device's bytes.
    seed: u8,
    claims: Vec<Claim>,
    rule: Rule,
    steps: Vec<Step>,
}

const CLASSES: [WriteClass; 9] = [
    WriteClass::Ro,
    WriteClass::Rw,
    WriteClass::Rw1c,
    WriteClass::Rws,
    WriteClass::Ros,
    WriteClass::Rw1cs,
    WriteClass::HwInit,
    WriteClass::RsvdP,
    WriteClass::Forced,
];

const KINDS: [Unassigned; 4] = [Unassigned::Unspecified, Unassigned::Raw, Unassigned::ReadOnly, Unassigned::Deny];

const RESETS: [Reset; 4] = [Reset::Flr, Reset::Bus, Reset::D3Hot, Reset::Cold];

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
        4 => (at.clone(), class(), vec(value(), 0..12)).prop_map(|(at, class, value)| Claim::Whole { at, class, value }),
        2 => (at.clone(), any::<bool>(), any::<bool>())
            .prop_map(|(at, execute, privileged)| Claim::Pasid { at, execute, privileged }),
        1 => at.clone().prop_map(|at| Claim::Ats { at }),
        1 => at.clone().prop_map(|at| Claim::Pri { at }),
        1 => (at, 0..8u32).prop_map(|(at, bit)| Claim::FunctionReset { at, bits: 1 << bit }),
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

fn offset(at: usize) -> u16 {
    u16::try_from(at).expect("test offsets are small")
}

/// Makes the claim on both sides; they must agree whether it can be.
fn make(claim: &Claim, overlay: &mut Overlay, model: &mut Model) {
    let (at, result, expected) = match claim {
        Claim::Bits { at, class, bytes } => {
            let column = |pick: fn(&(u8, u8, u8)) -> u8| bytes.iter().map(pick).collect::<Vec<u8>>();
            let (mask, value, forced) = (column(|byte| byte.0), column(|byte| byte.1), column(|byte| byte.2));
            let result = if *class == WriteClass::Forced {
                overlay.own_forced(offset(*at), &mask, &value, &forced)
            } else {
                overlay.own_bits(offset(*at), &mask, &value, *class)
            };
            (*at, result, own(model, *at, &mask, &value, &forced, *class))
        }
        Claim::Whole { at, class, value } => {
            let result = overlay.own(offset(*at), value, *class);
            (*at, result, own(model, *at, &vec![0xff; value.len()], value, value, *class))
        }
        Claim::Pasid { at, execute, privileged } => {
            let writable = 1 | u16::from(*execute) << 1 | u16::from(*privileged) << 2;
            let result = overlay.own_pasid_control(offset(*at), *execute, *privileged);
            (*at, result, model.own_register(*at, Register::Pasid, writable))
        }
        Claim::Ats { at } => {
            (*at, overlay.own_ats_control(offset(*at)), model.own_register(*at, Register::Ats, 0x801f))
        }
        Claim::Pri { at } => (*at, overlay.own_pri_control(offset(*at)), model.own_register(*at, Register::Pri, 1)),
        Claim::FunctionReset { at, bits } => {
            let result = overlay.watch_function_reset(offset(*at), *bits);
            (*at, result, model.watch_reset(*at, *bits))
        }
    };
    let agree = match (result, &expected) {
        (Err(ClaimError::OutOfRange { offset, .. }), Err(Refusal::OutOfRange)) => usize::from(offset) == at,
        (Err(ClaimError::Collision { offset, bits }), Err(Refusal::Collision)) => {
            // The bits that are named are owned indeed.
            let byte = &model.bytes[usize::from(offset)];
            bits != 0 && (0..8).all(|bit| bits >> bit & 1 == 0 || byte.bits[bit].is_some())
        }
        (Ok(()), Ok(()))
        | (Err(ClaimError::TooManyRare { .. } | ClaimError::TooManyWatched { .. }), Err(Refusal::Full)) => true,
        _ => false,
    };
    assert!(agree, "{claim:?}: {result:?}");
}

fn own(
    model: &mut Model,
    at: usize,
    mask: &[u8],
    value: &[u8],
    forced: &[u8],
    class: WriteClass,
) -> Result<(), Refusal> {
    let is_set = |bytes: &[u8], bit: usize| bytes[bit / 8] >> (bit % 8) & 1 != 0;
    let bits: Vec<_> = (0..mask.len() * 8)
        .filter(|&bit| is_set(mask, bit))
        .map(|bit| (at + bit / 8, bit % 8, Bit::new(class, is_set(value, bit), is_set(forced, bit))))
        .collect();
    if at + mask.len() > model.bytes.len() {
        return Err(Refusal::OutOfRange);
    }
    model.own(&bits, RARE_BYTES)
}

fn apply(rule: &Rule, overlay: &mut Overlay, model: &mut Model) {
    let allows: Vec<Allow> = (rule.allows.iter())
        .map(|&(start, end, writable)| Allow { start: offset(start), end: offset(end), writable })
        .collect();
    let set = |ranges: &[(usize, usize)]| {
        let (mut set, mut flags) = (ByteSet::EMPTY, vec![false; 8192]);
        for &(start, end) in ranges {
            set.insert(offset(start)..offset(end));
            flags[start..end].fill(true);
        }
        (set, flags)
    };
    let (assigned, in_assigned) = set(&rule.assigned);
    let (shielded, in_shielded) = set(&rule.shielded);
    let mut unassigned = UnassignedRule::default();
    unassigned.add(rule.kind, allows.iter().copied());
    overlay.restrict(&unassigned, &assigned, &shielded);
    model.restrict(rule.kind, &allows, &in_assigned, &in_shielded);
}

fn check_read(at: usize, length: usize, overlay: &Overlay, model: &Model, device: &Recorder) {
    let mut buffer = vec![0xa5; length];
    let result = overlay.read(device, offset(at), &mut buffer);
    let accesses = device.take();
    if at + length > model.bytes.len() {
        assert!(matches!(result, Err(AccessError::OutOfRange { .. })), "{result:?}");
        assert_eq!(accesses, []);
        return;
    }
    assert_eq!(result, Ok(()));
    assert!(buffer == model.read(at, &device.bytes(at, length)), "read of {length} bytes at {at:#x}");
    if model.bytes[at..at + length].iter().all(model::Byte::is_wholly_virtual) {
        assert_eq!(accesses, []);
    } else {
        assert_eq!(accesses, [Access::Read { offset: offset(at), length }]);
    }
}

fn check_write(at: usize, data: &[u8], overlay: &mut Overlay, model: &mut Model, device: &Recorder) {
    let result = overlay.write(device, offset(at), data);
    let accesses = device.take();
    if at + data.len() > model.bytes.len() {
        assert!(matches!(result, Err(AccessError::OutOfRange { .. })), "{result:?}");
        assert_eq!(accesses, []);
        return;
    }
    let through: Vec<bool> = model.bytes[at..at + data.len()].iter().map(model::Byte::takes_writes).collect();
    let effects: Vec<_> = result.into_iter().flatten().collect();
    assert_eq!(effects, model.write(at, data));
    if !data.is_empty() && through.iter().all(|&through| through) {
        assert_eq!(accesses, [Access::Write { offset: offset(at), data: data.to_vec() }]);
    } else {
        check_pieces(at, data, &through, &accesses);
    }
}

/// The pieces are ascending, aligned, as large as can be, and are just the bytes that may pass.
fn check_pieces(at: usize, data: &[u8], through: &[bool], accesses: &[Access]) {
    let mut seen = vec![false; data.len()];
    let mut last: Option<(usize, usize)> = None;
    for access in accesses {
        let Access::Write { offset, data: piece } = access else { panic!("a write read the device: {access:?}") };
        let (start, size) = (usize::from(*offset), piece.len());
        assert!(matches!(size, 1 | 2 | 4) && start % size == 0, "piece {start:#x} + {size}");
        assert_eq!(piece[..], data[start - at..start - at + size]);
        if let Some((before, length)) = last {
            assert!(before + length <= start, "pieces ascend");
            let twice = length == size && before + length == start && size < 4 && before % (2 * size) == 0;
            assert!(!twice, "two pieces could have been one");
        }
        seen[start - at..start - at + size].fill(true);
        last = Some((start, size));
    }
    assert_eq!(seen, through);
}

fn run(case: &Case) {
    let mut overlay = Overlay::new(case.size);
    let mut model = Model::new(case.size);
    let raw = (0..case.size).map(|at| (at as u8).wrapping_mul(case.seed | 1).wrapping_add(case.seed));
    let device = Recorder::new(raw.collect());
    for claim in &case.claims {
        make(claim, &mut overlay, &mut model);
    }
    apply(&case.rule, &mut overlay, &mut model);
    assert_eq!(device.take(), [], "building an overlay needs no device");
    for step in &case.steps {
        match step {
            Step::Read { at, length } => check_read(*at, *length, &overlay, &model, &device),
            Step::Write { at, data } => check_write(*at, data, &mut overlay, &mut model, &device),
            Step::Set { at, mask, value } => {
                overlay.set(offset(*at), *mask, *value);
                model.set(*at, *mask, *value);
            }
            Step::Reset(reset) => {
                overlay.reset(*reset);
                model.reset(*reset);
            }
        }
    }
    check_read(0, case.size, &overlay, &model, &device);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(500), max_shrink_time: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_overlay_behaves_as_the_model(case in case()) {
        run(&case);
    }
}
