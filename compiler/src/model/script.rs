//! A `test` in a form that can be run: every number evaluated, every word understood, every statement with its place.

use quirk_runtime::capability::Space;
use quirk_runtime::tables::Evidence;
use quirk_runtime::{ByteRange, Hidden, HostPasid, Native, Reset, Sources};

use super::Clause;
use crate::source::{Located, Place};

/// What a test does.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) given: Located<Subject>,
    pub(crate) view: View,
    /// `given bytes`
    pub(crate) patches: Vec<Bytes>,
    pub(crate) host: Option<Host>,
    pub(crate) viommu_width: Option<u8>,
    pub(crate) layers: Vec<LayerOn>,
    pub(crate) settings: Settings,
    /// In the order of the text.
    pub(crate) steps: Vec<Located<Step>>,
}

/// The function that a test is given.
#[derive(Debug)]
pub(crate) enum Subject {
    /// What a device describes.
    Device {
        /// Its index in the model.
        index: usize,
        /// The offsets of the optional capabilities that it lacks.
        absent: Vec<(Space, u64)>,
    },
    /// What only ids tell.
    Function {
        /// The ids and other conditions.
        clause: Box<Clause>,
        /// Number and size of its BARs.
        bars: Vec<(u8, u64)>,
    },
}

/// Who reads the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// vfio-pci.
    #[default]
    Vfio,
    /// Nobody changes it.
    Raw,
}

/// Bytes at an offset.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    pub(crate) at: u16,
    pub(crate) bytes: Vec<u8>,
}

/// What the host can do with PASIDs, and whether it enabled them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host {
    pub(crate) pasid: HostPasid,
    pub(crate) enabled: bool,
}

/// A layer that is switched on.
#[derive(Debug)]
pub(crate) struct LayerOn {
    pub(crate) name: String,
    pub(crate) params: Vec<(String, Value)>,
}

/// The value of a parameter.
#[derive(Debug)]
pub(crate) enum Value {
    Unsigned(u64),
    Bytes(Vec<u8>),
}

/// What `policy { .. }` says; what it does not say is as by default.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) tail: bool,
    pub(crate) native: Option<Native>,
    pub(crate) scan_gaps: bool,
    pub(crate) expose_free_space: bool,
    pub(crate) trapped_mirrors: bool,
    pub(crate) offset: Option<u16>,
    pub(crate) ranges: Vec<ByteRange>,
    pub(crate) owned: Vec<ByteRange>,
    pub(crate) sources: Option<Sources>,
    pub(crate) least_evidence: Option<Evidence>,
    pub(crate) least_evidence_unless_zero: Option<Evidence>,
    pub(crate) profile: Option<String>,
    pub(crate) disabled_layers: Vec<String>,
    pub(crate) confirmed: Vec<Hidden>,
}

/// What happens, or must be so, after the attach.
#[derive(Debug)]
pub(crate) enum Step {
    Write(Bytes),
    Reset(Reset),
    Expect(Expectation),
}

/// What must be so.
#[derive(Debug)]
pub(crate) enum Expectation {
    /// PASID is there. What is not stated is not looked at.
    Pasid { at: u16, width: Option<u8>, execute: bool, privileged: bool },
    /// The guest sees none.
    NoPasid,
    /// The guest's walk of a list.
    Chain { space: Space, offsets: Vec<u16> },
    /// The guest sees, or does not see, a capability.
    Capability(Wanted),
    /// The guest reads this. Numbers have `width` bytes.
    Value { at: u16, width: usize, bytes: Vec<u8> },
    /// No write reached these bytes of the device, or any.
    Untouched(Option<ByteRange>),
    /// The last write had it.
    Effect(String),
    /// A place was not taken for it.
    Reason(String),
    /// It was found.
    Finding(String),
}

/// A capability, as far as it is stated.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) absent: bool,
    pub(crate) space: Space,
    pub(crate) id: u16,
    pub(crate) sub: Option<(u16, u16)>,
    pub(crate) at: Option<u16>,
    pub(crate) length: Option<u16>,
}

/// A `test`, as far as it is understood.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) title: String,
    /// Its keyword and title.
    pub(crate) head: Place,
    /// Its file was asked for, not just used by another.
    pub(crate) asked_for: bool,
    /// Index of the device that it is given, if it is given one.
    pub(crate) device: Option<usize>,
    /// Indices of the layers that it enables.
    pub(crate) layers: Vec<usize>,
    /// None if it is not known what it is given.
    pub(crate) script: Option<Script>,
}
