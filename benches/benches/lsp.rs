//! From a keystroke to the findings in a workspace of 10 000 devices, as a client sees it: a change goes in, and it is waited for
//! what the server says of the text. Beside it the whole check of the same files.
//!
//! Each measurement is a process of its own, so that its memory can be told: the program runs itself.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use quirk_benches::descriptions;
use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_lsp::{Drawing, Program, Settings, Wrong};
use quirk_runtime::Database;
use serde_json::{Value, json};

const DEVICES: usize = 10_000;

/// How often each is measured, in turns; the median counts.
const ROUNDS: usize = 3;

/// What is typed into a device, a character at a time, and where: after a text of it.
const TYPED: [(&str, &str); 6] = [
    ("ext ats   @ 0x", "\n        register \"more\" @ 0xa00..0xa20 { evidence vendor \"letter\"; }"),
    ("cap pcie  @ 0x70;", "\n        cap msi   @ 0xb8;"),
    ("max_width 20;", " execute deny;"),
    ("    name \"Example", " and more"),
    ("{ revision 0x0", "1"),
    ("    layout {", "\n        // What the data sheet says."),
];

struct Bare;

impl Program for Bare {
    fn version(&self) -> &'static str {
        "0"
    }

    fn configuration(&self) -> &'static str {
        "quirkc.toml"
    }

    fn settings(&self, _: &Path, _: &str) -> Result<Settings, Wrong> {
        Ok(Settings::default())
    }

    fn draw(&self, _: Database<'_>, _: &str) -> Option<Drawing> {
        None
    }
}

/// Writes the devices as so many files.
fn write(folder: &Path, files: usize) -> io::Result<Vec<PathBuf>> {
    let text = descriptions::some(DEVICES);
    let items: Vec<&str> = text.split("\n/// ").skip(1).collect();
    let share = items.len().div_ceil(files);
    let write = |(at, items): (usize, &[&str])| {
        let path = folder.join(format!("family_{at:04}.quirk"));
        fs::write(&path, format!("edition 1;\n\n/// {}", items.join("\n/// ")))?;
        Ok(path)
    };
    items.chunks(share).enumerate().map(write).collect()
}

/// The most memory that this process ever had, in bytes.
fn peak() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|number| number.parse::<u64>().ok());
    Ok(kilobytes.ok_or(io::ErrorKind::InvalidData)? * 1024)
}

/// One whole check: seconds and memory.
fn check(files: Vec<PathBuf>) -> io::Result<()> {
    let start = Instant::now();
    let found = compile(files.into_iter().map(Input::Path).collect(), &Options::default(), &Disk);
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds} {} {}", peak()?, found.diagnostics().len());
    Ok(())
}

/// The client's side.
struct Client {
    to: UnixStream,
    from: BufReader<UnixStream>,
}

impl Client {
    fn send(&mut self, message: &Value) -> io::Result<()> {
        let body = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.to.flush()
    }

    fn tell(&mut self, method: &str, params: &Value) -> io::Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn read(&mut self) -> io::Result<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match line.trim_end().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().map_err(io::Error::other)?,
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body)?;
        serde_json::from_slice(&body).map_err(io::Error::other)
    }

    /// Waits for what is said of a version of a text.
    fn told(&mut self, uri: &str, version: usize) -> io::Result<()> {
        loop {
            let message = self.read()?;
            let params = &message["params"];
            if message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"] == version
            {
                return Ok(());
            }
        }
    }
}

