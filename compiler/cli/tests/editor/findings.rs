//! Findings: pushed and pulled, equal to those of `quirkc check`, over open, unsaved and used files.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::client::{Client, Folder, document};
use crate::{IDS, MOVER};

/// What `quirkc check` finds, in the client's form: by file, with code, severity, range in characters, message.
fn checked(folder: &Path) -> Vec<(String, Value)> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_quirkc")).args(["check", "--format", "json"]).arg(folder).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = report["diagnostics"].as_array().unwrap().iter();
    found.map(|found| (format!("file://{}", found["file"].as_str().unwrap()), plain(found))).collect()
}

fn plain(found: &Value) -> Value {
    let range = |at: &Value| {
        let number = |name: &str| at[name].as_u64().unwrap() - 1;
        json!({
            "start": { "line": number("line"), "character": number("column") },
            "end": { "line": number("end_line"), "character": number("end_column") },
        })
    };
    let text = |name: &str| found[name].as_str().map(str::to_owned);
    let mut message = text("message").unwrap();
    message.extend(text("label").map(|label| format!("\n{label}")));
    message.extend(text("help").map(|help| format!("\nhelp: {help}")));
    let related: Vec<Value> = found["related"].as_array().unwrap().iter().map(|related| {
        let file = related["file"].as_str().unwrap();
        json!({ "location": { "uri": format!("file://{file}"), "range": range(related) }, "message": related["message"] })
    }).collect();
    let mut out = json!({
        "code": found["code"],
        "severity": if found["severity"] == "error" { 1 } else { 2 },
        "range": range(found),
        "message": message,
        "source": "quirk",
    });
    if !related.is_empty() {
        out["relatedInformation"] = related.into();
    }
    out
}

/// All that the server knows, file by file.
fn known(client: &mut Client) -> Vec<(String, Value)> {
    let report = client.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let mut found = Vec::new();
    for file in report["items"].as_array().unwrap() {
        let uri = file["uri"].as_str().unwrap();
        found.extend(file["items"].as_array().unwrap().iter().map(|item| (uri.to_owned(), item.clone())));
    }
    found
}

fn sorted(mut found: Vec<(String, Value)>) -> Vec<(String, String)> {
    found.sort_by_key(|(uri, found)| (uri.clone(), found.to_string()));
    found.into_iter().map(|(uri, found)| (uri, found.to_string())).collect()
}

/// A client that counts characters, as `check` does.
fn counting(folder: &Folder) -> Client {
    Client::start(Some(&folder.path), json!({ "general": { "positionEncodings": ["utf-32"] } }))
}

#[test]
fn they_are_those_of_check_in_every_case_of_the_compiler() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases");
    let mut compared = 0;
    for case in std::fs::read_dir(cases).unwrap() {
        let folder = Folder::new(&[]);
        for file in std::fs::read_dir(case.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "quirk") {
                folder.write(path.file_name().unwrap().to_str().unwrap(), &std::fs::read_to_string(&path).unwrap());
            }
        }
        let expected = sorted(checked(&folder.path));
        let mut client = counting(&folder);
        assert_eq!(sorted(known(&mut client)), expected, "{}", folder.path.display());
        compared += expected.len();
        assert_eq!(client.stop(), Some(0));
    }
    assert!(compared > 100, "{compared} findings compared");
}

#[test]
fn they_are_those_of_check_for_the_examples_of_every_rule() {
    let rules = Command::new(env!("CARGO_BIN_EXE_quirkc")).args(["rules", "--format", "json"]).output().unwrap();
    let rules: Value = serde_json::from_slice(&rules.stdout).unwrap();
    let folder = Folder::new(&[("main.quirk", "")]);
    let mut client = counting(&folder);
    let uri = client.open(&folder.at("main.quirk"), "");
    let (mut version, mut compared) = (1, 0);
    for rule in rules["rules"].as_array().unwrap() {
        let Some(text) = rule["failing"].as_str().filter(|text| !text.contains("//#")) else { continue };
        // The disk for `check`, an unsaved text for the server.
        folder.write("main.quirk", text);
        let expected = sorted(checked(&folder.path));
        version += 1;
        assert_eq!(client.change(&uri, json!([{ "text": text }])), version);
        let found = client.findings(&uri, version).into_iter().map(|found| (uri.clone(), found)).collect();
        assert_eq!(sorted(found), expected, "{}", rule["rule"]);
        compared += expected.len();
    }
    assert!(compared > 80, "{compared} findings compared");
}

#[test]
fn a_text_that_is_not_saved_counts_before_the_disk() {
    let folder = Folder::new(&[("ids.quirk", IDS), ("mover.quirk", MOVER)]);
    let mut client = Client::usual(&folder.path);
    let mover = client.open(&folder.at("mover.quirk"), MOVER);
    assert_eq!(client.findings(&mover, 1), Vec::<Value>::new());
    // What a used file loses is missed in the file that uses it, although the disk has it still.
    let ids = client.open(&folder.at("ids.quirk"), IDS);
    client.change(&ids, json!([{ "text": IDS.replace("VENDOR", "VENDOR_ID") }]));
    let found = client.findings_of_file(&mover, |found| !found.is_empty());
    let texts: Vec<&str> = found.iter().map(|found| found["message"].as_str().unwrap()).collect();
    assert!(texts.iter().all(|text| text.starts_with("there is no constant `VENDOR` here")), "{texts:?}");
    assert_eq!(found.len(), 2);
    // Closed without saving: the disk counts again.
    client.tell("textDocument/didClose", document(&ids));
    assert_eq!(client.findings_of_file(&mover, <[Value]>::is_empty), Vec::<Value>::new());
}

