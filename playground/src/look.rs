//! A map of a description, or of a function before and after placement, with what a guest reads and writes there.

use quirk_map::json::MapReport;
use quirk_map::{Entry, Sheet, Subject, hidden, html, with_ids};
use quirk_recorded::Recorded;
use quirk_runtime::capability::Space;
use quirk_runtime::tables::Device;
use quirk_runtime::{
    Database, Decision, Hidden, HostPasid, Identity, Image, Kernel, MAX_WIDTH, Policy, TrappedMirrors, VirtualConfig,
    lookup, vfio_view,
};
use serde::Serialize;

use crate::check::without_errors;
use crate::dump::recorded;
use crate::guest::{Done, act};
use crate::layers::{Layers, Shown};
use crate::question::{Host, Look};
use crate::refusal::Refusal;

/// The most layers that are switched.
const MOST_SWITCHES: usize = 256;

/// The most accesses of a guest: each question repeats them from the beginning.
const MOST_ACCESSES: usize = 1024;

/// What is to be seen.
#[derive(Debug, Serialize)]
pub(crate) struct Seen {
    /// Elements of a page.
    html: String,
    /// What `quirkc map --format json` prints.
    map: MapReport,
    placement: Option<Placement>,
    /// What was considered, and why, in lines.
    decision: Option<String>,
    /// What came of each access.
    accesses: Vec<Done>,
    /// The layers of the description, and what became of each.
    layers: Vec<Shown>,
    /// What the guest reads: two hex digits a byte; none without a function and what its host has.
    guest: Option<String>,
}

#[derive(Debug, Serialize)]
struct Placement {
    offset: u16,
    source: &'static str,
    width: u8,
    execute: bool,
    privileged: bool,
}

pub(crate) fn look(question: &Look) -> Result<Seen, Refusal> {
    if question.accesses.len() > MOST_ACCESSES {
        return Err(Refusal::new(format_args!("more than {MOST_ACCESSES} accesses")).help("clear the list and go on"));
    }
    if question.layers.len() > MOST_SWITCHES {
        return Err(Refusal::new(format_args!("more than {MOST_SWITCHES} layers are switched")));
    }
    let compilation = without_errors(&question.texts)?;
    let bytes = compilation.database().ok_or_else(|| Refusal::new("the description makes no database"))?;
    let database = Database::from_static(bytes);
    let layers = Layers::new(database, &question.layers);
    match &question.function {
        None => Ok(Seen { layers: layers.shown(None), ..declared(database, question.device.as_deref())? }),
        Some(function) => {
            let record = recorded(function)?;
            Function::new(&record, question)?.seen(database, &layers, question)
        }
    }
}

/// A description alone.
fn declared(database: Database<'_>, name: Option<&str>) -> Result<Seen, Refusal> {
    let is_wanted = |device: &Device| name.is_none_or(|name| database.text(device.name) == name);
    let device = database.all::<Device>().find(is_wanted);
    let device = device.ok_or_else(|| match name {
        Some(name) => Refusal::new(format_args!("the description has no device `{name}`")),
        None => Refusal::new("the description has no device"),
    })?;
    seen(&Sheet::declared(database, &device))
}

fn seen(sheet: &Sheet) -> Result<Seen, Refusal> {
    let mut page = String::new();
    html::draw(&mut page, sheet, 0).map_err(Refusal::new)?;
    let map = quirk_map::json::report(std::slice::from_ref(sheet));
    Ok(Seen { html: page, map, placement: None, decision: None, accesses: Vec::new(), layers: Vec::new(), guest: None })
}

/// A function of a dump as a VMM gets it.
struct Function<'r> {
    record: &'r Recorded,
    identity: Identity,
    bytes: Image,
    hidden: Vec<Entry>,
    hidden_conventional: Vec<Entry>,
}

