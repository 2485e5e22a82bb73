//! What a verb looks at: a function out of a dump, or one of this machine.

mod assumed;
pub(crate) mod dump;
mod given;
mod live;
mod look;
mod place;
mod sparse;

use quirk_recorded::Recorded;
use quirk_runtime::{HostPasid, Identity, Image, chain};
use quirk_sysfs::PciFunction;

use crate::failure::Failure;
pub(crate) use assumed::assumed_host;
pub(crate) use given::{Given, tell};
pub(crate) use live::{live, open, sysfs, through_sysfs};
pub(crate) use look::Look;
pub(crate) use place::in_sysfs;
pub(crate) use quirk_host::{FunctionKind, Ids, View};
pub(crate) use sparse::sparse;

/// Where the bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A dump.
    Dump,
    /// The kernel's own view of a function of this machine.
    Sysfs,
    /// A function of this machine through VFIO, which has hidden what it hides.
    Vfio,
}

impl Seen {
    /// Its name for programs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dump => "dump",
            Self::Sysfs => "sysfs",
            Self::Vfio => "vfio",
        }
    }

    /// How such bytes are to be taken unless somebody says otherwise.
    pub(crate) const fn view(self) -> View {
        match self {
            Self::Dump | Self::Sysfs => View::Vfio,
            Self::Vfio => View::Raw,
        }
    }
}

/// One function.
#[derive(Debug)]
pub(crate) struct Subject {
    /// Its bytes as they were read, and its name.
    pub(crate) record: Recorded,
    pub(crate) identity: Identity,
    pub(crate) seen: Seen,
    /// What the host said of its PASIDs, which only VFIO tells.
    pub(crate) host: Option<HostPasid>,
    /// The device's own bytes, where they are known beside what VFIO shows of them.
    pub(crate) raw: Option<Image>,
    /// What sysfs says of it.
    pub(crate) function: Option<PciFunction>,
    /// Why it was not read through VFIO, for a function of this machine.
    pub(crate) remark: Option<String>,
}

impl Subject {
    /// A function out of a dump. Unless somebody says what kind it is, its bytes may prove it.
    pub(crate) fn recorded(record: Recorded, kind: Option<FunctionKind>, ids: Option<Ids>) -> Self {
        let told = record.told_identity();
        let identity = ids.filter(|_| record.answers()).map_or(told, |ids| ids.given_to(told));
        let identity = kind.map_or(identity, |kind| identity.with_function(kind.into()));
        Self { record, identity, seen: Seen::Dump, host: None, raw: None, function: None, remark: None }
    }

    /// The same, where somebody says what kind it is.
    pub(crate) fn of_kind(self, kind: Option<FunctionKind>) -> Self {
        let identity = kind.map_or(self.identity, |kind| self.identity.with_function(kind.into()));
        Self { identity, ..self }
    }

    /// The bytes of a record that ends before extended space, though the function may have one. Of a function of this machine,
    /// the kernel gives the header alone to anyone but root.
    pub(crate) fn cut_off(&self) -> Option<usize> {
        let bytes = self.record.original();
        let is_cut = match self.seen {
            Seen::Dump => bytes.len() < 4096 && (bytes.len() == 64 || self.has_pcie()),
            Seen::Sysfs => bytes.len() == 64,
            Seen::Vfio => false,
        };
        // A function that is gone has none.
        let answers = bytes.get(0x0e).is_some_and(|kind| kind & 0x7f != 0x7f);
        (is_cut && answers).then_some(bytes.len())
    }

    fn has_pcie(&self) -> bool {
        let header = self.record.original().first_chunk();
        header.is_some_and(|header| chain::has_pcie(&self.record, header).unwrap_or(false))
    }

    /// Whether its bytes show that it has no extended space: PASID can be nowhere then, whatever is described.
    pub(crate) fn is_conventional(&self) -> bool {
        self.cut_off().is_none() && (self.record.original().len() < 4096 || !self.has_pcie())
    }

    /// Whether its extended space is known to be there.
    pub(crate) fn is_open(&self) -> bool {
        self.cut_off().is_none() && !self.is_conventional()
    }

    /// How the rest of what was cut off comes to be known.
    pub(crate) const fn record_again(&self) -> &'static str {
        match self.seen {
            Seen::Dump => "record it again with `lspci -xxxx` as root",
            Seen::Sysfs | Seen::Vfio => "ask again as root",
        }
    }

    /// The bytes as they were read.
    pub(crate) fn image(&self) -> Result<Image, Failure> {
        Image::new(self.record.original()).ok_or_else(|| Failure::new("the dump is shorter than a header"))
    }
}
