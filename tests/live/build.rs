//! Compiles the descriptions of the devices that the bench serves.

fn main() -> Result<(), quirk_compiler::BuildError> {
    quirk_compiler::Build::new().files("quirks/*.quirk").emit()
}
