//! Descriptions that a few bytes of text make large say what they should. `tests/linear` counts what it takes to find that out.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write;

use quirk_compiler::diagnostic::Severity;
use quirk_compiler::files::Memory;
use quirk_compiler::{Compilation, Input, Options, compile};

fn compiled(text: String) -> Compilation {
    compile(vec![Input::Text("main.quirk".into(), text)], &Options::default(), &Memory::default())
}

fn errors(compilation: &Compilation) -> Vec<&str> {
    let errors = compilation.diagnostics().iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.rule.name).collect()
}

/// All pairs agree on all bytes but one, which one layer shows otherwise.
#[test]
fn many_layers_that_own_all_of_a_space() {
    let mut text = String::from("edition 1;\n");
    for at in 0..2000 {
        writeln!(text, "layer l{at} {{ match pci(0xfffe, any); emulate bytes @ 0x40 len 0xfc0 = device ro; }}")
            .unwrap();
    }
    assert_eq!(errors(&compiled(text.clone())), [""; 0]);
    text += "layer other { match pci(0xfffe, 1); emulate u8 @ 0x51 = 1 ro; }\n";
    let compilation = compiled(text);
    assert_eq!(errors(&compilation), ["layers-collide"]);
    let found = compilation.diagnostics().iter().find(|found| found.rule.name == "layers-collide").unwrap();
    assert!(found.message.contains("`other` and `l0` own bits 0xff of byte 0x051"), "{}", found.message);
    assert!(found.help.as_ref().unwrap().ends_with("`other` collides with 1999 more layers"), "{:?}", found.help);
}

/// As many findings as layers, not as pairs of them.
#[test]
fn many_layers_that_all_collide() {
    let mut text = String::from("edition 1;\n");
    for at in 0..1000 {
        // The second says how it goes with the first, and not with the others.
        let over = if at == 1 { "over l0; " } else { "" };
        writeln!(text, "layer l{at} {{ match pci(0xfffe, any); {over}emulate u32 @ 0x50 = {at} ro; }}").unwrap();
    }
    let compilation = compiled(text);
    assert_eq!(errors(&compilation), ["layers-collide"; 998]);
    let found = compilation.diagnostics().iter().filter(|found| found.rule.name == "layers-collide");
    for (at, found) in (2..).zip(found) {
        assert!(found.message.starts_with(&format!("`l{at}` and `l0` ")), "{}", found.message);
        let others = if at == 2 { "one more layer".to_owned() } else { format!("{} more layers", at - 1) };
        assert!(found.help.as_ref().unwrap().ends_with(&format!("`l{at}` collides with {others}")), "{:?}", found.help);
    }
}

#[test]
fn many_fields_that_own_all_of_a_space() {
    let mut text = String::from("edition 1;\nlayer l { match pci(0xfffe, any);\n");
    text += &"emulate bytes @ 0x40 len 0xfc0 = device ro;\n".repeat(2000);
    assert_eq!(errors(&compiled(text + "}\n")), ["fields-overlap"; 1999]);
}

#[test]
fn many_settings_of_one_policy() {
    let mut text = String::from("edition 1;\ntest \"t\" { given pci(1, 1); expect no pasid; policy {\n");
    text += &"owned @ 0x400 len 4;\n".repeat(100_000);
    assert_eq!(errors(&compiled(text + "} }\n")), [""; 0]);
}

#[test]
fn many_layers_that_are_each_over_the_next() {
    let mut text = String::from("edition 1;\n");
    for at in 0..30_000 {
        writeln!(text, "layer l{at} {{ match pci(0xfffe, {at}); over l{}; unassigned deny; }}", at + 1).unwrap();
    }
    text += "layer l30000 { match pci(0xfffe, 30000); unassigned deny; }\n";
    assert_eq!(errors(&compiled(text)), [""; 0]);
}
