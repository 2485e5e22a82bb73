//! What to give to QEMU, or to libvirt for QEMU: the offset of PASID, for each function that has one which is safe.

use std::fmt::{self, Write};

use super::args::Format;
use super::function::Plan;
use super::qemu::Offset;
use crate::failure::Failure;

/// What QEMU needs beside the offset, without which it says nothing and adds nothing.
const NEEDS: &str = "QEMU adds PASID only to a device on iommufd that is behind a vIOMMU with PASID (`arm-smmuv3` with \
                     `accel=on,ssidsize=N`, say); without either it adds none and says nothing";

/// Text for standard output, remarks for standard error.
pub(super) struct Commands {
    pub(super) text: String,
    pub(super) remarks: String,
}

/// One function: its address and its offset.
type Line<'a> = (String, &'a Offset);

/// Writes what to give to QEMU or libvirt.
pub(super) fn write(plans: &[Plan<'_>], format: Format) -> Result<Commands, Failure> {
    let mut remarks = String::new();
    let mut lines: Vec<Line<'_>> = Vec::new();
    for plan in plans {
        match &plan.qemu {
            Ok(offset) => lines.push((plan.host_address()?, offset)),
            Err(refusal) => {
                let name = plan.host_address().unwrap_or_else(|_| "the function".to_owned());
                remarks += &format!("refused: {name}: {refusal}\n");
            }
        }
    }
    if !lines.is_empty() {
        remarks += &format!("note: {NEEDS}\n");
    }
    if !lines.is_empty() && format == Format::Libvirt {
        remarks += "note: give each `<hostdev>` its name: `<alias name='ua-vpasid-..'/>`, and let it use iommufd; libvirt \
                    marks a domain with overrides as tainted\n";
    }
    let mut text = String::new();
    let written = match format {
        Format::Libvirt => libvirt(&mut text, &lines),
        _ => qemu(&mut text, &lines),
    };
    written.map_err(Failure::new)?;
    Ok(Commands { text, remarks })
}

fn qemu(out: &mut String, lines: &[Line<'_>]) -> fmt::Result {
    if !lines.is_empty() {
        writeln!(out, "-object iommufd,id=iommufd0")?;
    }
    for (address, Offset(offset)) in lines {
        writeln!(out, "-device vfio-pci,host={address},iommufd=iommufd0,x-vpasid-cap-offset={offset:#x}")?;
    }
    Ok(())
}

fn libvirt(out: &mut String, lines: &[Line<'_>]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "<qemu:override xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>")?;
    for (address, Offset(offset)) in lines {
        let alias = address.replace([':', '.'], "-");
        writeln!(out, "  <qemu:device alias='ua-vpasid-{alias}'>")?;
        writeln!(out, "    <qemu:frontend>")?;
        writeln!(out, "      <qemu:property name='x-vpasid-cap-offset' type='unsigned' value='{offset}'/>")?;
        writeln!(out, "    </qemu:frontend>")?;
        writeln!(out, "  </qemu:device>")?;
    }
    writeln!(out, "</qemu:override>")
}
