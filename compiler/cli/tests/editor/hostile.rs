//! What no editor ought to do, and what happens to the rest when one does.

use serde_json::{Value, json};

use crate::client::{Client, Folder, at, document};
use crate::{IDS, MOVER};

#[test]
fn a_broken_message_is_answered_and_the_next_one_too() {
    let folder = Folder::new(&[("ids.quirk", IDS)]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("mover.quirk"), MOVER);
    for broken in [
        "Content-Length: 3\r\n\r\n{\"a",
        "Content-Length: 2\r\n\r\n[]",
        "Content-Length: 4\r\n\r\nnull",
        "Content-Length: what\r\n\r\n",
        "\r\n",
        "Content-Length: 2\r\n\r\n\u{e9}",
    ] {
        client.raw(broken.as_bytes());
        let answer = client.wait(|message| message["id"].is_null() && message.get("error").is_some());
        assert!(answer["error"]["code"].as_i64().unwrap() < -32000, "{broken:?}: {answer}");
    }
    client.send(&json!({ "jsonrpc": "2.0", "id": 99_999_999_999_i64, "method": "textDocument/hover", "params": {} }));
    client.wait(|message| message["id"] == 99_999_999_999_i64 && message["error"]["code"] == -32600);
    assert_eq!(client.ask("textDocument/documentSymbol", document(&uri)).as_array().unwrap().len(), 4);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn senseless_requests_are_refused() {
    let folder = Folder::new(&[]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("a.quirk"), "edition 1;\n");
    let code = |client: &mut Client, method: &str, params: Value| {
        let id = client.request(method, params);
        client.answer(id)["error"]["code"].clone()
    };
    assert_eq!(code(&mut client, "textDocument/fly", json!({})), -32601);
    assert_eq!(code(&mut client, "textDocument/hover", json!({})), -32602);
    assert_eq!(code(&mut client, "textDocument/hover", json!([1])), -32602);
    assert_eq!(code(&mut client, "textDocument/hover", document(&uri)), -32602);
    let elsewhere = at("file:///nowhere/at/all.quirk", &json!({ "line": 0, "character": 0 }));
    assert_eq!(code(&mut client, "textDocument/hover", elsewhere), -32602);
    assert_eq!(code(&mut client, "initialize", json!({})), -32600);
    // Places that the text does not have are the nearest that it has.
    let far = at(&uri, &json!({ "line": 4_000_000_000_u32, "character": 4_000_000_000_u32 }));
    assert_eq!(client.ask("textDocument/hover", far.clone()), Value::Null);
    client.ask("textDocument/completion", far);
    // Notifications about what is not there are told, and no more.
    let change = json!({ "textDocument": { "uri": "file:///x.quirk", "version": 2 }, "contentChanges": [] });
    client.tell("textDocument/didChange", change);
    client.wait(|message| message["method"] == "window/logMessage");
    client.tell("textDocument/didOpen", json!({ "what": 1 }));
    client.wait(|message| message["method"] == "window/logMessage");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn every_request_at_every_place_of_a_torn_text_is_answered() {
    let folder = Folder::new(&[("ids.quirk", IDS)]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("mover.quirk"), "");
    let cuts = (0..MOVER.len()).filter(|cut| cut % 17 == 0);
    for cut in cuts {
        let text = &MOVER[..cut];
        client.change(&uri, json!([{ "text": text }]));
        let line = text.matches('\n').count();
        let column = text.len() - text.rfind('\n').map_or(0, |end| end + 1);
        let place = json!({ "line": line, "character": column });
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": place });
        for method in ["completion", "hover", "definition", "documentHighlight", "signatureHelp"] {
            client.ask(&format!("textDocument/{method}"), at(&uri, &place));
        }
        for method in ["documentSymbol", "foldingRange", "semanticTokens/full", "codeLens", "documentLink"] {
            client.ask(&format!("textDocument/{method}"), document(&uri));
        }
        client.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": uri }, "range": whole }));
        let context = json!({ "diagnostics": [] });
        client.ask(
            "textDocument/codeAction",
            json!({ "textDocument": { "uri": uri }, "range": whole, "context": context }),
        );
    }
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn what_is_cancelled_has_one_answer() {
    let folder = Folder::new(&[]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("a.quirk"), "edition 1;\n");
    let ids: Vec<i64> = (0..40).map(|_| client.request("textDocument/semanticTokens/full", document(&uri))).collect();
    for id in &ids {
        client.tell("$/cancelRequest", json!({ "id": id }));
    }
    client.tell("$/cancelRequest", json!({ "id": "never asked" }));
    client.tell("$/cancelRequest", json!({}));
    for id in ids {
        let answer = client.answer(id);
        let is_cancelled = answer["error"]["code"] == -32800;
        assert!(is_cancelled || answer.get("result").is_some(), "{answer}");
    }
    // A second answer would come before this one.
    client.ask("textDocument/foldingRange", document(&uri));
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_long_queue_can_be_cancelled_before_it_is_worked_through() {
    let folder = Folder::new(&[]);
    let mut client = Client::usual(&folder.path);
    let mut text = String::from("edition 1;\n");
    for at in 0..3000 {
        text += &format!("device d{at} {{ name \"D\"; match pci(1, {at}); allow missing-test \"x\"; }}\n");
    }
    let uri = client.open(&folder.at("a.quirk"), &text);
    let ids: Vec<i64> = (0..50).map(|_| client.request("textDocument/semanticTokens/full", document(&uri))).collect();
    let last = *ids.last().unwrap();
    client.tell("$/cancelRequest", json!({ "id": last }));
    let answer = client.answer(last);
    assert_eq!(answer["error"]["code"], -32800, "the last of fifty was not reached yet");
}

#[test]
fn files_that_vanish_are_missed_and_no_more() {
    let folder = Folder::new(&[("ids.quirk", IDS), ("mover.quirk", MOVER)]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("mover.quirk"), MOVER);
    assert_eq!(client.findings(&uri, 1), Vec::<Value>::new());
    std::fs::remove_file(folder.at("ids.quirk")).unwrap();
    std::fs::remove_file(folder.at("mover.quirk")).unwrap();
    let changes = json!([{ "uri": folder.uri("ids.quirk"), "type": 3 }, { "uri": uri, "type": 3 }]);
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    let found = client.findings_of_file(&uri, |found| !found.is_empty());
    assert_eq!(found[0]["code"], "QK0204");
    // The text that is open is not lost with its file.
    assert_eq!(client.ask("textDocument/documentSymbol", document(&uri)).as_array().unwrap().len(), 4);
    std::fs::remove_dir_all(&folder.path).unwrap();
    client.tell("textDocument/didSave", document(&uri));
    assert_eq!(client.ask("textDocument/documentSymbol", document(&uri)).as_array().unwrap().len(), 4);
    client.tell("textDocument/didClose", document(&uri));
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_client_that_goes_away_takes_the_server_with_it() {
    let folder = Folder::new(&[]);
    let mut client = Client::usual(&folder.path);
    client.open(&folder.at("a.quirk"), "edition 1;\n");
    assert_eq!(client.vanish(), Some(1));
    let mut client = Client::usual(&folder.path);
    client.raw(b"Content-Length: 100\r\n\r\n{\"jso");
    assert_eq!(client.vanish(), Some(1));
    let mut client = Client::usual(&folder.path);
    client.tell("exit", Value::Null);
    assert_eq!(client.ended(), Some(1), "`exit` without `shutdown`");
}

#[test]
fn a_server_does_not_outlive_who_started_it() {
    // Gone only once the server has answered: of one that is gone before, it may say nothing.
    let mut editor = std::process::Command::new("sleep").arg("600").spawn().unwrap();
    let folder = Folder::new(&[]);
    let mut client = Client::started_by(editor.id(), &folder.path);
    editor.kill().unwrap();
    editor.wait().unwrap();
    assert_eq!(client.take_ended(), Some(1));
}

#[test]
fn a_huge_text_is_answered() {
    let folder = Folder::new(&[]);
    let mut client = Client::usual(&folder.path);
    let text = format!("edition 1;\n{}", "const A = (((1 + 2)));\n// \u{e9}\n".repeat(40_000));
    let uri = client.open(&folder.at("a.quirk"), &text);
    assert_eq!(client.ask("textDocument/foldingRange", document(&uri)), json!([]));
    let deep = "{".repeat(200_000);
    client.change(&uri, json!([{ "text": deep }]));
    client.ask("textDocument/foldingRange", document(&uri));
    client.ask(
        "textDocument/selectionRange",
        json!({ "textDocument": { "uri": uri }, "positions": [{ "line": 0, "character": 100_000 }] }),
    );
    client.ask("textDocument/completion", at(&uri, &json!({ "line": 0, "character": 200_000 })));
    client.ask("textDocument/semanticTokens/full", document(&uri));
    assert_eq!(client.stop(), Some(0));
}
