//! The model of vfio-pci on spaces made by hand.

extern crate std;
use super::*;
use crate::testing::{Recorder, conventional, extended};
use std::vec;
use std::vec::Vec;

fn view(space: &Recorder) -> Image {
    vfio_view(&space.image(), Kernel::LATEST)
}

#[test]
fn a_hidden_capability_in_the_middle_is_unlinked_and_its_body_stays() {
    let space = Recorder::endpoint(&[(0x100, 0x01), (0x200, 0x0f), (0x210, 0x1b), (0x220, 0x10)]);
    let view = view(&space);
    assert_eq!(extended(&view), [0x100, 0x200, 0x220]);
    assert_eq!(view.dword(0x210) & 0xffff, 0x1b, "the header is still there to be read");
    assert_eq!(view.dword(0x200) >> 20, 0x220);
}

#[test]
fn a_hidden_first_capability_leaves_an_anchor() {
    let view = view(&Recorder::endpoint(&[(0x100, 0x1b), (0x200, 0x0f)]));
    assert_eq!(view.dword(0x100), 0x2000_0000);
    assert_eq!(extended(&view), [0x100, 0x200]);
}

#[test]
fn two_hidden_first_capabilities_leave_one_anchor() {
    let view = view(&Recorder::endpoint(&[(0x100, 0x1b), (0x150, 0x2e), (0x200, 0x0f)]));
    assert_eq!(view.dword(0x100), 0x2000_0000);
}

#[test]
fn nothing_shown_reads_zero_at_0x100() {
    let view = view(&Recorder::endpoint(&[(0x100, 0x1b), (0x150, 0x2e)]));
    assert_eq!(view.dword(0x100), 0);
    assert_eq!(extended(&view), Vec::<u16>::new());
}

#[test]
fn a_hidden_last_capability_ends_the_list_before_it() {
    let view = view(&Recorder::endpoint(&[(0x100, 0x01), (0x150, 0x2e)]));
    assert_eq!(extended(&view), [0x100]);
}

#[test]
fn older_kernels_hide_dvsec() {
    let mut space = Recorder::endpoint(&[(0x100, 0x01), (0x200, 0x23)]);
    space.set(0x204, 0x0100_1234);
    assert_eq!(extended(&vfio_view(&space.image(), Kernel::new(6, 3))), [0x100]);
    assert_eq!(extended(&vfio_view(&space.image(), Kernel::new(6, 4))), [0x100, 0x200]);
}

#[test]
fn a_vendor_capability_of_length_0_is_hidden() {
    let view = view(&Recorder::endpoint(&[(0x100, 0x01), (0x200, 0x0b)]));
    assert_eq!(extended(&view), [0x100]);
}

#[test]
fn conventional_capabilities_are_hidden_too() {
    let mut space = Recorder::endpoint(&[(0x100, 0x01)]);
    // 0x40 PCI Express, 0x80 subsystem id of a bridge, 0x90 Enhanced Allocation, 0xa0 MSI-X.
    space.link_conventional(&[(0x40, 0x10), (0x80, 0x0d), (0x90, 0x14), (0xa0, 0x11)]);
    assert_eq!(conventional(&view(&space)), [0x40, 0xa0]);
}

#[test]
fn without_a_shown_conventional_capability_the_status_bit_is_clear() {
    let mut space = Recorder::endpoint(&[]);
    space.link_conventional(&[(0x80, 0x0d)]);
    let view = view(&space);
    assert_eq!(view.bytes().len(), 256, "no PCI Express capability, no extended space");
    assert_eq!(view.byte(STATUS) & STATUS_CAPABILITIES, 0);
}

#[test]
fn aliased_and_silent_extended_space_is_cut_off() {
    let mut silent = Recorder::endpoint(&[]);
    silent.set(0x100, u32::MAX);
    assert_eq!(cfg_size(&silent.image()), 256);
    let mut aliased = Recorder::endpoint(&[]);
    for at in (0x100..0x1000).step_by(0x100) {
        let header = aliased.get(0);
        aliased.set(at, header);
    }
    assert_eq!(cfg_size(&aliased.image()), 256);
    assert_eq!(cfg_size(&Recorder::endpoint(&[(0x100, 0x01)]).image()), 4096);
}

