//! From descriptions to an expression that is the database, or to errors.

use std::path::PathBuf;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quirk_compiler::diagnostic::{Concise, Diagnostic, Severity};
use quirk_compiler::files::Files;
use quirk_compiler::{Input, Options, Place, Source, Sources, compile};
use quote::quote;

/// First and last token of a place.
pub(crate) type Tokens = (Span, Span);

/// Compiles; `tokens` says which tokens stand for a place, if any do.
pub(crate) fn expand(
    inputs: Vec<Input>,
    files: &dyn Files,
    tokens: impl Fn(Place, &Sources) -> Option<Tokens>,
) -> TokenStream {
    let typed: Vec<PathBuf> = inputs
        .iter()
        .filter_map(|input| match input {
            Input::Text(path, _) => Some(path.clone()),
            Input::Path(_) => None,
        })
        .collect();
    let compilation = compile(inputs, &Options::default(), files);
    let errors = compilation.diagnostics().iter().filter(|found| found.severity == Severity::Error);
    let errors: TokenStream = errors.map(|found| error(found, compilation.sources(), &tokens)).collect();
    if !errors.is_empty() {
        return quote!({ #errors ::quirk_runtime::Database::EMPTY });
    }
    let Some(bytes) = compilation.database() else {
        return quote!(::core::compile_error!("the tables are larger than 4 GiB"));
    };
    // Naming the files in `include_bytes!` makes cargo watch them.
    let read = compilation.sources().iter().map(Source::path).filter(|path| !typed.iter().any(|typed| typed == path));
    let watched = read.filter_map(|path| Some(files.identity(path).ok()?.to_string_lossy().into_owned()));
    let length = bytes.len();
    let bytes = Literal::byte_string(bytes);
    quote!({
        #(const _: &[u8] = ::core::include_bytes!(#watched);)*
        static BYTES: [u8; #length] = *#bytes;
        ::quirk_runtime::Database::from_static(&BYTES)
    })
}

fn error(found: &Diagnostic, sources: &Sources, tokens: impl Fn(Place, &Sources) -> Option<Tokens>) -> TokenStream {
    let concise = Concise { diagnostic: found, sources };
    let (message, (first, last)) = match tokens(found.primary.place, sources) {
        Some(tokens) => (format!("{concise:#}"), tokens),
        None => (concise.to_string(), (Span::call_site(), Span::call_site())),
    };
    // An error at two tokens is drawn from the first to the last.
    let marks = [Ident::new("first", first), Ident::new("last", last)];
    syn::Error::new_spanned(quote!(#(#marks)*), message).to_compile_error()
}
