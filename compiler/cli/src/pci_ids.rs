//! The names that the system's list of PCI ids has for functions, where it has that list.

use std::fs;
use std::io::Read;
use std::path::Path;

use memchr::{memchr, memmem};

use crate::failure::Failure;

/// Where distributions put the list, in the order of pciutils and hwdata.
const PLACES: [&str; 3] = ["/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids", "/usr/share/pci.ids"];

/// No list is longer; what comes after is not read.
const LARGEST: u64 = 1 << 24;

/// No name is longer.
const LONGEST: usize = 120;

/// The bytes of the list; none where there is no list.
#[derive(Debug, Default)]
pub(crate) struct Names {
    list: Vec<u8>,
}

impl Names {
    /// The list in this file; without one the system's, where it has any.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let bytes = match file {
            Some(file) => Some(read(file).map_err(|error| Failure::with_file(file, error))?),
            None => PLACES.iter().find_map(|place| read(Path::new(place)).ok()),
        };
        Ok(Self { list: bytes.unwrap_or_default() })
    }

    #[cfg(test)]
    fn from_text(text: &str) -> Self {
        Self { list: text.as_bytes().to_vec() }
    }

    /// The name of a device, without its vendor's.
    pub(crate) fn device(&self, vendor: u16, device: u16) -> Option<String> {
        let (_, rest) = line(self.at_vendor(vendor)?);
        // Devices are under their vendor with one tab, subsystems with two.
        lines(rest)
            .take_while(|line| line.is_empty() || matches!(line[0], b'\t' | b'#' | b'\r'))
            .filter_map(|line| line.strip_prefix(b"\t"))
            .find_map(|line| named(line, device))
            .map(|name| printable(&name))
    }

    /// The list from the line of a vendor on. The list is long: it is searched for the digits, and not read line by line.
    fn at_vendor(&self, vendor: u16) -> Option<&[u8]> {
        let is_its = |list: &[u8]| named(line(list).0, vendor).is_some();
        if is_its(&self.list) {
            return Some(&self.list);
        }
        let starts = [format!("\n{vendor:04x}"), format!("\n{vendor:04X}")];
        let found = starts.iter().filter_map(|start| {
            let mut hits = memmem::find_iter(&self.list, start.as_bytes()).map(|at| at + 1);
            hits.find(|&at| is_its(&self.list[at..]))
        });
        found.min().map(|at| &self.list[at..])
    }
}

/// The first line, and what comes after it.
fn line(list: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b'\n', list) {
        Some(end) => (&list[..end], &list[end + 1..]),
        None => (list, &[]),
    }
}

fn lines(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (first, others) = (!rest.is_empty()).then(|| line(rest))?;
        rest = others;
        Some(first)
    })
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
fn named(line: &[u8], id: u16) -> Option<String> {
    let (number, name) = line.split_at_checked(4)?;
    let is_hex = number.iter().all(u8::is_ascii_hexdigit);
    let number = std::str::from_utf8(number).ok().filter(|_| is_hex)?;
    let is_id = u16::from_str_radix(number, 16) == Ok(id);
    is_id.then(|| String::from_utf8_lossy(name).trim().to_owned()).filter(|name| !name.is_empty())
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
    fn a_long_list_names_what_a_reader_of_lines_finds() {
        // Numbers that also stand within lines, in capitals, of vendors without a name, and twice.
        let mut list = String::from("0001  First\n\t0002  Second\n");
        for at in 0..400_u32 {
            let (vendor, device) = (at * 37 % 256, at % 5);
            let vendor = if at % 3 == 0 { format!("{vendor:04X}") } else { format!("{vendor:04x}") };
            list += &format!(
                "{vendor}{}\n\t{device:04x}  Device {at}\n\t\t0001 0002  0003\n# 00ff  No\n",
                if at % 7 == 0 { "" } else { "  V" }
            );
        }
        let names = Names::from_text(&list);
        let read = |vendor: u16, device: u16| {
            let is = |text: &str, id: u16| u16::from_str_radix(text.get(..4)?, 16).ok().filter(|found| *found == id);
            let mut lines = list.lines().skip_while(|line| is(line, vendor).is_none() || line.len() == 4).skip(1);
            let own = lines.by_ref().take_while(|line| line.starts_with(['\t', '#']));
            let own = own.filter_map(|line| line.strip_prefix('\t'));
            own.filter_map(|line| is(line, device).and(line.get(6..))).map(str::to_owned).next()
        };
        for vendor in 0..300 {
            for device in 0..6 {
                assert_eq!(names.device(vendor, device), read(vendor, device), "{vendor:04x}:{device:04x}");
            }
        }
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
