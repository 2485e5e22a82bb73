//! What to give to QEMU, or to libvirt for QEMU: iommufd, the vIOMMU, and each function that has a safe offset for PASID.

use std::fmt::{self, Write};

use quirk_recorded::Address;

use super::args::{Format, Viommu};
use super::function::Plan;
use super::qemu::Offset;
use crate::failure::Failure;

/// What QEMU needs beside that, without which it says nothing and adds nothing.
const NEEDS: &str = "QEMU adds PASID only to a device on iommufd that is behind a vIOMMU with PASID; without either it adds none \
                     and says nothing";

/// The largest domain that QEMU's `host=` takes: it reads four digits.
const LAST_DOMAIN: u32 = 0xffff;

/// Text for standard output, remarks for standard error.
pub(super) struct Commands {
    pub(super) text: String,
    pub(super) remarks: String,
}

/// One function and its offset.
#[derive(Clone, Copy)]
struct Line {
    address: Address,
    offset: u16,
}

/// Writes what to give to QEMU or libvirt.
pub(super) fn write(plans: &[Plan<'_>], format: Format, viommu: Viommu) -> Result<Commands, Failure> {
    let mut remarks = String::new();
    let mut lines: Vec<Line> = Vec::new();
    let mut bits = 0;
    for plan in plans {
        let name = || plan.host_address().map_or_else(|_| "the function".to_owned(), |address| address.to_string());
        if !plan.unapplied.is_empty() && plan.qemu.is_ok() {
            let layers: Vec<_> = plan.unapplied.iter().map(|layer| format!("`{layer}`")).collect();
            remarks += &format!("note: {}: QEMU applies no layer; not applied: {}\n", name(), layers.join(", "));
        }
        match &plan.qemu {
            Ok(Offset(offset)) => {
                lines.push(Line { address: plan.host_address()?, offset: *offset });
                bits = bits.max(plan.width);
            }
            Err(refusal) => {
                remarks += &format!("refused: {}: {refusal}\n  = help: {}\n", name(), refusal.way_out());
            }
        }
    }
    if lines.is_empty() {
        return Ok(Commands { text: String::new(), remarks });
    }
    remarks += &format!("note: {NEEDS}\n");
    remarks += match viommu {
        Viommu::Intel => "note: `intel-iommu` is for the machine `q35`\n",
        Viommu::Smmuv3 => "note: `arm-smmuv3` is for the machine `virt`, and takes a host whose SMMU can nest\n",
    };
    if format == Format::Libvirt {
        remarks += "note: merge the elements into the domain; libvirt marks one with overrides as tainted\n";
    }
    let mut text = String::new();
    let written = match format {
        Format::Libvirt => libvirt(&mut text, &lines, viommu, bits),
        _ => qemu(&mut text, &lines, viommu, bits),
    };
    written.map_err(Failure::new)?;
    Ok(Commands { text, remarks })
}

/// Where a function is whose domain `host=` cannot say: a bridge such as Intel VMD makes one of its own.
fn sysfsdev(address: &Address) -> Option<String> {
    address.domain.is_some_and(|domain| domain > LAST_DOMAIN).then(|| format!("/sys/bus/pci/devices/{address}"))
}

fn qemu(out: &mut String, lines: &[Line], viommu: Viommu, bits: u8) -> fmt::Result {
    writeln!(out, "-object iommufd,id=iommufd0")?;
    match viommu {
        // Without first-stage translation QEMU adds no PASID; a device IOTLB is ATS, and `svm` takes page requests.
        Viommu::Intel => {
            writeln!(out, "-device intel-iommu,scalable-mode=on,fsts=on,pasid-bits={bits},device-iotlb=on,svm=on")?;
        }
        Viommu::Smmuv3 => writeln!(out, "-device arm-smmuv3,primary-bus=pcie.0,accel=on,ssidsize={bits}")?,
    }
    for Line { address, offset } in lines {
        let host = sysfsdev(address).map_or_else(|| format!("host={address}"), |path| format!("sysfsdev={path}"));
        writeln!(out, "-device vfio-pci,{host},iommufd=iommufd0,x-vpasid-cap-offset={offset:#x}")?;
    }
    Ok(())
}

fn libvirt(out: &mut String, lines: &[Line], viommu: Viommu, bits: u8) -> fmt::Result {
    let alias = |address: &Address| format!("ua-vpasid-{}", address.to_string().replace([':', '.'], "-"));
    writeln!(out, "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>")?;
    writeln!(out, "  <iommufd enabled='yes'/>")?;
    writeln!(out, "  <devices>")?;
    match viommu {
        Viommu::Intel => {
            writeln!(out, "    <iommu model='intel'>")?;
            writeln!(out, "      <alias name='ua-viommu'/>")?;
        }
        Viommu::Smmuv3 => {
            writeln!(out, "    <iommu model='smmuv3'>")?;
            writeln!(out, "      <driver pciBus='0' accel='on' ssidsize='{bits}'/>")?;
        }
    }
    writeln!(out, "    </iommu>")?;
    for Line { address, .. } in lines {
        let &Address { domain, bus, device, function } = address;
        let domain = domain.unwrap_or(0);
        writeln!(out, "    <hostdev mode='subsystem' type='pci' managed='yes'>")?;
        writeln!(out, "      <driver name='vfio' iommufd='yes'/>")?;
        writeln!(out, "      <source>")?;
        writeln!(
            out,
            "        <address domain='{domain:#06x}' bus='{bus:#04x}' slot='{device:#04x}' function='{function:#x}'/>"
        )?;
        writeln!(out, "      </source>")?;
        writeln!(out, "      <alias name='{}'/>", alias(address))?;
        writeln!(out, "    </hostdev>")?;
    }
    writeln!(out, "  </devices>")?;
    writeln!(out, "  <qemu:override>")?;
    if viommu == Viommu::Intel {
        let bits = bits.to_string();
        // libvirt has no words of its own for these.
        let properties = [
            ("scalable-mode", "bool", "true"),
            ("fsts", "bool", "true"),
            ("pasid-bits", "unsigned", &bits),
            ("device-iotlb", "bool", "true"),
            ("svm", "bool", "true"),
        ];
        overriding(out, "ua-viommu", &properties)?;
    }
    for Line { address, offset } in lines {
        let (offset, path) = (offset.to_string(), sysfsdev(address));
        let mut properties = vec![("x-vpasid-cap-offset", "unsigned", &*offset)];
        // libvirt gives QEMU `host`.
        properties.extend(path.iter().flat_map(|path| [("host", "remove", ""), ("sysfsdev", "string", path)]));
        overriding(out, &alias(address), &properties)?;
    }
    writeln!(out, "  </qemu:override>")?;
    writeln!(out, "</domain>")
}

fn overriding(out: &mut String, alias: &str, properties: &[(&str, &str, &str)]) -> fmt::Result {
    writeln!(out, "    <qemu:device alias='{alias}'>")?;
    writeln!(out, "      <qemu:frontend>")?;
    for (name, kind, value) in properties {
        let value = if value.is_empty() { String::new() } else { format!(" value='{value}'") };
        writeln!(out, "        <qemu:property name='{name}' type='{kind}'{value}/>")?;
    }
    writeln!(out, "      </qemu:frontend>")?;
    writeln!(out, "    </qemu:device>")
}
