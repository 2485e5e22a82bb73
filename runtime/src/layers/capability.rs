//! Emulated capabilities: where they go, the header that is made for them, and their fields.

use super::attempt::{Attempt, Step};
use super::stack::Want;
use super::{fields, place, value};
use crate::capability::{DVSEC, PASID, Space, VSEC};
use crate::decision::LayerReason;
use crate::overlay::{ClaimError, Lock};
use crate::tables::{Anchor, Emulation, Field, WriteClass};
use crate::{ByteRange, ConfigAccess};

/// Shows a capability: its header, its fields, and 0 for the rest.
pub(super) fn emulate<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
    space: Space,
    index: u32,
    emulation: &Emulation,
) -> Step<'db, (), D::Error> {
    let header = Header::new(space, emulation).ok_or(LayerReason::BrokenRecord)?;
    if space == Space::Extended && emulation.id == PASID {
        return Err(LayerReason::Pasid.into());
    }
    let offset = place::find(attempt, space, index, emulation)?;
    attempt.stack.insert::<D::Error>(space, offset, emulation)?;
    for at in 0..emulation.length.min(Header::LONGEST) {
        let (bits, byte) = header.beside_list(at);
        own(attempt, offset + at, bits, byte)?;
    }
    for field in attempt.database().list(emulation.fields) {
        own_field(attempt, &header, emulation, offset, &field)?;
    }
    for at in 0..emulation.length {
        let free = !(attempt.stack.view.overlay().owned_bits(offset + at) | header.list_bits(at));
        own(attempt, offset + at, free, 0)?;
    }
    let range = ByteRange::from_length(offset, emulation.length);
    if space == Space::Extended {
        attempt.stack.note_extended(emulation.id, range);
    }
    attempt.stack.note_capability(range, attempt.layer.position)?;
    Ok(())
}

/// Bits of the capability itself, which no other layer can have.
fn own<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
    offset: u16,
    bits: u8,
    value: u8,
) -> Result<(), LayerReason<'db>> {
    let result =
        attempt.stack.own_bits(Want { offset, bits, value, class: WriteClass::Ro, forced: 0, lock: Lock::default() });
    result.map_err(|_| LayerReason::LayersCollide { offset, with: attempt.layer.name })
}

fn own_field<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
    header: &Header,
    emulation: &Emulation,
    start: u16,
    field: &Field,
) -> Step<'db, (), D::Error> {
    if field.anchor != Anchor::Owner {
        return Err(LayerReason::BrokenRecord.into());
    }
    let end = field.offset.checked_add(field.length).filter(|&end| end <= emulation.length);
    let offset = start.saturating_add(field.offset);
    if end.is_none() {
        return Err(LayerReason::OutOfBounds { offset }.into());
    }
    let lock = fields::lock(attempt.survey.size, field, start)?;
    fields::each_byte(attempt, field, offset, |attempt, index, byte| {
        let bits = value::bits(field, index);
        let at = offset + index;
        if bits & header.made_bits(at - start) != 0 {
            return Err(LayerReason::HeaderOwned { offset: at });
        }
        let want = Want { offset: at, bits, value: byte, class: field.class, forced: byte, lock };
        attempt.stack.own_bits(want).map_err(|error| refusal(error, attempt.layer.name))
    })
}

fn refusal(error: ClaimError, name: &str) -> LayerReason<'_> {
    match error {
        ClaimError::Collision { offset, .. } => LayerReason::LayersCollide { offset, with: name },
        ClaimError::OutOfRange { offset, .. } => LayerReason::OutOfBounds { offset },
        _ => LayerReason::NoRoom,
    }
}

/// The header that is made for a capability.
struct Header {
    space: Space,
    /// The bytes after the list's part of an extended header: what sort of DVSEC or VSEC it is.
    made: [u8; 6],
    /// Which bits of them are made.
    bits: [u8; 6],
}

impl Header {
    const LONGEST: u16 = 10;

    /// `None` where the capability is shorter than its header.
    fn new(space: Space, emulation: &Emulation) -> Option<Self> {
        let Emulation { length, sub_vendor, sub_id, .. } = *emulation;
        let is = |id: u16| space == Space::Extended && emulation.has_sub_id && emulation.id == id;
        let (low, high) = if is(DVSEC) { (sub_vendor, sub_id) } else { (sub_id, 0) };
        let sized = (u32::from(length) << 20 | u32::from(low)).to_le_bytes();
        let (made, bits, least) = match () {
            () if is(DVSEC) => {
                let [id_low, id_high] = high.to_le_bytes();
                let [a, b, c, d] = sized;
                ([a, b, c, d, id_low, id_high], [0xff, 0xff, 0xf0, 0xff, 0xff, 0xff], 12)
            }
            () if is(VSEC) => {
                let [a, b, c, d] = sized;
                ([a, b, c, d, 0, 0], [0xff, 0xff, 0xf0, 0xff, 0, 0], 8)
            }
            () => ([0; 6], [0; 6], if space == Space::Extended { 4 } else { 2 }),
        };
        let fits = (least..=0xfff).contains(&length);
        // A header of zeros or ones is none.
        let is_header = match space {
            Space::Conventional => (1..0xff).contains(&emulation.id),
            Space::Extended => (1..0xffff).contains(&emulation.id) && emulation.version <= 0xf,
        };
        (fits && is_header).then_some(Self { space, made, bits })
    }

    /// The bits that the list has: id, version and Next.
    const fn list_bits(&self, at: u16) -> u8 {
        let length = match self.space {
            Space::Conventional => 2,
            Space::Extended => 4,
        };
        if at < length { 0xff } else { 0 }
    }

    /// The bits after those, and what they are.
    fn beside_list(&self, at: u16) -> (u8, u8) {
        let index = usize::from(at).checked_sub(4);
        let byte = |bytes: &[u8; 6]| index.and_then(|index| bytes.get(index)).copied().unwrap_or(0);
        (byte(&self.bits), byte(&self.made))
    }

    /// All bits that no field may own.
    fn made_bits(&self, at: u16) -> u8 {
        self.list_bits(at) | self.beside_list(at).0
    }
}
