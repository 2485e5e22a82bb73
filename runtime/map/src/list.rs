//! The capabilities of a space, with their lengths.

use quirk_runtime::ConfigRead;
use quirk_runtime::capability::Space;
use quirk_runtime::chain::{Capability, Step, Walk, length};

/// A capability in one of the two lists, and its bytes as [`length`] has them.
pub type Entry = (Capability, u16);

/// The capabilities of a list, in the order in which a walk reaches them.
///
/// # Errors
/// When the space could not be read.
pub fn list<D: ConfigRead + ?Sized>(config: &D, space: Space) -> Result<Vec<Entry>, D::Error> {
    let mut entries = Vec::new();
    for step in Walk::of(config, space)? {
        if let Step::Capability(capability) = step? {
            let room = space.end().saturating_sub(capability.offset);
            entries.push((capability, length(config, &capability)?.min(room)));
        }
    }
    Ok(entries)
}
