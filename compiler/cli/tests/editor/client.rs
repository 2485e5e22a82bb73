//! A client of the language server protocol that shares no code with the server: it frames, sends and reads for itself.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take on the slowest machine before a test gives up: nothing is concluded from less.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server and the client's side of it.
pub(crate) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    waiting: VecDeque<Value>,
    next: i64,
    versions: BTreeMap<String, i64>,
    pub(crate) capabilities: Value,
}

/// `file://` and a path; names in these tests need no escapes.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

impl Client {
    /// Starts a server, and says what a client can do.
    pub(crate) fn start(folder: Option<&Path>, capabilities: Value) -> Self {
        Self::with(std::process::id(), folder, &capabilities)
    }

    /// A client of another process.
    pub(crate) fn started_by(process: u32, folder: &Path) -> Self {
        let mut client = Self::spawned();
        // It may end before it answers.
        client.request("initialize", Self::params(process, Some(folder), &json!({})));
        client
    }

    fn with(parent: u32, folder: Option<&Path>, capabilities: &Value) -> Self {
        let mut client = Self::spawned();
        client.capabilities =
            client.ask("initialize", Self::params(parent, folder, capabilities))["capabilities"].clone();
        client.tell("initialized", json!({}));
        client
    }

    fn params(parent: u32, folder: Option<&Path>, capabilities: &Value) -> Value {
        let folders = folder.map(|folder| json!([{ "uri": uri(folder), "name": "tests" }]));
        json!({
            "processId": parent,
            "rootUri": null,
            "workspaceFolders": folders,
            "capabilities": capabilities,
        })
    }

    /// A server that was told nothing yet.
    fn spawned() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_quirkc"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        let mut from = BufReader::new(process.stdout.take().unwrap());
        let (send, output) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut from) {
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            process,
            input,
            output,
            waiting: VecDeque::new(),
            next: 1,
            versions: BTreeMap::new(),
            capabilities: Value::Null,
        }
    }

    /// A client that can do what most editors can.
    pub(crate) fn usual(folder: &Path) -> Self {
        Self::start(Some(folder), json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } }))
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request, and gives its id.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next;
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The first message that is as wanted; others are kept for later.
    pub(crate) fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.waiting.iter().position(&wanted) {
            return self.waiting.remove(at).unwrap();
        }
        loop {
            let message = self.output.recv_timeout(PATIENCE).expect("the server says something");
            if wanted(&message) {
                return message;
            }
            self.waiting.push_back(message);
        }
    }

    /// The whole answer to a request.
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        self.wait(|message| message["id"] == id && message.get("method").is_none())
    }

    /// The result of a request that must succeed.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The message of a request that must fail.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> String {
        let id = self.request(method, params);
        let answer = self.answer(id);
        answer["error"]["message"].as_str().unwrap_or_else(|| panic!("{method}: {answer}")).to_owned()
    }

    pub(crate) fn open(&mut self, path: &Path, text: &str) -> String {
        let uri = uri(path);
        self.versions.insert(uri.clone(), 1);
        let item = json!({ "uri": uri, "languageId": "quirk", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
        uri
    }

    /// Replaces a range, or all of a text.
    pub(crate) fn change(&mut self, uri: &str, changes: Value) -> i64 {
        let version = self.versions.get_mut(uri).unwrap();
        *version += 1;
        let version = *version;
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        version
    }

    /// The findings of a version of a text.
    pub(crate) fn findings(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// The findings of a file that is not open, once they are as wanted.
    pub(crate) fn findings_of_file(&mut self, uri: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let is_wanted = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && wanted(message["params"]["diagnostics"].as_array().unwrap())
        };
        self.wait(is_wanted)["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Ends the server as the protocol has it, and gives its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.ended()
    }

    /// Goes away without a word.
    pub(crate) fn vanish(mut self) -> Option<i32> {
        self.input = None;
        self.ended()
    }

    /// Waits until the server has ended.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.take_ended()
    }

    /// The same with the pipe still open.
    pub(crate) fn take_ended(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }
}

fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse::<usize>().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length?];
    from.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// A folder with files, by their real path.
pub(crate) struct Folder {
    _kept: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let path = kept.path().canonicalize().unwrap();
        let folder = Self { _kept: kept, path };
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        uri(&self.at(name))
    }
}

/// A text without its marks `|`, and their places, counted in bytes.
pub(crate) fn marked(text: &str) -> (String, Vec<Value>) {
    let mut places = Vec::new();
    let (mut line, mut character) = (0, 0);
    let mut out = String::new();
    for each in text.chars() {
        match each {
            '\u{a6}' => places.push(json!({ "line": line, "character": character })),
            '\n' => {
                line += 1;
                character = 0;
                out.push(each);
            }
            _ => {
                character += each.len_utf8();
                out.push(each);
            }
        }
    }
    (out, places)
}

/// A text and a place in it, as parameters.
pub(crate) fn at(uri: &str, place: &Value) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": place })
}

/// A text as parameters.
pub(crate) fn document(uri: &str) -> Value {
    json!({ "textDocument": { "uri": uri } })
}

/// The text after edits, made by counting lines and bytes.
pub(crate) fn edited(text: &str, edits: &Value) -> String {
    let offset = |place: &Value| {
        let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
        let column = usize::try_from(place["character"].as_u64().unwrap()).unwrap();
        text.split_inclusive('\n').take(line).map(str::len).sum::<usize>() + column
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]), edit["newText"].as_str().unwrap()))
        .collect();
    edits.sort();
    let mut out = text.to_owned();
    for (start, end, with) in edits.into_iter().rev() {
        out.replace_range(start..end, with);
    }
    out
}
