//! Kinds of capabilities by other names than the language's: as the specification spells them out, and as `lspci`, `setpci`
//! and the kernel call them.

use quirk_runtime::capability::{Kind, Space};

/// What others call a kind, and its name in the language.
const OTHERS: [(&str, &str); 13] = [
    ("express", "pcie"),
    ("exp", "pcie"),
    ("pciexp", "pcie"),
    ("vndr", "vendor"),
    ("vsec", "vendor"),
    ("err", "aer"),
    ("sn", "dsn"),
    ("serial", "dsn"),
    ("serialnumber", "dsn"),
    ("pwr", "power"),
    ("secpci", "secpcie"),
    ("l1pm", "l1ss"),
    ("bar", "rebar"),
];

/// The kind that a name stands for, and whether it can be no other.
pub(super) fn meant(space: Space, name: &str) -> Option<(&'static Kind, bool)> {
    let mut wanted = letters(name);
    for prefix in ["ecap", "cap"] {
        if name.len() > prefix.len()
            && name[..prefix.len()].eq_ignore_ascii_case(prefix)
            && name.as_bytes().get(prefix.len()) == Some(&b'_')
        {
            wanted = letters(&name[prefix.len()..]);
        }
    }
    for ending in ["extendedcapability", "capability"] {
        if let Some(short) = wanted.strip_suffix(ending).filter(|short| !short.is_empty()) {
            wanted = short.to_owned();
        }
    }
    let kinds = || space.kinds().iter().filter(|kind| !kind.name.is_empty());
    let is_called = |kind: &&Kind| {
        let title = letters(kind.title);
        letters(kind.name) == wanted || title == wanted || title == wanted.replace("pcie", "pciexpress")
    };
    if let Some(kind) = kinds().find(is_called) {
        return Some((kind, true));
    }
    let other = OTHERS.iter().find(|(other, _)| *other == wanted).and_then(|(_, name)| Kind::by_name(space, name));
    if let Some(kind) = other {
        return Some((kind, false));
    }
    let mut begun = kinds().filter(|kind| wanted.len() >= LEAST && letters(kind.title).starts_with(&wanted));
    match (begun.next(), begun.next()) {
        (Some(kind), None) => Some((kind, false)),
        _ => None,
    }
}

/// Fewer letters of a title tell nothing.
const LEAST: usize = 6;

/// Letters and digits alone, small.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use quirk_runtime::capability::Space;

    use super::meant;

    #[test]
    fn every_kind_is_found_by_its_title() {
        for space in [Space::Conventional, Space::Extended] {
            for kind in space.kinds().iter().filter(|kind| !kind.name.is_empty()) {
                let spelled = kind.title.replace(' ', "_").to_lowercase();
                for name in [spelled.clone(), spelled.clone() + "_capability", kind.name.to_uppercase()] {
                    let found = meant(space, &name).map(|(kind, certain)| (kind.id, certain));
                    assert_eq!(found, Some((kind.id, true)), "{name}");
                }
            }
        }
    }

    #[test]
    fn names_of_other_programs_are_known() {
        let found = |space, name| meant(space, name).map(|(kind, certain)| (kind.name, certain));
        assert_eq!(found(Space::Conventional, "express"), Some(("pcie", false)));
        assert_eq!(found(Space::Extended, "ECAP_AER"), Some(("aer", true)));
        assert_eq!(found(Space::Extended, "address_translation_service"), Some(("ats", false)));
        assert_eq!(found(Space::Extended, "frobnicator"), None);
    }
}
