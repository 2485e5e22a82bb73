//! What a guest's write means to the VMM, in words.

use quirk_runtime::{Effect, PowerState};
use serde::Serialize;

/// An effect.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    code: &'static str,
    text: String,
}

pub(crate) fn told(effect: Effect) -> Told {
    let text = match effect {
        Effect::PasidControl(control) => {
            let (enable, execute, privileged) = (on(control.enable), on(control.execute), on(control.privileged));
            format!("PASID is {enable}, execute permission {execute}, privileged mode {privileged}")
        }
        Effect::AtsControl(control) => {
            format!("ATS is {}, a translation unit has {} bytes", on(control.enable), 4096_u64 << control.stu)
        }
        Effect::PriControl(control) => {
            let reset = if control.reset { ", and are reset" } else { "" };
            format!("page requests are {}{reset}", on(control.enable))
        }
        Effect::FunctionReset => "the function is reset".to_owned(),
        Effect::PowerState(change) => {
            let reset = if change.resets { ", which resets the function" } else { "" };
            format!("from {} to {}{reset}", state(change.from), state(change.to))
        }
        other => other.code().to_owned(),
    };
    Told { code: effect.code(), text }
}

const fn on(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

const fn state(state: PowerState) -> &'static str {
    match state {
        PowerState::D0 => "D0",
        PowerState::D1 => "D1",
        PowerState::D2 => "D2",
        PowerState::D3Hot => "D3hot",
        _ => "another state",
    }
}
