//! `quirks!` and `include_quirks!`: quirk descriptions compiled inside Rust source.
