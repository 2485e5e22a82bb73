//! What client and server can do.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::features;
use crate::lines::Encoding;
use crate::uri;
use crate::world::Client;

/// What a client told of itself: what it can do, where it works, and which process it is. So much of it is optional that types
/// would hide what is asked.
pub(super) fn told(params: &Value) -> (Client, Vec<PathBuf>, Option<i32>) {
    let has =
        |name: &str| params.pointer(&format!("/capabilities/{name}")).is_some_and(|value| *value != Value::Bool(false));
    let client = Client {
        encoding: params.pointer("/capabilities/general/positionEncodings").map_or(Encoding::Utf16, encoding),
        pulls: has("textDocument/diagnostic"),
        refreshes: has("workspace/diagnostics/refreshSupport"),
        watches: has("workspace/didChangeWatchedFiles/dynamicRegistration"),
        versioned_edits: has("workspace/workspaceEdit/documentChanges"),
    };
    let folders = params["workspaceFolders"].as_array().into_iter().flatten();
    let folders: Vec<PathBuf> = folders.filter_map(|folder| Some(uri::path(folder["uri"].as_str()?))).collect();
    // Older clients name one folder.
    let uri = || Some(uri::path(params["rootUri"].as_str()?));
    let path = || Some(PathBuf::from(params["rootPath"].as_str()?));
    let roots = if folders.is_empty() { uri().or_else(path).into_iter().collect() } else { folders };
    let process = params["processId"].as_i64().and_then(|process| i32::try_from(process).ok());
    (client, roots, process)
}

/// UTF-8 if it is offered: then nothing has to be counted.
fn encoding(offered: &Value) -> Encoding {
    let offers = |name: &str| offered.as_array().is_some_and(|offered| offered.iter().any(|each| each == name));
    match (offers("utf-8"), offers("utf-16"), offers("utf-32")) {
        (true, ..) => Encoding::Utf8,
        (false, false, true) => Encoding::Utf32,
        _ => Encoding::Utf16,
    }
}

/// The answer to `initialize`.
pub(super) fn offered(version: &str, client: Client) -> Value {
    let encoding = match client.encoding {
        Encoding::Utf8 => "utf-8",
        Encoding::Utf16 => "utf-16",
        Encoding::Utf32 => "utf-32",
    };
    let quirk_files = json!({ "filters": [
        { "scheme": "file", "pattern": { "glob": "**/*.quirk", "matches": "file" } },
        { "scheme": "file", "pattern": { "glob": "**", "matches": "folder" } },
    ] });
    json!({
        "serverInfo": { "name": "quirkc", "version": version },
        "capabilities": {
            "positionEncoding": encoding,
            "textDocumentSync": { "openClose": true, "change": 2, "save": true },
            "diagnosticProvider": { "identifier": "quirk", "interFileDependencies": true, "workspaceDiagnostics": false },
            "completionProvider": { "triggerCharacters": features::completion::TRIGGERS },
            "signatureHelpProvider": { "triggerCharacters": features::signature::TRIGGERS },
            "hoverProvider": true,
            "definitionProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "renameProvider": { "prepareProvider": true },
            "documentSymbolProvider": true,
            "workspaceSymbolProvider": true,
            "codeActionProvider": { "codeActionKinds": ["quickfix", "source.fixAll"] },
            "codeLensProvider": {},
            "documentLinkProvider": {},
            "documentFormattingProvider": true,
            "documentRangeFormattingProvider": true,
            "foldingRangeProvider": true,
            "selectionRangeProvider": true,
            "inlayHintProvider": true,
            "semanticTokensProvider": { "legend": features::tokens::legend(), "full": true, "range": true },
            "executeCommandProvider": { "commands": features::commands::COMMANDS },
            "workspace": {
                "workspaceFolders": { "supported": true, "changeNotifications": true },
                "fileOperations": { "willRename": quirk_files, "didRename": quirk_files,
                    "didCreate": quirk_files, "didDelete": quirk_files },
            },
            "experimental": { "map": true },
        },
    })
}

/// What to tell of: descriptions and configurations that change on the disk.
pub(super) fn watched(configuration: &str) -> Value {
    let globs = ["**/*.quirk".to_owned(), format!("**/{configuration}")];
    let watchers = globs.map(|glob| json!({ "globPattern": glob }));
    let options = json!({ "watchers": watchers });
    let id = "quirk/watch";
    json!({ "registrations": [{ "id": id, "method": "workspace/didChangeWatchedFiles", "registerOptions": options }] })
}
