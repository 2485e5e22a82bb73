//! Texts made to be slow are not: the generated parser's steps are counted, and stay within a limit for each byte.
//!
//! Alone in its program, because the limit holds for the whole process.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use quirk_dsl::parse;

/// How long the texts are.
const LENGTH: usize = 50_000;

/// How many steps the parser may take for each byte. What is quadratic would need some ten thousand.
const STEPS: usize = 150;

#[test]
fn steps_grow_with_the_length_alone() {
    pest::set_call_limit(NonZeroUsize::new(LENGTH * STEPS));
    let many = |unit: &str| unit.repeat(LENGTH / unit.len());
    let inside = |before: &str, unit: &str| format!("{before}{}", many(unit));
    let texts = [
        many("("),
        many("{"),
        many("}"),
        many("{}"),
        many(";"),
        many("a"),
        many("a "),
        many("a;"),
        many("\""),
        many("\" "),
        many("\"\n"),
        many("'"),
        many("'\\"),
        many("/*"),
        many("/* */"),
        many("// x\n"),
        many("/// x\n"),
        many("#"),
        many("#!["),
        many("#[x]\n"),
        many("device d {\n"),
        many("device d { layout {\n}\n"),
        many("device d { }\n}\n"),
        many("const A = "),
        many("\u{a0}"),
        inside("const A = 1", " + 1"),
        inside("const A = ", "!"),
        inside("const A = 1", " "),
        inside("const A = \"", ";"),
        format!("device d {{ name \"{}x\n}}", many("; ")),
        format!("device d {{ name \"x\" {} }}", many("/* */ // x\n")),
        inside("device d { ", "name "),
        inside("device d { ", "free @ 0x400..0x500 "),
        inside("device d { ", "free @ 0x400..0x500 { evidence vendor \"x\"; } "),
        inside("device d { match pci(1, 2) { ", "revision 1 "),
        inside("device d { match pci([", "1, "),
        inside("device d { layout { ", "cap "),
        inside("device d { layout { ", "ext dvsec(vendor: 1, id: 2) @ 1 len 2 optional "),
        inside("device d { layout { ", "} "),
        inside("device d { ", "layout x y z "),
        inside("device d { ", "#[doc = \"x\"] "),
        inside("layer l { ", "emulate u8 @ cap pcie + 1 bits 0..1 = 1 rw forced(1) "),
        inside("layer l { emulate bytes @ 1 [", "1, "),
        inside("test \"t\" { ", "given pci(1, 2) { bar 1 2; "),
        inside("test \"t\" { policy { a ", "b-c "),
        inside("test \"t\" { expect ", "no pasid; expect "),
    ];
    for text in texts {
        let start = Instant::now();
        let parse = parse(text.as_str());
        let name: String = text.chars().take(60).collect();
        assert_eq!(parse.tree.print(), text, "{name}");
        assert!(
            parse.errors.iter().all(|error| error.message != "this item cannot be read"),
            "more than {STEPS} steps for each byte: {name}"
        );
        // What is not the parser's own work: generous, to catch only what is quadratic.
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}: {name}", start.elapsed());
    }
}
