//! A dump reads the same wherever somebody put it: in a reply, a code block, a log with colours, a file of Windows, between
//! lists and prose.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use quirk_recorded::{Item, lspci_text, parse, read, stream};

fn text(address: &str, bytes: &[u8]) -> String {
    lspci_text(address.parse().ok(), "Example [0200]: Device [fffe:1001]", bytes)
}

/// What is done to every line of a text.
fn each_line(text: &str, with: impl Fn(&str) -> String) -> String {
    text.lines().map(|line| with(line) + "\n").collect()
}

/// What happens to a dump on its way.
#[derive(Clone, Copy, Debug)]
enum Way {
    Indent(usize),
    Tabs,
    Quote(usize),
    /// Only the rows are indented.
    RowsFurther,
    Colours,
    NoBreakSpaces,
    WindowsLines,
    Mail,
    BetweenLists,
    Command,
    Footnotes,
}

const WAYS: [Way; 11] = [
    Way::Indent(4),
    Way::Tabs,
    Way::Quote(1),
    Way::Quote(3),
    Way::RowsFurther,
    Way::Colours,
    Way::NoBreakSpaces,
    Way::WindowsLines,
    Way::BetweenLists,
    Way::Mail,
    Way::Command,
];

impl Way {
    fn apply(self, text: &str) -> String {
        match self {
            Self::Indent(by) => each_line(text, |line| " ".repeat(by) + line),
            Self::Tabs => each_line(text, |line| format!("\t{line}")),
            Self::Quote(depth) => each_line(text, |line| ">".repeat(depth) + " " + line),
            Self::RowsFurther => {
                each_line(text, |line| if line.contains('.') { line.into() } else { format!("\t{line}") })
            }
            Self::Colours => each_line(text, |line| format!("\u{1b}[1;32m{line}\u{1b}[0m\u{1b}[K")),
            Self::NoBreakSpaces => text.replace(' ', "\u{a0}"),
            Self::WindowsLines => text.replace('\n', "\r\n"),
            Self::BetweenLists => {
                let list = "00:00.0 Host bridge: Example\n\n65:00.0 Class: Example (rev 01)\n";
                format!("{list}\n{text}\n{list}\nIOMMU group 17\n")
            }
            Self::Mail => format!(
                "From: a reader\nCc: some list\nDe: un autre\nDate: 10 11 12\n\nHello,\n\n{text}\n-- \nregards, and add: 3\nCc: 12\n"
            ),
            Self::Command => format!("$ sudo lspci -xxxx\n{text}$ \n"),
            Self::Footnotes => format!("{text}\n[1]: https://a.example/00:1f.0\n"),
        }
    }
}

fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
}

fn space() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(64usize), Just(256), Just(4096)].prop_flat_map(|size| prop::collection::vec(any::<u8>(), size))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn surroundings_do_not_matter(bytes in space(), ways in prop::collection::vec(0..WAYS.len(), 0..4)) {
        let mut dump = text("65:00.1", &bytes);
        for way in ways.iter().map(|&way| WAYS[way]).chain([Way::Footnotes]) {
            dump = way.apply(&dump);
        }
        let forms = [dump.clone().into_bytes(), wide(&dump, u16::to_le_bytes), wide(&dump, u16::to_be_bytes)];
        for form in forms {
            let records = parse(&form);
            prop_assert!(records.is_ok(), "{}\n{}", records.unwrap_err(), dump);
            let records = records.unwrap();
            prop_assert_eq!(records.len(), 1);
            prop_assert_eq!(records[0].original(), &bytes);
            prop_assert_eq!(records[0].address().unwrap().to_string(), "65:00.1");
            prop_assert_eq!(records[0].heading().unwrap().ids.unwrap().device, 0x1001);
        }
    }

    /// Rows without a heading have prose around them too, of whatever program they are.
    #[test]
    fn rows_alone_are_found_among_prose(bytes in space(), way in 0..WAYS.len()) {
        let rows = text("65:00.1", &bytes).split_once('\n').unwrap().1.to_owned();
        let widen = |line: &str| line.split_once(':').map(|(offset, rest)| format!("{offset:0>8}:{rest}"));
        let wider = each_line(&rows, |line| widen(line).unwrap_or_default());
        for form in [rows, wider] {
            // The headings around them would name functions.
            if matches!(WAYS[way], Way::BetweenLists | Way::RowsFurther) {
                continue;
            }
            let records = parse(WAYS[way].apply(&form).as_bytes());
            prop_assert!(records.is_ok(), "{}\n{}", records.unwrap_err(), form);
            let records = records.unwrap();
            prop_assert_eq!(records[0].original(), &bytes);
        }
    }
}

fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 7) as u8 | 1).collect()
}

