//! Write classes by the names that the language has for them.

use quirk_runtime::tables::WriteClass;

/// `rw1c`
pub(super) fn class(class: WriteClass) -> &'static str {
    class.word()
}
