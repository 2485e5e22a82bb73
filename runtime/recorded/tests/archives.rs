//! What real programs pack reads as what they unpack it to, and nothing that is packed panics, is endless, or is lost in silence.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use quirk_recorded::{Item, Limits, ParseError, Problem, Recorded, Unread, lspci_text, parse, stream_unpacked};

#[derive(Debug, Default)]
struct Found {
    functions: Vec<Recorded>,
    unread: Vec<Unread>,
}

impl Found {
    /// File, address and bytes, in an order of their own.
    fn sorted(&self) -> Vec<(String, Option<String>, Vec<u8>)> {
        let key = |record: &Recorded| {
            (record.file().to_owned(), record.address().map(|a| a.to_string()), record.original().to_vec())
        };
        let mut all: Vec<_> = self.functions.iter().map(key).collect();
        all.sort();
        all
    }
}

fn unpack_within(bytes: &[u8], limits: &Limits) -> (Found, Result<(), ParseError>) {
    let mut found = Found::default();
    let ended = stream_unpacked(bytes, limits, &mut |item| match item {
        Item::Function(record) => found.functions.push(record),
        Item::Unread(unread) => found.unread.push(unread),
    });
    (found, ended.unwrap())
}

fn unpack(bytes: &[u8]) -> (Found, Result<(), ParseError>) {
    unpack_within(bytes, &Limits::default())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn bytes(size: usize, seed: u8) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..size).map(|at| (at as u8).wrapping_mul(7).wrapping_add(seed) | 1).collect();
    bytes[0x0e] = 0;
    bytes
}

fn text(address: &str, bytes: &[u8]) -> String {
    lspci_text(address.parse().ok(), "Example", bytes)
}

/// Files of a made-up report; what is read of them with `parse`, which knows nothing of archives, is what must be found.
fn lay(folder: &Path) -> Vec<(String, Option<String>, Vec<u8>)> {
    let deep = format!("r/{}/lspci", "a-long-name-of-a-folder/".repeat(9).trim_end_matches('/'));
    let files: Vec<(String, Vec<u8>, Option<&str>)> = vec![
        (deep, (text("65:00.0", &bytes(4096, 1)) + &text("65:00.1", &bytes(256, 2))).into_bytes(), None),
        ("r/list".into(), b"00:00.0 Host bridge\n00:1f.0 ISA bridge\n".to_vec(), None),
        ("r/proc/bus/pci/66/00.0".into(), bytes(256, 3), Some("66:00.0")),
        ("r/sys/0001:67:00.3/config".into(), bytes(4096, 4), Some("0001:67:00.3")),
        ("r/empty".into(), Vec::new(), None),
        ("r/boot/vmlinuz".into(), vec![0x7f; 5000], None),
        ("r/nothing/but/zeros".into(), vec![0; 4096], None),
    ];
    let mut expected = Vec::new();
    for (path, content, address) in files {
        let file = folder.join(&path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &content).unwrap();
        let records = parse(&content).unwrap_or_default();
        for record in records.iter().filter(|record| record.identity().vendor != 0) {
            let address = address.map(str::to_owned).or(record.address().map(|address| address.to_string()));
            expected.push((path.clone(), address, record.original().to_vec()));
        }
    }
    expected.sort();
    assert_eq!(expected.len(), 4);
    expected
}

/// Whether the command is there and worked.
fn ran(folder: &Path, line: &str) -> bool {
    let program = line.split(' ').next().unwrap();
    if Command::new(program).arg("--version").output().is_err() {
        eprintln!("skipped: `{program}` is not installed");
        return false;
    }
    assert!(Command::new("sh").args(["-c", line]).current_dir(folder).status().unwrap().success(), "{line}");
    true
}

