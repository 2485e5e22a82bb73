//! Configuration spaces made from layouts: a function as its entry says it is, without any dump.

use quirk_db::DATABASE;
use quirk_runtime::tables::{Device, EntryKind, LayoutEntry};
use quirk_runtime::{HostPasid, Identity, Image};

/// What the host of an imagined function can do.
pub(crate) const HOST: HostPasid = HostPasid::new(16).with_execute(true);

/// The raw space of a function with these ids, its capabilities linked in ascending order; optional ones are there if
/// `with_optional` says so. PASID is enabled as [`HOST`] has it.
pub(crate) fn raw(identity: &Identity, device: &Device, with_optional: bool) -> Image {
    let mut bytes = vec![0; 0x1000];
    let mut set = |at: u16, value: &[u8]| bytes[usize::from(at)..][..value.len()].copy_from_slice(value);
    set(0x00, &identity.vendor.to_le_bytes());
    set(0x02, &identity.device.to_le_bytes());
    set(0x06, &[0x10]);
    set(0x08, &[identity.revision]);
    set(0x09, &identity.class.to_le_bytes()[..3]);
    for (at, id) in [0x2c, 0x2e].into_iter().zip(identity.subsystem.into_iter().flat_map(|(vendor, id)| [vendor, id])) {
        set(at, &id.to_le_bytes());
    }
    let present = |kind| {
        let entries = DATABASE.list::<LayoutEntry>(device.layout);
        entries.filter(move |entry| entry.kind == kind && (with_optional || !entry.optional)).collect::<Vec<_>>()
    };
    let mut pointer = 0x34;
    for entry in present(EntryKind::Capability) {
        set(pointer, &[entry.offset as u8]);
        // A vendor capability says its length, a PCI Express capability its version.
        set(entry.offset, &[entry.id as u8, 0, if entry.id == 0x09 { entry.length as u8 } else { 2 }]);
        pointer = entry.offset + 1;
    }
    let extended = present(EntryKind::Extended);
    for (index, entry) in extended.iter().enumerate() {
        let next = extended.get(index + 1).map_or(0, |next| next.offset);
        let header = u32::from(entry.id) | 1 << 16 | u32::from(next) << 20;
        set(entry.offset, &header.to_le_bytes());
        match entry.id {
            0x0b => set(entry.offset + 4, &(u32::from(entry.sub_id) | u32::from(entry.length) << 20).to_le_bytes()),
            0x1b => set(entry.offset + 4, &[0b010, HOST.width, 0b011, 0]),
            0x23 => {
                set(entry.offset + 4, &(u32::from(entry.sub_vendor) | u32::from(entry.length) << 20).to_le_bytes());
                set(entry.offset + 8, &entry.sub_id.to_le_bytes());
            }
            _ => {}
        }
    }
    Image::new(&bytes).unwrap()
}
