//! What one check says: data for every output.

use std::borrow::Cow;

use quirk_runtime::Image;
use serde::Serialize;

/// What a guest wants to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Want {
    /// Process address space ids
    Pasid,
    /// Address translation services
    Ats,
    /// Page requests
    Pri,
}

impl Want {
    pub(super) const ALL: &[Self] = &[Self::Pasid, Self::Ats, Self::Pri];
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// Nothing stands in the way.
    Ok,
    /// This stands in the way.
    Problem,
    /// It cannot be known from here.
    Unknown,
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Problem => "problem",
            Self::Unknown => "unknown",
        }
    }
}

/// Whose kernel asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    /// The host's.
    Host,
    /// The guest's.
    Guest,
}

/// What has to change where a check finds a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Component {
    /// The device, or the slot that it is in.
    Device,
    /// The firmware of the host.
    Firmware,
    /// The host's kernel, its options or its drivers.
    HostKernel,
    /// An option of the VMM.
    Vmm,
    /// What is shown to the guest: a description, a layer, the policy.
    Description,
    /// The record: it has to be made again.
    Record,
}

impl Component {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Firmware => "firmware",
            Self::HostKernel => "host kernel",
            Self::Vmm => "VMM",
            Self::Description => "description",
            Self::Record => "record",
        }
    }
}

/// The bits of a register that a check looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Register {
    pub(super) name: &'static str,
    pub(super) offset: u16,
    pub(super) first_bit: u8,
    pub(super) last_bit: u8,
    /// What these bits read.
    pub(super) value: u32,
}

impl Register {
    /// Reads the bits `last..=first` of the register at `offset`, of 32 bits at most.
    pub(super) fn read(image: &Image, name: &'static str, offset: u16, first_bit: u8, last_bit: u8) -> Self {
        let mask = u32::MAX >> (31 - (last_bit - first_bit).min(31));
        let value = image.dword(offset).checked_shr(first_bit.into()).unwrap_or(0) & mask;
        Self { name, offset, first_bit, last_bit, value }
    }

    /// Reads one bit.
    pub(super) fn bit(image: &Image, name: &'static str, offset: u16, bit: u8) -> Self {
        Self::read(image, name, offset, bit, bit)
    }

    /// The ids by which a function is known; its class, if it has none of its own.
    pub(super) fn ids(image: &Image) -> Self {
        let ids = Self::read(image, "Vendor and Device ID", 0, 0, 31);
        if ids.value == u32::MAX { Self::read(image, "Revision ID and Class Code", 8, 0, 31) } else { ids }
    }

    pub(super) const fn is_set(&self) -> bool {
        self.value != 0
    }
}

/// What one check says.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    /// A name for programs: it is never changed.
    pub(super) code: &'static str,
    /// Whose kernel asks.
    pub(super) side: Side,
    /// What fails without it.
    pub(super) concerns: &'static [Want],
    pub(super) state: State,
    /// The function whose register it is, where that is another one.
    pub(super) function: Option<String>,
    pub(super) message: String,
    pub(super) register: Option<Register>,
    /// What has to change.
    pub(super) change: Option<Component>,
    pub(super) cure: Option<Cow<'static, str>>,
    /// Lines of a description that mend what the guest sees.
    pub(super) layer: Option<String>,
}

impl Check {
    pub(super) fn register(self, register: Register) -> Self {
        Self { register: Some(register), ..self }
    }

    pub(super) fn cure(self, change: Component, cure: impl Into<Cow<'static, str>>) -> Self {
        Self { change: Some(change), cure: Some(cure.into()), ..self }
    }

    pub(super) fn layer(self, layer: Option<String>) -> Self {
        Self { layer, ..self }
    }

    pub(super) fn of(self, function: &str) -> Self {
        Self { function: Some(function.to_owned()), ..self }
    }

    pub(super) fn concerning(self, concerns: &'static [Want]) -> Self {
        Self { concerns, ..self }
    }
}
