//! Compiles the descriptions of this example to tables.

fn main() -> Result<(), quirk_compiler::BuildError> {
    quirk_compiler::Build::new().files("quirks/**/*.quirk").emit()
}
