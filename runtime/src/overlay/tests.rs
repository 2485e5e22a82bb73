//! Facts about the overlay.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::vec;
use std::vec::Vec;

use super::fake;
use super::{AccessError, AtsControl, ClaimError, Effect, Effects, Lock, Overlay, PasidControl, PriControl, Reset};
use super::{RARE_BYTES, UnassignedRule};
use crate::ByteSet;
use crate::tables::{Allow, Unassigned, WriteClass};
use crate::testing::{Access, Recorder};

const PASID: u16 = 0x400;
const PASID_BYTES: [u8; 6] = [0x1b, 0x00, 0x01, 0x00, 0x06, 0x14];

fn with_pasid(execute: bool, privileged: bool) -> (Overlay, Recorder) {
    let mut overlay = Overlay::new(4096);
    overlay.own(PASID, &PASID_BYTES, WriteClass::Ro).unwrap();
    overlay.own_pasid_control(PASID + 6, execute, privileged).unwrap();
    (overlay, fake::device(4096))
}

fn read<const N: usize>(overlay: &Overlay, device: &Recorder, offset: u16) -> [u8; N] {
    let mut buffer = [0; N];
    overlay.read(device, offset, &mut buffer).unwrap();
    buffer
}

fn write(overlay: &mut Overlay, device: &Recorder, offset: u16, data: &[u8]) -> Vec<Effect> {
    overlay.write(device, offset, data).unwrap().collect()
}

fn pasid(enable: bool, execute: bool, privileged: bool) -> Effect {
    Effect::PasidControl(PasidControl { enable, execute, privileged })
}

#[test]
fn an_owned_read_does_no_io() {
    let (overlay, device) = with_pasid(true, true);
    assert_eq!(read(&overlay, &device, PASID), [0x1b, 0x00, 0x01, 0x00, 0x06, 0x14, 0x00, 0x00]);
    assert_eq!(read(&overlay, &device, PASID + 5), [0x14]);
    assert_eq!(read(&overlay, &device, PASID + 3), [0x00, 0x06, 0x14]);
    assert_eq!(device.take(), []);
}

#[test]
fn a_mixed_read_reads_the_device_once_with_the_guests_size() {
    let (overlay, device) = with_pasid(true, true);
    let byte = fake::byte;
    assert_eq!(read(&overlay, &device, PASID - 2), [byte(0x3fe), byte(0x3ff), 0x1b, 0x00]);
    assert_eq!(read(&overlay, &device, PASID + 7), [0x00, byte(0x408), byte(0x409)]);
    assert_eq!(device.take(), [Access::Read(0x3fe, 4), Access::Read(0x407, 3)]);
}

#[test]
fn what_nobody_owns_passes_once_with_the_guests_size() {
    let (mut overlay, device) = with_pasid(true, true);
    for length in [1, 2, 3, 4, 7, 8, 64] {
        overlay.read(&device, 0x81, &mut vec![0; length]).unwrap();
        assert_eq!(device.take(), [Access::Read(0x81, length)]);
        let data: Vec<u8> = (0..length as u8).collect();
        assert_eq!(write(&mut overlay, &device, 0x81, &data), []);
        assert_eq!(device.take(), [Access::Write(0x81, data)]);
    }
}

#[test]
fn a_bit_of_a_byte_keeps_the_whole_byte_from_the_device() {
    let mut overlay = Overlay::new(256);
    let device = fake::device(256);
    overlay.own_bits(0x0e, &[0x80], &[0x80], WriteClass::Ro).unwrap();
    assert_eq!(read(&overlay, &device, 0x0e), [fake::byte(0x0e) | 0x80]);
    write(&mut overlay, &device, 0x0e, &[0x00]);
    assert_eq!(device.take(), [Access::Read(0x0e, 1)]);
    assert_eq!(read(&overlay, &device, 0x0e), [fake::byte(0x0e) | 0x80]);
}

