//! What the kernel hides of a device, from the raw list beside the one that VFIO shows.

use quirk_map::Entry;
use quirk_runtime::Hidden;

/// The capabilities that are in the raw list and not in the one that is shown: their places are known for certain, and their
/// bytes still reach the device. For [`quirk_runtime::Policy::confirmed`].
#[must_use]
pub fn hidden(raw: &[Entry], shown: &[Entry]) -> Vec<Hidden> {
    let is_shown = |entry: &&Entry| {
        let (capability, _) = entry;
        shown.iter().any(|(other, _)| (other.offset, other.id) == (capability.offset, capability.id))
    };
    // Length 0 is as long as its kind can be: what is not known to be free is not free.
    let as_hidden = |(capability, _): &Entry| Hidden {
        id: capability.id,
        version: capability.version,
        offset: capability.offset,
        length: 0,
    };
    raw.iter().filter(|entry| !is_shown(entry)).map(as_hidden).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use quirk_map::list;
    use quirk_runtime::capability::Space;
    use quirk_runtime::{Image, Kernel, vfio_view};

    use super::hidden;

    #[test]
    fn what_the_kernel_unlinks_is_found() {
        let mut bytes = vec![0; 4096];
        let mut dword = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        dword(0x04, 0x0010_0000); // capabilities list
        dword(0x34, 0x40);
        dword(0x40, 0x0002_0010); // PCI Express, version 2, endpoint
        dword(0x100, 0x2001_000f); // ATS
        dword(0x200, 0x3001_001b); // PASID
        dword(0x300, 0x0001_0013); // PRI
        let raw = Image::new(&bytes).unwrap();
        let entries = |image: &Image| list(image, Space::Extended).unwrap();
        let shown = entries(&vfio_view(&raw, Kernel::LATEST));
        let found = hidden(&entries(&raw), &shown);
        assert_eq!(found.iter().map(|it| (it.id, it.offset, it.length)).collect::<Vec<_>>(), [(0x1b, 0x200, 0)]);
        assert!(hidden(&shown, &shown).is_empty());
    }
}
