//! An entry as a description.

use std::collections::BTreeSet;
use std::fmt::Write;

use quirk_runtime::capability::{Kind, PASID};

use super::entry::{Capability, Entry};
use super::line::space;

/// Where a stranger finds the lists, with their licence.
const SOURCE: &str = "github.com/bsdhw/PCIconf, CC BY 4.0";

const HEAD: &str = "edition 1;
//! What machines were seen to have. Made by `cargo run -p xtask -- seen` from bsdhw/PCIconf (CC BY 4.0), of which ids and offsets
//! are left; `seen/README.md` says more. Do not edit it.
";

/// A file of entries, as `quirkc fmt` writes it.
pub(super) fn file<'a>(entries: impl Iterator<Item = &'a Entry>) -> Result<String, String> {
    let mut out = HEAD.to_owned();
    for entry in entries {
        // Writing to a string cannot fail.
        let _ = device(&mut out, entry);
    }
    quirk_dsl::format(&out).map_err(|errors| errors.first().map_or_else(String::new, |error| error.message.clone()))
}

fn device(out: &mut String, entry: &Entry) -> std::fmt::Result {
    let Entry { vendor, devices, capabilities, machines, .. } = entry;
    let first = devices.first().copied().unwrap_or_default();
    let more = match devices.len() {
        0 | 1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    writeln!(out, "\ndevice seen_{vendor:04x}_{first:04x} {{\nname \"{vendor:04x}:{first:04x}{more}\";")?;
    writeln!(out, "match pci({vendor:#06x}, {});", ids(devices))?;
    writeln!(out, "evidence dump \"{SOURCE}\" seen {machines};")?;
    writeln!(out, "allow missing-test \"made from lists, with which it is compared\";\nlayout {{")?;
    for &Capability { what: (extended, offset, id), optional } in capabilities {
        let space = space(extended);
        let kind = Kind::by_id(space, id).map_or_else(|| format!("{id:#04x}"), |kind| kind.name.to_owned());
        let optional = if optional { " optional" } else { "" };
        writeln!(out, "{} {kind} @ {offset:#04x}{optional};", space.keyword())?;
    }
    writeln!(out, "}}")?;
    if capabilities.iter().any(|each| each.what.0 && each.what.2 == PASID) {
        writeln!(out, "pasid {{ place native; }}")?;
    }
    writeln!(out, "}}")
}

/// `0x1001`, or `[0x1001, 0x1003..=0x1005]`
fn ids(devices: &BTreeSet<u16>) -> String {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for &device in devices {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(device) => *last = device,
            _ => runs.push((device, device)),
        }
    }
    let run = |&(first, last): &(u16, u16)| match last - first {
        0 => format!("{first:#06x}"),
        1 => format!("{first:#06x}, {last:#06x}"),
        _ => format!("{first:#06x}..={last:#06x}"),
    };
    let runs: Vec<String> = runs.iter().map(run).collect();
    if devices.len() == 1 { runs.concat() } else { format!("[{}]", runs.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_ids_are_ranges() {
        let text = |devices: &[u16]| ids(&devices.iter().copied().collect());
        assert_eq!(text(&[0x1001]), "0x1001");
        assert_eq!(text(&[1, 2]), "[0x0001, 0x0002]");
        assert_eq!(text(&[1, 2, 3, 7, 0xffff]), "[0x0001..=0x0003, 0x0007, 0xffff]");
    }
}
