//! Every statement of one value is understood: it takes each word of its declaration, and refuses a wrong value. Words that the
//! runtime has too are its own.
#![expect(clippy::unwrap_used, reason = "tests")]

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};
use quirk_dsl::shape::{Context, Shape, Value};
use quirk_runtime::{Native, Source};

/// A statement in a file.
fn file(context: Context, statement: &str) -> String {
    let (before, after) = match context {
        Context::Device => ("device d {", "}"),
        Context::Pasid => ("device d { pasid {", "} }"),
        Context::Match => ("device d { match pci(1, 2) {", "} }"),
        Context::Layer => ("layer l {", "}"),
        Context::DvsecFormat => ("dvsec_format f {", "}"),
        Context::Profile => ("device d { } profile p for d {", "}"),
        Context::Test => ("test \"t\" {", "}"),
        Context::GivenPci => ("test \"t\" { given pci(1, 2) {", "} }"),
        _ => ("", ""),
    };
    format!("edition 1; {before} {statement} {after}")
}

/// The rules that a statement breaks, by the text of the place.
fn broken(context: Context, statement: &str) -> Vec<(&'static str, String)> {
    let text = file(context, statement);
    let inputs = vec![Input::Text("main.quirk".into(), text.clone())];
    let compilation = compile(inputs, &Options::default(), &Memory::default());
    let found = compilation.diagnostics().iter();
    found.map(|found| (found.rule.name, text[found.primary.place.span.range()].to_owned())).collect()
}

/// The declared statements of one value.
fn properties() -> Vec<(Context, &'static Shape)> {
    let all = Context::ALL.iter().flat_map(|context| context.statements().iter().map(|shape| (*context, shape)));
    all.filter(|(_, shape)| shape.value != Value::Statement).collect()
}

#[test]
fn every_statement_of_one_value_is_understood() {
    let properties = properties();
    assert!(properties.len() > 15, "{}", properties.len());
    for (context, Shape { keyword, value, parts, .. }) in properties {
        let (wrong, rules) = match value {
            Value::Name => ("zzyzx", &["unknown-word"][..]),
            Value::Number => ("!0", &["does-not-fit", "pasid-width"][..]),
            _ => ("\"\"", &["empty-text"][..]),
        };
        let statement = format!("{keyword} {wrong};");
        let found = broken(context, &statement);
        let is_refused = found.iter().any(|(rule, place)| rules.contains(rule) && place == wrong);
        assert!(is_refused, "{context:?}: `{statement}`: {found:?}");
        for word in parts.iter().map(|part| part.word) {
            let found = broken(context, &format!("{keyword} {word};"));
            assert!(!found.iter().any(|(_, place)| place == word), "{context:?}: {keyword} {word}: {found:?}");
        }
    }
}

#[test]
fn words_of_the_runtime_are_its_own() {
    let words = |keyword| -> Vec<&str> {
        let shape = Context::Policy.statement(keyword).unwrap();
        shape.parts.iter().map(|part| part.word).collect()
    };
    assert_eq!(words("native"), Native::ALL.map(Native::name));
    assert_eq!(words("order"), Source::ALL.map(Source::name));
}
