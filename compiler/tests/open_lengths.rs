//! Where bytes may be declared free after a capability of each known kind.

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::capability::{Kind, Space};

const START: u16 = 0x200;

/// What the compiler says of free bytes that begin so many bytes after the start of a capability.
fn said(kind: &Kind, length: Option<u16>, free: u16) -> Vec<&'static str> {
    let length = length.map_or(String::new(), |length| format!("len {length:#x}"));
    let sub = match kind.name {
        "dvsec" => "(vendor: 0xfffe, id: 1)",
        "vendor" => "(id: 1)",
        _ => "",
    };
    let text = format!(
        "edition 1;
         device mover {{
             name \"Mover\";
             match pci(0xfffe, 0x1001);
             layout {{ cap pcie @ 0x40; ext {}{sub} @ {START:#x} {length} {{ evidence vendor \"letter\"; }} }}
             free @ {:#x}..0x1000 {{ evidence vendor \"letter\"; }}
             allow missing-test \"shows lengths\";
         }}",
        kind.name,
        START + free
    );
    let input = Input::Text("lengths.quirk".into(), text);
    let compilation = compile(vec![input], &Options::default(), &Memory::default());
    compilation.diagnostics().iter().map(|found| found.rule.name).collect()
}

/// Kinds whose registers do not tell their whole length: a bridge, a link or a mode of another capability decides.
const OPEN: [&str; 4] = ["aer", "dpc", "altproto", "ide"];

#[test]
fn behind_a_length_that_nothing_tells_nothing_is_free() {
    let mut seen = Vec::new();
    for kind in Space::Extended.kinds().iter().filter(|kind| kind.min < kind.max && kind.name != "null") {
        let most = kind.max.min(0x1000 - START - 4);
        let least = said(kind, None, kind.min.next_multiple_of(4));
        if least == ["length-needed"] {
            seen.push(kind.name);
            assert_eq!(said(kind, None, most - 4), ["length-needed"], "{}", kind.name);
        } else {
            assert!(least.is_empty(), "{}: {least:?}", kind.name);
        }
        assert_eq!(said(kind, Some(kind.min), kind.min.next_multiple_of(4)), [""; 0], "{}", kind.name);
        if kind.max <= most {
            assert_eq!(said(kind, None, kind.max), [""; 0], "{}", kind.name);
        }
    }
    seen.sort_unstable();
    let unknown: Vec<_> = OPEN.iter().filter(|name| !seen.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?} of {seen:?}");
}

/// The next entry ends it.
#[test]
fn what_follows_ends_it() {
    let text = "edition 1;
        device mover {
            name \"Mover\";
            match pci(0xfffe, 0x1001);
            layout { cap pcie @ 0x40; ext aer @ 0x100; ext dsn @ 0x12c; }
            free @ 0x138..0x1000 { evidence vendor \"letter\"; }
            allow missing-test \"shows lengths\";
        }";
    let input = Input::Text("lengths.quirk".into(), text.to_owned());
    let compilation = compile(vec![input], &Options::default(), &Memory::default());
    assert!(compilation.database().is_some(), "{:?}", compilation.diagnostics());
}
