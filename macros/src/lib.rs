//! quirk descriptions compiled inside Rust source, by the same front end into the same tables as everywhere else.
//!
//! Both macros are expressions of the type `quirk_runtime::Database<'static>`, so the crate that uses them depends on
//! `quirk-runtime`. A macro can show errors but no warnings: check the descriptions with `quirkc check` as well.

mod expand;
mod position;
mod text;

use std::path::{Path, PathBuf};

use proc_macro2::Span;
use quirk_compiler::Input;
use quirk_compiler::files::{Disk, Files};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{LitStr, Token, parse_macro_input};

/// Compiles the descriptions that stand between the braces.
///
/// An error stands at the tokens that it is about. Files that a `use` names are looked for beside the source file.
///
/// ```
/// static DATABASE: quirk_runtime::Database<'static> = quirk_macros::quirks! {
///     edition 1;
///
///     /// A data mover.
///     device mover {
///         name "Example Mover";
///         match pci(0xfffe, 0x1001);
///         free @ 0x400..0x500 { evidence vendor "letter of 1 May"; }
///         pasid;
///     }
/// };
///
/// assert!(DATABASE.find_key(0xfffe, 0x1001).is_some());
/// ```
#[proc_macro]
pub fn quirks(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let text = text::Text::of(tokens.into());
    let path = PathBuf::from(Span::call_site().unwrap().file());
    let input = Input::Text(path.clone(), text.text.clone());
    expand::expand(vec![input], &Disk, |place, sources| {
        // Places in a file that is used have no tokens here.
        (sources.get(place.file).path() == path).then(|| text.tokens(place.span)).flatten()
    })
    .into()
}

/// Compiles the files with the given paths, and all `.quirk` files of folders, which count from the folder of the package's `Cargo.toml`.
///
/// ```
/// static DATABASE: quirk_runtime::Database<'static> = quirk_macros::include_quirks!("tests/files/mover.quirk");
///
/// assert!(DATABASE.find_key(0xfffe, 0x1001).is_some());
/// ```
///
/// An error says file, line and column. A change of any of the files, or of one that they use, builds the crate again. A macro
/// cannot watch a folder: a file that is added to one counts from the next build on.
#[proc_macro]
pub fn include_quirks(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let Paths(paths) = parse_macro_input!(tokens as Paths);
    let Some(package) = std::env::var_os("CARGO_MANIFEST_DIR") else {
        let error = syn::Error::new(Span::call_site(), "`CARGO_MANIFEST_DIR` is not set: paths count from there");
        return error.to_compile_error().into();
    };
    let package = Package(package.into());
    let mut inputs = Vec::new();
    for path in &paths {
        match package.files(path.value().into()) {
            Ok(files) if files.is_empty() => {
                let error = syn::Error::new(path.span(), "the folder holds no `.quirk` file");
                return error.to_compile_error().into();
            }
            Ok(files) => inputs.extend(files.into_iter().map(Input::Path)),
            Err(error) => return syn::Error::new(path.span(), error).to_compile_error().into(),
        }
    }
    expand::expand(inputs, &package, |_, _| None).into()
}

/// The files of the package that uses the macro, by paths that are the same on every machine.
struct Package(PathBuf);

impl Package {
    /// The file, or those of the folder and of the folders in it, in the order of names.
    fn files(&self, path: PathBuf) -> std::io::Result<Vec<PathBuf>> {
        if !self.0.join(&path).is_dir() {
            // One that is not there gets its message when it is read.
            return Ok(vec![path]);
        }
        let mut files = Vec::new();
        for entry in std::fs::read_dir(self.0.join(&path))? {
            let inner = path.join(entry?.file_name());
            let full = self.0.join(&inner);
            let is_quirk = full.is_file() && inner.extension().is_some_and(|extension| extension == "quirk");
            // A link to a folder may lead back to it.
            if is_quirk || (full.is_dir() && !full.is_symlink()) {
                files.extend(self.files(inner)?);
            }
        }
        files.sort();
        Ok(files)
    }
}

impl Files for Package {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        Disk.read(&self.0.join(path))
    }

    fn identity(&self, path: &Path) -> std::io::Result<PathBuf> {
        Disk.identity(&self.0.join(path))
    }
}

/// One path or more.
struct Paths(Punctuated<LitStr, Token![,]>);

impl Parse for Paths {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let paths = Punctuated::parse_terminated(input)?;
        if paths.is_empty() { Err(input.error("the path of a description is missing")) } else { Ok(Self(paths)) }
    }
}
