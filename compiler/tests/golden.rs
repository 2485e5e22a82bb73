//! Generated Rust compiles without a warning, and holds what the compiler encoded.

#[expect(unreachable_pub, reason = "the generated static is public to the file that includes it")]
mod mover {
    include!("cases/mover/golden.rs");
}

#[expect(unreachable_pub, reason = "the generated static is public to the file that includes it")]
mod dvsec_table {
    include!("cases/dvsec_table/golden.rs");
}

#[expect(unreachable_pub, reason = "the generated static is public to the file that includes it")]
mod layers_good {
    include!("cases/layers_good/golden.rs");
}

use quirk_runtime::Database;
use quirk_runtime::tables::{Device, Layer, PlaceKind};

fn device(database: Database<'static>, name: &str) -> Option<Device> {
    database.all::<Device>().find(|device| database.text(device.name) == name)
}

#[test]
fn generated_statics_are_sound_databases() {
    for database in [mover::DATABASE, dvsec_table::DATABASE, layers_good::DATABASE] {
        assert_eq!(Database::load(database.bytes()).map(|_| ()), Ok(()));
    }
}

#[test]
fn the_mover_has_pasid_in_its_gap_and_a_dvsec_over_the_rest() {
    let database = mover::DATABASE;
    for (name, end) in [("mover_one", 0x700), ("mover_two", 0x600)] {
        let device = device(database, name);
        let places: Vec<_> = device.iter().flat_map(|device| database.list(device.places)).collect();
        assert_eq!(
            places.iter().map(|place| (place.kind, place.offset)).collect::<Vec<_>>(),
            [(PlaceKind::Free, 0x400)]
        );
        let dvsecs: Vec<_> = device.iter().flat_map(|device| database.list(device.dvsecs)).collect();
        assert_eq!(dvsecs.iter().map(|dvsec| (dvsec.offset, dvsec.length)).collect::<Vec<_>>(), [(0x408, end - 0x408)]);
    }
}

#[test]
fn layers_follow_pasid_in_the_order_of_their_names_and_abut_none_of_their_id() {
    let database = layers_good::DATABASE;
    let device = device(database, "accelerator");
    let places: Vec<_> = device.iter().flat_map(|device| database.list(device.places)).collect();
    assert_eq!(places.iter().map(|place| place.offset).collect::<Vec<_>>(), [0x800]);
    let allocations = device.iter().flat_map(|device| database.list(device.allocations));
    let found: Vec<(String, u32, u16)> = allocations
        .map(|found| {
            let layer: Option<Layer> = database.record(found.layer);
            let name = layer.map_or("", |layer| database.text(layer.name));
            (name.to_owned(), layer.map_or(0, |layer| found.emulation - layer.emulations.start), found.offset)
        })
        .collect();
    let expected = [("annotations", 0, 0x808), ("annotations", 1, 0x81c), ("memory_expander", 0, 0x82c)];
    assert_eq!(found, expected.map(|(name, at, offset)| (name.to_owned(), at, offset)));
}
