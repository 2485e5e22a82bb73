//! The layers that a user switches on and off.

use quirk_runtime::tables::{Layer, Param, ParamKind};
use quirk_runtime::{Database, LayerChoice, ParamValue};

use crate::{Error, number};

/// `NAME[:PARAM=VALUE,..]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerWord {
    name: String,
    params: Vec<(String, String)>,
}

/// Takes an option's value apart.
pub(crate) fn parse(text: &str) -> Result<LayerWord, String> {
    let (name, params) = text.split_once(':').map_or((text, None), |(name, params)| (name, Some(params)));
    if name.is_empty() {
        return Err("expected the name of a layer".to_owned());
    }
    let param = |text: &str| match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("expected `PARAM=VALUE`, found `{text}`")),
    };
    let params: Vec<_> = params.iter().flat_map(|params| params.split(',')).map(param).collect::<Result<_, _>>()?;
    if let Some((twice, _)) = (1..params.len())
        .map(|at| &params[at])
        .find(|param| params.iter().filter(|other| other.0 == param.0).count() > 1)
    {
        return Err(format!("the parameter `{twice}` is given twice"));
    }
    Ok(LayerWord { name: name.to_owned(), params })
}

/// A value of the kind that its layer declares.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Unsigned(u64),
    Bytes(Vec<u8>),
}

/// The layers that were asked for, with values of the right kinds, and those that are switched off.
#[derive(Debug)]
pub struct Layers<'a> {
    wanted: Vec<(&'a str, Vec<(&'a str, Value)>)>,
    /// Those that are switched off.
    pub disabled: Vec<&'a str>,
}

impl<'a> Layers<'a> {
    /// Looks each of them up. What the descriptions do not have is bad usage.
    pub(crate) fn new(on: &'a [LayerWord], off: &'a [String], databases: &[Database<'a>]) -> Result<Self, Error> {
        let mut wanted: Vec<(&str, _)> = Vec::new();
        for each in on {
            let found = find(databases, &each.name)?;
            if wanted.iter().any(|(name, _)| *name == each.name) {
                return Err(Error::new(format_args!("the layer `{}` is switched on twice", each.name)));
            }
            let value = |(name, text): &'a (String, String)| Ok((&**name, value(found, &each.name, name, text)?));
            wanted.push((&each.name, each.params.iter().map(value).collect::<Result<_, Error>>()?));
        }
        let mut disabled: Vec<&str> = Vec::new();
        for name in off {
            find(databases, name)?;
            disabled.push(name);
        }
        Ok(Self { wanted, disabled })
    }

    /// Switches off all that there are, for a VMM that shows none.
    pub fn disable_all(&mut self, databases: &[Database<'a>]) {
        self.disabled.extend(names(databases));
    }

    /// The values as the runtime takes them, layer by layer.
    #[must_use]
    pub fn params(&self) -> Vec<Vec<(&str, ParamValue<'_>)>> {
        let value = |value| match value {
            &Value::Unsigned(number) => ParamValue::Unsigned(number),
            Value::Bytes(bytes) => ParamValue::Bytes(bytes),
        };
        self.wanted.iter().map(|(_, params)| params.iter().map(|(name, each)| (*name, value(each))).collect()).collect()
    }

    /// The choices for a policy, with what [`Layers::params`] gave.
    #[must_use]
    pub fn choices<'c>(&'c self, params: &'c [Vec<(&'c str, ParamValue<'c>)>]) -> Vec<LayerChoice<'c>> {
        self.wanted.iter().zip(params).map(|((name, _), params)| LayerChoice::new(name, params)).collect()
    }
}

fn names<'a>(databases: &[Database<'a>]) -> impl Iterator<Item = &'a str> {
    databases.iter().flat_map(|database| database.all::<Layer>().map(|layer| database.text(layer.name)))
}

/// The layer with a name; a later database's wins.
fn find<'a>(databases: &[Database<'a>], name: &str) -> Result<(Database<'a>, Layer), Error> {
    let in_database = |database: &Database<'a>| {
        let layer = database.all::<Layer>().find(|layer| database.text(layer.name) == name)?;
        Some((*database, layer))
    };
    databases.iter().rev().find_map(in_database).ok_or_else(|| {
        let failure = Error::new(format_args!("the descriptions have no layer `{name}`"));
        let known: Vec<_> = names(databases).map(|name| format!("`{name}`")).collect();
        match known.len() {
            0 => failure.with_help("they have no layer at all; `--quirks` takes others"),
            _ => failure.with_help(format_args!("they have {}", known.join(", "))),
        }
    })
}

fn value((database, layer): (Database<'_>, Layer), layer_name: &str, name: &str, text: &str) -> Result<Value, Error> {
    let Some(Param { kind, size, .. }) = database.list(layer.params).find(|param| database.text(param.name) == name)
    else {
        return Err(Error::new(format_args!("the layer `{layer_name}` has no parameter `{name}`")));
    };
    let wrong = |expected: String| Error::new(format_args!("`{name}={text}`: expected {expected}"));
    match kind {
        ParamKind::Unsigned => {
            let fits = |number: &u64| size >= 64 || number.checked_shr(size.into()).unwrap_or(0) == 0;
            number::number(text)
                .filter(fits)
                .map(Value::Unsigned)
                .ok_or_else(|| wrong(format!("a number of {size} bits")))
        }
        ParamKind::Bytes => {
            let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
            let digit = |digit: u8| (digit as char).to_digit(16).map(|digit| digit as u8);
            let (pairs, rest) = digits.as_chunks::<2>();
            let bytes: Option<Vec<u8>> =
                pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
            let bytes = bytes.filter(|bytes| rest.is_empty() && bytes.len() == usize::from(size));
            bytes.map(Value::Bytes).ok_or_else(|| wrong(format!("{size} bytes, each of two hex digits")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_name_and_its_parameters_are_read() {
        let read = |text| parse(text).map(|wanted| (wanted.name, wanted.params));
        let owned = |params: &[(&str, &str)]| -> Vec<_> {
            params.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        assert_eq!(read("a"), Ok(("a".to_owned(), Vec::new())));
        assert_eq!(read("a:x=1,y=0x2"), Ok(("a".to_owned(), owned(&[("x", "1"), ("y", "0x2")]))));
        for text in ["", ":x=1", "a:", "a:x", "a:=1", "a:x=1,", "a:x=1,x=2"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
