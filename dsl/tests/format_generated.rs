//! Files put together at random from every statement of the language, formatted: nothing is lost, and doing it again changes
//! nothing. `QUIRK_FORMAT_FILES` says how many.
#![expect(clippy::unwrap_used, reason = "tests")]

mod sound;

use std::collections::BTreeMap;
use std::time::Instant;

use quirk_dsl::shape::Context;
use quirk_dsl::{NodeKind, parse};
use sound::{respaced, sound};

const EVERYTHING: &str = include_str!("cases/everything.quirk");

/// How many files without being asked for more.
const FILES: usize = 300;

/// What may stand between two tokens: mostly a blank.
const GAPS: [&str; 12] = [
    " ",
    " ",
    " ",
    " ",
    "\n",
    "\n\n\n",
    "\t\r\n  ",
    " // a\n",
    "\n// b \r\n",
    "\n\n  //// c\n\n",
    " // d\n// e\n",
    "\n//\n",
];

/// A generator of numbers that gives the same ones everywhere (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A statement: its text, and the block that it opens.
#[derive(Clone, Debug)]
struct Statement {
    text: String,
    block: Option<Context>,
}

/// Every statement of `everything.quirk`, by where it stands.
fn statements() -> BTreeMap<Context, Vec<Statement>> {
    let tree = parse(EVERYTHING).tree;
    let mut pool: BTreeMap<Context, Vec<Statement>> = BTreeMap::new();
    let mut open: Vec<(u32, Context)> = Vec::new();
    let mut is_form = false;
    for element in tree.elements() {
        open.retain(|(end, _)| *end > element.span().start);
        // A field after `emulate` is a part of that statement.
        let inside = open.last().is_some_and(|(_, context)| *context == Context::Emulate);
        let is_statement = match element.node() {
            Some(NodeKind::Field) => inside && !is_form,
            Some(kind) => kind.is_statement(),
            None => continue,
        };
        is_form = element.says("emulate");
        if !is_statement {
            continue;
        }
        let context = open.last().map_or(Context::File, |(_, context)| *context);
        let block = element.first_word().and_then(|word| context.statement(word.text())?.block);
        let opens = block.filter(|_| element.text().ends_with('}'));
        pool.entry(context).or_default().push(Statement { text: element.text().to_owned(), block: opens });
        open.extend(block.map(|block| (element.span().end, block)));
    }
    pool
}

/// Some statements, each with a block of its own where it has one.
fn block(pool: &BTreeMap<Context, Vec<Statement>>, context: Context, most: usize, random: &mut Random) -> String {
    let known = &pool[&context];
    let documented = matches!(context, Context::File | Context::Device | Context::Layout | Context::Layer);
    let mut out = String::new();
    for _ in 0..random.below(most + 1) {
        if documented && random.below(8) == 0 {
            out += "\n/// Documented.\n";
        }
        let Statement { text, block: opens } = random.pick(known);
        match (opens, text.split_once('{')) {
            (Some(inner), Some((head, _))) => {
                out += &format!("{head}{{ {} }}", block(pool, *inner, most.min(6), random));
            }
            _ => out += text,
        }
        out += *random.pick(&[" ", "\n", "\n\n", " // after\n", "\n// own\n"]);
    }
    out
}

#[test]
fn generated_files_lose_nothing() {
    let pool = statements();
    for context in Context::ALL {
        let keywords: Vec<&str> = context.keywords().collect();
        let has = |keyword: &&str| {
            pool.get(context).is_some_and(|known| known.iter().any(|it| it.text.starts_with(*keyword)))
        };
        let missing: Vec<_> = keywords.iter().filter(|keyword| !has(keyword)).collect();
        assert!(missing.is_empty(), "{context:?}: {missing:?}");
    }
    let files = std::env::var("QUIRK_FORMAT_FILES").map_or(FILES, |files| files.parse().unwrap());
    let start = Instant::now();
    let mut bytes = 0;
    for seed in 1..=u64::try_from(files).unwrap() {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let text = block(&pool, Context::File, 8, &mut random);
        let gaps: Vec<&str> = (0..97).map(|_| *random.pick(&GAPS)).collect();
        let text = if random.below(2) == 0 { respaced(&text, &gaps) } else { text };
        bytes += text.len();
        if text.trim().is_empty() {
            continue;
        }
        sound(&text);
    }
    println!("{files} files, {bytes} bytes, {:.1} s", start.elapsed().as_secs_f64());
    assert!(bytes > files * 500, "{bytes}");
}