#[test]
fn loops_and_wild_pointers_end() {
    let mut space = Recorder::endpoint(&[(0x100, 0x01), (0x200, 0x1b)]);
    space.set(0x200, 0x1000_0000 | 0x1_001b);
    space.set(0x40, 0xff10);
    let view = view(&space);
    assert_eq!(view.bytes().len(), 4096);
}

/// Next of each DVSEC of a run that abuts and of a DVSEC apart from it, and then something that is hidden.
fn dvsecs(hidden: u16) -> Recorder {
    let layout = [(0x100, 0x3c), (0x13c, 0x24), (0x160, 0x10), (0x170, 0x20)];
    let mut list: Vec<_> = layout.iter().map(|&(at, _)| (at, 0x23)).collect();
    list.extend([(0x190, hidden), (0x200, 0x0f)]);
    let mut space = Recorder::endpoint(&list);
    layout.iter().for_each(|&(at, length)| space.set(at + 4, length << 20 | 0xfffe));
    space
}

#[test]
fn behind_dvsecs_that_abut_what_is_hidden_stays_linked() {
    for hidden in [0x1b, 0x2e, 0x19] {
        let view = view(&dvsecs(hidden));
        assert_eq!(extended(&view), [0x100, 0x13c, 0x160, 0x170, 0x190, 0x200]);
        assert_eq!(view.byte(0x173), 0x19);
    }
    let mut apart = dvsecs(0x1b);
    apart.set(0x164, 0x00c0_fffe);
    assert_eq!(extended(&view(&apart)), [0x100, 0x13c, 0x160, 0x170, 0x200], "a dword between them is enough");
}

#[test]
fn capabilities_of_any_id_that_abut_are_one() {
    for (id, length) in [(0x0f_u16, 8_u16), (0x03, 12), (0x13, 16), (0x10, 0x40), (0x18, 8)] {
        let second = 0x180 + length;
        let view = view(&Recorder::endpoint(&[(0x100, 0x01), (0x180, id), (second, id), (0x300, 0x1b), (0x400, 0x0e)]));
        assert_eq!(extended(&view), [0x100, 0x180, second, 0x300, 0x400], "{id:#x}");
    }
}

#[test]
fn a_null_first_capability_is_not_changed() {
    let view = view(&Recorder::endpoint(&[(0x100, 0x00), (0x200, 0x1b), (0x300, 0x03)]));
    assert_eq!(extended(&view), [0x100, 0x200, 0x300]);
    // Of an id that ends in two zeros the kernel keeps no more than of a null one.
    let view = self::view(&Recorder::endpoint(&[(0x100, 0x7f00), (0x200, 0x1b), (0x300, 0x03)]));
    assert_eq!((extended(&view), view.dword(0x100)), (vec![0x100, 0x200, 0x300], 0x2001_7f00));
}

#[test]
fn conventional_capabilities_that_abut_are_one_too() {
    let mut space = Recorder::endpoint(&[(0x100, 0x01)]);
    space.link_conventional(&[(0x40, 0x10), (0x80, 0x09), (0x88, 0x09), (0x90, 0x0d), (0xa0, 0x11)]);
    for at in [0x80, 0x88] {
        let header = space.get(at);
        space.set(at, header | 0x0008_0000);
    }
    assert_eq!(conventional(&view(&space)), [0x40, 0x80, 0x88, 0x90, 0xa0]);
    space.set(0x80, 0x0006_8809);
    assert_eq!(conventional(&view(&space)), [0x40, 0x80, 0x88, 0xa0]);
}

#[test]
fn a_pci_x_function_of_mode_2_has_an_extended_list() {
    let mut space = Recorder::endpoint(&[(0x100, 0x01), (0x200, 0x1b), (0x300, 0x03)]);
    space.link_conventional(&[(0x40, 0x07)]);
    space.set(0x44, 0x4000_0000);
    let header = space.get(0x40);
    assert_eq!(extended(&view(&space)), [0x100, 0x200, 0x300], "the kernel does not look: its version is 0");
    space.set(0x40, header | 0x1000_0000);
    assert_eq!(extended(&view(&space)), [0x100, 0x300]);
}
