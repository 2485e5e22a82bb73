//! `verify --write-probe`: whether bytes that are declared free keep what is written to them. The one place of the program that
//! writes to a device.

mod ground;
mod permit;
#[cfg(test)]
mod tests;
mod write;

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use quirk_compiler::catalogue::Level;
use quirk_runtime::{ConfigRead as _, Database, Image};
use quirk_vfio::{Device, Way};

use self::ground::{Ground, ranges};
use self::permit::{permitted, refused};
use self::write::{Outcome, left, probe};
use super::bytes::{hex, runs, span};
use super::given::Verified;
use super::probed::{Bytes, Probe, Writable};
use super::rule::{Disagreement, Finding, Levels};
use crate::failure::Failure;
use crate::output::remark;
use crate::subject::{Given, Seen, open, sysfs};

/// Compares one live function with its entry and, if they agree, probes what the entry declares free.
pub(super) fn verify<'a>(
    what: &'a [PathBuf],
    given: &Given,
    databases: &[Database<'_>],
    levels: &Levels,
    is_confirmed: bool,
) -> Result<(&'a Path, Verified), Failure> {
    let [what] = what else {
        return Err(Failure::new("`--write-probe` is for one function at a time"));
    };
    let address: quirk_sysfs::Address = what.to_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
        Failure::new(format_args!("`--write-probe` writes to a function of this machine: `{}` is none", what.display()))
            .help("give its address, `65:00.0` for example")
    })?;
    let sysfs = sysfs(given.sysfs.as_ref());
    let function = permitted(&sysfs, address)?;
    let Some(subject) = given.subjects(what)?.pop() else { return Err(refused(address, "it is not there")) };
    if subject.seen != Seen::Vfio {
        return Err(refused(address, subject.remark.as_deref().unwrap_or("it could not be opened")));
    }
    let mut verified = Verified::new(subject, databases)?;
    if verified.findings.iter().any(|finding| levels.of(finding.rule) == Level::Error) {
        remark("note: nothing was written: description and function must agree first\n");
        return Ok((what, verified));
    }
    let Some(entry) = verified.entry.as_ref().filter(|_| verified.findings.iter().all(Finding::allows_writes)) else {
        return Err(refused(address, "description and function do not agree, whatever `--level` says"));
    };
    let raw = verified.subject.raw.clone().ok_or_else(|| {
        refused(address, "sysfs shows its header alone, and a hidden capability cannot be told from free bytes")
            .help("ask as root")
    })?;
    let ground = Ground::of(entry, &[&raw, &verified.subject.image()?])?;
    if ground.dwords.is_empty() {
        let why = format!("`{}` declares no whole dword free that nothing else has", entry.name);
        return Err(refused(address, &why));
    }
    if !is_confirmed && !confirmed(&verified, &ground)? {
        return Err(refused(address, "it was not confirmed"));
    }
    let device = open(&sysfs, &function, Way::Automatic).map_err(|why| refused(address, &why))?;
    if !device.can_reset().map_err(Failure::new)? {
        return Err(refused(address, "VFIO knows no way to reset it"));
    }
    if Ground::of(entry, &[&raw, &image(&device)?])? != ground {
        return Err(refused(address, "its capabilities changed meanwhile"));
    }
    let outcome = probe(&device, &ground.dwords);
    let (still_left, reset) = if outcome.left.is_empty() {
        (Ok(Vec::new()), false)
    } else {
        (device.reset().map(|()| left(&device, &outcome.left)), true)
    };
    verified.findings.extend(findings(&outcome, &still_left.map_err(|error| error.to_string())));
    verified.probe = Some(told(&outcome, &ground, reset));
    Ok((what, verified))
}

fn image(device: &Device) -> Result<Image, Failure> {
    let mut bytes = vec![0; device.size()];
    device.read(0, &mut bytes).map_err(Failure::new)?;
    Image::new(&bytes).ok_or_else(|| Failure::new("the kernel gave no configuration space"))
}

/// Asks on a terminal; elsewhere the option itself is the answer.
fn confirmed(verified: &Verified, ground: &Ground) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    let places: Vec<String> = ranges(ground.dwords.iter().copied())
        .into_iter()
        .map(|Bytes { start, end }| format!("{start:#05x}..{end:#05x}"))
        .collect();
    let (name, entry) = (verified.subject.record.address(), verified.entry.as_ref());
    remark(&format!(
        "{} dwords of {} will be written, read back and restored: {}, which `{}` declares free. If one is a register all the same, \
         the function acts on what is written. Go on? [y/N] ",
        ground.dwords.len(),
        name.map(|name| name.to_string()).unwrap_or_default(),
        places.join(", "),
        entry.map(|entry| entry.name.as_str()).unwrap_or_default(),
    ));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(Failure::new)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// The bits that did not stay 0, over the bytes from the first dword to the last; what was not probed is 0 there.
fn kept(outcome: &Outcome) -> (u16, Vec<u8>) {
    let start = outcome.answers.first().map_or(0, |(at, _)| *at);
    let mut bits = Vec::new();
    for (at, kept) in &outcome.answers {
        bits.resize(usize::from(at - start), 0);
        bits.extend(kept.to_le_bytes());
    }
    (start, bits)
}

fn findings(outcome: &Outcome, still_left: &Result<Vec<u16>, String>) -> Vec<Finding> {
    let mut found = Vec::new();
    let (start, bits) = kept(outcome);
    for (start, run) in runs(&bits, start) {
        let message = format!(
            "{} is declared free, and keeps what is written to the bits {}: a register is there",
            span(start, run),
            hex(run)
        );
        found.push(Finding::new(Disagreement::FreeIsWritable, start, message));
    }
    if let Some((at, why)) = &outcome.stopped {
        found.push(Finding::new(Disagreement::ProbeStopped, *at, format!("the dword at {at:#05x} {why}")));
    }
    for Bytes { start, end } in ranges(outcome.left.iter().copied()) {
        let since = match still_left {
            Err(error) => format!("and could not be reset: {error}"),
            Ok(still) if still.iter().any(|at| (start..end).contains(at)) => "and does not after a reset".to_owned(),
            Ok(_) => "a reset brought it back".to_owned(),
        };
        let message = format!("{start:#05x}..{end:#05x} did not read 0 again after it was probed; {since}");
        found.push(Finding::new(Disagreement::NotRestored, start, message));
    }
    found
}

fn told(outcome: &Outcome, ground: &Ground, reset: bool) -> Probe {
    let (start, bits) = kept(outcome);
    let writable = runs(&bits, start).into_iter().map(|(start, run)| {
        let end = start.saturating_add(u16::try_from(run.len()).unwrap_or(u16::MAX));
        Writable { bytes: Bytes { start, end }, bits: run.iter().map(|byte| format!("{byte:02x}")).collect() }
    });
    let zero = outcome.answers.iter().flat_map(|(_, kept)| kept.to_le_bytes()).filter(|kept| *kept == 0);
    Probe {
        complete: outcome.stopped.is_none() && outcome.left.is_empty(),
        reset,
        written: ranges(outcome.written.iter().copied()),
        hardwired: zero.count(),
        writable: writable.collect(),
        passed_over: ground.passed.clone(),
    }
}
