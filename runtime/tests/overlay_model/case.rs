//! What a run is made of: claims, a rule for unassigned bytes, accesses and resets. All that generate cases share it.

use quirk_runtime::Reset;
use quirk_runtime::tables::{Unassigned, WriteClass};

#[derive(Clone, Debug)]
pub(crate) enum Claim {
    Bits { at: usize, class: WriteClass, bytes: Vec<(u8, u8, u8)> },
    Locked { at: usize, bytes: Vec<(u8, u8)>, lock: (usize, u8) },
    Whole { at: usize, class: WriteClass, value: Vec<u8> },
    Pasid { at: usize, execute: bool, privileged: bool },
    Ats { at: usize },
    Pri { at: usize },
    FunctionReset { at: usize, bits: u8 },
    Power { at: usize, keeps_state: bool },
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) kind: Unassigned,
    pub(crate) allows: Vec<(usize, usize, bool)>,
    pub(crate) assigned: Vec<(usize, usize)>,
    pub(crate) shielded: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Read { at: usize, length: usize },
    Write { at: usize, data: Vec<u8> },
    Set { at: usize, mask: u8, value: u8 },
    Reset(Reset),
}

/// One run: the space, the start of a window in which most things happen, and what happens.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) size: usize,
    /// Multiplied and added, it makes the device's bytes.
    pub(crate) seed: u8,
    pub(crate) claims: Vec<Claim>,
    pub(crate) rule: Rule,
    pub(crate) steps: Vec<Step>,
}

pub(crate) const CLASSES: [WriteClass; 11] = [
    WriteClass::Ro,
    WriteClass::Rw,
    WriteClass::Rw1c,
    WriteClass::Rws,
    WriteClass::Ros,
    WriteClass::Rw1cs,
    WriteClass::HwInit,
    WriteClass::RsvdP,
    WriteClass::Forced,
    WriteClass::Rwo,
    WriteClass::Rwl,
];

pub(crate) const KINDS: [Unassigned; 4] =
    [Unassigned::Unspecified, Unassigned::Raw, Unassigned::ReadOnly, Unassigned::Deny];

pub(crate) const RESETS: [Reset; 4] = [Reset::Flr, Reset::Bus, Reset::D3Hot, Reset::Cold];
