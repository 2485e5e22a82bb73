//! An edit that takes something away takes its blanks along: a line that would be left empty goes whole, with the
//! documentation of what stood there.

use quirk_dsl::Span;

use super::{Applicability, Diagnostic};
use crate::source::Sources;

const BLANKS: [char; 3] = [' ', '\t', '\r'];

/// Widens the edits of a finding that only take away.
pub(crate) fn widen(found: &mut Diagnostic, sources: &Sources) {
    for edit in found.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
        if edit.text.is_empty() {
            edit.place.span = widened(sources.get(edit.place.file).text(), edit.place.span);
        }
    }
}

/// A fix that would lose a comment is not made without asking.
pub(crate) fn keep_comments(found: &mut Diagnostic, sources: &Sources) {
    let comments = |text: &str| text.matches("//").count() + text.matches("/*").count();
    for fix in &mut found.fixes {
        let loses = fix.edits.iter().any(|edit| {
            let before = &sources.get(edit.place.file).text()[edit.place.span.range()];
            comments(before) > comments(&edit.text)
        });
        if loses && fix.applicability == Applicability::Safe {
            fix.applicability = Applicability::Unsafe;
        }
    }
}

fn widened(text: &str, span: Span) -> Span {
    let range = span.range();
    if range.is_empty() {
        return span;
    }
    let (before, behind) = (&text[..range.start], &text[range.end..]);
    let start = before.trim_end_matches(BLANKS);
    let end = behind.trim_start_matches(BLANKS);
    let starts_line = start.is_empty() || start.ends_with('\n');
    let ends_line = end.is_empty() || end.starts_with('\n');
    let to = |start: usize, end: usize| match (u32::try_from(start), u32::try_from(end)) {
        (Ok(start), Ok(end)) => Span::new(start, end),
        _ => span,
    };
    if starts_line && ends_line {
        let end = text.len() - end.len() + usize::from(end.starts_with('\n'));
        return to(without_docs(start).len(), end);
    }
    let is_apart = behind.starts_with([' ', '\t', ';', '\n', '\r', '}']) || behind.is_empty();
    if is_apart && !starts_line { to(start.len(), range.end) } else { span }
}

/// Without the lines of documentation at the end.
fn without_docs(mut text: &str) -> &str {
    loop {
        let (before, last) = match text.strip_suffix('\n').map(|line| line.rfind('\n').map_or(0, |at| at + 1)) {
            Some(at) => text.split_at(at),
            None => return text,
        };
        if !last.trim_start().starts_with("///") || last.trim_start().starts_with("////") {
            return text;
        }
        text = before;
    }
}

#[cfg(test)]
mod tests {
    use quirk_dsl::Span;

    use super::widened;

    /// The text without the bytes between `<` and `>`.
    fn removed(marked: &str) -> String {
        let (start, end) = (marked.find('<').unwrap_or(0), marked.find('>').unwrap_or(0) - 1);
        let text = marked.replace(['<', '>'], "");
        let span = Span::new(u32::try_from(start).unwrap_or(0), u32::try_from(end).unwrap_or(0));
        let mut left = text.clone();
        left.replace_range(widened(&text, span).range(), "");
        left
    }

    #[test]
    fn a_line_that_would_be_empty_goes_whole() {
        assert_eq!(removed("a;\n    <b;>\nc;"), "a;\nc;");
        assert_eq!(removed("<b;>\r\nc;"), "c;");
        assert_eq!(removed("a;\n<b;>"), "a;\n");
    }

    #[test]
    fn documentation_goes_with_what_it_documents_and_comments_stay() {
        assert_eq!(removed("a;\n  /// One.\n  /// Two.\n  <b;>\nc;"), "a;\nc;");
        assert_eq!(removed("a;\n// One.\n<b;>\nc;"), "a;\n// One.\nc;");
        assert_eq!(removed("a;\n<b;> // One.\nc;"), "a;\n // One.\nc;");
    }

    #[test]
    fn what_stays_on_the_line_is_not_torn_apart() {
        assert_eq!(removed("a <b;> c"), "a c");
        assert_eq!(removed("a <b>;"), "a;");
        assert_eq!(removed("a(<b>c)"), "a(c)");
    }
}
