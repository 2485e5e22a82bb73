//! What is measured: the whole check, parts of it, and what others do with the same facts.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use std::{fs, io};

use cranelift_isle::codegen::CodegenOptions;
use cranelift_isle::files::Files;
use logos::Logos;
use quirk_benches::descriptions;
use quirk_compiler::files::Memory;
use quirk_compiler::{Compilation, Input, Options, compile};

use super::Measured;

/// One thing to measure.
pub(crate) struct Work {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// With how many threads.
    pub(crate) threads: &'static [usize],
    /// The largest input in megabytes; beyond, it takes too long or too much memory.
    pub(crate) most: usize,
    input: fn(usize) -> String,
    run: fn(&str, usize) -> Result<(), String>,
}

pub(crate) const WORKS: &[Work] = &[
    Work { name: "check", title: "quirk: the whole check", threads: &[1, 2], most: 100, input: quirk, run: check },
    Work { name: "db", title: "quirk: check, and the database", threads: &[1, 2], most: 100, input: quirk, run: db },
    Work { name: "parse", title: "quirk: text to syntax tree", threads: &[1], most: 100, input: quirk, run: parse },
    Work { name: "logos", title: "logos: tokens alone", threads: &[1], most: 100, input: quirk, run: logos },
    Work {
        name: "toml",
        title: "toml_edit: `DocumentMut`",
        threads: &[1],
        most: 100,
        input: descriptions::toml,
        run: toml,
    },
    Work { name: "json", title: "serde_json: `Value`", threads: &[1], most: 100, input: descriptions::json, run: json },
    Work { name: "isle", title: "ISLE: rules to Rust", threads: &[1], most: 1, input: descriptions::isle, run: isle },
];

impl Work {
    /// Does it once, in this process.
    pub(crate) fn measure(&self, megabytes: usize, threads: usize) -> io::Result<Measured> {
        let input = (self.input)(megabytes * 1_000_000);
        let before = memory("VmRSS:")?;
        let spent = processor(threads)?;
        let start = Instant::now();
        (self.run)(&input, threads).map_err(io::Error::other)?;
        let seconds = start.elapsed().as_secs_f64();
        let processor = processor(threads)? - spent;
        let memory = memory("VmHWM:")?.saturating_sub(before);
        Ok(Measured { bytes: input.len(), lines: input.lines().count(), seconds, processor, memory })
    }
}

/// A line of what the kernel says of this process's memory, in bytes.
fn memory(name: &str) -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    Ok(kilobytes.ok_or(io::ErrorKind::InvalidData)? * 1024)
}

/// Seconds that this process spent on processors: exactly for the one thread that there is, otherwise in ticks of 10 ms.
fn processor(threads: usize) -> io::Result<f64> {
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    if threads == 1 {
        let text = fs::read_to_string("/proc/self/schedstat")?;
        let nanoseconds: f64 = text.split(' ').next().and_then(|number| number.parse().ok()).ok_or_else(invalid)?;
        return Ok(nanoseconds / 1e9);
    }
    let text = fs::read_to_string("/proc/self/stat")?;
    // After the name, which may hold anything: fields from the third on.
    let fields: Vec<&str> = text.rsplit_once(") ").map_or(vec![], |(_, fields)| fields.split(' ').collect());
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).ok_or_else(invalid);
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

fn quirk(bytes: usize) -> String {
    descriptions::quirk(bytes).0
}

fn compiled(text: &str, threads: usize) -> Result<Compilation, String> {
    let inputs = vec![Input::Text("many.quirk".into(), text.to_owned())];
    let options = Options { threads, ..Options::default() };
    let compilation = compile(inputs, &options, &Memory::default());
    match compilation.diagnostics().first() {
        Some(found) => Err(found.message.clone()),
        None => Ok(compilation),
    }
}

fn check(text: &str, threads: usize) -> Result<(), String> {
    black_box(compiled(text, threads)?);
    Ok(())
}

fn db(text: &str, threads: usize) -> Result<(), String> {
    let compilation = compiled(text, threads)?;
    let bytes = compilation.database().ok_or("no database")?;
    quirk_runtime::Database::load(bytes).map_err(|error| error.to_string())?;
    Ok(())
}

fn parse(text: &str, _: usize) -> Result<(), String> {
    let parse = quirk_dsl::parse(text);
    if black_box(&parse).errors.is_empty() { Ok(()) } else { Err("errors".to_owned()) }
}

/// The tokens of the language.
#[derive(Debug, Logos)]
enum Token {
    #[regex(r"[ \t\r\n]+")]
    Space,
    #[regex(r"//[^\n]*", allow_greedy = true)]
    Comment,
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Word,
    #[regex(r"[0-9][A-Za-z0-9_]*")]
    Number,
    #[regex(r#""([^"\\\n]|\\.)*""#)]
    Text,
    #[regex(r"[{}()\[\];,@=:.+*/%&|^!<>#-]")]
    Sign,
}

fn logos(text: &str, _: usize) -> Result<(), String> {
    let count = Token::lexer(text).filter(Result::is_ok).count();
    black_box(count);
    Ok(())
}

fn toml(text: &str, _: usize) -> Result<(), String> {
    let document: toml_edit::DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    black_box(document);
    Ok(())
}

fn json(text: &str, _: usize) -> Result<(), String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    black_box(value);
    Ok(())
}

fn isle(text: &str, _: usize) -> Result<(), String> {
    let files = Files::from_names_and_contents([("many.isle".to_owned(), text.to_owned())]);
    let lexer = cranelift_isle::lexer::Lexer::new(0, text).map_err(|error| format!("{error:?}"))?;
    let rules = cranelift_isle::parser::parse(lexer).map_err(|error| format!("{error:?}"))?;
    let code = cranelift_isle::compile::compile(Arc::new(files), &rules, &CodegenOptions::default());
    black_box(code.map_err(|errors| format!("{errors:?}"))?);
    Ok(())
}

/// So many devices as Rust source, as the compiler writes them.
pub(crate) fn rust(devices: usize) -> io::Result<String> {
    let text = descriptions::some(devices);
    compiled(&text, 0).map_err(io::Error::other)?.rust().ok_or_else(|| io::Error::other("not sound"))
}
