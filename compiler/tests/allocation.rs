//! Where things are placed depends on the device and on the layers: another device moves nothing, and no layer moves PASID.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write;

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::Database;
use quirk_runtime::tables::{Device, Layer};

/// A generator of numbers that gives the same ones everywhere (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % end
    }
}

/// A device with a DVSEC and a VSEC at the edges of what is free.
fn device(random: &mut Random, at: usize) -> String {
    let class = random.below(2);
    let mut text = format!(
        "device d{at} {{ name \"D\"; match pci(0xfffe, {:#x}) {{ class {class:#x}; }} \
         layout {{ ext dvsec(vendor: 1, id: 1) @ 0x3f0 len 0x10; ext vendor(id: 1) @ 0x600 len 0x10; }} ",
        0x1000 + at
    );
    let mut start = 0x400;
    for _ in 0..1 + random.below(3) {
        let end = start + 0x60 + 4 * random.below(0x18);
        let _ = write!(text, "free @ {start:#x}..{end:#x} {{ evidence vendor \"v\"; }} ");
        start = end + 4 * random.below(4);
        if start < 0x610 && end > 0x580 {
            start = 0x610;
        }
    }
    if random.below(4) > 0 {
        text += "pasid; ";
    }
    if random.below(2) > 0 {
        text += "dvsec gaps in free; ";
    }
    text + "allow missing-test \"x\"; }\n"
}

fn layer(random: &mut Random, at: u64) -> String {
    let condition =
        [String::new(), format!(" {{ class {:#x}; }}", random.below(2))][usize::from(random.below(2) > 0)].clone();
    let kind = ["vendor(id: 9)", "dvsec(vendor: 2, id: 9)"][usize::from(random.below(2) > 0)];
    // The name decides the order, the place in the text does not.
    format!(
        "layer l{} {{ match pci(0xfffe, any){condition}; emulate ext {kind} @ free len {:#x}; allow missing-test \"x\"; }}\n",
        at * 7 % 10,
        0xc + 4 * random.below(6)
    )
}

/// Of every device the offsets of PASID, of what layers show, by name, and of its DVSECs, with their lengths.
type Places = BTreeMap<String, (Vec<u16>, Vec<(String, u16, u16)>, Vec<(u16, u16)>)>;

fn places(text: String) -> Option<Places> {
    let compilation = compile(vec![Input::Text("a.quirk".into(), text)], &Options::default(), &Memory::default());
    let database = Database::load(compilation.database()?).unwrap();
    let of = |device: Device| {
        let allocations = database.list(device.allocations).map(|found| {
            let layer: Layer = database.record(found.layer).unwrap();
            let emulation = database.record::<quirk_runtime::tables::Emulation>(found.emulation).unwrap();
            (database.text(layer.name).to_owned(), found.offset, emulation.length)
        });
        (
            database.list(device.places).map(|place| place.offset).collect(),
            allocations.collect(),
            database.list(device.dvsecs).map(|dvsec| (dvsec.offset, dvsec.length)).collect(),
        )
    };
    Some(database.all::<Device>().map(|device| (database.text(device.name).to_owned(), of(device))).collect())
}

#[test]
fn another_device_moves_nothing_and_no_layer_moves_pasid() {
    const HEAD: &str = "edition 1;\ndvsec_format gaps { vendor 0xfffe; id 1; revision 0; form per_gap; }\n";
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut compared, mut placed) = (0, 0);
    for _ in 0..800 {
        let devices: Vec<String> = (0..4).map(|at| device(&mut random, at)).collect();
        let layers: Vec<String> = (0..1 + random.below(3)).map(|at| layer(&mut random, at)).collect();
        let Some(bare) = places(format!("{HEAD}{}", devices.concat())) else { continue };
        let Some(all) = places(format!("{HEAD}{}{}", devices.concat(), layers.concat())) else { continue };
        let mut others = devices.clone();
        let left_out = usize::try_from(random.below(4)).unwrap();
        others.remove(left_out);
        // Without one device, and with all in another order.
        let fewer = places(format!("{HEAD}{}{}", layers.concat(), others.concat())).unwrap();
        others.reverse();
        let turned: String = layers.iter().rev().cloned().collect();
        assert_eq!(places(format!("{HEAD}{}{turned}", others.concat())), Some(fewer.clone()));
        for (name, found) in &fewer {
            assert_eq!(all.get(name), Some(found), "{name} of\n{}{}", devices.concat(), layers.concat());
            assert_eq!(bare[name].0, found.0, "{name}: PASID");
            compared += 1;
            placed += found.1.len();
            let mut taken: Vec<(u16, u16)> = found.0.iter().map(|offset| (*offset, 8)).chain(found.2.clone()).collect();
            taken.extend(found.1.iter().map(|(_, offset, length)| (*offset, *length)));
            taken.sort_unstable();
            assert!(taken.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "{taken:x?}");
            assert!(taken.iter().all(|(offset, _)| offset % 4 == 0), "{taken:x?}");
            let names: Vec<&String> = found.1.iter().map(|(name, ..)| name).collect();
            assert!(names.is_sorted(), "{names:?}");
        }
    }
    assert!(compared > 300 && placed > 300, "{compared} devices, {placed} places");
}
