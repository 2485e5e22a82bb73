//! Any bytes as one or two records of a device: an error, or a draft that compiles, is as `fmt` would have it, and passes its own
//! test.
#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use quirk_compiler::files::Disk;
use quirk_compiler::{Compilation, Input, compile};
use quirk_draft::{Options, Sample, drafts, text};
use quirk_runtime::{Function, Identity};

const SIZES: [usize; 3] = [64, 256, 4096];

fn compiled(text: &str) -> Compilation {
    let input = Input::Text(PathBuf::from("draft.quirk"), text.to_owned());
    compile(vec![input], &quirk_compiler::Options::default(), &Disk)
}

fuzz_target!(|bytes: &[u8]| {
    // What is left of an input is 0, so that a short one makes lists in a space of any size.
    let [choice, description @ .., split] = bytes else { return };
    let size = SIZES[usize::from(choice % 3)];
    let function = [Function::Unknown, Function::Physical, Function::Virtual][usize::from(choice >> 2 & 3).min(2)];
    let space = |from: &[u8]| {
        let mut space = vec![0; size];
        let length = from.len().min(size);
        space[..length].copy_from_slice(&from[..length]);
        space
    };
    let at = usize::from(*split) % (description.len() + 1);
    let one = space(description);
    let mut two = one.clone();
    let (start, rest) = description.split_at(at);
    let length = rest.len().min(size.saturating_sub(at));
    two[at.min(size)..at.min(size) + length].copy_from_slice(&rest[..length]);
    two.iter_mut().zip(start).for_each(|(byte, other)| *byte ^= other >> 6);
    let name = String::from_utf8_lossy(start);
    let record = |bytes| {
        let mut identity = Identity::from_header(bytes_of(bytes)).with_function(function);
        (identity.vendor, identity.device) = (0xfffe, 0x1001);
        Sample { bytes, identity, name: "x", description: &name, origin: &name }
    };
    let records = [record(&one), record(&two)];
    let some = if choice & 0x10 == 0 { &records[..1] } else { &records };
    let Ok(drafts) = drafts(some, &Options::default()) else { return };
    let text = text(&drafts).expect("a draft can be formatted");
    assert_eq!(quirk_dsl::format(&text).as_deref().ok(), Some(&*text), "formatting changes nothing more");
    let compilation = compiled(&text);
    assert_eq!(compilation.errors(), 0, "{text}");
    let tests = compilation.tests();
    assert!(!tests.is_empty() && tests.iter().all(|test| test.run().passed()), "{text}");
});

fn bytes_of(bytes: &[u8]) -> &[u8; 64] {
    bytes.first_chunk().expect("no space is shorter than a header")
}
