//! The options of `plan`, and the values that they take.

use std::path::PathBuf;

use quirk_recorded::Address;
use quirk_runtime::{HostPasid, MAX_WIDTH};

use super::layer::{self, Wanted};
use crate::failure::Failure;
use crate::subject::{self, FunctionKind, Subject, View};

/// Shows where PASID would go on a recorded or a live device, and why
///
/// Exit code 0: decided, placed or not. 1: the operator's offset was refused; for `qemu` and `libvirt`, no safe offset.
/// 2: bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recorded configuration space: text of `lspci -x`, `-xxx` or `-xxxx`, a binary file such as sysfs `config`, or hex;
    /// `-` is standard input
    #[arg(long, value_name = "DUMP", required_unless_present = "device")]
    pub(super) config: Option<PathBuf>,

    /// Plan this function of the dump only
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F", requires = "config")]
    pub(super) function: Option<Address>,

    /// What kind of function it is, which its bytes cannot tell; descriptions for one kind match no other
    #[arg(long, value_enum, value_name = "KIND", requires = "config")]
    pub(super) function_kind: Option<FunctionKind>,

    /// Plan this function of this machine: through VFIO if vfio-pci has it, else through sysfs. All of its configuration
    /// space is read once, as `lspci -xxxx` does; opening a device through VFIO resets it. Nothing is bound
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F", conflicts_with = "config")]
    pub(super) device: Option<quirk_sysfs::Address>,

    /// A sysfs that lies elsewhere; devices are then not opened
    #[arg(long, value_name = "FOLDER", requires = "device")]
    pub(super) sysfs: Option<PathBuf>,

    /// What the bytes are taken to be seen through; `raw` for a device that was read through VFIO, else `vfio`
    #[arg(long, value_enum)]
    pub(super) view: Option<View>,

    /// Descriptions to use instead of the embedded database: files, folders of `.quirk` files, or one `.db` file
    /// of `quirkc build`
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(super) quirks: Vec<PathBuf>,

    /// The host's PASID support for the device, `noats` if its IOMMU has no ATS for it; without it what VFIO tells, or none
    #[arg(long, value_name = "WIDTH[,exec][,priv][,noats]", value_parser = host_pasid)]
    pub(super) pasid: Option<HostPasid>,

    /// The vIOMMU's PASID width; 0 means that it has no PASID
    #[arg(long, value_name = "WIDTH", value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_WIDTH)))]
    pub(super) viommu_pasid: Option<u8>,

    /// Put PASID here, or nowhere
    #[arg(long, value_name = "OFFSET", value_parser = offset)]
    pub(super) offset: Option<u16>,

    /// Switch on a layer, with its parameters: numbers, or bytes as hex digits. May be given several times
    #[arg(long, value_name = "NAME[:PARAM=VALUE,..]", value_parser = layer::parse)]
    pub(super) layer: Vec<Wanted>,

    /// Switch off a layer that is on by default. May be given several times
    #[arg(long, value_name = "NAME")]
    pub(super) without_layer: Vec<String>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,

    /// Write the guest's configuration space, raw, as many bytes as were recorded
    #[arg(long, value_name = "OUT")]
    pub(super) write_config: Option<PathBuf>,

    /// Write the guest's configuration space as text that `lspci -F` reads
    #[arg(long, value_name = "OUT")]
    pub(super) write_lspci: Option<PathBuf>,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Tables and a map
    Text,
    /// One object, or an array of them if the dump holds several functions; see docs/plan-json.md
    Json,
    /// Arguments for QEMU 11 that put PASID there, where that is safe; see docs/plan-qemu.md
    Qemu,
    /// The same for libvirt: an element `qemu:override`; see docs/plan-qemu.md
    Libvirt,
}

impl Format {
    /// Whether it is for QEMU, which asks the host itself how wide its PASIDs are.
    pub(super) fn is_for_qemu(self) -> bool {
        matches!(self, Self::Qemu | Self::Libvirt)
    }
}

impl Args {
    /// The host's PASID support, which may be known already. For QEMU an offset is sought as though the host had it all.
    pub(super) fn host(&self, known: Option<HostPasid>) -> Option<HostPasid> {
        let full = HostPasid { width: MAX_WIDTH, execute: false, privileged: false, ats_not_supported: false };
        self.pasid.or(known).or_else(|| self.format.is_for_qemu().then_some(full))
    }

    /// The functions that are to be planned, at least one.
    pub(super) fn subjects(&self) -> Result<Vec<Subject>, Failure> {
        if let Some(address) = self.device {
            return Ok(vec![subject::live(&subject::sysfs(self.sysfs.as_ref()), address)?]);
        }
        let Some(config) = &self.config else { return Err(Failure::new("neither `--config` nor `--device` is given")) };
        let records = subject::dump::read(config, self.function)?;
        Ok(records.into_iter().map(|record| Subject::recorded(record, self.function_kind)).collect())
    }
}

pub(crate) fn host_pasid(text: &str) -> Result<HostPasid, String> {
    let mut parts = text.split(',');
    let width = parts.next().and_then(|width| width.parse().ok()).filter(|width| (1..=MAX_WIDTH).contains(width));
    let width = width
        .ok_or_else(|| format!("expected a width of 1 to {MAX_WIDTH} bits, then any of `,exec`, `,priv`, `,noats`"))?;
    let mut host = HostPasid { width, execute: false, privileged: false, ats_not_supported: false };
    for part in parts {
        let flag = match part {
            "exec" => &mut host.execute,
            "priv" => &mut host.privileged,
            "noats" => &mut host.ats_not_supported,
            _ => return Err(format!("`{part}` is not known here, expected `exec`, `priv` or `noats`")),
        };
        if std::mem::replace(flag, true) {
            return Err(format!("`{part}` stands there twice"));
        }
    }
    Ok(host)
}

pub(crate) fn offset(text: &str) -> Result<u16, String> {
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16));
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    let offset = u16::from_str_radix(digits, radix).ok().filter(|_| is_number);
    offset.ok_or_else(|| "expected a 16-bit offset such as `0x400`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{host_pasid, offset};

    #[test]
    fn the_hosts_width_and_permissions_are_read() {
        let read = |text| host_pasid(text).map(|host| (host.width, host.execute, host.privileged));
        assert_eq!(read("20"), Ok((20, false, false)));
        assert_eq!(read("1,priv"), Ok((1, false, true)));
        assert_eq!(read("16,priv,exec"), Ok((16, true, true)));
        assert_eq!(host_pasid("16,noats").map(|host| host.ats_not_supported), Ok(true));
        for text in ["", "0", "21", "-1", "20,", "20,read", "20,exec,exec", "exec", "0x10"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_offset_is_hex_or_decimal() {
        assert_eq!(offset("0x400"), Ok(0x400));
        assert_eq!(offset("1024"), Ok(0x400));
        for text in ["", "0x", "0x10000", "400h", "+1", "0x-1", "-1"] {
            assert!(offset(text).is_err(), "{text}");
        }
    }
}
