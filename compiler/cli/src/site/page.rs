//! What all pages have in common.

use std::fmt::{self, Write};

use quirk_map::page::{escape, roles};

/// Where a page lies: how it comes to the top of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Top,
    Below,
}

impl Depth {
    pub(super) const fn up(self) -> &'static str {
        match self {
            Self::Top => "",
            Self::Below => "../",
        }
    }
}

/// The stylesheet.
pub(super) fn style() -> String {
    roles() + include_str!("site.css")
}

/// The beginning of a page, up to its main part.
pub(super) fn begin(out: &mut String, title: &str, depth: Depth) -> fmt::Result {
    let (title, up) = (escape(title), depth.up());
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<title>{title}</title>\n<link rel=\"stylesheet\" href=\"{up}style.css\">\n</head>\n<body>\n<main>")
}

/// Its end.
pub(super) fn end(out: &mut String) -> fmt::Result {
    writeln!(out, "</main>\n</body>\n</html>")
}
