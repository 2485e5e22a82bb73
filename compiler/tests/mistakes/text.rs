//! Descriptions in pieces that a mistake can change.

use std::fmt;

/// A file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// The line that gives the edition.
    pub(crate) edition: String,
    /// Items before the devices.
    pub(crate) head: Vec<String>,
    pub(crate) devices: Vec<Device>,
    /// Items after the devices.
    pub(crate) tail: Vec<String>,
}

/// A device.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) at: usize,
    pub(crate) name: Vec<String>,
    pub(crate) clauses: Vec<String>,
    pub(crate) layout: Vec<String>,
    pub(crate) free: Vec<String>,
    pub(crate) rest: Vec<String>,
    pub(crate) tested: bool,
    /// Items that belong to the device and follow it.
    pub(crate) behind: Vec<String>,
}

impl File {
    pub(crate) fn of(devices: Vec<Device>) -> Self {
        Self {
            edition: "edition 1;".to_owned(),
            head: vec![
                "const VENDOR = 0xfffe;".to_owned(),
                "const GAP = 0x400;".to_owned(),
                "dvsec_format gaps { vendor VENDOR; id 1; revision 0; form per_gap; }".to_owned(),
                "layer calm { match pci(0xeeee, any); param size: u4; emulate u8 @ 0x50 = size << 4 | 0xf rw; \
                 emulate ext vendor(id: 1) @ [0x100, 0x200] len 0x10 { u32 @ 8 = device rws; } hide ext sriov; }"
                    .to_owned(),
                "test \"calm\" { given pci(0xeeee, 1); enable calm { size = 0xf; } expect no pasid; }".to_owned(),
            ],
            devices,
            tail: vec![],
        }
    }
}

impl Device {
    /// One of several valid devices, different for each place in the file.
    pub(crate) fn valid(at: usize, kind: usize) -> Self {
        let id = 0x1000 + 0x10 * at;
        let (clause, rest) = match kind {
            0 => (format!("match pci(VENDOR, {id:#06x});"), vec!["pasid;"]),
            1 => (format!("match pci(VENDOR, {id:#06x}) {{ revision 0..=3; }}"), vec!["dvsec gaps in free;"]),
            2 => (
                format!("match pci(VENDOR, [{id:#06x}, {:#06x}]) {{ class 0x12_0000 mask 0xff_0000; }}", id + 1),
                vec!["pasid { place [@ GAP, free]; max_width 16; }", "dvsec gaps in free;"],
            ),
            _ => (format!("match pci(VENDOR, {id:#06x}..={:#06x});", id + 7), vec!["pcie_port endpoint;"]),
        };
        Self {
            at,
            name: vec![format!("name \"Device {at}\";")],
            clauses: vec![clause],
            layout: [
                "cap pcie @ 0x40;",
                "ext aer @ 0x100;",
                "ext ats @ 0x220;",
                "ext sriov @ 0x240 optional;",
                "ext dvsec(vendor: VENDOR, id: 0x42) @ 0x300 len 0x40;",
                "register \"port logic\" @ 0x700..0x900 { evidence driver \"a.c B\"; }",
                "reserved @ 0xf00..0xf80;",
            ]
            .map(str::to_owned)
            .to_vec(),
            free: vec!["free @ GAP..0x500 { evidence datasheet \"EX-1, section 9\"; }".to_owned()],
            rest: rest.into_iter().map(str::to_owned).collect(),
            tested: true,
            behind: vec![],
        }
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.edition)?;
        self.head.iter().try_for_each(|item| writeln!(f, "{item}"))?;
        self.devices.iter().try_for_each(|device| write!(f, "{device}"))?;
        self.tail.iter().try_for_each(|item| writeln!(f, "{item}"))
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        writeln!(f, "device d{at} {{")?;
        let (before, behind) = (self.name.iter().chain(&self.clauses), self.free.iter().chain(&self.rest));
        before.into_iter().try_for_each(|line| writeln!(f, "    {line}"))?;
        writeln!(f, "    layout {{")?;
        self.layout.iter().try_for_each(|line| writeln!(f, "        {line}"))?;
        writeln!(f, "    }}")?;
        behind.into_iter().try_for_each(|line| writeln!(f, "    {line}"))?;
        writeln!(f, "}}")?;
        self.behind.iter().try_for_each(|item| writeln!(f, "{item}"))?;
        if self.tested {
            writeln!(f, "test \"d{at}\" {{ given device d{at}; host pasid width 20; expect no pasid; }}")?;
        }
        Ok(())
    }
}
