//! Where one could read the reference in two ways, it says which one holds, and the compiler does that.

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, catalogue, compile};

const REFERENCE: &str = include_str!("../../docs/language.md");

/// The reference says so, wherever its lines end.
#[track_caller]
fn said(sentence: &str) {
    let text = REFERENCE.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(sentence), "the reference does not say: {sentence}");
}

/// The codes and lines of what a description breaks, with `edition 1;` in line 1.
fn found(body: &str) -> Vec<(String, usize)> {
    let inputs = vec![Input::Text("main.quirk".into(), format!("edition 1;\n{body}\n"))];
    let options = Options { off: vec![&catalogue::MISSING_TEST], ..Options::default() };
    let compilation = compile(inputs, &options, &Memory::default());
    let at = |found: &quirk_compiler::diagnostic::Diagnostic| {
        let line = compilation.sources().position(found.primary.place).line;
        (found.rule.name.to_owned(), usize::try_from(line).unwrap_or_default())
    };
    compilation.diagnostics().iter().map(at).collect()
}

#[track_caller]
fn breaks(body: &str, expected: &[(&str, usize)]) {
    let expected: Vec<_> = expected.iter().map(|(rule, line)| ((*rule).to_owned(), *line)).collect();
    assert_eq!(found(body), expected, "{body}");
}

/// A device with a layout and free bytes.
fn device(layout: &str, free: &str) -> String {
    format!(
        "device mover {{ name \"Mover\"; match pci(0xfffe, 1); layout {{ cap pcie @ 0x40; {layout} }}\n{} }}",
        if free.is_empty() { String::new() } else { format!("free @ {free} {{ evidence vendor \"x\"; }}") }
    )
}

#[test]
fn a_width_of_0_is_said_as_none() {
    said("`max_width` is 1 to 20, and a device without PASID says `pasid none`");
    let with = |pasid: &str| {
        let layout = "layout { cap pcie @ 0x40; ext pasid @ 0x200; }";
        format!("device mover {{ name \"Mover\"; match pci(0xfffe, 1); {layout} pasid {pasid} }}")
    };
    breaks(&with("{ place native; max_width 0; }"), &[("pasid-width", 2)]);
    breaks(&with("{ place native; max_width 1; }"), &[]);
    breaks(&with("none;"), &[]);
}

#[test]
fn every_place_that_is_wrong_is_told_and_no_consequence() {
    let with = |layout: &str, free: &str, places: &str| {
        let free = if free.is_empty() { String::new() } else { format!("free @ {free} {{ evidence vendor \"x\"; }}") };
        format!(
            "device mover {{ name \"Mover\"; match pci(0xfffe, 1); layout {{ cap pcie @ 0x40; {layout} }} {free}\npasid {{ place\n{places}; }} }}"
        )
    };
    breaks(&with("", "", "[native,\nfree]"), &[("no-native-slot", 4), ("pasid-has-no-room", 5)]);
    breaks(&with("", "0x400..0x404", "[native,\nfree]"), &[("no-native-slot", 4), ("pasid-has-no-room", 5)]);
    breaks(&with("", "0x400..0x408", "[native,\nfree]"), &[("no-native-slot", 4)]);
    breaks(&with("ext pasid @ 0x200;", "", "[native,\nfree]"), &[("pasid-has-no-room", 5)]);
    // That nothing is free is the reason of both.
    breaks(&with("", "", "[@ 0x400,\nfree]"), &[("pasid-not-free", 4)]);
}

#[test]
fn a_layout_that_lists_both_kinds_has_pci_express() {
    said("One that lists conventional and extended capabilities and has no `cap pcie` is a warning (`pcie-missing`)");
    let with = |layout: &str| format!("device mover {{ name \"Mover\"; match pci(0xfffe, 1); layout {{ {layout} }} }}");
    breaks(&with("ext aer @ 0x100;"), &[]);
    breaks(&with("cap msix @ 0x80;"), &[]);
    breaks(&with("cap msix @ 0x80; ext aer @ 0x100;"), &[("pcie-missing", 2)]);
    breaks(&with("cap pcix @ 0x80; ext 0x1b @ 0x100;"), &[("pcie-missing", 2)]);
    breaks(&with("cap 0x10 @ 0x40; ext aer @ 0x100;"), &[]);
    breaks(&with("cap pcie @ 0x40 optional; cap msix @ 0x80; ext aer @ 0x100;"), &[]);
}

