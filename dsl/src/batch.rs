//! Reads a long text in batches of items, on several threads, and keeps no tree of it: what a compiler wants.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::cut::{Batch, Cutter};
use crate::ordered::Ordered as _;
use crate::parse::{LONGEST_TEXT, parse};
use crate::parser::{Keep, Parser};
use crate::text::Text;
use crate::{SyntaxError, ast, lower, report};

/// Bytes of text in a batch: its tree stays in a processor's cache. Tests need many batches, not long texts.
const BATCH: usize = if cfg!(test) { 1 << 10 } else { 64 << 10 };

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
pub fn read(text: impl Into<Text>, threads: NonZeroUsize) -> Read {
    read_and(text, threads, |_| ()).0
}

/// The same. Of a long text, each part is handed over by the thread that has read it, to take out of it what is understood
/// there; what was made of the parts is given in the order of the text.
#[must_use]
pub fn read_and<T: Send>(
    text: impl Into<Text>,
    threads: NonZeroUsize,
    take: impl Fn(&mut ast::File) -> T + Sync,
) -> (Read, Vec<T>) {
    let text = text.into();
    let read = if text.len() > LONGEST_TEXT {
        None
    } else if text.len() > BATCH {
        in_batches(&text, threads, &take)
    } else {
        in_batches(&text, NonZeroUsize::MIN, &|_| ()).map(|(read, _)| (read, Vec::new()))
    };
    read.unwrap_or_else(|| {
        let whole = parse(text);
        (Read { file: whole.file, errors: whole.errors }, Vec::new())
    })
}

/// What a text says. An error may have its reason in an item beside its own, so it needs the tree of the whole text unless both are in
/// its batch.
fn in_batches<T: Send>(
    text: &Text,
    threads: NonZeroUsize,
    take: &(impl Fn(&mut ast::File) -> T + Sync),
) -> Option<(Read, Vec<T>)> {
    let work = Work { text, take, cutter: Mutex::new(Cutter::new(text, BATCH)), failed: AtomicBool::new(false) };
    let mut parts = thread::scope(|scope| {
        // A thread that cannot be had is one that does not help.
        let helpers: Vec<_> = (1..threads.get().min(text.len() / BATCH))
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
    parts.order_by_key(|(batch, ..)| *batch);
    let mut file = ast::File::default();
    file.items.reserve(parts.iter().map(|(_, part, _)| part.file.items.len()).sum());
    let (mut errors, mut taken) = (Vec::new(), Vec::with_capacity(parts.len()));
    for (_, part, made) in parts {
        let ast::File { docs, words, items, poisoned, lost_use } = part.file;
        file.docs.extend(docs);
        file.words.extend(words);
        file.items.extend(items);
        file.poisoned |= poisoned;
        file.lost_use |= lost_use;
        errors.extend(part.errors);
        taken.push(made);
    }
    errors.order_by_key(|error| (error.span, error.code));
    Some((Read { file, errors }, taken))
}

/// A text that threads read, each the next batch.
struct Work<'w, F> {
    text: &'w Text,
    take: &'w F,
    cutter: Mutex<Cutter<'w>>,
    failed: AtomicBool,
}

impl<T, F: Fn(&mut ast::File) -> T> Work<'_, F> {
    /// Reads batches until there are no more, or one has an error that may be about another.
    fn run(&self) -> Vec<(usize, Read, T)> {
        let mut parser = Parser::default();
        let mut done = Vec::new();
        while !self.failed.load(Ordering::Relaxed) {
            let batch = self.cutter.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(batch) = batch else { break };
            let number = batch.number;
            match self.batch(&mut parser, batch) {
                Some(mut read) => {
                    let taken = (self.take)(&mut read.file);
                    done.push((number, read, taken));
                }
                None => self.failed.store(true, Ordering::Relaxed),
            }
        }
        done
    }

    fn batch(&self, parser: &mut Parser, batch: Batch) -> Option<Read> {
        let inner = batch.inner(self.text)?;
        let Batch { tokens, pieces, is_sound, .. } = batch;
        let mut parsed = parser.parse(self.text, &tokens, pieces, if is_sound { Keep::Solid } else { Keep::All });
        if is_sound && !parsed.is_sound {
            parsed = parser.parse(self.text, &tokens, parsed.pieces, Keep::All);
        }
        let mut report = report::report(&parsed);
        let file = lower::file(&parsed.tree, &mut report);
        let errors = report.errors;
        let is_inside = |error: &SyntaxError| inner.contains(&error.span.start) && inner.contains(&error.span.end);
        errors.iter().all(is_inside).then_some(Read { file, errors })
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
            if text.len() > 5 * BATCH {
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
        same(&"// nothing\n".repeat(BATCH));
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
            "}",
            "layer l {",
            "free @ 1;\n}",
            "/*",
            "// a\rb",
            "/// \u{202e}",
        ];
        for (at, line) in lines.iter().enumerate() {
            // Each is put everywhere in turn, and beside where a batch may end all are.
            let beside = line % BATCH > BATCH - 100 || line % BATCH < 100;
            for mistake in mistakes.iter().skip(at % mistakes.len()).take(if beside { mistakes.len() } else { 2 }) {
                same(&format!("{}{mistake}\n{}", &text[..*line], &text[*line..]));
            }
        }
    }

    #[test]
    fn what_is_taken_out_of_the_parts_is_all_there_is() {
        let text = long();
        let whole = parse(text.as_str()).file.items;
        for threads in 1..4 {
            let take = |part: &mut crate::ast::File| core::mem::take(&mut part.items);
            let (left, taken) = super::read_and(text.as_str(), NonZeroUsize::new(threads).unwrap(), take);
            assert!(left.file.items.is_empty() && taken.len() > 4);
            assert!(taken.concat() == whole, "{threads} threads");
        }
    }

    #[test]
    fn a_text_with_an_error_is_not_read_a_second_time() {
        for mistake in ["device broken { nme \"x\"; }", "}", "const A = 1;\ndevice broken {"] {
            let text = format!("{}{mistake}\n", long());
            let (read, parts) = super::in_batches(&text.as_str().into(), NonZeroUsize::MIN, &|_| ()).unwrap();
            assert_eq!(read.errors.len(), 1, "{mistake}");
            assert!(parts.len() > 4, "{mistake}");
        }
    }
}
