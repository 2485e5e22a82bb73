//! The options that every verb takes that decides where PASID goes: how a function is seen, what describes it, what host and
//! vIOMMU can do.

use std::path::PathBuf;

use quirk_runtime::{HostPasid, MAX_WIDTH};

use crate::subject::View;

/// What a decision hangs on beside the function.
#[derive(Debug, clap::Args)]
pub(crate) struct Setting {
    /// What the bytes are taken to be seen through; `raw` for a device that was read through VFIO, else `vfio`
    #[arg(long, value_enum)]
    pub(crate) view: Option<View>,

    /// Descriptions to use instead of the embedded database: files, folders of `.quirk` files, or one `.db` file
    /// of `quirkc build`
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) quirks: Vec<PathBuf>,

    /// The host's PASID support for the device, `noats` if its IOMMU has no ATS for it; without it what VFIO tells, if anything
    #[arg(long, value_name = "WIDTH[,exec][,priv][,noats]", value_parser = host_pasid)]
    pub(crate) pasid: Option<HostPasid>,

    /// The vIOMMU's PASID width; 0 means that it has no PASID
    #[arg(long, value_name = "WIDTH", value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_WIDTH)))]
    pub(crate) viommu_pasid: Option<u8>,

    /// Put PASID here, or nowhere
    #[arg(long, value_name = "OFFSET", value_parser = offset)]
    pub(crate) offset: Option<u16>,
}

fn host_pasid(text: &str) -> Result<HostPasid, String> {
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

fn offset(text: &str) -> Result<u16, String> {
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
