//! Did-you-mean: what was meant, as help and as fixes.

use quirk_dsl::{Meant, meant, nearest};

use super::{Applicability, Diagnostic, Edit};
use crate::suggest::listed;

impl Diagnostic {
    /// With the known words nearest to the wrong one that stands at its place: as help, and as a fix for each.
    #[must_use]
    pub fn did_you_mean<'n>(self, wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Self {
        let Meant { words, certain } = meant(wrong, known);
        self.meant(&words, certain)
    }

    /// The same for a path in quotes.
    pub(crate) fn meant_path<'n>(self, wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Self {
        let near = nearest(wrong, known);
        let quoted: Vec<String> = near.iter().map(|path| format!("{path:?}")).collect();
        let mut found = self.meant(&quoted.iter().map(String::as_str).collect::<Vec<_>>(), false);
        found.help = (!near.is_empty()).then(|| format!("did you mean {}?", listed(&near, "or")));
        found
    }

    /// With texts one of which was meant in the place of what stands there; `certain` if there is no doubt.
    pub(crate) fn meant(self, texts: &[&str], certain: bool) -> Self {
        if texts.is_empty() {
            return self;
        }
        let place = self.primary.place;
        let applicability = if certain { Applicability::Safe } else { Applicability::Unsafe };
        let found = self.help(format!("did you mean {}?", listed(texts, "or")));
        texts.iter().fold(found, |found, text| {
            found.fix(applicability, format!("write `{text}`"), Edit { place, text: (*text).to_owned() })
        })
    }
}
