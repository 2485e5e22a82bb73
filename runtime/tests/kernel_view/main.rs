//! The model of vfio-pci against vfio-pci itself, on random capability lists of both kinds: abutting runs, null capabilities,
//! hidden ones, loops, wild pointers, odd lengths.
//!
//! What the kernel's own functions answered once, stands in `answers.txt` and is what the model is held to in every run. The
//! functions themselves are asked by `tests/kernel-view/run`.

#![expect(clippy::unwrap_used, reason = "tests")]

mod lists;
mod oracle;
mod pasid;

use std::fmt::Write as _;
use std::{env, fs};

use quirk_runtime::{Image, Kernel, vfio_view};

use self::lists::space;

const ANSWERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kernel_view/answers.txt");

/// So many lists are compared where the kernel's functions are at hand, and so many answers are kept.
const LISTS: u64 = 10_000;
const KEPT: u64 = 400;

/// The size of the region, and each byte of it that is not the device's.
fn changes(raw: &[u8], shown: &[u8]) -> String {
    let mut text = format!("{}", shown.len());
    for (at, (_, shown)) in raw.iter().zip(shown).enumerate().filter(|(_, (raw, shown))| raw != shown) {
        write!(text, " {at:x}={shown:02x}").unwrap();
    }
    text
}

fn by_the_model(raw: &[u8]) -> String {
    changes(raw, vfio_view(&Image::new(raw).unwrap(), Kernel::LATEST).bytes())
}

#[test]
fn the_model_says_what_the_kernel_said() {
    let answers = fs::read_to_string(ANSWERS).unwrap();
    let mut count = 0;
    for line in answers.lines().filter(|line| !line.starts_with('#')) {
        let (seed, answer) = line.split_once(' ').unwrap();
        assert_eq!(by_the_model(&space(seed.parse().unwrap())), answer, "seed {seed}");
        count += 1;
    }
    assert!(count > KEPT / 2, "only {count} answers");
}

#[test]
fn the_lists_have_what_the_kernel_gets_wrong() {
    let spaces = || (0..KEPT).map(space);
    let dword = |space: &[u8], at: usize| u32::from_le_bytes(*space[at..].first_chunk().unwrap());
    let null_first = spaces().filter(|space| dword(space, 0x100) & 0xffff == 0 && dword(space, 0x100) != 0).count();
    let abutting = |space: &Vec<u8>| {
        let at = |at: usize| dword(space, at);
        (0x100..0xf00).step_by(4).any(|first| {
            let id = at(first) & 0xffff;
            let length = if matches!(id, 0x23 | 0x0b) { at(first + 4) as usize >> 20 } else { 8 };
            let is_abutted = |second: usize| second.is_multiple_of(4) && second < 0xffc && at(second) & 0xffff == id;
            matches!(id, 0x23 | 0x0b | 0x0f) && length != 0 && is_abutted(first + length)
        })
    };
    assert!(null_first > 20, "{null_first}");
    assert!(spaces().filter(abutting).count() > 100);
}

#[test]
#[ignore = "it needs the kernel's own functions: `bash tests/kernel-view/run`"]
fn the_model_says_what_the_kernel_says() {
    let program = env::var_os("QUIRK_KERNEL_VIEW").unwrap();
    let release = env::var("QUIRK_KERNEL_VIEW_RELEASE").unwrap();
    let answers = oracle::ask(&program, (0..LISTS).map(space));
    let (mut refused, mut wrong, mut kept) = (0, 0, String::new());
    for (seed, shown) in (0..).zip(&answers) {
        let raw = space(seed);
        if shown.is_empty() {
            refused += 1;
            continue;
        }
        let (kernel, model) = (changes(&raw, shown), by_the_model(&raw));
        if kernel != model {
            wrong += 1;
            println!("seed {seed}: the kernel shows {kernel}\n  the model {model}");
        }
        if seed < KEPT {
            writeln!(kept, "{seed} {kernel}").unwrap();
        }
    }
    println!("{LISTS} lists, {refused} of devices that the kernel refuses, {wrong} differences");
    assert_eq!(answers.len() as u64, LISTS);
    assert!(refused < LISTS / 4, "{refused} lists say nothing");
    assert_eq!(wrong, 0);
    if env::var("QUIRK_KERNEL_VIEW_RECORD").is_ok_and(|mode| mode == "--record") {
        let heading = format!(
            "# What vfio-pci of Linux {release} shows of the spaces of `lists.rs`: the seed, the size of the region, and the\n\
             # bytes that are not the device's. Written by `bash tests/kernel-view/run --record`.\n"
        );
        fs::write(ANSWERS, heading + &kept).unwrap();
    }
}
