//! Names over files: definition, references, highlights, links, rename of names and of files.

use serde_json::{Value, json};

use crate::client::{Client, Folder, at, document, edited, marked};
use crate::{IDS, MOVER};

/// The place of the first word of a text.
fn find(text: &str, word: &str) -> Value {
    let offset = text.find(word).unwrap();
    let line = text[..offset].matches('\n').count();
    let start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": line, "character": offset - start })
}

fn open() -> (Folder, Client, String) {
    let folder = Folder::new(&[("ids.quirk", IDS), ("mover.quirk", MOVER)]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("mover.quirk"), MOVER);
    (folder, client, uri)
}

#[test]
fn definitions_are_found_in_the_text_and_behind_use() {
    let (folder, mut client, uri) = open();
    let ids = folder.uri("ids.quirk");
    for (word, file, declared) in [
        ("VENDOR, 0x1001", &ids, "VENDOR ="),
        ("base {", &ids, "base {"),
        ("mover view", &uri, "mover like"),
        ("extra { n", &uri, "extra {\n"),
        ("n = 1", &uri, "n: u8"),
        ("n ro", &uri, "n: u8"),
        ("ids::VENDOR, 0x1001", &uri, "ids;"),
    ] {
        let found = client.ask("textDocument/definition", at(&uri, &find(MOVER, word)));
        let text = if *file == ids { IDS } else { MOVER };
        assert_eq!((&found["uri"], &found["range"]["start"]), (&json!(file), &find(text, declared)), "{word}");
    }
    let found = client.ask("textDocument/definition", at(&uri, &find(MOVER, "ids.quirk")));
    assert_eq!(found["uri"], ids);
    assert_eq!(client.ask("textDocument/definition", at(&uri, &find(MOVER, "place"))), Value::Null);
}

#[test]
fn references_go_over_all_files() {
    let (folder, mut client, uri) = open();
    let mut params = at(&folder.uri("ids.quirk"), &find(IDS, "VENDOR ="));
    params["context"] = json!({ "includeDeclaration": true });
    let found = client.ask("textDocument/references", params.clone());
    let uris: Vec<&str> = found.as_array().unwrap().iter().map(|each| each["uri"].as_str().unwrap()).collect();
    let ids = folder.uri("ids.quirk");
    assert_eq!(uris, [ids.as_str(), ids.as_str(), uri.as_str(), uri.as_str()]);
    params["context"] = json!({ "includeDeclaration": false });
    assert_eq!(client.ask("textDocument/references", params).as_array().unwrap().len(), 3);
}

#[test]
fn highlights_are_of_one_text_and_tell_declaration_from_use() {
    let (_folder, mut client, uri) = open();
    let found = client.ask("textDocument/documentHighlight", at(&uri, &find(MOVER, "mover view")));
    let kinds: Vec<u64> = found.as_array().unwrap().iter().map(|each| each["kind"].as_u64().unwrap()).collect();
    assert_eq!(kinds, [3, 2]);
}

#[test]
fn used_files_are_links() {
    let (folder, mut client, uri) = open();
    let found = client.ask("textDocument/documentLink", document(&uri));
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["target"], folder.uri("ids.quirk"));
}

/// The texts of both files after a rename.
fn renamed(edit: &Value, folder: &Folder, uri: &str) -> (String, String) {
    let changes = &edit["changes"];
    let after = |text: &str, edits: Option<&Value>| edits.map_or_else(|| text.to_owned(), |edits| edited(text, edits));
    (after(IDS, changes.get(folder.uri("ids.quirk"))), after(MOVER, changes.get(uri)))
}