#[test]
fn an_exception_is_one_from_something() {
    said("`exception-changes-nothing`: any of `raw`, `ro` of `read_only`");
    let with = |unassigned: &str| format!("layer l {{ match pci(0xfffe, 1); unassigned {unassigned} }}");
    breaks(&with("raw { allow @ 0x700..0x720 rw; }"), &[("exception-changes-nothing", 2)]);
    breaks(&with("read_only { allow @ 0x700..0x720 ro; }"), &[("exception-changes-nothing", 2)]);
    breaks(&with("read_only { allow @ 0x700..0x720 rw; }"), &[]);
    breaks(&with("deny { allow @ 0x700..0x720 ro; }"), &[]);
}

#[test]
fn what_is_not_seen_is_told() {
    said("A carriage return alone ends none, so in comments and texts it is an error");
    said("the characters that change the order in which others are shown (`text-direction`), as in Rust");
    for (text, expected) in [
        ("// a\rconst A = 1;", Some("carriage-return")),
        ("/// a\rb\nconst A = 1;", Some("carriage-return")),
        ("layer l { match pci(0xfffe, 1); hide ext ats; allow missing-test \"a\rb\"; }", Some("carriage-return")),
        ("// a\r\nconst A = 1;\r\n", None),
        ("const A\r= 1;", None),
    ] {
        breaks(text, &expected.map(|rule| (rule, 2)).into_iter().collect::<Vec<_>>());
    }
    // All that rustc denies, and their neighbours.
    for character in
        ['\u{2028}', '\u{202a}', '\u{202c}', '\u{202e}', '\u{202f}', '\u{2065}', '\u{2066}', '\u{2069}', '\u{206a}']
    {
        let is_denied = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let expected: &[(&str, usize)] = if is_denied { &[("text-direction", 2)] } else { &[] };
        breaks(&format!("const A = 1; // {character}"), expected);
        breaks(&format!("device d {{ name \"a{character}\"; match pci(0xfffe, 1); }}"), expected);
        breaks(&format!("device d {{ name \"a\\u{{{:x}}}\"; match pci(0xfffe, 1); }}", u32::from(character)), &[]);
    }
}

#[test]
fn native_of_a_policy_is_no_switch() {
    said("`native never\\|confirmed\\|probed;`");
    let test = |word| format!("test \"t\" {{ given pci(0xfffe, 1); expect no pasid; policy {{ native {word}; }} }}");
    breaks(&test("on"), &[("unknown-word", 2)]);
    breaks(&test("probed"), &[]);
}

#[test]
fn nothing_is_declared_on_a_copy() {
    said("what lies at that distance and beyond is the first copy again, and nothing is declared there");
    breaks(&device("ext aer @ 0x100; ext ats @ 0x500; aliased every 0x400;", ""), &[("layout-on-copy", 2)]);
    // A copy of what the first has is not an overlap: it is the same bytes.
    let copied = device("register @ 0x300..0x310 { evidence vendor \"x\"; } aliased every 0x400;", "0x700..0x720");
    breaks(&copied, &[("layout-on-copy", 3)]);
}

#[test]
fn a_field_counts_from_a_capability_by_its_ids() {
    said("\"@\" [ (\"cap\" | \"ext\") kind \"+\" ]");
    let layer = "layer l { match pci(0xfffe, 1); emulate u32 @ ext vendor(id: 6) + 8 = 1 ro; }";
    breaks(
        &format!("{}\n{layer}", device("ext vendor(id: 5) @ 0x170 len 32; ext vendor(id: 6) @ 0x200 len 32;", "")),
        &[],
    );
}

#[test]
fn a_header_that_a_layer_hides_is_bytes_like_others() {
    said("unless some layer hides that capability: then layers that own the same bits collide");
    let on_header = "layer a { match pci(0xfffe, 1); emulate u32 @ 0x150 = 1 ro; }";
    let hides = "layer h { match pci(0xfffe, 1); hide ext dsn; }";
    let layout = device("ext aer @ 0x100; ext dsn @ 0x150;", "");
    breaks(&format!("{layout}\n{on_header}"), &[("field-on-header", 4)]);
    breaks(&format!("{layout}\n{on_header}\n{hides}"), &[("layers-collide", 5)]);
}

#[test]
fn free_bytes_begin_where_a_capability_surely_ends() {
    said(
        "Of a kind whose own bits tell its length for sure, such as a VSEC or MSI, bytes after the least may be declared free",
    );
    breaks(&device("cap msi @ 0x80; ext vendor(id: 1) @ 0x3e0;", "[0x8a..0xa0, 0x3e8..0x400]"), &[]);
    said("A null capability has a header alone, and its other bytes may still be those of what it replaced");
    breaks(&device("ext null @ 0x100;", "0x108..0x110"), &[("length-needed", 3)]);
    breaks(&device("ext null @ 0x100 len 4;", "0x108..0x110"), &[]);
    said("| `ext ide` | 0x30 |");
    breaks(&device("ext ide @ 0x300; ext dpc @ 0x500;", "0x400..0x440"), &[("length-needed", 3)]);
    breaks(&device("ext aer @ 0x100;", "0x12c..0x140"), &[("length-needed", 3)]);
    breaks(&device("ext aer @ 0x100 len 0x2c;", "0x12c..0x140"), &[]);
}

