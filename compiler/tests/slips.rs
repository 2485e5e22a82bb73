//! Slips that vendors make when they write their first file: each is told with the help that mends it, a safe fix says what was
//! meant, and what may not have been meant is fixed on demand only.

use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Memory;
use quirk_compiler::fix::fix;
use quirk_compiler::{Input, Options, catalogue, compile};

/// A slip in a device.
struct Slip {
    /// The device without name and braces.
    text: &'static str,
    /// A part of a finding.
    says: &'static str,
    /// The text that the safe fixes make of it; the same if they leave it alone.
    safe: &'static str,
    /// The text that all fixes make of it.
    mended: &'static str,
}

/// A slip with one fix, which is safe.
const fn safe(text: &'static str, says: &'static str, mended: &'static str) -> Slip {
    Slip { text, says, safe: mended, mended }
}

/// A slip that is mended on demand only.
const fn on_demand(text: &'static str, says: &'static str, mended: &'static str) -> Slip {
    Slip { text, says, safe: text, mended }
}

const SLIPS: &[Slip] = &[
    // Ids.
    on_demand("match pci(0x1b1c, 1959);", "did you mean `0x1959`?", "match pci(0x1b1c, 0x1959);"),
    on_demand("match pci(6940, 2);", "did you mean `0x6940`?", "match pci(0x6940, 2);"),
    on_demand(
        "match pci(1, 2) { subsystem 0x1b1c, 1234; }",
        "did you mean `0x1234`?",
        "match pci(1, 2) { subsystem 0x1b1c, 0x1234; }",
    ),
    on_demand("match pci(1, 12345);", "write `0x3039`", "match pci(1, 0x3039);"),
    safe("match pci(1c5c, 1959);", "all hexadecimal or none", "match pci(0x1c5c, 0x1959);"),
    safe("match pci(8086, 1c5c);", "all hexadecimal or none", "match pci(0x8086, 0x1c5c);"),
    safe("match pci(1c5c, [1959, 174a]);", "all hexadecimal or none", "match pci(0x1c5c, [0x1959, 0x174a]);"),
    safe("match pci(1c5c, 2);", "hexadecimal numbers start with `0x`", "match pci(0x1c5c, 2);"),
    on_demand("match pci(0b25, 1959);", "all hexadecimal or none", "match pci(0x0b25, 0x1959);"),
    on_demand("match pci(fffe, 0x1001);", "did you mean `0xfffe`?", "match pci(0xfffe, 0x1001);"),
    safe("match 1c5c:1959;", "of `lspci -n` is written", "match pci(0x1c5c, 0x1959);"),
    safe("match [1c5c:1959];", "of `lspci -n` is written", "match pci(0x1c5c, 0x1959);"),
    safe("match pci 1c5c:1959;", "of `lspci -n` is written", "match pci (0x1c5c, 0x1959);"),
    safe("match pci(8086:a1b2);", "of `lspci -n` is written", "match pci(0x8086, 0xa1b2);"),
    safe("match pci(0x1c5c:0x1959);", "of `lspci -n` is written", "match pci(0x1c5c, 0x1959);"),
    // Offsets and ranges.
    on_demand(
        "match pci(1, 2); layout { cap pcie @ 40; }",
        "40 is 0x28; did you mean `0x40`?",
        "match pci(1, 2); layout { cap pcie @ 0x40; }",
    ),
    on_demand(
        "match pci(1, 2); layout { cap msi @ 74; }",
        "", // 74 is 0x4a, and 0x74 is a multiple of 4.
        "match pci(1, 2); layout { cap msi @ 0x74; }",
    ),
    on_demand(
        "match pci(1, 2); free @ 0xb00-0xfff { evidence driver \"x\"; }",
        "did you mean `0xb00..0x1000`?",
        "match pci(1, 2); free @ 0xb00..0x1000 { evidence driver \"x\"; }",
    ),
    on_demand(
        "match pci(1, 2); free @ 0xb00 - 0xc00 { evidence driver \"x\"; }",
        "did you mean `0xb00..0xc00`?",
        "match pci(1, 2); free @ 0xb00..0xc00 { evidence driver \"x\"; }",
    ),
    safe(
        "match pci(1, 2); layout { ext ltr @ 0x1b8, len 8; }",
        "no `,` stands before `len`",
        "match pci(1, 2); layout { ext ltr @ 0x1b8 len 8; }",
    ),
    safe(
        "match pci(1, 2); layout { ext ltr @ 0x1b8, length 8; }",
        "no `,` stands before `length`",
        "match pci(1, 2); layout { ext ltr @ 0x1b8 len 8; }",
    ),
    safe(
        "match pci(1, 2); layout { ext ltr @ 0x1b8 length 8; }",
        "did you mean `len`?",
        "match pci(1, 2); layout { ext ltr @ 0x1b8 len 8; }",
    ),
    on_demand(
        "match pci(1, 2); layout { reserved @ 0x400 size 8; }",
        "did you mean `len`?",
        "match pci(1, 2); layout { reserved @ 0x400 len 8; }",
    ),
    // Words.
    on_demand(
        "match pci(1, 2); free @ 0x400..0x500 { evidence spec \"x\"; }",
        "did you mean `datasheet`?",
        "match pci(1, 2); free @ 0x400..0x500 { evidence datasheet \"x\"; }",
    ),
    on_demand(
        "match pci(1, 2); free @ 0x400..0x500 { evidence kernel \"x\"; }",
        "did you mean `driver`?",
        "match pci(1, 2); free @ 0x400..0x500 { evidence driver \"x\"; }",
    ),
    on_demand(
        "match pci(1, 2); free @ 0x400..0x500 { evidence driver \"x\"; } pasid @ 0x400;",
        "did you mean `pasid { place @ 0x400; }`?",
        "match pci(1, 2); free @ 0x400..0x500 { evidence driver \"x\"; } pasid { place @ 0x400; }",
    ),
    on_demand(
        "match pci(1, 2); free @ 0x400..0x500 { evidence driver \"x\"; } pasid free;",
        "did you mean `pasid { place free; }`?",
        "match pci(1, 2); free @ 0x400..0x500 { evidence driver \"x\"; } pasid { place free; }",
    ),
    on_demand(
        "match pci(1, 2); layout { ext pasid @ 0x400; } pasid native;",
        "did you mean `pasid { place native; }`?",
        "match pci(1, 2); layout { ext pasid @ 0x400; } pasid { place native; }",
    ),
    on_demand(
        "match pci(1, 2); free @ 0x400..0x500 { evidence driver \"x\"; } pasid { width 16; place free; }",
        "did you mean `max_width`?",
        "match pci(1, 2); free @ 0x400..0x500 { evidence driver \"x\"; } pasid { max_width 16; place free; }",
    ),
    safe(
        "match pci(1, 2); layout { ext advanced_error_reporting @ 0x100; cap power_management @ 0x40; cap pcie @ 0x80; }",
        "did you mean `aer`?",
        "match pci(1, 2); layout { ext aer @ 0x100; cap pm @ 0x40; cap pcie @ 0x80; }",
    ),
    on_demand(
        "match pci(1, 2); layout { cap express @ 0x40; }",
        "did you mean `pcie`?",
        "match pci(1, 2); layout { cap pcie @ 0x40; }",
    ),
    on_demand(
        "match pci(1, 2); layout { cap msi-x @ 0x40; }",
        "did you mean `msix`?",
        "match pci(1, 2); layout { cap msix @ 0x40; }",
    ),
    // Comments.
    safe(
        "match pci(1, 2); # the only one; it isn't {new}\n layout { # lists\n }",
        "a comment starts with `//`",
        "match pci(1, 2); // the only one; it isn't {new}\n layout { // lists\n }",
    ),
];

