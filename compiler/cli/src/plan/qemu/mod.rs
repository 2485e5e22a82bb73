//! Whether QEMU 11 can be told to put PASID where the decision put it, and if not, why.
//!
//! QEMU copies a guest's write to its PASID capability and sends it to the hardware too. So an offset is given only for
//! bytes of which somebody vouches that the device does not use them, and only where QEMU's own insertion keeps the list.

mod insertion;

use std::fmt;

use insertion::Outcome;
use quirk_runtime::capability::{Name, Space};
use quirk_runtime::tables::{Claim, Device, Evidence, Permission};
use quirk_runtime::{ByteRange, Candidate, Database, Decision, Finding, HostPasid, Image, Operator, Source, Verdict};

/// The weakest evidence for bytes that a guest's write may reach.
const LEAST: Evidence = Evidence::Driver;

/// An offset that QEMU can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset(pub(super) u16);

/// Why QEMU must not be given an offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// PASID was placed nowhere.
    NotPlaced {
        /// What the best candidate was refused for.
        reason: Option<String>,
        /// The offset that was asked for, and what QEMU would make of it.
        qemu: Option<(u16, Outcome)>,
    },
    Visible(u16),
    Native(u16),
    Undeclared(u16),
    WeakEvidence(u16),
    Contradicted(u16),
    Suspected {
        offset: u16,
        id: u16,
        at: u16,
    },
    Insertion {
        offset: u16,
        outcome: Outcome,
    },
    /// The description keeps from the guest what QEMU shows it.
    Denied {
        permission: &'static str,
    },
}

/// Everything that speaks for or against an offset.
pub(super) struct Question<'a> {
    pub(super) decision: &'a Decision<'a>,
    /// What vfio-pci shows.
    pub(super) view: &'a Image,
    /// The description that applies.
    pub(super) entry: Option<(Database<'a>, Device)>,
    pub(super) operator: Operator<'a>,
    /// What the host has, if that is known.
    pub(super) host: Option<HostPasid>,
}

/// The offset, or why there is none.
pub(super) fn offset(question: &Question<'_>) -> Result<Offset, Refusal> {
    let Question { decision, view, .. } = question;
    let placement = decision.placement.filter(|_| !decision.operator_refused());
    let Some(placement) = placement else { return Err(not_placed(question)) };
    let offset = placement.offset;
    match placement.source {
        Source::Visible => return Err(Refusal::Visible(offset)),
        Source::Native => return Err(Refusal::Native(offset)),
        _ => {}
    }
    let range = ByteRange::from_length(offset, 8);
    if let Some(refusal) = suspected(decision, range).or_else(|| own_slot(question, range)) {
        return Err(refusal);
    }
    match insertion::outcome(view, offset) {
        Outcome::Intact => vouched(question, range).and_then(|()| granted(question)).map(|()| Offset(offset)),
        outcome => Err(Refusal::Insertion { offset, outcome }),
    }
}

fn not_placed(question: &Question<'_>) -> Refusal {
    let candidates = question.decision.candidates.iter();
    let refused: Vec<&Candidate> = candidates.filter(|each| each.verdict == Verdict::Refused).collect();
    let reason = refused.first().map(|each| question.decision.because(each.reason).to_string());
    let qemu = match question.operator {
        Operator::Offset(offset) => Some((offset, insertion::outcome(question.view, offset))),
        _ => None,
    };
    Refusal::NotPlaced { reason, qemu }
}

/// What looks like a header there, or so near that the eight bytes reach it, or so near that it may reach them.
fn suspected(decision: &Decision<'_>, range: ByteRange) -> Option<Refusal> {
    let near = |at: u16| at < range.end && at.saturating_add(8) > range.start;
    decision.findings.iter().find_map(|finding| match *finding {
        Finding::SuspectedCapability { id, at } if near(at) => Some(Refusal::Suspected { offset: range.start, id, at }),
        _ => None,
    })
}

/// The function's own PASID capability is declared in the entry's layout, whatever source placed PASID there.
fn own_slot(question: &Question<'_>, range: ByteRange) -> Option<Refusal> {
    let (database, device) = question.entry.as_ref()?;
    let covers = |offset: u16| offset < range.end && offset.saturating_add(8) > range.start;
    let native = database
        .list(device.places)
        .find(|place| place.kind == quirk_runtime::tables::PlaceKind::Native && covers(place.offset))?;
    Some(Refusal::Native(native.offset))
}

