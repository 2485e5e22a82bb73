//! Notifications: texts that are opened, changed and closed, and files and folders that come and go.

use std::sync::Arc;

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, TextDocumentContentChangeEvent,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Server;
use crate::text::Text;
use crate::uri;
use crate::world::{Open, key};

fn read<T: DeserializeOwned>(params: Value) -> Result<T, String> {
    serde_json::from_value(params).map_err(|error| error.to_string())
}

impl Server {
    /// Takes in what the client tells. Says whether it makes a difference.
    pub(super) fn told(&mut self, method: &str, params: Value) -> Result<bool, String> {
        match method {
            "textDocument/didOpen" => self.open(read(params)?),
            "textDocument/didChange" => self.change(read(params)?)?,
            "textDocument/didClose" => self.close(&read(params)?)?,
            "workspace/didChangeWorkspaceFolders" => self.folders(&read(params)?),
            "textDocument/didSave"
            | "workspace/didChangeWatchedFiles"
            | "workspace/didCreateFiles"
            | "workspace/didRenameFiles"
            | "workspace/didDeleteFiles" => self.world.disk += 1,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn open(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let uri = item.uri.0;
        let path = uri::path(&uri);
        self.stamps += 1;
        // What could not be found before may be this.
        self.world.disk += 1;
        let text = Arc::new(Text::new(item.text));
        let open = Open { uri, version: item.version, stamp: self.stamps, text, path };
        self.world.open.insert(key(&open.path), Arc::new(open));
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) -> Result<(), String> {
        let uri = params.text_document.text_document_identifier.uri.0;
        let key = key(&uri::path(&uri));
        let Some(open) = self.world.open.get(&key) else { return Err(format!("`{uri}` is not open")) };
        let encoding = self.world.client.encoding;
        let mut text = Arc::clone(&open.text);
        for change in params.content_changes {
            text = Arc::new(match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    text.replaced(part.range, &part.text, encoding)
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => Text::new(whole.text),
            });
        }
        self.stamps += 1;
        let (uri, path) = (open.uri.clone(), open.path.clone());
        let open = Open { uri, path, version: params.text_document.version, stamp: self.stamps, text };
        self.world.open.insert(key, Arc::new(open));
        Ok(())
    }

    fn close(&mut self, params: &DidCloseTextDocumentParams) -> Result<(), String> {
        let uri = &params.text_document.uri.0;
        self.world.disk += 1;
        match self.world.open.remove(&key(&uri::path(uri))) {
            Some(_) => Ok(()),
            None => Err(format!("`{uri}` is not open")),
        }
    }

    fn folders(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[gen_lsp_types::WorkspaceFolder]| {
            folders.iter().map(|folder| uri::path(&folder.uri.0)).collect::<Vec<_>>()
        };
        let removed = paths(&params.event.removed);
        self.world.roots.retain(|root| !removed.contains(root));
        self.world.roots.extend(paths(&params.event.added));
        self.world.disk += 1;
    }
}
