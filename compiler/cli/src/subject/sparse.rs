//! A function of this machine of which little was read: its header, its capabilities, and what its description names.
//!
//! A list of all functions must not touch registers that nobody knows: reading one may have effects.

use quirk_map::list;
use quirk_runtime::capability::Space;
use quirk_runtime::tables::EntryKind;
use quirk_runtime::{ConfigRead, Database, Image, lookup};
use quirk_sysfs::{PciFunction, Sysfs};

use super::live::record;
use super::{Seen, Subject};
use crate::failure::Failure;

/// Bytes of what a description names that tell whether it is there.
const NAMED: usize = 16;

/// Reads little of a function through sysfs. What was not read is 0.
pub(crate) fn sparse(sysfs: &Sysfs, function: PciFunction, databases: &[Database<'_>]) -> Result<Subject, Failure> {
    let address = function.address;
    let config = sysfs.config(address).map_err(Failure::new)?;
    let mut bytes = vec![0; config.size()];
    let mut take = |start: usize, length: usize| {
        let end = bytes.len().min(start.saturating_add(length));
        match bytes.get_mut(start..end) {
            Some(part) => u16::try_from(start).map_or(Ok(()), |start| config.read(start, part)),
            None => Ok(()),
        }
    };
    take(0, 64).map_err(Failure::new)?;
    for space in [Space::Conventional, Space::Extended] {
        for (capability, length) in list(&config, space).map_err(Failure::new)? {
            take(capability.offset.into(), length.into()).map_err(Failure::new)?;
        }
    }
    if let Some(found) = lookup::find_device(databases, &function.identity, &config).map_err(Failure::new)? {
        let database = databases[found.database];
        let capabilities = database.list(found.device.layout).filter(|entry| {
            // Registers are declared so that they are let alone.
            matches!(entry.kind, EntryKind::Capability | EntryKind::Extended)
        });
        let places = database.list(found.device.places).map(|place| place.offset);
        for offset in capabilities.map(|entry| entry.offset).chain(places) {
            take(offset.into(), NAMED).map_err(Failure::new)?;
        }
    }
    let identity = function.identity;
    let raw = Image::new(&bytes);
    let record = record(address, &bytes)?;
    Ok(Subject { record, identity, seen: Seen::Sysfs, host: None, raw, function: Some(function), remark: None })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;

    use super::*;

    #[test]
    fn what_nobody_knows_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let function = folder.path().join("bus/pci/devices/0000:65:00.0");
        fs::create_dir_all(&function).unwrap();
        let mut bytes = vec![0xa5; 4096];
        let mut set = |at: usize, dword: u32| bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
        set(0x00, 0x1001_fffe);
        set(0x04, 0x0010_0000);
        set(0x0c, 0);
        set(0x34, 0x40);
        set(0x40, 0x0002_0010);
        set(0x100, 0x2001_0003);
        set(0x200, 0x0001_000f);
        fs::write(function.join("config"), &bytes).unwrap();
        let files = ["vendor", "device", "subsystem_vendor", "subsystem_device", "revision", "class"];
        files.iter().for_each(|name| fs::write(function.join(name), "0x0\n").unwrap());

        let sysfs = Sysfs::at(folder.path());
        let function = sysfs.function("65:00.0".parse().unwrap()).unwrap();
        let subject = sparse(&sysfs, function, &[]).unwrap();
        let read = subject.record.original();
        // Header, PCI Express capability, serial number, ATS.
        let known = [0..0x40, 0x40..0x74, 0x100..0x10c, 0x200..0x208];
        for (at, (&read, &byte)) in read.iter().zip(&bytes).enumerate() {
            let is_known = known.iter().any(|range| range.contains(&at));
            assert_eq!(read, if is_known { byte } else { 0 }, "{at:#x}");
        }
    }
}
