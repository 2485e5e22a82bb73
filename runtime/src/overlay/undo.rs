//! What an overlay was, to go back to where a layer does not go on, or PASID is not placed beside layers after all.

use super::Overlay;
use super::ownership::{Ownership, OwnershipTables};
use super::rare::RareBytes;
use super::watch::{Dwords, Watches};
use crate::bounded::Bounded;
use crate::dword_set::DwordSet;

/// Most dwords of other layers that a layer may change or own bits of.
const SHARED: usize = 256;

/// A dword of which somebody owned a bit before.
#[derive(Clone, Copy)]
struct Old {
    index: u16,
    codes: u16,
    value: [u8; 4],
}

/// What an overlay was at some point, as far as it changed since.
pub(crate) struct Undo {
    dwords: Bounded<Old, SHARED>,
    tables: OwnershipTables,
    rare: RareBytes,
    special: Dwords,
}

impl Undo {
    /// Of an overlay that owns nothing.
    pub(crate) const fn new() -> Self {
        Self { dwords: Bounded::new(), tables: OwnershipTables::NONE, rare: RareBytes::EMPTY, special: Dwords::EMPTY }
    }
}

/// What an overlay owned at some point, whatever changed since. The values are not here: what is claimed later leaves the values
/// of bits that have an owner as they are.
pub(crate) struct Owners {
    ownership: Ownership,
    rare: RareBytes,
    special: Dwords,
    watches: Watches,
}

impl Owners {
    /// Those of an overlay that owns nothing.
    pub(crate) const NONE: Self =
        Self { ownership: Ownership::NONE, rare: RareBytes::EMPTY, special: Dwords::EMPTY, watches: Watches::EMPTY };
}

impl Overlay {
    /// Keeps what is owned.
    pub(crate) fn keep_owners(&self, owners: &mut Owners) {
        owners.ownership.copy_from(&self.ownership);
        owners.rare.copy_from(&self.rare);
        owners.special.clone_from(&self.special);
        owners.watches.clone_from(&self.watches);
    }

    /// Owns what it owned then, and nothing else. A value that was [set](Overlay::set) since stays.
    pub(crate) fn go_back_to(&mut self, owners: &Owners) {
        self.ownership.copy_from(&owners.ownership);
        self.rare.copy_from(&owners.rare);
        self.special.clone_from(&owners.special);
        self.watches.clone_from(&owners.watches);
        for (at, value) in self.value.as_flattened_mut().iter_mut().enumerate() {
            *value &= self.ownership.masks(at).owned;
        }
    }

    /// Goes back to here from now on.
    pub(crate) fn mark(&self, undo: &mut Undo) {
        undo.dwords.clear();
        undo.tables.copy_from(self.ownership.tables());
        undo.rare.copy_from(&self.rare);
        undo.special.clone_from(&self.special);
    }

    /// Keeps a dword that is about to change for the first time; whether there is room. What was all the device's takes none.
    pub(crate) fn keep_dword(&self, undo: &mut Undo, offset: u16) -> bool {
        let index = usize::from(offset / 4);
        let (codes, value) = (self.ownership.codes(index), self.value.get(index).copied().unwrap_or_default());
        if codes != 0 {
            undo.dwords.push(Old { index: index as u16, codes, value });
        }
        undo.dwords.overflow() == 0
    }

