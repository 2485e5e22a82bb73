//! Write classes by the names that the language has for them.

use quirk_runtime::tables::WriteClass;

/// `rw1c`
pub(super) fn class(class: WriteClass) -> &'static str {
    match class {
        WriteClass::Ro => "ro",
        WriteClass::Rw => "rw",
        WriteClass::Rw1c => "rw1c",
        WriteClass::Rws => "rws",
        WriteClass::Ros => "ros",
        WriteClass::Rw1cs => "rw1cs",
        WriteClass::HwInit => "hwinit",
        WriteClass::RsvdP => "rsvdp",
        WriteClass::Forced => "forced",
    }
}
