//! `Build::files` takes a folder as it takes files and patterns.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use quirk_compiler::{Build, BuildError};

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-folder");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("quirks/vendor")).unwrap();
    std::fs::create_dir_all(folder.join("empty")).unwrap();
    for (name, id) in [("quirks/one.quirk", 1), ("quirks/vendor/two.quirk", 2)] {
        let text =
            format!("edition 1;\ndevice d{id} {{ name \"D\"; match pci(0xfffe, {id}); allow missing-test \"x\"; }}\n");
        std::fs::write(folder.join(name), text).unwrap();
    }
    std::fs::write(folder.join("quirks/README.md"), "not a description").unwrap();
    folder
}

#[test]
fn a_folder_is_all_descriptions_in_it() {
    let folder = folder();
    let built = |what: &str| {
        let out = folder.join("out.rs");
        Build::new().files(folder.join(what).to_str().unwrap()).out(out.to_str().unwrap()).emit().unwrap();
        std::fs::read_to_string(out).unwrap()
    };
    let text = built("quirks");
    assert_eq!(text, built("quirks/**/*.quirk"));
    assert_ne!(text, built("quirks/one.quirk"), "the inner folder counts too");
    assert!(matches!(Build::new().files(folder.join("empty").to_str().unwrap()).emit(), Err(BuildError::NoFiles(_))));
}
