//! Writes `work/quirk.dict` and the seeds under `work/seeds`: words from the shape table, texts from this repository, databases
//! compiled from them, and made-up dumps. Recorded configuration spaces are never among them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_dsl::shape::{Context, Shape};

fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" && name != "fuzz" && !name.starts_with('.') {
            walk(&path, extension, found)?;
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(())
}

/// Keywords, the words inside statements, and the signs between them.
fn words() -> BTreeSet<String> {
    let shapes = || Context::ALL.iter().flat_map(|context| context.statements());
    let examples = shapes().flat_map(|shape: &Shape| {
        shape.example.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
    });
    let keywords = shapes().map(|shape| shape.keyword);
    let parts = shapes().flat_map(|shape| shape.parts.iter().map(|part| part.word));
    let signs = ["..=", "..", "::", "==", "<<", "&&", "||", "@", "//!", "///", "//", "0x", "{", "}", ";", "\\\""];
    keywords.chain(parts).chain(examples).chain(signs).map(str::to_owned).collect()
}

fn dictionary() -> String {
    words().iter().map(|word| format!("\"{word}\"\n")).collect()
}

/// The bytes of a conformance vector of the free-space DVSEC, after what the target's input begins with.
fn vector(text: &str) -> Vec<u8> {
    let value = |name: &str| text.lines().filter_map(|line| line.strip_prefix(name)).collect::<Vec<_>>().join(" ");
    let bytes = value("bytes: ");
    let at = u16::from_str_radix(value("at: ").trim_start_matches("0x"), 16).unwrap_or(0);
    let [low, high] = at.to_le_bytes();
    let head = [u8::from(value("form: ") == "table"), low, high, 0];
    head.into_iter().chain(bytes.split(' ').filter_map(|byte| u8::from_str_radix(byte, 16).ok())).collect()
}

/// One made-up space in the forms that dumps have.
fn dumps() -> Vec<String> {
    let space: Vec<u8> = (0..64).map(|at: u8| at.wrapping_mul(7)).collect();
    let digits =
        |row: &[u8], between: &str| row.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between);
    let rows = |row: &dyn Fn(usize, &[u8]) -> String| -> String {
        space.chunks(16).enumerate().map(|(at, bytes)| row(16 * at, bytes) + "\n").collect()
    };
    let lspci = rows(&|at, row| format!("{at:02x}: {}", digits(row, " ")));
    vec![
        format!("00:01.0/65:00.1 Example [0200]: x [fffe:1001] (rev 01)\n\tdecoded: 1\n{lspci}\n00:1f.0 listed\n"),
        format!("> Cc: x\n> \u{1b}[1m65:00.1\u{1b}[0m x\n{}", lspci.replace(' ', "\u{a0}")),
        rows(&|at, row| format!("{at:08x}: {}  ................", digits(row, ""))),
        rows(&|at, row| format!("{at:07o} {}", digits(row, " "))) + "*\n0000100\n",
        rows(&|at, row| format!("{at:08x}  {}  |................|", digits(row, " "))) + "00000040\n",
        "PCI Segment 00 Bus 65 Device 00 Func 01\n".to_owned()
            + &rows(&|at, row| format!("  {at:08X}: {}-{}  *.*", digits(&row[..8], " "), digits(&row[8..], " "))),
        digits(&space, ""),
        digits(&space, " "),
    ]
}

/// A space with both lists, of which one goes in a circle or not, and bytes outside of them, after what the target's input begins with.
fn spaces() -> Vec<Vec<u8>> {
    let space = |last: u32, choice: u8| {
        let mut space = vec![0u8; 0x320];
        let mut set = |at: usize, dword: u32| space[at..at + 4].copy_from_slice(&dword.to_le_bytes());
        set(0x00, 0x1001_fffe);
        set(0x04, 0x0010_0006);
        set(0x34, 0x40);
        set(0x40, 0x0002_8010);
        set(0x80, 0x0003_0011);
        set(0x100, 0x2001_0001);
        set(0x200, 0x2301_000f);
        set(0x230, 0x3001_001b);
        set(0x300, last);
        set(0x304, 0x0200_fffe);
        set(0x310, 0xdead_beef);
        [vec![choice], space, vec![0x90]].concat()
    };
    (0..24).map(|choice| space([0x0001_0023, 0x1001_0023, 0x0001_000b][usize::from(choice % 3)], choice)).collect()
}

fn seed(work: &Path, target: &str, index: usize, bytes: &[u8]) -> io::Result<()> {
    let folder = work.join("seeds").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{index:04}")), bytes)
}

fn main() -> io::Result<()> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (root, work) = (fuzz.join(".."), fuzz.join("work"));
    fs::create_dir_all(&work)?;
    fs::write(work.join("quirk.dict"), dictionary())?;

    let mut texts = Vec::new();
    walk(&root, "quirk", &mut texts)?;
    for (index, path) in texts.iter().enumerate() {
        let text = fs::read(path)?;
        for target in ["parse_lossless", "fmt_idempotent", "compile_no_panic"] {
            seed(&work, target, index, &text)?;
        }
        let compilation = compile(vec![Input::Path(path.clone())], &Options::default(), &Disk);
        if let Some(database) = compilation.database() {
            seed(&work, "db_load_no_panic", index, database)?;
        }
    }
    let mut index = texts.len();
    for shape in Context::ALL.iter().flat_map(|context| context.statements()) {
        for target in ["parse_lossless", "fmt_idempotent", "compile_no_panic"] {
            seed(&work, target, index, format!("edition 1;\n{}\n", shape.example).as_bytes())?;
        }
        index += 1;
    }
    let mut vectors = Vec::new();
    walk(&root.join("runtime/tests/vectors"), "txt", &mut vectors)?;
    for (index, path) in vectors.iter().enumerate() {
        seed(&work, "dvsec_decode", index, &vector(&fs::read_to_string(path)?))?;
    }
    for (index, dump) in dumps().iter().enumerate() {
        seed(&work, "dump_no_panic", index, dump.as_bytes())?;
    }
    for (index, space) in spaces().iter().enumerate() {
        seed(&work, "import_no_panic", index, space)?;
    }
    println!("{} words, {} texts, {} vectors", words().len(), index, vectors.len());
    Ok(())
}
