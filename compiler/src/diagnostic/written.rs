//! Numbers as they were written: a message speaks of `40` where the text does, and where the bytes at 40 cannot be meant it says
//! that 40 is 0x28.

use super::{Applicability, Diagnostic, Edit};
use crate::catalogue;
use crate::source::{Place, Sources};
use crate::suggest::listed;

/// A decimal number in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal<'t> {
    text: &'t str,
    value: u64,
    /// Where it begins.
    at: usize,
}

/// Puts numbers into a message as they were written, and says what a decimal offset may have meant.
pub(crate) fn as_written(found: &mut Diagnostic, sources: &Sources) {
    let place = found.primary.place;
    let text = sources.get(place.file).text().get(place.span.range()).unwrap_or_default();
    let written: Vec<Decimal<'_>> = decimals(head(text)).collect();
    for number in &written {
        found.message = spoken(&found.message, *number);
    }
    let speaks_of_offsets =
        [&catalogue::OUT_OF_BOUNDS, &catalogue::MISALIGNED, &catalogue::EMPTY_RANGE].contains(&found.rule);
    if speaks_of_offsets && found.help.is_none() && found.fixes.is_empty() {
        mean_hexadecimal(found, &offsets(text));
    }
}

/// What comes before the block of a statement.
fn head(text: &str) -> &str {
    text.split(['{', ';']).next().unwrap_or_default()
}

/// The decimal numbers of a text, outside of its quotes.
fn decimals(text: &str) -> impl Iterator<Item = Decimal<'_>> {
    let mut quoted = false;
    let mut before = ' ';
    let mut starts = Vec::new();
    for (at, sign) in text.char_indices() {
        quoted ^= sign == '"';
        let begins = sign.is_ascii_digit() && !before.is_ascii_alphanumeric() && before != '_' && before != '$';
        if begins && !quoted {
            starts.push(at);
        }
        before = sign;
    }
    starts.into_iter().filter_map(|at| {
        let rest = &text[at..];
        let word = rest.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').next()?;
        let value = word.parse().ok()?;
        Some(Decimal { text: word, value, at })
    })
}

/// A message that says a number in hexadecimal, with the number as it was written. An end of a range stays as it is.
fn spoken(message: &str, number: Decimal<'_>) -> String {
    let shown = format!("{:#x}", number.value);
    let mut out = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(&shown) {
        let (before, behind) = (&rest[..at], &rest[at + shown.len()..]);
        let goes_on = behind.starts_with(|next: char| next.is_ascii_alphanumeric()) || behind.starts_with("..");
        let is_inside = before.ends_with(|last: char| last.is_ascii_alphanumeric()) || before.ends_with("..");
        out += before;
        match (goes_on || is_inside, number.value) {
            (true, _) => out += &shown,
            (false, 0..10) => out += number.text,
            (false, _) => out += &format!("{} ({shown})", number.text),
        }
        rest = behind;
    }
    out + rest
}

/// The decimal numbers that say where a statement begins and ends, after its `@` if it has one.
fn offsets(text: &str) -> Vec<Decimal<'_>> {
    let head = head(text);
    let at = head.rfind('@').map_or(0, |at| at + 1);
    let is_word = |(_, sign): &(usize, char)| sign.is_ascii_alphabetic() || *sign == '_';
    let mut before = ' ';
    let first_word = head[at..].char_indices().find(|each| {
        let starts = is_word(each) && !before.is_ascii_alphanumeric();
        before = each.1;
        starts
    });
    let end = first_word.map_or(head.len(), |(word, _)| at + word);
    let of_offset =
        |number: &Decimal<'_>| (at..end).contains(&number.at) && number.value >= 10 && number.text.len() <= 4;
    decimals(head).filter(of_offset).collect()
}

fn mean_hexadecimal(found: &mut Diagnostic, numbers: &[Decimal<'_>]) {
    let hexadecimal = |number: &Decimal<'_>| u64::from_str_radix(number.text, 16).unwrap_or(u64::MAX);
    let is_misaligned = found.rule == &catalogue::MISALIGNED;
    let can_be = |value: u64| value <= 0x1000 && (!is_misaligned || value.is_multiple_of(4));
    if numbers.is_empty() || !numbers.iter().all(|number| can_be(hexadecimal(number))) {
        return;
    }
    let are: Vec<String> = numbers.iter().map(|number| format!("{} is {:#x}", number.text, number.value)).collect();
    let meant: Vec<String> = numbers.iter().map(|number| format!("0x{}", number.text)).collect();
    let names: Vec<&str> = meant.iter().map(String::as_str).collect();
    found.help = Some(format!("{}; did you mean {}?", are.join(" and "), listed(&names, "and")));
    let Place { file, span } = found.primary.place;
    let edit = |number: &Decimal<'_>| {
        let start = span.start + u32::try_from(number.at).unwrap_or_default();
        // The prefix is what is missing.
        Edit { place: Place { file, span: quirk_dsl::Span::new(start, start) }, text: "0x".to_owned() }
    };
    let edits = numbers.iter().map(edit).collect();
    let title = format!("write {}", listed(&names, "and"));
    found.fixes.push(super::Fix { title, applicability: Applicability::Unsafe, edits });
}

#[cfg(test)]
mod tests {
    use super::{Decimal, decimals, offsets, spoken};

    #[test]
    fn decimal_numbers_are_found_outside_of_quotes_and_words() {
        let found: Vec<&str> = decimals("register \"at 12\" @ 40..0x50 len8 u16 0b1 100").map(|one| one.text).collect();
        assert_eq!(found, ["40", "100"]);
        let found: Vec<&str> = offsets("ext vendor @ 148 len 16 { }").iter().map(|one| one.text).collect();
        assert_eq!(found, ["148"]);
    }

    #[test]
    fn a_number_is_spoken_of_as_it_was_written() {
        let number = |text: &'static str| Decimal { text, value: text.parse().unwrap_or(0), at: 0 };
        assert_eq!(spoken("0x1388 is too large", number("5000")), "5000 (0x1388) is too large");
        assert_eq!(spoken("of 0x8 bytes, not 0x80", number("8")), "of 8 bytes, not 0x80");
        assert_eq!(spoken("at 0x28..0x34", number("40")), "at 0x28..0x34");
    }
}
