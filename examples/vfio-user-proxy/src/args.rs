//! The command line, and the policy that it makes.

use std::path::PathBuf;

use clap::{ArgGroup, Parser};
use quirk_host::{FunctionKind, HostArgs, PolicyArgs, View};
use quirk_recorded::Address;

/// Serves the PCI function that a guest should see over vfio-user: a device below, a virtual PASID capability on top
///
/// Prints where PASID is and why, then waits for one client (QEMU 11 `vfio-user-pci`, Cloud Hypervisor `--user-device`) and
/// prints every effect of its writes: here a VMM would set up its vIOMMU.
///
/// Configuration space is all that is served: BARs read 0, and there are no interrupts and no DMA.
///
/// Exit code 0: the client came and went. 1: PASID is not where it was asked for, or a list of capabilities does not end, with
/// which a VMM may not start; nothing was served. 2: bad usage,
/// unreadable input, or a device or connection that failed.
#[derive(Debug, Parser)]
#[command(name = "vfio-user-proxy", version, arg_required_else_help = true)]
#[command(group(ArgGroup::new("below").required(true).args(["image", "socket", "device"])))]
pub(crate) struct Args {
    /// The device is a recorded configuration space: text of `lspci -xxxx`, a binary file such as sysfs `config`, or hex
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Option<PathBuf>,

    /// The device is served by another vfio-user server
    #[arg(long, value_name = "SOCKET")]
    pub(crate) socket: Option<PathBuf>,

    /// The device is bound to a VFIO driver
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F")]
    pub(crate) device: Option<String>,

    /// The socket to serve at; nothing may be there yet
    #[arg(long, value_name = "SOCKET")]
    pub(crate) listen: PathBuf,

    /// Take this function of the image
    #[arg(long, value_name = "[DOMAIN:]BB:DD.F", requires = "image")]
    pub(crate) function: Option<Address>,

    /// What the bytes of the image are taken to be seen through
    #[arg(long, value_enum, default_value_t = View::Vfio, requires = "image")]
    pub(crate) view: View,

    /// The function has a BAR of this size, which reads 0; QEMU wants one under an MSI-X table
    #[arg(long, value_name = "INDEX=BYTES", value_parser = bar)]
    pub(crate) bar: Vec<(usize, u64)>,

    /// What kind of function it is, where neither image nor socket can tell
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) function_kind: Option<FunctionKind>,

    #[command(flatten)]
    pub(crate) host: HostArgs,

    #[command(flatten)]
    pub(crate) policy: PolicyArgs,

    /// Show the guest what is left of a free-space DVSEC of the device
    #[arg(long)]
    pub(crate) expose_free_space: bool,

    /// Serve nothing if PASID is placed nowhere
    #[arg(long)]
    pub(crate) require_pasid: bool,
}

fn number(text: &str) -> Option<u64> {
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16));
    // `from_str_radix` takes a sign too.
    let is_number = digits.chars().all(|digit| digit.is_digit(radix));
    u64::from_str_radix(digits, radix).ok().filter(|_| is_number)
}

fn bar(text: &str) -> Result<(usize, u64), String> {
    let parts = text.split_once('=').and_then(|(index, size)| Some((number(index)? as usize, number(size)?)));
    let parts = parts.filter(|&(index, size)| index < 6 && size.is_power_of_two() && size >= 16);
    parts.ok_or_else(|| "expected an index of 0 to 5 and a power of two, such as `0=0x4000`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn bars_are_read() {
        assert_eq!(bar("2=0x4000"), Ok((2, 0x4000)));
        for text in ["0", "6=4096", "0=4095", "0=8", "=4096", "0=0"] {
            assert!(bar(text).is_err(), "{text}");
        }
    }
}
