//! Real devices' configuration spaces with PASID placed on them: lspci lists what our walk finds.
//!
//! What QEMU takes is served to a Linux guest. The others are named in a log with the reason, and given to lspci on the host,
//! before and after PASID was placed. Malformed lists go to neither: see the scenario `malformed`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use quirk_live_protocol::Command;
use quirk_recorded::{Recorded, lspci_text};
use quirk_runtime::capability::PASID;
use quirk_runtime::chain::Capability;
use quirk_runtime::{
    ByteRange, Effect, Hidden, HostPasid, Identity, Image as Bytes, ImageError, Kernel, Operator, Policy,
    VirtualConfig, vfio_view,
};

use crate::bench::Bench;
use crate::dumps::{self, Dump};
use crate::failure::Failure;
use crate::guest::Guest;
use crate::image::Image;
use crate::server::{Attachment, Virtual};
use crate::view::{DROPPED_BY_QEMU, in_batches, listed_by_lspci, walk};

/// No permission, so that it does not matter what a recorded slot says that its host had enabled.
const HOST: HostPasid = HostPasid::new(20);
/// The lowest offset that is free, wherever that is.
const ANYWHERE: [ByteRange; 1] = [ByteRange::new(0x100, 0x1000)];

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let (mut images, mut left_out) = (Vec::new(), Vec::new());
    for Dump { name, record, image } in dumps::read()? {
        match image {
            Ok(image) => images.push((name, image)),
            Err(reason) => left_out.push((name, record, reason)),
        }
    }
    let (placed, enabled) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let in_guests = in_batches(&images, |batch, wrong| {
        let counts = in_a_guest(bench, batch, wrong)?;
        placed.fetch_add(counts.0, Ordering::Relaxed);
        enabled.fetch_add(counts.1, Ordering::Relaxed);
        Ok(())
    });
    bench.note(&format!(
        "{} spaces served with PASID on {}; Linux enabled it in {}",
        images.len(),
        placed.into_inner(),
        enabled.into_inner()
    ));
    match (in_guests, on_the_host(bench, &left_out)) {
        (Err(guests), Err(host)) => Err(Failure::new(format!("{guests}\n  {host}"))),
        (guests, host) => guests.and(host),
    }
}

fn policy(hidden: &[Hidden]) -> Policy<'_> {
    Policy::DEFAULT.with_operator(Operator::Ranges(&ANYWHERE)).with_confirmed(hidden).with_scan_gaps(true)
}

/// What the kernel hides of a space.
fn hidden_in(raw: &Bytes, shown: &Bytes) -> Result<Vec<Hidden>, Failure> {
    let found = quirk_sysfs::hidden::<_, _, ImageError>(raw, shown).map_err(|error| Failure::new(error.to_string()))?;
    Ok(found.unwrap_or_default())
}

/// One boot. How many devices have PASID, and in how many Linux enabled it.
fn in_a_guest(
    bench: &Bench<'_>,
    batch: &[(String, Image)],
    wrong: &mut Vec<String>,
) -> Result<(usize, usize), Failure> {
    let devices = batch.iter().map(|(name, image)| serve(bench, name, image)).collect::<Result<Vec<_>, _>>()?;
    let sockets: Vec<_> = devices.iter().map(|device| device.socket.as_path()).collect();
    let mut guest = bench.boot(&sockets)?;
    let (mut placed, mut enabled) = (0, 0);
    for (((name, image), device), bus) in batch.iter().zip(&devices).zip(1..) {
        wrong.extend(compare(&mut guest, image, device, bus)?.into_iter().map(|what| format!("{name}: {what}")));
        placed += usize::from(device.proxy.config().decision().placement.is_some());
        enabled += usize::from(device.effects().iter().any(is_enable));
    }
    guest.quit()?;
    Ok((placed, enabled))
}

fn is_enable(effect: &Effect) -> bool {
    matches!(effect, Effect::PasidControl(control) if control.enable)
}

fn serve(bench: &Bench<'_>, name: &str, image: &Image) -> Result<Virtual, Failure> {
    let shown = image.shown()?;
    let bytes = |image: &Image| Bytes::new(image.bytes()).ok_or_else(|| Failure::new("no configuration space"));
    let hidden = hidden_in(&bytes(image)?, &bytes(&shown)?)?;
    let header = shown.bytes().first_chunk().ok_or_else(|| Failure::new("no header"))?;
    let identity = Identity::from_header(header);
    let attachment = Attachment { databases: &[], identity, host: Some(HOST), policy: policy(&hidden) };
    bench.serve_virtual(name, &shown, &attachment)
}

fn compare(guest: &mut Guest, image: &Image, device: &Virtual, bus: usize) -> Result<Vec<String>, Failure> {
    let text: String = guest.ask(&Command::Shell(format!("lspci -vvvs {bus:02x}:00.0 2>/dev/null")))?;
    let config = device.proxy.config();
    // What begins the list stays as its anchor, whatever it was.
    let is_kept = |offset, id| offset <= 0x100 || !DROPPED_BY_QEMU.contains(&id);
    let ours: BTreeSet<_> =
        walk(&*config).iter().filter(|it| is_kept(it.offset, it.id)).map(|capability| capability.offset).collect();
    let placed = config.decision().placement.map(|placement| placement.offset);
    let mut wrong: Vec<_> = differences(&ours, &text, "").into_iter().collect();
    wrong.extend(misplaced(placed, &text));
    let raw = Bytes::new(image.bytes()).ok_or_else(|| Failure::new("no configuration space"))?;
    wrong.extend(harmed(&raw, &walk(&*config), placed));
    Ok(wrong)
}