#[test]
fn a_mixed_write_is_split_into_aligned_pieces() {
    let (mut overlay, device) = with_pasid(true, true);
    write(&mut overlay, &device, PASID - 7, &[1, 2, 3, 4, 5, 6, 7, 0xff]);
    assert_eq!(
        device.take(),
        [Access::Write(0x3f9, vec![1]), Access::Write(0x3fa, vec![2, 3]), Access::Write(0x3fc, vec![4, 5, 6, 7])]
    );
    write(&mut overlay, &device, PASID + 7, &[0xff, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(
        device.take(),
        [Access::Write(0x408, vec![1, 2, 3, 4]), Access::Write(0x40c, vec![5, 6]), Access::Write(0x40e, vec![7])]
    );
}

#[test]
fn out_of_range_is_an_error_and_touches_nothing() {
    for size in [64, 256, 4096] {
        let mut overlay = Overlay::new(size);
        let device = fake::device(size);
        let end = size as u16;
        for (offset, length) in [(end - 3, 4), (end, 1), (u16::MAX, 8), (end - 8, 9)] {
            let error = AccessError::OutOfRange { offset, size: end, length: length as u32 };
            assert_eq!(overlay.read(&device, offset, &mut vec![0; length]), Err(error));
            assert_eq!(overlay.write(&device, offset, &vec![0; length]), Err(error));
        }
        assert_eq!(overlay.own(end - 1, &[0, 0], WriteClass::Ro).map_err(|_| ()), Err(()));
        assert_eq!(device.take(), []);
        read::<4>(&overlay, &device, end - 4);
        assert_eq!(device.take(), [Access::Read(end - 4, 4)]);
    }
}

#[test]
fn execute_and_privileged_latch_only_while_enable_is_0() {
    let (mut overlay, device) = with_pasid(true, true);
    let control = PASID + 6;
    assert_eq!(write(&mut overlay, &device, control, &[0x07, 0x00]), [pasid(true, true, true)]);
    assert_eq!(write(&mut overlay, &device, control, &[0x01, 0x00]), [pasid(true, true, true)]);
    assert_eq!(write(&mut overlay, &device, control, &[0x00]), [pasid(false, true, true)]);
    assert_eq!(write(&mut overlay, &device, control, &[0x04]), [pasid(false, false, true)]);
    assert_eq!(write(&mut overlay, &device, control - 2, &[0xff, 0xff, 0x03, 0xff]), [pasid(true, true, false)]);
    assert_eq!(read(&overlay, &device, PASID), [0x1b, 0x00, 0x01, 0x00, 0x06, 0x14, 0x03, 0x00]);
    assert_eq!(device.take(), []);
}

#[test]
fn only_granted_bits_stick() {
    let (mut overlay, device) = with_pasid(true, false);
    assert_eq!(write(&mut overlay, &device, PASID + 6, &[0xff, 0xff]), [pasid(true, true, false)]);
    assert_eq!(read(&overlay, &device, PASID + 6), [0x03, 0x00]);
    let (mut overlay, device) = with_pasid(false, false);
    assert_eq!(write(&mut overlay, &device, PASID + 6, &[0x07, 0x00]), [pasid(true, false, false)]);
}

#[test]
fn ats_and_pri_control_are_the_guests_own() {
    let mut overlay = Overlay::new(4096);
    let device = fake::device(4096);
    overlay.own_ats_control(0x206).unwrap();
    overlay.own_pri_control(0x224).unwrap();
    assert_eq!(read(&overlay, &device, 0x206), [0, 0]);
    let ats = Effect::AtsControl(AtsControl { enable: true, stu: 5 });
    assert_eq!(write(&mut overlay, &device, 0x206, &[0xe5, 0xff]), [ats]);
    assert_eq!(read(&overlay, &device, 0x206), [0x05, 0x80]);
    let pri = |enable, reset| Effect::PriControl(PriControl { enable, reset });
    assert_eq!(write(&mut overlay, &device, 0x224, &[0x02, 0x00]), [pri(false, true)]);
    assert_eq!(write(&mut overlay, &device, 0x224, &[0x03, 0x00]), [pri(true, false)]);
    assert_eq!(read(&overlay, &device, 0x224), [0x01, 0x00]);
    assert_eq!(device.take(), []);
    write(&mut overlay, &device, 0x222, &[1, 2, 0, 0, 5, 6]);
    assert_eq!(device.take(), [Access::Write(0x222, vec![1, 2]), Access::Write(0x226, vec![5, 6])]);
}

#[test]
fn one_long_write_has_several_effects() {
    let (mut overlay, device) = with_pasid(true, true);
    overlay.own_ats_control(0x206).unwrap();
    let effects = write(&mut overlay, &device, 0x200, &[0xff; 0x300]);
    assert_eq!(effects, [pasid(true, true, true), Effect::AtsControl(AtsControl { enable: true, stu: 0x1f })]);
}

#[test]
fn the_guests_reset_goes_through_and_resets_the_overlay() {
    let (mut overlay, device) = with_pasid(true, true);
    overlay.watch_function_reset(0x49, 0x80).unwrap();
    write(&mut overlay, &device, PASID + 6, &[0x07, 0x00]);
    assert_eq!(write(&mut overlay, &device, 0x48, &[0x10, 0x28]), []);
    assert_eq!(read(&overlay, &device, PASID + 6), [0x07, 0x00]);
    assert_eq!(write(&mut overlay, &device, 0x48, &[0x10, 0xa8]), [Effect::FunctionReset]);
    assert_eq!(read(&overlay, &device, PASID + 6), [0x00, 0x00]);
    assert_eq!(device.take(), [Access::Write(0x48, vec![0x10, 0x28]), Access::Write(0x48, vec![0x10, 0xa8])]);
}

#[test]
fn a_bit_has_one_owner() {
    let mut overlay = Overlay::new(256);
    overlay.own_bits(0x50, &[0x0f], &[0x05], WriteClass::Rw).unwrap();
    let collision = |bits| Err(ClaimError::Collision { offset: 0x50, bits });
    assert_eq!(overlay.own_bits(0x50, &[0x0f], &[0x05], WriteClass::Rw), Ok(()));
    assert_eq!(overlay.own_bits(0x50, &[0xf0], &[0x30], WriteClass::Ro), Ok(()));
    assert_eq!(overlay.own_bits(0x50, &[0x03], &[0x04], WriteClass::Rw), collision(0x01));
    assert_eq!(overlay.own(0x50, &[0x35], WriteClass::Ro), collision(0x0f));
    assert_eq!(overlay.own_bits(0x4f, &[0xff, 0x80], &[0, 0x80], WriteClass::Ro), collision(0x80));
    assert_eq!(overlay.owned_bits(0x4f), 0, "a refused claim owns nothing");
    assert_eq!(overlay.value(0x50), 0x35);
}

#[test]
fn what_a_reset_or_a_write_does_to_a_bit_is_part_of_its_class() {
    use WriteClass::{Forced, Ro, Ros, Rw, Rw1c, Rw1cs, Rws};
    let classes = [Ro, Rw, Rws, Rw1c, Rw1cs, Ros, Forced];
    for one in classes {
        for other in classes.into_iter().filter(|other| *other != one) {
            let mut overlay = Overlay::new(256);
            overlay.own(0x50, &[0x80], one).unwrap();
            let collision = Err(ClaimError::Collision { offset: 0x50, bits: 0xff });
            assert_eq!(overlay.own(0x50, &[0x80], other), collision, "{one:?} and {other:?}");
        }
    }
}

#[test]
fn bits_that_are_given_back_are_the_devices_and_may_be_owned_anew() {
    let mut overlay = Overlay::new(256);
    overlay.own_forced(0x50, &[0xff], &[0x0f], &[0xf0]).unwrap();
    overlay.own(0x51, &[0xff], WriteClass::Rw1cs).unwrap();
    overlay.disown(0x50, 0x3c);
    overlay.disown(0x51, 0x3c);
    assert_eq!([overlay.owned_bits(0x50), overlay.owned_bits(0x51)], [0xc3, 0xc3]);
    assert_eq!([overlay.value(0x50), overlay.value(0x51)], [0x03, 0xc3]);
    // Nothing of the old class is left on them, and the others kept theirs.
    for offset in [0x50, 0x51] {
        assert_eq!(overlay.own_bits(offset, &[0x3c], &[0x14], WriteClass::Rw), Ok(()));
    }
    assert_eq!(overlay.own_forced(0x50, &[0xc3], &[0x03], &[0xc0]), Ok(()));
    assert_eq!(overlay.own_bits(0x51, &[0xc3], &[0xc3], WriteClass::Rw1cs), Ok(()));
    let device = fake::device(0xaa);
    assert_eq!(write(&mut overlay, &device, 0x50, &[0x28, 0x3c]), []);
    assert_eq!(read(&overlay, &device, 0x50), [0xe8, 0xff]);
    assert_eq!(device.take(), []);
}

#[test]
fn a_claim_that_finds_no_room_owns_nothing() {
    let mut overlay = Overlay::new(4096);
    let count = RARE_BYTES as u16;
    overlay.own(0x100, &[1; RARE_BYTES - 1], WriteClass::Rw).unwrap();
    let full = Err(ClaimError::TooManyRare { offset: 0x801 });
    assert_eq!(overlay.own(0x800, &[1; 2], WriteClass::Rw), full);
    assert_eq!(overlay.owned_bits(0x800), 0);
    assert_eq!(overlay.own(0x800, &[1], WriteClass::Rws), Ok(()));
    assert_eq!(overlay.own(0x900, &[0; 0x100], WriteClass::Rw), Ok(()), "writable from 0 needs no room");
    assert_eq!(overlay.own(0x100 + count - 2, &[1], WriteClass::Rw), Ok(()));
}

/// Masks that differ from byte to byte.
fn uneven(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at % 250) as u8 + 1).collect()
}