/// The table says of each kind where free bytes may begin.
#[test]
fn free_bytes_begin_where_the_table_says() {
    let mut kinds = 0;
    for row in REFERENCE.lines().filter(|line| line.starts_with("| `ext ") && line.contains(" | 0x")) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [kind, _, least, free] = cells.as_slice() else { continue };
        let arguments = match *kind {
            "| `ext vendor`" => "(id: 1)",
            "| `ext dvsec`" => "(vendor: 0xfffe, id: 1)",
            _ => "",
        };
        let number = |text: &str| u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or_default();
        let begins = |at: u64| {
            let at = at.next_multiple_of(4);
            let entry = format!("{}{arguments} @ 0x200;", kind.trim_matches(['|', ' ', '`']));
            let broken = found(&device(&entry, &format!("{:#x}..{:#x}", 0x200 + at, 0x210 + at)));
            assert!(broken.iter().all(|(rule, _)| rule == "length-needed"), "{row}: {broken:?}");
            broken.is_empty()
        };
        let most = free.strip_prefix("after 0x").and_then(|rest| rest.split(',').next()).map(number);
        assert_eq!(begins(number(least)), free.starts_with("after it") || free.starts_with("after the least"), "{row}");
        assert!(most.is_none_or(|most| begins(most) && !begins(most - 4)), "{row}");
        kinds += 1;
    }
    assert!(kinds > 40, "{kinds}");
}

#[test]
fn one_unreadable_claim_hides_no_other() {
    said("none that only follows from another: a statement that fails takes nothing with it but what needs it");
    let text = "device mover { name \"Mover\"; match pci(0xfffe, 1);\n\
        layout { cap pcie @ 0x40; register @ 0x500..0x510;\n\
        register @ 0x520..0x530 { evidence 5; } }\n\
        free @ 0x600..0x610; }";
    let rules: Vec<_> = found(text).into_iter().filter(|(rule, _)| rule == "missing-evidence").collect();
    assert_eq!(rules, [("missing-evidence".to_owned(), 3), ("missing-evidence".to_owned(), 5)]);
}

#[test]
fn an_allow_is_looked_at_with_its_file() {
    said("One that silences nothing is a warning");
    let library = "edition 1;\nlayer shared { match pci(0xfffe, any); emulate u8 @ 0x3c = 9 ro; }\n\
        device parent { name \"Parent\"; match pci(0xfffe, 1); allow missing-test \"a parent\"; }\n";
    let main =
        "edition 1;\nuse \"lib.quirk\" as lib;\ntest \"parent\" { given device lib::parent; expect no pasid; }\n";
    let files = Memory::default().with("main.quirk", main).with("lib.quirk", library);
    let compilation = compile(vec![Input::Path("main.quirk".into())], &Options::default(), &files);
    assert_eq!(compilation.diagnostics(), [], "nobody asked for the file");
    let files = Memory::default()
        .with("lib.quirk", format!("{library}test \"t\" {{ given device parent; enable shared; expect no pasid; }}"));
    let compilation = compile(vec![Input::Path("lib.quirk".into())], &Options::default(), &files);
    let rules: Vec<_> = compilation.diagnostics().iter().map(|found| found.rule.name).collect();
    assert_eq!(rules, ["unused-allow"]);
}

#[test]
fn a_lost_constant_hides_no_unknown_namespace() {
    let text = "const A = ;\ndevice mover { name \"Mover\"; match pci(nowhere::ID, 1); }";
    assert_eq!(found(text).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>(), ["unexpected-token", "unknown-name"]);
}

#[test]
fn layers_widen_nothing_and_write_nothing_that_is_hidden() {
    said("No field of a layer lies on a PASID capability of the layout");
    let layout = device("ext aer @ 0x100; ext dsn @ 0x150; ext pasid @ 0x230;", "");
    let field =
        |at: &str| format!("{layout}\nlayer l {{ match pci(0xfffe, 1); emulate u32 @ {at} = 0xffff_ffff rw; }}");
    breaks(&field("ext pasid + 4"), &[("field-on-pasid", 4)]);
    let hides = "layer h { match pci(0xfffe, 1); hide ext dsn; }";
    breaks(&format!("{}\n{hides}", field("0x154")), &[("layers-collide", 5)]);
}
