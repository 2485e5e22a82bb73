//! The lines of a collection: the lists of capabilities of one kind of function, and how many machines have them.

use quirk_runtime::capability::{Kind, Space};
use serde_json::Value;

/// One line.
pub(super) struct Line {
    pub(super) vendor: u16,
    pub(super) device: u16,
    pub(super) machines: u64,
    pub(super) capabilities: Vec<Listed>,
}

/// One capability of a list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    pub(super) extended: bool,
    pub(super) offset: u16,
    pub(super) id: u16,
}

/// All lines; an error names its line.
pub(super) fn parse(text: &str) -> Result<Vec<Line>, String> {
    let numbered = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    numbered.map(|(number, line)| record(line).map_err(|error| format!("{number}: {error}"))).collect()
}

fn record(line: &str) -> Result<Line, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let id = |name: &str| {
        let text = value[name].as_str().and_then(|text| u16::from_str_radix(text, 16).ok());
        text.ok_or(format!("`{name}` is no id"))
    };
    let listed = value["caps"].as_array().ok_or("`caps` is no list")?;
    let mut capabilities = Vec::new();
    for each in listed {
        let number = |name: &str| {
            let number = each[name].as_u64().and_then(|number| u16::try_from(number).ok());
            number.ok_or(format!("`{name}` of a capability is no number of 16 bits"))
        };
        let extended = each["ext"].as_bool().ok_or("`ext` of a capability is neither true nor false")?;
        let found = Listed { extended, offset: number("offset")?, id: number("id")? };
        if says_something(found) {
            capabilities.push(found);
        }
    }
    capabilities.sort_unstable();
    capabilities.dedup();
    let machines = value["count"].as_u64().ok_or("`count` is no number")?;
    Ok(Line { vendor: id("vendor")?, device: id("device")?, machines, capabilities })
}

/// A null capability is where firmware took one out, how long one of an unknown kind is nobody knows, and a list leads to no
/// dword that is not aligned or outside its space.
fn says_something(found: Listed) -> bool {
    let space = space(found.extended);
    let last = space.end() - 4;
    let is_known = found.id != 0 && Kind::by_id(space, found.id).is_some();
    is_known && found.offset.is_multiple_of(4) && (space.start()..=last).contains(&found.offset)
}

pub(super) fn space(extended: bool) -> Space {
    if extended { Space::Extended } else { Space::Conventional }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "tests")]

    use super::*;

    const LINE: &str = r#"{"vendor": "fffe", "device": "1001", "count": 3, "caps": [
        {"id": 27, "ext": true, "offset": 256, "len": null}, {"id": 1, "ext": false, "offset": 64},
        {"id": 0, "ext": true, "offset": 512}, {"id": 5, "ext": false, "offset": 254}]}"#;

    #[test]
    fn what_says_nothing_is_left_out() {
        let records = parse(&LINE.replace('\n', "")).unwrap_or_default();
        let [record] = &records[..] else { panic!("{} records", records.len()) };
        let found: Vec<_> = record.capabilities.iter().map(|each| (each.extended, each.offset, each.id)).collect();
        assert_eq!((record.vendor, record.device, record.machines), (0xfffe, 0x1001, 3));
        assert_eq!(found, [(false, 0x40, 1), (true, 0x100, 0x1b)]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let line = LINE.replace('\n', "");
        let cases = [
            (line.replace("fffe", "wxyz"), "1: `vendor` is no id"),
            (line.replace("\"count\": 3", "\"count\": -1"), "1: `count` is no number"),
            (line.replace("256", "65536"), "1: `offset` of a capability is no number of 16 bits"),
            (format!("{line}\n\n{}", &line[..20]), "3: "),
        ];
        for (text, expected) in cases {
            let error = parse(&text).err().unwrap_or_default();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
