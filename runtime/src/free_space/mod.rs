//! The free-space DVSEC: how a device, a variant driver or a VMM says which bytes of configuration space are free.
//!
//! `docs/free-space-dvsec.md` is the specification. The identity (vendor, id, revision) is data of a
//! [`tables::Format`](crate::tables::Format), never a constant here, and it decides the form.

mod decode;
mod encode;
mod fault;

pub use crate::tables::{Form, Format};
pub use decode::{Entries, FreeSpace, Header};
pub use encode::{encode_per_gap, encode_table};
pub(crate) use encode::{table_entry, table_head};
pub use fault::Fault;

/// Extended capability id of a DVSEC.
pub const DVSEC: u16 = 0x0023;

/// Bytes of the two DVSEC headers, the DVSEC id, form and flags: a DVSEC is never shorter.
pub const HEADER_LENGTH: u16 = 12;

/// Bytes of one entry of a table.
pub const ENTRY_LENGTH: u16 = 4;

/// What the form byte says; 0 leaves it to the identity.
const fn form_byte(form: Form) -> u8 {
    match form {
        Form::PerGap => 1,
        Form::Table => 2,
    }
}
