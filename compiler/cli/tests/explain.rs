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

/// Each list is taken from where a user sees the codes.
#[test]
fn every_code_that_a_verb_prints_is_explained() {
    let json = |arguments: &[&str]| -> serde_json::Value { serde_json::from_slice(&quirkc(arguments).stdout).unwrap() };
    let codes = |value: &serde_json::Value, list: &str| -> Vec<String> {
        let entries = value[list].as_array().unwrap();
        entries.iter().map(|entry| entry["code"].as_str().unwrap().to_owned()).collect()
    };
    let mut wanted = codes(&json(&["rules", "--format", "json"]), "rules");
    wanted.extend(codes(&json(&["doctor", "--checks", "--format", "json"]), "checks"));
    wanted.extend(quirk_runtime::Reason::CODES.iter().map(|code| (*code).to_owned()));
    wanted.extend(quirk_runtime::Finding::CODES.iter().map(|code| (*code).to_owned()));
    let levels = [(&["diff", "a", "b"][..], "device-lost"), (&["verify", "a"], "entry-lost")];
    for (verb, known) in levels {
        let refused = text(&quirkc(&[verb, &["--level", "none=warn"]].concat()).stderr);
        let (_, listed) = refused.split_once("there are `").unwrap();
        let rules: Vec<&str> = listed.split('`').step_by(2).filter(|rule| !rule.contains([' ', '\n'])).collect();
        assert!(rules.contains(&known), "{refused}");
        wanted.extend(rules.into_iter().map(str::to_owned));
    }
    let unknown: Vec<_> = wanted.iter().filter(|code| quirkc(&["explain", code]).status.code() != Some(0)).collect();
    assert!(wanted.len() > 200, "{}", wanted.len());
    assert!(unknown.is_empty(), "{unknown:?}");
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
    assert!(
        far.ends_with(
            "help: `quirkc rules` lists all rules, `docs/plan.md` all reasons and `docs/doctor.md` all checks\n"
        ),
        "{far}"
    );
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
