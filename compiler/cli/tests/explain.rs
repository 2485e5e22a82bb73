//! `quirkc explain` and `quirkc rules`: what the catalogue says, on the terminal.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::process::{Command, Output};

use quirk_compiler::catalogue;

fn quirkc(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quirkc")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_rule_is_explained_by_code_and_by_name() {
    for wanted in ["QK0302", "qk0302", "overlap"] {
        let output = quirkc(&["explain", wanted]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(text(&output.stdout), catalogue::OVERLAP.page(), "{wanted}");
    }
}

#[test]
fn an_unknown_rule_ends_with_2_and_the_nearest_name() {
    let output = quirkc(&["explain", "overlaps"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        "error: there is no rule and no reason `overlaps`\nhelp: did you mean `overlap`?\n"
    );
    let far = text(&quirkc(&["explain", "frobnicate"]).stderr);
    assert!(far.ends_with("help: `quirkc rules` lists all rules, and `docs/plan.md` all reasons\n"), "{far}");
}

#[test]
fn every_format_lists_every_rule() {
    let lines = text(&quirkc(&["rules"]).stdout);
    let table = text(&quirkc(&["rules", "--format", "md"]).stdout);
    let json: serde_json::Value = serde_json::from_slice(&quirkc(&["rules", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(lines.lines().count(), catalogue::all().count());
    assert_eq!(table.lines().count(), catalogue::all().count() + 2);
    for (at, rule) in catalogue::all().enumerate() {
        let (code, entry) = (rule.code(), &json["rules"][at]);
        assert!(lines.lines().nth(at).unwrap().starts_with(&format!("{code} {} ", rule.name)));
        assert!(table.lines().nth(at + 2).unwrap().starts_with(&format!("| {code} | `{}` | ", rule.name)));
        assert_eq!((entry["code"].as_str(), entry["rule"].as_str()), (Some(&*code), Some(rule.name)));
        assert_eq!(entry["failing"].as_str().unwrap_or_default(), rule.failing);
    }
}