#[test]
fn a_claim_whose_masks_find_no_room_owns_nothing() {
    let mut overlay = Overlay::new(4096);
    assert_eq!(overlay.own_bits(0x100, &[0x0f; 0x400], &[0; 0x400], WriteClass::Ro), Ok(()), "one mask for all");
    let masks = uneven(200);
    let full = overlay.own_bits(0x800, &masks, &[0; 200], WriteClass::Ro);
    let is_full = |offset| full == Err(ClaimError::TooManyMasks { offset });
    assert!((0x800 + 128..0x800 + 140).any(is_full), "{full:?}");
    assert!((0x800..0x900).all(|offset| overlay.owned_bits(offset) == 0));
    assert_eq!(overlay.own_bits(0x800, &masks[..120], &[0; 120], WriteClass::Ro), Ok(()));
    assert_eq!(overlay.own(0x800, &[0; 200], WriteClass::Ro), Ok(()), "what is owned whole needs no room");
    assert_eq!(overlay.own_bits(0xa00, &masks[..120], &[0; 120], WriteClass::Ro), Ok(()));
    for (offset, mask) in (0xa00..).zip(&masks[..120]) {
        assert_eq!(overlay.owned_bits(offset), *mask);
    }
}

#[test]
fn uneven_slices_are_refused() {
    let mut overlay = Overlay::new(4096);
    let uneven = Err(ClaimError::Uneven { offset: 0x100 });
    assert_eq!(overlay.own_bits(0x100, &[1], &[1, 1], WriteClass::Rw), uneven);
    assert_eq!(overlay.own_forced(0x100, &[1], &[1], &[]), uneven);
}

