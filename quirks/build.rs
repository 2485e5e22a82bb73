//! Compiles the library: every `.quirk` file of every vendor's folder.

fn main() -> Result<(), quirk_compiler::BuildError> {
    quirk_compiler::Build::new().files("*/*.quirk").tests("quirk_tests.rs").emit()
}
