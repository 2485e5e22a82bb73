//! Words that people bring along from elsewhere, and the words of the language for the same.

/// How sure it is that nothing else was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Synonym {
    /// The word of the language.
    pub(super) word: &'static str,
    /// Whether both say the same, wherever they stand.
    pub(super) same: bool,
}

/// Words that say the same, and the word of the language.
const SAME: [(&str, &[&str]); 1] = [("len", &["length"])];

/// Words that may say the same.
const NEAR: [(&str, &[&str]); 19] = [
    ("len", &["size"]),
    ("datasheet", &["spec", "specification", "sheet", "doc", "docs", "document", "manual", "databook", "reference"]),
    ("driver", &["linux", "kernel", "source", "code", "mainline"]),
    ("probe", &["measured", "measurement", "experiment", "tested"]),
    ("dump", &["lspci", "hexdump", "capture", "record"]),
    ("vendor", &["letter", "mail", "email", "statement"]),
    ("max_width", &["width", "max_pasid_width", "pasid_width", "bits"]),
    ("place", &["offset", "at", "position"]),
    ("execute", &["exec"]),
    ("privileged", &["priv"]),
    ("cap", &["capability", "conventional"]),
    ("ext", &["extended", "extcap"]),
    ("register", &["reg", "regs", "registers"]),
    ("reserved", &["rsvd", "resv", "hole"]),
    ("free", &["gap", "gaps", "unused", "available"]),
    ("match", &["ids", "id", "pci"]),
    ("name", &["title"]),
    ("without", &["remove", "minus"]),
    ("use", &["include", "import"]),
];

/// What a word stands for, among those that are legal.
pub(super) fn of<'c>(word: &str, legal: impl IntoIterator<Item = &'c str>) -> Option<Synonym> {
    let legal: Vec<&str> = legal.into_iter().collect();
    let find = |table: &[(&'static str, &[&str])], same| {
        let found = table.iter().find(|(meant, words)| legal.contains(meant) && words.contains(&word));
        found.map(|(word, _)| Synonym { word, same })
    };
    find(&SAME, true).or_else(|| find(&NEAR, false))
}

#[cfg(test)]
mod tests {
    use super::{NEAR, SAME, of};
    use crate::shape::Context;

    #[test]
    fn every_meaning_is_a_word_of_the_language() {
        let words: Vec<&str> = Context::ALL
            .iter()
            .flat_map(|context| context.statements())
            .flat_map(|shape| shape.parts.iter().map(|part| part.word).chain([shape.keyword]))
            .collect();
        let kinds = ["datasheet", "driver", "probe", "dump", "vendor"];
        for (meant, _) in SAME.iter().chain(&NEAR) {
            assert!(words.contains(meant) || kinds.contains(meant), "{meant}");
        }
    }

    #[test]
    fn only_what_is_legal_is_meant() {
        assert_eq!(of("spec", ["datasheet", "seen"]).map(|found| found.word), Some("datasheet"));
        assert_eq!(of("spec", ["cap", "ext"]), None);
        assert!(of("length", ["len"]).is_some_and(|found| found.same));
    }
}
