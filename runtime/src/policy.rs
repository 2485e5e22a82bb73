//! What a VMM or an operator decides about placement.

use crate::byte_range::ByteRange;
use crate::setters::setters;
use crate::source::Sources;
use crate::tables::{Evidence, Mirror};

/// Where the operator wants PASID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operator<'a> {
    /// Nothing was said.
    #[default]
    None,
    /// Here, or nowhere.
    Offset(u16),
    /// In one of these, the lowest offset first.
    Ranges(&'a [ByteRange]),
}

/// A capability that the kernel hides and the caller knows, from sysfs or from the raw space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hidden {
    /// Its id.
    pub id: u16,
    /// Its capability version.
    pub version: u8,
    /// Where its header is.
    pub offset: u16,
    /// Its bytes; 0 for what its kind needs at most.
    pub length: u16,
}

/// The value of a layer's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParamValue<'a> {
    /// For `param NAME: uN`.
    Unsigned(u64),
    /// For `param NAME: bytes(N)`.
    Bytes(&'a [u8]),
}

/// A layer that is switched on, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerChoice<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its parameters by name.
    pub params: &'a [(&'a str, ParamValue<'a>)],
}

/// A window of a BAR that the VMM traps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// BAR number, 0..=5.
    pub bar: u8,
    /// First byte in the BAR.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
}

/// The mirrors of configuration space in BARs that the VMM takes over: it hands accesses to them to the same reads and
/// writes as accesses to configuration space. Any other lets a guest by the emulation, and is a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrappedMirrors<'a> {
    /// None.
    #[default]
    None,
    /// Every one that [`crate::VirtualConfig::mirrors`] has.
    All,
    /// Those that lie in one of these.
    Within(&'a [Window]),
}

impl Hidden {
    /// A capability that the kernel hides; a length of 0 is what its kind needs at most.
    #[must_use]
    pub const fn new(id: u16, version: u8, offset: u16, length: u16) -> Self {
        Self { id, version, offset, length }
    }
}

impl<'a> LayerChoice<'a> {
    /// A layer by its name, with its parameters by theirs.
    #[must_use]
    pub const fn new(name: &'a str, params: &'a [(&'a str, ParamValue<'a>)]) -> Self {
        Self { name, params }
    }
}

impl Window {
    /// A window of `length` bytes from `offset` of a BAR.
    #[must_use]
    pub const fn new(bar: u8, offset: u64, length: u64) -> Self {
        Self { bar, offset, length }
    }
}

impl TrappedMirrors<'_> {
    /// Whether the VMM traps all of a mirror.
    #[must_use]
    pub fn contains(&self, mirror: &Mirror) -> bool {
        let end = |offset: u64, length: u64| u128::from(offset) + u128::from(length);
        let holds = |window: &Window| {
            window.bar == mirror.bar
                && window.offset <= mirror.offset
                && end(mirror.offset, mirror.length.into()) <= end(window.offset, window.length)
        };
        match self {
            Self::None => false,
            Self::All => true,
            Self::Within(windows) => windows.iter().any(holds),
        }
    }
}

/// When the function's own PASID capability, which the kernel hides, may be used though no `place` list names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Native {
    /// Never, unless an entry's `place` list or the operator's offset names it.
    Never,
    /// Where [`Policy::confirmed`] has it: the caller knows it from sysfs, from the raw space, or from the silicon.
    #[default]
    Confirmed,
    /// Also where bytes that no list reaches look like one. That takes [`Policy::scan_gaps`].
    Probed,
}

impl Native {
    /// All, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Never, Self::Confirmed, Self::Probed];

    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Confirmed => "confirmed",
            Self::Probed => "probed",
        }
    }
}

