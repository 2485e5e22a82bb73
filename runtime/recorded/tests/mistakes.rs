//! Every mistake in a file is named with its line, what was found and what was expected.
#![expect(clippy::unwrap_used, reason = "tests")]

use quirk_recorded::parse;

fn message(input: &[u8]) -> String {
    parse(input).unwrap_err().to_string()
}

fn row(offset: usize) -> String {
    format!("{offset:02x}:{}\n", " 5a".repeat(16))
}

fn function(offsets: &[usize]) -> String {
    let rows: String = offsets.iter().map(|&offset| row(offset)).collect();
    format!("00:1f.0 ISA bridge\n{rows}")
}

#[test]
fn binary_sizes() {
    for size in [1, 63, 65, 100, 128, 255, 257, 4095, 4097, 8192] {
        let expected =
            format!("a binary file of {size} bytes, expected a configuration space of 64, 256 or 4096 bytes");
        assert_eq!(message(&vec![0; size]), expected);
        assert_eq!(message(&vec![0xff; size]), expected);
    }
    assert_eq!(message(b""), "the file is empty, expected a configuration space of 64, 256 or 4096 bytes");
    assert_eq!(message(b" \n\n"), "the file is empty, expected a configuration space of 64, 256 or 4096 bytes");
}

#[test]
fn text_sizes() {
    let ends_after = |offsets: &[usize]| message(function(offsets).as_bytes());
    assert_eq!(ends_after(&[0]), "line 2: function `00:1f.0` ends after 16 bytes, expected 64, 256 or 4096 bytes");
    let most: Vec<_> = (0..255).map(|row| row * 16).collect();
    assert_eq!(ends_after(&most), "line 256: function `00:1f.0` ends after 4080 bytes, expected 64, 256 or 4096 bytes");
    let too_many: Vec<_> = (0..257).map(|row| row * 16).collect();
    assert_eq!(ends_after(&too_many), "line 258: more than 4096 bytes, the size of the largest configuration space");
    assert_eq!(message(b"86 80 12"), "line 1: the dump ends after 3 bytes, expected 64, 256 or 4096 bytes");
    assert_eq!(message("00\n".repeat(4097).as_bytes()).split_once(':').unwrap().0, "line 4097");
}

#[test]
fn a_cardbus_bridge_recorded_with_one_x() {
    let offsets: Vec<_> = (0..8).map(|row| row * 16).collect();
    let error = parse(function(&offsets).as_bytes()).unwrap_err();
    assert!(error.help().unwrap().contains("CardBus"), "{error}");
}

#[test]
fn rows_out_of_place() {
    let rows = |offsets: &[usize]| message(function(offsets).as_bytes());
    assert_eq!(rows(&[0, 0x20]), "line 3: row `20` leaves a gap after the row before it, expected row `10`");
    assert_eq!(rows(&[0x10]), "line 2: row `10` leaves a gap after the row before it, expected row `00`");
    assert_eq!(rows(&[0, 0x10, 0x10]), "line 4: row `10` is repeated or out of order, expected row `20`");
    assert_eq!(rows(&[0, 0x10, 0]), "line 4: row `00` is repeated or out of order, expected row `20`");
    assert_eq!(rows(&[0, 0x10, 0x18]), "line 4: row `18` overlaps the row before it, expected row `20`");
    assert_eq!(
        message(row(0x10).as_bytes()),
        "line 1: row `10` stands before the first function, expected a line such as `00:1f.0 ISA bridge`"
    );
}

#[test]
fn rows_of_a_wrong_width() {
    let with = |row: &str| message(format!("00:1f.0 x\n{row}\n").as_bytes());
    assert_eq!(with("00: 86 80"), "line 2: row `00` has 2 bytes, expected 16");
    assert_eq!(with(&format!("00:{}", " 5a".repeat(17))), "line 2: row `00` has 17 bytes, expected 16");
    assert_eq!(with("00: "), "line 1: function `00:1f.0` has no hex rows, expected 64, 256 or 4096 bytes");
    let plain = format!("{}10: 5a 5a\n", row(0));
    assert_eq!(message(plain.as_bytes()), "line 2: row `10` has 2 bytes, expected 16");
}

#[test]
fn bad_digits() {
    let with = |row: &str| message(format!("00:1f.0 x\n{row}\n").as_bytes());
    assert_eq!(with("00: 86 8g"), "line 2: `8g` is no byte, expected two hex digits");
    assert_eq!(with("00: 86 8"), "line 2: `8` is no byte, expected two hex digits");
    assert_eq!(
        with("00: 8680"),
        "line 2: `8680` may be a word of 16 bits, whose byte order is not known, expected single bytes"
    );
    assert_eq!(message(b"86 80\n86 zz"), "line 2: `zz` is no byte, expected two hex digits");
    assert_eq!(message(b"86 80\n868"), "line 2: `868` has an odd number of hex digits, expected two for each byte");
}

#[test]
fn words_have_no_known_byte_order() {
    let error = parse(b"0000000 8086 0dd3 0006 0010\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1: `8086` may be a word of 16 bits, whose byte order is not known, expected single bytes"
    );
    assert!(error.help().unwrap().contains("hexdump -C"));
}

#[test]
fn hexdumps_that_contradict_themselves() {
    let row = format!("00000000 {}\n", " 5a".repeat(16));
    let with = |rest: &str| message(format!("{row}{rest}").as_bytes());
    assert_eq!(with("00000020\n"), "line 2: the dump says that it ends at `20`, but its rows end at `10`");
    assert_eq!(with("*\n00002000\n"), "line 3: more than 4096 bytes, the size of the largest configuration space");
    assert_eq!(with("*\n"), "line 1: the dump ends after 16 bytes, expected 64, 256 or 4096 bytes");
}

#[test]
fn text_that_is_no_dump() {
    let expected = "expected a function such as `00:1f.0 ISA bridge`, a row such as `00: 86 80 ..`, or hex bytes";
    assert_eq!(message(b"\n\nHello, world\n"), format!("line 3: `Hello, world` begins no dump, {expected}"));
    let long = "long ".repeat(100);
    assert_eq!(
        message(long.as_bytes()),
        format!("line 1: `long long long long long long long long ..` begins no dump, {expected}")
    );
    assert!(parse(b"x").unwrap_err().help().unwrap().contains("lspci"));
}

#[test]
fn a_function_without_rows() {
    let no_rows = "function `00:1f.0` has no hex rows, expected 64, 256 or 4096 bytes";
    assert_eq!(message(b"00:1f.0 ISA bridge\n\tFlags: fast devsel\n"), format!("line 1: {no_rows}"));
}
