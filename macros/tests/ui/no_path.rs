static DATABASE: quirk_runtime::Database<'static> = quirk_macros::include_quirks!();

fn main() {
    let _ = DATABASE;
}
