//! What a guest's write would do, before it is done: the kernel resets the function inside the write that asks for it, so that a
//! VMM that must act before the device is reset, or that must not hold a lock then, asks first.

use super::{Effect, Effects, Overlay, PowerChange};

/// What a write would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "it says what the VMM must do before the write"]
#[non_exhaustive]
pub struct Intent {
    /// It starts a function level reset.
    pub function_reset: bool,
    /// It changes the power state.
    pub power: Option<PowerChange>,
    /// It writes Memory Space Enable of the device's Command register, with this value.
    pub memory_space: Option<bool>,
    /// What the write will report.
    pub effects: Effects,
}

impl Intent {
    /// Whether the function is reset by the write, in whatever way.
    #[must_use]
    pub fn resets(&self) -> bool {
        self.function_reset || self.power.is_some_and(|change| change.resets)
    }
}

/// Command register, and its Memory Space Enable.
const COMMAND: u16 = 0x04;
const MEMORY: u8 = 1 << 1;

impl Overlay {
    /// What [`Overlay::write`] of the same bytes would report if it were called now and the device took them. Nothing is written
    /// and the device is not read: the power state is what the guest's writes and the resets since left, D0 at first. A write
    /// of nothing, or out of range, intends nothing.
    pub fn intent(&self, offset: u16, data: &[u8]) -> Intent {
        let at = usize::from(offset);
        if data.is_empty() || at + data.len() > self.size() {
            return Intent::default();
        }
        let command = usize::from(COMMAND).checked_sub(at).and_then(|index| data.get(index));
        let effects = self.foreseen(at, data);
        let power = effects.into_iter().find_map(|effect| match effect {
            Effect::PowerState(change) => Some(change),
            _ => None,
        });
        Intent {
            function_reset: self.watches.is_reset(at, data),
            power,
            memory_space: command.filter(|_| self.passes_writes(COMMAND)).map(|byte| byte & MEMORY != 0),
            effects,
        }
    }

    /// The effects of a write that is not made.
    fn foreseen(&self, at: usize, data: &[u8]) -> Effects {
        if self.watches.is_reset(at, data) {
            return Effects::RESET;
        }
        let byte = |offset: usize| match offset.checked_sub(at).and_then(|index| data.get(index)) {
            Some(&written) => self.next::<1>(offset, written.into(), Self::is_locked).unwrap_or(0) as u8,
            None => self.values().get(offset).copied().unwrap_or(0),
        };
        self.followed(at, data, byte)
    }
}