#[test]
fn each_class_keeps_its_word() {
    let classes = [
        // class, after a write of 0x0f to 0x55, after a warm reset, after a cold one
        (WriteClass::Ro, 0x55, 0x55, 0x55),
        (WriteClass::Rw, 0x0f, 0x55, 0x55),
        (WriteClass::Rw1c, 0x50, 0x55, 0x55),
        (WriteClass::Rws, 0x0f, 0x0f, 0x55),
        (WriteClass::Ros, 0x55, 0x55, 0x55),
        (WriteClass::Rw1cs, 0x50, 0x50, 0x55),
        (WriteClass::HwInit, 0x55, 0x55, 0x55),
        (WriteClass::RsvdP, 0x00, 0x00, 0x00),
        (WriteClass::Forced, 0xaa, 0x55, 0x55),
    ];
    for (class, written, warm, cold) in classes {
        let device = fake::device(4096);
        let mut overlay = Overlay::new(4096);
        if class == WriteClass::Forced {
            overlay.own_forced(0x200, &[0xff], &[0x55], &[0xaa]).unwrap();
        } else {
            overlay.own(0x200, &[0x55], class).unwrap();
        }
        write(&mut overlay, &device, 0x200, &[0x0f]);
        assert_eq!(read(&overlay, &device, 0x200), [written], "{class:?} written");
        for reset in [Reset::Flr, Reset::Bus, Reset::D3Hot] {
            overlay.reset(reset);
            assert_eq!(read(&overlay, &device, 0x200), [warm], "{class:?} after {reset:?}");
        }
        overlay.reset(Reset::Cold);
        assert_eq!(read(&overlay, &device, 0x200), [cold], "{class:?} after power off");
        assert_eq!(device.take(), []);
    }
}

