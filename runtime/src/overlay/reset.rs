//! What a reset of the function does to emulated bits.

use super::Overlay;
use crate::SPACE;

/// A reset that the function went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Restores initial values. Sticky bits are kept by every reset but [`Reset::Cold`].
    pub fn reset(&mut self, reset: Reset) {
        let mut start = 0;
        for rare in self.rare.as_slice() {
            let at = usize::from(rare.offset);
            clear_writable(&mut self.value[start..at], &self.writable[start..at]);
            let changeable = rare.changeable(self.writable[at]);
            let restored = if reset == Reset::Cold { changeable } else { changeable & !rare.sticky };
            self.value[at] = self.value[at] & !restored | rare.initial & restored;
            start = at + 1;
        }
        clear_writable(&mut self.value[start..SPACE], &self.writable[start..SPACE]);
    }
}

/// Bits that are writable and not in the table of rare bytes start as 0.
fn clear_writable(value: &mut [u8], writable: &[u8]) {
    for (value, writable) in value.iter_mut().zip(writable) {
        *value &= !writable;
    }
}
