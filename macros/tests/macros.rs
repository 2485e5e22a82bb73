//! Both macros give the database that the same text gives elsewhere, and errors where they belong.

use quirk_macros::{include_quirks, quirks};
use quirk_runtime::Database;
use quirk_runtime::tables::Device;

static FILE: Database<'static> = include_quirks!("tests/files/mover.quirk");

static FOLDER: Database<'static> = include_quirks!("tests/folder", "tests/files/mover.quirk");

static INLINE: Database<'static> = quirks! {
    edition 1;
    //! Documentation of the whole, which reaches a macro as an attribute.

    use "files/ids.quirk" as ids;

    /// A data mover with a "quoted" \ word.
    device mover {
        name "Example Mover";
        match pci(ids::VENDOR, 0x1001) { revision 0x00..=0x0f; }
        layout { ext aer @ 0x100; }
        free @ 0x400..0x500 { evidence vendor "letter of 1 May"; }
        pasid { place [@ 0x400, free]; }
    }
};

fn source(database: Database<'static>) -> String {
    database.all::<Device>().map(|device| database.text(device.source)).collect()
}

#[test]
fn both_give_a_sound_database_with_the_device() {
    for database in [FILE, INLINE] {
        assert_eq!(Database::load(database.bytes()).map(|_| ()), Ok(()));
        assert!(database.find_key(0xfffe, 0x1001).is_some());
    }
}

#[test]
fn a_device_says_where_it_was_described() {
    assert!(source(FILE).starts_with("tests/files/mover.quirk:5"), "{}", source(FILE));
    assert!(source(INLINE).ends_with("tests/macros.rs:18"), "{}", source(INLINE));
}

#[test]
fn a_folder_is_all_descriptions_in_it() {
    for device in [0x2001, 0x2002, 0x1001] {
        assert!(FOLDER.find_key(0xfffe, device).is_some(), "{device:#x}");
    }
    assert_eq!(FOLDER.all::<Device>().count(), 3);
}

#[test]
fn errors_stand_where_they_belong() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
