//! The index that stands as a comment in front of generated code: what was compiled, from where, and what came of it.

use std::fmt::{Result, Write};

use quirk_runtime::tables::PlaceKind;

use super::clause::clause;
use crate::allocate::Plans;
use crate::model::{Claim, Device, EntryKind, Model};
use crate::source::Sources;
use quirk_dsl::Ordered as _;

pub(super) fn write(out: &mut String, model: &Model, plans: &Plans, sources: &Sources) -> Result {
    let mut devices: Vec<&Device> = model.devices.iter().map(Box::as_ref).collect();
    devices.order_by_key(|device| &device.name);
    let counts = [(devices.len(), "device"), (model.layers.len(), "layer"), (model.profiles.len(), "profile")];
    // Of devices it is said that there are none.
    let counts = counts.iter().enumerate().filter(|(at, (count, _))| *at == 0 || *count > 0);
    let counts = counts.map(|(_, (count, what))| format!("{count} {what}{}", if *count == 1 { "" } else { "s" }));
    writeln!(out, "// {}:", counts.collect::<Vec<_>>().join(", "))?;
    for found in devices {
        writeln!(out, "//")?;
        device(out, model, plans, found, sources)?;
    }
    Ok(())
}

fn device(out: &mut String, model: &Model, plans: &Plans, device: &Device, sources: &Sources) -> Result {
    let title = device.title.as_ref().map_or("", |title| &title.value);
    writeln!(out, "// {} {title:?}, {}", device.name, sources.line(device.head).escape_debug())?;
    for found in &device.clauses {
        write!(out, "//   match ")?;
        clause(out, found)?;
        writeln!(out)?;
    }
    let mut rows: Vec<(u64, u64, String)> = Vec::new();
    for entry in &device.entries {
        let what = match &entry.kind {
            EntryKind::Capability(capability) => capability.name().to_string(),
            EntryKind::Register { label } if label.is_empty() => "register".to_owned(),
            EntryKind::Register { label } => format!("register {label:?}"),
            EntryKind::Reserved => "reserved".to_owned(),
        };
        let optional = if entry.optional { ", optional" } else { "" };
        rows.push((entry.region.start, entry.region.end, format!("{what}{optional}{}", claims(&entry.claims))));
    }
    for free in &device.free {
        rows.push((free.region.start, free.region.end, format!("free{}", claims(&free.claims))));
    }
    let plan = plans.of(device, model);
    for (kind, offset) in &plan.places {
        let kind = match kind {
            PlaceKind::Free => "in what is free",
            PlaceKind::Native => "its own slot",
            PlaceKind::At => "as written",
        };
        let width = device.pasid.as_ref().map_or(0, |pasid| pasid.max_width);
        rows.push((*offset, offset + 8, format!("-> PASID, {kind}, at most {width} bits")));
    }
    for found in &plan.allocations {
        let layer = &model.layers[found.layer];
        let Some(capability) = layer.emulations.get(found.emulation).and_then(|found| found.capability.as_ref()) else {
            continue;
        };
        let what = format!("-> {} of the layer {}", capability.name(), layer.name);
        rows.push((found.offset, found.offset + capability.length, what));
    }
    for dvsec in &plan.dvsecs {
        let format = &model.formats[dvsec.format].name;
        rows.push((dvsec.offset, dvsec.offset + dvsec.length, format!("-> DVSEC {format}")));
    }
    if device.forbids_pasid.is_some() {
        writeln!(out, "//   no PASID, no matter who asks for it")?;
    }
    rows.order();
    for (start, end, what) in rows {
        writeln!(out, "//   {start:#05x}..{end:#05x} {what}")?;
    }
    Ok(())
}

fn claims(claims: &[Claim]) -> String {
    claims.iter().fold(String::new(), |text, claim| {
        let who = claim.evidence.word();
        format!("{text}; {who} {:?}", claim.text)
    })
}
