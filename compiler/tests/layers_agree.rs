//! The compiler and attach say the same of each two layers on a device that is as it is described: where the compiler finds no
//! clash both are applied, and where it finds one, attach refuses one of the two.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::convert::Infallible;
use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use quirk_compiler::catalogue::{self, Rule};
use quirk_compiler::files::Memory;
use quirk_compiler::{Compilation, Input, Options, compile};
use quirk_runtime::{ConfigAccess, Database, Function, Identity, LayerReason, Policy, VirtualConfig};

/// As the device of [`device`] is.
const DEVICE: &str = "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout {
        cap pcie @ 0x40;
        cap vendor @ 0x90 len 0x14;
        ext dsn @ 0x100;
        ext ats @ 0x200;
        ext pasid @ 0x280;
        ext dvsec(vendor: 0xabcd, id: 7) @ 0x300 len 0x1c;
    }
}
";

/// What a clash of two layers is, and what else says that a layer is never applied.
const RULES: [&Rule; 4] =
    [&catalogue::LAYERS_COLLIDE, &catalogue::FIELD_ON_PASID, &catalogue::PLACED_ABUTS, &catalogue::EMULATION_OVERLAPS];

/// Lists of two and four capabilities; no other byte is 0, and none is one that a layer gives.
fn device() -> Space {
    let mut bytes = vec![0xa5; 4096];
    bytes[..4].copy_from_slice(&[0xfe, 0xff, 0x01, 0x10]);
    bytes[6] = 0x10;
    bytes[0x0e] = 0;
    bytes[0x34] = 0x40;
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0x40, &[0x10, 0x90, 0x02, 0x00]);
    put(0x90, &[0x09, 0x00, 0x14]);
    for (at, id, next) in [(0x100, 0x03, 0x200), (0x200, 0x0f, 0x280), (0x280, 0x1b, 0x300), (0x300, 0x23, 0)] {
        put(at, &(next << 20 | 0x1_0000 | id as u32).to_le_bytes());
    }
    put(0x304, &0x01c0_abcd_u32.to_le_bytes());
    put(0x308, &[7, 0]);
    Space(bytes)
}

/// A function that nobody describes: a PCI Express capability alone.
fn unknown() -> Space {
    let Space(mut bytes) = device();
    bytes[2..4].fill(0);
    bytes[0x41] = 0;
    bytes[0x100..0x104].fill(0);
    Space(bytes)
}

struct Space(Vec<u8>);

impl ConfigAccess for Space {
    type Error = Infallible;