#[test]
fn a_write_across_classes_keeps_each() {
    let device = fake::device(4096);
    for (start, length) in [(0x204u16, 8u16), (0x206, 4), (0x207, 2), (0x200, 8), (0x1ff, 3), (0x201, 15)] {
        let mut overlay = Overlay::new(4096);
        overlay.own(0x1f8, &[0x00; 16], WriteClass::Rw).unwrap();
        overlay.own(0x208, &[0xff; 4], WriteClass::Rw1c).unwrap();
        overlay.own_forced(0x20c, &[0xff; 4], &[0x11; 4], &[0x22; 4]).unwrap();
        write(&mut overlay, &device, start, &vec![0x33; length.into()]);
        for offset in 0x1f8..0x210 {
            let expected = match ((start..start + length).contains(&offset), offset) {
                (true, ..0x208) => 0x33,
                (false, ..0x208) => 0x00,
                (true, 0x208..0x20c) => 0xcc,
                (false, 0x208..0x20c) => 0xff,
                (true, _) => 0x22,
                (false, _) => 0x11,
            };
            assert_eq!(overlay.value(offset), expected, "{offset:#x} after {length} bytes at {start:#x}");
        }
        assert_eq!(device.take(), []);
    }
}

#[test]
fn a_class_in_the_middle_of_a_long_write_is_seen() {
    let device = fake::device(4096);
    let mut overlay = Overlay::new(4096);
    overlay.own(0x200, &[0x00; 4], WriteClass::Rw).unwrap();
    overlay.own(0x204, &[0xff; 4], WriteClass::Rw1c).unwrap();
    overlay.own(0x208, &[0x00; 4], WriteClass::Rw).unwrap();
    write(&mut overlay, &device, 0x202, &[0x33; 8]);
    assert_eq!(read(&overlay, &device, 0x200), [0, 0, 0x33, 0x33, 0xcc, 0xcc, 0xcc, 0xcc, 0x33, 0x33, 0, 0]);
}

#[test]
fn an_owner_lifts_the_rule_for_unassigned_bytes() {
    let device = fake::device(4096);
    for (kind, allowed) in [(Unassigned::ReadOnly, false), (Unassigned::Deny, false), (Unassigned::Deny, true)] {
        let mut overlay = Overlay::new(4096);
        let allow = Allow { start: 0x500, end: 0x504, writable: allowed };
        overlay.restrict(&rule(kind, &[allow][..usize::from(allowed)]), &ByteSet::EMPTY, &ByteSet::EMPTY);
        overlay.own_bits(0x500, &[0x0f], &[0x05], WriteClass::Ro).unwrap();
        assert_eq!(overlay.owned_bits(0x500), 0x0f);
        assert_eq!(read(&overlay, &device, 0x500), [fake::byte(0x500) & 0xf0 | 0x05], "{kind:?}");
        write(&mut overlay, &device, 0x500, &[0xff]);
        assert_eq!(overlay.value(0x500), 0x05, "{kind:?}");
    }
}

#[test]
fn what_the_vmm_sets_beside_the_defined_bits_is_no_effect() {
    let (mut overlay, device) = with_pasid(true, true);
    overlay.set(PASID + 6, 0xff, 0xff);
    overlay.set(PASID + 7, 0xff, 0xff);
    overlay.own_pri_control(0x224).unwrap();
    let pri = Effect::PriControl(PriControl { enable: false, reset: false });
    assert_eq!(write(&mut overlay, &device, 0x200, &[0x00; 0x300]), [pasid(false, true, true), pri]);
}

