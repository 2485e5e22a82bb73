//! Compiles the library: every `.quirk` file of every vendor's folder.

fn main() -> Result<(), quirk_compiler::build::Error> {
    quirk_compiler::Build::new().files("*/*.quirk").emit()
}
