//! The first words of statements, collected from the rules, so that the grammar lists them once.

use std::collections::{BTreeMap, BTreeSet};

use pest_meta::ast::Expr;
use pest_meta::parser::{self, Rule};

/// The rule that these words become.
const RULE: &str = "statement_word";

/// In every choice between statements, this stands for what is none.
const OTHER: [&str; 2] = ["other", "UnknownStatement"];

/// The rule of the first words of all statements of a grammar.
pub(super) fn rule(grammar: &str) -> Result<String, String> {
    // The grammar names the rule that is made here.
    let whole = format!("{grammar}\n{RULE} = _{{ word }}\n");
    let pairs = parser::parse(Rule::grammar_rules, &whole).map_err(|error| format!("the grammar: {error}"))?;
    let rules = parser::consume_rules(pairs).map_err(|errors| format!("the grammar: {errors:?}"))?;
    let rules: BTreeMap<&str, &Expr> = rules.iter().map(|rule| (rule.name.as_str(), &rule.expr)).collect();
    let mut words = BTreeSet::new();
    for expr in rules.values().flat_map(|expr| expr.iter_top_down().collect::<Vec<_>>()) {
        let alternatives = alternatives(&expr);
        let is_other = |alternative: &Expr| matches!(alternative, Expr::Ident(name) if OTHER.contains(&name.as_str()));
        if alternatives.iter().any(is_other) {
            alternatives.iter().for_each(|alternative| first(alternative, &rules, &mut words));
        }
    }
    // The longest first: no word is taken for another that begins with it.
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort_by_key(|word| core::cmp::Reverse(word.len()));
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    Ok(format!("{RULE} = _{{ {} }}\n", words.join(" | ")))
}

fn alternatives(expr: &Expr) -> Vec<Expr> {
    match expr {
        Expr::Choice(first, others) => [alternatives(first), alternatives(others)].concat(),
        _ => vec![expr.clone()],
    }
}

/// The words that an expression may begin with.
fn first(expr: &Expr, rules: &BTreeMap<&str, &Expr>, words: &mut BTreeSet<String>) {
    match expr {
        Expr::Str(word) if word.starts_with(|first: char| first.is_ascii_alphabetic()) => {
            words.insert(word.clone());
        }
        Expr::Ident(name) if !OTHER.contains(&name.as_str()) => {
            if let Some(rule) = rules.get(name.as_str()) {
                first(rule, rules, words);
            }
        }
        Expr::Seq(begin, _) => first(begin, rules, words),
        Expr::PosPred(inner) => first(inner, rules, words),
        Expr::Choice(one, other) => {
            first(one, rules, words);
            first(other, rules, words);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::rule;

    #[test]
    fn words_are_those_that_statements_begin_with() {
        let grammar = r#"
            word = _{ ASCII_ALPHA+ }
            other = _{ UnknownStatement }
            UnknownStatement = ${ word }
            Two = ${ ("pair" | "two") ~ "inner" ~ &statement_word }
            Word = ${ word ~ "value" }
            statements = _{ Two | &("one" ~ " ") ~ Word | "paired" | other }
        "#;
        assert_eq!(rule(grammar).as_deref(), Ok("statement_word = _{ \"paired\" | \"pair\" | \"one\" | \"two\" }\n"));
        assert!(rule("word = ").is_err());
    }
}