impl<'r> Function<'r> {
    fn new(record: &'r Recorded, question: &Look) -> Result<Self, Refusal> {
        let identity = record.told_identity();
        let own = Image::new(record.original()).ok_or_else(|| Refusal::new("the dump is shorter than a header"))?;
        let bytes = if question.raw { own.clone() } else { with_ids(vfio_view(&own, Kernel::LATEST), &identity) };
        let in_list = |space| if question.raw { Ok(Vec::new()) } else { hidden(&own, &bytes, space) };
        let extended = in_list(Space::Extended).map_err(Refusal::new)?;
        let hidden_conventional = in_list(Space::Conventional).map_err(Refusal::new)?;
        Ok(Self { record, identity, bytes, hidden: extended, hidden_conventional })
    }

    fn title(&self) -> String {
        let address = self.record.address().map_or_else(String::new, |address| address.to_string());
        let title = address + " " + self.record.description();
        if title.trim().is_empty() { "function".to_owned() } else { title.trim().to_owned() }
    }

    fn seen(&self, database: Database<'_>, layers: &Layers<'_>, question: &Look) -> Result<Seen, Refusal> {
        let databases = [database];
        let found = lookup::find_device(&databases, &self.identity, &self.bytes).map_err(Refusal::new)?;
        let all_hidden: Vec<Entry> = self.hidden_conventional.iter().chain(&self.hidden).copied().collect();
        let drawn = Subject {
            title: self.title(),
            ids: (self.identity.vendor, self.identity.device),
            bytes: &self.bytes,
            hidden: &all_hidden,
            entry: found.map(|found| (database, found.device)),
        };
        let mut sheet = drawn.sheet().map_err(Refusal::new)?;
        let Some(host) = question.host else { return Ok(Seen { layers: layers.shown(None), ..seen(&sheet)? }) };
        let host = host_pasid(host)?;
        // Length 0 is as long as a kind can be: what is not known to be free is not free.
        let confirmed: Vec<Hidden> =
            self.hidden.iter().map(|(found, _)| Hidden::new(found.id, found.version, found.offset, 0)).collect();
        let (params, off) = (layers.params(), layers.off());
        let on = layers.on(&params);
        let policy = Policy::DEFAULT
            .with_layers(&on)
            .with_disabled_layers(&off)
            .with_tail(question.tail)
            .with_trapped_mirrors(TrappedMirrors::All)
            .with_confirmed(&confirmed)
            .with_viommu_width(question.viommu_width)
            .with_what_if(true)
            // A record has no registers that a read could disturb.
            .with_scan_gaps(true);
        let device =
            Recorded::from_bytes(self.bytes.bytes()).ok_or_else(|| Refusal::new("the dump has an odd size"))?;
        let every = layers.all();
        let with_all = policy.with_layers(&every).with_disabled_layers(&[]);
        let with_all = VirtualConfig::attach(&device, &databases, &self.identity, Some(host), &with_all);
        let with_all = with_all.map_err(Refusal::new)?;
        let config = VirtualConfig::attach(&device, &databases, &self.identity, Some(host), &policy);
        let mut config = config.map_err(Refusal::new)?;
        let accesses = act(&mut config, &device, &question.accesses);
        sheet.states.push(drawn.after(&config).map_err(Refusal::new)?);
        let mut guest = vec![0; self.bytes.bytes().len()];
        config.read(0, &mut guest).map_err(Refusal::new)?;
        let decision = config.decision();
        Ok(Seen {
            placement: placement(decision),
            decision: Some(decision.to_string()),
            accesses,
            layers: layers.shown(Some((with_all.decision(), decision))),
            guest: Some(guest.iter().map(|byte| format!("{byte:02x}")).collect()),
            ..seen(&sheet)?
        })
    }
}

fn host_pasid(host: Host) -> Result<HostPasid, Refusal> {
    if !(1..=MAX_WIDTH).contains(&host.width) {
        return Err(Refusal::new(format_args!("a PASID has 1 to {MAX_WIDTH} bits, not {}", host.width)));
    }
    Ok(HostPasid::new(host.width).with_execute(host.execute).with_privileged(host.privileged))
}

fn placement(decision: &Decision<'_>) -> Option<Placement> {
    let placed = decision.placement.filter(|_| !decision.operator_refused())?;
    Some(Placement {
        offset: placed.offset,
        source: placed.source.name(),
        width: decision.grant.width,
        execute: decision.grant.execute,
        privileged: decision.grant.privileged,
    })
}
