//! Layers and profiles of the JSON output as lines, with expressions computed from their text.

use serde_json::Value;

use crate::json::{Facts, list, number};
use crate::layers::TRIED;

impl Facts {
    /// As `layers::of` writes them.
    pub(crate) fn layer_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for device in self.devices() {
            for allocation in list(&device["allocations"]) {
                let (device, layer) = (text(&device["name"]), text(&allocation["layer"]));
                let (emulation, offset) = (&allocation["emulation"], &allocation["offset"]);
                lines.push(format!("allocation {device} {layer} {emulation} at {offset}"));
            }
        }
        lines.extend(list(&self.object()["profiles"]).iter().flat_map(profile));
        lines.extend(self.layers().iter().flat_map(layer));
        lines
    }
}

fn profile(profile: &Value) -> Vec<String> {
    let released = profile["released"].as_str().unwrap_or("");
    let mut lines = vec![format!(
        "profile {} {} of {} pasid {} width {} execute {} privileged {} released {released:?}",
        text(&profile["name"]),
        text(&profile["source"]),
        text(&profile["device"]),
        profile["pasid"],
        profile["width"],
        profile["execute"],
        profile["privileged"],
    )];
    lines.extend(list(&profile["capabilities"]).iter().map(|entry| {
        let extended = entry["space"] == "ext";
        format!("frozen {extended} {} at {}", entry["id"], entry["offset"])
    }));
    lines
}

fn layer(layer: &Value) -> Vec<String> {
    let unassigned = position(&["raw", "read_only", "deny"], &layer["unassigned"]).map_or(0, |at| at + 1);
    let mut lines = vec![format!(
        "layer {} {} default {} unassigned {unassigned} port {} pin {}",
        text(&layer["name"]),
        text(&layer["source"]),
        layer["default_on"],
        layer["port_type"].as_u64().unwrap_or(0xff),
        layer["pin_resizable_bar"],
    )];
    lines.extend(list(&layer["over"]).iter().map(|over| format!("over {}", text(over))));
    let params = list(&layer["params"]);
    for param in params {
        let kind = position(&["unsigned", "bytes"], &param["kind"]).unwrap();
        lines.push(format!("param {} {kind} {}", text(&param["name"]), param["size"]));
    }
    for emulation in list(&layer["emulations"]) {
        let kind = position(&["cap", "ext", "fields"], &emulation["kind"]).unwrap();
        let places: Vec<u64> = list(&emulation["offsets"]).iter().map(number).collect();
        let evidence: Vec<&str> = list(&emulation["evidence"]).iter().map(|claim| text(&claim["text"])).collect();
        let or_zero = |name: &str| emulation[name].as_u64().unwrap_or(0);
        lines.push(format!(
            "emulation {kind} id {} version {} length {} sub {} free {} at {places:?} over {} by {evidence:?}",
            or_zero("id"),
            or_zero("version"),
            or_zero("length"),
            sub(&emulation["sub"]),
            emulation["in_free"],
            emulation["over_register"],
        ));
        lines.extend(list(&emulation["fields"]).iter().map(|found| field(found, params)));
    }
    for hide in list(&layer["hides"]) {
        let (extended, offset) = (hide["kind"] == "ext", hide["offset"].as_u64().unwrap_or(0));
        lines.push(format!("hide {extended} {} sub {} at {offset}", hide["id"], sub(&hide["sub"])));
    }
    for mirror in list(&layer["mirrors"]) {
        let (length, config) = (&mirror["length"], &mirror["config"]);
        lines.push(format!("mirror {} at {} length {length} config {config}", mirror["bar"], mirror["offset"]));
    }
    for allow in list(&layer["allows"]) {
        lines.push(format!("allow {}..{} {}", allow["start"], allow["end"], allow["writable"]));
    }
    lines
}

fn field(field: &Value, params: &[Value]) -> String {
    const CLASSES: [&str; 11] = ["ro", "rw", "rw1c", "rws", "ros", "rw1cs", "hwinit", "rsvdp", "forced", "rwo", "rwl"];
    let anchor = position(&["space", "owner", "cap", "ext"], &field["anchor"]).unwrap();
    let lock = |part: &str| field["lock"][part].as_u64().unwrap_or(0);
    let forced = if field["forced"].is_null() { String::new() } else { value(&field["forced"], params) };
    format!(
        "field {anchor} {} sub {} at {} length {} mask {} class {} = {} forced {forced} lock {} {}",
        field["anchor_id"].as_u64().unwrap_or(0),
        sub(&field["anchor_sub"]),
        field["offset"],
        field["length"],
        field["mask"].as_u64().unwrap_or(0),
        position(&CLASSES, &field["class"]).unwrap(),
        value(&field["value"], params),
        lock("offset"),
        lock("bits"),
    )
}

fn value(value: &Value, params: &[Value]) -> String {
    if value == "device" {
        return "device".to_owned();
    }
    let (kind, content) = value.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "number" => format!("{:?}", TRIED.map(|_| number(content))),
        "bytes" => text(content).to_owned(),
        "param" => format!("param {}", text(content)),
        _ => format!("{:?}", TRIED.map(|tried| compute(text(content), params, tried))),
    }
}

/// An expression with every parameter set to one value, cut to its bits.
fn compute(expression: &str, params: &[Value], tried: u64) -> u64 {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('!', " ! ");
    let mut words = spaced.split_whitespace().peekable();
    let given = |name: &str| {
        let param = params.iter().find(|param| param["name"] == name).unwrap();
        tried & u64::MAX >> (64 - number(&param["size"]))
    };
    let result = operation(&mut words, &given);
    assert_eq!(words.next(), None, "{expression}");
    result
}

type Words<'w> = std::iter::Peekable<std::str::SplitWhitespace<'w>>;

/// `a`, `!a` or `a << b`: an operand that is an operation stands in parentheses.
#[expect(clippy::panic, reason = "tests")]
fn operation(words: &mut Words<'_>, given: &dyn Fn(&str) -> u64) -> u64 {
    let left = operand(words, given);
    let Some(sign) = words.next_if(|word| *word != ")") else { return left };
    let right = operand(words, given);
    match sign {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "%" => left % right,
        "&" => left & right,
        "|" => left | right,
        "^" => left ^ right,
        "<<" => left << right,
        ">>" => left >> right,
        other => panic!("`{other}` is no operator"),
    }
}

fn operand(words: &mut Words<'_>, given: &dyn Fn(&str) -> u64) -> u64 {
    match words.next().unwrap() {
        "!" => !operand(words, given),
        "(" => {
            let inner = operation(words, given);
            assert_eq!(words.next(), Some(")"));
            inner
        }
        word => match (word.strip_prefix("0x"), word.parse()) {
            (Some(digits), _) => u64::from_str_radix(digits, 16).unwrap(),
            (None, Ok(number)) => number,
            (None, Err(_)) => given(word),
        },
    }
}

fn sub(sub: &Value) -> String {
    let or_zero = |name: &str| sub[name].as_u64().unwrap_or(0);
    format!("{} {}:{}", !sub.is_null(), or_zero("vendor"), or_zero("id"))
}

fn position(words: &[&str], value: &Value) -> Option<usize> {
    words.iter().position(|word| value == *word)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
