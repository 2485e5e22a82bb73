//! What pictures have in common: rows of dwords, and colours.

use crate::Role;
use crate::model::Region;
use crate::owners::PLACE;

/// A line of a picture.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its first byte.
    pub start: usize,
    /// What each dword is: the most telling of its bytes.
    pub dwords: Vec<Role>,
}

/// Cuts a space into lines of so many bytes.
#[must_use]
pub fn rows(regions: &[Region], size: usize, line: usize) -> Vec<Row> {
    let mut dwords = vec![Role::Zero; size / 4];
    for region in regions {
        let (first, end) = (region.start / 4, region.end.div_ceil(4).min(dwords.len()));
        for dword in dwords.get_mut(first..end).unwrap_or_default() {
            // What reads 0 tells least.
            if *dword == Role::Zero || region.role != Role::Zero && region.start % 4 == 0 {
                *dword = region.role;
            }
        }
    }
    let row = |(at, dwords): (usize, &[Role])| Row { start: at * line, dwords: dwords.to_vec() };
    dwords.chunks(line / 4).enumerate().map(row).collect()
}

/// The regions that lie in a line, each with the part of it that does.
pub fn parts(regions: &[Region], start: usize, line: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let end = start + line;
    regions
        .iter()
        .enumerate()
        .filter(move |(_, region)| region.start < end && region.end > start)
        .map(move |(index, region)| (index, region.start.max(start), region.end.min(end)))
}

/// Cuts a space into lines of so many bytes: the first byte of each and the one after its last. With `folded`, lines in a row
/// of which nothing is known but that they read 0 are one.
#[must_use]
pub fn lines(regions: &[Region], size: usize, line: usize, folded: bool) -> Vec<(usize, usize)> {
    let is_empty = |start: usize| {
        parts(regions, start, line)
            .filter_map(|(index, ..)| regions.get(index))
            .all(|region| region.role == Role::Zero && region.declared.is_none())
    };
    let mut lines: Vec<(usize, usize, bool)> = Vec::new();
    for start in (0..size).step_by(line) {
        let (end, empty) = (start + line, folded && is_empty(start));
        match lines.last_mut() {
            Some(last) if empty && last.2 => last.1 = end,
            _ => lines.push((start, end, empty)),
        }
    }
    lines.into_iter().map(|(start, end, _)| (start, end)).collect()
}

/// Colours of the roles on light and on dark ground, for stylesheets.
#[must_use]
pub fn colours(dark: bool) -> String {
    Role::ALL.iter().map(|&role| format!("--{}:{};", role.word(), colour(role, dark))).collect()
}

/// The stylesheet of the roles on a page.
#[must_use]
pub fn roles() -> String {
    let classes: String = Role::ALL.iter().map(|role| format!(".{0}{{background:var(--{0})}}", role.word())).collect();
    let (light, dark) = (colours(false), colours(true));
    format!(":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root{{{dark}}}}}\n{classes}\n")
}

const fn colour(role: Role, dark: bool) -> &'static str {
    match (role, dark) {
        (Role::Header, false) => "#667085",
        (Role::Header, true) => "#8590a5",
        (Role::Conventional, false) => "#3f72d8",
        (Role::Conventional, true) => "#5b8dee",
        (Role::ExtendedHeader, false) => "#084c59",
        (Role::ExtendedHeader, true) => "#22b8cf",
        (Role::Extended, false) => "#247a8a",
        (Role::Extended, true) => "#2a97a8",
        (Role::Hidden, false) => "#9a45b2",
        (Role::Hidden, true) => "#c77ddb",
        (Role::Suspected, false) => "#b83280",
        (Role::Suspected, true) => "#e879b4",
        (Role::Register, false) => "#c2410c",
        (Role::Register, true) => "#f0743e",
        (Role::Reserved, false) => "#c92a2a",
        (Role::Reserved, true) => "#f05252",
        (Role::Free, false) => "#3b7d23",
        (Role::Free, true) => "#63b348",
        (Role::Live, false) => "#8a5c00",
        (Role::Live, true) => "#e8b830",
        (Role::Zero, false) => "#e9ecef",
        (Role::Zero, true) => "#2a2f38",
        // What was placed is what the picture is for: nothing else is as dark, or as bright.
        (Role::Pasid, false) => "#101418",
        (Role::Pasid, true) => "#f4f6f8",
    }
}

/// The name of a region where there is little room: its colour tells the list. A header has none, its body has it.
#[must_use]
pub fn short(region: &Region) -> String {
    let name = region.name();
    let owner = region.live.as_ref().or(region.declared.as_ref());
    let has_body = owner.is_some_and(|owner| owner.end > region.end);
    match region.role {
        Role::Zero => String::new(),
        Role::Live => "not 0".to_owned(),
        Role::Pasid => "pasid".to_owned(),
        Role::Free if name == PLACE => "place".to_owned(),
        Role::ExtendedHeader if has_body => String::new(),
        _ => name.strip_prefix("ext ").or(name.strip_prefix("cap ")).unwrap_or(&name).to_owned(),
    }
}

/// A text as XML and HTML take it, in elements and in attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML knows no others.
            each if each.is_control() && !matches!(each, '\n' | '\t') => out.push('\u{fffd}'),
            each => out.push(each),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn no_text_leaves_its_element() {
        assert_eq!(escape("a<b>&\"c\"\u{1}"), "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}");
    }
}
