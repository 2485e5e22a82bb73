//! The functions and descriptions that a command line names, as they are drawn.

use quirk_map::{Entry, Sheet, State};
use quirk_runtime::tables::Device;
use quirk_runtime::{Database, TrappedMirrors, VirtualConfig, lookup};

use super::args::Args;
use crate::failure::Failure;
use crate::subject::{Look, Seen, Subject};

/// The sheets of all functions that were asked for; at least one.
pub(super) fn all(args: &Args) -> Result<Vec<Sheet>, Failure> {
    let descriptions = args.setting.policy.descriptions()?;
    let databases = descriptions.databases()?;
    let entry = args.entry.as_deref().map(|name| named(&databases, name)).transpose()?;
    let Some(what) = &args.what else {
        return entry
            .map(|(database, device)| vec![Sheet::declared(database, &device)])
            .ok_or_else(|| Failure::new("nothing to draw"));
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
    named(&[database], name).ok().map(|(database, device)| Sheet::declared(database, &device))
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
    let all_hidden: Vec<Entry> = look.all_hidden().copied().collect();
    let (address, text) = (subject.record.address(), subject.record.description());
    let title = address.map_or_else(String::new, |address| address.to_string()) + " " + text;
    let drawn = quirk_map::Subject {
        title: if title.trim().is_empty() { "function".to_owned() } else { title.trim().to_owned() },
        ids: (subject.identity.vendor, subject.identity.device),
        bytes: &look.device,
        hidden: &all_hidden,
        entry: entry.or(found.filter(|_| !args.bare)),
    };
    let mut sheet = drawn.sheet().map_err(Failure::new)?;
    sheet.states.extend(after(subject, args, databases, &look, &drawn)?);
    Ok(sheet)
}

/// What a guest sees, where it is known what the host has.
fn after(
    subject: &Subject,
    args: &Args,
    databases: &[Database<'_>],
    look: &Look,
    drawn: &quirk_map::Subject<'_>,
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
    drawn.after(&config).map(Some).map_err(Failure::new)
}
