//! Reads a long text in batches of items, on several threads, and keeps no tree of it: what a compiler wants.

use core::ops::Range;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::lex::{Token, TokenKind, lex_from};
use crate::parse::{LONGEST_TEXT, parse};
use crate::parser::{self, Cut};
use crate::split::PieceKind;
use crate::{SyntaxError, ast, lower, report};

/// Bytes of text in a batch: its tree stays in a processor's cache. Tests need many batches, not long texts.
const BATCH: u32 = if cfg!(test) { 1 << 10 } else { 64 << 10 };

/// What a text says.
#[derive(Clone, Debug)]
pub struct Read {
    /// What could be read.
    pub file: ast::File,
    /// What could not, in the order of the text.
    pub errors: Vec<SyntaxError>,
}

/// Reads a text as [`parse`] does, without its tree, on up to so many threads. What comes out does not depend on how many.
#[must_use]
pub fn read(text: impl Into<Arc<str>>, threads: NonZeroUsize) -> Read {
    let text = text.into();
    if text.len() > BATCH as usize
        && text.len() <= LONGEST_TEXT
        && let Some(read) = in_batches(&text, threads)
    {
        return read;
    }
    let whole = parse(text);
    Read { file: whole.file, errors: whole.errors }
}

/// What a text says of which every item ends where it should. An error may have its reason in an item beside its own, so it needs
/// the tree of the whole text unless both are in its batch.
fn in_batches(text: &Arc<str>, threads: NonZeroUsize) -> Option<Read> {
    let cut = parser::cut(text, tokens(text, threads)?);
    let is_sound = |kind| matches!(kind, PieceKind::Item { unclosed: false } | PieceKind::InnerAttribute);
    // Without a piece there is no batch that would see what is wrong between pieces.
    if cut.pieces.is_empty() || !cut.pieces.iter().all(|piece| is_sound(piece.kind)) {
        return None;
    }
    let batches = batches(&cut);
    let work = Work { text, cut: &cut, batches: &batches, next: AtomicUsize::new(0), failed: AtomicBool::new(false) };
    let mut parts = thread::scope(|scope| {
        // A thread that cannot be had is one that does not help.
        let helpers: Vec<_> = (1..threads.get().min(batches.len()))
            .filter_map(|_| thread::Builder::new().spawn_scoped(scope, || work.run()).ok())
            .collect();
        let mut parts = work.run();
        for helper in helpers {
            match helper.join() {
                Ok(part) => parts.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        parts
    });
    if work.failed.into_inner() {
        return None;
    }
    parts.sort_unstable_by_key(|(batch, _)| *batch);
    let mut file = ast::File::default();
    file.items.reserve(parts.iter().map(|(_, part)| part.file.items.len()).sum());
    let mut errors = Vec::new();
    for (_, part) in parts {
        let ast::File { docs, words, items, poisoned, lost_use } = part.file;
        file.docs.extend(docs);
        file.words.extend(words);
        file.items.extend(items);
        file.poisoned |= poisoned;
        file.lost_use |= lost_use;
        errors.extend(part.errors);
    }
    errors.sort_by_key(|error| (error.span, error.code));
    Some(Read { file, errors })
}

/// The tokens of a text, each thread having lexed a part; none if a token may reach over the end of a part. Only a block comment
/// does, which is an error.
fn tokens(text: &str, threads: NonZeroUsize) -> Option<Vec<Token>> {
    let mut ends: Vec<usize> =
        (1..threads.get()).map(|part| line_start(text, text.len() / threads * part)).chain([text.len()]).collect();
    ends.dedup();
    let starts = core::iter::once(0).chain(ends.iter().copied());
    let lexed: Vec<Vec<Token>> = thread::scope(|scope| {
        let parts: Vec<_> = starts
            .zip(&ends)
            .skip(1)
            .map(|(start, &end)| {
                (start, end, thread::Builder::new().spawn_scoped(scope, move || lex_from(&text[..end], start)))
            })
            .collect();
        let mut lexed = vec![lex_from(&text[..ends[0]], 0)];
        for (start, end, helper) in parts {
            lexed.push(match helper.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(tokens)) => tokens,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // A thread that cannot be had is one that does not help.
                Err(_) => lex_from(&text[..end], start),
            });
        }
        lexed
    });
    let whole = lexed.len() == 1 || lexed.iter().flatten().all(|token| token.kind != TokenKind::BlockComment);
    whole.then(|| lexed.concat())
}

/// The next start of a line that begins with something else than white space, or the end.
fn line_start(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    (from..bytes.len())
        .find(|&at| at > 0 && bytes[at - 1] == b'\n' && !matches!(bytes[at], b' ' | b'\t' | b'\r' | b'\n'))
        .unwrap_or(bytes.len())
}

/// Runs of pieces, each up to the start of the next.
fn batches(cut: &Cut) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let mut first = 0;
    for (at, piece) in cut.pieces.iter().enumerate() {
        let start = |piece: usize| cut.tokens[cut.pieces[piece].tokens.start].span.start;
        let end = cut.tokens[piece.tokens.end - 1].span.end;
        if end - start(first) >= BATCH || at + 1 == cut.pieces.len() {
            batches.push(first..at + 1);
            first = at + 1;
        }
    }
    batches
}

/// Batches, and which of them is next.
struct Work<'w> {
    text: &'w Arc<str>,
    cut: &'w Cut,
    batches: &'w [Range<usize>],
    next: AtomicUsize,
    failed: AtomicBool,
}

