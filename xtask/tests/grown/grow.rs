//! Gives every type that may grow one more variant or field.

use std::fs;
use std::path::{Path, PathBuf};

const MARK: &str = "#[non_exhaustive]";

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), there).unwrap();
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// What a declaration gets at its front, and its name; `None` for one that is not a declaration of a type.
fn declared(declaration: &str) -> Option<(&str, &'static str)> {
    let first = |text: &'static str| move |rest| Some((rest, text));
    let (rest, more) = (declaration.strip_prefix("pub enum ").and_then(first("OneMore,")))
        .or_else(|| declaration.strip_prefix("pub struct ").and_then(first("/// One more.\npub one_more: (),")))
        // A byte in a table, in the macro that declares it.
        .or_else(|| {
            declaration.starts_with(char::is_uppercase).then_some((declaration, "/// One more.\nOneMore = 250,"))
        })?;
    Some((rest.split(|char| !is_name(char)).next()?, more))
}

/// The names of all types that have grown.
pub(crate) fn all(folder: &Path) -> Vec<String> {
    let (mut paths, mut names) = (Vec::new(), Vec::new());
    files(folder, &mut paths);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let mut parts = text.split(MARK);
        let mut grown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            grown.push_str(MARK);
            match (declared(part.trim_start()), part.split_once('{')) {
                (Some((name, more)), Some((head, body))) => {
                    names.push(name.to_owned());
                    grown.push_str(&format!("{head}{{ {more} {body}"));
                }
                _ => grown.push_str(part),
            }
        }
        fs::write(path, grown).unwrap();
    }
    names
}

/// The public types with public parts that may not grow. The records of the tables are not documented, and grow as they like.
pub(crate) fn open(folder: &Path) -> Vec<String> {
    let (mut paths, mut names) = (Vec::new(), Vec::new());
    files(folder, &mut paths);
    let is_seen = |path: &PathBuf| {
        !path.components().any(|part| ["tables", "testing"].iter().any(|each| part.as_os_str() == *each))
    };
    for path in paths.into_iter().filter(is_seen) {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let closed = at > 0 && lines[at - 1] == MARK;
            let Some((name, _)) = line.starts_with("pub ").then(|| declared(line)).flatten() else { continue };
            let body = lines[at..].iter().skip(1).take_while(|line| **line != "}");
            let has_parts = line.starts_with("pub enum ") || body.clone().any(|line| line.starts_with("pub "));
            if has_parts && !closed && !name.is_empty() && line.ends_with('{') {
                names.push(name.to_owned());
            }
        }
    }
    names
}