#[test]
fn what_cannot_be_read_does_not_refuse_the_others() {
    let cut_off = text("00:02.0", &bytes(48));
    let card_bus = text("00:03.0", &bytes(128));
    let damaged = text("00:04.0", &bytes(64)).replace("20: e1 ", "20: e1 zz ");
    let good = [text("00:01.0", &bytes(64)), text("00:05.0", &bytes(256))];
    let file = format!("00:00.0 listed only\n{}{cut_off}{card_bus}{damaged}{}", good[0], good[1]);
    let reading = read(file.as_bytes()).unwrap();
    let addresses: Vec<_> = reading.functions.iter().map(|function| function.address().unwrap().to_string()).collect();
    assert_eq!(addresses, ["00:01.0", "00:05.0"]);
    let unread: Vec<_> =
        reading.unread.iter().map(|unread| unread.heading.as_ref().unwrap().address.to_string()).collect();
    assert_eq!(unread, ["00:00.0", "00:02.0", "00:03.0", "00:04.0"]);
    assert!(reading.unread[0].is_listed_only() && !reading.unread[1].is_listed_only());
    assert!(reading.unread[2].error.help().unwrap().contains("CardBus"));
    assert_eq!(reading.unread[3].error.to_string(), "line 26: `zz` is no byte, expected two hex digits");
}

/// As lspci ends it: what follows an empty line is no row of the function above.
#[test]
fn a_function_ends_at_an_empty_line() {
    let record = text("00:01.0", &bytes(256));
    let (head, rest) = record.split_at(record.find("40: ").unwrap());
    let records = parse(format!("{head}\n{rest}").as_bytes()).unwrap();
    assert_eq!(records[0].original(), &bytes(256)[..64]);
}

#[test]
fn paths_through_bridges_name_the_function_at_their_end() {
    let mut bridge = bytes(64);
    (bridge[0x0e], bridge[0x19]) = (1, 0x65);
    let text = |path: &str, bytes: &[u8]| text("00:00.0", bytes).replacen("00:00.0", path, 1);
    let file = text("00:01.0", &bridge) + &text("00:01.0/00.1", &bytes(64)) + &text("00:01.0/65:00.2", &bytes(64));
    let records = parse(file.as_bytes()).unwrap();
    let addresses: Vec<_> = records.iter().map(|record| record.address().unwrap().to_string()).collect();
    assert_eq!(addresses, ["00:01.0", "65:00.1", "65:00.2"]);
}

/// As the command `pci -i` prints it: a heading in words, decoded registers, and rows with a dash in the middle.
#[test]
fn the_uefi_shell_is_read() {
    let space = bytes(256);
    let mut file = "PCI Segment 00 Bus 65 Device 00 Func 01 [EFI 65000100]\n00000000: \n".to_owned();
    let row = |at: usize, row: &[u8]| {
        let hex: Vec<_> = row.iter().map(|byte| format!("{byte:02X}")).collect();
        format!("  {at:08X}: {}-{}  *................*\n", hex[..8].join(" "), hex[8..].join(" "))
    };
    for (at, bytes) in space.chunks(16).enumerate() {
        file += &row(16 * at, bytes);
        if at == 3 {
            file += "\nVendor ID(0): 8086             Device ID(2): 1001\n\nCommand(4): 0006\n\n";
        }
    }
    let records = parse(file.as_bytes()).unwrap();
    assert_eq!((records[0].original(), records[0].address().unwrap().to_string()), (&space[..], "0000:65:00.1".into()));
}

/// Nothing of a long file stays in memory: functions come as they end.
#[test]
fn functions_come_as_they_end() {
    let file = text("00:01.0", &bytes(64)) + &text("00:02.0", &bytes(64));
    let mut addresses = Vec::new();
    let mut keep = |item| {
        if let Item::Function(function) = item {
            addresses.push(function.address().unwrap().device);
        }
    };
    stream(file.as_bytes(), &mut keep).unwrap().unwrap();
    assert_eq!(addresses, [1, 2]);
}

/// The command `pci display` of U-Boot above its rows: bytes, or numbers of the size that was asked for.
#[test]
fn u_boot_is_read_below_its_command() {
    let space = bytes(256);
    let rows = |size: usize, from: usize, to: usize| -> String {
        let number = |group: &[u8]| group.iter().rev().map(|byte| format!("{byte:02x}")).collect::<String>();
        let row = |(at, row): (usize, &[u8])| {
            let groups: Vec<_> = row.chunks(size).map(number).collect();
            format!("{:08x}: {}\r\n", from + 16 * at, groups.join(" "))
        };
        space[from..to].chunks(16).enumerate().map(row).collect()
    };
    for (letter, size) in [("b", 1), ("w", 2), ("l", 4)] {
        let count = 256 / size;
        let log = format!(
            "U-Boot 2024.01\r\n=> pci display.{letter} 65.0.1 0 {count:x}\r\n{}=> reset\r\n",
            rows(size, 0, 256)
        );
        let records = parse(log.as_bytes()).unwrap();
        let name = records[0].address().unwrap().to_string();
        assert_eq!((records.len(), records[0].original(), name.as_str()), (1, &space[..], "65:00.1"), "{log}");
    }
    // Long is what it prints without a letter, and the rest may be asked for later.
    let log = format!("=> pci d 65.0.1\n{}\n=> pci display 65.0.1 40\n{}", rows(4, 0, 64), rows(4, 64, 256));
    assert_eq!(parse(log.as_bytes()).unwrap()[0].original(), &space[..]);
    // In another form it is the same function again.
    let log = format!("=> pci d.b 65.0.1\n{}=> pci d.l 65.0.1\n{}", rows(1, 0, 64), rows(4, 0, 64));
    let records = parse(log.as_bytes()).unwrap();
    assert_eq!((records.len(), records[1].original()), (2, &space[..64]));
    // Of words without the command nobody knows.
    let error = parse(rows(4, 0, 256).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("word of 32 bits"), "{error}");
}