#[test]
fn what_tar_gzip_and_xz_pack_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let expected = lay(folder.path());
    for format in ["gnu", "oldgnu", "posix", "pax"] {
        if !ran(folder.path(), &format!("tar --format={format} -cf plain.tar r")) {
            continue;
        }
        let commands = [
            "cp plain.tar packed",
            "gzip -9c plain.tar >packed",
            "xz -c plain.tar >packed",
            "gzip -c plain.tar | gzip >packed",
        ];
        for command in commands {
            if !ran(folder.path(), command) {
                continue;
            }
            let (found, ended) = unpack(&fs::read(folder.path().join("packed")).unwrap());
            assert_eq!(ended, Ok(()), "{format}, {command}");
            assert_eq!(found.sorted(), expected, "{format}, {command}");
            assert!(found.unread.iter().all(Unread::is_listed_only), "{format}, {command}: {:?}", found.unread);
            assert!(found.unread.iter().all(|unread| unread.file == "r/list"));
        }
    }
    // Without room for long names, and links.
    if ran(folder.path(), "ln -s list r/link") && ran(folder.path(), "tar --format=v7 -cf old.tar r/list r/link r/proc")
    {
        let (found, ended) = unpack(&fs::read(folder.path().join("old.tar")).unwrap());
        assert_eq!((found.functions.len(), ended), (1, Ok(())));
    }
}

#[test]
fn what_is_packed_in_each_other_is_read_as_deep_as_is_allowed() {
    let mut packed = tar(&[
        ("a/lspci", text("65:00.0", &bytes(64, 1)).as_bytes()),
        ("a/x.gz", &gzip(text("66:00.0", &bytes(64, 2)).as_bytes())),
    ]);
    let (found, ended) = unpack(&packed);
    assert_eq!((found.functions.len(), ended), (2, Ok(())));
    assert_eq!(found.functions[1].file(), "a/x.gz");
    packed = tar(&[("inner.tar", &packed)]);
    assert_eq!(unpack(&packed).0.functions[0].file(), "inner.tar/a/lspci");
    for _ in 0..4 {
        packed = gzip(&packed);
    }
    let (found, ended) = unpack(&packed);
    assert!(found.functions.is_empty());
    let error = ended.unwrap_err();
    assert_eq!(error.to_string(), "compressed files and archives inside each other, more than 4 deep");
    assert!(error.help().is_some());
}

#[test]
fn what_unpacks_to_more_than_is_allowed_is_an_error_that_says_so() {
    let limits = Limits { bytes: 4 << 20, ..Limits::default() };
    let zeros = vec![b'\n'; 16 << 20];
    let bomb = gzip(&zeros);
    assert!(bomb.len() < 1 << 18);
    let expected = "more than 4 MiB when it is unpacked, the rest is not looked at";
    let (_, ended) = unpack_within(&bomb, &limits);
    assert_eq!(ended.unwrap_err().to_string(), expected);
    // What comes before is read, and the rest is not passed over in silence.
    let dump = text("65:00.0", &bytes(4096, 1));
    for bomb in [
        tar(&[("a", dump.as_bytes()), ("b", &bomb), ("c", dump.as_bytes())]),
        gzip(&[dump.as_bytes(), &zeros].concat()),
        [dump.as_bytes(), &zeros].concat(),
    ] {
        let (found, ended) = unpack_within(&bomb, &limits);
        assert_eq!((found.functions.len(), ended), (1, Ok(())));
        assert_eq!(found.unread.last().unwrap().error.to_string(), expected);
    }
    // Just as much is not more.
    let exact = gzip(dump.as_bytes());
    let bytes = (exact.len() + dump.len()) as u64;
    assert!(unpack_within(&exact, &Limits { bytes, depth: 4 }).0.unread.is_empty());
    assert_eq!(unpack_within(&exact, &Limits { bytes: bytes - 1, depth: 4 }).0.unread.len(), 1);
}

