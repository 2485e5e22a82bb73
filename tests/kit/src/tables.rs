//! Tables as the compiler writes them.

#![expect(clippy::panic, reason = "tests")]

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, catalogue, compile};

/// The tables of a description.
///
/// # Panics
/// Where the compiler refuses it.
#[must_use]
pub fn tables(text: &str) -> Vec<u8> {
    compiled(text, &Options::default())
}

/// The tables of a description of one device, `0xfffe:0x1001`: what its block says.
///
/// # Panics
/// Where the compiler refuses it.
#[must_use]
pub fn device(block: &str) -> Vec<u8> {
    tables(&only(block))
}

/// The tables of a description that the compiler refuses for what it says, as somebody else's compiler might write them.
///
/// # Panics
/// Where it cannot be read, or a name in it is unknown.
#[must_use]
pub fn unchecked(text: &str) -> Vec<u8> {
    // Layers in a circle are understood too.
    let off = catalogue::all().filter(|rule| rule.code >= 300 || **rule == catalogue::NAME_CYCLE).collect();
    compiled(text, &Options { off, ..Options::default() })
}

/// The same for a description of one device.
///
/// # Panics
/// Where it cannot be read, or a name in it is unknown.
#[must_use]
pub fn unchecked_device(block: &str) -> Vec<u8> {
    unchecked(&only(block))
}

/// The text of one device, `0xfffe:0x1001`: what its block says.
#[must_use]
pub fn only(block: &str) -> String {
    format!("device only {{ name \"Fictional\"; match pci(0xfffe, 0x1001); {block} }}")
}

fn compiled(text: &str, options: &Options) -> Vec<u8> {
    let inputs = vec![Input::Text("example.quirk".into(), format!("edition 1; {text}"))];
    let compilation = compile(inputs, options, &Memory::default());
    let said = || compilation.diagnostics().iter().map(|found| format!("{}: {}", found.rule.name, found.message));
    match compilation.database() {
        Some(bytes) => bytes.to_vec(),
        None => panic!("{text}: {:#?}", said().collect::<Vec<_>>()),
    }
}
