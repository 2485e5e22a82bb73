//! What a person can do where PASID was placed nowhere: an option, or the stub of a description with the function's own ids.

use quirk_host::{decisive, explain, match_of};
use quirk_runtime::lookup::Condition;
use quirk_runtime::tables::FunctionKind;
use quirk_runtime::{Decision, NearMiss, Reason};
use serde::Serialize;

use crate::subject::Subject;

/// The code of the reason for which a function without extended space gets no PASID.
const NO_EXTENDED_SPACE: &str = "no-extended-space";

/// An entry that fits but for one condition.
#[derive(Debug, Serialize)]
pub(crate) struct Near {
    name: String,
    title: String,
    source: String,
    /// Which condition.
    condition: &'static str,
    pub(crate) message: String,
    /// The option that would settle it.
    pub(crate) option: Option<&'static str>,
}

impl From<NearMiss<'_>> for Near {
    fn from(near: NearMiss<'_>) -> Self {
        let NearMiss { entry, condition, .. } = near;
        Self {
            name: entry.name.to_owned(),
            title: entry.title.to_owned(),
            source: entry.source.to_owned(),
            condition: condition.code(),
            message: near.to_string(),
            option: option(&condition),
        }
    }
}

/// The option that settles a condition. What the function itself says, none does.
fn option(condition: &Condition) -> Option<&'static str> {
    match condition {
        Condition::Function { wanted: FunctionKind::Physical, found: quirk_runtime::Function::Unknown } => {
            Some("--function-kind physical")
        }
        Condition::Function { wanted: FunctionKind::Virtual, found: quirk_runtime::Function::Unknown } => {
            Some("--function-kind virtual")
        }
        _ => None,
    }
}

/// The way out.
#[derive(Debug, Serialize)]
pub(crate) struct WayOut {
    pub(crate) message: String,
    /// A description to begin with.
    pub(crate) stub: Option<String>,
}

impl WayOut {
    /// `None` where PASID is placed.
    pub(crate) fn new(subject: &Subject, decision: &Decision<'_>) -> Option<Self> {
        let reason = decisive(decision)?;
        if let Some(message) = without_extended_space(subject, reason) {
            return Some(Self { message: message.to_owned(), stub: None });
        }
        let way_out = explain(reason.code()).map_or("", |each| each.way_out);
        if let Some(near) = decision.near_miss.map(Near::from) {
            let more = match near.option {
                Some(option) => format!("`{option}` settles it, if that is what it is"),
                None => "describe this function too, if the same holds for it".to_owned(),
            };
            let stub = near.option.is_none().then(|| stub(subject)).flatten();
            return Some(Self { message: format!("{}; {more}", near.message), stub });
        }
        if !can_be_described(reason, decision) {
            return Some(Self { message: way_out.to_owned(), stub: None });
        }
        let stub = stub(subject);
        let message = match (&stub, reason) {
            (None, _) => "say the function's ids with `--id VVVV:DDDD`: its bytes do not have them".to_owned(),
            (Some(_), Reason::NoEntry) => {
                "describe what the function does not use (`docs/guide.md`), or let `--tail` take the last 8 bytes"
                    .to_owned()
            }
            (Some(_), _) => way_out.to_owned(),
        };
        Some(Self { message, stub })
    }
}

/// What to do where extended space is not there, or not known: no description and no option would change the answer.
fn without_extended_space(subject: &Subject, reason: Reason) -> Option<&'static str> {
    let is_closing = matches!(reason, Reason::DeviceGone | Reason::PasidForbidden | Reason::NoHostPasid { .. });
    if is_closing {
        None
    } else if subject.cut_off().is_some() {
        Some(subject.record_again())
    } else if subject.is_conventional() || matches!(reason, Reason::NoExtendedSpace { .. }) {
        explain(NO_EXTENDED_SPACE).map(|each| each.way_out)
    } else {
        None
    }
}

/// Whether a description would change the answer.
fn can_be_described(reason: Reason, decision: &Decision<'_>) -> bool {
    let is_of_entry = matches!(
        reason,
        Reason::NoEntry
            | Reason::NativeUnknown
            | Reason::NotOptedIn
            | Reason::VirtualFunction
            | Reason::NotDeclaredFree
    );
    decision.entry.is_none() && is_of_entry
}

/// A description to begin with, of a function whose ids are known.
fn stub(subject: &Subject) -> Option<String> {
    let identity = &subject.identity;
    let condition = match_of(identity)?;
    let described = subject.record.description().replace(['"', '\\'], "'");
    let name = if described.is_empty() { "WHAT THE VENDOR CALLS IT" } else { &described };
    Some(format!(
        "edition 1;\n\ndevice device_{:04x}_{:04x} {{\n    name \"{name}\";\n    {condition}\n    // Bytes that have no function, and who says so:\n    \
         // free @ 0x400..0x500 {{ evidence datasheet \"TITLE, SECTION\"; }}\n    // pasid {{ place free; }}\n}}\n",
        identity.vendor, identity.device
    ))
}
