//! A rule in the syntax of make, which ninja reads too: an output and the files that it was made from.

use std::collections::BTreeSet;
use std::path::Path;

use crate::failure::Failure;

/// The rule. An input gets an empty rule of its own, so that one which is gone does not stop the next build.
pub(super) fn rule(output: &Path, inputs: &[&Path]) -> Result<String, Failure> {
    let inputs: BTreeSet<String> = inputs.iter().map(|input| escaped(input)).collect::<Result<_, _>>()?;
    let mut text = format!("{}:", escaped(output)?);
    for input in &inputs {
        text += &format!(" \\\n  {input}");
    }
    text.push('\n');
    for input in &inputs {
        text += &format!("\n{input}:\n");
    }
    Ok(text)
}

/// As GNU make reads it. What ends a line or makes a pattern cannot be said in a rule.
fn escaped(path: &Path) -> Result<String, Failure> {
    let unsayable = || Failure::with_file(path, "this path cannot stand in a depfile").help("rename the file");
    let text = path.to_str().filter(|text| !text.contains(['\n', '\r', '%'])).ok_or_else(unsayable)?;
    let mut out = String::new();
    let mut backslashes = 0;
    for letter in text.chars() {
        match letter {
            // A backslash is one of its own, except before a blank.
            ' ' | '\t' => out.extend(std::iter::repeat_n('\\', backslashes + 1)),
            '#' | ':' => out.push('\\'),
            '$' => out.push('$'),
            _ => {}
        }
        backslashes = if letter == '\\' { backslashes + 1 } else { 0 };
        out.push(letter);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::path::Path;

    use super::rule;

    #[test]
    fn every_input_stands_once_and_has_an_empty_rule() {
        let inputs = [Path::new("b.quirk"), Path::new("a b.quirk"), Path::new("b.quirk")];
        let expected = "out.rs: \\\n  a\\ b.quirk \\\n  b.quirk\n\na\\ b.quirk:\n\nb.quirk:\n";
        assert_eq!(rule(Path::new("out.rs"), &inputs).unwrap(), expected);
    }

    #[test]
    fn what_make_would_read_otherwise_is_escaped() {
        assert_eq!(rule(Path::new("a$b#c"), &[]).unwrap(), "a$$b\\#c:\n");
        assert!(rule(Path::new("a\nb"), &[]).is_err());
    }
}
