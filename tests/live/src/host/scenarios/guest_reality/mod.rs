//! What an unmodified guest enables of what it is shown is what `quirkc doctor` says, for exactly that machine: functions with one
//! fault each, in every machine that makes a difference, and the examples of every check.

mod images;
mod observed;
mod predicted;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use quirk_live_protocol::{Command, Opened, Pasid, Way};
use quirk_runtime::Image as Bytes;
use serde_json::Value;

use crate::bench::Bench;
use crate::failure::Failure;
use crate::guest::{Attach, Guest, Machine};
use crate::view::{in_batches_of, walk};
use images::{Case, FULL, all, space};
use observed::{Enabled, by_lspci, by_writes, sections};
use predicted::{Doctor, Verdicts};

/// Functions in one boot.
const AT_ONCE: usize = 15;

/// The page whose table this scenario measures.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guests.md");
const BEGIN: &str = "<!-- measured: written by the live bench -->\n";
const END: &str = "<!-- end of measured -->\n";

/// What became of one case.
struct Row {
    name: String,
    machine: String,
    enabled: Enabled,
}

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let doctor = Doctor { program: bench.program("quirkc") };
    let checks = doctor.checks()?;
    let mut cases = all(&healthy(&checks)?);
    let of_tables = cases.len();
    cases.extend(examples(&checks));
    let boots = boots(&cases);
    let rows = Mutex::new(Vec::new());
    in_batches_of(1, &boots, |boot, wrong| {
        let found = boot.iter().map(|boot| measure(bench, &doctor, boot, wrong)).collect::<Result<Vec<_>, _>>()?;
        rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(found.into_iter().flatten());
        Ok(())
    })?;
    let rows = rows.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    bench.note(&format!(
        "{} functions in {} boots: doctor said of each what its guest enabled",
        rows.len(),
        boots.len()
    ));
    let table = table(&cases[..of_tables], &rows);
    bench.keep("table", &table)?;
    page(&table)
}

/// The dwords of the function that lacks nothing.
fn healthy(checks: &[Value]) -> Result<Vec<(u16, u32)>, Failure> {
    let example = checks.iter().find(|check| check["code"] == "answers").map(|check| &check["passing"]["function"]);
    example.and_then(dwords).ok_or_else(|| Failure::new("no check has an example that lacks nothing"))
}

fn dwords(pairs: &Value) -> Option<Vec<(u16, u32)>> {
    let number = |value: &Value| value.as_u64();
    let pair = |pair: &Value| Some((u16::try_from(number(&pair[0])?).ok()?, u32::try_from(number(&pair[1])?).ok()?));
    pairs.as_array()?.iter().map(pair).collect()
}

/// The examples of what a guest's kernel asks, as far as QEMU can be that guest's VMM.
fn examples(checks: &[Value]) -> Vec<Case> {
    let mut cases = Vec::new();
    for check in checks.iter().filter(|check| check["side"] == "guest") {
        for which in ["failing", "passing"] {
            let (code, example) = (check["code"].as_str().unwrap_or_default(), &check[which]);
            // QEMU does not start with these: no header, and a list without an end.
            if which == "failing" && ["answers", "capability-list"].contains(&code) {
                continue;
            }
            let options = example["options"].as_array().map_or(&[][..], Vec::as_slice);
            let options: Vec<_> = options.iter().filter_map(Value::as_str).collect();
            if let (Some(machine), Some(dwords)) = (Machine::with(&options), dwords(&example["function"])) {
                cases.push(Case { name: format!("{code}, {which}"), bytes: space(dwords), machine });
            }
        }
    }
    cases
}

/// Cases of one machine, as many as boot together.
fn boots(cases: &[Case]) -> Vec<Vec<&Case>> {
    let mut boots: Vec<Vec<&Case>> = Vec::new();
    for case in cases {
        let has_room =
            |boot: &&mut Vec<&Case>| boot.len() < AT_ONCE && boot.iter().all(|it| it.machine == case.machine);
        match boots.iter_mut().find(has_room) {
            Some(boot) => boot.push(case),
            None => boots.push(vec![case]),
        }
    }
    boots
}

