//! Where a path leads: to a record, or into sysfs, whose files are the devices of a machine.

use std::path::{Path, PathBuf};

use quirk_sysfs::{Address, Sysfs};

/// The sysfs that a path leads into and the function whose file it is; `None` for any other file.
pub(crate) fn in_sysfs(path: &Path, root: Option<&PathBuf>) -> Option<(Sysfs, Address)> {
    let file = path.canonicalize().ok()?;
    let roots = match root {
        Some(root) => vec![root.clone()],
        None => mounted(&std::fs::read_to_string("/proc/self/mounts").unwrap_or_default()),
    };
    let root = roots.into_iter().find(|root| root.canonicalize().is_ok_and(|root| file.starts_with(root)))?;
    if file.file_name()? != "config" {
        return None;
    }
    let address = file.parent()?.file_name()?.to_str()?.parse().ok()?;
    Some((Sysfs::at(root), address))
}

/// Where each sysfs is mounted, by the kernel's list of mounts.
fn mounted(mounts: &str) -> Vec<PathBuf> {
    let folder = |line: &str| {
        let mut fields = line.split(' ').skip(1);
        let (folder, kind) = (fields.next()?, fields.next()?);
        // The kernel writes a space as an octal escape.
        (kind == "sysfs").then(|| PathBuf::from(folder.replace("\\040", " ")))
    };
    mounts.lines().filter_map(folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sysfs_is_found_among_the_mounts() {
        let mounts = "proc /proc proc rw 0 0\nsysfs /sys sysfs rw 0 0\nsysfs /host\\040root/sys sysfs ro 0 0\n";
        assert_eq!(mounted(mounts), [PathBuf::from("/sys"), PathBuf::from("/host root/sys")]);
    }
}