/// Whatever its header says, an xz stream is not given more memory than `xz -9` needs.
#[test]
fn an_xz_stream_that_asks_for_much_memory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), text("65:00.0", &bytes(4096, 1))).unwrap();
    if !ran(folder.path(), "xz -9 -kc a >nine.xz && xz --lzma2=preset=0,dict=512MiB -kc a >much.xz") {
        return;
    }
    let read = |name: &str| unpack(&fs::read(folder.path().join(name)).unwrap());
    assert_eq!(read("nine.xz").0.functions.len(), 1);
    let error = read("much.xz").1.unwrap_err();
    assert!(matches!(error.problem, Problem::Damaged { .. }) && error.to_string().contains("mem"), "{error}");
}

#[test]
fn what_is_not_unpacked_is_named() {
    for (bytes, by) in
        [(&b"BZh91AY&SYxxxx\x00"[..], "bzip2"), (b"\x28\xb5\x2f\xfd\0\0\0\0", "zstd"), (b"PK\x03\x04\0\0", "zip")]
    {
        let error = unpack(bytes).1.unwrap_err();
        assert_eq!(error.to_string(), format!("the file is {by} data, which is not unpacked here"));
        assert!(error.help().unwrap().starts_with("unpack it first"));
    }
    // Without the unpackers the same is said of all.
    let error = parse(&gzip(b"x")).unwrap_err();
    assert!(error.to_string().contains("gzip") && error.help().unwrap().contains("gunzip"), "{error}");
}

#[test]
fn an_archive_without_a_dump_says_how_much_was_looked_at() {
    let error = unpack(&tar(&[("a", b"x"), ("b", &[0; 4096])])).1.unwrap_err();
    assert_eq!(error.to_string(), "none of the 2 files inside holds a dump");
    // Bytes are a function's by their header, or by where they are.
    let (found, _) = unpack(&tar(&[("b", &bytes(256, 1)), ("proc/bus/pci/00/1f.0", &[0xff; 256])]));
    let names: Vec<_> = found.functions.iter().map(|record| (record.file(), record.description())).collect();
    assert_eq!(names, [("b", "b"), ("proc/bus/pci/00/1f.0", "")]);
}

fn packed() -> Vec<u8> {
    let file = |at: u8| text(&format!("{at:02x}:00.0"), &bytes(256, at));
    let files: Vec<_> = (1..6).map(|at| (format!("r/{at}"), file(at))).collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    gzip(&tar(&files))
}

/// What is cut off gives the functions before the cut, and says that there is more.
#[test]
fn what_is_cut_off_gives_what_comes_before_the_cut() {
    let packed = packed();
    let mut most = 0;
    for length in 1..packed.len() {
        let (found, ended) = unpack(&packed[..length]);
        assert!(found.functions.len() >= most, "{length}");
        most = found.functions.len();
        assert!(ended.is_err() || !found.unread.is_empty(), "{length}: nothing is said");
    }
    assert_eq!(most, 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn damaged_archives_do_not_panic(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), inside in any::<bool>()) {
        let limits = Limits { bytes: 1 << 20, depth: 4 };
        let whole = if inside { tar(&[("a/b", text("65:00.0", &bytes(256, 1)).as_bytes()), ("c", b"x")]) } else { packed() };
        let mut damaged = whole;
        for (at, byte) in damage {
            let at = at.index(damaged.len());
            damaged[at] = byte;
        }
        let (found, ended) = unpack_within(&damaged, &limits);
        prop_assert_eq!(ended.is_ok(), !found.functions.is_empty());
    }

    /// What is not packed is read as it is without looking for anything packed.
    #[test]
    fn plain_files_read_the_same(input in prop::collection::vec(any::<u8>(), 0..600), size in prop_oneof![Just(0usize), Just(64), Just(256)]) {
        let mut input = input;
        if size != 0 {
            input.resize(size, 0);
        }
        let plain = parse(&input).map(|records| records.iter().map(|r| r.original().to_vec()).collect::<Vec<_>>());
        let (found, ended) = unpack(&input);
        let unpacked = ended.map(|()| found.functions.iter().map(|r| r.original().to_vec()).collect::<Vec<_>>());
        prop_assert_eq!(unpacked, plain);
    }
}
