//! The layers of a description that a page switches on and off, with the values of their parameters.

use quirk_runtime::tables::{Layer, Param, ParamKind};
use quirk_runtime::{Database, Decision, Finding, LayerChoice, ParamValue};
use serde::Serialize;

use crate::question::Switch;

/// A layer as a page shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Shown {
    name: String,
    default_on: bool,
    on: bool,
    /// Whether it is for the function; null without one.
    matches: Option<bool>,
    applied: bool,
    /// Why it is not applied although it is on.
    why: Option<String>,
    params: Vec<ShownParam>,
}

#[derive(Debug, Serialize)]
struct ShownParam {
    name: String,
    /// As the language writes it.
    kind: String,
    value: String,
    /// What is wrong with the value.
    wrong: Option<String>,
}

/// A value that its parameter can have.
enum Value {
    Unsigned(u64),
    Bytes(Vec<u8>),
}

impl Value {
    const fn given(&self) -> ParamValue<'_> {
        match self {
            Self::Unsigned(number) => ParamValue::Unsigned(*number),
            Self::Bytes(bytes) => ParamValue::Bytes(bytes.as_slice()),
        }
    }
}

/// A layer of the database, and how it is switched.
struct Switched<'db> {
    name: &'db str,
    default_on: bool,
    on: bool,
    params: Vec<(&'db str, Param, String, Result<Value, String>)>,
}

impl<'db> Switched<'db> {
    /// The values of its parameters.
    fn given(&self) -> Vec<(&'db str, ParamValue<'_>)> {
        let mut all = Vec::new();
        for (name, .., given) in &self.params {
            all.extend(given.as_ref().ok().map(|given| (*name, given.given())));
        }
        all
    }
}

/// All layers of a database.
pub(crate) struct Layers<'db>(Vec<Switched<'db>>);

impl<'db> Layers<'db> {
    /// What is not switched is as the description says; what there is not, is not switched.
    pub(crate) fn new(database: Database<'db>, switches: &[Switch]) -> Self {
        let layer = |layer: Layer| {
            let name = database.text(layer.name);
            let switch = switches.iter().find(|switch| switch.name == name);
            let param = |param: Param| {
                let name = database.text(param.name);
                let text = switch.and_then(|switch| switch.params.get(name)).cloned().unwrap_or_default();
                let value = value(&param, text.trim());
                (name, param, text, value)
            };
            Switched {
                name,
                default_on: layer.default_on,
                on: switch.map_or(layer.default_on, |switch| switch.on),
                params: database.list(layer.params).map(param).collect(),
            }
        };
        Self(database.all::<Layer>().map(layer).collect())
    }

    /// The values of the layers that are on, layer by layer; what is no value is left out.
    pub(crate) fn params(&self) -> Vec<Vec<(&'db str, ParamValue<'_>)>> {
        let on = self.0.iter().filter(|layer| layer.on);
        on.map(Switched::given).collect()
    }

    /// The layers that are on, with what [`Layers::params`] gave.
    pub(crate) fn on<'c>(&'c self, params: &'c [Vec<(&'c str, ParamValue<'c>)>]) -> Vec<LayerChoice<'c>> {
        let on = self.0.iter().filter(|layer| layer.on);
        on.zip(params).map(|(layer, params)| LayerChoice::new(layer.name, params)).collect()
    }

    /// All of them, without a value.
    pub(crate) fn all(&self) -> Vec<LayerChoice<'_>> {
        self.0.iter().map(|layer| LayerChoice::new(layer.name, &[])).collect()
    }

    /// Those that are off.
    pub(crate) fn off(&self) -> Vec<&'db str> {
        self.0.iter().filter(|layer| !layer.on).map(|layer| layer.name).collect()
    }

    /// As a page shows them: `all` is what was decided with every one of them on, `decision` with those that are.
    pub(crate) fn shown(&self, decided: Option<(&Decision<'_>, &Decision<'_>)>) -> Vec<Shown> {
        let mut shown: Vec<Shown> = self.0.iter().map(|layer| one(layer, decided.map(|(_, now)| now))).collect();
        for (at, each) in shown.iter_mut().enumerate() {
            let misses = |finding: &Finding| matches!(finding, Finding::LayerNotMatching { choice } if usize::from(*choice) == at);
            each.matches = decided.map(|(all, _)| !all.findings.iter().any(misses));
            if each.on && each.matches == Some(false) {
                each.why = Some("it is not for this function".to_owned());
            }
        }
        shown
    }
}

fn one(layer: &Switched<'_>, decision: Option<&Decision<'_>>) -> Shown {
    let entry = decision.and_then(|decision| decision.layers.iter().find(|entry| entry.name == layer.name));
    let param = |(name, param, text, given): &(&str, Param, String, Result<Value, String>)| ShownParam {
        name: (*name).to_owned(),
        kind: match param.kind {
            ParamKind::Unsigned => format!("u{}", param.size),
            ParamKind::Bytes => format!("bytes({})", param.size),
        },
        value: text.clone(),
        wrong: given.as_ref().err().filter(|_| !text.trim().is_empty()).cloned(),
    };
    Shown {
        name: layer.name.to_owned(),
        default_on: layer.default_on,
        on: layer.on,
        matches: None,
        applied: entry.is_some_and(|entry| entry.refused.is_none()),
        why: entry.and_then(|entry| entry.refused).map(|reason| reason.to_string()),
        params: layer.params.iter().map(param).collect(),
    }
}

/// Reads the value of a parameter: a number, or bytes of two hex digits each.
fn value(param: &Param, text: &str) -> Result<Value, String> {
    let size = param.size;
    match param.kind {
        ParamKind::Unsigned => {
            let fits = |number: &u64| size >= 64 || number.checked_shr(size.into()).unwrap_or(0) == 0;
            number(text).filter(fits).map(Value::Unsigned).ok_or_else(|| format!("expected a number of {size} bits"))
        }
        ParamKind::Bytes => {
            let digits: Option<Vec<u8>> = text
                .strip_prefix("0x")
                .unwrap_or(text)
                .chars()
                .filter(|sign| !sign.is_whitespace())
                .map(|sign| sign.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
                .collect();
            let bytes = digits.filter(|digits| digits.len() == 2 * usize::from(size));
            let bytes = bytes.map(|digits| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect());
            bytes.map(Value::Bytes).ok_or_else(|| format!("expected {size} bytes, each of two hex digits"))
        }
    }
}

fn number(text: &str) -> Option<u64> {
    let plain = text.replace('_', "");
    match plain.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => plain.parse().ok(),
    }
}
