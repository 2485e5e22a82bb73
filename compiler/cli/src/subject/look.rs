//! A function as a VMM gets it, and what the kernel hides of it.

use quirk_map::{Entry, hidden, with_ids};
use quirk_runtime::capability::Space;
use quirk_runtime::{Hidden, Image, Kernel, vfio_view};

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
        let (hidden, hidden_conventional) =
            (in_list(Space::Extended).map_err(Failure::new)?, in_list(Space::Conventional).map_err(Failure::new)?);
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

fn as_hidden((capability, _): &Entry, length: u16) -> Hidden {
    Hidden::new(capability.id, capability.version, capability.offset, length)
}