fn measure(bench: &Bench<'_>, doctor: &Doctor, boot: &[&Case], wrong: &mut Vec<String>) -> Result<Vec<Row>, Failure> {
    let machine = boot.first().map_or(Machine::default(), |case| case.machine);
    let name = bench.name_of_boot();
    let serve = |(at, case): (usize, &&Case)| bench.serve(&format!("{name}-{at}"), &case.image());
    let served = boot.iter().enumerate().map(serve).collect::<Result<Vec<_>, _>>()?;
    let sockets: Vec<_> = served.iter().map(|device| device.socket.as_path()).collect();
    let mut guest = bench.boot_named(&name, &sockets, machine)?;
    let listed = sections(&guest.ask::<String>(&Command::Shell("lspci -Dvvv 2>/dev/null".into()))?);
    let mut rows = Vec::new();
    for (at, (case, device)) in boot.iter().zip(&served).enumerate() {
        let address = machine.address(at);
        let section = listed.get(&address).map(String::as_str).unwrap_or_default();
        let enabled = by_lspci(section);
        let mut differ = |what: String| wrong.push(format!("{} ({machine}): {what}", case.name));
        if section.is_empty() {
            differ(format!("there is no function at {address}"));
        }
        writes_agree(&enabled, &by_writes(&device.record(), capabilities(&case.bytes)), &mut differ);
        if case.name.starts_with("PASID width") {
            width_agrees(&mut guest, &address, section, &mut differ)?;
        }
        judge(doctor, &bench.socket(&format!("{name}.image")), case, &enabled, &mut differ)?;
        rows.push(Row { name: case.name.clone(), machine: machine.to_string(), enabled });
    }
    guest.quit()?;
    Ok(rows)
}

/// The first PASID, ATS and PRI of the list as it was served.
fn capabilities(bytes: &[u8]) -> [Option<u16>; 3] {
    let list = Bytes::new(bytes).map(|space| walk(&space)).unwrap_or_default();
    [0x1b, 0x0f, 0x13].map(|id| list.iter().find(|it| it.offset >= 0x100 && it.id == id).map(|it| it.offset))
}

/// What lspci says is enabled was written; what was written may be of no use.
fn writes_agree(lspci: &Enabled, writes: &Enabled, differ: &mut impl FnMut(String)) {
    let pairs = [(lspci.pasid, writes.pasid), (lspci.ats, writes.ats), (lspci.pri, writes.pri)];
    if pairs.iter().any(|(seen, written)| *seen && !written) {
        differ(format!("lspci says {lspci}, and the writes say {writes}"));
    }
}

/// What `IOMMU_GET_HW_INFO` says of a width: Linux computes with 1 << width, in an `int`.
fn width_agrees(
    guest: &mut Guest,
    address: &str,
    section: &str,
    differ: &mut impl FnMut(String),
) -> Result<(), Failure> {
    guest.ask::<()>(&Command::Bind { address: address.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: address.into(), way: Way::Iommufd })?;
    let facts: Option<Pasid> = guest.ask(&Command::Pasid(address.into()))?;
    guest.ask::<()>(&Command::Close(address.into()))?;
    let is_usable = facts.is_some_and(|facts| facts.width > 0);
    if is_usable != by_lspci(section).pasid {
        differ(format!("IOMMU_GET_HW_INFO says {facts:?}, lspci {section}"));
    }
    Ok(())
}

/// What `doctor` says with every option is what was enabled; with fewer it says nothing else.
fn judge(
    doctor: &Doctor,
    file: &Path,
    case: &Case,
    enabled: &Enabled,
    differ: &mut impl FnMut(String),
) -> Result<(), Failure> {
    let seen = [enabled.pasid, enabled.ats, enabled.pri];
    let options = case.machine.options();
    let said = doctor.of(file, case, &options)?;
    if said != seen.map(Some) {
        differ(format!("the guest enabled {enabled}, and doctor says {}", in_words(said)));
    }
    // Each option is a flag and its value.
    for left_out in (0..options.len()).step_by(2).chain([usize::MAX]) {
        let kept = options.iter().enumerate().filter(|(at, _)| left_out != usize::MAX && at & !1 != left_out);
        let kept: Vec<_> = kept.map(|(_, option)| option.clone()).collect();
        let said = doctor.of(file, case, &kept)?;
        if said.iter().zip(seen).any(|(said, seen)| said.is_some_and(|said| said != seen)) {
            differ(format!("the guest enabled {enabled}, and doctor with {kept:?} alone says {}", in_words(said)));
        }
    }
    Ok(())
}

