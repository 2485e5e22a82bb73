//! What a guest's kernel did with a function: by lspci in the guest, and by the writes that reached the function.

use std::collections::BTreeMap;

use crate::server::History;

/// Whether PASID, ATS and PRI are enabled and work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Enabled {
    pub(super) pasid: bool,
    pub(super) ats: bool,
    pub(super) pri: bool,
}

impl std::fmt::Display for Enabled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = |is_on: bool| if is_on { '+' } else { '-' };
        write!(f, "P{} A{} R{}", sign(self.pasid), sign(self.ats), sign(self.pri))
    }
}

/// What `lspci -vvv` says of each function, by its address.
pub(super) fn sections(text: &str) -> BTreeMap<String, String> {
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if line.starts_with(|first: char| first.is_ascii_hexdigit()) {
            current = line.split(' ').next().map(str::to_owned);
        }
        if let Some(address) = &current {
            let section = sections.entry(address.clone()).or_default();
            section.push_str(line);
            section.push('\n');
        }
    }
    sections
}

/// What lspci says is enabled. PASID of no bit is of no use, nor are page requests of which none is allocated.
pub(super) fn by_lspci(section: &str) -> Enabled {
    let line = |start: &str| section.lines().map(str::trim).find(|line| line.starts_with(start)).unwrap_or_default();
    let is_on = |start: &str| line(start).contains("Enable+");
    let hex = |line: &str, name: &str| {
        let rest = line.split(name).nth(1).unwrap_or_default().trim();
        let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        u32::from_str_radix(&digits, 16).unwrap_or(0)
    };
    let width = hex(line("PASIDCap:"), "Max PASID Width:");
    let allocated = hex(line("Page Request Capacity:"), "Page Request Allocation:");
    Enabled {
        pasid: is_on("PASIDCtl:") && (1..=30).contains(&width),
        ats: is_on("ATSCtl:"),
        pri: is_on("PRICtl:") && allocated > 0,
    }
}

/// The last word that was written there.
fn last_word(record: &History, at: Option<u16>) -> Option<u16> {
    let at = usize::from(at?);
    let mut words = record.writes.iter().filter(|write| write.offset == at && write.data.len() == 2);
    words.next_back().map(|write| u16::from_le_bytes([write.data[0], write.data[1]]))
}

/// What the writes to these capabilities, PASID, ATS and PRI, say was enabled.
pub(super) fn by_writes(record: &History, [pasid, ats, pri]: [Option<u16>; 3]) -> Enabled {
    let has = |at: Option<u16>, bit: u16| last_word(record, at).is_some_and(|word| word & bit != 0);
    let add = |at: Option<u16>, more: u16| at.and_then(|at| at.checked_add(more));
    Enabled { pasid: has(add(pasid, 6), 1), ats: has(add(ats, 6), 0x8000), pri: has(add(pri, 4), 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::ConfigWrite;

    #[test]
    fn lspci_is_read_function_by_function() {
        let text = "00:01.0 PCI bridge\n\tPASIDCtl: Enable+ Exec-\n\n01:00.0 Mover\n\t\tATSCtl: Enable+, Smallest 00\n\
                    \t\tPASIDCap: Exec+ Priv+, Max PASID Width: 14\n\t\tPASIDCtl: Enable+ Exec+ Priv+\n\
                    \t\tPRICtl: Enable+ Reset-\n\t\tPage Request Capacity: 00000040, Page Request Allocation: 00000040\n";
        let sections = sections(text);
        let all = Enabled { pasid: true, ats: true, pri: true };
        assert_eq!(by_lspci(&sections["01:00.0"]), all);
        assert_eq!(by_lspci(&sections["00:01.0"]), Enabled { pasid: false, ats: false, pri: false });
        let none = sections["01:00.0"]
            .replace("Width: 14", "Width: 00")
            .replace("Allocation: 00000040", "Allocation: 00000000");
        assert_eq!(by_lspci(&none), Enabled { pasid: false, pri: false, ..all });
    }

    #[test]
    fn the_last_write_counts() {
        let write = |offset, word: u16| ConfigWrite { offset, data: word.to_le_bytes().to_vec() };
        let writes = vec![write(0x206, 0), write(0x216, 7), write(0x206, 0x8000), write(0x224, 2), write(0x224, 1)];
        let record = History { writes, resets: 0 };
        let enabled = by_writes(&record, [Some(0x210), Some(0x200), Some(0x220)]);
        assert_eq!(enabled, Enabled { pasid: true, ats: true, pri: true });
        assert_eq!(by_writes(&record, [None; 3]), Enabled { pasid: false, ats: false, pri: false });
    }
}
