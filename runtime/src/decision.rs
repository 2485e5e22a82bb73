//! Why PASID is where it is, or is absent: every candidate with its verdict and reason.

mod layer;

use core::fmt;

pub(crate) use layer::LAYERS;
pub use layer::{LayerEntries, LayerEntry, LayerReason};

use crate::bounded::{Bounded, seen_list};
use crate::finding::Finding;
use crate::lookup::Condition;
use crate::reason::Reason;
use crate::source::Source;

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// PASID is there.
    Chosen,
    /// It must not be there.
    Refused,
    /// It was not tried: an earlier source won, or there was nothing to place.
    Skipped,
}

impl Verdict {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A place that was considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// Where it comes from.
    pub source: Source,
    /// Where it is; `None` if the source names no place.
    pub offset: Option<u16>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

/// Where PASID is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Placement {
    /// Offset of its header.
    pub offset: u16,
    /// Where the place comes from.
    pub source: Source,
}

impl Placement {
    /// A place by its offset and where it comes from.
    #[must_use]
    pub const fn new(offset: u16, source: Source) -> Self {
        Self { offset, source }
    }
}

/// What the guest's PASID capability says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Grant {
    /// Max PASID Width.
    pub width: u8,
    /// Execute Permission Supported.
    pub execute: bool,
    /// Privileged Mode Supported.
    pub privileged: bool,
}

impl Grant {
    /// Whether the other one gives all of this.
    pub(crate) fn is_within(self, other: Self) -> bool {
        self.width <= other.width && (other.execute || !self.execute) && (other.privileged || !self.privileged)
    }
}

/// The entry that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryName<'db> {
    /// Index of its database.
    pub database: usize,
    /// Its identifier.
    pub name: &'db str,
    /// What the vendor calls it.
    pub title: &'db str,
    /// `file:line` of its description.
    pub source: &'db str,
}

/// An entry that fits but for one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss<'db> {
    /// The entry.
    pub entry: EntryName<'db>,
    /// What does not hold, and what was found.
    pub condition: Condition,
}

impl fmt::Display for NearMiss<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry: EntryName { name, source, .. }, condition } = self;
        write!(f, "the entry `{name}` ({source}) fits but for one condition: {condition}")
    }
}

/// Most candidates that are kept.
const CANDIDATES: usize = 24;
/// Most findings that are kept.
const FINDINGS: usize = 32;

/// All of it is 0.
const NO_CANDIDATE: Candidate =
    Candidate { source: Source::Visible, offset: None, verdict: Verdict::Chosen, reason: Reason::Free };

seen_list! {
    /// Candidates in the order in which they were looked at: a slice, and how many more there were.
    Candidates of Candidate, CANDIDATES, Bounded::with_room(NO_CANDIDATE)
}

seen_list! {
    /// Findings: a slice, and how many more there were.
    Findings of Finding, FINDINGS, Bounded::new()
}

impl Findings {
    /// Becomes as another list is; only what that one holds is copied.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.0.copy_from(&other.0);
    }
}

/// What was decided for a function, and why.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decision<'db> {
    /// Where PASID is; `None` leaves the device exactly as it was.
    pub placement: Option<Placement>,
    /// What the guest's PASID capability says; the default if there is none.
    pub grant: Grant,
    /// What was considered, in order.
    pub candidates: Candidates,
    /// What was found on the way.
    pub findings: Findings,
    /// The entry that applies.
    pub entry: Option<EntryName<'db>>,
    /// The entry that says that this device must not have PASID: the one that applies, or one that it shadows.
    pub forbidden_by: Option<EntryName<'db>>,
    /// Where no entry applies, one that fits but for one condition.
    pub near_miss: Option<NearMiss<'db>>,
    /// The layers that match and are switched on, in the order in which they were applied or refused.
    pub layers: LayerEntries<'db>,
}

impl Default for Decision<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl Decision<'_> {
    /// Nothing is decided.
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self {
            placement: None,
            grant: Grant { width: 0, execute: false, privileged: false },
            candidates: Candidates::empty(),
            findings: Findings::empty(),
            entry: None,
            forbidden_by: None,
            near_miss: None,
            layers: LayerEntries::empty(),
        }
    }

    /// Decides nothing again; the lists stay where they are.
    pub(crate) fn clear(&mut self) {
        (self.placement, self.grant) = (None, Grant::default());
        (self.entry, self.forbidden_by, self.near_miss) = (None, None, None);
        self.candidates.clear();
        self.findings.clear();
        self.layers.clear();
    }
}

impl Decision<'_> {
    /// A finding as a sentence that names the layer which it is about.
    #[must_use]
    pub fn sentence(&self, finding: Finding) -> impl fmt::Display {
        let layer = match finding {
            Finding::LayerRefused { layer } | Finding::MirrorUntrapped { layer, .. } => Some(layer),
            _ => None,
        };
        Sentence { finding, layer: layer.and_then(|layer| self.layers.get(usize::from(layer)).copied()) }
    }

    /// A reason as a sentence that names the entry which it is about.
    #[must_use]
    pub fn because(&self, reason: Reason) -> impl fmt::Display {
        Because { reason, forbidden_by: self.forbidden_by }
    }

    /// All of it on one line, for a log: where PASID is or which candidates were refused, by the codes of their reasons. As a text, a
    /// decision has many lines.
    #[must_use]
    pub fn line(&self) -> impl fmt::Display {
        Line(self)
    }

    /// Whether a layer is applied.
    pub(crate) fn has_layers(&self) -> bool {
        self.layers.iter().any(|layer| layer.refused.is_none())
    }

    /// Whether what the operator asked for was refused.
    #[must_use]
    pub fn operator_refused(&self) -> bool {
        let asked = |candidate: &&Candidate| candidate.source == Source::Operator;
        self.placement.is_none_or(|placement| placement.source != Source::Operator)
            && self.candidates.iter().filter(asked).any(|candidate| candidate.verdict == Verdict::Refused)
    }
}

impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.placement {
            Some(place) => write!(f, "{}", Placed { place, grant: self.grant })?,
            None => f.write_str("no PASID")?,
        }
        if let Some(entry) = self.entry {
            write!(f, "\nentry `{}`: {} ({})", entry.name, entry.title, entry.source)?;
        }
        if let Some(near_miss) = self.near_miss {
            write!(f, "\n{near_miss}")?;
        }
        for layer in self.layers.iter().filter(|layer| layer.refused.is_none()) {
            write!(f, "\nlayer `{}` ({})", layer.name, layer.source)?;
        }
        for &Candidate { source, offset, verdict, reason } in self.candidates.iter() {
            write!(f, "\n  {source:<8} ")?;
            match offset {
                Some(offset) => write!(f, "{offset:#05x}")?,
                None => f.write_str("    -")?,
            }
            write!(f, "  {verdict:<7}  {}", self.because(reason))?;
        }
        more(f, self.candidates.overflow(), "candidates")?;
        for &finding in self.findings.iter() {
            write!(f, "\nfinding: {}", self.sentence(finding))?;
        }
        more(f, self.findings.overflow(), "findings")
    }
}

/// A finding with the layer that it is about.
struct Sentence<'db> {
    finding: Finding,
    layer: Option<LayerEntry<'db>>,
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.finding, self.layer) {
            (Finding::LayerRefused { .. }, Some(LayerEntry { name, refused: Some(reason), .. })) => {
                write!(f, "layer `{name}` is not applied: {reason}")
            }
            (Finding::MirrorUntrapped { bar, offset, .. }, Some(LayerEntry { name, .. })) => write!(
                f,
                "BAR {bar} shows configuration space at {offset:#x}, as layer `{name}` says, and the VMM did not take it over"
            ),
            (finding, _) => write!(f, "{finding}"),
        }
    }
}

/// A reason with the entry that it is about.
struct Because<'db> {
    reason: Reason,
    forbidden_by: Option<EntryName<'db>>,
}

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.reason, self.forbidden_by) {
            (Reason::PasidForbidden, Some(EntryName { name, source, .. })) => {
                write!(f, "the entry `{name}` ({source}) says that this device must not have PASID")
            }
            (reason, _) => write!(f, "{reason}"),
        }
    }
}

fn more(f: &mut fmt::Formatter<'_>, overflow: usize, what: &str) -> fmt::Result {
    if overflow == 0 { Ok(()) } else { write!(f, "\n  and {overflow} more {what}") }
}

/// A decision as one line; [`Decision`] itself shows many.
struct Line<'d, 'db>(&'d Decision<'db>);

impl fmt::Display for Line<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(decision) = self;
        match decision.placement {
            Some(place) => write!(f, "{}", Placed { place, grant: decision.grant })?,
            None => f.write_str("no PASID")?,
        }
        if let Some(entry) = decision.entry {
            write!(f, "; entry `{}`", entry.name)?;
        }
        let applied = decision.layers.iter().filter(|layer| layer.refused.is_none());
        for (at, layer) in applied.enumerate() {
            write!(f, "{} `{}`", if at == 0 { "; layers" } else { "," }, layer.name)?;
        }
        // Where PASID is, why it is not elsewhere is for who asks.
        let is_why = |candidate: &&Candidate| decision.placement.is_none() && candidate.verdict == Verdict::Refused;
        for (at, &Candidate { source, offset, reason, .. }) in decision.candidates.iter().filter(is_why).enumerate() {
            f.write_str(if at == 0 { "; refused: " } else { ", " })?;
            match offset {
                Some(offset) => write!(f, "{source} {offset:#05x} {}", reason.code())?,
                None => write!(f, "{source} {}", reason.code())?,
            }
        }
        match decision.findings.len() + decision.findings.overflow() {
            0 => Ok(()),
            1 => f.write_str("; 1 finding"),
            count => write!(f, "; {count} findings"),
        }
    }
}

/// Where PASID is, and what it says.
struct Placed {
    place: Placement,
    grant: Grant,
}

impl fmt::Display for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Placement { offset, source } = self.place;
        write!(f, "PASID at {offset:#05x} ({source}), width {}", self.grant.width)?;
        f.write_str(if self.grant.execute { ", execute" } else { "" })?;
        f.write_str(if self.grant.privileged { ", privileged" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;

    use std::string::ToString;

    use crate::testing::Recorder;
    use crate::{HostPasid, Identity, Operator, Policy, VirtualConfig};

    #[test]
    fn a_line_says_where_or_why_not() {
        let device = Recorder::endpoint(&[(0x100, 0x03), (0x400, 0x0e)]);
        let line = |offset, host| {
            let policy = Policy { operator: Operator::Offset(offset), ..Policy::DEFAULT };
            let config = VirtualConfig::attach(&device, &[], &Identity::default(), host, &policy).unwrap();
            let (line, text) = (config.decision().line().to_string(), config.decision().to_string());
            assert!(!line.contains('\n'));
            // It begins as the many lines do.
            assert!(line.starts_with(text.lines().next().unwrap()), "{line}\n{text}");
            line
        };
        let host = Some(HostPasid::new(16).with_execute(true));
        assert_eq!(line(0x500, host), "PASID at 0x500 (operator), width 16, execute");
        assert!(
            line(0x400, host).starts_with("no PASID; refused: operator 0x400 capability-header"),
            "{}",
            line(0x400, host)
        );
        assert!(line(0x500, None).contains("no-host-pasid"), "{}", line(0x500, None));
    }
}