fn in_words(verdicts: Verdicts) -> String {
    let sign = |verdict| match verdict {
        Some(true) => '+',
        Some(false) => '-',
        None => '?',
    };
    let [pasid, ats, pri] = verdicts.map(sign);
    format!("P{pasid} A{ats} R{pri}")
}

/// What was measured, in the order of the cases.
fn table(cases: &[Case], rows: &[Row]) -> String {
    let mut table = "| function; where | vIOMMU | guest |\n|---|---|---|\n".to_owned();
    for case in cases {
        let is_it = |row: &&Row| row.name == case.name && row.machine == case.machine.to_string();
        if let Some(row) = rows.iter().find(is_it) {
            let viommu = if case.machine.viommu == FULL { "all" } else { case.machine.viommu };
            // A string takes all.
            let _ = writeln!(table, "| {} | `{viommu}` | {} |", row.name, row.enabled);
        }
    }
    table
}

/// `QUIRK_BLESS=1` writes the table; otherwise it must be there.
fn page(table: &str) -> Result<(), Failure> {
    let page = std::fs::read_to_string(PAGE).map_err(Failure::io("docs/guests.md"))?;
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
    let (before, (found, after)) = parts.ok_or_else(|| Failure::new("docs/guests.md has no place for the table"))?;
    if std::env::var_os("QUIRK_BLESS").is_some() {
        return std::fs::write(PAGE, format!("{before}{BEGIN}{table}{END}{after}"))
            .map_err(Failure::io("docs/guests.md"));
    }
    let differs = found.lines().zip(table.lines()).find(|(found, measured)| found != measured);
    match differs {
        Some((found, measured)) => Err(Failure::new(format!("docs/guests.md says {found}, measured was {measured}"))),
        None if found.lines().count() != table.lines().count() => {
            Err(Failure::new("docs/guests.md has another number of rows: `QUIRK_BLESS=1` writes it"))
        }
        None => Ok(()),
    }
}

impl Machine {
    /// The machine that options of `doctor` are about, if QEMU can be it.
    fn with(options: &[&str]) -> Option<Self> {
        let value = |flag: &str| options.iter().position(|option| *option == flag).and_then(|at| options.get(at + 1));
        let attach = match *value("--bus")? {
            "root" => Attach::Root,
            "port:pcie-root-port" => Attach::RootPort,
            "port:ioh3420" => Attach::Ioh3420,
            "port:xio3130-downstream" => Attach::Switch,
            _ => return None,
        };
        let viommu = known(value("--viommu")?)?;
        // Behind a port, a VMM that changes nothing is QEMU that keeps the multi-function bit.
        let multifunction = *value("--vmm")? == "none";
        (!multifunction || attach == Attach::RootPort).then_some(Self { attach, viommu, multifunction })
    }

    /// What is said of it to `doctor`.
    fn options(&self) -> Vec<String> {
        let vmm = if self.multifunction { "none" } else { "qemu" };
        let bus = match self.attach {
            Attach::RootPort => "port:pcie-root-port",
            Attach::Ioh3420 => "port:ioh3420",
            Attach::Switch => "port:xio3130-downstream",
            Attach::Root => "root",
        };
        ["--vmm", vmm, "--bus", bus, "--viommu", self.viommu].map(str::to_owned).to_vec()
    }
}

/// A vIOMMU as machines have them.
fn known(text: &str) -> Option<&'static str> {
    crate::guest::VIOMMUS.iter().map(|(name, _)| *name).find(|name| *name == text)
}