    fn size(&self) -> usize {
        self.0.len()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Infallible> {
        buffer.copy_from_slice(&self.0[usize::from(offset)..][..buffer.len()]);
        Ok(())
    }

    fn write(&self, _: u16, _: &[u8]) -> Result<(), Infallible> {
        Ok(())
    }
}

/// One statement of a layer. Offsets lie close to each other and to what the device has.
fn statement() -> impl Strategy<Value = String> {
    let near = select(
        &[
            0x92, 0x98, 0xa0, 0xa4, 0xb0, 0xb4, 0x104, 0x108, 0x10a, 0x10c, 0x110, 0x118, 0x11c, 0x204, 0x206, 0x208,
            0x284, 0x286, 0x288, 0x306, 0x30c, 0x318, 0x31a, 0x31c, 0x320, 0x32c, 0x330, 0x400, 0x402, 0x404, 0x408,
            0x40c, 0x40e,
        ][..],
    );
    let anchored = select(
        &[
            "cap vendor + 0x04",
            "cap vendor + 0x10",
            "ext ats + 0x04",
            "ext ats + 0x06",
            "ext dsn + 0x08",
            "ext dvsec(vendor: 0xabcd, id: 7) + 0x0c",
            "ext dvsec(vendor: 0xabcd, id: 7) + 0x1a",
        ][..],
    );
    let offset = prop_oneof![3 => near.prop_map(|at| format!("{at:#x}")), 1 => anchored.prop_map(str::to_owned)];
    let value = select(&["0", "0x11", "0x22"][..]);
    let class = select(&["ro", "rw", "rws", "ros", "hwinit", "rsvdp", "rw1c", "forced(0)", "forced(0x11)"][..]);
    let field = (select(&["u8", "u16"][..]), offset, value, class)
        .prop_map(|(kind, offset, value, class)| format!("emulate {kind} @ {offset} = {value} {class};"));
    let own = (select(&["u8", "u16"][..]), offset_of_own(), select(&["0", "device"][..]))
        .prop_map(|(kind, offset, value)| format!("emulate {kind} @ {offset:#x} = {value} ro;"));
    let hide =
        select(&["ext dsn", "ext ats", "ext pasid", "ext dvsec(vendor: 0xabcd, id: 7)", "ext dvsec", "cap vendor"][..])
            .prop_map(|kind| format!("hide {kind};"));
    let extended =
        vec(select(&[0x10c, 0x110, 0x208, 0x2f0, 0x31c, 0x320, 0x3f4, 0x400, 0x40c, 0x410, 0x41c][..]), 1..4);
    let kind = select(&["ext dsn", "ext dvsec(vendor: 0xabcd, id: 9)", "ext vendor(id: 3)"][..]);
    let extended = (kind, extended).prop_map(|(kind, places)| {
        let length = if kind == "ext dsn" { 12 } else { 16 };
        format!("emulate {kind} @ {} len {length};", list(&places))
    });
    let conventional = vec(select(&[0xa4, 0xa8, 0xb0, 0xb4, 0xb8][..]), 1..4)
        .prop_map(|places| format!("emulate cap vendor @ {} len 8;", list(&places)));
    prop_oneof![4 => field, 1 => own, 3 => hide, 3 => extended, 1 => conventional]
}

fn offset_of_own() -> impl Strategy<Value = u16> {
    select(&[0x204_u16, 0x30c, 0x400, 0x404][..])
}

fn list(places: &[u16]) -> String {
    let mut text = String::from("[");
    for place in places {
        write!(text, "{place:#x}, ").unwrap();
    }
    text + "]"
}

/// Layers `a` and `b` of one statement or two each; either may come first, and be over the other.
fn layers() -> impl Strategy<Value = [String; 2]> {
    let layer = || (vec(statement(), 1..3), any::<bool>(), prop::bool::weighted(0.3));
    (layer(), layer()).prop_map(|(a, b)| {
        let text = |name, other, (statements, is_general, is_over): (Vec<String>, bool, bool)| {
            let device = if is_general { "any" } else { "0x1001" };
            let over = if is_over { format!("over {other};") } else { String::new() };
            format!(
                "layer {name} {{ match pci(0xfffe, {device}); default on; {over}\n    {}\n}}\n",
                statements.join("\n    ")
            )
        };
        let both = a.2 && b.2;
        [text("a", "b", a), text("b", "a", (b.0, b.1, b.2 && !both))]
    })
}

fn compiled(text: &str, is_off: bool) -> Compilation {
    let mut off = vec![&catalogue::MISSING_TEST, &catalogue::PARTIAL_BYTE_BLOCKS_WRITES];
    off.extend(RULES.into_iter().filter(|_| is_off));
    let input = Input::Text("main.quirk".into(), text.to_owned());
    compile(vec![input], &Options { off, ..Options::default() }, &Memory::default())
}

/// The layers that attach refuses on a function, and why.
fn refused(function: Space, text: &str) -> Option<Vec<String>> {
    let compilation = compiled(text, true);
    let database = Database::load(compilation.database()?).unwrap();
    let device = u16::from_le_bytes([function.0[2], function.0[3]]);
    let identity = Identity { vendor: 0xfffe, device, function: Function::Physical, ..Identity::default() };
    let config = VirtualConfig::attach(function, &[database], &identity, None, &Policy::DEFAULT).unwrap();
    let reason = |reason: LayerReason<'_>| format!("{}: {reason}", reason.code());
    Some(config.decision().layers.iter().filter_map(|layer| layer.refused.map(reason)).collect())
}

/// Whether attach refuses none.
fn applies(function: Space, text: &str) -> bool {
    refused(function, text).is_some_and(|refused| refused.is_empty())
}

fn errors(text: &str) -> Vec<String> {
    compiled(text, false).diagnostics().iter().map(|found| format!("{}: {}", found.rule.name, found.message)).collect()
}

proptest! {
    #[test]
    fn the_compiler_and_attach_say_the_same_of_two_layers(layers in layers()) {
        let [a, b] = &layers;
        // What is wrong with one alone is no clash.
        let alone = [a, b].map(|layer| format!("{DEVICE}{}", layer.replace("over a;", "").replace("over b;", "")));
        prop_assume!(alone.iter().all(|text| compiled(text, true).database().is_some()));
        for text in &alone {
            let (errors, refused) = (errors(text), refused(device(), text).unwrap());
            let is_pasid = |all: &[String], start: &str| !all.is_empty() && all.iter().all(|each| each.starts_with(start));
            prop_assert!(!is_pasid(&errors, "field-on-pasid") || !refused.is_empty(), "{:?}\n{}", errors, text);
            prop_assert!(!is_pasid(&refused, "pasid") || !errors.is_empty(), "{:?}\n{}", refused, text);
        }
        prop_assume!(alone.iter().all(|text| errors(text).is_empty() && applies(device(), text)));
        let text = format!("{DEVICE}{a}{b}");
        let (errors, mut refused_here) = (errors(&text), refused(device(), &text).unwrap());
        if alone.iter().all(|text| applies(unknown(), text)) {
            refused_here.extend(refused(unknown(), &text).unwrap());
        } else if layers.iter().all(|layer| layer.contains("any")) {
            // They may meet on a function that has what they need, and that is neither of these two.
            prop_assume!(errors.is_empty());
        }
        prop_assert_eq!(errors.is_empty(), refused_here.is_empty(), "{:?}\n{:?}\n{}{}", errors, refused_here, a, b);
    }
}

/// Of a list of places one that does not do is passed over, by the compiler as at attach; where none does, both say so.
#[test]
fn a_place_that_does_not_do_is_passed_over() {
    let cases = [
        // The device's vendor capability ends at 0xa4; of conventional ones two may abut.
        ("cap vendor @ [0xa4, 0xb0] len 8", None),
        ("cap vendor @ [0x98, 0xb0] len 8", None),
        ("cap vendor @ [0x98, 0x9c] len 8", Some("emulation-overlaps")),
        // Its DVSEC ends at 0x31c.
        ("ext dvsec(vendor: 0xabcd, id: 9) @ [0x31c, 0x320] len 16", None),
        ("ext dvsec(vendor: 0xabcd, id: 9) @ [0x31c, 0x310, 0x2f0] len 16", Some("placed-abuts")),
        ("ext dvsec(vendor: 0xabcd, id: 9) @ [0x310, 0x304] len 16", Some("emulation-overlaps")),
        ("ext vendor(id: 3) @ [0x31c] len 16", None),
    ];
    for (what, rule) in cases {
        let text = format!("{DEVICE}layer a {{ match pci(0xfffe, any); default on; emulate {what}; }}\n");
        let errors = errors(&text);
        assert!(errors.iter().all(|error| rule.is_some_and(|rule| error.starts_with(rule))), "{what}: {errors:?}");
        assert_eq!((errors.len(), applies(device(), &text)), (usize::from(rule.is_some()), rule.is_none()), "{what}");
    }
}