#[test]
fn a_function_has_one_control_register_of_a_kind() {
    let (mut overlay, _) = with_pasid(true, true);
    let second = Err(ClaimError::TooManyWatched { offset: 0x506 });
    assert_eq!(overlay.own_pasid_control(0x506, true, true), second);
    assert_eq!(overlay.owned_bits(0x506), 0);
    assert_eq!(overlay.own_pasid_control(PASID + 6, true, true), Ok(()));
}

#[test]
fn a_status_bit_that_the_vmm_sets_is_cleared_by_the_guest() {
    let device = fake::device(4096);
    let mut overlay = Overlay::new(4096);
    overlay.own_bits(0x200, &[0x07], &[0x00], WriteClass::Rw1c).unwrap();
    overlay.set(0x200, 0xff, 0xff);
    assert_eq!(overlay.value(0x200), 0x07);
    write(&mut overlay, &device, 0x200, &[0x02]);
    assert_eq!(overlay.value(0x200), 0x05);
}

fn rule(kind: Unassigned, allows: &[Allow]) -> UnassignedRule {
    let mut rule = UnassignedRule::default();
    rule.add(kind, allows.iter().copied());
    rule
}

#[test]
fn a_lock_of_bits_that_nobody_owns_locks_nothing() {
    let device = fake::device(4096);
    for kind in [Unassigned::Raw, Unassigned::ReadOnly, Unassigned::Deny] {
        let mut overlay = Overlay::new(4096);
        overlay.own_locked(0x102, &[1], &[0], Lock::new(0x116, 6)).unwrap();
        overlay.restrict(&rule(kind, &[]), &ByteSet::EMPTY, &ByteSet::EMPTY);
        for data in [&[0xff; 24][..], &[0xff; 4]] {
            write(&mut overlay, &device, 0x118 - data.len() as u16, data);
            write(&mut overlay, &device, 0x102, &[1]);
            write(&mut overlay, &device, 0x102, &[0]);
            assert_eq!(overlay.value(0x102), 0, "{kind:?}");
        }
    }
}

#[test]
fn read_only_drops_writes_to_unassigned_bytes_alone() {
    let (mut overlay, device) = with_pasid(true, true);
    let allow = Allow { start: 0x700, end: 0x702, writable: true };
    overlay.restrict(&rule(Unassigned::ReadOnly, &[allow]), &ByteSet::of(0x100..0x148), &ByteSet::EMPTY);
    assert_eq!(read(&overlay, &device, 0x3fe), [fake::byte(0x3fe), fake::byte(0x3ff), 0x1b, 0x00]);
    device.take();
    for offset in [0x40, 0x148, 0x3fc, 0x408, 0xffc] {
        write(&mut overlay, &device, offset, &[1, 2, 3, 4]);
    }
    assert_eq!(device.take(), []);
    for offset in [0x3c, 0x144, 0x700] {
        write(&mut overlay, &device, offset, &[1, 2, 3, 4]);
    }
    let four = vec![1, 2, 3, 4];
    assert_eq!(
        device.take(),
        [Access::Write(0x3c, four.clone()), Access::Write(0x144, four), Access::Write(0x700, vec![1, 2])]
    );
}

#[test]
fn deny_reads_0_without_io() {
    let (mut overlay, device) = with_pasid(true, true);
    let allow = Allow { start: 0x700, end: 0x702, writable: false };
    overlay.restrict(&rule(Unassigned::Deny, &[allow]), &ByteSet::of(0x100..0x148), &ByteSet::EMPTY);
    assert_eq!(read(&overlay, &device, 0x500), [0; 8]);
    write(&mut overlay, &device, 0x500, &[0xff; 4]);
    assert_eq!(read(&overlay, &device, 0x500), [0; 4]);
    assert_eq!(device.take(), []);
    assert_eq!(read(&overlay, &device, 0x700), [fake::byte(0x700), fake::byte(0x701), 0, 0]);
    write(&mut overlay, &device, 0x700, &[0xff; 2]);
    assert_eq!(device.take(), [Access::Read(0x700, 4)]);
}

