//! What a draft is made of.

use quirk_runtime::Identity;

/// A record of a function.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Its bytes: 64, 256 or 4096.
    pub bytes: &'a [u8],
    /// Whose they are. Those of a virtual function do not say it.
    pub identity: Identity,
    /// What messages call it.
    pub name: &'a str,
    /// What `lspci` calls it; may be empty.
    pub description: &'a str,
    /// Where a stranger finds the record.
    pub origin: &'a str,
}
