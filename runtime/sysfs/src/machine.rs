//! Whether the machine is a real one. Inside a guest a VMM fills in ids and may add capabilities, so that they prove less.

use std::fs;
use std::path::Path;

/// What a hypervisor's firmware tables say of vendor and product; the names are those that systemd-detect-virt knows.
const HYPERVISORS: [&str; 17] = [
    "KVM",
    "OpenStack",
    "KubeVirt",
    "Amazon EC2",
    "QEMU",
    "VMware",
    "VMW",
    "innotek GmbH",
    "VirtualBox",
    "Xen",
    "Bochs",
    "Parallels",
    "BHYVE",
    "Hyper-V",
    "Virtual Machine",
    "Apple Virtualization",
    "Google Compute Engine",
];

/// Files below sysfs in which firmware names itself.
const NAMES: [&str; 4] = ["sys_vendor", "product_name", "board_vendor", "bios_vendor"];

/// Whether there is a sign of a hypervisor. `root` is where sysfs is mounted; that of this machine is asked for its processor
/// too.
pub(crate) fn is_guest(root: &Path) -> bool {
    let names = NAMES.map(|name| fs::read_to_string(root.join("class/dmi/id").join(name)).unwrap_or_default());
    let is_named = names.iter().any(|name| HYPERVISORS.iter().any(|hypervisor| name.trim().starts_with(hypervisor)));
    // Xen lists itself here; the device tree of a guest has such a node.
    let has_node =
        ["hypervisor/type", "firmware/devicetree/base/hypervisor"].iter().any(|name| root.join(name).exists());
    is_named || has_node || root == Path::new("/sys") && has_processor_flag(Path::new("/proc/cpuinfo"))
}

/// Whether an x86 processor says that it is a hypervisor's.
fn has_processor_flag(cpuinfo: &Path) -> bool {
    let text = fs::read_to_string(cpuinfo).unwrap_or_default();
    let flags = text.lines().find_map(|line| line.strip_prefix("flags")?.trim_start().strip_prefix(':'));
    flags.is_some_and(|flags| flags.split_ascii_whitespace().any(|flag| flag == "hypervisor"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn firmware_of_a_hypervisor_is_known_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let names = folder.path().join("class/dmi/id");
        fs::create_dir_all(&names).unwrap();
        for (vendor, expected) in [("Dell Inc.", false), ("QEMU\n", true), ("Intel Corporation\n", false)] {
            fs::write(names.join("sys_vendor"), vendor).unwrap();
            assert_eq!(is_guest(folder.path()), expected, "{vendor}");
        }
        fs::write(names.join("product_name"), "Virtual Machine\n").unwrap();
        assert!(is_guest(folder.path()));
    }

    #[test]
    fn a_processor_says_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cpuinfo");
        for (text, expected) in [
            ("processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n", true),
            ("processor\t: 0\nmodel name\t: hypervisor\nflags\t\t: fpu vme\n", false),
            ("processor\t: 0\nFeatures\t: fp asimd\n", false),
        ] {
            fs::write(&file, text).unwrap();
            assert_eq!(has_processor_flag(&file), expected, "{text}");
        }
        assert!(!has_processor_flag(&folder.path().join("none")));
    }
}
