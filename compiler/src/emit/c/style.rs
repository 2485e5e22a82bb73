//! What the C output is called and made of: prefix, types, one file or two.

use std::borrow::Cow;

/// Which names the integers have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CTypes {
    /// `uint16_t` of `<stdint.h>`, or of `<linux/types.h>` in a kernel.
    #[default]
    Stdint,
    /// `u16` of `<linux/types.h>`, and no macro that a kernel's checks do not like.
    Kernel,
}

/// How the C output looks. [`CStyle::default`] is one header with the prefix `quirk`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CStyle {
    prefix: String,
    types: CTypes,
    header: Option<String>,
}

/// A prefix that C takes for no name, or that other names could begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPrefix(String);

impl std::fmt::Display for InvalidPrefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "`{}` is no prefix: expected a lower-case letter, then lower-case letters, digits and `_` between them",
            self.0
        )
    }
}

impl std::error::Error for InvalidPrefix {}

/// The C output: a header, and a source file if the header was given a name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct C {
    /// The text of the header.
    pub header: String,
    /// The text of the source file that includes it.
    pub source: Option<String>,
}

impl Default for CStyle {
    fn default() -> Self {
        Self { prefix: "quirk".to_owned(), types: CTypes::Stdint, header: None }
    }
}

impl CStyle {
    /// Names begin with `PREFIX_`, macros with `PREFIX_` in capitals.
    ///
    /// # Errors
    /// If it is no prefix: a lower-case letter, then lower-case letters, digits and `_`.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, InvalidPrefix> {
        let is_word = prefix.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if !is_word || !prefix.starts_with(|first: char| first.is_ascii_lowercase()) || prefix.ends_with('_') {
            return Err(InvalidPrefix(prefix.to_owned()));
        }
        Ok(Self { prefix: prefix.to_owned(), ..self })
    }

    /// Integers are called so.
    #[must_use]
    pub fn with_types(self, types: CTypes) -> Self {
        Self { types, ..self }
    }

    /// Two files: the tables and the lookup in a source file, which includes a header of this name.
    #[must_use]
    pub fn with_header(self, name: &str) -> Self {
        Self { header: Some(name.to_owned()), ..self }
    }

    pub(super) fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    pub(super) fn is_kernel(&self) -> bool {
        self.types == CTypes::Kernel
    }

    /// Fixed text, comments included, with the names of this style.
    pub(super) fn fixed(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_word) {
            out += &rest[..start];
            let end = rest[start..].find(|each| !is_word(each)).map_or(rest.len(), |end| start + end);
            out += &self.word(&rest[start..end]);
            rest = &rest[end..];
        }
        out + rest
    }

    fn word<'w>(&self, word: &'w str) -> Cow<'w, str> {
        if let Some(rest) = word.strip_prefix("quirk_") {
            return format!("{}_{rest}", self.prefix).into();
        }
        if let Some(rest) = word.strip_prefix("QUIRK_") {
            return format!("{}_{rest}", self.prefix.to_ascii_uppercase()).into();
        }
        match (self.types, word) {
            (CTypes::Kernel, "uint8_t") => "u8",
            (CTypes::Kernel, "uint16_t") => "u16",
            (CTypes::Kernel, "uint32_t") => "u32",
            (CTypes::Kernel, "NULLPTR") => "NULL",
            (CTypes::Stdint, "NULLPTR") => "(void *)0",
            _ => word,
        }
        .into()
    }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{CStyle, CTypes};

    #[test]
    fn names_and_types_are_those_of_the_style() {
        let text = "uint16_t quirk_x(QUIRK_Y); /* quirk_z, uint8_ts, a_quirk_b */";
        let style = CStyle::default();
        assert_eq!(style.fixed(text), text);
        let style = style.with_prefix("my_pci").unwrap().with_types(CTypes::Kernel);
        assert_eq!(style.fixed(text), "u16 my_pci_x(MY_PCI_Y); /* my_pci_z, uint8_ts, a_quirk_b */");
    }

    #[test]
    fn what_c_takes_for_no_name_is_no_prefix() {
        for prefix in ["", "1x", "_x", "x_", "X", "a-b", "a b", "é", "x;"] {
            assert!(CStyle::default().with_prefix(prefix).is_err(), "{prefix:?}");
        }
        for prefix in ["x", "x1", "my_pci"] {
            assert!(CStyle::default().with_prefix(prefix).is_ok(), "{prefix:?}");
        }
    }
}
