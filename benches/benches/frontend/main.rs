//! The front end on generated descriptions of 1, 10 and 100 MB: speed, memory, threads; beside parsers and lexers of others.
//!
//! Every measurement is a process of its own, so that its memory can be told: the program runs itself.

mod work;

use std::env;
use std::io::{self, Write};
use std::process::Command;

use quirk_benches::descriptions;
use work::{WORKS, Work};

/// How often each is measured; the median counts.
const ROUNDS: usize = 3;

/// What a process measured.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    bytes: usize,
    lines: usize,
    seconds: f64,
    /// Seconds of all processors.
    processor: f64,
    /// Most memory that the process ever had, in bytes, without the input.
    memory: u64,
}

fn child(work: &Work, megabytes: usize, threads: usize) -> io::Result<Measured> {
    let program = env::current_exe()?;
    let arguments = ["one", work.name, &megabytes.to_string(), &threads.to_string()];
    let output = Command::new(program).args(arguments).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [bytes, lines, seconds, processor, memory] = numbers[..] else {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("`{}` at {megabytes} MB: {error}", work.name)));
    };
    Ok(Measured { bytes: bytes as usize, lines: lines as usize, seconds, processor, memory: memory as u64 })
}

fn median(mut all: Vec<Measured>) -> Option<Measured> {
    all.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    all.get(all.len() / 2).copied()
}

fn table(megabytes: usize) -> io::Result<()> {
    println!(
        "\n### {megabytes} MB\n\n| | threads | MB/s | lines/s | seconds | processor | peak MB | processor, × check |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    );
    let works: Vec<(&Work, usize)> = WORKS
        .iter()
        .filter(|work| megabytes <= work.most)
        .flat_map(|work| work.threads.iter().map(move |&threads| (work, threads)))
        .collect();
    // Rounds outside, so that what disturbs the machine disturbs all.
    let mut rounds: Vec<Vec<Measured>> = works.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (found, &(work, threads)) in rounds.iter_mut().zip(&works) {
            found.push(child(work, megabytes, threads)?);
        }
    }
    let medians: Vec<Measured> = rounds.into_iter().filter_map(median).collect();
    let per_byte = |each: &Measured| each.processor / each.bytes as f64;
    let check = medians.first().map_or(1.0, per_byte);
    for (&(work, threads), each) in works.iter().zip(&medians) {
        println!(
            "| {} | {threads} | {:.1} | {:.0} | {:.3} | {:.3} | {:.0} | {:.2} |",
            work.title,
            each.bytes as f64 / each.seconds / 1e6,
            each.lines as f64 / each.seconds,
            each.seconds,
            each.processor,
            each.memory as f64 / 1e6,
            per_byte(each) / check,
        );
    }
    Ok(())
}

fn emit(devices: &str, source: fn(usize) -> io::Result<String>) -> io::Result<()> {
    io::stdout().write_all(source(devices.parse().map_err(io::Error::other)?)?.as_bytes())
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["one", name, megabytes, threads] => {
            let work = WORKS.iter().find(|work| work.name == name).ok_or(io::ErrorKind::InvalidInput)?;
            let number = |text: &str| text.parse::<usize>().map_err(io::Error::other);
            let Measured { bytes, lines, seconds, processor, memory } =
                work.measure(number(megabytes)?, number(threads)?)?;
            println!("{bytes} {lines} {seconds} {processor} {memory}");
            Ok(())
        }
        // Input of the script `rodata`.
        ["rust", devices] => emit(devices, work::rust),
        ["structs", devices] => emit(devices, |devices| Ok(descriptions::structs(devices))),
        [] => [1, 10, 100].into_iter().try_for_each(table),
        [megabytes] => table(megabytes.parse().map_err(io::Error::other)?),
        _ => Err(io::Error::other("usage: frontend [MEGABYTES]")),
    }
}