/// Whether a description that the device does not contradict declares all eight bytes free, on evidence that counts.
fn vouched(question: &Question<'_>, range: ByteRange) -> Result<(), Refusal> {
    let Some((database, device)) = question.entry.as_ref() else { return Err(Refusal::Undeclared(range.start)) };
    let findings = &question.decision.findings;
    let contradicts = |finding: &Finding| {
        matches!(
            finding,
            Finding::DeclaredCapabilityAbsent { .. }
                | Finding::DeclaredCapabilityDiffers { .. }
                | Finding::LiveCapabilityInFree { .. }
        )
    };
    if findings.overflow() > 0 || findings.iter().any(contradicts) {
        return Err(Refusal::Contradicted(range.start));
    }
    let strength = |at: u16| {
        let covering = database.list(device.free).filter(|free| (free.start..free.end).contains(&at));
        let claims = covering.map(|free| database.list(free.evidence).map(|claim: Claim| claim.evidence).max());
        claims.map(|strongest| strongest.unwrap_or(Evidence::None)).max()
    };
    let weakest = (range.start..range.end).map(strength).min().flatten();
    match weakest {
        Some(evidence) if evidence >= LEAST => Ok(()),
        Some(_) => Err(Refusal::WeakEvidence(range.start)),
        None => Err(Refusal::Undeclared(range.start)),
    }
}

/// QEMU shows the permissions that the host has, whatever a description says.
fn granted(question: &Question<'_>) -> Result<(), Refusal> {
    let Some((_, device)) = &question.entry else { return Ok(()) };
    let has = |permission: fn(&HostPasid) -> bool| question.host.as_ref().is_none_or(permission);
    let denied = |permission| Err(Refusal::Denied { permission });
    if device.execute == Permission::Deny && has(|host| host.execute) {
        denied("Execute Permission")
    } else if device.privileged == Permission::Deny && has(|host| host.privileged) {
        denied("Privileged Mode")
    } else {
        Ok(())
    }
}

impl Refusal {
    /// What a person can do, where there is more than to embed the runtime or to serve the device by vfio-user.
    pub(super) const fn way_out(&self) -> &'static str {
        match self {
            Self::NotPlaced { .. } => "`plan` without `--format` says why, and what to do",
            Self::Visible(_) => "leave `x-vpasid-cap-offset` out",
            Self::Undeclared(_) | Self::WeakEvidence(_) => {
                "describe free bytes on the word of a driver, a vendor or a datasheet (`docs/guide.md`)"
            }
            Self::Contradicted(_) => "mend the description: `plan` without `--format` says what differs",
            Self::Suspected { .. } | Self::Insertion { .. } => {
                "choose other bytes: `--ranges` takes the lowest offset that is free"
            }
            Self::Denied { .. } => {
                "say with `--pasid` that the host has not got it, or take a VMM that shows what the description grants"
            }
            Self::Native(_) => {
                "let the description place PASID on free bytes, or take a VMM that keeps the guest's writes"
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPlaced { reason, qemu } => {
                f.write_str("no offset is known to be safe")?;
                if let Some(reason) = reason {
                    write!(f, ": {reason}")?;
                }
                match qemu {
                    Some((offset, outcome)) => write!(f, "; given {offset:#05x}, QEMU 11 {}", Would(*outcome)),
                    None => Ok(()),
                }
            }
            Self::Visible(at) => write!(f, "the device shows PASID at {at:#05x} itself, and QEMU adds no second one"),
            Self::Native(at) => write!(
                f,
                "{at:#05x} is the function's own PASID capability: QEMU sends the guest's writes on to it, and the guest \
                 would switch the physical enable bit"
            ),
            Self::Undeclared(at) => write!(
                f,
                "no description declares the 8 bytes at {at:#05x} free, and QEMU sends the guest's writes on to them"
            ),
            Self::WeakEvidence(at) => write!(
                f,
                "the 8 bytes at {at:#05x} are declared free on less than the word of a driver, a vendor or a datasheet, and \
                 QEMU sends the guest's writes on to them"
            ),
            Self::Contradicted(at) => {
                write!(f, "the device contradicts the description that declares the 8 bytes at {at:#05x} free")
            }
            Self::Suspected { offset, id, at } => write!(
                f,
                "what looks like a hidden {} is at {at:#05x}, and QEMU would send the guest's writes to {offset:#05x} on to it",
                Name(Space::Extended, *id)
            ),
            Self::Denied { permission } => {
                write!(f, "the description keeps {permission} from the guest, and QEMU shows what the host has")
            }
            Self::Insertion { offset, outcome } => write!(f, "given {offset:#05x}, QEMU 11 {}", Would(*outcome)),
        }
    }
}

/// What QEMU would do, after the words "QEMU 11".
struct Would(Outcome);

impl fmt::Display for Would {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Outcome::Intact => f.write_str("would take it unchecked and keep the list"),
            Outcome::Rejected => f.write_str("would refuse it, without a reason"),
            Outcome::NothingShown => {
                f.write_str("adds PASID to no function that shows no extended capability, wherever it is told to")
            }
            Outcome::Endless => f.write_str("would not come to an end: the device's own list leads in a circle"),
            Outcome::Malformed => f.write_str("would follow the device's own list out of its space"),
            Outcome::Overwritten { header, is_behind: false } => {
                write!(f, "would write over the header at {header:#05x}, and everything from there on would be lost")
            }
            Outcome::Overwritten { header, is_behind: true } => write!(
                f,
                "would write over the header at {header:#05x}, which it does not see after a pointer that leads backward, \
                 and link the list in a circle"
            ),
            Outcome::Broken => f.write_str("would break the list"),
        }
    }
}
