//! What is drawn: for each function its name, what it was before, and what it is with PASID in place.

use quirk_map::Entry;
use quirk_runtime::tables::Device;
use quirk_runtime::{Database, TrappedMirrors, VirtualConfig, lookup};

use super::args::Args;
use super::model::{Painted, Region, SPACE, regions};
use super::owners;
use crate::failure::Failure;
use crate::subject::{Look, Seen, Subject};

/// One function, or one description.
pub(crate) struct Sheet {
    pub(crate) title: String,
    /// Vendor and device id; of a description alone there may be many.
    pub(crate) ids: Option<(u16, u16)>,
    pub(crate) description: Option<Description>,
    pub(crate) size: usize,
    pub(crate) states: Vec<State>,
}

/// The description that is laid over the bytes.
pub(crate) struct Description {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) source: String,
}

/// A space at one moment.
pub(crate) struct State {
    pub(crate) name: &'static str,
    /// In a sentence.
    pub(crate) label: String,
    pub(crate) regions: Vec<Region>,
}

/// The sheets of all functions that were asked for; at least one.
pub(super) fn all(args: &Args) -> Result<Vec<Sheet>, Failure> {
    let descriptions = args.setting.policy.descriptions()?;
    let databases = descriptions.databases()?;
    let entry = args.entry.as_deref().map(|name| named(&databases, name)).transpose()?;
    let Some(what) = &args.what else {
        return entry.map(|entry| vec![declared(entry)]).ok_or_else(|| Failure::new("nothing to draw"));
    };
    let subjects = args.given.subjects(what)?;
    subjects.iter().map(|subject| of(subject, args, &databases, entry)).collect()
}

/// The device of that name; a later database's wins.
fn named<'db>(databases: &[Database<'db>], name: &str) -> Result<(Database<'db>, Device), Failure> {
    let find = |database: &Database<'db>| {
        let device = database.all::<Device>().find(|device| database.text(device.name) == name)?;
        Some((*database, device))
    };
    databases.iter().rev().find_map(find).ok_or_else(|| {
        let names: Vec<&str> = databases
            .iter()
            .flat_map(|database| database.all::<Device>().map(|device| database.text(device.name)))
            .filter(|each| each.contains(name) || name.contains(*each))
            .take(8)
            .collect();
        let failure = Failure::new(format_args!("the descriptions have no device `{name}`"));
        if names.is_empty() { failure } else { failure.help(format_args!("they have `{}`", names.join("`, `"))) }
    })
}

/// The description of that name alone.
pub(super) fn of_description(database: Database<'_>, name: &str) -> Option<Sheet> {
    named(&[database], name).ok().map(declared)
}

fn description(database: Database<'_>, device: &Device) -> Description {
    let text = |text| database.text(text).to_owned();
    Description { name: text(device.name), title: text(device.title), source: text(device.source) }
}

/// A description alone.
pub(crate) fn declared((database, device): (Database<'_>, Device)) -> Sheet {
    let painted = owners::declared(database, &device, &Painted::new());
    let regions = regions(SPACE, None, &Painted::new(), &painted);
    let description = description(database, &device);
    let state = State { name: "declared", label: "as it is declared".to_owned(), regions };
    let (title, states) = (description.title.clone(), vec![state]);
    Sheet { title, ids: None, description: Some(description), size: SPACE, states }
}

fn of(
    subject: &Subject,
    args: &Args,
    databases: &[Database<'_>],
    entry: Option<(Database<'_>, Device)>,
) -> Result<Sheet, Failure> {
    let view = args.setting.view.unwrap_or(subject.seen.view());
    let look = Look::at(subject, view)?;
    let found = lookup::find_device(databases, &subject.identity, &look.device).map_err(Failure::new)?;
    let found = found.map(|found| (databases[found.database], found.device));
    let entry = entry.or(found.filter(|_| !args.bare));
    let size = look.device.bytes().len();
    let all_hidden: Vec<Entry> = look.all_hidden().copied().collect();
    let live = owners::live(&look.device, &all_hidden).map_err(Failure::new)?;
    let painted = entry.map_or_else(Painted::new, |(database, device)| owners::declared(database, &device, &live));
    let before = regions(size, Some(look.device.bytes()), &live, &painted);
    let mut states = vec![State { name: "before", label: "as the function is".to_owned(), regions: before }];
    states.extend(after(subject, args, databases, &look, &painted)?);
    let (address, text) = (subject.record.address(), subject.record.description());
    let title = address.map_or_else(String::new, |address| address.to_string()) + " " + text;
    let title = if title.trim().is_empty() { "function".to_owned() } else { title.trim().to_owned() };
    Ok(Sheet {
        title,
        ids: Some((subject.identity.vendor, subject.identity.device)),
        description: entry.map(|(database, device)| description(database, &device)),
        size,
        states,
    })
}

/// What a guest sees, where it is known what the host has.
fn after(
    subject: &Subject,
    args: &Args,
    databases: &[Database<'_>],
    look: &Look,
    painted: &Painted,
) -> Result<Option<State>, Failure> {
    let setting = &args.setting;
    let Some(host) = setting.host.pasid.or(subject.host) else { return Ok(None) };
    let layers = setting.policy.layers(databases)?;
    let params = layers.params();
    let choices = layers.choices(&params);
    let confirmed = look.confirmed();
    let policy = setting
        .policy
        .policy(&choices, &layers.disabled)?
        .with_trapped_mirrors(TrappedMirrors::All)
        .with_confirmed(&confirmed)
        .with_viommu_width(setting.host.viommu_pasid)
        .with_what_if(subject.seen == Seen::Dump)
        .with_scan_gaps(true);
    let config = VirtualConfig::attach(&look.device, databases, &subject.identity, Some(host), &policy);
    let config = config.map_err(Failure::new)?;
    let size = look.device.bytes().len();
    let mut bytes = vec![0; size];
    config.read(0, &mut bytes).map_err(Failure::new)?;
    let hidden: Vec<Entry> = look.all_hidden().copied().collect();
    let mut live = owners::live(&config, &hidden).map_err(Failure::new)?;
    let decision = config.decision();
    owners::with_decision(&mut live, decision);
    let label = match decision.placement {
        Some(placement) => format!("as a guest sees it: PASID at {:#05x}", placement.offset),
        None => "as a guest sees it: no PASID".to_owned(),
    };
    Ok(Some(State { name: "after", label, regions: regions(size, Some(&bytes), &live, painted) }))
}
