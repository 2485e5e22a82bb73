//! What is run from the text: lenses, tests, maps.

use serde_json::{Value, json};

use crate::client::{Client, Folder, at, document};
use crate::{IDS, MOVER};

fn open(text: &str) -> (Folder, Client, String) {
    let folder = Folder::new(&[("ids.quirk", IDS)]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("mover.quirk"), text);
    (folder, client, uri)
}

#[test]
fn lenses_run_tests_and_draw_maps() {
    let (_folder, mut client, uri) = open(MOVER);
    let lenses = client.ask("textDocument/codeLens", document(&uri));
    let commands: Vec<(&str, &Value)> = lenses
        .as_array()
        .unwrap()
        .iter()
        .map(|lens| (lens["command"]["command"].as_str().unwrap(), &lens["command"]["arguments"]))
        .collect();
    assert_eq!(
        commands,
        [("quirk.map", &json!([uri, "mover"])), ("quirk.runTest", &json!([uri, "a guest sees PASID"]))]
    );
    for lens in lenses.as_array().unwrap() {
        client.ask("workspace/executeCommand", lens["command"].clone());
    }
}

#[test]
fn a_test_passes_or_says_what_it_found() {
    let (_folder, mut client, uri) = open(MOVER);
    let run = json!({ "command": "quirk.runTest", "arguments": [uri, "a guest sees PASID"] });
    let result = client.ask("workspace/executeCommand", run.clone());
    assert_eq!(result["passed"], true, "{result}");
    client.change(&uri, json!([{ "text": MOVER.replace("expect pasid @ 0x400", "expect pasid @ 0x404") }]));
    let result = client.ask("workspace/executeCommand", run.clone());
    assert_eq!(result["passed"], false);
    assert_eq!(result["failures"][0]["location"]["range"]["start"]["line"], 21);
    let said = client.wait(|message| message["method"] == "window/showMessage" && message["params"]["type"] == 1);
    assert!(said["params"]["message"].as_str().unwrap().contains("failed"), "{said}");
    client.change(&uri, json!([{ "text": "edition 1;\nconst A = ;\n" }]));
    assert!(client.refused("workspace/executeCommand", run).contains("there are errors"));
    let unknown = json!({ "command": "quirk.fly", "arguments": [uri, "x"] });
    assert!(client.refused("workspace/executeCommand", unknown).contains("quirk.fly"));
}

#[test]
fn a_map_is_that_of_the_program() {
    let (folder, mut client, uri) = open(MOVER);
    let mut params = document(&uri);
    params["device"] = "mover".into();
    let by_name = client.ask("quirk/map", params.clone());
    let by_place = client.ask("quirk/map", at(&uri, &json!({ "line": 6, "character": 6 })));
    assert_eq!(by_name, by_place);
    folder.write("mover.quirk", MOVER);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_quirkc"))
        .args(["map", "--entry", "mover", "--format", "json", "--only-quirks"])
        .arg(&folder.path)
        .output()
        .unwrap();
    let drawn: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(by_name["map"]["functions"][0]["states"], drawn["functions"][0]["states"]);
    assert!(by_name["text"].as_str().unwrap().contains("one character is a dword"), "{by_name}");
    params["device"] = "nobody".into();
    assert!(client.refused("quirk/map", params).contains("nobody"));
    assert!(client.refused("quirk/map", document(&uri)).contains("no device here"));
}
