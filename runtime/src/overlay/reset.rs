//! What a reset of the function does to emulated bits.

use super::{Overlay, PowerState};

/// A reset that the function went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reset {
    /// Function level reset.
    Flr,
    /// Secondary bus reset or hot reset.
    Bus,
    /// The way from D3hot to D0 without `No_Soft_Reset`.
    D3Hot,
    /// Power was off: fundamental reset.
    Cold,
}

impl Overlay {
    /// Restores initial values. Sticky bits are kept by every reset but [`Reset::Cold`], and bits that are written once or
    /// locked by a reset of the function alone. The function is in D0 then.
    pub fn reset(&mut self, reset: Reset) {
        for at in self.ownership.changeable() {
            // Bits that are writable and not in the table of rare bytes start as 0.
            if self.rare.get(at as u16).is_none() {
                self.value.as_flattened_mut()[at] &= !self.ownership.masks(at).writable;
            }
        }
        for rare in self.rare.as_slice() {
            let at = usize::from(rare.offset);
            let changeable = rare.changeable(self.ownership.masks(at).writable);
            let restored = match reset {
                Reset::Cold => changeable,
                Reset::Bus => changeable & !(rare.sticky & !rare.kept()),
                Reset::Flr | Reset::D3Hot => changeable & !(rare.sticky | rare.kept()),
            };
            let value = &mut self.value.as_flattened_mut()[at];
            *value = *value & !restored | rare.initial & restored;
        }
        self.watches.power.enter(PowerState::D0);
    }
}