#[test]
fn a_file_that_is_used_and_not_open_has_findings_too() {
    let folder = Folder::new(&[("ids.quirk", "edition 1;\nconst VENDOR = 1 / 0;\n")]);
    let mut client = Client::start(None, json!({}));
    let text = "edition 1;\nuse \"ids.quirk\" as ids;\nconst A = ids::VENDOR;\n";
    client.open(&folder.at("new.quirk"), text);
    let found = client.findings_of_file(&folder.uri("ids.quirk"), |found| !found.is_empty());
    assert_eq!(found[0]["code"], "QK0210", "{found:?}");
}

#[test]
fn a_file_that_exists_in_the_editor_alone_can_be_used() {
    let folder = Folder::new(&[("mover.quirk", MOVER)]);
    let mut client = Client::usual(&folder.path);
    let mover = client.open(&folder.at("mover.quirk"), MOVER);
    assert_eq!(client.findings(&mover, 1)[0]["code"], "QK0204");
    client.open(&folder.at("ids.quirk"), IDS);
    assert_eq!(client.findings_of_file(&mover, <[Value]>::is_empty), Vec::<Value>::new());
}

#[test]
fn who_asks_gets_them_once() {
    let folder = Folder::new(&[]);
    let capabilities =
        json!({ "textDocument": { "diagnostic": {} }, "workspace": { "diagnostics": { "refreshSupport": true } } });
    let mut client = Client::start(Some(&folder.path), capabilities);
    let uri = client.open(&folder.at("a.quirk"), "edition 1;\nconst A = ;\n");
    assert_eq!(client.findings(&uri, 1), Vec::<Value>::new(), "they are not pushed as well");
    client.wait(|message| message["method"] == "workspace/diagnostic/refresh");
    let report = client.ask("textDocument/diagnostic", document(&uri));
    assert_eq!(report["kind"], "full");
    assert_eq!(report["items"].as_array().unwrap().len(), 1);
    let again = json!({ "textDocument": { "uri": uri }, "previousResultId": report["resultId"] });
    assert_eq!(client.ask("textDocument/diagnostic", again.clone())["kind"], "unchanged");
    client.change(&uri, json!([{ "text": "edition 1;\n" }]));
    let report = client.ask("textDocument/diagnostic", again);
    assert_eq!((&report["kind"], &report["items"]), (&json!("full"), &json!([])));
}

#[test]
fn a_broken_configuration_is_named_by_its_key_and_ends_nothing() {
    let folder = Folder::new(&[("a.quirk", "edition 1;\ndevice a { name \"A\"; match pci(1, 2); }\n")]);
    folder.write("quirkc.toml", "[rules]\nmissing-test = \"error\"\n");
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("a.quirk"), "edition 1;\ndevice a { name \"A\"; match pci(1, 2); }\n");
    assert_eq!(client.findings(&uri, 1)[0]["severity"], 1, "the level of the configuration");
    let config = client.open(&folder.at("quirkc.toml"), "[rules]\nmissing-test = \"error\"\n");
    client.change(&config, json!([{ "text": "[rules]\nmissing-tests = \"error\"\n" }]));
    let found = client.findings_of_file(&config, |found| !found.is_empty());
    assert!(found[0]["message"].as_str().unwrap().contains("`missing-tests`"), "{found:?}");
    assert_eq!(found[0]["range"]["start"], json!({ "line": 1, "character": 0 }));
    // The last settings that made sense go on.
    let report = client.ask("textDocument/diagnostic", document(&uri));
    assert_eq!(report["items"][0]["severity"], 1);
    client.change(&config, json!([{ "text": "[rules]\nmissing-test = \"off\"\n" }]));
    assert_eq!(client.findings_of_file(&config, <[Value]>::is_empty), Vec::<Value>::new());
    let report = client.ask("textDocument/diagnostic", document(&uri));
    assert_eq!(report["items"], json!([]));
}

#[test]
fn thousands_of_files_are_one_workspace() {
    let folder = Folder::new(&[]);
    for at in 0..2000 {
        let text = format!(
            "edition 1;\ndevice d{at} {{ name \"D {at}\"; match pci(1, {at}); allow missing-test \"an example\"; }}\n"
        );
        folder.write(&format!("{}/d{at}.quirk", at % 20), &text);
    }
    let mut client = Client::usual(&folder.path);
    let text = "edition 1;\ndevice other { name \"O\"; match pci(1, 1999); allow missing-test \"an example\"; }\n";
    let uri = client.open(&folder.at("other.quirk"), text);
    let found = client.findings(&uri, 1);
    assert_eq!(found[0]["code"], "QK0501", "it collides with a file that is not open: {found:?}");
}
