//! A map shows every dword once, at its place.
#![expect(clippy::unwrap_used, reason = "tests")]

use quirk_map::{Coloured, Map, Role, list};
use quirk_runtime::capability::Space;
use quirk_runtime::{Hidden, Image};

/// An endpoint with a PCI Express capability at 0x40, AER at 0x100 and a PASID capability at 0x200 that nothing links.
fn space() -> Image {
    let mut bytes = vec![0; 4096];
    let mut set = |at: usize, dword: u32| bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    set(0x00, 0x1001_fffe);
    set(0x04, 0x0010_0000);
    set(0x34, 0x40);
    set(0x40, 0x0002_0010);
    set(0x100, 0x0001_0001);
    set(0x200, 0x0001_001b);
    set(0x700, 1);
    Image::new(&bytes).unwrap()
}

#[test]
fn every_dword_is_on_the_map() {
    let text = Map::of(&space()).unwrap().to_string();
    let lines: Vec<_> = text.lines().collect();
    let dwords = |line: &str| line[3..].replace(' ', "");
    assert!(lines[..16].iter().all(|line| dwords(line).len() == 64));
    assert!(dwords(lines[0]).starts_with("hhhhhhhhhhhhhhhhc"));
    assert!(dwords(lines[1]).starts_with("Eeeeeeeeeee"), "{text}");
    assert!(dwords(lines[2]).starts_with("+."));
    assert_eq!(lines[7], "700 +............... ................ ................ ................");
    assert_eq!(lines[16], "one character is a dword, a line 256 bytes");
    assert_eq!(lines[17], "h header");
}

#[test]
fn what_is_painted_never_hides_a_capability() {
    let hidden = [Hidden::new(0x1b, 1, 0x200, 8), Hidden::new(0x1b, 1, 0x104, 8)];
    let text = Map::of(&space()).unwrap().with_hidden(&hidden).to_string();
    assert!(text.lines().nth(2).unwrap().starts_with("200 kk."));
    assert!(text.lines().nth(1).unwrap().starts_with("100 Eee"));
}

#[test]
fn colours_change_nothing_but_colours() {
    let mut map = Map::of(&space()).unwrap();
    map.paint(0x300, 8, Role::Pasid);
    let coloured = Coloured(&map).to_string();
    assert!(coloured.contains("\x1b["));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), map.to_string());
}

#[test]
fn paint_past_the_end_is_cut_off() {
    let mut map = Map::of(&Image::new(&[0; 64]).unwrap()).unwrap();
    map.paint(0x3e, 0xffff, Role::Free);
    map.paint(0xffff, 0xffff, Role::Free);
    assert_eq!(map.to_string().lines().next(), Some("000 hhhhhhhhhhhhhhhf"));
}

#[test]
fn lengths_are_what_the_capabilities_tell() {
    let [(capability, length)] = list(&space(), Space::Extended).unwrap()[..] else { unreachable!("one capability") };
    assert_eq!((capability.offset, capability.id), (0x100, 1));
    assert!(length >= 0x2c, "AER has at least 0x2c bytes");
}

#[test]
fn a_part_has_the_lines_around_an_offset() {
    let map = Map::of(&space()).unwrap();
    let lines = |offset| -> Vec<String> {
        let text = map.around(offset).to_string();
        text.lines().take_while(|line| !line.starts_with("one")).map(|line| line[..5].to_owned()).collect()
    };
    assert_eq!(lines(0x234), ["100 E", "200 +", "300 ."]);
    assert_eq!(lines(0), ["000 h", "100 E"]);
    assert_eq!(lines(0xfff), ["e00 .", "f00 ."]);
    assert_eq!(lines(u16::MAX), Vec::<String>::new());
}