/// Types into devices all over the workspace: prints the microseconds of each keystroke, and the memory.
fn serve(folder: &Path, files: &[PathBuf]) -> io::Result<()> {
    let (to, input) = UnixStream::pair()?;
    let (output, from) = UnixStream::pair()?;
    thread::spawn(move || quirk_lsp::serve(Arc::new(Bare), input, output));
    let mut client = Client { to, from: BufReader::new(from) };
    let root = format!("file://{}", folder.display());
    let capabilities = json!({ "general": { "positionEncodings": ["utf-8"] } });
    let folders = json!([{ "uri": root, "name": "bench" }]);
    let params =
        json!({ "processId": null, "rootUri": null, "workspaceFolders": folders, "capabilities": capabilities });
    client.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }))?;
    client.read()?;
    client.tell("initialized", &json!({}))?;
    let mut times: Vec<Duration> = Vec::new();
    for (turn, (after, typed)) in TYPED.iter().cycle().take(TYPED.len() * 4).enumerate() {
        let path = &files[turn * 7919 % files.len()];
        let mut text = fs::read_to_string(path)?;
        let uri = format!("file://{}", path.display());
        let item = json!({ "uri": uri, "languageId": "quirk", "version": 0, "text": text });
        client.tell("textDocument/didOpen", &json!({ "textDocument": item }))?;
        client.told(&uri, 0)?;
        let places: Vec<usize> = text.match_indices(after).map(|(at, found)| at + found.len()).collect();
        let Some(mut at) = places.get(turn * 31 % places.len().max(1)).copied() else { continue };
        if after.starts_with("ext ats") {
            at += text[at..].find(';').map_or(0, |end| end + 1);
        }
        let mut version = 0;
        let mut change = |client: &mut Client, text: &mut String, from: usize, to: usize, with: &str| {
            let place = |at: usize| {
                let line = text[..at].matches('\n').count();
                json!({ "line": line, "character": at - text[..at].rfind('\n').map_or(0, |end| end + 1) })
            };
            version += 1;
            let range = json!({ "start": place(from), "end": place(to) });
            let params = json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "range": range, "text": with }] });
            text.replace_range(from..to, with);
            let start = Instant::now();
            client.tell("textDocument/didChange", &params)?;
            client.told(&uri, version)?;
            io::Result::Ok(start.elapsed())
        };
        for sign in typed.chars() {
            times.push(change(&mut client, &mut text, at, at, sign.encode_utf8(&mut [0; 4]))?);
            at += sign.len_utf8();
        }
        for _ in 0..typed.len() {
            times.push(change(&mut client, &mut text, at - 1, at, "")?);
            at -= 1;
        }
    }
    for time in times {
        print!("{} ", time.as_nanos());
    }
    println!("{}", peak()?);
    Ok(())
}

/// What another process of this program prints.
fn child(arguments: &[&str]) -> io::Result<Vec<f64>> {
    let output = Command::new(env::current_exe()?).args(arguments).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    if !output.status.success() || numbers.len() < 2 {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(numbers)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

fn row(files: usize) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    write(folder, files)?;
    let name = folder.display().to_string();
    let (mut seconds, mut memory, mut typing, mut served) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let checked = child(&["check", &name])?;
        seconds.push(checked[0]);
        memory.push(checked[1]);
        let mut times = child(&["serve", &name])?;
        served.extend(times.pop());
        typing.extend(times);
    }
    typing.sort_by(f64::total_cmp);
    let (check, most) = (median(seconds), median(memory));
    let at = |share: f64| typing[((typing.len() - 1) as f64 * share) as usize] / 1e9;
    println!(
        "| {files} | {:.0} | {} | {:.2} | {:.2} | {:.2} | 1/{:.0} | 1/{:.0} | {:.0} | {:.2} |",
        check * 1e3,
        typing.len(),
        at(0.5) * 1e3,
        at(0.99) * 1e3,
        at(1.0) * 1e3,
        check / at(0.5),
        check / at(0.99),
        most / 1e6,
        median(served) / most,
    );
    Ok(())
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let files = |folder: &str| {
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        files.sort();
        io::Result::Ok(files)
    };
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["check", folder] => check(files(folder)?),
        ["serve", folder] => serve(Path::new(folder), &files(folder)?),
        [] => {
            println!(
                "| files | check, ms | keystrokes | median, ms | p99, ms | most, ms | median, × check | p99, × check | check, peak MB | memory, × check |"
            );
            println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
            [500, 50].into_iter().try_for_each(row)
        }
        _ => Err(io::Error::other("usage: lsp")),
    }
}