/// What is decided outside of descriptions. By default nothing is opted in.
///
/// ```
/// use quirk_runtime::{ByteRange, Operator, Policy};
///
/// // The operator says where, and the VMM emulates MSI-X at 0xb0 itself.
/// const OWN: &[ByteRange] = &[ByteRange::new(0xb0, 0xbc)];
/// const POLICY: Policy<'_> = Policy::DEFAULT.with_operator(Operator::Offset(0x400)).with_vmm_owned(OWN);
/// assert!(!POLICY.tail);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Policy<'a> {
    /// The sources that may place PASID. Their order is fixed; see [`crate::Source`].
    pub sources: Sources,
    /// The weakest evidence with which a declared free range counts.
    pub least_evidence: Evidence,
    /// The weakest evidence with which a declared free range counts where its bytes do not read 0.
    pub least_evidence_unless_zero: Evidence,
    /// The operator's offset or ranges.
    pub operator: Operator<'a>,
    /// The last 8 bytes may be used, if they read 0.
    pub tail: bool,
    /// When the function's own, hidden PASID capability may be used.
    pub native: Native,
    /// The profile to impose.
    pub profile: Option<&'a str>,
    /// Layers that are switched on, beside those that are on by default, and the parameters of both.
    pub layers: &'a [LayerChoice<'a>],
    /// Layers that are switched off, though they are on by default. One that stands in `layers` too is on.
    pub disabled_layers: &'a [&'a str],
    /// The mirrors of configuration space in BARs that the VMM takes over.
    pub trapped_mirrors: TrappedMirrors<'a>,
    /// Bytes that the VMM emulates itself.
    pub vmm_owned: &'a [ByteRange],
    /// Capabilities that the kernel hides and the caller knows.
    pub confirmed: &'a [Hidden],
    /// The vIOMMU's PASID width: `None` does not limit, `Some(0)` means that it has no PASID.
    pub viommu_width: Option<u8>,
    /// The answer is for a host that will enable PASID in the function: what its own capability's control register says now
    /// does not count, and the host gives at most what the capability has. For records, not for devices.
    pub what_if: bool,
    /// The bytes are the function's own, not what vfio-pci shows of them: a PASID capability in the list is the one that the host
    /// has enabled, and is never the guest's.
    pub raw: bool,
    /// Undeclared gaps are read, to find capabilities that nobody linked and copies of the header. Reading unknown registers
    /// may have effects: for images, not for devices.
    pub scan_gaps: bool,
    /// Where PASID is placed, a free-space DVSEC that was found in the device is shown to the guest, without what is used
    /// of it. Otherwise it is hidden.
    pub expose_free_space: bool,
}

impl<'a> Policy<'a> {
    setters! { Policy:
        with_sources => sources: Sources,
        with_least_evidence => least_evidence: Evidence,
        with_least_evidence_unless_zero => least_evidence_unless_zero: Evidence,
        with_operator => operator: Operator<'a>,
        with_tail => tail: bool,
        with_native => native: Native,
        with_profile => profile: Option<&'a str>,
        with_layers => layers: &'a [LayerChoice<'a>],
        with_disabled_layers => disabled_layers: &'a [&'a str],
        with_trapped_mirrors => trapped_mirrors: TrappedMirrors<'a>,
        with_vmm_owned => vmm_owned: &'a [ByteRange],
        with_confirmed => confirmed: &'a [Hidden],
        with_viommu_width => viommu_width: Option<u8>,
        with_what_if => what_if: bool,
        with_raw => raw: bool,
        with_scan_gaps => scan_gaps: bool,
        with_expose_free_space => expose_free_space: bool,
    }

    /// What VMMs do today, checked: the last 8 bytes, only if nothing says otherwise. Every source before it still wins, and
    /// what lies in the last 8 bytes still refuses them.
    #[must_use]
    pub const fn like_vmms_today() -> Self {
        Self { tail: true, ..Self::DEFAULT }
    }

    /// Nothing opted in, nothing limited.
    pub const DEFAULT: Self = Self {
        sources: Sources::ALL,
        least_evidence: Evidence::None,
        least_evidence_unless_zero: Evidence::Vendor,
        operator: Operator::None,
        tail: false,
        native: Native::Confirmed,
        profile: None,
        layers: &[],
        disabled_layers: &[],
        trapped_mirrors: TrappedMirrors::None,
        vmm_owned: &[],
        confirmed: &[],
        viommu_width: None,
        what_if: false,
        raw: false,
        scan_gaps: false,
        expose_free_space: false,
    };
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self::DEFAULT
    }
}
