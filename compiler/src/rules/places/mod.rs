//! What a device says of where PASID and a DVSEC of its own go is true of its layout and of its free bytes.

pub(crate) mod dvsec_lies_in_free;
pub(crate) mod pasid_lies_in_free;
