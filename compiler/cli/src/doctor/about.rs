//! What is said of a check apart from any function: what Linux does, and an image that fails it beside one that passes.

use super::check::{Check, Side, State, Want};

/// One check.
pub(crate) struct About {
    /// A name for programs: it is never changed.
    pub(crate) code: &'static str,
    /// Whose kernel asks.
    pub(super) side: Side,
    /// What fails without it.
    pub(super) concerns: &'static [Want],
    /// The register and bits that it reads.
    pub(crate) reads: &'static str,
    /// What must be.
    pub(crate) must: &'static str,
    /// What Linux 7.3 does, by function and file.
    pub(crate) linux: &'static str,
    /// A function that it finds a problem with, if bytes alone can make one.
    pub(super) failing: Option<Example>,
    /// The nearest one with which it does not.
    pub(super) passing: Option<Example>,
}

/// A made-up function, as what it has otherwise than one that lacks nothing.
pub(super) struct Example {
    /// Dwords of its space.
    pub(super) function: &'static [(u16, u32)],
    /// Dwords of the host's port above it.
    pub(super) port: &'static [(u16, u32)],
    /// The options with which it is looked at.
    pub(super) options: &'static str,
}

impl Example {
    /// The one that lacks nothing, in a machine that lacks nothing.
    pub(super) const HEALTHY: Self = Self { function: &[], port: &[], options: GUEST };

    /// Seen by a guest in such a machine.
    pub(super) const fn guest(function: &'static [(u16, u32)]) -> Self {
        Self { function, ..Self::HEALTHY }
    }

    /// With other options.
    pub(super) const fn with(self, options: &'static str) -> Self {
        Self { options, ..self }
    }

    /// On a host, below this port.
    pub(super) const fn host(function: &'static [(u16, u32)], port: &'static [(u16, u32)]) -> Self {
        Self { function, port, options: HOST }
    }
}

/// A guest with everything: what it is shown is what the bytes are.
pub(super) const GUEST: &str = "--view raw --vmm qemu --bus port:pcie-root-port --viommu intel,pasid=20,ats,pri";

/// The same guest, on a host with PASID.
pub(super) const HOST: &str = "--pasid 20 --vmm qemu --bus port:pcie-root-port --viommu intel,pasid=20,ats,pri";

impl About {
    pub(super) fn ok(&self, message: impl Into<String>) -> Check {
        self.check(State::Ok, message)
    }

    pub(super) fn problem(&self, message: impl Into<String>) -> Check {
        self.check(State::Problem, message)
    }

    pub(super) fn unknown(&self, message: impl Into<String>) -> Check {
        self.check(State::Unknown, message)
    }

    fn check(&self, state: State, message: impl Into<String>) -> Check {
        let &Self { code, side, concerns, .. } = self;
        let message = message.into();
        Check {
            code,
            side,
            concerns,
            state,
            function: None,
            message,
            register: None,
            change: None,
            cure: None,
            layer: None,
        }
    }
}