#[test]
fn a_shield_drops_writes_an_allow_notwithstanding() {
    let mut overlay = Overlay::new(4096);
    let device = fake::device(4096);
    let allow = Allow { start: 0x200, end: 0x300, writable: true };
    overlay.restrict(&rule(Unassigned::Raw, &[allow]), &ByteSet::EMPTY, &ByteSet::of(0x210..0x218));
    write(&mut overlay, &device, 0x20c, &[1; 16]);
    assert_eq!(device.take(), [Access::Write(0x20c, vec![1; 4]), Access::Write(0x218, vec![1; 4])]);
    assert_eq!(read(&overlay, &device, 0x216), [fake::byte(0x216), fake::byte(0x217)]);
}

#[test]
fn the_strictest_rule_wins_and_exceptions_must_be_everyones() {
    let allow = |start, end| Allow { start, end, writable: true };
    let mut strictest = rule(Unassigned::ReadOnly, &[allow(0x700, 0x800)]);
    strictest.add(Unassigned::Deny, [allow(0x700, 0x720)]);
    strictest.add(Unassigned::Deny, [allow(0x710, 0x730)]);
    strictest.add(Unassigned::Raw, []);
    strictest.add(Unassigned::Unspecified, []);
    assert_eq!(strictest, rule(Unassigned::Deny, &[allow(0x710, 0x720)]));
}

#[test]
fn a_sticky_bit_that_starts_as_zero_outlives_a_warm_reset() {
    let mut overlay = Overlay::new(4096);
    let device = fake::device(4096);
    overlay.own(0x400, &[0], WriteClass::Rws).unwrap();
    overlay.own(0x401, &[0], WriteClass::Rw).unwrap();
    write(&mut overlay, &device, 0x400, &[0x5a, 0x5a]);
    overlay.reset(Reset::Flr);
    assert_eq!(read(&overlay, &device, 0x400), [0x5a, 0x00]);
    overlay.reset(Reset::Cold);
    assert_eq!(read(&overlay, &device, 0x400), [0x00, 0x00]);
}

#[test]
fn a_forced_bit_that_differs_in_all_its_values_collides() {
    let mut overlay = Overlay::new(4096);
    overlay.own_forced(0x400, &[0x01], &[0x00], &[0x00]).unwrap();
    let collision = ClaimError::Collision { offset: 0x400, bits: 0x01 };
    assert_eq!(overlay.own_forced(0x400, &[0x01], &[0x01], &[0x01]), Err(collision));
    assert_eq!(overlay.own_forced(0x400, &[0x01], &[0x00], &[0x00]), Ok(()));
}

#[test]
fn the_vmm_sets_the_bits_of_its_mask_and_no_other() {
    let mut overlay = Overlay::new(4096);
    overlay.own_bits(0x400, &[0x3f], &[0x00], WriteClass::Ro).unwrap();
    overlay.set(0x400, 0x81, 0xff);
    assert_eq!(overlay.value(0x400), 0x01);
}

#[test]
fn a_control_word_that_lies_in_two_dwords_is_watched_in_both() {
    let mut overlay = Overlay::new(4096);
    let device = fake::device(4096);
    overlay.own_ats_control(0x403).unwrap();
    let enabled = Effect::AtsControl(AtsControl { enable: true, stu: 0 });
    assert_eq!(write(&mut overlay, &device, 0x404, &[0x80]), [enabled]);
    assert_eq!(write(&mut overlay, &device, 0x404, &[0x80, 1, 2, 3]), [enabled]);
}

#[test]
fn nothing_passes_outside_the_space() {
    let overlay = Overlay::new(256);
    assert!(overlay.passes_writes(0xff));
    assert!(!overlay.passes_writes(0x100));
    assert!(!Overlay::new(4096).passes_writes(0x1000));
}

#[test]
fn a_control_is_what_its_bits_say() {
    assert_eq!(AtsControl::from_bits(0x0003), AtsControl { enable: false, stu: 3 });
    assert_eq!(AtsControl::from_bits(0xffe0), AtsControl { enable: true, stu: 0 });
    assert_eq!(PasidControl::from_bits(0xfffd), PasidControl { enable: true, execute: false, privileged: true });
    let codes = [pasid(true, true, true), Effect::FunctionReset].map(|effect| effect.code());
    assert_eq!(codes, ["pasid-control", "function-reset"]);
}

