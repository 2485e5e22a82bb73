static DATABASE: quirk_runtime::Database<'static> = quirk_macros::include_quirks!("../../../../macros/src");

fn main() {
    let _ = DATABASE;
}