/// What PASID must not do to a space: lie over the first 8 bytes of a capability, or take one out of the list that the kernel
/// shows.
fn harmed(raw: &Bytes, after: &[Capability], placed: Option<u16>) -> Vec<String> {
    let shown = walk(&vfio_view(raw, Kernel::LATEST));
    let lost = shown.iter().filter(|it| !after.iter().any(|other| (other.offset, other.id) == (it.offset, it.id)));
    let lost = lost.map(|it| format!("capability {:#x} at {:#05x} is lost", it.id, it.offset));
    let covered = walk(raw).into_iter().filter(|it| placed.is_some_and(|at| at < it.offset + 8 && it.offset < at + 8));
    let covered = covered.map(|it| format!("PASID lies over capability {:#x} at {:#05x}", it.id, it.offset));
    lost.chain(covered).collect()
}

/// The walk against the list of lspci.
fn differences(walked: &BTreeSet<u16>, text: &str, when: &str) -> Option<String> {
    let listed = listed_by_lspci(text);
    (*walked != listed).then(|| format!("{when}walked {walked:x?}, lspci lists {listed:x?}"))
}

/// The placement against the lines of lspci.
fn misplaced(placed: Option<u16>, text: &str) -> Option<String> {
    let name = "Process Address Space ID (PASID)";
    let expected: Vec<_> = placed.iter().map(|offset| format!("Capabilities: [{offset:03x} v1] {name}")).collect();
    let found: Vec<_> = text.lines().map(str::trim).filter(|line| line.contains(name)).collect();
    (found != expected).then(|| format!("expected {expected:?}, lspci says {found:?}"))
}

/// A left-out function before and after.
struct LeftOut {
    name: String,
    walked: [BTreeSet<u16>; 2],
    placed: Option<u16>,
    harmed: Vec<String>,
}

fn on_the_host(bench: &Bench<'_>, left_out: &[(String, Option<Recorded>, String)]) -> Result<(), Failure> {
    let (mut log, mut compared, mut texts) = (String::new(), Vec::new(), [String::new(), String::new()]);
    for (name, record, reason) in left_out {
        let is_malformed = reason.starts_with("malformed");
        let record = record.as_ref().filter(|_| !is_malformed);
        let outcome = record.map(|record| attach(record, compared.len(), &mut texts)).transpose()?;
        let how = if outcome.is_some() { "given to lspci on the host" } else { "not given to lspci" };
        // Writing to a string does not fail.
        let _ = writeln!(log, "{name}: {reason}; {how}");
        compared.extend(outcome.map(|outcome| LeftOut { name: name.clone(), ..outcome }));
    }
    bench.keep("left-out", &log)?;
    let listed = [bench.lspci("before.txt", &texts[0])?, bench.lspci("after.txt", &texts[1])?];
    let listed = listed.each_ref().map(|text| by_function(text));
    let mut wrong = Vec::new();
    for (index, LeftOut { name, walked, placed, harmed }) in compared.iter().enumerate() {
        let [before, after] = [0, 1].map(|when| listed[when].get(&address(index)).map_or("", String::as_str));
        let mut found: Vec<_> = differences(&walked[0], before, "before: ").into_iter().collect();
        found.extend(differences(&walked[1], after, "after: "));
        found.extend_from_slice(harmed);
        found.extend(placed.and_then(|_| misplaced(*placed, after)));
        wrong.extend(found.into_iter().map(|what| format!("{name} (host): {what}")));
    }
    let placed = compared.iter().filter(|it| it.placed.is_some()).count();
    bench.note(&format!(
        "{} not served and named in the log `left-out`; {} of them given to lspci on the host, {placed} with PASID",
        left_out.len(),
        compared.len()
    ));
    if wrong.is_empty() { Ok(()) } else { Err(Failure::new(wrong.join("\n  "))) }
}

/// Attaches to a record, writes both spaces as text, and returns what a walk finds in each and where PASID is.
fn attach(record: &Recorded, index: usize, texts: &mut [String; 2]) -> Result<LeftOut, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(error.to_string());
    let raw = Bytes::new(record.original()).ok_or_else(|| Failure::new("no configuration space"))?;
    let shown = vfio_view(&raw, Kernel::LATEST);
    let hidden = hidden_in(&raw, &shown)?;
    let config = VirtualConfig::attach(&shown, &[], &record.identity(), Some(HOST), &policy(&hidden))
        .map_err(|error| failed(&error))?;
    let mut seen = vec![0; shown.bytes().len()];
    config.read(0, &mut seen).map_err(|error| failed(&error))?;
    let address = address(index).parse().map_err(|error| failed(&error))?;
    texts[0] += &lspci_text(Some(address), "before", raw.bytes());
    texts[1] += &lspci_text(Some(address), "after", &seen);
    let offsets = |found: &[Capability]| found.iter().map(|it| it.offset).collect();
    // A visible one is nobody's placement.
    let placed = config.decision().placement.map(|placement| placement.offset);
    let placed = placed.filter(|_| walk(&shown).iter().all(|it| (it.offset < 0x100) || it.id != PASID));
    let after = walk(&config);
    let harmed = harmed(&raw, &after, placed);
    Ok(LeftOut { name: String::new(), walked: [offsets(&walk(&raw)), offsets(&after)], placed, harmed })
}

/// An address of its own for every record.
fn address(index: usize) -> String {
    format!("0000:{:02x}:{:02x}.0", index / 32, index % 32)
}

/// What lspci says, by the addresses that begin its blocks.
fn by_function(text: &str) -> BTreeMap<String, String> {
    let blocks = text.split("\n\n").filter_map(|block| block.trim_start().split_once(' '));
    blocks.map(|(address, rest)| (address.to_owned(), rest.to_owned())).collect()
}