impl Work<'_> {
    /// Reads batches until there are no more, or one has an error that may be about another.
    fn run(&self) -> Vec<(usize, Read)> {
        let mut done = Vec::new();
        while !self.failed.load(Ordering::Relaxed) {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(pieces) = self.batches.get(at) else { break };
            match self.batch(pieces.clone()) {
                Some(read) => done.push((at, read)),
                None => self.failed.store(true, Ordering::Relaxed),
            }
        }
        done
    }

    fn batch(&self, pieces: Range<usize>) -> Option<Read> {
        let Cut { tokens, pieces: all } = self.cut;
        let inner = self.inner(&pieces);
        // What lies between two batches belongs to the first of them, what lies before all to the first of all.
        let start = if pieces.start == 0 { 0 } else { all[pieces.start].tokens.start };
        let end = all.get(pieces.end).map_or(tokens.len(), |next| next.tokens.start);
        let within: &[Token] = &tokens[..end];
        let parsed = parser::build(self.text, within, start, all[pieces].to_vec());
        let mut report = report::report(&parsed);
        let file = lower::file(&parsed.tree, &mut report);
        let errors = report.errors;
        let is_inside = |error: &SyntaxError| inner.contains(&error.span.start) && inner.contains(&error.span.end);
        errors.iter().all(is_inside).then_some(Read { file, errors })
    }

    /// Where in a batch what lies before and after is in the batch too: between its first piece and its last, which are further
    /// than that only at the ends of the text.
    fn inner(&self, pieces: &Range<usize>) -> Range<u32> {
        let Cut { tokens, pieces: all } = self.cut;
        let start_of = |piece: usize| all.get(piece).map_or(u32::MAX, |piece| tokens[piece.tokens.start].span.start);
        let start = if pieces.start == 0 { 0 } else { start_of(pieces.start + 1) };
        let end = if pieces.end == all.len() { u32::MAX } else { start_of(pieces.end - 1) };
        start..end
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fmt::Write;
    use std::num::NonZeroUsize;

    use super::{BATCH, read};
    use crate::parse;

    /// Some batches of items, with documentation, attributes and comments between them.
    fn long() -> String {
        let mut text = String::from("// before\nedition 1;\n//! of the file\n");
        for at in 0.. {
            if text.len() > 5 * BATCH as usize {
                break;
            }
            let _ = match at % 5 {
                0 => writeln!(text, "/// documented\ndevice d{at} {{ name \"D {at}\"; match pci(1, A{at}); }}"),
                1 => writeln!(text, "//! of the file, {at}"),
                2 => writeln!(text, "#![doc = \"of the file, {at}\"]"),
                3 => writeln!(text, "// {at}\nconst A{at} = {at} + 1; // after"),
                _ => writeln!(text, "layer l{at} {{ match pci(1, {at}); hide ext ats; }}"),
            };
        }
        text
    }

    fn same(text: &str) {
        let whole = parse(text);
        for threads in 1..5 {
            let read = read(text, NonZeroUsize::new(threads).unwrap());
            assert!(read.file == whole.file, "another file with {threads} threads");
            assert_eq!(read.errors, whole.errors, "{threads} threads");
        }
    }

    #[test]
    fn a_long_text_says_the_same_in_batches() {
        let text = long();
        assert!(parse(text.as_str()).errors.is_empty());
        same(&text);
        same(&"// nothing\n".repeat(BATCH as usize));
    }

    #[test]
    fn an_error_anywhere_is_the_error_of_the_whole_text() {
        let text = long();
        for mistake in [
            "/*\n device d { }\n*/",
            "/*",
            "device {",
            "}",
            "const = 1;",
            "\u{a0}",
            "\"",
            "/// nothing\n",
            "free @ 1;\n}\n",
        ] {
            for place in [0, text.len() / 2, text.len()] {
                let line = text[..place].rfind('\n').map_or(0, |line| line + 1);
                same(&format!("{}{mistake}\n{}", &text[..line], &text[line..]));
            }
        }
    }

    #[test]
    fn an_error_in_an_item_is_the_same_wherever_batches_end() {
        let text = long();
        let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        let mistakes = [
            "device broken { nme \"x\"; }",
            "edition",
            "const A = 1",
            ";",
            "'",
            "layer l { hide ext ats }",
            "devic d { name \"D\"; }",
            "const A = 1 2;",
            "/// of nothing",
            "device d { name = \"D\", }",
            "@",
            "const A = ;",
            "profile p for d { pasid @ 0x400 }\n;",
        ];
        for (at, line) in lines.iter().enumerate() {
            // Each is put everywhere in turn, and beside where a batch may end all are.
            let beside = line % BATCH as usize > BATCH as usize - 100 || line % (BATCH as usize) < 100;
            for mistake in mistakes.iter().skip(at % mistakes.len()).take(if beside { mistakes.len() } else { 2 }) {
                same(&format!("{}{mistake}\n{}", &text[..*line], &text[*line..]));
            }
        }
    }

    #[test]
    fn a_text_with_an_error_is_not_read_a_second_time() {
        let text = long() + "device broken { nme \"x\"; }\n";
        let read = super::in_batches(&text.as_str().into(), NonZeroUsize::MIN).unwrap();
        assert_eq!(read.errors.len(), 1);
    }
}