#[test]
fn a_write_beside_a_control_register_means_nothing() {
    let (mut overlay, device) = with_pasid(true, true);
    overlay.own_pri_control(0x484).unwrap();
    assert_eq!(write(&mut overlay, &device, PASID + 4, &[0xff; 2]), []);
    assert_eq!(write(&mut overlay, &device, 0x486, &[0xff; 2]), []);
    assert_eq!(write(&mut overlay, &device, 0x485, &[0; 2]).len(), 1, "it touches the second byte");
}

#[test]
fn permissions_are_held_while_enabled_wherever_the_access_begins() {
    let (mut overlay, device) = with_pasid(true, true);
    write(&mut overlay, &device, PASID + 6, &[0b011, 0]);
    assert_eq!(write(&mut overlay, &device, PASID + 4, &[0, 0, 0b101, 0]), [pasid(true, true, false)]);
}

#[test]
fn what_is_not_taken_from_its_owner_stays_as_it_was() {
    let mut overlay = Overlay::new(4096);
    overlay.own(0x400, &[0xa5], WriteClass::Rws).unwrap();
    overlay.disown(0x400, 0x0f);
    assert_eq!((overlay.owned_bits(0x400), overlay.value(0x400)), (0xf0, 0xa0));
    write(&mut overlay, &fake::device(4096), 0x400, &[0x5f]);
    assert_eq!(overlay.value(0x400), 0x50);
}

#[test]
fn an_error_says_which_byte() {
    let mut overlay = Overlay::new(256);
    overlay.own(0x80, &[1], WriteClass::Ro).unwrap();
    let text = |result: Result<(), ClaimError>| std::format!("{}", result.unwrap_err());
    let collision = text(overlay.own_bits(0x80, &[0x0f], &[0x0e], WriteClass::Ro));
    assert_eq!(collision, "bits 0x0f of byte 0x80 are emulated already, in another way");
    let outside = text(overlay.own(0xff, &[0; 2], WriteClass::Ro));
    assert!(core::error::Error::source(&AccessError::Device(core::fmt::Error)).is_some());
    assert_eq!(outside, "2 bytes at 0xff reach past the configuration space of 0x100 bytes");
}

#[test]
fn an_overlay_takes_less_than_8_kib_and_a_configuration_no_more_than_10() {
    assert!(size_of::<Overlay>() < 8 * 1024, "{}", size_of::<Overlay>());
    let configuration = size_of::<crate::VirtualConfig<'_, &Recorder>>();
    assert!(configuration <= 10 * 1024, "{configuration}");
    assert!(size_of::<Result<Effects, AccessError<&u8>>>() <= 16, "a result is returned in two registers");
}

#[test]
fn a_failed_device_leaves_the_overlay_as_it_was() {
    struct Broken;
    impl crate::ConfigRead for Broken {
        type Error = core::fmt::Error;
        fn size(&self) -> usize {
            4096
        }
        fn read(&self, _: u16, _: &mut [u8]) -> Result<(), core::fmt::Error> {
            Err(core::fmt::Error)
        }
    }
    impl crate::ConfigAccess for Broken {
        fn write(&self, _: u16, _: &[u8]) -> Result<(), core::fmt::Error> {
            Err(core::fmt::Error)
        }
    }
    let (mut overlay, _) = with_pasid(true, true);
    let failed = Err(AccessError::Device(core::fmt::Error));
    assert_eq!(overlay.write(&Broken, PASID + 6, &[7, 0, 1, 1]), failed);
    assert_eq!(overlay.value(PASID + 6), 0);
    assert_eq!(overlay.read(&Broken, PASID + 6, &mut [0; 4]), Err(AccessError::Device(core::fmt::Error)));
    assert_eq!(overlay.read(&Broken, PASID + 6, &mut [0; 2]), Ok(()));
    for (offset, length) in [(PASID + 6, 4), (PASID + 7, 2), (PASID + 6, 7), (0xffe, 4), (0xfff, 2), (0xff0, 17)] {
        let mut buffer = [0; 17];
        assert!(overlay.read(&Broken, offset, &mut buffer[..length]).is_err());
        assert_eq!(buffer[..length], [0xff; 17][..length], "a bus reads ones: {offset:#x}");
    }
}
