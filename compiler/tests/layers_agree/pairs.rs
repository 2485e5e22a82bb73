//! Pairs of layers whose fields meet a header of a list, or a lock, each in both orders.

use super::function::{KINDS, Kind};
use super::{agree, are_all, errors};

/// A field that reaches the header of a capability, and another layer that hides that. The device's own value owns no byte of
/// the header as long as the list leads there, and never where the extended list begins.
#[test]
fn a_field_on_the_header_of_what_another_layer_hides() {
    let [mover, twins, _, folded, _] = KINDS;
    let hidden = [(mover, "ext dsn", 0x100), (twins, "ext ltr @ 0x240", 0x240), (folded, "ext dsn", 0x100)];
    let fields = [("u8", 2, "device ro"), ("u32", 0, "device rw"), ("u16", 3, "device ro"), ("u8", 4, "0x11 ro")];
    for (kind, hide, at) in hidden {
        for (width, from, value) in fields {
            let is_in_body = from + if width == "u16" { 2 } else { 1 } > 4;
            let field = format!("emulate {width} @ {:#x} = {value};", at + from);
            for [field_is_any, hide_is_any] in [[true, true], [true, false], [false, true], [false, false]] {
                for names in [["a", "b"], ["b", "a"]] {
                    // The less specific one is applied first, and of equal ones the one whose name comes first.
                    let hide_is_first = (!hide_is_any, names[1]) < (!field_is_any, names[0]);
                    for over in [None, Some(0), Some(1)] {
                        let is_open = over.is_none();
                        let over = |which: usize| match over {
                            Some(above) if above == which => format!("over {};", names[1 - which]),
                            _ => String::new(),
                        };
                        let mut layers = [
                            layer(kind, names[0], field_is_any, &format!("{} {field}", over(0))),
                            layer(kind, names[1], hide_is_any, &format!("{} hide {hide};", over(1))),
                        ];
                        layers.sort();
                        let text = format!("{}{}{}", kind.text(), layers[0], layers[1]);
                        let is_clash = is_open && (is_in_body || hide_is_first && at != 0x100);
                        let errors = errors(&text);
                        assert_eq!(are_all(&errors, "layers-collide"), is_clash, "{errors:?}\n{text}");
                        agree(kind, &layers).unwrap();
                    }
                }
            }
        }
    }
}

/// Fields of two layers on a header, on a device that lists it and on one that nobody describes.
#[test]
fn two_fields_on_a_header() {
    let [mover, twins, open, ..] = KINDS;
    let pairs = [
        (mover, "emulate u8 @ 0x202 = device ro;", "hide ext ats; emulate u8 @ 0x202 = 0x11 rw;"),
        (mover, "emulate u8 @ 0x202 = device ro;", "emulate u8 @ 0x202 = device rw;"),
        (mover, "emulate u8 @ 0x102 = device ro;", "emulate u8 @ 0x102 = device rw;"),
        (mover, "hide ext ats; emulate u8 @ 0x202 = device ro;", "hide ext ats; emulate u8 @ 0x202 = device rw;"),
        (mover, "emulate bytes @ 0xf8 len 0x20 = device ro;", "emulate u8 @ 0x102 = device rw;"),
        (mover, "emulate bytes @ 0xf8 len 12 = device ro;", "hide ext dsn;"),
        (mover, "emulate bytes @ 0x1f8 len 12 = device ro;", "hide ext ats;"),
        (twins, "emulate u8 @ 0x202 = device ro;", "hide ext ltr @ 0x200; emulate u8 @ 0x202 = device ro;"),
        (open, "emulate u8 @ 0x242 = device ro;", "hide ext dsn; emulate u8 @ 0x242 = 0x11 rw;"),
    ];
    for (kind, one, other) in pairs {
        agree_in_each_order(kind, one, other);
    }
}

/// Bytes are locked alike by the same byte, wherever the fields begin.
#[test]
fn two_fields_with_a_lock() {
    let eight = "emulate bytes @ 0x400 len 8 = device rwl by 0x500 bits 0..1; emulate u8 @ 0x500 = 0 rw;";
    for (other, is_clash) in [
        ("emulate bytes @ 0x404 len 8 = device rwl by 0x504 bits 0..1; emulate u8 @ 0x504 = 0 rw;", true),
        ("emulate bytes @ 0x404 len 8 = device rwl by 0x500 bits 0..1; emulate u8 @ 0x500 = 0 rw;", false),
        ("emulate u8 @ 0x404 = device rwl by 0x504 bits 0..1; emulate u8 @ 0x504 = 0 rw;", true),
        ("emulate u8 @ 0x404 = device rwl by 0x500 bits 0..1; emulate u8 @ 0x500 = 0 rw;", false),
    ] {
        let is_told = agree_in_each_order(KINDS[0], eight, other);
        assert_eq!(is_told, is_clash, "{other}");
    }
}

/// That the compiler and attach say the same of two layers, whichever comes first and whatever both match; whether they
/// collide where both match one id.
fn agree_in_each_order(kind: Kind, one: &str, other: &str) -> bool {
    let mut is_told = false;
    for [first, second] in [[one, other], [other, one]] {
        for [first_is_any, second_is_any] in [[true, true], [true, false], [false, true], [false, false]] {
            let layers = [layer(kind, "a", first_is_any, first), layer(kind, "b", second_is_any, second)];
            agree(kind, &layers).unwrap();
            is_told = !errors(&format!("{}{}{}", kind.text(), layers[0], layers[1])).is_empty();
        }
    }
    is_told
}

fn layer(kind: Kind, name: &str, is_any: bool, statements: &str) -> String {
    let device = if is_any { "any".to_owned() } else { format!("{:#06x}", kind.device) };
    format!("layer {name} {{ match pci(0xfffe, {device}); default on; {statements} }}\n")
}
