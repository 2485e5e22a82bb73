//! The machine of a guest: its vIOMMU, and what its devices are attached to.

use std::fmt;

use serde_json::{Value, json};

/// What the devices are attached to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Attach {
    /// A `pcie-root-port` each.
    #[default]
    RootPort,
    /// An `ioh3420` each, a root port without ACS.
    Ioh3420,
    /// The downstream ports of one switch, without ACS.
    Switch,
    /// The root bus.
    Root,
}

/// The machine of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(crate) attach: Attach,
    /// One of [`VIOMMUS`].
    pub(crate) viommu: &'static str,
    /// Each device is shown as one of several functions.
    pub(crate) multifunction: bool,
}

impl Default for Machine {
    fn default() -> Self {
        Self { attach: Attach::RootPort, viommu: VIOMMUS[0].0, multifunction: false }
    }
}

/// The vIOMMUs, as `quirkc doctor` names them and as QEMU does. `svm` needs `fsts` and `device-iotlb`; VFIO in the guest needs
/// `caching-mode`.
pub(crate) const VIOMMUS: [(&str, &str); 5] = [
    ("intel,pasid=20,ats,pri", "scalable-mode=on,svm=on,fsts=on,pasid-bits=20,device-iotlb=on"),
    ("intel,pasid=20,ats", "scalable-mode=on,fsts=on,pasid-bits=20,device-iotlb=on"),
    ("intel,pasid=20", "scalable-mode=on,fsts=on,pasid-bits=20"),
    ("intel,ats", "device-iotlb=on"),
    ("intel", ""),
];

impl Machine {
    /// What QEMU is given beside the devices.
    pub(crate) fn arguments(&self, devices: usize) -> Vec<(&'static str, String)> {
        let options = VIOMMUS.iter().find(|(name, _)| *name == self.viommu).map_or("", |(_, options)| options);
        let comma = if options.is_empty() { "" } else { "," };
        let viommu = format!("intel-iommu,intremap=on,caching-mode=on{comma}{options}");
        let port = |index| match self.attach {
            Attach::RootPort => Some(format!("pcie-root-port,id=port{index},slot={index},chassis=1")),
            Attach::Ioh3420 => Some(format!("ioh3420,id=port{index},slot={index},chassis=1")),
            Attach::Switch => Some(format!("xio3130-downstream,id=port{index},bus=upstream,slot={index},chassis=2")),
            Attach::Root => None,
        };
        let switch =
            ["pcie-root-port,id=above,slot=31,chassis=1".to_owned(), "x3130-upstream,id=upstream,bus=above".into()];
        let switch = switch.into_iter().filter(|_| self.attach == Attach::Switch);
        let all = std::iter::once(viommu).chain(switch).chain((0..devices).filter_map(port));
        all.map(|argument| ("-device", argument)).collect()
    }

    /// A device that is served at a socket.
    pub(crate) fn device(&self, index: usize, socket: &str) -> Value {
        let mut device = json!({
            "driver": "vfio-user-pci", "id": format!("device{index}"), "bus": format!("port{index}"),
            "socket": {"type": "unix", "path": socket},
        });
        if self.attach == Attach::Root {
            device["bus"] = "pcie.0".into();
            device["addr"] = format!("{:#x}", index + FIRST_SLOT).into();
        }
        if self.multifunction {
            device["multifunction"] = true.into();
        }
        device
    }

    /// Where the guest finds a device.
    pub(crate) fn address(&self, index: usize) -> String {
        match self.attach {
            Attach::RootPort | Attach::Ioh3420 => format!("0000:{:02x}:00.0", index + 1),
            // Behind the root port, the upstream port and the bus of the downstream ports.
            Attach::Switch => format!("0000:{:02x}:00.0", index + 3),
            Attach::Root => format!("0000:00:{:02x}.0", index + FIRST_SLOT),
        }
    }
}

/// The first slot of the root bus that is given to a device.
const FIRST_SLOT: usize = 2;

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attach = match self.attach {
            Attach::RootPort => "pcie-root-port",
            Attach::Ioh3420 => "ioh3420",
            Attach::Switch => "xio3130-downstream",
            Attach::Root => "root bus",
        };
        let several = if self.multifunction { ", multifunction=on" } else { "" };
        write!(f, "{attach}{several}, {}", self.viommu)
    }
}
