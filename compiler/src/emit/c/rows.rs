//! Rows of tables and comments in lines of at most 100 columns, a tab being 8 wide.

use std::fmt::{Result, Write};

/// The longest line that a kernel's checks let pass.
pub(super) const COLUMNS: usize = 100;

/// The columns that a line takes.
pub(super) fn width(line: &str) -> usize {
    line.chars().fold(0, |at, letter| if letter == '\t' { at / 8 * 8 + 8 } else { at + 1 })
}

/// A comment on lines of its own; its text has no line breaks, and cannot end it.
pub(super) fn comment(out: &mut String, indent: &str, text: &str) -> Result {
    let line = format!("{indent}/* {text} */");
    if width(&line) <= COLUMNS {
        return writeln!(out, "{line}");
    }
    writeln!(out, "{indent}/*")?;
    lines(out, &format!("{indent} * "), text)?;
    writeln!(out, "{indent} */")
}

/// The words of a text in lines that begin alike.
pub(super) fn lines(out: &mut String, begin: &str, text: &str) -> Result {
    let mut line = begin.to_owned();
    for word in text.split(' ') {
        let is_first = line.len() == begin.len();
        if !is_first && width(&line) + 1 + word.chars().count() > COLUMNS {
            writeln!(out, "{}", line.trim_end())?;
            line = begin.to_owned() + word;
        } else {
            if !is_first {
                line.push(' ');
            }
            line += word;
        }
    }
    writeln!(out, "{}", line.trim_end())
}

/// A row `{ .field = value, .. },`, on one line if it fits. `indent` is that of the row.
pub(super) fn row(out: &mut String, indent: &str, fields: &[String]) -> Result {
    let line = format!("{indent}{{ {} }},", fields.join(", "));
    if width(&line) <= COLUMNS {
        return writeln!(out, "{line}");
    }
    writeln!(out, "{indent}{{")?;
    let begin = format!("{indent}\t");
    let mut line = begin.clone();
    for field in fields {
        if line.len() > begin.len() && width(&line) + 1 + width(field) + 1 > COLUMNS {
            writeln!(out, "{line}")?;
            line.clone_from(&begin);
        }
        if line.len() > begin.len() {
            line.push(' ');
        }
        line += field;
        line.push(',');
        // A string that is too long is alone on a line, where it may be.
        if width(&line) > COLUMNS
            && let Some((name, value)) = field.split_once(" = ")
        {
            writeln!(out, "{begin}{name} =")?;
            let value = format!("{value},");
            // A string cannot be broken.
            if value.starts_with('"') {
                writeln!(out, "{begin}\t{value}")?;
            } else {
                lines(out, &format!("{begin}\t"), &value)?;
            }
            line.clone_from(&begin);
        }
    }
    if line.len() > begin.len() {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{indent}}},")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{COLUMNS, comment, row, width};

    fn written(write: impl Fn(&mut String) -> std::fmt::Result) -> String {
        let mut out = String::new();
        write(&mut out).unwrap();
        out
    }

    #[test]
    fn what_fits_is_one_line() {
        let fields = [".a = 1".to_owned(), ".b = 2".to_owned()];
        assert_eq!(written(|out| row(out, "\t", &fields)), "\t{ .a = 1, .b = 2 },\n");
        assert_eq!(written(|out| comment(out, "\t", "a b")), "\t/* a b */\n");
        assert_eq!(width("\ta\tb"), 17);
    }

    #[test]
    fn what_does_not_fit_is_broken_between_fields_and_words() {
        let fields: Vec<String> = (0..40).map(|at| format!(".field_{at} = {at}")).collect();
        let text = written(|out| row(out, "\t", &fields));
        assert!(text.lines().all(|line| width(line) <= COLUMNS));
        assert_eq!(text.split_whitespace().filter(|word| word.starts_with(".field")).count(), 40);
        let words = "word ".repeat(50);
        let text = written(|out| comment(out, "\t", words.trim()));
        assert!(text.starts_with("\t/*\n\t * word") && text.ends_with("word\n\t */\n"));
        assert!(text.lines().all(|line| width(line) <= COLUMNS));
        assert_eq!(text.matches("word").count(), 50);
    }

    #[test]
    fn a_long_string_is_alone_on_its_line() {
        let long = format!(".s = \"{}\"", "x".repeat(120));
        let fields = [".a = 1".to_owned(), long, ".b = 2".to_owned()];
        let text = written(|out| row(out, "\t", &fields));
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines[..3], ["{", ".a = 1,", ".s ="]);
        assert!(lines[3].starts_with('"') && lines[3].ends_with("\","));
        assert_eq!(lines[4..], [".b = 2,", "},"]);
    }
}
