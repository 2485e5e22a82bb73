//! The command line, and the policy that it makes.

use std::path::PathBuf;

use clap::{ArgGroup, Parser, ValueEnum};
use quirk_recorded::Address;
use quirk_runtime::{ByteRange, Function, HostPasid, MAX_WIDTH};

/// Serves the PCI function that a guest should see over vfio-user: a device below, a virtual PASID capability on top
///
/// Prints where PASID is and why, then waits for one client (QEMU 11 `vfio-user-pci`, Cloud Hypervisor `--user-device`) and
/// prints every effect of its writes: here a VMM would set up its vIOMMU.
///
/// Configuration space is all that is served: BARs read 0, and there are no interrupts and no DMA.
///
/// Exit code 0: the client came and went. 1: PASID is not where it was asked for; nothing was served. 2: bad usage,
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

    /// Descriptions to use instead of the embedded ones: `.quirk` files, or one `.db` file of `quirkc build`
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) quirks: Vec<PathBuf>,

    /// What kind of function it is, where neither image nor socket can tell
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) function_kind: Option<FunctionKind>,

    /// The host's PASID support; without it, what the kernel says of a VFIO device, and none for others
    #[arg(long, value_name = "WIDTH[,exec][,priv][,no-ats]", value_parser = host_pasid)]
    pub(crate) pasid: Option<HostPasid>,

    /// The vIOMMU's PASID width; 0 means that it has no PASID
    #[arg(long, value_name = "WIDTH", value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_WIDTH)))]
    pub(crate) viommu_pasid: Option<u8>,

    /// Put PASID here, or nowhere
    #[arg(long, value_name = "OFFSET", value_parser = offset, conflicts_with = "range")]
    pub(crate) offset: Option<u16>,

    /// Put PASID at the lowest free offset of these ranges, or nowhere; the end is not in it
    #[arg(long, value_name = "START..END", value_parser = range)]
    pub(crate) range: Vec<ByteRange>,

    /// When the function's own, hidden PASID capability may be used though no description lists it
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Native::Confirmed)]
    pub(crate) native: Native,

    /// The last 8 bytes may be used if they read 0
    #[arg(long)]
    pub(crate) tail: bool,

    /// Show the guest what is left of a free-space DVSEC of the device
    #[arg(long)]
    pub(crate) expose_free_space: bool,

    /// Serve nothing if PASID is placed nowhere
    #[arg(long)]
    pub(crate) require_pasid: bool,
}

/// What the bytes of an image are taken to be seen through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum View {
    /// What vfio-pci shows of a device with these bytes
    Vfio,
    /// The bytes as they are
    Raw,
}

/// When the function's own PASID capability may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Native {
    /// Never
    Never,
    /// Where the raw space shows it: that of sysfs, or of the image
    Confirmed,
    /// Also where bytes of the image that no list reaches look like one
    Probed,
}

impl From<Native> for quirk_runtime::Native {
    fn from(when: Native) -> Self {
        match when {
            Native::Never => Self::Never,
            Native::Confirmed => Self::Confirmed,
            Native::Probed => Self::Probed,
        }
    }
}

/// What kind of function it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FunctionKind {
    /// A physical function
    Physical,
    /// A virtual function, which has no PASID capability of its own
    Virtual,
}

impl From<FunctionKind> for Function {
    fn from(kind: FunctionKind) -> Self {
        match kind {
            FunctionKind::Physical => Self::Physical,
            FunctionKind::Virtual => Self::Virtual,
        }
    }
}

fn host_pasid(text: &str) -> Result<HostPasid, String> {
    let (width, rest) = text.split_once(',').map_or((text, None), |(width, rest)| (width, Some(rest)));
    let width = width.parse().ok().filter(|width| (1..=MAX_WIDTH).contains(width));
    let width = width.ok_or_else(|| format!("expected a width of 1 to {MAX_WIDTH} bits first"))?;
    let mut host = HostPasid { width, execute: false, privileged: false, ats_not_supported: false };
    for word in rest.into_iter().flat_map(|rest| rest.split(',')) {
        let fact = match word {
            "exec" => &mut host.execute,
            "priv" => &mut host.privileged,
            "no-ats" => &mut host.ats_not_supported,
            _ => return Err(format!("`{word}` is none of `exec`, `priv` and `no-ats`")),
        };
        if std::mem::replace(fact, true) {
            return Err(format!("`{word}` stands there twice"));
        }
    }
    Ok(host)
}

fn number(text: &str) -> Option<u64> {
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16));
    // `from_str_radix` takes a sign too.
    let is_number = digits.chars().all(|digit| digit.is_digit(radix));
    u64::from_str_radix(digits, radix).ok().filter(|_| is_number)
}

fn offset(text: &str) -> Result<u16, String> {
    let offset = number(text).and_then(|offset| offset.try_into().ok());
    offset.ok_or_else(|| "expected a 16-bit offset such as `0x400`".to_owned())
}

fn range(text: &str) -> Result<ByteRange, String> {
    let bounds = text.split_once("..").and_then(|(start, end)| Some((offset(start).ok()?, offset(end).ok()?)));
    let bounds = bounds.filter(|(start, end)| start < end && *end <= 0x1000);
    let (start, end) = bounds.ok_or_else(|| "expected a range such as `0x400..0x700`, up to `0x1000`".to_owned())?;
    Ok(ByteRange::new(start, end))
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
    fn the_hosts_facts_are_read() {
        let read = |text| host_pasid(text).map(|it| (it.width, it.execute, it.privileged, it.ats_not_supported));
        assert_eq!(read("20"), Ok((20, false, false, false)));
        assert_eq!(read("16,priv,exec,no-ats"), Ok((16, true, true, true)));
        for text in ["", "0", "21", "20,", "20,read", "20,exec,exec", "exec"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_ranges_and_bars_are_read() {
        assert_eq!((offset("0x400"), offset("1024")), (Ok(0x400), Ok(0x400)));
        assert_eq!(range("0x400..0x1000"), Ok(ByteRange::new(0x400, 0x1000)));
        assert_eq!(bar("2=0x4000"), Ok((2, 0x4000)));
        for text in ["", "0x", "0x10000", "+1", "-1"] {
            assert!(offset(text).is_err(), "{text}");
        }
        for text in ["0x400", "0x400..0x400", "0x500..0x400", "0..0x1001"] {
            assert!(range(text).is_err(), "{text}");
        }
        for text in ["0", "6=4096", "0=4095", "0=8", "=4096", "0=0"] {
            assert!(bar(text).is_err(), "{text}");
        }
    }
}
