static DATABASE: quirk_runtime::Database<'static> = quirk_macros::include_quirks!("../../../../macros/tests/files/wrong.quirk");

fn main() {
    let _ = DATABASE;
}
