//! Any text: the tree prints it back byte for byte, tokens leave no gap, every error points into it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quirk_dsl::{ColumnUnit, LineIndex, Span, parse};

fn check_span(text: &str, span: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?} does not lie on characters of a text of {} bytes", text.len());
}

fuzz_target!(|text: &str| {
    let parse = parse(text);
    assert_eq!(parse.tree.print(), text);

    let mut end = 0;
    for element in parse.tree.elements().filter(|element| element.token().is_some()) {
        assert_eq!(element.span().start, end, "tokens leave no gap");
        end = element.span().end;
    }
    assert_eq!(end as usize, text.len());

    let index = LineIndex::new(text);
    for error in &parse.errors {
        check_span(text, error.span);
        for unit in [ColumnUnit::Bytes, ColumnUnit::Utf16, ColumnUnit::Chars] {
            let place = index.locate(text, error.span.start, unit);
            assert_eq!(index.offset(text, place, unit), Some(error.span.start), "{place:?} in {unit:?}");
        }
        if let Some((span, _)) = &error.related {
            check_span(text, *span);
        }
        for edit in error.fixes.iter().flat_map(|fix| &fix.edits) {
            check_span(text, edit.span);
        }
    }
    assert!(parse.errors.is_sorted_by_key(|error| error.span), "errors stand in the order of the text");
});
