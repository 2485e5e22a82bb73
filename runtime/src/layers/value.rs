//! The initial value of a field, byte by byte.

use super::choose::Params;
use crate::tables::{Byte, Database, Field, List, ValueKind, WriteClass, program};

/// What a field's bytes are at first, and what forced bits take at every write.
pub(super) enum Value<'a> {
    Number([u8; 8]),
    Bytes(&'a [u8]),
}

/// Whether the field reads a value of its own whatever it is given and whatever is written.
pub(super) fn is_forced(field: &Field) -> bool {
    field.class == WriteClass::Forced && !field.forced.is_empty()
}

impl Value<'_> {
    pub(super) fn at(&self, index: u16) -> u8 {
        let bytes = match self {
            Self::Number(bytes) => &bytes[..],
            Self::Bytes(bytes) => bytes,
        };
        bytes.get(usize::from(index)).copied().unwrap_or(0)
    }
}

/// Which bits of its byte `index` a field owns.
pub(super) fn bits(field: &Field, index: u16) -> u8 {
    if field.length > 4 { 0xff } else { field.mask.to_le_bytes().get(usize::from(index)).copied().unwrap_or(0) }
}

/// The value of a field that is not the device's; `None` if it has none that fits its bits.
pub(super) fn evaluate<'a>(database: Database<'a>, field: &Field, params: &Params<'a, 'a>) -> Option<Value<'a>> {
    let length = usize::from(field.length);
    let exact = |bytes: &'a [u8]| (bytes.len() == length).then_some(Value::Bytes(bytes));
    if is_forced(field) {
        // What it reads whatever is written, it reads before anything is written.
        return number(database, field, field.forced, params).map(Value::Number);
    }
    match field.value_kind {
        ValueKind::Program => number(database, field, field.value, params).map(Value::Number),
        ValueKind::Bytes => exact(database.list_bytes(field.value)),
        ValueKind::Param => exact(params.bytes(field.param)?),
        ValueKind::Device => None,
    }
}

/// What a program of a field gives.
fn number(database: Database<'_>, field: &Field, code: List<Byte>, params: &Params<'_, '_>) -> Option<[u8; 8]> {
    let value = program::run(database.list_bytes(code), |index| params.unsigned(index))?.to_le_bytes();
    let fits = (0..8).zip(value).all(|(index, byte)| {
        let owned = if index < field.length { bits(field, index) } else { 0 };
        byte & !owned == 0
    });
    fits.then_some(value)
}