fn device(text: &str) -> String {
    format!("edition 1;\ndevice d {{ name \"D\"; {text}\n}}\n")
}

fn options() -> Options {
    Options { off: vec![&catalogue::MISSING_TEST], ..Options::default() }
}

fn inputs() -> Vec<Input> {
    vec![Input::Path("main.quirk".into())]
}

fn files(text: &str) -> Memory {
    Memory::default().with("main.quirk", text)
}

/// Everything that is said of a text.
fn said(text: &str) -> String {
    let compilation = compile(inputs(), &options(), &files(text));
    let sources = compilation.sources();
    let shown = compilation.diagnostics().iter().map(|diagnostic| Concise { diagnostic, sources }.to_string());
    shown.collect::<Vec<_>>().join("\n")
}

fn mended(text: &str, also_unsafe: bool) -> String {
    let fixed = fix(inputs(), &options(), &files(text), also_unsafe);
    fixed.changes.first().map_or(text, |change| &change.after).to_owned()
}

#[test]
fn every_slip_is_told_with_its_help_and_mended() {
    let mut wrong = Vec::new();
    for slip in SLIPS {
        let text = device(slip.text);
        let said = said(&text);
        if said.is_empty() || !said.contains(slip.says) {
            wrong.push(format!("{}\n  says nothing of {:?}:\n{said}", slip.text, slip.says));
        }
        for (what, also_unsafe, expected) in [("safe", false, slip.safe), ("all", true, slip.mended)] {
            let found = mended(&text, also_unsafe);
            if found != device(expected) {
                wrong.push(format!("{}\n  with {what} fixes:\n{found}  and not\n{}", slip.text, device(expected)));
            }
        }
        let left = self::said(&device(slip.mended));
        if !left.is_empty() {
            wrong.push(format!("{}\n  mended, has findings:\n{left}", slip.mended));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SLIPS.len(), wrong.join("\n"));
}

/// Every finding about one slip: a consequence of it is no finding.
#[test]
fn a_slip_is_one_finding() {
    let one =
        ["match 1c5c:1959;", "match pci(1, 2); layout { ext ltr @ 0x1b8, len 8; }", "match pci(1, 2); pasid @ 0x400;"];
    for text in one {
        let compilation = compile(inputs(), &options(), &files(&device(text)));
        assert_eq!(compilation.diagnostics().len(), 1, "{text}\n{}", said(&device(text)));
    }
}

#[test]
fn names_with_a_dash_are_mended_on_demand() {
    let text = "edition 1;\ndevice my-device { name \"D\"; match pci(1, 2); }\ntest \"t\" { given device my-device; expect no pasid; }\n";
    assert!(said(text).contains("did you mean `my_device`?"), "{}", said(text));
    assert_eq!(mended(text, false), text);
    assert_eq!(mended(text, true), text.replace('-', "_"));
}

#[test]
fn a_constant_that_is_an_id_in_decimal_is_told_where_it_is_written() {
    let text = "edition 1;\nconst VENDOR = 6940;\ndevice d { name \"D\"; match pci(VENDOR, 2); }\n";
    assert!(said(text).contains("main.quirk:2:16: warning[QK0223 decimal-id]"), "{}", said(text));
    assert_eq!(mended(text, false), text);
}

#[test]
fn numbers_are_spoken_of_as_they_were_written() {
    let says = |text: &str, what: &str| assert!(said(&device(text)).contains(what), "{}", said(&device(text)));
    says(
        "match pci(1, 2); layout { ext ats @ 5000; }",
        "5000 (0x1388) is too large for an offset, which is at most 4095",
    );
    says("match pci(1, 2); layout { ext ats @ 0x1388; }", "0x1388 is too large for an offset, which is at most 0xfff");
    says("match pci(1, 2); layout { ext pri @ 0xa00 len 8; }", "of 8 bytes");
}
