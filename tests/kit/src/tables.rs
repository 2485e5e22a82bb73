//! Tables as the compiler writes them.

#![expect(clippy::panic, reason = "tests")]

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};

/// The tables of a description.
///
/// # Panics
/// Where the compiler refuses it.
#[must_use]
pub fn tables(text: &str) -> Vec<u8> {
    let inputs = vec![Input::Text("example.quirk".into(), format!("edition 1; {text}"))];
    let compilation = compile(inputs, &Options::default(), &Memory::default());
    let said = || compilation.diagnostics().iter().map(|found| format!("{}: {}", found.rule.name, found.message));
    match compilation.database() {
        Some(bytes) => bytes.to_vec(),
        None => panic!("{text}: {:#?}", said().collect::<Vec<_>>()),
    }
}

/// The tables of a description of one device, `0xfffe:0x1001`: what its block says.
///
/// # Panics
/// Where the compiler refuses it.
#[must_use]
pub fn device(block: &str) -> Vec<u8> {
    tables(&format!("device only {{ name \"Fictional\"; match pci(0xfffe, 0x1001); {block} }}"))
}
