//! Generated Rust compiles without a warning, and holds what the compiler encoded.

#[expect(unreachable_pub, reason = "the generated static is public to whoever includes it")]
mod mover {
    include!("cases/mover/golden.rs");
}

#[expect(unreachable_pub, reason = "the generated static is public to whoever includes it")]
mod dvsec_table {
    include!("cases/dvsec_table/golden.rs");
}

use quirk_runtime::Database;
use quirk_runtime::tables::{Device, PlaceKind};

fn device(database: Database<'static>, name: &str) -> Option<Device> {
    database.all::<Device>().find(|device| database.text(device.name) == name)
}

#[test]
fn generated_statics_are_sound_databases() {
    for database in [mover::DATABASE, dvsec_table::DATABASE] {
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
