//! The texts of the library and of the examples: not even a warning.

use std::path::{Path, PathBuf};

use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Disk;
use quirk_compiler::{Compilation, Input, Options, compile};

/// All `.quirk` files one folder below, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let inside =
        |path: &Path| -> Vec<PathBuf> { std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect() };
    let folders = inside(folder).into_iter().filter(|path| path.is_dir());
    let mut files: Vec<_> = folders
        .flat_map(|folder| inside(&folder))
        .filter(|path| path.extension().is_some_and(|extension| extension == "quirk"))
        .collect();
    files.sort();
    files
}

fn compiled(folder: &str, order: impl FnOnce(&mut Vec<PathBuf>)) -> Compilation {
    let mut files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    assert!(files.len() >= 3, "{folder} holds {} files", files.len());
    order(&mut files);
    compile(files.into_iter().map(Input::Path).collect(), &Options::default(), &Disk)
}

fn findings(compilation: &Compilation) -> Vec<String> {
    let show = |diagnostic| Concise { diagnostic, sources: compilation.sources() }.to_string();
    compilation.diagnostics().iter().map(show).collect()
}

#[test]
fn the_library_compiles_without_a_finding() {
    assert_eq!(findings(&compiled(".", |_| {})), Vec::<String>::new());
}

#[test]
fn the_examples_compile_without_a_finding() {
    assert_eq!(findings(&compiled("../examples/quirks", |_| {})), Vec::<String>::new());
}

#[test]
fn the_order_of_files_changes_no_byte() {
    let forward = compiled(".", |_| {});
    let backward = compiled(".", |files| files.reverse());
    assert_eq!(forward.database().unwrap(), backward.database().unwrap());
}
