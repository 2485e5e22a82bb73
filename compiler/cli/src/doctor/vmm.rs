//! What the command line says of the machine that the guest will run in: the VMM, the bus and the vIOMMU.

use std::fmt;
use std::str::FromStr;

/// The VMM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Vmm {
    /// QEMU: it changes types, lists and the multi-function bit on the way
    Qemu,
    /// Cloud Hypervisor: every function is on the root bus
    CloudHypervisor,
    /// None, or one that passes configuration space on as it is
    None,
}

impl Vmm {
    pub(super) const ALL: [Self; 3] = [Self::Qemu, Self::CloudHypervisor, Self::None];

    /// Its name for programs.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Qemu => "qemu",
            Self::CloudHypervisor => "cloud-hypervisor",
            Self::None => "none",
        }
    }

    /// Its name in a sentence.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Qemu => "QEMU",
            Self::CloudHypervisor => "Cloud Hypervisor",
            Self::None => "a VMM that changes nothing",
        }
    }
}

/// Where a VMM attaches a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bus {
    /// On the guest's root bus.
    Root,
    /// Behind an emulated port, of this model if it was said.
    Port(Option<Port>),
}

/// An emulated port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) name: &'static str,
    pub(super) has_acs: bool,
}

/// The ports that are known by name, and those that are named by what they have. All pass prefixes on.
const PORTS: &[Port] = &[
    Port { name: "pcie-root-port", has_acs: true },
    Port { name: "ioh3420", has_acs: false },
    Port { name: "xio3130-downstream", has_acs: false },
    Port { name: "with-acs", has_acs: true },
    Port { name: "without-acs", has_acs: false },
];

impl FromStr for Bus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "root" => Ok(Self::Root),
            None if text == "port" => Ok(Self::Port(None)),
            Some(("port", model)) => {
                let found = PORTS.iter().find(|port| port.name == model);
                found.map(|port| Self::Port(Some(*port))).ok_or_else(|| {
                    let known: Vec<_> = PORTS.iter().map(|port| format!("`{}`", port.name)).collect();
                    format!("the port `{model}` is not known, only {}", known.join(", "))
                })
            }
            _ => Err("expected `root`, `port` or `port:MODEL`".to_owned()),
        }
    }
}

impl fmt::Display for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::Port(None) => f.write_str("port"),
            Self::Port(Some(port)) => write!(f, "port:{}", port.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_reads_back_as_it_is_written() {
        for text in ["root", "port", "port:pcie-root-port", "port:ioh3420", "port:xio3130-downstream", "port:with-acs"]
        {
            assert_eq!(text.parse::<Bus>().map(|bus| bus.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "roots", "port:", "port:nvme", "root:x", "switch"] {
            assert!(text.parse::<Bus>().is_err(), "{text}");
        }
    }
}
