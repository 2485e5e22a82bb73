//! The bits that a layer owns, byte by byte, and what they are.

use quirk_runtime::capability::{PCIE, Space};
use quirk_runtime::tables::WriteClass;

use crate::model::{Anchor, Field, FieldValue, Layer, NodeId, Program};
use crate::source::Place;

/// The id of the Resizable BAR extended capability.
const REBAR: u16 = 0x15;

/// A byte, as far as it is known before a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Byte {
    /// Of configuration space.
    Space(u64),
    /// Of the first visible capability of an id.
    Capability(Space, u16, u64),
    /// Of what the layer emulates: the index of the emulation.
    Emulated(usize, u64),
}

impl std::fmt::Display for Byte {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Space(at) => write!(f, "byte {at:#05x}"),
            Self::Capability(space, id, at) => {
                write!(f, "byte {at:#x} of `{}`", quirk_runtime::capability::Name(*space, *id))
            }
            Self::Emulated(_, at) => write!(f, "byte {at:#x} of the emulated capability"),
        }
    }
}

/// What bits of a byte are at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Known(u8),
    Device,
    Pinned,
    /// It hangs on a parameter.
    Given,
}

/// Bits of one byte that a statement owns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) byte: Byte,
    pub(super) bits: u8,
    class: WriteClass,
    value: Content,
    forced: Content,
    pub(super) place: Place,
    /// The field, if it is one.
    pub(super) node: Option<NodeId>,
}

impl Claim {
    /// Whether both own the same bits with the same class and value, where they own the same.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let bits = self.bits & other.bits;
        let same = |a: Content, b: Content| match (a, b) {
            (Content::Known(a), Content::Known(b)) => (a ^ b) & bits == 0,
            (Content::Given, _) | (_, Content::Given) => false,
            _ => a == b,
        };
        bits == 0
            || self.class == other.class
                && (self.class == WriteClass::RsvdP || same(self.value, other.value))
                && (self.class != WriteClass::Forced || same(self.forced, other.forced))
    }
}

/// All that a layer owns, emulated capabilities' own bytes aside.
pub(super) fn of(layer: &Layer) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (index, emulation) in layer.emulations.iter().enumerate() {
        for field in &emulation.fields {
            claims.extend(field.bits().enumerate().map(|(at, (offset, bits))| Claim {
                byte: match field.anchor {
                    Anchor::Space => Byte::Space(offset),
                    Anchor::Capability(space, id) => Byte::Capability(space, id, offset),
                    Anchor::Owner => Byte::Emulated(index, offset),
                },
                bits,
                class: field.class,
                value: value(field, at),
                forced: field.forced.as_ref().map_or(Content::Known(0), |program| number(program, at)),
                place: field.place,
                node: Some(field.node),
            }));
        }
    }
    let read_only = |byte, bits, value, place| Claim {
        byte,
        bits,
        class: WriteClass::Ro,
        value,
        forced: Content::Known(0),
        place,
        node: None,
    };
    if let Some(port) = layer.port_type {
        let byte = Byte::Capability(Space::Conventional, PCIE, 2);
        claims.push(read_only(byte, 0xf0, Content::Known(port.value << 4), port.place));
    }
    if let Some(place) = layer.pin_resizable_bar {
        // Six entries of a capability and a control register.
        let bytes = (4..0x34).map(|at| Byte::Capability(Space::Extended, REBAR, at));
        claims.extend(bytes.map(|byte| read_only(byte, 0xff, Content::Pinned, place)));
    }
    claims.retain(|claim| claim.bits != 0);
    claims
}

fn value(field: &Field, at: usize) -> Content {
    match &field.value {
        FieldValue::Program(program) => number(program, at),
        FieldValue::Bytes(bytes) => bytes.get(at).map_or(Content::Given, |byte| Content::Known(*byte)),
        FieldValue::Device => Content::Device,
        FieldValue::Param(_) => Content::Given,
    }
}

fn number(program: &Program, at: usize) -> Content {
    let byte = program.number.and_then(|number| number.to_le_bytes().get(at).copied());
    byte.map_or(Content::Given, Content::Known)
}
