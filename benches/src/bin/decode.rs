//! Reads the files of a folder and decodes the hex digits of their rows, and nothing else: what a survey is measured beside.

use std::path::PathBuf;
use std::process::ExitCode;

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The sum of all bytes of the rows, so that none is left out.
fn decode(text: &[u8]) -> u64 {
    let mut sum = 0;
    for line in text.split(|&byte| byte == b'\n') {
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
        for byte in line[colon + 1..].split(|&byte| byte == b' ') {
            if let [high, low] = *byte
                && let (Some(high), Some(low)) = (digit(high), digit(low))
            {
                sum += u64::from(high << 4 | low);
            }
        }
    }
    sum
}

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else { return ExitCode::from(2) };
    let Ok(entries) = std::fs::read_dir(folder) else { return ExitCode::from(2) };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let sum: u64 = files.iter().filter_map(|file| std::fs::read(file).ok()).map(|text| decode(&text)).sum();
    println!("{sum}");
    ExitCode::SUCCESS
}
