//! Modules form layers: in no crate do files import each other in a circle, and each crate's modules use only what lies
//! below them.

#![expect(clippy::expect_used, reason = "a test that cannot read its input fails")]

mod circles;
mod imports;
mod order;

use std::path::{Path, PathBuf};

use imports::Crate;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace's folder").to_path_buf()
}

/// The folders with the sources of the workspace's crates.
fn crates() -> Vec<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let (_, members) = manifest.split_once("members = [").expect("a list of members");
    let (members, _) = members.split_once(']').expect("the list's end");
    let folders = members.split('"').skip(1).step_by(2).map(|member| format!("{member}/src"));
    let crates: Vec<String> = folders.filter(|folder| root().join(folder).is_dir()).collect();
    assert!(crates.len() > 10, "few crates: {crates:?}");
    crates
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut found = String::new();
    for folder in crates() {
        let imports = Crate::read(&root().join(&folder)).imports();
        for circle in circles::of(&imports) {
            found.push_str(&format!("{folder}: {} files import each other\n{circle}", circle.files()));
        }
    }
    assert!(found.is_empty(), "{found}");
}

#[test]
fn modules_use_only_what_lies_below() {
    let mut wrong = String::new();
    for folder in crates() {
        let imports = Crate::read(&root().join(&folder)).imports();
        let has_order = order::CRATES.iter().any(|layers| layers.folder == folder);
        if !has_order && imports.iter().any(|import| !import.from.is_empty()) {
            wrong.push_str(&format!("{folder}: its layers are not in `order.rs`\n"));
        }
    }
    for layers in order::CRATES {
        wrong.push_str(&order::judge(layers, &Crate::read(&root().join(layers.folder)).imports()));
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Without a circle too: what the rule finds is shown by imports of the compiler's modules, one down, one up, one of no layer.
#[test]
fn an_import_that_points_up_is_told() {
    let compiler = order::CRATES.iter().find(|layers| layers.folder == "compiler/src").expect("the compiler's layers");
    let judged = |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), to.to_owned());
        order::judge(compiler, &[imports::Import { from, to, name: "x".to_owned() }])
    };
    assert_eq!(judged("passes/check", "model/device"), "");
    assert_eq!(judged("model/device", "passes/check"), "compiler/src: points up: model/device -> passes/check: x\n");
    assert_eq!(judged("model/device", "new/thing"), "compiler/src: is in no layer: model/device -> new/thing: x\n");
    // Of this crate's own sources: each import turned round, where it leads from one layer to another, points up.
    let imports = Crate::read(&root().join(compiler.folder)).imports();
    let turned = imports.into_iter().map(|import| imports::Import { from: import.to, to: import.from, ..import });
    let up = turned.filter(|import| !order::judge(compiler, std::slice::from_ref(import)).is_empty()).count();
    assert!(up > 200, "{up} imports point down");
}
