//! What a guest's write means to the VMM, beyond the bytes.

use super::{PowerChange, PowerState};

/// PASID control register, as the guest set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PasidControl {
    /// Bit 0: PASID Enable.
    pub enable: bool,
    /// Bit 1: Execute Permission Enable.
    pub execute: bool,
    /// Bit 2: Privileged Mode Enable.
    pub privileged: bool,
}

impl PasidControl {
    pub(super) const ENABLE: u16 = 1 << 0;
    pub(super) const EXECUTE: u16 = 1 << 1;
    pub(super) const PRIVILEGED: u16 = 1 << 2;

    /// The control that a register's value says.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self {
            enable: bits & Self::ENABLE != 0,
            execute: bits & Self::EXECUTE != 0,
            privileged: bits & Self::PRIVILEGED != 0,
        }
    }
}

/// ATS control register, as the guest set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AtsControl {
    /// Bit 15: Enable.
    pub enable: bool,
    /// Bits 4:0: Smallest Translation Unit; a unit has `4096 << stu` bytes.
    pub stu: u8,
}

impl AtsControl {
    pub(super) const ENABLE: u16 = 1 << 15;
    pub(super) const STU: u16 = 0x1f;

    /// The control that a register's value says.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self { enable: bits & Self::ENABLE != 0, stu: (bits & Self::STU) as u8 }
    }
}

/// Page request control register, as the guest wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PriControl {
    /// Bit 0: Enable.
    pub enable: bool,
    /// Bit 1: Reset. It acts only in a write that leaves the interface disabled, and reads 0.
    pub reset: bool,
}

impl PriControl {
    pub(super) const ENABLE: u16 = 1 << 0;
    pub(super) const RESET: u16 = 1 << 1;

    /// The control that the bits of a write say.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self { enable: bits & Self::ENABLE != 0, reset: bits & Self::RESET != 0 }
    }
}

/// Something that the VMM must do after a guest's write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// The guest wrote the emulated PASID control register, perhaps with the value it had.
    PasidControl(PasidControl),
    /// The guest wrote the emulated ATS control register, perhaps with the value it had.
    AtsControl(AtsControl),
    /// The guest wrote the emulated page request control register, perhaps with the value it had.
    PriControl(PriControl),
    /// The guest started a function level reset. The overlay is reset already.
    FunctionReset,
    /// The guest changed the power state of the device. Where that resets the function, the overlay is reset already.
    PowerState(PowerChange),
}

impl Effect {
    /// All codes.
    pub const CODES: &[&str] = &["pasid-control", "ats-control", "pri-control", "function-reset", "power-state"];

    /// A name for programs: it is never changed.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        let at = match self {
            Self::PasidControl(_) => 0,
            Self::AtsControl(_) => 1,
            Self::PriControl(_) => 2,
            Self::FunctionReset => 3,
            Self::PowerState(_) => 4,
        };
        Self::CODES[at]
    }
}

/// The effects of one write: an iterator, mostly an empty one.
///
/// A write that starts a reset has that effect alone, since the reset undoes what else it wrote.
///
/// One number, so that a write returns it in a register: bits 3:0 and 9 say which kinds are yet to be told, bits 6:4 are the
/// PASID control register, bits 8:7 the enable and reset of page requests, bits 11:10 and 13:12 the power states before and
/// after, bit 14 that the change resets, bits 31:16 the ATS control register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "the guest changed what the device or the IOMMU must do"]
pub struct Effects(u32);

impl Effects {
    const PASID: u32 = 1 << 0;
    const ATS: u32 = 1 << 1;
    const PRI: u32 = 1 << 2;
    const FUNCTION_RESET: u32 = 1 << 3;
    const POWER: u32 = 1 << 9;
    const POWER_RESETS: u32 = 1 << 14;
    const PENDING: u32 = 0xf | Self::POWER;
    const PRI_ENABLE: u32 = 1 << 7;
    const PRI_RESET: u32 = 1 << 8;

    /// No effect.
    pub const NONE: Self = Self(0);

    pub(super) const RESET: Self = Self(Self::FUNCTION_RESET);

    /// Whether there is nothing left to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 & Self::PENDING == 0
    }

    /// Adds what a PASID control register holds after a write.
    pub(super) fn add_pasid(&mut self, register: u16) {
        self.0 |= Self::PASID | (u32::from(register) & 0b111) << 4;
    }

    /// Adds what an ATS control register holds after a write.
    pub(super) fn add_ats(&mut self, register: u16) {
        self.0 |= Self::ATS | u32::from(register) << 16;
    }

    /// Adds a change of the power state.
    pub(super) fn add_power(&mut self, PowerChange { from, to, resets }: PowerChange) {
        let resets = if resets { Self::POWER_RESETS } else { 0 };
        self.0 |= Self::POWER | (from as u32) << 10 | (to as u32) << 12 | resets;
    }

    /// Adds what a page request control register holds after a write of the bits `written`.
    pub(super) fn add_pri(&mut self, register: u16, written: u16) {
        let enable = register & PriControl::ENABLE != 0;
        let reset = !enable && written & PriControl::RESET != 0;
        let bit = |set: bool, bit: u32| if set { bit } else { 0 };
        self.0 |= Self::PRI | bit(enable, Self::PRI_ENABLE) | bit(reset, Self::PRI_RESET);
    }
}

impl Iterator for Effects {
    type Item = Effect;

    fn next(&mut self) -> Option<Effect> {
        let bits = self.0;
        let pending = bits & Self::PENDING;
        let first = pending & pending.wrapping_neg();
        self.0 &= !first;
        match first {
            Self::PASID => Some(Effect::PasidControl(PasidControl::from_bits((bits >> 4) as u16))),
            Self::ATS => Some(Effect::AtsControl(AtsControl::from_bits((bits >> 16) as u16))),
            Self::PRI => {
                let (enable, reset) = (bits & Self::PRI_ENABLE != 0, bits & Self::PRI_RESET != 0);
                Some(Effect::PriControl(PriControl { enable, reset }))
            }
            Self::FUNCTION_RESET => Some(Effect::FunctionReset),
            Self::POWER => {
                let state = |shift: u32| PowerState::from_bits((bits >> shift) as u16);
                let resets = bits & Self::POWER_RESETS != 0;
                Some(Effect::PowerState(PowerChange { from: state(10), to: state(12), resets }))
            }
            _ => None,
        }
    }
}
