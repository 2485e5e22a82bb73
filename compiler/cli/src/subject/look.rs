//! A function as a VMM gets it, and what the kernel hides of it.

use quirk_map::{Entry, list};
use quirk_runtime::capability::Space;
use quirk_runtime::{Function, Hidden, Identity, Image, Kernel, vfio_view};

use super::{Seen, Subject, View};
use crate::failure::Failure;

/// What a VMM reads, and which capabilities are known to be behind it.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) device: Image,
    /// Extended capabilities that the kernel hides.
    pub(crate) hidden: Vec<Entry>,
    /// Conventional capabilities that it hides.
    pub(crate) hidden_conventional: Vec<Entry>,
}

impl Look {
    pub(crate) fn at(subject: &Subject, view: View) -> Result<Self, Failure> {
        let bytes = subject.image()?;
        let device = match view {
            View::Raw => bytes.clone(),
            View::Vfio => with_ids(vfio_view(&bytes, Kernel::LATEST), &subject.identity),
        };
        let in_list = |space| match (subject.seen, view, &subject.raw) {
            (Seen::Vfio, _, Some(raw)) => hidden(raw, &device, space),
            (_, View::Vfio, _) => hidden(&bytes, &device, space),
            _ => Ok(Vec::new()),
        };
        let (hidden, hidden_conventional) = (in_list(Space::Extended)?, in_list(Space::Conventional)?);
        Ok(Self { device, hidden, hidden_conventional })
    }

    /// Hidden capabilities as a policy takes them. Length 0 is as long as its kind can be: what is not known to be free is
    /// not free.
    pub(crate) fn confirmed(&self) -> Vec<Hidden> {
        self.hidden.iter().map(|entry| as_hidden(entry, 0)).collect()
    }

    /// What the kernel hides, of both lists.
    pub(crate) fn all_hidden(&self) -> impl Iterator<Item = &Entry> {
        self.hidden_conventional.iter().chain(&self.hidden)
    }

    /// Hidden capabilities as a map paints them.
    pub(crate) fn painted(&self) -> Vec<Hidden> {
        self.all_hidden().map(|entry| as_hidden(entry, entry.1)).collect()
    }
}

/// vfio-pci fills in the ids that a virtual function itself does not tell.
fn with_ids(mut view: Image, identity: &Identity) -> Image {
    if identity.function == Function::Virtual {
        let ids = [identity.vendor.to_le_bytes(), identity.device.to_le_bytes()];
        view.bytes_mut()[..4].copy_from_slice(ids.as_flattened());
    }
    view
}

/// The capabilities that are in the raw list and not in the view's: the kernel hides them, and their place is known for
/// certain.
fn hidden(raw: &Image, view: &Image, space: Space) -> Result<Vec<Entry>, Failure> {
    // A view that is cut off shows no extended space, so there is nothing in it to be hidden.
    if view.bytes().len() < raw.bytes().len() {
        return Ok(Vec::new());
    }
    let shown = list(view, space).map_err(Failure::new)?;
    let place = |(capability, _): &Entry| (capability.offset, capability.id);
    let mut all = list(raw, space).map_err(Failure::new)?;
    all.retain(|entry| shown.iter().all(|other| place(other) != place(entry)));
    Ok(all)
}

fn as_hidden((capability, _): &Entry, length: u16) -> Hidden {
    Hidden::new(capability.id, capability.version, capability.offset, length)
}