    /// Goes back to the mark; no other dwords were changed since.
    pub(crate) fn go_back(&mut self, undo: &Undo, changed: &DwordSet) {
        let device = changed.iter().map(|offset| Old { index: offset / 4, codes: 0, value: [0; 4] });
        for Old { index, codes, value } in device.chain(undo.dwords.iter().copied()) {
            self.ownership.set_codes(index.into(), codes);
            if let Some(old) = self.value.get_mut(usize::from(index)) {
                *old = value;
            }
        }
        self.ownership.tables_mut().copy_from(&undo.tables);
        self.rare.copy_from(&undo.rare);
        self.special.clone_from(&undo.special);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::ByteSet;
    use crate::overlay::{Reset, SavedOverlay, UnassignedRule};
    use crate::tables::{Unassigned, WriteClass};

    fn state(overlay: &Overlay) -> (SavedOverlay, [u8; 64]) {
        let mut reads = [0; 64];
        reads.iter_mut().zip(0x400..).for_each(|(byte, at)| *byte = overlay.value(at));
        (overlay.save().unwrap(), reads)
    }

    #[test]
    fn what_a_layer_changed_is_as_it_was() {
        let mut overlay = Overlay::new(4096);
        overlay.own(0x400, &[1, 2], WriteClass::Ro).unwrap();
        overlay.own_bits(0x402, &[0x0f], &[0x05], WriteClass::Rw).unwrap();
        overlay.own_bits(0x420, &[0x11], &[0x10], WriteClass::Rw1c).unwrap();
        let mut before = overlay.clone();
        let mut undo = Undo::new();
        overlay.mark(&mut undo);
        let mut changed = DwordSet::EMPTY;
        for (offset, bits) in [(0x402, 0xf0), (0x403, 0x3c), (0x408, 0xff), (0x420, 0x22), (0x421, 0x7e)] {
            if changed.insert(offset) {
                assert!(overlay.keep_dword(&mut undo, offset));
            }
            overlay.own_bits(offset, &[bits], &[0xff], WriteClass::Rws).unwrap();
        }
        overlay.disown(0x400, 0xff);
        overlay.go_back(&undo, &changed);
        assert_eq!(state(&overlay), state(&before));
        for at in 0..0x1000 {
            assert_eq!(overlay.owned_bits(at), before.owned_bits(at), "{at:#x}");
        }
        overlay.reset(Reset::Flr);
        before.reset(Reset::Flr);
        assert_eq!(state(&overlay), state(&before));
    }

    #[test]
    fn what_was_owned_is_owned_again_and_nothing_else() {
        let mut overlay = Overlay::new(4096);
        overlay.own(0x400, &[1, 2, 3], WriteClass::Ro).unwrap();
        overlay.own_bits(0x403, &[0x0f], &[0x05], WriteClass::Rw).unwrap();
        overlay.own_bits(0x420, &[0x11], &[0x10], WriteClass::Rw1c).unwrap();
        overlay.own_bits(0x421, &[0x03], &[0x02], WriteClass::RsvdP).unwrap();
        overlay.own_locked(0x424, &[0x3c], &[0x24], crate::overlay::Lock::new(0x403, 1)).unwrap();
        let mut before = overlay.clone();
        let mut owners = Owners::NONE;
        overlay.keep_owners(&mut owners);
        for (offset, bits, class) in [
            (0x403, 0xf0, WriteClass::Rws),
            (0x404, 0xff, WriteClass::Ro),
            (0x420, 0x22, WriteClass::Rwo),
            (0x421, 0x7c, WriteClass::Forced),
            (0x424, 0xc3, WriteClass::Rw),
            (0x7ff, 0x5a, WriteClass::Rw),
        ] {
            overlay.own_bits(offset, &[bits], &[0xff], class).unwrap();
        }
        overlay.own_pasid_control(0x406, true, true).unwrap();
        overlay.own_ats_control(0x506).unwrap();
        overlay.own_pri_control(0x604).unwrap();
        overlay.watch_function_reset(0x49, 0x80).unwrap();
        overlay.watch_power(0x94, true).unwrap();
        let allowed = [crate::tables::Allow { start: 0x700, end: 0x720, writable: false }];
        let mut rule = UnassignedRule::default();
        rule.add(Unassigned::Deny, allowed);
        overlay.restrict(&rule, &ByteSet::EMPTY, &ByteSet::of(0x700..0x704));
        overlay.go_back_to(&owners);
        for reset in [None, Some(Reset::Flr), Some(Reset::D3Hot)] {
            if let Some(reset) = reset {
                overlay.reset(reset);
                before.reset(reset);
            }
            assert_eq!(state(&overlay), state(&before));
            assert_eq!(overlay.value, before.value);
            for at in 0..0x1000 {
                assert_eq!(overlay.owned_bits(at), before.owned_bits(at), "{at:#x}");
                assert_eq!(overlay.passes_writes(at), before.passes_writes(at), "{at:#x}");
            }
        }
        // What was watched can be anew, at another place.
        overlay.own_pasid_control(0x806, false, false).unwrap();
        overlay.watch_power(0x84, false).unwrap();
    }

    #[test]
    fn more_shared_dwords_than_there_is_room_for_are_refused() {
        let mut overlay = Overlay::new(4096);
        overlay.own(0x100, &[0; 0x800], WriteClass::Ro).unwrap();
        let mut undo = Undo::new();
        overlay.mark(&mut undo);
        let kept = (0x100..0x900).step_by(4).filter(|&at| overlay.keep_dword(&mut undo, at)).count();
        assert_eq!(kept, SHARED);
        assert!(!overlay.keep_dword(&mut undo, 0xa00), "the layer is refused by then");
    }
}