#[test]
fn a_rename_changes_every_use_and_nothing_else() {
    let (folder, mut client, uri) = open();
    for (word, new, ids, mover) in [
        ("VENDOR, 0x1001", "MAKER", IDS.replace("VENDOR", "MAKER"), MOVER.replace("VENDOR", "MAKER")),
        (
            "mover view",
            "shaker",
            IDS.to_owned(),
            MOVER.replace("mover like", "shaker like").replace("mover view", "shaker view"),
        ),
        (
            "n ro",
            "clique",
            IDS.to_owned(),
            MOVER.replace("n: u8", "clique: u8").replace("n ro", "clique ro").replace("n = 1", "clique = 1"),
        ),
        ("ids::VENDOR", "numbers", IDS.to_owned(), MOVER.replace("as ids", "as numbers").replace("ids::", "numbers::")),
    ] {
        let place = find(MOVER, word);
        let prepared = client.ask("textDocument/prepareRename", at(&uri, &place));
        assert_eq!(prepared["range"]["start"], place);
        let mut params = at(&uri, &place);
        params["newName"] = new.into();
        let edit = client.ask("textDocument/rename", params);
        assert_eq!(renamed(&edit, &folder, &uri), (ids, mover), "{word}");
    }
}

#[test]
fn a_name_that_cannot_be_is_refused() {
    let (_folder, mut client, uri) = open();
    let mut try_name = |word: &str, new: &str| {
        let mut params = at(&uri, &find(MOVER, word));
        params["newName"] = new.into();
        client.refused("textDocument/rename", params)
    };
    assert!(try_name("mover view", "1x").contains("not a name"));
    assert!(try_name("mover view", "a b").contains("not a name"));
    assert!(try_name("mover view", "extra").contains("already"));
    assert!(try_name("VENDOR, 0x1001", "any").contains("meaning of its own"));
    assert!(try_name("name \"Mover\"", "other").contains("no name here"));
}

#[test]
fn a_file_that_moves_keeps_its_users_and_what_it_uses() {
    let (folder, mut client, uri) = open();
    let old = folder.uri("ids.quirk");
    let new = folder.uri("std/numbers.quirk");
    let files = json!({ "files": [{ "oldUri": old, "newUri": new }] });
    let edit = client.ask("workspace/willRenameFiles", files);
    assert_eq!(edited(MOVER, &edit["changes"][&uri]), MOVER.replace("ids.quirk", "std/numbers.quirk"));
    let files = json!({ "files": [{ "oldUri": uri, "newUri": folder.uri("deep/er/mover.quirk") }] });
    let edit = client.ask("workspace/willRenameFiles", files);
    assert_eq!(edited(MOVER, &edit["changes"][&uri]), MOVER.replace("ids.quirk", "../../ids.quirk"));
    // Both together, in a folder: the way stays.
    let files = json!({ "files": [{ "oldUri": folder.uri(""), "newUri": folder.uri("") .replace("/tmp", "/else") }] });
    assert_eq!(client.ask("workspace/willRenameFiles", files), Value::Null);
    // Moved on the disk, the file is found where it is.
    std::fs::create_dir_all(folder.at("std")).unwrap();
    std::fs::rename(folder.at("ids.quirk"), folder.at("std/numbers.quirk")).unwrap();
    client.tell("workspace/didRenameFiles", json!({ "files": [{ "oldUri": old, "newUri": new }] }));
    client.change(&uri, json!([{ "text": MOVER.replace("ids.quirk", "std/numbers.quirk") }]));
    let report = client.ask("textDocument/diagnostic", document(&uri));
    assert_eq!(report["items"], json!([]));
}

#[test]
fn what_is_not_finished_has_names_already() {
    let folder = Folder::new(&[("ids.quirk", IDS)]);
    let mut client = Client::usual(&folder.path);
    let (text, places) = marked("edition 1;\nuse \"ids.quirk\" as ids;\ndevice d { free @ ids::\u{a6}GAP..");
    let uri = client.open(&folder.at("new.quirk"), &text);
    let found = client.ask("textDocument/definition", at(&uri, &places[0]));
    assert_eq!(found["range"]["start"], find(IDS, "GAP ="));
}
