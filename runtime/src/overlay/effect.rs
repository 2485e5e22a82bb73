//! What a guest's write means to the VMM, beyond the bytes.

/// PASID control register, as the guest set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
pub struct PriControl {
    /// Bit 0: Enable.
    pub enable: bool,
    /// Bit 1: Reset. It acts only in a write that leaves the interface disabled, and reads 0.
    pub reset: bool,
}

impl PriControl {
    pub(super) const ENABLE: u16 = 1 << 0;
    pub(super) const RESET: u16 = 1 << 1;
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
}

/// The effects of one write: an iterator, mostly an empty one.
///
/// A write that starts a function level reset has that effect alone, since the reset undoes what else it wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "the guest changed what the device or the IOMMU must do"]
pub struct Effects {
    pasid: Option<PasidControl>,
    ats: Option<AtsControl>,
    pri: Option<PriControl>,
    reset: bool,
}

impl Effects {
    /// No effect.
    pub const NONE: Self = Self { pasid: None, ats: None, pri: None, reset: false };

    pub(super) const RESET: Self = Self { reset: true, ..Self::NONE };

    /// Whether the guest started a function level reset.
    #[must_use]
    pub fn is_reset(&self) -> bool {
        self.reset
    }

    /// Whether there is nothing left to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }

    pub(super) fn add(&mut self, effect: Effect) {
        match effect {
            Effect::PasidControl(control) => self.pasid = Some(control),
            Effect::AtsControl(control) => self.ats = Some(control),
            Effect::PriControl(control) => self.pri = Some(control),
            Effect::FunctionReset => *self = Self::RESET,
        }
    }
}

impl Iterator for Effects {
    type Item = Effect;

    fn next(&mut self) -> Option<Effect> {
        if core::mem::take(&mut self.reset) {
            return Some(Effect::FunctionReset);
        }
        (self.pasid.take().map(Effect::PasidControl))
            .or_else(|| self.ats.take().map(Effect::AtsControl))
            .or_else(|| self.pri.take().map(Effect::PriControl))
    }
}
