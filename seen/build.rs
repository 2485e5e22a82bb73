//! Compiles the layouts of the vendors that are asked for.

fn main() -> Result<(), quirk_compiler::BuildError> {
    let files = ["amd", "intel", "nvidia", "others"].into_iter().filter(|name| {
        let feature = format!("CARGO_FEATURE_{}", name.to_uppercase());
        std::env::var_os(feature).is_some()
    });
    files.fold(quirk_compiler::Build::new(), |build, name| build.files(format!("{name}.quirk"))).emit()
}
