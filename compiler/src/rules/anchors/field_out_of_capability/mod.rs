//! A field lies in the capability that it counts from, after the header.

use quirk_runtime::capability::{DVSEC, Kind, Name, Space};

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Anchor, Emulated, Emulation, Field, FieldValue};
use crate::passes::claims::LIST_HEAD;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass =
    Pass { establishes: Fact::FieldsInside, needs: &[Fact::LayerLengthsFit], run: Run::Whole(run) };

/// Whose bit 4 says that there is a list of capabilities.
const STATUS: u64 = 0x06;
/// The byte that says where that begins.
const POINTER: u64 = 0x34;

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for emulation in model.layers.iter().flat_map(|layer| &layer.emulations) {
        for field in emulation.fields.iter().filter(|_| check.holds(emulation.node)).collect::<Vec<_>>() {
            if let Some(found) = look(emulation, field) {
                check.fail(field.node, found);
            }
        }
    }
}

fn look(emulation: &Emulation, field: &Field) -> Option<Diagnostic> {
    let (name, length) = match (field.anchor, &emulation.capability) {
        (Anchor::Owner, Some(emulated)) => (emulated.name(), emulated.length),
        (Anchor::Capability(space, id, _), _) => {
            let most = Kind::by_id(space, id).map_or(space.end(), |kind| kind.max);
            (Name(space, id), most.into())
        }
        (Anchor::Space, _) => return on_list(field),
        (Anchor::Owner, None) => return None,
    };
    let end = field.offset + field.length;
    if end > length {
        let message = format!("the field ends at {end:#x}, and `{name}` has at most {length:#x} bytes");
        return Some(Diagnostic::new(&catalogue::FIELD_OUT_OF_CAPABILITY, field.place, message));
    }
    let on_header = field.bits().find(|&(at, bits)| {
        let header = match (field.anchor, &emulation.capability) {
            (Anchor::Owner, Some(emulated)) => generated(emulated, at),
            (Anchor::Capability(space, _, None), _) => plain(space, at),
            (Anchor::Capability(_, id, Some(_)), _) => named(id, at),
            _ => 0,
        };
        header & bits != 0
    });
    let (at, _) = on_header?;
    let message = format!("byte {at:#x} of `{name}` is its header, which says what it is and where the next one lies");
    Some(Diagnostic::new(&catalogue::FIELD_ON_HEADER, field.place, message))
}

/// A field that covers what leads to a list, whatever the device has: in the header of configuration space, or where the
/// extended list begins. There the device's own value leaves out what is the list's.
fn on_list(field: &Field) -> Option<Diagnostic> {
    let is_own = matches!(field.value, FieldValue::Device);
    let leads = |at| match at {
        STATUS => 0x10,
        POINTER => 0xff,
        at if LIST_HEAD.contains(&at) && !is_own => 0xff,
        _ => 0,
    };
    let (at, _) = field.bits().find(|&(at, bits)| leads(at) & bits != 0)?;
    let message = match at {
        STATUS => format!("byte {at:#x} has bit 4 of Status, which leads to the list of capabilities"),
        POINTER => format!("byte {at:#x} has the Capabilities Pointer, which leads to the list of capabilities"),
        _ => format!("byte {at:#x} is in 0x100..0x104, where the list of extended capabilities begins"),
    };
    Some(Diagnostic::new(&catalogue::FIELD_ON_HEADER, field.place, message))
}

/// The bits of a byte that belong to id, version and the offset of the next.
fn plain(space: Space, at: u64) -> u8 {
    let header = if space == Space::Extended { 4 } else { 2 };
    if at < header { 0xff } else { 0 }
}

/// The bits of a byte by which a DVSEC or VSEC is found. Its revision, in bits 19:16 of the second dword, is none of them.
fn named(id: u16, at: u64) -> u8 {
    match at {
        6 => 0xf0,
        0..8 => 0xff,
        8..10 if id == DVSEC => 0xff,
        _ => 0,
    }
}

/// The bits of a byte that are generated. The revision of a DVSEC or VSEC, in bits 19:16 of its second dword, is not.
fn generated(emulated: &Emulated, at: u64) -> u8 {
    let words_behind = if emulated.id == DVSEC { 10 } else { 8 };
    match at {
        6 if emulated.sub.is_some() => 0xf0,
        4.. if emulated.sub.is_some() && at < words_behind => 0xff,
        _ => plain(emulated.space, at),
    }
}
