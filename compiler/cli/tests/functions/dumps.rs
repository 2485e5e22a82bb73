//! Files that hold a dump among other things, and files that cannot be read.

use std::process::Command;

use crate::fixture::{Folder, Space, quirkc};

fn space() -> Space {
    Space::endpoint(&[(0x100, 0x0001), (0x150, 0x000f)])
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[test]
fn what_cannot_be_read_is_named_and_does_not_refuse_the_others() {
    let folder = Folder::new();
    let whole = space().text("65:00.0");
    let cut_off: String = space().text("66:00.0").lines().take(4).map(|line| format!("{line}\n")).collect();
    let file = folder.file("log", format!("00:00.0 Host bridge\n00:1f.0 ISA bridge\n\n{cut_off}\n{whole}"));
    let config = file.to_str().unwrap();
    for verb in [&["plan", "--pasid", "16", "--config", config][..], &["doctor", config]] {
        let run = quirkc(verb);
        assert_eq!(first_line(&run.stdout), "65:00.0 System peripheral: Example Mover One (rev 01)", "{}", run.stderr);
        let expected = format!(
            "note: {config}: passed over: line 7: function `66:00.0` ends after 48 bytes, expected 64, 256 or 4096 bytes\n"
        );
        assert_eq!(run.stderr, expected);
        // Who asks for one function wants to know nothing of others, and all of that one.
        let one = |address| quirkc(&[verb, &["--function", address]].concat());
        assert_eq!(one("65:00.0").stderr, "");
        let cut_off = one("66:00.0");
        assert!(cut_off.code == 2 && cut_off.stderr.contains("ends after 48 bytes"), "{}", cut_off.stderr);
        assert!(cut_off.stderr.contains("help: record it again"), "{}", cut_off.stderr);
        let listed = one("00:1f.0");
        assert!(listed.code == 2 && listed.stderr.contains("`00:1f.0` has no hex rows"), "{}", listed.stderr);
        let absent = one("00:02.0");
        assert!(absent.code == 2 && absent.stderr.contains("help: it holds `65:00.0`"), "{}", absent.stderr);
    }
}

/// FreeBSD's `pciconf -r` and U-Boot's `display.l` print words: the error names the command that prints bytes.
#[test]
fn words_are_refused_with_the_command_that_prints_bytes() {
    let folder = Folder::new();
    let words = |prefix: &dyn Fn(usize) -> String| -> String {
        let row = |(at, row): (usize, &[u8])| {
            let words = row.as_chunks::<4>().0.iter().map(|word| format!("{:08x}", u32::from_le_bytes(*word)));
            format!("{}{}\n", prefix(16 * at), words.collect::<Vec<_>>().join(" "))
        };
        space().0.chunks(16).enumerate().map(row).collect()
    };
    let forms = [
        words(&|_| String::new()),
        words(&|at| format!("{at:08x}: ")),
        words(&|at| format!("{at:06x} ")),
        words(&|at| format!("65:00.0 config[{at:x}]\n{at:02x}: ")),
    ];
    for (at, form) in forms.into_iter().enumerate() {
        let file = folder.file(&at.to_string(), form);
        let run = quirkc(&["plan", "--config", file.to_str().unwrap()]);
        assert!(run.code == 2 && run.stderr.contains("`1001fffe` may be a word of 32 bits"), "{at}: {}", run.stderr);
        for command in ["pciconf -r -b", "pci display.b", "WinDbg", "UEFI", "hexdump -C"] {
            assert!(run.stderr.contains(command), "{at}: {}", run.stderr);
        }
    }
}

/// Runs a program in a folder; says so where there is none.
fn ran(folder: &Folder, program: &str, args: &[&str]) -> bool {
    let Ok(status) = Command::new(program).args(args).current_dir(folder.0.path()).status() else {
        eprintln!("skipped: `{program}` is not installed");
        return false;
    };
    status.success()
}

/// As what collects logs of NVIDIA's driver makes them: a text with lists and dumps, of which each part is compressed alone.
#[test]
fn a_compressed_log_is_read_whole() {
    let folder = Folder::new();
    let whole = space().text("0000:65:00.0");
    let short: String = whole.lines().take(17).map(|line| format!("{line}\n")).collect();
    folder.file("a", "____\n\n/sbin/lspci -nntv\n\n-[0000:00]-+-00.0  Host bridge\n00:00.0 Host bridge [0600]: x\n");
    folder.file("b", format!("/sbin/lspci -nnDvvvxxxx\n\n{short}\n{whole}\n*** ls: cannot access '/x'\n"));
    if !ran(&folder, "sh", &["-c", "gzip -c a >log.gz && gzip -c b >>log.gz"]) {
        return;
    }
    let log = folder.0.path().join("log.gz");
    for args in [&["doctor"][..], &["plan", "--function", "65:00.0", "--pasid", "16", "--config"]] {
        let run = quirkc(&[args, &[log.to_str().unwrap()]].concat());
        let name = first_line(&run.stdout).to_owned();
        assert_eq!(
            (name.as_str(), run.stderr.as_str()),
            ("0000:65:00.0 System peripheral: Example Mover One (rev 01)", "")
        );
    }
}

#[test]
fn every_file_of_an_archive_that_holds_a_dump_is_named() {
    let folder = Folder::new();
    for path in ["report/proc/bus/pci/66", "report/sos_commands/pci"] {
        std::fs::create_dir_all(folder.0.path().join(path)).unwrap();
    }
    folder.file("report/proc/bus/pci/66/00.1", space().0);
    folder.file("report/sos_commands/pci/lspci_-nnvvxxxx", space().text("65:00.0"));
    folder.file("report/sos_commands/pci/lspci_-tv", "-[0000:00]-+-00.0\n");
    folder.file("report/random", [0x5a; 256]);
    if !ran(&folder, "tar", &["-czf", "report.tar.gz", "report"]) {
        return;
    }
    let path = folder.0.path().join("report.tar.gz");
    let path = path.to_str().unwrap();
    let run = quirkc(&["plan", "--format", "json", "--config", path]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let mut addresses: Vec<_> =
        found.as_array().unwrap().iter().map(|one| one["function"]["address"].as_str()).collect();
    addresses.sort_unstable();
    assert_eq!(addresses, [Some("65:00.0"), Some("66:00.1")]);
    for file in ["proc/bus/pci/66/00.1", "sos_commands/pci/lspci_-nnvvxxxx"] {
        assert!(run.stderr.contains(&format!("note: {path}: 1 function in `report/{file}`\n")), "{}", run.stderr);
    }
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    let run = quirkc(&["import", path, "--function", "65:00.0"]);
    assert!(run.stdout.contains("dump \"report.tar.gz, report/sos_commands/pci/lspci_-nnvvxxxx\""), "{}", run.stdout);
    // One that is cut off says so, and what to do.
    let bytes = std::fs::read(path).unwrap();
    let cut = folder.file("cut.tar.gz", &bytes[..bytes.len() / 4]);
    let run = quirkc(&["plan", "--config", cut.to_str().unwrap()]);
    assert!(run.code == 2 && run.stderr.contains("damaged or cut off"), "{}", run.stderr);
    let none = folder.file("none.txt", "no dump\n");
    assert!(none.is_file() && ran(&folder, "tar", &["-cf", "none.tar", "none.txt"]));
    let none = folder.0.path().join("none.tar");
    let run = quirkc(&["plan", "--config", none.to_str().unwrap()]);
    assert!(run.code == 2 && run.stderr.contains("none of the 1 files inside holds a dump"), "{}", run.stderr);
    assert!(run.stderr.contains("help: take out the file"), "{}", run.stderr);
}

/// Only what the installed `lspci` reads is written without a word.
#[test]
fn domains_that_lspci_does_not_read_are_not_written_in_silence() {
    let folder = Folder::new();
    let text = |domain: &str| space().text(&format!("{domain}:65:00.0"));
    for domain in ["0000", "ffff", "10000", "123456"] {
        let (dump, out) = (folder.file("dump", text(domain)), folder.file("out", ""));
        let (dump, out) = (dump.to_str().unwrap(), out.to_str().unwrap());
        let run = quirkc(&["plan", "--config", dump, "--write-lspci", out]);
        assert_eq!(run.stderr.contains("not every `lspci` reads"), domain.len() > 4, "{domain}: {}", run.stderr);
        if let Ok(output) = Command::new("lspci").args(["-n", "-D", "-F", out]).output() {
            let read = String::from_utf8_lossy(&output.stdout).starts_with(&format!("{domain}:65:00.0"));
            assert!(read || domain.len() > 4, "{domain}");
        } else {
            eprintln!("skipped: `lspci` is not installed");
        }
    }
    let (dump, out) = (folder.file("dump", text("1234567") + &text("0001")), folder.file("out", ""));
    let (dump, out) = (dump.to_str().unwrap(), out.to_str().unwrap());
    let run = quirkc(&["plan", "--config", dump, "--write-lspci", out]);
    assert!(run.code == 0 && run.stderr.contains("note: 1234567:65:00.0 is not written"), "{}", run.stderr);
    assert!(std::fs::read_to_string(out).unwrap().starts_with("0001:65:00.0"));
    let run = quirkc(&["plan", "--config", dump, "--function", "1234567:65:00.0", "--write-lspci", out]);
    assert!(run.code == 2 && run.stderr.contains("help: write the bytes alone"), "{}", run.stderr);
}
