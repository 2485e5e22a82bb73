//! Frozen virtual layouts.

use quirk_runtime::capability::Space;
use quirk_runtime::tables::{Profile, ProfileEntry};

use super::order::{by_name, positions};
use super::writer::Writer;
use crate::model::Model;
use crate::source::Sources;
use quirk_dsl::Ordered as _;

pub(super) fn write(writer: &mut Writer, model: &Model, devices: &[usize], sources: &Sources) -> Option<()> {
    let positions = positions(devices);
    for index in by_name(&model.profiles, |profile| &profile.name) {
        let profile = &model.profiles[index];
        let mut entries = Vec::new();
        for entry in &profile.entries {
            entries.push(ProfileEntry {
                extended: entry.space == Space::Extended,
                id: entry.id,
                offset: u16::try_from(entry.offset).ok()?,
            });
        }
        entries.order_by_key(|entry| entry.offset);
        let released = profile.released.as_ref().map_or("", |released| &released.value);
        let record = Profile {
            name: writer.text(&profile.name)?,
            source: writer.text(&sources.line(profile.head))?,
            device: positions[profile.device],
            pasid: u16::try_from(profile.pasid.offset).ok()?,
            width: profile.pasid.width.value,
            execute: profile.pasid.execute.is_some(),
            privileged: profile.pasid.privileged.is_some(),
            entries: writer.share(&entries)?,
            released: writer.text(released)?,
        };
        writer.push(&[record])?;
    }
    Some(())
}
