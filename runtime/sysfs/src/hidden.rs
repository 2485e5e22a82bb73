//! What vfio-pci hides of a device: it is in the raw list, which sysfs shows, and not in the one that VFIO shows.

use quirk_runtime::capability::Space;
use quirk_runtime::chain::{Capability, Step, Walk};
use quirk_runtime::{ConfigRead, Hidden};

/// The extended capabilities that are in the raw list and not in the one that is shown, for
/// [`quirk_runtime::Policy::confirmed`]: their places are known for certain, and their bytes still reach the device.
///
/// `None` where it is not known: sysfs shows a user without `CAP_SYS_ADMIN` the header alone, so that a raw space of fewer
/// than 4096 bytes says nothing of what the function has.
///
/// # Errors
/// When either could not be read.
pub fn hidden<R, S, E>(raw: &R, shown: &S) -> Result<Option<Vec<Hidden>>, E>
where
    R: ConfigRead + ?Sized,
    S: ConfigRead + ?Sized,
    E: From<R::Error> + From<S::Error>,
{
    if raw.size() < 4096 {
        return Ok(None);
    }
    // A view without extended space shows none, so that nothing in it is hidden.
    if shown.size() < 4096 {
        return Ok(Some(Vec::new()));
    }
    let shown = list(shown)?;
    let is_shown = |found: &Capability| shown.iter().any(|other| (other.offset, other.id) == (found.offset, found.id));
    let all = list(raw)?;
    let hidden = all.iter().filter(|found| !is_shown(found));
    // Length 0 is as long as its kind can be: what is not known to be free is not free.
    Ok(Some(hidden.map(|&Capability { id, version, offset, .. }| Hidden::new(id, version, offset, 0)).collect()))
}

fn list<D: ConfigRead + ?Sized>(device: &D) -> Result<Vec<Capability>, D::Error> {
    let mut found = Vec::new();
    for step in Walk::of(device, Space::Extended)? {
        if let Step::Capability(capability) = step? {
            found.push(capability);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use quirk_runtime::{Image, ImageError, Kernel, vfio_view};

    use super::*;

    fn raw() -> Image {
        let mut bytes = vec![0; 4096];
        let mut dword = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        dword(0x04, 0x0010_0000); // capabilities list
        dword(0x34, 0x40);
        dword(0x40, 0x0002_0010); // PCI Express, version 2, endpoint
        dword(0x100, 0x2001_000f); // ATS
        dword(0x200, 0x3001_001b); // PASID
        dword(0x300, 0x0001_0013); // PRI
        Image::new(&bytes).unwrap()
    }

    fn found(raw: &Image, shown: &Image) -> Option<Vec<(u16, u16, u16)>> {
        let found = hidden::<_, _, ImageError>(raw, shown).unwrap();
        found.map(|found| found.iter().map(|it| (it.id, it.offset, it.length)).collect())
    }

    #[test]
    fn what_the_kernel_unlinks_is_found() {
        let shown = vfio_view(&raw(), Kernel::LATEST);
        assert_eq!(found(&raw(), &shown), Some(vec![(0x1b, 0x200, 0)]));
        assert_eq!(found(&shown, &shown), Some(vec![]));
    }

    #[test]
    fn bytes_that_sysfs_does_not_show_are_not_known() {
        let shown = vfio_view(&raw(), Kernel::LATEST);
        for size in [64, 256] {
            let short = Image::new(&raw().bytes()[..size]).unwrap();
            assert_eq!(found(&short, &shown), None, "{size}");
        }
    }
}
