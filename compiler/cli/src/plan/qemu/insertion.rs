//! What QEMU 11 does to the extended list of a vfio-pci device when it is told where to put PASID.
//!
//! A model of its behaviour, told in two steps. First QEMU links the list anew in the order of the walk, and leaves some
//! capabilities out. Then it follows that list while the next header is not above the offset, and links PASID in after
//! the last one that it reached. It looks at nothing else: not at headers that it did not reach, not at bodies.

use quirk_runtime::capability::{ATS, PASID, SRIOV};
use quirk_runtime::chain::{Capability, Step, Walk};
use quirk_runtime::{Finding, Image};

/// What the model knows to be left out always: what the kernel masked, ARI, SR-IOV.
const DROPPED: [u16; 3] = [0, 0x0e, SRIOV];

/// Left out or not, as the device and the vIOMMU have it: resizable BAR and ATS.
const VARIANTS: [&[u16]; 4] = [&[], &[0x15], &[ATS], &[0x15, ATS]];

/// What becomes of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Outcome {
    /// PASID is in the list once, and everything else that QEMU shows is still reachable.
    Intact,
    /// QEMU says that placing the capability failed, and goes on without.
    Rejected,
    /// QEMU shows no extended capability, and so adds none.
    NothingShown,
    /// QEMU does not come to an end: the device's own list leads in a circle.
    Endless,
    /// The device's own list leads out of extended space, or to bytes that answer nothing; QEMU follows it unchecked.
    Malformed,
    /// It writes over the header of a capability.
    Overwritten {
        /// Where that is.
        header: u16,
        /// Whether QEMU's walk reaches it; it does not reach one after a backward pointer.
        is_behind: bool,
    },
    /// The list leads in a circle, or something of it is lost.
    Broken,
}

/// What becomes of the list that vfio-pci shows, whatever QEMU leaves out of it: the worst case.
pub(super) fn outcome(view: &Image, offset: u16) -> Outcome {
    let all = walk(view);
    // Without a PCI Express capability, extended space or a first header QEMU does not look for more.
    if all.is_empty() || view.bytes().len() < 4096 || has_no_express(view) {
        return Outcome::NothingShown;
    }
    if let Some(outcome) = oddity(view) {
        return outcome;
    }
    let each = VARIANTS.map(|more| of_variant(view, &all, more, offset));
    each.into_iter().find(|outcome| *outcome != Outcome::Intact).unwrap_or(Outcome::Intact)
}

fn has_no_express(view: &Image) -> bool {
    view.bytes().first_chunk().is_none_or(|header| !quirk_runtime::chain::has_pcie(view, header).unwrap_or(false))
}

/// What is wrong with the list before anything is put in.
fn oddity(view: &Image) -> Option<Outcome> {
    Walk::extended(view).map_while(Result::ok).find_map(|step| match step {
        Step::Finding(Finding::ChainLoop { .. }) => Some(Outcome::Endless),
        Step::Finding(Finding::ChainBelowRange { .. } | Finding::ChainDead { ones: true, .. }) => {
            Some(Outcome::Malformed)
        }
        _ => None,
    })
}

fn of_variant(view: &Image, all: &[Capability], more: &[u16], offset: u16) -> Outcome {
    let is_dropped = |capability: &&Capability| DROPPED.contains(&capability.id) || more.contains(&capability.id);
    let kept: Vec<_> = all.iter().filter(|each| !is_dropped(each)).copied().collect();
    let mut space = view.clone();
    relink(&mut space, &kept);
    let before = walk(&space);
    match insert(&mut space, offset) {
        Insertion::Rejected => return Outcome::Rejected,
        Insertion::Endless => return Outcome::Endless,
        Insertion::Done => {}
    }
    // Headers that are left out are gone for the guest; those that stay must not be touched.
    let touched = |header: u16| header.saturating_add(4) > offset && header < offset.saturating_add(8);
    if let Some(hit) = before.iter().position(|each| touched(each.offset)) {
        let is_behind = before[..hit].iter().any(|each| each.offset > before[hit].offset);
        return Outcome::Overwritten { header: before[hit].offset, is_behind };
    }
    if is_intact(&space, &before, offset) { Outcome::Intact } else { Outcome::Broken }
}

