//! Names of files: those of devices, where every file system takes them.

use std::collections::HashSet;

/// No file system takes fewer bytes, ending included.
const LONGEST: usize = 100;

/// Windows keeps these for itself.
const KEPT: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name for the page of each device, in their order. Names of devices are words, so that no name leads out of the folder.
pub(super) fn files<'n>(devices: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let name = |(at, device): (usize, &str)| {
        let plain: String = device.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '_' }).collect();
        // Upper and lower case are one to some.
        let lower = plain.to_lowercase();
        let fits = plain.len() <= LONGEST && !KEPT.contains(&lower.as_str()) && taken.insert(lower);
        if fits { plain } else { format!("device-{}", at + 1) }
    };
    devices.enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn every_device_has_a_file_of_its_own() {
        let long = "x".repeat(500);
        let names = ["mover", "Mover", "con", "ids::mover", &long];
        assert_eq!(files(names.into_iter()), ["mover", "device-2", "device-3", "ids__mover", "device-5"]);
    }
}
