//! Files that hold a dump among other things, and files that cannot be read.

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
