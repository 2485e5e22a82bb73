//! A real package with a `build.rs`: cargo shows findings with their place, and builds again only when it must.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOUND: &str = "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
    allow missing-test \"shows a build\";
}
";

/// A package in a folder of its own, which shares what it built with the next run of this test.
struct Package(PathBuf);

impl Package {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-script");
        let _ = fs::remove_dir_all(root.join("package"));
        let package = Self(root.join("package"));
        let compiler = Path::new(env!("CARGO_MANIFEST_DIR"));
        let runtime = compiler.join("../runtime");
        package.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dependencies]\nquirk-runtime = {{ path = {runtime:?} }}\n\n\
                 [build-dependencies]\nquirk-compiler = {{ path = {compiler:?} }}\n"
            ),
        );
        // The same versions as here, so that nothing is fetched.
        package.write("Cargo.lock", &fs::read_to_string(compiler.join("../Cargo.lock")).unwrap());
        package.write(
            "build.rs",
            "fn main() -> Result<(), quirk_compiler::BuildError> {\n    \
             quirk_compiler::Build::new().files(\"quirks/**/*.quirk\").library(\"shared\").emit()\n}\n",
        );
        package.write(
            "src/main.rs",
            "#![deny(warnings, missing_docs)]\n//! Uses descriptions.\n\
             include!(concat!(env!(\"OUT_DIR\"), \"/quirks.rs\"));\n\
             fn main() { println!(\"{} devices\", DATABASE.all::<quirk_runtime::tables::Device>().count()); }\n",
        );
        package
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs the package: whether that worked, and what was shown.
    fn run(&self) -> (bool, String) {
        let output = Command::new(env!("CARGO"))
            .args(["run", "--offline", "--verbose"])
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.parent().unwrap().join("target"))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.success(), shown.into_owned())
    }
}

#[test]
fn a_package_builds_its_descriptions() {
    let package = Package::new();
    package.write("quirks/mover.quirk", SOUND);
    let (ok, shown) = package.run();
    assert!(ok && shown.contains("1 devices"), "{shown}");

    // Nothing changed: nothing is built.
    let (ok, shown) = package.run();
    assert!(ok && shown.contains("Fresh user"), "{shown}");

    // A new file in a folder of the pattern is seen, and so is the file that it uses from a library folder.
    package.write("shared/ids.quirk", "edition 1;\nconst DEVICE = 0x1002;\n");
    package.write(
        "quirks/deep/shaker.quirk",
        "edition 1;\nuse \"ids.quirk\" as ids;\n\
         device shaker { name \"Shaker\"; match pci(0xfffe, ids::DEVICE); allow missing-test \"shows a build\"; }\n",
    );
    let (ok, shown) = package.run();
    assert!(ok && shown.contains("2 devices"), "{shown}");

    // The used file is watched: now both devices match one function.
    package.write("shared/ids.quirk", "edition 1;\nconst DEVICE = 0x1001;\n");
    let (ok, shown) = package.run();
    assert!(!ok, "{shown}");
    let place = "quirks/mover.quirk:4:5: error[QK0501 matchers-ambiguous]: `mover` and `shaker` both match fffe:1001";
    assert!(shown.contains(place), "{shown}");

    // A warning does not stop the build, and cargo shows it.
    package.write("shared/ids.quirk", "edition 1;\nconst DEVICE = 0x1003;\n");
    package.write("quirks/mover.quirk", &SOUND.replace("    allow missing-test \"shows a build\";\n", ""));
    let (ok, shown) = package.run();
    assert!(ok && shown.contains("quirks/mover.quirk:2:1: warning[QK0601 missing-test]"), "{shown}");
}
