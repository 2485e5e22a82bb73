//! Runs a case on the overlay and on the model: every read, every effect, every access that the device saw.

use quirk_runtime::overlay::{AccessError, ClaimError, Effect, Effects, Intent, Lock, RARE_BYTES, UnassignedRule};
use quirk_runtime::tables::{Allow, WriteClass};
use quirk_runtime::{ByteSet, Overlay};

use crate::case::{Case, Claim, Rule, Step};
use crate::model::{self, Bit, Model, Refusal, Register};
use quirk_kit::{Access, Recorder};

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
            (*at, result, own(model, *at, &mask, &value, &forced, (*class, (0, 0))))
        }
        Claim::Locked { at, bytes, lock } => {
            let (mask, value): (Vec<u8>, Vec<u8>) = bytes.iter().copied().unzip();
            let result = overlay.own_locked(offset(*at), &mask, &value, Lock::new(offset(lock.0), lock.1));
            if lock.0 >= model.bytes.len() {
                (lock.0, result, Err(Refusal::OutOfRange))
            } else {
                (*at, result, own(model, *at, &mask, &value, &value, (WriteClass::Rwl, *lock)))
            }
        }
        Claim::Whole { at, class, value } => {
            let result = overlay.own(offset(*at), value, *class);
            (*at, result, own(model, *at, &vec![0xff; value.len()], value, value, (*class, (0, 0))))
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
        Claim::Power { at, keeps_state } => {
            (*at, overlay.watch_power(offset(*at), *keeps_state), model.watch_power(*at, *keeps_state))
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
    (class, lock): (WriteClass, (usize, u8)),
) -> Result<(), Refusal> {
    let is_set = |bytes: &[u8], bit: usize| bytes[bit / 8] >> (bit % 8) & 1 != 0;
    let bits: Vec<_> = (0..mask.len() * 8)
        .filter(|&bit| is_set(mask, bit))
        .map(|bit| (at + bit / 8, bit % 8, Bit::new(class, is_set(value, bit), is_set(forced, bit)).locked_by(lock)))
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
    assert!(buffer == model.read(at, &device.bytes()[at..at + length]), "read of {length} bytes at {at:#x}");
    if model.bytes[at..at + length].iter().all(model::Byte::is_wholly_virtual) {
        assert_eq!(accesses, []);
    } else {
        assert_eq!(accesses, [Access::Read(offset(at), length)]);
    }
}

fn check_write(at: usize, data: &[u8], overlay: &mut Overlay, model: &mut Model, device: &Recorder) {
    let command = model.bytes.get(4).is_some_and(model::Byte::takes_writes);
    let intent = overlay.intent(offset(at), data);
    assert_eq!(device.take(), [], "nothing is read or written to know what a write would do");
    let result = overlay.write(device, offset(at), data);
    let accesses = device.take();
    check_intent(&intent, at, data, result.as_ref().ok().filter(|_| at + data.len() <= model.bytes.len()), command);
    if at + data.len() > model.bytes.len() {
        assert!(matches!(result, Err(AccessError::OutOfRange { .. })), "{result:?}");
        assert_eq!(accesses, []);
        return;
    }
    let through: Vec<bool> = model.bytes[at..at + data.len()].iter().map(model::Byte::takes_writes).collect();
    let effects: Vec<_> = result.into_iter().flatten().collect();
    assert_eq!(effects, model.write(at, data));
    if !data.is_empty() && through.iter().all(|&through| through) {
        assert_eq!(accesses, [Access::Write(offset(at), data.to_vec())]);
    } else {
        check_pieces(at, data, &through, &accesses);
    }
}

/// What a write would do is what it then did.
fn check_intent(intent: &Intent, at: usize, data: &[u8], done: Option<&Effects>, command: bool) {
    let done = done.copied().unwrap_or_default();
    assert_eq!(intent.effects, done, "{intent:?}");
    let power = done.into_iter().find_map(|effect| match effect {
        Effect::PowerState(change) => Some(change),
        _ => None,
    });
    assert_eq!(
        (intent.function_reset, intent.power),
        (done.into_iter().any(|effect| effect == Effect::FunctionReset), power)
    );
    let memory = 4usize.checked_sub(at).and_then(|index| data.get(index)).map(|byte| byte & 2 != 0);
    let is_inside = at + data.len() <= 64 || memory.is_none() || intent.memory_space.is_some();
    assert!(!is_inside || intent.memory_space == memory.filter(|_| command), "{intent:?}");
}

/// The pieces are ascending, aligned, as large as can be, and are just the bytes that may pass.
fn check_pieces(at: usize, data: &[u8], through: &[bool], accesses: &[Access]) {
    let mut seen = vec![false; data.len()];
    let mut last: Option<(usize, usize)> = None;
    for access in accesses {
        let Access::Write(offset, piece) = access else { panic!("a write read the device: {access:?}") };
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

/// The table of dwords is what the model has, bit by bit.
fn check_registers(overlay: &Overlay, model: &Model) {
    let expected = model.bytes.chunks(4).enumerate().filter_map(|(index, bytes)| {
        let mask = bytes.iter().rev().fold(0u32, |mask, byte| {
            mask << 8 | (0..8).filter(|&bit| byte.bits[bit].is_some()).fold(0, |bits, bit| bits | 1 << bit)
        });
        let value = bytes.iter().rev().fold(0u32, |value, byte| value << 8 | u32::from(byte.read(0))) & mask;
        (mask != 0).then(|| (offset(4 * index), mask, value))
    });
    let found = overlay.registers().inspect(|each| assert_eq!(each.writable & !each.mask, 0));
    assert!(found.map(|each| (each.offset, each.mask, each.value)).eq(expected));
}

/// Runs a case on both sides.
pub(crate) fn run(case: &Case) {
    let mut overlay = Overlay::new(case.size);
    let mut model = Model::new(case.size);
    let raw = (0..case.size).map(|at| (at as u8).wrapping_mul(case.seed | 1).wrapping_add(case.seed));
    let device = Recorder::new(raw.collect::<Vec<u8>>());
    for claim in &case.claims {
        make(claim, &mut overlay, &mut model);
    }
    apply(&case.rule, &mut overlay, &mut model);
    assert_eq!(device.take(), [], "building an overlay needs no device");
    check_registers(&overlay, &model);
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
