//! The files compile, each entry cites its source, and nothing in them opens a place but a slot of the function's own.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::capability::PASID;
use quirk_runtime::tables::{Claim, Device, EntryKind, Layer, PlaceKind};
use quirk_runtime::{Database, Evidence};

#[test]
fn the_layouts_hold_and_open_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["amd", "intel", "nvidia", "others"].map(|name| Input::Path(folder.join(name).with_extension("quirk")));
    let compilation = compile(files.into(), &Options::default(), &Disk);
    assert_eq!(compilation.diagnostics().iter().map(|found| &found.message).collect::<Vec<_>>(), [&""; 0]);
    let database = Database::load(compilation.database().unwrap()).unwrap();
    let mut native = 0;
    for device in database.all::<Device>() {
        let name = database.text(device.name);
        assert!(device.free.is_empty() && !device.layout.is_empty(), "{name}");
        for entry in database.list(device.layout) {
            assert!(matches!(entry.kind, EntryKind::Capability | EntryKind::Extended), "{name}");
            let claims: Vec<Claim> = database.list(entry.evidence).collect();
            let is_seen = |claim: &Claim| (claim.evidence, claim.seen > 0) == (Evidence::Dump, true);
            assert!(!claims.is_empty() && claims.iter().all(is_seen), "{name}");
            assert!(claims.iter().all(|claim| database.text(claim.text).contains("CC BY 4.0")), "{name}");
        }
        for place in database.list(device.places) {
            let is_own = |offset| database.list(device.layout).any(|each| (each.id, each.offset) == (PASID, offset));
            assert!(place.kind == PlaceKind::Native && is_own(place.offset), "{name}");
            native += 1;
        }
    }
    assert_eq!(database.all::<Layer>().count(), 0);
    assert!(database.all::<Device>().count() > 1000 && native > 5, "{native}");
}
