//! Modules form layers: in no crate do files import each other in a circle, and each crate's modules use only what lies
//! below them.

#![expect(clippy::expect_used, reason = "a test that cannot read its input fails")]

mod circles;
mod imports;
mod order;

use std::path::{Path, PathBuf};

use imports::Crate;

/// The crates whose files are known to be free of circles, by the folder of their sources.
const CRATES: [&str; 6] =
    ["compiler/src", "dsl/src", "macros/src", "runtime/src", "runtime/sysfs/src", "runtime/vfio-user/src"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace's folder").to_path_buf()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut found = String::new();
    for folder in CRATES {
        let imports = Crate::read(&root().join(folder)).imports();
        for circle in circles::of(&imports) {
            found.push_str(&format!("{folder}: {} files import each other\n{circle}", circle.files()));
        }
    }
    assert!(found.is_empty(), "{found}");
}

#[test]
fn modules_use_only_what_lies_below() {
    let mut wrong = String::new();
    for layers in order::CRATES {
        wrong.push_str(&order::judge(layers, &Crate::read(&root().join(layers.folder)).imports()));
    }
    assert!(wrong.is_empty(), "{wrong}");
}
