//! Any text, alone or used by a second file, and texts put together from the language's own statements: the compiler ends,
//! every place it names is in a text, and what it finds sound is a database that loads.
#![no_main]

use std::fmt::Write;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use quirk_compiler::diagnostic::{Concise, Label};
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, Place, Sources, compile};
use quirk_dsl::shape::{Context, Shape};
use quirk_runtime::Database;

/// How deep made-up blocks nest.
const DEPTH: u32 = 4;

/// Writes statements of a block as its shapes show them, with numbers and names changed now and then.
fn statements(context: Context, depth: u32, data: &mut Unstructured<'_>, out: &mut String) -> arbitrary::Result<()> {
    while out.len() < 20_000 && data.ratio(4u8, 5u8)? {
        let Ok(shape) = data.choose(context.statements()) else { break };
        match shape.block {
            Some(inner) if depth < DEPTH && data.ratio(2u8, 3u8)? => {
                let head = shape.example.split_once('{').map_or(shape.example, |(head, _)| head);
                out.push_str(&changed(head.trim_end_matches([';', ' ', '\n']), data)?);
                out.push_str(" { ");
                required(inner, data, out)?;
                statements(inner, depth + 1, data, out)?;
                out.push_str("}\n");
            }
            _ => {
                out.push_str(&changed(shape.example, data)?);
                out.push('\n');
            }
        }
    }
    Ok(())
}

/// What must stand in a block, so that more than the first mistake is reached.
fn required(context: Context, data: &mut Unstructured<'_>, out: &mut String) -> arbitrary::Result<()> {
    use quirk_dsl::shape::Times;
    let must = |shape: &&Shape| matches!(shape.times, Times::Once | Times::AtLeastOnce);
    for shape in context.statements().iter().filter(must) {
        out.push_str(&changed(shape.example, data)?);
        out.push(' ');
    }
    Ok(())
}

/// An example with some of its numbers and last letters of names replaced.
fn changed(example: &str, data: &mut Unstructured<'_>) -> arbitrary::Result<String> {
    let mut out = String::new();
    for word in example.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        let sign = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(word.len());
        let (word, sign) = word.split_at(sign);
        if word.starts_with(|c: char| c.is_ascii_digit()) && data.ratio(1u8, 2u8)? {
            let number = match data.int_in_range(0..=3)? {
                0 => u32::from(data.arbitrary::<u8>()?),
                1 => u32::from(data.arbitrary::<u16>()?) & 0xffc,
                2 => u32::from(data.arbitrary::<u16>()?),
                _ => data.arbitrary()?,
            };
            let _ = write!(out, "{number:#x}");
        } else {
            out.push_str(word);
        }
        out.push_str(sign);
    }
    Ok(out)
}

fn made_up(data: &[u8]) -> String {
    let mut text = String::from("edition 1;\n");
    // Data that ends is zeros, which end every block.
    let _ = statements(Context::File, 0, &mut Unstructured::new(data), &mut text);
    text
}

fn check_place(sources: &Sources, place: Place) {
    let text = sources.get(place.file).text();
    assert!(text.get(place.span.range()).is_some(), "{place:?} is not in a text of {} bytes", text.len());
    let _ = sources.position(place);
}

fn check(text: &str) {
    let user = "edition 1;\nuse \"used.quirk\" as used;\n";
    let files = Memory::default().with("used.quirk", text).with("user.quirk", user);
    let inputs = vec![Input::Path("user.quirk".into()), Input::Path("used.quirk".into())];
    let compilation = compile(inputs, &Options::default(), &files);
    let sources = compilation.sources();
    for diagnostic in compilation.diagnostics() {
        let _ = Concise { diagnostic, sources }.to_string();
        let labels = core::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
        labels.for_each(|Label { place, .. }| check_place(sources, *place));
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits);
        edits.for_each(|edit| check_place(sources, edit.place));
    }
    if let Some(bytes) = compilation.database() {
        assert_eq!(compilation.errors(), 0);
        Database::load(bytes).expect("what the compiler writes loads");
        assert!(compilation.rust().is_some() && compilation.c().is_some());
    }
}

fuzz_target!(|data: &[u8]| {
    match data {
        [0, rest @ ..] => check(&made_up(rest)),
        _ => {
            if let Ok(text) = str::from_utf8(data) {
                check(text);
            }
        }
    }
});
