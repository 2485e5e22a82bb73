//! What the kernel hides of a function.

use quirk_runtime::capability::Space;
use quirk_runtime::{Function, Identity, Image, ImageError};

use crate::{Entry, list};

/// vfio-pci fills in the ids that a virtual function itself does not tell.
#[must_use]
pub fn with_ids(mut view: Image, identity: &Identity) -> Image {
    if identity.function == Function::Virtual {
        let ids = [identity.vendor.to_le_bytes(), identity.device.to_le_bytes()];
        view.bytes_mut()[..4].copy_from_slice(ids.as_flattened());
    }
    view
}

/// The capabilities that are in the raw list and not in the view's: the kernel hides them, and their place is known for
/// certain.
///
/// # Errors
/// When the bytes could not be read.
pub fn hidden(raw: &Image, view: &Image, space: Space) -> Result<Vec<Entry>, ImageError> {
    // A view that is cut off shows no extended space, so there is nothing in it to be hidden.
    if view.bytes().len() < raw.bytes().len() {
        return Ok(Vec::new());
    }
    let shown = list(view, space)?;
    let place = |(capability, _): &Entry| (capability.offset, capability.id);
    let mut all = list(raw, space)?;
    all.retain(|entry| shown.iter().all(|other| place(other) != place(entry)));
    Ok(all)
}
