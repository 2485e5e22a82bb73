//! Recorded configuration spaces of real devices, made servable; they come from a folder that the environment names.

use std::fs;
use std::path::Path;

use quirk_recorded::Recorded;
use quirk_runtime::ConfigAccess;
use quirk_runtime::chain::{Capability, Step, Walk};

use crate::failure::Failure;
use crate::image::{Image, SIZE};

const POWER_MANAGEMENT: u16 = 0x01;
const EXPRESS: u16 = 0x10;
const MSI_X: u16 = 0x11;
const ENHANCED_ALLOCATION: u16 = 0x14;

/// A recorded function.
pub(crate) struct Dump {
    /// The name of its file.
    pub(crate) name: String,
    /// What was recorded; `None` for a file that holds something else.
    pub(crate) record: Option<Recorded>,
    /// An image that QEMU can take, or the reason why it cannot.
    pub(crate) image: Result<Image, String>,
}

/// Names the folder of recorded spaces.
const CORPUS: &str = "QUIRK_CORPUS";

/// That no folder of recorded spaces is named.
pub(crate) fn missing() -> Option<String> {
    std::env::var_os(CORPUS).is_none().then(|| format!("{CORPUS} names no folder of recorded configuration spaces"))
}

/// Every function recorded in the folder that the environment names; none without one.
pub(crate) fn read() -> Result<Vec<Dump>, Failure> {
    std::env::var_os(CORPUS).map_or_else(|| Ok(Vec::new()), |folder| in_folder(folder.as_ref()))
}

/// Every function recorded in the text files of a folder.
fn in_folder(folder: &Path) -> Result<Vec<Dump>, Failure> {
    let mut files: Vec<_> = fs::read_dir(folder.join("hex"))
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(Failure::io("the folder of dumps"))?;
    files.sort();
    let mut dumps = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&file).map_err(Failure::io("a dump"))?;
        match quirk_recorded::parse(&bytes) {
            Ok(functions) => dumps.extend(functions.into_iter().map(|function| {
                let image = servable(&function);
                Dump { name: name.clone(), record: Some(function), image }
            })),
            Err(error) => dumps.push(Dump { name, record: None, image: Err(error.to_string()) }),
        }
    }
    Ok(dumps)
}

fn servable(function: &Recorded) -> Result<Image, String> {
    let bytes = function.original();
    let Some((header, _)) = bytes.split_first_chunk::<64>() else { return Err("no header".into()) };
    if bytes.len() != SIZE {
        return Err(format!("{} bytes", bytes.len()));
    }
    if header[0x0e] & 0x7f != 0 {
        return Err("a bridge".into());
    }
    if header[..2] == [0xff, 0xff] {
        return Err("a virtual function".into());
    }
    let conventional = capabilities(Walk::conventional(function, header))?;
    let find = |id| conventional.iter().find(|capability| capability.id == id).map(|it| usize::from(it.offset));
    let express = find(EXPRESS).ok_or("no PCI Express capability")?;
    if bytes[0x100..0x104] == [0; 4] {
        return Err("no extended capability".into());
    }
    capabilities(Walk::extended(function))?;
    let kind = bytes[express + 2] >> 4;
    if ![0, 1, 9].contains(&kind) {
        return Err(format!("QEMU refuses it: PCI Express type {kind} is no endpoint"));
    }
    if find(ENHANCED_ALLOCATION).is_some() {
        return Err("Linux cannot enable it: Enhanced Allocation puts it outside of every bridge window".into());
    }

    let mut image = Image::from(bytes.to_vec());
    // QEMU finds the ROM's size by writing to this register, which a dump cannot answer.
    image.put32(0x30, 0);
    if bytes[..2] == [0x86, 0x80] && bytes[0x0b] == 0x03 {
        // The guest's kernel looks for a graphics OpRegion at this address of the recorded machine.
        image.put32(0xfc, 0);
    }
    image.express(express);
    if let Some(at) = find(POWER_MANAGEMENT) {
        image.power_management(at);
    }
    if let Some(at) = find(MSI_X) {
        cover_tables(&mut image, at)?;
    }
    Ok(image)
}

fn capabilities<D: ConfigAccess>(walk: Walk<'_, D>) -> Result<Vec<Capability>, String> {
    walk.map(|step| match step {
        Ok(Step::Capability(capability)) => Ok(capability),
        Ok(Step::Finding(finding)) => Err(format!("malformed list: {finding}")),
        Ok(step) => Err(format!("{step:?}")),
        Err(error) => Err(error.to_string()),
    })
    .collect()
}

/// QEMU wants the MSI-X table and the pending bits inside memory BARs, of which a dump does not tell the sizes.
fn cover_tables(image: &mut Image, at: usize) -> Result<(), String> {
    let entries = u64::from(image.dword(at) >> 16 & 0x7ff) + 1;
    let place = |register: usize, length: u64| {
        let location = image.dword(register);
        let start = u64::from(location & !7);
        ((location & 7) as usize, start..start + length)
    };
    let table = place(at + 4, entries * 16);
    let pending = place(at + 8, entries.div_ceil(64) * 8);
    if table.0 == pending.0 && table.1.start < pending.1.end && pending.1.start < table.1.end {
        return Err("QEMU refuses it: MSI-X table and pending bits overlap".into());
    }
    for (bar, range) in [table, pending] {
        let so_far = *image.bars().get(bar).ok_or("QEMU refuses it: no such BAR for MSI-X")?;
        image.bar(bar, so_far.max(range.end.next_power_of_two()).max(4096));
        if image.dword(0x10 + 4 * bar) & 1 != 0 {
            // Recorded while the BAR was not assigned, or of a device that is not quite right.
            image.put32(0x10 + 4 * bar, 0);
        }
    }
    Ok(())
}
