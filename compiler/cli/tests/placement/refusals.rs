//! Where PASID is placed nowhere, the report names a way out, or says in one sentence why there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::dumps::{self, Recorded, placement};

/// The ways out of `docs/plan.md`, by code.
fn documented() -> BTreeMap<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/plan.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<_> = line.split(" | ").collect();
        let code = cells.first()?.strip_prefix("| `")?.strip_suffix('`')?;
        Some((code.to_owned(), cells.get(2)?.trim_end_matches(" |").to_owned()))
    });
    rows.collect()
}

/// The options that a text names.
fn options(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.filter(|word| word.starts_with("--") && word.len() > 2).collect()
}

fn help() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_quirkc")).args(["plan", "--help"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn check_stub(folder: &Path, stub: &str) {
    let path = folder.join("stub.quirk");
    std::fs::write(&path, stub).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_quirkc")).arg("check").arg(&path).output().unwrap();
    assert!(output.status.success(), "{stub}{}", String::from_utf8_lossy(&output.stderr));
}

/// What a report without a placement says; its stub, if it has one.
fn way_out<'a>(
    report: &'a Value,
    has_extended_space: bool,
    documented: &BTreeMap<String, String>,
    known: &BTreeSet<&str>,
) -> Option<&'a str> {
    let closed = ["no-extended-space", "not-recorded"].map(|code| documented[code].as_str());
    let way_out = &report["way_out"];
    let message = way_out["message"].as_str().unwrap_or_default();
    assert_ne!(message, documented["outranked"], "nothing has to be done about what was refused");
    let is_sentence = message.len() > 20 && !message.contains(". ") && !message.ends_with('.');
    assert!(is_sentence, "{}: {way_out}", report["function"]);
    let named = options(message);
    assert!(named.is_subset(known), "{message}");
    let reasons = report["candidates"].as_array().unwrap().iter().map(|each| each["reason"].as_str().unwrap());
    let mut documented = reasons.filter_map(|reason| documented.get(reason));
    let stub = way_out["stub"].as_str();
    let is_known = stub.is_some()
        || !named.is_empty()
        || documented.any(|way_out| way_out == message)
        || !has_extended_space && closed.contains(&message);
    assert!(is_known, "{}: {message}", report["function"]);
    stub
}

#[test]
fn every_refusal_names_a_way_out_or_says_why_there_is_none() {
    if dumps::all().is_empty() {
        return;
    }
    let (recorded, documented, help) = (Recorded::all(), documented(), help());
    let known = options(&help);
    assert!(documented.len() > 30 && known.len() > 10, "{documented:?} {known:?}");
    let folder = tempfile::tempdir().unwrap();
    let mut messages = BTreeMap::<String, usize>::new();
    let policies = ["", "--place tail", "--place none", "--ranges 0x100..0x108", "--offset 0x104", "--profile none"];
    for policy in policies {
        let args: Vec<_> = policy.split_whitespace().collect();
        let reports = recorded.plan(&args);
        let each = reports.iter().zip(dumps::all().iter().map(|dump| dump.space().has_extended_space()));
        let refused: Vec<_> = each.filter(|(report, _)| placement(report).is_none()).collect();
        assert!(refused.len() > 400, "{policy}: {}", refused.len());
        for (at, (report, has_extended_space)) in refused.into_iter().enumerate() {
            if let Some(stub) = way_out(report, has_extended_space, &documented, &known).filter(|_| at % 200 == 0) {
                check_stub(folder.path(), stub);
            }
            let message = report["way_out"]["message"].as_str().unwrap();
            *messages.entry(message.to_owned()).or_default() += 1;
        }
    }
    eprintln!("{messages:#?}");
    assert!(messages.len() > 6, "{messages:#?}");
}
