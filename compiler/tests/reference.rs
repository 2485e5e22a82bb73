//! Every example of the reference of the language compiles.
#![expect(clippy::unwrap_used, reason = "tests")]

use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, catalogue, compile};

#[test]
fn every_example_of_the_reference_compiles() {
    let text = include_str!("../../docs/language.md");
    let examples: Vec<&str> =
        text.split("```quirk\n").skip(1).map(|behind| behind.split_once("```").unwrap().0).collect();
    assert!(examples.len() >= 7, "{}", examples.len());
    for example in examples {
        let files = Memory::default().with("main.quirk", example);
        let options = Options { off: vec![&catalogue::MISSING_TEST], ..Options::default() };
        let compilation = compile(vec![Input::Path("main.quirk".into())], &options, &files);
        let sources = compilation.sources();
        let found: Vec<String> = compilation
            .diagnostics()
            .iter()
            // What the language has and a compiler does not have yet is refused, not misunderstood.
            .filter(|found| found.rule.name != "not-supported-yet")
            .map(|diagnostic| Concise { diagnostic, sources }.to_string())
            .collect();
        assert!(found.is_empty(), "{}\n{example}", found.join("\n"));
        assert_eq!(quirk_dsl::format(example).unwrap(), example, "it is formatted");
    }
}
