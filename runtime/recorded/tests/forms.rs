//! Every form of one configuration space reads as the same bytes, and no input panics.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use quirk_recorded::{Recorded, lspci_text, parse};

fn one(text: &[u8]) -> Recorded {
    let mut records = parse(text).unwrap();
    assert_eq!(records.len(), 1);
    records.remove(0)
}

fn hex(bytes: &[u8]) -> Vec<String> {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As `xxd` prints, with its column of text.
fn xxd(bytes: &[u8]) -> String {
    let pair = |pair: &[u8]| hex(pair).concat();
    let column = |row: &[u8]| -> String {
        row.iter().map(|&b| if (0x20..0x7f).contains(&b) { b as char } else { '.' }).collect()
    };
    let row = |(at, row): (usize, &[u8])| {
        format!("{:08x}: {}  {}\n", at * 16, row.chunks(2).map(pair).collect::<Vec<_>>().join(" "), column(row))
    };
    bytes.chunks(16).enumerate().map(row).collect()
}

/// As `hexdump -C` prints: equal rows are left out, the closing offset stands at the end.
fn hexdump(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut before: Option<&[u8]> = None;
    for (at, row) in bytes.chunks(16).enumerate() {
        if before != Some(row) {
            let (left, right) = row.split_at(8);
            text += &format!("{:08x}  {}  {}  |...|\n", at * 16, hex(left).join(" "), hex(right).join(" "));
        } else if !text.ends_with("*\n") {
            text += "*\n";
        }
        before = Some(row);
    }
    text + &format!("{:08x}\n", bytes.len())
}

/// As `od -Ax -tx1 -v` prints.
fn od(bytes: &[u8]) -> String {
    let row = |(at, row): (usize, &[u8])| format!("{:06x} {}\n", at * 16, hex(row).join(" "));
    bytes.chunks(16).enumerate().map(row).collect::<String>() + &format!("{:06x}\n", bytes.len())
}

fn space() -> impl Strategy<Value = Vec<u8>> {
    // Runs of equal bytes, so that `hexdump` has rows to leave out; the first byte makes a binary file of it.
    let byte = prop_oneof![3 => Just(0u8), 1 => any::<u8>()];
    prop_oneof![Just(64usize), Just(256), Just(4096)]
        .prop_flat_map(move |size| prop::collection::vec(byte.clone(), size))
        .prop_map(|mut bytes| {
            bytes[0] = 0;
            bytes
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_forms_read_the_same(bytes in space()) {
        let record = one(&bytes);
        prop_assert_eq!(record.original(), &bytes);
        prop_assert_eq!(record.address(), None);
        let address = "0000:65:00.1".parse().unwrap();
        let lspci = lspci_text(Some(address), "Example: a \"device\" (rev 01)", &bytes);
        let record = one(lspci.as_bytes());
        prop_assert_eq!(record.original(), &bytes);
        prop_assert_eq!(record.address(), Some(address));
        prop_assert_eq!(record.description(), "Example: a \"device\" (rev 01)");
        let rows = lspci.split_once('\n').unwrap().1.to_owned();
        let bare = hex(&bytes).concat();
        let lines = hex(&bytes).chunks(16).map(|row| row.join(" ")).collect::<Vec<_>>().join("\n").to_uppercase();
        for form in [rows, bare, lines, xxd(&bytes), hexdump(&bytes), od(&bytes), lspci.replace('\n', "\r\n")] {
            let record = one(form.as_bytes());
            prop_assert_eq!(record.original(), &bytes, "{}", form);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_text_panics(text in "([0-9a-f]{1,5}[:. *|x]{0,2}|[ \n\t]|é|00:1f\\.0 |\n(00|10|100): |\\*\n){0,80}") {
        let _ = parse(text.as_bytes());
    }

    /// A damaged dump is refused, or reads as what stands in it; never anything in between.
    #[test]
    fn a_damaged_dump_does_not_panic(bytes in space(), at in any::<prop::sample::Index>(), with in "\\PC{0,3}|\n|\\*\n") {
        let text = lspci_text(None, "x", &bytes);
        let at = at.index(text.len());
        let damaged = format!("{}{with}{}", &text[..at], &text[at + 1..]);
        if let Ok(records) = parse(damaged.as_bytes()) {
            prop_assert!(records.iter().all(|record| quirk_recorded::SIZES.contains(&record.original().len())));
        }
    }
}

#[test]
fn decode_text_and_other_functions_are_told_apart() {
    let zeros = " 00".repeat(16);
    let rows: String = (0..4).map(|row| format!("{row:x}0:{zeros}\n")).collect();
    let text = format!(
        "pasted from a mail\n\n00:1f.0 ISA bridge: Example (rev 01)\n\tFlags: fast devsel\n\tCapabilities: [40] x\n{rows}\n\
         0001:02:03.4 Other\n        Subsys: y\n{rows}"
    );
    let records = parse(text.as_bytes()).unwrap();
    let names: Vec<_> = records.iter().map(|r| (r.address().unwrap().to_string(), r.description())).collect();
    assert_eq!(names, [("00:1f.0".into(), "ISA bridge: Example (rev 01)"), ("0001:02:03.4".into(), "Other")]);
}

#[test]
fn a_gone_device_is_binary_of_ones() {
    for size in quirk_recorded::SIZES {
        assert_eq!(one(&vec![0xff; size]).original(), vec![0xff; size]);
    }
}
