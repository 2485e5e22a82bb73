//! What host and vIOMMU can do with PASIDs, as a user says it.

use quirk_runtime::{HostPasid, MAX_WIDTH};

/// What host and vIOMMU can do with PASIDs.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct HostArgs {
    /// The host's PASID support for the device, `noats` if its IOMMU has no ATS for it; without it what VFIO tells, if anything
    #[arg(long, value_name = "WIDTH[,execute][,privileged][,noats]", value_parser = host_pasid)]
    pub pasid: Option<HostPasid>,

    /// The vIOMMU's PASID width; 0 means that it has no PASID
    #[arg(long, value_name = "WIDTH", value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_WIDTH)))]
    pub viommu_pasid: Option<u8>,
}

fn host_pasid(text: &str) -> Result<HostPasid, String> {
    let mut parts = text.split(',');
    let width = parts.next().and_then(|width| width.parse().ok()).filter(|width| (1..=MAX_WIDTH).contains(width));
    let width = width.ok_or_else(|| {
        format!("expected a width of 1 to {MAX_WIDTH} bits, then any of `,execute`, `,privileged`, `,noats`")
    })?;
    let mut host = HostPasid::new(width);
    for part in parts {
        let flag = match part {
            "execute" | "exec" => &mut host.execute,
            "privileged" | "priv" => &mut host.privileged,
            "noats" => &mut host.ats_not_supported,
            _ => return Err(format!("`{part}` is not known here, expected `execute`, `privileged` or `noats`")),
        };
        if std::mem::replace(flag, true) {
            return Err(format!("`{part}` is given twice"));
        }
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::host_pasid;

    #[test]
    fn the_hosts_width_and_permissions_are_read() {
        let read = |text| host_pasid(text).map(|host| (host.width, host.execute, host.privileged));
        assert_eq!(read("20"), Ok((20, false, false)));
        assert_eq!(read("1,priv"), Ok((1, false, true)));
        assert_eq!(read("16,priv,exec"), Ok((16, true, true)), "the older spelling");
        assert_eq!(read("16,privileged,execute"), Ok((16, true, true)));
        assert_eq!(host_pasid("16,noats").map(|host| host.ats_not_supported), Ok(true));
        for text in ["", "0", "21", "-1", "20,", "20,read", "20,exec,execute", "exec", "0x10"] {
            assert!(host_pasid(text).is_err(), "{text}");
        }
    }
}
