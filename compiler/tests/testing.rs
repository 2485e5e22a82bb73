//! Tests run on the runtime: each kind of statement passes where it is true, and fails, with what was found, where it is not.
#![expect(clippy::unwrap_used, reason = "tests")]

use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Memory;
use quirk_compiler::testing::{Failure, Suite};
use quirk_compiler::{Compilation, Input, Options, catalogue, compile};

const DEVICES: &str = "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, [0x1001, 0x1010..=0x101f]) { revision 3..=5; class 0x12_0000 mask 0xff_0000; function physical; }
    layout {
        cap vendor @ 0x90 len 0x14;
        cap pcie   @ 0x40;
        ext ats    @ 0x220;
        ext aer    @ 0x100;
        ext pasid  @ 0x230;
        ext sriov  @ 0x240 optional;
        ext vendor(id: 7) @ 0x280 len 0x18;
        ext dvsec(vendor: 0xfffe, id: 0x42) @ 0x300 len 0x40;
        register \"port logic\" @ 0x700..0x900 { evidence vendor \"letter\"; }
        reserved @ 0xa00..0xa10;
    }
    free @ 0x400..0x500 { evidence vendor \"letter\"; }
    pasid { place free; max_width 18; privileged deny; }
}
device native {
    name \"Native\";
    match pci(0xfffe, 0x2001);
    layout { cap pcie @ 0x70; ext aer @ 0x100; ext pasid @ 0x140; }
    pasid { place native; }
}
device first {
    name \"First is hidden\";
    match pci(0xfffe, 0x2002);
    layout { cap pcie @ 0x70; ext pasid @ 0x100; ext ats @ 0x140; }
}
device late {
    name \"Late\";
    match pci(0xfffe, 0x2003) { config u16 @ 0x60 == 0x1234; }
    layout { cap pcie @ 0x70; ext ats @ 0x140; }
    pcie_port integrated_endpoint;
}
device vf {
    name \"Virtual\";
    match pci(0xfffe, 0x2004) { function virtual; }
    layout { cap pcie @ 0x70; ext ats @ 0x100; }
    free @ 0x400..0x408 { evidence vendor \"letter\"; }
    pasid;
}
device conventional {
    name \"Conventional\";
    match pci(0xfffe, 0x2005);
    layout { cap msi @ 0x50 len 24; }
    pasid { place @ 0x400; }
    free @ 0x400..0x408 { evidence vendor \"letter\"; }
}
device range { name \"Range\"; match pci(0xfffe, 0x3000..=0x300f); }
device lowest { name \"Lowest\"; match pci(0xfffe, 0x3000); }
device repeats {
    name \"Repeats\";
    match pci(0xfffe, 0x4001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; aliased every 0x400; }
}
device bridge {
    name \"Bridge\";
    match pci(0xfffe, 0x4002) { class 0x06_0400; }
    layout { cap pcie @ 0x40; }
    pcie_port root_port;
}
";

fn compiled(statements: &str) -> Compilation {
    let text = format!("{DEVICES}test \"t\" {{ {statements} }}\n");
    let files = Memory::default().with("main.quirk", text);
    let off = vec![&catalogue::MISSING_TEST];
    let compilation = compile(vec![Input::Path("main.quirk".into())], &Options { off, ..Options::default() }, &files);
    let sources = compilation.sources();
    let found: Vec<_> =
        compilation.diagnostics().iter().map(|diagnostic| Concise { diagnostic, sources }.to_string()).collect();
    assert_eq!(found, Vec::<String>::new(), "{statements}");
    compilation
}

fn failures(statements: &str) -> Vec<Failure> {
    let compilation = compiled(statements);
    let tests = compilation.tests();
    assert_eq!(tests.len(), 1);
    tests[0].run().failures
}

#[track_caller]
fn passes(statements: &str) {
    assert_eq!(failures(statements), [], "{statements}");
}

const MOVER: &str = "given device mover; host pasid width 20 execute privileged; ";

/// What is true, the same said wrong, and what the failure says of it.
const EXPECTATIONS: &[(&str, &str, &str, &str)] = &[
    ("pasid @ 0x400", "pasid @ 0x404", "PASID at 0x404", "PASID at 0x400, width 18, execute"),
    (
        "pasid @ 0x400 width 18",
        "pasid @ 0x400 width 20",
        "PASID at 0x400, width 20",
        "PASID at 0x400, width 18, execute",
    ),
    (
        "pasid @ 0x400 execute",
        "pasid @ 0x400 privileged",
        "PASID at 0x400, privileged",
        "PASID at 0x400, width 18, execute",
    ),
    ("pasid @ 0x400", "no pasid", "no PASID", "PASID at 0x400"),
    (
        "chain ext [0x100, 0x220, 0x240, 0x280, 0x300, 0x400]",
        "chain ext [0x100, 0x220, 0x230, 0x240, 0x280, 0x300, 0x400]",
        "chain ext [0x100, 0x220, 0x230, 0x240, 0x280, 0x300, 0x400]",
        "[0x100 aer, 0x220 ats, 0x240 sriov, 0x280 vendor, 0x300 dvsec, 0x400 pasid]",
    ),
    ("chain cap [0x40, 0x90]", "chain cap [0x90, 0x40]", "chain cap [0x090, 0x040]", "[0x040 pcie, 0x090 vendor]"),
    ("chain cap [0x40, 0x90]", "chain cap [0x40]", "chain cap [0x040]", "[0x040 pcie, 0x090 vendor]"),
    ("cap pcie", "cap msix", "cap msix", "no cap msix"),
    (
        "cap vendor @ 0x90 len 0x14",
        "cap vendor @ 0x90 len 0x18",
        "cap vendor at 0x090 len 0x18",
        "cap vendor at 0x090 len 0x14",
    ),
    ("ext vendor(id: 7)", "ext vendor(id: 8)", "ext vendor(id: 0x0008)", "ext vendor(id: 0x0007) at 0x280 len 0x18"),
    (
        "ext dvsec(vendor: 0xfffe, id: 0x42) @ 0x300 len 0x40",
        "ext dvsec(vendor: 0xfffd, id: 0x42)",
        "ext dvsec(vendor: 0xfffd, id: 0x0042)",
        "ext dvsec(vendor: 0xfffe, id: 0x0042) at 0x300 len 0x40",
    ),
    ("no ext pri", "no ext sriov", "no ext sriov", "ext sriov at 0x240 len 0x40"),
    ("no ext sriov @ 0x244", "no ext sriov @ 0x240", "no ext sriov at 0x240", "ext sriov at 0x240 len 0x40"),
    ("u16 @ 0 == 0xfffe", "u16 @ 0 == 0xfffd", "u16 at 0x000 == 0xfffd", "0xfffe"),
    ("u8 @ 8 == 3", "u8 @ 8 == 4", "u8 at 0x008 == 0x04", "0x03"),
    ("u32 @ 8 == 0x12_0000_03", "u32 @ 8 == 0x12_0000_04", "u32 at 0x008 == 0x12000004", "0x12000003"),
    ("bytes @ 2 == [1, 0x10]", "bytes @ 2 == [1, 0x20]", "2 bytes at 0x002 == [0x01, 0x20]", "[0x01, 0x10]"),
    ("device untouched 0x400..0x600", "finding chain-loop", "the finding `chain-loop`", "nothing"),
];

#[test]
fn what_is_true_passes_and_what_is_not_fails_with_what_was_found() {
    for &(right, wrong, expected, found) in EXPECTATIONS {
        passes(&format!("{MOVER} expect {right};"));
        let failures = failures(&format!("{MOVER} expect {wrong};"));
        let said: Vec<_> = failures.iter().map(|failure| (failure.expected.as_str(), failure.found.as_str())).collect();
        assert_eq!(said, [(expected, found)], "{wrong}");
    }
}

#[test]
fn a_failure_has_the_place_of_its_statement() {
    let compilation = compiled("given device mover; expect no pasid; expect u8 @ 8 == 4; expect no pasid;");
    let failures = compilation.tests()[0].run().failures;
    let place = failures[0].place;
    let source = compilation.sources().get(place.file);
    assert_eq!((failures.len(), failures[0].offset), (1, Some(8)));
    assert_eq!(&source.text()[place.span.range()], "expect u8 @ 8 == 4;");
}

#[test]
fn writes_effects_and_resets_happen_in_the_order_of_the_text() {
    let steps = "expect u16 @ 0x406 == 0; write u16 @ 0x406 = 7; expect effect pasid-control; expect u16 @ 0x406 == 3;
        write u16 @ 0x226 = 0x8001; expect effect ats-control; expect u16 @ 0x226 == 0x8001;
        expect device untouched; reset flr; expect u16 @ 0x406 == 0; expect u16 @ 0x226 == 0;
        write u32 @ 0x704 = 0x1234_5678; expect u32 @ 0x704 == 0x1234_5678; expect device untouched 0x708..0x1000;
        write bytes @ 0x48 [0, 0x80]; expect effect function-reset;";
    passes(&format!("{MOVER} {steps}"));
    for (wrong, found) in [
        ("write u16 @ 0x406 = 7; expect u16 @ 0x406 == 7;", "0x0003"),
        ("write u16 @ 0x406 = 7; expect effect ats-control;", "`pasid-control`"),
        ("write u16 @ 0x704 = 7; expect effect ats-control;", "no effect of the last write"),
        ("write u16 @ 0x406 = 7; write u8 @ 0x704 = 1; expect effect pasid-control;", "no effect of the last write"),
        ("write u16 @ 0x704 = 7; expect device untouched;", "written at 0x704 len 2"),
        ("write u16 @ 0x704 = 7; expect device untouched 0x705..0x706;", "written at 0x704 len 2"),
        ("write u8 @ 0x406 = 1; reset bus; expect u8 @ 0x406 == 1;", "0x00"),
    ] {
        let failures = failures(&format!("{MOVER} {wrong}"));
        assert_eq!(failures.iter().map(|failure| failure.found.as_str()).collect::<Vec<_>>(), [found], "{wrong}");
    }
}

#[test]
fn an_access_past_the_space_is_a_failure() {
    let statements = "given device conventional; write u32 @ 0x100 = 0; expect u8 @ 0x400 == 0; expect no pasid;";
    assert_eq!(failures(statements).len(), 2);
}

#[test]
fn no_pasid_has_a_reason() {
    passes("given device conventional; host pasid width 20; expect no pasid; expect reason no-extended-space;");
    passes("given device mover; expect no pasid; expect reason no-host-pasid;");
    passes("given device mover; host pasid width 20; viommu pasid width 0; expect reason no-host-pasid;");
    let failures = failures("given device mover; expect reason not-zero; expect pasid @ 0x400;");
    assert_eq!(failures[0].expected, "the reason `not-zero`");
    assert!(failures[0].found.contains("`no-host-pasid`"), "{}", failures[0].found);
    assert!(failures[1].found.contains("the host has no PASID for this device"), "{}", failures[1].found);
}

#[test]
fn the_host_stands_in_every_pasid_capability() {
    let native = "given device native; host pasid width 17 execute;";
    passes(&format!("{native} expect pasid @ 0x140 width 17 execute; expect u16 @ 0x146 == 0;"));
    passes("given device native view raw; host pasid width 17 execute; expect u32 @ 0x144 == 0x0003_1102;");
    passes("given device native; host pasid disabled width 17; expect no pasid; expect reason host-pasid-not-enabled;");
    passes("given device native view raw; host pasid disabled width 17; expect u32 @ 0x144 == 0x1100;");
    // What the test gives itself stays.
    let own = "given bytes @ 0x144 [0, 20]; given bytes @ 0x146 [5];";
    passes(&format!("given device native view raw; {own} host pasid width 17; expect u32 @ 0x144 == 0x0005_1400;"));
    passes(&format!(
        "given device native; {own} host pasid width 17; expect no pasid; expect reason host-pasid-differs;"
    ));
}

#[test]
fn the_image_is_as_the_layout_says() {
    // The lowest of every range, and what is not constrained is 0.
    passes("given device mover view raw; expect bytes @ 0 == [0xfe, 0xff, 0x01, 0x10]; expect u8 @ 8 == 3;");
    // Both lists ascend, hidden capabilities among them.
    passes(
        "given device mover view raw; expect chain ext [0x100, 0x220, 0x230, 0x240, 0x280, 0x300]; expect pasid @ 0x230;",
    );
    passes(
        "given device mover; given optional ext sriov @ 0x240 absent; expect chain ext [0x100, 0x220, 0x280, 0x300];",
    );
    passes("given device mover view raw; expect u16 @ 0x42 == 2; expect u32 @ 0x300 == 0x0001_0023;");
    passes("given device mover view raw; expect bytes @ 0x304 == [0xfe, 0xff, 0, 4, 0x42, 0];");
    // The kernel leaves an anchor of a first capability that it hides.
    passes("given device first; expect chain ext [0x100, 0x140]; expect u32 @ 0x100 == 0x1400_0000;");
    // Without one at 0x100 the list begins with a null one; a condition on bytes is met.
    let late = "given device late view raw;";
    passes(&format!(
        "{late} expect chain ext [0x100, 0x140]; expect finding null-capability; expect u16 @ 0x60 == 0x1234;"
    ));
    passes(&format!("{late} expect cap pcie @ 0x70 len 0x2c; expect u16 @ 0x72 == 0x92;"));
    passes("given device conventional; expect cap msi @ 0x50 len 24; expect chain ext [];");
    passes("given device repeats view raw; expect u32 @ 0x900 == 0x0001_0001; expect u32 @ 0xc00 == 0x4001_fffe;");
    passes("given device bridge view raw; expect u8 @ 0x0e == 1; expect cap pcie @ 0x40 len 0x3c;");
    // vfio-pci fills in the ids that a virtual function does not tell.
    passes("given device vf view raw; expect u32 @ 0 == 0xffff_ffff;");
    passes("given device vf; host pasid; expect u32 @ 0 == 0x2004_fffe; expect pasid @ 0x400 width 20;");
}

#[test]
fn the_function_is_one_that_its_device_takes() {
    passes("given device range; expect u16 @ 2 == 0x3001;");
    passes("given device lowest; expect u16 @ 2 == 0x3000;");
    let failures = failures("given device late; given bytes @ 0x60 [1]; expect no pasid;");
    assert_eq!(failures[0].expected, "a function that this description applies to");
}

#[test]
fn a_function_that_no_device_describes_is_its_header_and_what_is_given() {
    let pci = "given pci(0xfffe, 0x5001) view raw { class 0x03_0000; revision 7; subsystem 1, 2; bar 0 0x1000; bar 2 0x1_0000_0000; }";
    passes(&format!(
        "{pci} expect u32 @ 8 == 0x0300_0007; expect u32 @ 0x2c == 0x0002_0001; expect chain cap []; expect no pasid;"
    ));
    let sizes = "write u32 @ 0x10 = 0xffff_ffff; expect u32 @ 0x10 == 0xffff_f000;
        write u32 @ 0x18 = 0xffff_ffff; expect u32 @ 0x18 == 4; write u32 @ 0x1c = 0xffff_ffff; expect u32 @ 0x1c == 0xffff_ffff;";
    passes(&format!("{pci} {sizes}"));
    // Ids and headers stay.
    passes(&format!("{pci} write u32 @ 0 = 0; expect u32 @ 0 == 0x5001_fffe;"));
    let chain = "given bytes @ 0x06 [0x10]; given bytes @ 0x34 [0x40]; given bytes @ 0x40 [0x10, 0, 2, 0];
        given bytes @ 0x100 [0x03, 0, 1, 0];";
    let operator = "host pasid width 16; policy { offset @ 0x400; }";
    passes(&format!(
        "given pci(0xfffe, 0x5001); {chain} {operator} expect pasid @ 0x400 width 16; expect chain ext [0x100, 0x400];"
    ));
}

#[test]
fn the_policy_is_the_vmms() {
    for (settings, expect) in [
        ("offset @ 0x440;", "pasid @ 0x440"),
        ("offset @ 0x704;", "reason register"),
        ("ranges @ 0x700..0x708; ranges @ 0x480..0x500; ranges @ 0x440..0x450;", "pasid @ 0x440"),
        ("owned @ 0x400 len 8;", "reason vmm-owned"),
        ("order operator tail;", "reason not-allowed"),
        ("order entry;", "pasid @ 0x400"),
        ("least_evidence datasheet;", "reason evidence-too-weak"),
        ("least_evidence vendor;", "pasid @ 0x400"),
        ("order tail; tail on;", "pasid @ 0xff8"),
        ("order tail; tail;", "pasid @ 0xff8"),
        ("order tail; tail off;", "reason not-opted-in"),
        ("confirmed doe @ 0x400;", "reason live-capability-in-free"),
        ("confirmed doe @ 0x540 len 8; offset @ 0x540;", "reason hidden-capability"),
        ("offset @ 0x500; scan_gaps on;", "pasid @ 0x500"),
    ] {
        passes(&format!("given device mover; host pasid width 20; policy {{ {settings} }} expect {expect};"));
    }
    let own = "given bytes @ 0x06 [0x10]; given bytes @ 0x34 [0x40]; given bytes @ 0x40 [0x10, 0, 2, 0];
        given bytes @ 0x100 [0x03, 0, 1, 0x20]; given bytes @ 0x200 [0x1b, 0, 1, 0];";
    let given = format!("given pci(0xfffe, 0x5001); {own} host pasid width 16;");
    passes(&format!("{given} policy {{ confirmed pasid @ 0x200; }} expect pasid @ 0x200;"));
    passes(&format!("{given} policy {{ native probed; scan_gaps; }} expect pasid @ 0x200;"));
    passes(&format!("{given} policy {{ native confirmed; scan_gaps; }} expect reason not-opted-in;"));
    passes(&format!("{given} policy {{ native never; confirmed pasid @ 0x200 len 8; }} expect reason not-allowed;"));
}

#[test]
fn nothing_runs_where_descriptions_have_errors() {
    let text = format!("{DEVICES}test \"t\" {{ given device mover; expect no pasd; }}\n");
    let files = Memory::default().with("main.quirk", text);
    let compilation = compile(vec![Input::Path("main.quirk".into())], &Options::default(), &files);
    assert!(compilation.errors() > 0 && compilation.tests().is_empty());
}

#[test]
fn tests_of_used_files_are_theirs() {
    let files = Memory::default()
        .with(
            "main.quirk",
            "edition 1;\nuse \"other.quirk\" as other;\ntest \"here\" { given device other::vf; expect no pasid; }\n",
        )
        .with("other.quirk", format!("{DEVICES}test \"there\" {{ given device vf; expect no pasid; }}\n"));
    let compilation = compile(vec![Input::Path("main.quirk".into())], &Options::default(), &files);
    let titles: Vec<_> = compilation.tests().iter().map(|test| (test.file(), test.title())).collect();
    assert_eq!(titles, [("main.quirk".to_owned(), "here")]);
    assert!(compilation.tests()[0].run().passed());
}

#[test]
fn a_suite_says_where_it_failed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.quirk");
    let tests = "test \"good\" { given device vf; expect no pasid; }\ntest \"bad\" {\n    given device vf;\n    expect cap msix;\n}\n";
    std::fs::write(&path, format!("{DEVICES}{tests}")).unwrap();
    let file = path.to_str().unwrap();
    let suite = Suite::new(&[file], &[]);
    assert_eq!(suite.run(file, "good"), Ok(()));
    let line = DEVICES.lines().count() + 4;
    let failed = suite.run(file, "bad").unwrap_err().to_string();
    assert_eq!(failed, format!("{file}:{line}:5: expected cap msix, found no cap msix"));
    let gone = suite.run(file, "gone").unwrap_err().to_string();
    assert_eq!(gone, format!("{file}: there is no test \"gone\" any more"));
    std::fs::write(&path, "edition 1;\nconst A = B;\n").unwrap();
    let broken = Suite::new(&[file], &[]).run(file, "good").unwrap_err().to_string();
    assert!(broken.contains("main.quirk:2:11: error[QK0207"), "{broken}");
}

#[test]
fn layers_are_the_vmms_too() {
    let layers = "layer window { match pci(0xfffe, 0x1001); param note: u8; param blob: bytes(2);
            emulate u8 @ 0x60 = note ro; emulate bytes @ 0x62 len 2 = blob ro; mirror bar 0 @ 0x1000 len 0x100; }
        layer always { match pci(0xfffe, 0x1001); default on; emulate u8 @ 0x68 = 7 ro; }";
    let failures = |statements: &str| -> Vec<String> {
        let text = format!("{DEVICES}{layers}\ntest \"t\" {{ given device mover; {statements} }}\n");
        let files = Memory::default().with("main.quirk", text);
        let compilation = compile(vec![Input::Path("main.quirk".into())], &Options::default(), &files);
        assert_eq!(compilation.errors(), 0, "{:?}", compilation.diagnostics());
        compilation.tests()[0].run().failures.iter().map(|failure| failure.found.clone()).collect()
    };
    let on = "enable window { note = 0x12; blob = [3, 4]; }";
    let none = Vec::<String>::new();
    assert_eq!(
        failures(&format!("{on} expect u8 @ 0x60 == 0x12; expect bytes @ 0x62 == [3, 4]; expect u8 @ 0x68 == 7;")),
        none
    );
    assert_eq!(failures(&format!("{on} expect finding mirror-untrapped;")), none);
    let trapped = format!("{on} policy {{ trapped_mirrors on; }} expect finding mirror-untrapped;");
    assert_eq!(failures(&trapped), ["nothing"]);
    assert_eq!(failures("policy { disable always; } expect u8 @ 0x68 == 7;"), ["0x00"]);
    assert_eq!(failures("enable window { note = 1; } expect finding layer-refused; expect u8 @ 0x60 == 0;"), none);
    assert_eq!(failures("expect u8 @ 0x60 == 0x12;"), ["0x00"]);
}

#[test]
fn bytes_that_the_function_does_not_have_are_one_failure() {
    for at in ["0xff [1, 2]", "0x100 [1]", "0xfff [1]"] {
        let failures = failures(&format!("given device conventional; given bytes @ {at}; expect no pasid;"));
        let found: Vec<&str> = failures.iter().map(|failure| &failure.found[..33]).collect();
        assert_eq!(found, ["256 bytes, and none to give at 0x"]);
    }
    passes("given device conventional; given bytes @ 0xfe [1, 2]; expect no pasid;");
}
