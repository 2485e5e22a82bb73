//! Sources that evidence names, and lists of ranges: they say what the long form says.
#![expect(clippy::unwrap_used, reason = "tests")]

use quirk_compiler::catalogue;
use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Memory;
use quirk_compiler::{Compilation, Input, Options, compile};

fn compiled(files: &[(&str, &str)]) -> Compilation {
    let memory = files.iter().fold(Memory::default(), |memory, (path, text)| memory.with(path, (*text).to_owned()));
    let off = vec![&catalogue::MISSING_TEST];
    compile(vec![Input::Path("main.quirk".into())], &Options { off, ..Options::default() }, &memory)
}

fn one(text: &str) -> Compilation {
    compiled(&[("main.quirk", text)])
}

fn findings(compilation: &Compilation) -> Vec<String> {
    let sources = compilation.sources();
    compilation.diagnostics().iter().map(|diagnostic| Concise { diagnostic, sources }.to_string()).collect()
}

#[test]
fn the_short_form_makes_the_tables_of_the_long_one() {
    // Devices begin in the same line, which stands in the tables.
    let short = r#"edition 1;
source manual = datasheet "EX-1001 rev 1.2";
source dumps = dump "example.org 1234abcd" seen 12;
device mover {
    name "Mover";
    match pci(0xfffe, 0x1001);
    evidence [dumps, manual];
    layout {
        ext aer @ 0x100 { evidence manual; }
        register "window" @ [0x54..0x5c, 0x700 len 0x20] { evidence [manual, dumps]; evidence probe "by hand"; }
        reserved @ [0x90..0x94, 0x98..0x9c] optional;
    }
    free @ [0x400..0x500, 0x600..0x700] { evidence manual; }
}
"#;
    let long = r#"edition 1;


device mover {
    name "Mover";
    match pci(0xfffe, 0x1001);
    evidence dump "example.org 1234abcd" seen 12;
    evidence datasheet "EX-1001 rev 1.2";
    layout {
        ext aer @ 0x100 { evidence datasheet "EX-1001 rev 1.2"; }
        register "window" @ 0x54..0x5c {
            evidence datasheet "EX-1001 rev 1.2";
            evidence dump "example.org 1234abcd" seen 12;
            evidence probe "by hand";
        }
        register "window" @ 0x700 len 0x20 {
            evidence datasheet "EX-1001 rev 1.2";
            evidence dump "example.org 1234abcd" seen 12;
            evidence probe "by hand";
        }
        reserved @ 0x90..0x94 optional;
        reserved @ 0x98..0x9c optional;
    }
    free @ 0x400..0x500 { evidence datasheet "EX-1001 rev 1.2"; }
    free @ 0x600..0x700 { evidence datasheet "EX-1001 rev 1.2"; }
}
"#;
    let (short, long) = (one(short), one(long));
    assert_eq!((findings(&short), findings(&long)), (vec![], vec![]));
    assert_eq!(short.database().unwrap(), long.database().unwrap());
}

#[test]
fn a_source_of_another_file_is_named_by_its_namespace() {
    let main = "edition 1;\nuse \"sources.quirk\" as known;\ndevice mover {\n    name \"Mover\";\n    match pci(0xfffe, 0x1001);\n    free @ 0x400..0x500 { evidence known::manual; }\n}\n";
    // A file that is only used may hold more sources than this compilation needs.
    let sources = "edition 1;\nsource manual = datasheet \"EX-1001\";\nsource other = vendor \"case 7\";\n";
    let compilation = compiled(&[("main.quirk", main), ("sources.quirk", sources)]);
    assert_eq!(findings(&compilation), Vec::<String>::new());
    assert!(compilation.database().unwrap().windows(7).any(|bytes| bytes == b"EX-1001"));
}

#[test]
fn what_is_wrong_with_a_source_is_said_once_and_where_it_stands() {
    let device = |evidence: &str| {
        format!("device mover {{\n    name \"Mover\";\n    match pci(0xfffe, 0x1001);\n    {evidence}\n}}\n")
    };
    let cases: [(&str, &str, &[&str]); 8] = [
        ("source manual = datasheet \"x\";", "evidence manuel;", &["QK0207"]),
        ("source a = datasheet \"x\";\nsource a = vendor \"y\";", "evidence a;", &["QK0206", "QK0222"]),
        ("source a = datasheet \"x\";", "evidence [a, a];", &["QK0215"]),
        ("const A = 1;", "evidence A;", &["QK0208"]),
        ("source driver = vendor \"x\";", "", &["QK0221", "QK0222"]),
        ("source a = vendor \"x\" seen 2;", "evidence a;", &["QK0213"]),
        ("source a = vendor \"x\";", "evidence [];", &["QK0101"]),
        // The statement that cannot be read may have named it.
        ("source a = vendor \"x\";", "evidence a b;", &["QK0101"]),
    ];
    for (source, evidence, codes) in cases {
        let text = format!("edition 1;\n{source}\n{}", device(evidence));
        let compilation = one(&text);
        let found: Vec<String> = compilation.diagnostics().iter().map(|found| found.rule.code()).collect();
        assert_eq!(found, codes, "{text}{:?}", findings(&compilation));
    }
    let misspelt = one(&format!("edition 1;\nsource manual = datasheet \"x\";\n{}", device("evidence manuel;")));
    assert!(misspelt.diagnostics()[0].help.as_deref().is_some_and(|help| help.contains("`manual`")));
}

#[test]
fn a_range_of_a_list_is_wrong_by_itself() {
    let text = "edition 1;\ndevice mover {\n    name \"Mover\";\n    match pci(0xfffe, 0x1001);\n    evidence vendor \"x\";\n    layout { register @ [0x40..0x48, 0x50..0x50, 0x44..0x60]; }\n}\n";
    let compilation = one(text);
    let found: Vec<(String, &str)> = compilation
        .diagnostics()
        .iter()
        .map(|found| (found.rule.code(), &text[found.primary.place.span.range()]))
        .collect();
    assert_eq!(found, [("QK0212".to_owned(), "0x50..0x50"), ("QK0302".to_owned(), "0x44..0x60")]);
}
