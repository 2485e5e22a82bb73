//! The power state of the function, as far as the guest's own writes and the resets tell it.

/// A power state of a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PowerState {
    /// D0.
    #[default]
    D0,
    /// D1.
    D1,
    /// D2.
    D2,
    /// D3hot.
    D3Hot,
}

impl PowerState {
    /// The state in bits 1:0 of the Power Management Control/Status register.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        match bits & 0b11 {
            0 => Self::D0,
            1 => Self::D1,
            2 => Self::D2,
            _ => Self::D3Hot,
        }
    }
}

/// A change of the power state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PowerChange {
    /// The state before.
    pub from: PowerState,
    /// The state that the guest asks for.
    pub to: PowerState,
    /// It resets the function: the way from D3hot to D0 where the device does not say `No_Soft_Reset`.
    pub resets: bool,
}

impl PowerChange {
    /// A change, and whether it resets the function.
    #[must_use]
    pub const fn new(from: PowerState, to: PowerState, resets: bool) -> Self {
        Self { from, to, resets }
    }
}

/// The Power Management Control/Status register of the device, where the guest's writes reach it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Power {
    /// One more than its offset, so that an empty overlay is 0 all over.
    after: u16,
    keeps_state: bool,
    now: PowerState,
}

impl Power {
    /// There is none.
    pub(super) const NONE: Self = Self { after: 0, keeps_state: false, now: PowerState::D0 };

    /// Sets the register; whether there was none elsewhere.
    pub(super) fn set(&mut self, offset: u16, keeps_state: bool) -> bool {
        if self.after == 0 {
            *self = Self { after: offset.wrapping_add(1), keeps_state, now: PowerState::D0 };
        }
        self.after == offset.wrapping_add(1) && self.keeps_state == keeps_state
    }

    /// What a write of `data` at `at` changes.
    pub(super) fn change(&self, at: usize, data: &[u8]) -> Option<PowerChange> {
        let &written = usize::from(self.after.wrapping_sub(1)).checked_sub(at).and_then(|index| data.get(index))?;
        let (from, to) = (self.now, PowerState::from_bits(written.into()));
        let resets = (from, to) == (PowerState::D3Hot, PowerState::D0) && !self.keeps_state;
        (from != to).then_some(PowerChange { from, to, resets })
    }

    pub(super) fn enter(&mut self, state: PowerState) {
        self.now = state;
    }
}
