//! The JSON output, read as a program would that knows nothing but `docs/db-json.md`.

use quirk_runtime::tables::Form;
use serde_json::Value;

use crate::facts;
use crate::queries::Query;

/// The whole object.
pub(crate) struct Facts(Value);

impl Facts {
    pub(crate) fn new(text: &str) -> Self {
        let object: Value = serde_json::from_str(text).unwrap();
        let schema = serde_json::from_str(include_str!("../../../../docs/schema/db.schema.json")).unwrap();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let wrong: Vec<String> =
            schema.iter_errors(&object).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(wrong, Vec::<String>::new());
        Self(object)
    }

    pub(crate) fn object(&self) -> &Value {
        &self.0
    }

    pub(crate) fn layers(&self) -> &[Value] {
        list(&self.0["layers"])
    }

    /// The layers that match, with the rank of the best clause of each.
    pub(crate) fn layers_of(&self, query: &Query) -> Vec<(String, u8)> {
        let best = |layer: &Value| {
            let clauses = list(&layer["match"]).iter().filter(|clause| holds(clause, query));
            let rank = clauses.map(|clause| number(&clause["rank"])).max()?;
            Some((layer["name"].as_str().unwrap().to_owned(), u8::try_from(rank).unwrap()))
        };
        self.layers().iter().filter_map(best).collect()
    }

    pub(crate) fn devices(&self) -> &[Value] {
        self.0["devices"].as_array().unwrap()
    }

    /// The name of the device with the best matching clause, by trying them all.
    pub(crate) fn find(&self, query: &Query) -> String {
        let mut best: Option<(u64, &str)> = None;
        for device in self.devices() {
            for clause in device["match"].as_array().unwrap() {
                let rank = number(&clause["rank"]);
                if best.is_none_or(|(other, _)| rank > other) && holds(clause, query) {
                    best = Some((rank, device["name"].as_str().unwrap()));
                }
            }
        }
        best.map_or_else(|| "-".to_owned(), |(_, name)| name.to_owned())
    }

    /// As the other outputs' facts are written.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.devices().iter().flat_map(|device| self.device(device)).collect()
    }

    fn device(&self, device: &Value) -> Vec<String> {
        let text = |name: &str| device[name].as_str().unwrap();
        let mut lines = vec![
            format!("device {}", text("name")),
            format!("title {}", text("title")),
            format!("source {}", text("source")),
        ];
        let pasid = &device["pasid"];
        if !pasid.is_null() {
            let permission = |name: &str| ["host", "deny"].iter().position(|word| pasid[name] == *word).unwrap();
            lines.push(format!(
                "pasid at {} width {} execute {} privileged {}",
                pasid["places"][0]["offset"],
                pasid["max_width"],
                permission("execute"),
                permission("privileged")
            ));
        }
        let or = |name: &str, other: u64| device[name].as_u64().unwrap_or(other);
        let distrust = u8::from(device["distrust_dvsec"].as_bool().unwrap());
        let none = u8::from(device["pasid_none"].as_bool().unwrap());
        let (port, alias) = (or("port_type", 0xff), or("aliased_every", 0));
        lines.push(format!("port {port} alias {alias} distrust {distrust} none {none}"));
        lines.extend(list(&device["layout"]).iter().map(layout));
        lines.extend(
            list(&device["free"]).iter().map(|free| {
                format!("free {}..{} evidence {}", free["start"], free["end"], strongest(&free["evidence"]))
            }),
        );
        lines.extend(list(&pasid["places"]).iter().map(|place| {
            let kind = ["free", "native", "at"].iter().position(|word| place["kind"] == *word).unwrap();
            format!("place {kind} at {}", place["offset"])
        }));
        lines.extend(list(&device["dvsecs"]).iter().map(|dvsec| self.dvsec(dvsec)));
        lines
    }

    fn dvsec(&self, dvsec: &Value) -> String {
        let format = list(&self.0["dvsec_formats"]).iter().find(|format| format["name"] == dvsec["format"]).unwrap();
        let form = if format["form"] == "table" { Form::Table } else { Form::PerGap };
        let at = [word(&dvsec["offset"]), word(&dvsec["length"])];
        let digits = dvsec["bytes"].as_str().unwrap().as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let mut bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
        bytes.resize(at[1].into(), 0);
        let revision = u8::try_from(number(&format["revision"])).unwrap();
        facts::dvsec([word(&format["vendor"]), word(&format["id"])], revision, form, at, &bytes)
    }
}

fn layout(entry: &Value) -> String {
    let kind = ["cap", "ext", "register", "reserved"].iter().position(|word| entry["kind"] == *word).unwrap();
    let flag = |name: &str, bit: u8| u8::from(entry[name].as_bool().unwrap()) << bit;
    let has_sub = u8::from(!entry["sub"].is_null()) << 3;
    let flags = flag("length_stated", 0) | flag("optional", 1) | flag("inherited", 2) | has_sub;
    let or_zero = |value: &Value| value.as_u64().unwrap_or(0);
    format!(
        "layout {kind} at {} length {} id {} sub {}:{} flags {flags} evidence {} {}",
        entry["offset"],
        entry["length"],
        or_zero(&entry["id"]),
        or_zero(&entry["sub"]["vendor"]),
        or_zero(&entry["sub"]["id"]),
        strongest(&entry["evidence"]),
        entry["label"].as_str().unwrap(),
    )
}

fn strongest(claims: &Value) -> usize {
    let weight = |claim: &Value| {
        let by = ["nobody", "dump", "probe", "driver", "vendor", "datasheet"];
        by.iter().position(|word| claim["by"] == *word).unwrap()
    };
    list(claims).iter().map(weight).max().unwrap_or(0)
}

fn holds(clause: &Value, query: &Query) -> bool {
    let identity = query.identity;
    let (subsystem_vendor, subsystem_device) = identity.subsystem.unzip();
    let function = identity.function.name();
    let class = &clause["class"];
    ids_hold(&clause["vendor"], Some(identity.vendor))
        && ids_hold(&clause["device"], Some(identity.device))
        && ids_hold(&clause["subsystem_vendor"], subsystem_vendor)
        && ids_hold(&clause["subsystem_device"], subsystem_device)
        && ids_hold(&clause["revision"], Some(identity.revision.into()))
        && (class.is_null() || u64::from(identity.class) & number(&class["mask"]) == number(&class["value"]))
        && (clause["function"].is_null() || clause["function"] == function)
        && list(&clause["config"]).iter().all(|config| {
            let byte =
                |at: u64| query.bytes.iter().find(|(offset, _)| u64::from(*offset) == at).map_or(0, |found| found.1);
            let start = number(&config["offset"]);
            let value = (0..number(&config["width"])).map(|at| u64::from(byte(start + at)) << (8 * at)).sum::<u64>();
            value & number(&config["mask"]) == number(&config["value"])
        })
}

fn ids_hold(ids: &Value, id: Option<u16>) -> bool {
    match (ids.get("first"), ids.get("mask"), id.map(u64::from)) {
        (None, None, _) => true,
        (_, _, None) => false,
        (Some(first), _, Some(id)) => (number(first)..=number(&ids["last"])).contains(&id),
        (_, Some(mask), Some(id)) => id & number(mask) == number(&ids["value"]),
    }
}

pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn word(value: &Value) -> u16 {
    u16::try_from(number(value)).unwrap()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
