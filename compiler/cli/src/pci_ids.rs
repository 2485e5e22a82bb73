//! The names that the system's list of PCI ids has for functions, where it has that list.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::failure::Failure;

/// Where distributions put the list, in the order of pciutils and hwdata.
const PLACES: [&str; 3] = ["/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids", "/usr/share/pci.ids"];

/// No list is longer; what comes after is not read.
const LARGEST: u64 = 1 << 24;

/// No name is longer.
const LONGEST: usize = 120;

/// The text of the list; empty where there is none.
#[derive(Debug, Default)]
pub(crate) struct Names {
    text: String,
}

impl Names {
    /// The list in this file; without one the system's, where it has any.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let bytes = match file {
            Some(file) => Some(read(file).map_err(|error| Failure::with_file(file, error))?),
            None => PLACES.iter().find_map(|place| read(Path::new(place)).ok()),
        };
        Ok(Self { text: bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default() })
    }

    #[cfg(test)]
    fn from_text(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// The name of a device, without its vendor's.
    pub(crate) fn device(&self, vendor: u16, device: u16) -> Option<String> {
        let is_vendor = |line: &&str| named(line, vendor).is_some();
        let mut lines = self.text.lines().skip_while(|line| !is_vendor(line)).skip(1);
        // Devices are under their vendor with one tab, subsystems with two.
        lines
            .by_ref()
            .take_while(|line| line.is_empty() || line.starts_with(['\t', '#']))
            .filter_map(|line| line.strip_prefix('\t'))
            .find_map(|line| named(line, device))
            .map(printable)
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A name that a terminal takes for nothing else, and that leaves room for the rest of a line.
fn printable(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(LONGEST).collect()
}

/// What follows this id and two spaces.
fn named(line: &str, id: u16) -> Option<&str> {
    let (number, name) = line.split_at_checked(4)?;
    let is_id = number.bytes().all(|byte| byte.is_ascii_hexdigit()) && u16::from_str_radix(number, 16).ok() == Some(id);
    is_id.then(|| name.trim()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Names;

    const LIST: &str = "\
# A list.
0e11  First Corp.
\t1001  A bridge
fffe  Example Corp.
# A comment.
\t1001  Mover One
\t\t1234 5678  A board
\t1002  Mover Two

ffff  Illegal Vendor ID
\t1001  None
C 01  Mass storage controller
\t06  SATA controller
";

    #[test]
    fn a_device_is_found_under_its_own_vendor() {
        let names = Names::from_text(LIST);
        assert_eq!(names.device(0xfffe, 0x1001).as_deref(), Some("Mover One"));
        assert_eq!(names.device(0xfffe, 0x1002).as_deref(), Some("Mover Two"));
        assert_eq!(names.device(0x0e11, 0x1001).as_deref(), Some("A bridge"));
    }

    #[test]
    fn what_is_not_in_the_list_has_no_name() {
        let names = Names::from_text(LIST);
        for (vendor, device) in [(0xfffe, 0x1234), (0xfffe, 0x1003), (0x1234, 0x1001), (0x0e11, 0x1002)] {
            assert_eq!(names.device(vendor, device), None, "{vendor:04x}:{device:04x}");
        }
        assert_eq!(Names::default().device(0xfffe, 0x1001), None);
        assert_eq!(Names::from_text("\u{fffd}\u{fffd}\u{fffd}\n\t\u{fffd}").device(0xfffd, 1), None);
    }

    #[test]
    fn a_hostile_name_is_cut_and_moves_no_cursor() {
        let list = format!("fffe  E\n\t1001  \u{1b}[2Jred\u{7}\r{}\n\t1002\n\t100", "x".repeat(4096));
        let names = Names::from_text(&list);
        let name = names.device(0xfffe, 0x1001).unwrap_or_default();
        assert_eq!((name.len(), &name[..8]), (120, "[2Jredxx"));
        assert_eq!(names.device(0xfffe, 0x1002), None);
        for cut in 0..list.len() {
            if let Some(cut) = list.get(..cut) {
                let _ = Names::from_text(cut).device(0xfffe, 0x1002);
            }
        }
    }
}
