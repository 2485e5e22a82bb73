//! What `od`, `xxd`, `hexdump` and `lspci` themselves print of a configuration space reads as its bytes, or is refused: never as
//! other bytes. A tool that is not installed is skipped by name.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use quirk_recorded::{Problem, lspci_text, parse};

fn shown(text: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(text)
}

/// What a command prints of the file.
fn print(command: &str, file: &Path) -> Option<Vec<u8>> {
    let mut words = command.split(' ');
    let program = words.next().unwrap();
    let Ok(output) = Command::new(program).args(words).arg(file).output() else {
        eprintln!("skipped: `{program}` is not installed");
        return None;
    };
    assert!(output.status.success(), "{command}");
    Some(output.stdout)
}

/// Commands that print bytes.
const BYTES: [&str; 14] = [
    "od -t x1",
    "od -v -t x1",
    "od -A d -t x1",
    "od -A d -v -t x1",
    "od -A x -t x1",
    "od -A x -t x1z",
    "od -A n -v -t x1",
    "od -A x -v -w32 -t x1",
    "xxd",
    "xxd -u",
    "xxd -g 1",
    "xxd -c 32",
    "xxd -p",
    "hexdump -C",
];

/// Commands that print words, in an order that only a column of characters tells.
const WORDS: [&str; 10] = [
    "od -v",
    "od -v -x",
    "od -v -t x4",
    "od -v -t x8",
    "od -A x -v -t x4",
    "od -A n -v -t x2",
    "od -A n -v -t x4",
    "hexdump",
    "hexdump -x",
    "xxd -e",
];

/// A space whose text differs from that of its words.
fn space() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![2 => Just(0u8), 1 => any::<u8>(), 1 => b' '..=b'~'];
    prop_oneof![Just(64usize), Just(256), Just(4096)].prop_flat_map(move |size| {
        prop::collection::vec(byte.clone(), size).prop_map(|mut bytes| {
            bytes[..4].copy_from_slice(b"\x86\x80ab");
            bytes
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn bytes_are_read_and_words_are_not_read_as_bytes(bytes in space()) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        std::fs::write(&file, &bytes).unwrap();
        for command in BYTES {
            let Some(text) = print(command, &file) else { continue };
            let read = parse(&text);
            prop_assert!(read.is_ok(), "{}: {}\n{}", command, read.unwrap_err(), shown(&text));
            let read = read.unwrap();
            prop_assert_eq!(read[0].original(), &bytes, "{}", command);
        }
        for command in WORDS {
            let Some(text) = print(command, &file) else { continue };
            match parse(&text) {
                // The characters beside the words are in the order of memory.
                Ok(read) => prop_assert!(command == "xxd -e" && read[0].original() == bytes, "{}\n{}", command, shown(&text)),
                Err(error) => {
                    let is_of_words = matches!(error.problem, Problem::Words { .. });
                    prop_assert!(is_of_words || command == "od -v", "{}: {}\n{}", command, error, shown(&text));
                }
            }
        }
    }

    #[test]
    fn lspci_is_read_in_all_of_its_forms(bytes in space()) {
        let mut bytes = bytes;
        // Without lists, which lspci might follow for long; and no CardBus bridge, of which it prints more.
        bytes[6] &= !0x10;
        bytes[0x0e] &= !0x7f;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        std::fs::write(&file, lspci_text("0000:65:00.1".parse().ok(), "x", &bytes)).unwrap();
        for options in ["-x", "-nnxxxx", "-Dvvvxxxx", "-Pxxxx", "-nvxxx", "-PPxxxx"] {
            let Some(text) = print(&format!("lspci {options} -F"), &file) else { continue };
            let read = parse(&text).unwrap();
            let length = if options == "-x" { 64 } else if options == "-nvxxx" { 256.min(bytes.len()) } else { bytes.len() };
            prop_assert_eq!(read[0].original(), &bytes[..length], "{}\n{}", options, shown(&text));
            let address = read[0].address().unwrap();
            prop_assert!(address.is_same_function(&"65:00.1".parse().unwrap()), "{}: {}", options, address);
        }
    }
}

/// `setpci -v` names the register of each word; without `-v` its words are refused.
#[test]
fn what_setpci_prints_is_read_where_it_names_the_registers() {
    let mut bytes: Vec<u8> = (0..256).map(|at| (at * 11) as u8).collect();
    bytes[6] &= !0x10;
    bytes[0x0e] = 0;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    std::fs::write(&file, lspci_text("0001:65:00.1".parse().ok(), "x", &bytes)).unwrap();
    for (letter, width) in [("b", 1), ("w", 2), ("l", 4)] {
        let registers: Vec<_> = (0..256).step_by(width).map(|at| format!("{at:x}.{letter}")).collect();
        for verbose in [true, false] {
            let dump = format!("dump.name={}", file.display());
            let mut command = Command::new("setpci");
            command.args(verbose.then_some("-v")).args(["-A", "dump", "-O", &dump, "-s", "0001:65:00.1"]);
            let Ok(output) = command.args(&registers).output() else {
                eprintln!("skipped: `setpci` is not installed");
                return;
            };
            let text = shown(&output.stdout).into_owned();
            let read = parse(text.as_bytes());
            if verbose {
                let read = read.unwrap();
                assert_eq!((read.len(), read[0].original()), (1, &bytes[..]), "{text}");
                assert_eq!(read[0].address().unwrap().to_string(), "0001:65:00.1");
            } else if width > 1 {
                let error = read.unwrap_err();
                assert!(matches!(error.problem, Problem::Words { .. }), "{error}");
                assert!(error.help().unwrap().contains("setpci -v"));
            } else {
                assert_eq!(read.unwrap()[0].original(), &bytes[..]);
            }
        }
    }
}