/// Links what is kept, in the order of the walk. If the first is left out, an anchor without an id stays at 0x100.
fn relink(space: &mut Image, kept: &[Capability]) {
    let has_first = kept.first().is_some_and(|first| first.offset == 0x100);
    if !has_first {
        put(space, 0x100, u32::from(kept.first().map_or(0, |first| first.offset)) << 20 | 0xffff);
    }
    for (at, each) in kept.iter().enumerate() {
        let next = kept.get(at + 1).map_or(0, |next| next.offset);
        put(space, each.offset, each.header & 0xf_ffff | u32::from(next) << 20);
    }
}

enum Insertion {
    Rejected,
    Endless,
    Done,
}

/// Links PASID in, and writes its eight bytes.
fn insert(space: &mut Image, offset: u16) -> Insertion {
    if !offset.is_multiple_of(4) || !(0x100..=0xff8).contains(&offset) || offset == 0x100 {
        return Insertion::Rejected;
    }
    let next_of = |header: u32| (header >> 20) as u16 & 0xffc;
    let mut last = 0x100;
    // More steps than there are dwords lead in a circle.
    for _ in 0..1024 {
        if last == offset {
            return Insertion::Rejected;
        }
        let next = next_of(space.dword(last));
        if next == 0 || next > offset || space.dword(next) == 0 {
            let header = space.dword(last);
            put(space, offset, header & 0xffc0_0000 | 1 << 16 | u32::from(PASID));
            put(space, offset + 4, 0);
            let header = space.dword(last);
            put(space, last, header & 0x003f_ffff | u32::from(offset) << 20);
            return Insertion::Done;
        }
        last = next;
    }
    Insertion::Endless
}

/// Whether PASID is there once, and all that was there before.
fn is_intact(space: &Image, before: &[Capability], offset: u16) -> bool {
    let after = walk(space);
    let place = |each: &Capability| (each.offset, each.id, each.version);
    let has = |wanted: &Capability| after.iter().any(|each| place(each) == place(wanted));
    let pasid: Vec<_> = after.iter().filter(|each| each.id == PASID).map(|each| each.offset).collect();
    pasid == [offset] && before.iter().all(has) && after.len() == before.len() + 1
}

/// The extended list, as far as a walk that survives everything comes.
fn walk(space: &Image) -> Vec<Capability> {
    let steps = Walk::extended(space).map_while(Result::ok);
    steps
        .filter_map(|step| match step {
            Step::Capability(capability) => Some(capability),
            _ => None,
        })
        .collect()
}

