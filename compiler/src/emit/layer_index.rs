//! Layers and profiles in the index in front of generated code.

use std::fmt::{Result, Write};

use quirk_runtime::tables::ParamKind;

use super::class::class;
use super::clause::clause;
use crate::model::{Anchor, Emulation, Field, Layer, Model, Profile};
use crate::source::Sources;
use quirk_dsl::Ordered as _;

pub(super) fn write(out: &mut String, model: &Model, sources: &Sources) -> Result {
    let mut layers: Vec<&Layer> = model.layers.iter().collect();
    layers.order_by_key(|layer| &layer.name);
    for found in layers {
        writeln!(out, "//")?;
        layer(out, model, found, sources)?;
    }
    let mut profiles: Vec<&Profile> = model.profiles.iter().collect();
    profiles.order_by_key(|profile| &profile.name);
    for found in profiles {
        writeln!(out, "//")?;
        profile(out, model, found, sources)?;
    }
    Ok(())
}

fn layer(out: &mut String, model: &Model, layer: &Layer, sources: &Sources) -> Result {
    let on = if layer.default_on { ", on by default" } else { "" };
    writeln!(out, "// layer {}{on}, {}", layer.name, sources.line(layer.head).escape_debug())?;
    for found in &layer.clauses {
        write!(out, "//   match ")?;
        clause(out, found)?;
        writeln!(out)?;
    }
    for over in &layer.over {
        writeln!(out, "//   over {}", model.layers[over.layer].name)?;
    }
    for param in &layer.params {
        match param.kind {
            ParamKind::Unsigned => writeln!(out, "//   param {}: u{}", param.name, param.size)?,
            ParamKind::Bytes => writeln!(out, "//   param {}: bytes({})", param.name, param.size)?,
        }
    }
    for found in &layer.emulations {
        emulation(out, found)?;
    }
    for hide in &layer.hides {
        let at = hide.at.map_or_else(String::new, |at| format!(" at {at:#05x}"));
        writeln!(out, "//   hide {}{at}", quirk_runtime::capability::Name(hide.space, hide.id))?;
    }
    for mirror in &layer.mirrors {
        let (start, end) = (mirror.region.start, mirror.region.end);
        writeln!(out, "//   mirror bar {} {start:#x}..{end:#x} from {:#05x}", mirror.bar, mirror.config)?;
    }
    if let Some(word) = layer.unassigned.word() {
        writeln!(out, "//   unassigned {word}")?;
    }
    if let Some(port) = layer.port_type {
        writeln!(out, "//   port type {}", port.value)?;
    }
    if layer.pin_resizable_bar.is_some() {
        writeln!(out, "//   resizable BARs pinned")?;
    }
    Ok(())
}

fn emulation(out: &mut String, emulation: &Emulation) -> Result {
    let Some(capability) = &emulation.capability else {
        return emulation.fields.iter().try_for_each(|field| writeln!(out, "//   emulate {}", shown(field)));
    };
    let places: Vec<String> = capability.places.iter().map(|place| format!("{:#05x}", place.value)).collect();
    let at = if places.is_empty() { "in what is free".to_owned() } else { format!("at {}", places.join(" or ")) };
    let over = if capability.over_register { ", over registers" } else { "" };
    writeln!(out, "//   emulate {} {at}, {:#x} bytes{over}", capability.name(), capability.length)?;
    emulation.fields.iter().try_for_each(|field| writeln!(out, "//     {}", shown(field)))
}

/// `cap pcie + 0x002..0x004 mask 0xf0 ro`
fn shown(field: &Field) -> String {
    let anchor = match field.anchor {
        Anchor::Space | Anchor::Owner => String::new(),
        Anchor::Capability(space, id, None) => format!("{} + ", quirk_runtime::capability::Name(space, id)),
        Anchor::Capability(space, id, Some((vendor, sub))) => {
            format!("{} ({vendor:#06x}, {sub:#06x}) + ", quirk_runtime::capability::Name(space, id))
        }
    };
    let mask = if field.length > 4 { String::new() } else { format!(" mask {:#x}", field.mask) };
    let (start, end) = (field.offset, field.offset + field.length);
    format!("{anchor}{start:#05x}..{end:#05x}{mask} {}", class(field.class))
}

fn profile(out: &mut String, model: &Model, profile: &Profile, sources: &Sources) -> Result {
    let device = &model.devices[profile.device].name;
    writeln!(out, "// profile {} for {device}, {}", profile.name, sources.line(profile.head).escape_debug())?;
    let pasid = &profile.pasid;
    let execute = if pasid.execute.is_some() { " execute" } else { "" };
    let privileged = if pasid.privileged.is_some() { " privileged" } else { "" };
    writeln!(out, "//   PASID at {:#05x}, {} bits{execute}{privileged}", pasid.offset, pasid.width.value)?;
    for entry in &profile.entries {
        writeln!(out, "//   {} at {:#05x}", quirk_runtime::capability::Name(entry.space, entry.id), entry.offset)?;
    }
    if let Some(released) = &profile.released {
        writeln!(out, "//   released {:?}", released.value)?;
    }
    Ok(())
}
