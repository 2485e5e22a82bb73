//! Fixed text after its names were changed: what is in parentheses is aligned with them again, and what became too long is broken.

use std::fmt::{Result, Write};

use super::rows::{self, COLUMNS, width};

/// The text with every line that goes on in parentheses aligned with the innermost of them, as a kernel's checks want it.
pub(super) fn align(out: &mut String, text: &str) -> Result {
    let mut open = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("/*") && !line.contains("*/") {
            let within: Vec<&str> = lines.by_ref().take_while(|line| !line.contains("*/")).collect();
            block(out, &within)?;
        } else if line.starts_with('#') || line.trim_start().starts_with("/*") {
            writeln!(out, "{line}")?;
        } else {
            code(out, line, &mut open)?;
        }
    }
    Ok(())
}

/// A comment of several lines, with its words in other lines if one is too long.
fn block(out: &mut String, within: &[&str]) -> Result {
    writeln!(out, "/*")?;
    if within.iter().all(|line| width(line) <= COLUMNS) {
        within.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    } else {
        let words: Vec<&str> = within.iter().map(|line| line.trim_start_matches([' ', '*'])).collect();
        rows::lines(out, " * ", &words.join(" "))?;
    }
    writeln!(out, " */")
}

fn code(out: &mut String, line: &str, open: &mut Vec<usize>) -> Result {
    let begin: String = line.chars().take_while(|letter| letter.is_whitespace()).collect();
    let mut rest = match open.last() {
        Some(&column) => indent(column) + line.trim_start(),
        None => line.to_owned(),
    };
    if width(&rest) > COLUMNS
        && let Some((before, comment)) = rest.split_once("/*")
    {
        writeln!(out, "{begin}/*{comment}")?;
        rest = before.trim_end().to_owned();
    }
    while width(&rest) > COLUMNS
        && let Some((at, is_type)) = place(&rest, open)
    {
        let next = rest.split_off(at).trim_start().to_owned();
        follow(&rest, open);
        writeln!(out, "{}", rest.trim_end())?;
        rest = if is_type { next } else { indent(open.last().copied().unwrap_or(0)) + &next };
    }
    follow(&rest, open);
    writeln!(out, "{rest}")
}

/// Where a line that is too long is broken: in parentheses after the last comma or operator that fits; else between what a function gives
/// and its name.
fn place(line: &str, open: &[usize]) -> Option<(usize, bool)> {
    let mut depth = open.len();
    let mut found = None;
    for (at, letter) in line.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_end = [",", "&&", "||"].iter().any(|end| line[..=at].ends_with(end)) && line[at + 1..].starts_with(' ');
        if depth > 0 && is_end && width(&line[..=at]) <= COLUMNS {
            found = Some((at + 1, false));
        }
    }
    found.or_else(|| Some((line[..line.find('(')?].rfind(" *")? + 2, true)))
}

/// The columns of parentheses that a line leaves open.
fn follow(line: &str, open: &mut Vec<usize>) {
    for (at, letter) in line.char_indices() {
        match letter {
            '(' => open.push(width(&line[..=at])),
            ')' => drop(open.pop()),
            _ => {}
        }
    }
}

fn indent(column: usize) -> String {
    "\t".repeat(column / 8) + &" ".repeat(column % 8)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{COLUMNS, width};

    fn aligned(text: &str) -> String {
        let mut out = String::new();
        super::align(&mut out, text).unwrap();
        out
    }

    #[test]
    fn text_that_is_aligned_stays() {
        for text in [include_str!("types.h"), include_str!("find.h"), include_str!("small.h")] {
            assert_eq!(aligned(text), text);
            assert!(text.lines().all(|line| width(line) <= COLUMNS));
        }
    }

    #[test]
    fn lines_that_go_on_are_aligned_and_long_ones_broken() {
        assert_eq!(aligned("int longer(int a,\n\tint b);\n"), "int longer(int a,\n\t   int b);\n");
        let nested = "\tif (!f(a,\n\tb) ||\n\tc)\n\t\treturn;\n";
        assert_eq!(aligned(nested), "\tif (!f(a,\n\t       b) ||\n\t    c)\n\t\treturn;\n");
        let [a, c] = ["a".repeat(50), "c".repeat(50)];
        assert_eq!(
            aligned(&format!("int f(int {a}, int {c}, int b);\n")),
            format!("int f(int {a},\n      int {c}, int b);\n")
        );
        assert_eq!(aligned(&format!("\tif ({a} && {c})\n")), format!("\tif ({a} &&\n\t    {c})\n"));
        assert_eq!(aligned(&format!("struct {a} *{c}(int b);\n")), format!("struct {a} *\n{c}(int b);\n"));
        assert_eq!(aligned(&format!("\tint {a};\t\t/* {c}, d */\n")), format!("\t/* {c}, d */\n\tint {a};\n"));
    }

    #[test]
    fn comments_are_left_or_wrapped_anew() {
        let short = "/*\n * (a\n * b\n */\nint c;\n";
        assert_eq!(aligned(short), short);
        let long = aligned(&format!("/*\n * {} {}\n * end\n */\n", "a".repeat(60), "b".repeat(60)));
        assert_eq!(long, format!("/*\n * {}\n * {} end\n */\n", "a".repeat(60), "b".repeat(60)));
    }
}