fn put(space: &mut Image, offset: u16, value: u32) {
    let at = usize::from(offset);
    if let Some(bytes) = space.bytes_mut().get_mut(at..at + 4) {
        bytes.copy_from_slice(&value.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// A function whose list runs through these, in this order.
    fn endpoint(list: &[(u16, u32)]) -> Image {
        let mut space = Image::new(&[0; 4096]).unwrap();
        put(&mut space, 0x00, 0x1001_fffe);
        put(&mut space, 0x04, 0x0010_0000);
        put(&mut space, 0x34, 0x40);
        put(&mut space, 0x40, 0x0002_0010);
        for (at, &(offset, id)) in list.iter().enumerate() {
            let next = list.get(at + 1).map_or(0, |next| u32::from(next.0));
            put(&mut space, offset, next << 20 | 1 << 16 | id);
        }
        space
    }

    /// The list of a GP108M, as far as offsets go: it runs backward once.
    fn backward() -> Image {
        endpoint(&[(0x100, 0x02), (0x250, 0x18), (0x258, 0x1e), (0x128, 0x04), (0x420, 0x01)])
    }

    fn of(space: &Image, offset: u16) -> Outcome {
        outcome(space, offset)
    }

    #[test]
    fn a_free_offset_leaves_the_list_intact_wherever_it_is() {
        let ascending = endpoint(&[(0x100, 0x01), (0x200, 0x0f), (0x240, 0x13)]);
        for offset in [0x180, 0x210, 0x400, 0xff8] {
            assert_eq!(of(&ascending, offset), Outcome::Intact, "{offset:#x}");
        }
        for offset in [0x148, 0x300, 0x430] {
            assert_eq!(of(&backward(), offset), Outcome::Intact, "{offset:#x}");
        }
    }

    #[test]
    fn four_bytes_before_a_header_the_header_is_overwritten() {
        let space = endpoint(&[(0x100, 0x01), (0x200, 0x0f)]);
        assert_eq!(of(&space, 0x1fc), Outcome::Overwritten { header: 0x200, is_behind: false });
        assert_eq!(of(&space, 0x1f8), Outcome::Intact);
    }

    #[test]
    fn a_header_behind_a_backward_pointer_is_not_seen_and_the_list_loops() {
        assert_eq!(of(&backward(), 0x128), Outcome::Overwritten { header: 0x128, is_behind: true });
        let mut space = backward();
        assert!(matches!(insert(&mut space, 0x128), Insertion::Done), "it is accepted");
        let steps: Vec<_> = Walk::extended(&space).map(Result::unwrap).collect();
        let loops = |step: &Step| matches!(step, Step::Finding(finding) if finding.code() == "chain-loop");
        assert!(steps.iter().any(loops), "{steps:?}");
        assert!(walk(&space).iter().all(|each| each.offset != 0x420), "what came after is lost");
    }

    #[test]
    fn a_header_on_the_way_is_rejected() {
        let space = endpoint(&[(0x100, 0x01), (0x200, 0x0f), (0x240, 0x13)]);
        for offset in [0x100, 0x200, 0x240] {
            assert_eq!(of(&space, offset), Outcome::Rejected, "{offset:#x}");
        }
        for offset in [0x0, 0x40, 0xfc, 0x401, 0xffc, 0x1000, 0xfffc] {
            assert_eq!(of(&space, offset), Outcome::Rejected, "{offset:#x}");
        }
    }

    #[test]
    fn a_body_is_taken_without_a_word() {
        assert_eq!(of(&endpoint(&[(0x100, 0x01), (0x200, 0x0f)]), 0x110), Outcome::Intact);
    }

    #[test]
    fn where_nothing_is_shown_nothing_is_added() {
        assert_eq!(of(&endpoint(&[]), 0x400), Outcome::NothingShown);
        assert_eq!(of(&Image::new(&[0; 256]).unwrap(), 0x400), Outcome::NothingShown);
    }

    #[test]
    fn what_is_left_out_is_passed_over() {
        let space = endpoint(&[(0x100, 0x10), (0x140, 0x0e), (0x200, 0x15), (0x300, 0x0f)]);
        for offset in [0x180, 0x280, 0x400] {
            assert_eq!(of(&space, offset), Outcome::Intact, "{offset:#x}");
        }
    }

    #[test]
    fn a_circle_ends_for_the_model_and_not_for_qemu() {
        let mut space = endpoint(&[(0x100, 0x01), (0x200, 0x0f)]);
        put(&mut space, 0x200, 0x1001_000f);
        assert!(matches!(insert(&mut space.clone(), 0x400), Insertion::Endless));
        assert_eq!(of(&space, 0x400), Outcome::Endless);
    }

    #[test]
    fn a_list_that_leaves_its_space_is_malformed() {
        for next in [0x04, 0xfc] {
            let mut space = endpoint(&[(0x100, 0x01), (0x200, 0x0f)]);
            put(&mut space, 0x200, next << 20 | 0x1_000f);
            assert_eq!(of(&space, 0x400), Outcome::Malformed, "{next:#x}");
        }
        let mut space = endpoint(&[(0x100, 0x01), (0x200, 0x0f)]);
        put(&mut space, 0x200, 0x3001_000f);
        put(&mut space, 0x300, u32::MAX);
        assert_eq!(of(&space, 0x400), Outcome::Malformed);
        // Nothing at the end of the list is harmless.
        put(&mut space, 0x300, 0);
        assert_eq!(of(&space, 0x400), Outcome::Intact);
    }
}
