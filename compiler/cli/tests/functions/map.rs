//! `quirkc map`: every byte belongs to one region, and capabilities are where lspci sees them.

use std::process::Command;

use serde_json::Value;

use crate::fixture::{Folder, Space, quirkc};

const QUIRK: &str = "edition 1;\n\
    device mover { name \"Example <Mover>\"; match pci(0xfffe, 0x1001);\n\
    layout { ext aer @ 0x100; ext ats @ 0x200; ext pasid @ 0x300; register \"port & logic\" @ 0x700..0x720 \
    { evidence driver \"x.c </script>\"; } }\n\
    free @ 0x400..0x480 { evidence vendor \"a mail\"; } pasid { place free; } }\n";

struct Files(Folder, String, String);

fn files() -> Files {
    let files = Folder::new();
    let mut space = Space::endpoint(&[(0x100, 0x01), (0x200, 0x0f), (0x300, 0x1b)]);
    space.set(0x304, 0x0000_1400);
    space.set(0x704, 1);
    space.set(0x800, 2);
    let dump = files.file("dump.txt", space.text("65:00.0"));
    let quirk = files.file("devices.quirk", QUIRK);
    let text = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
    let (dump, quirk) = (text(dump), text(quirk));
    Files(files, dump, quirk)
}

impl Files {
    fn map(&self, args: &[&str]) -> String {
        let run = quirkc(&[&["map"], args, &["--only-quirks", &self.2]].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        run.stdout
    }

    fn json(&self, args: &[&str]) -> Value {
        let value = serde_json::from_str(&self.map(&[args, &["--format", "json"]].concat())).unwrap();
        let schema = include_str!("../../../../docs/map.schema.json");
        let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        value
    }
}

/// Start, end, role and name of each region of a state, which together are the whole space.
fn regions(state: &Value) -> Vec<(u64, u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let regions: Vec<_> = state["regions"].as_array().unwrap().iter().collect();
    let mut end = 0;
    for region in &regions {
        assert_eq!(region["start"].as_u64().unwrap(), end, "regions cover every byte once");
        end = region["end"].as_u64().unwrap();
        let bytes = text(&region["bytes"]).len() as u64 / 2;
        assert!(bytes == 0 || bytes == end - region["start"].as_u64().unwrap());
    }
    assert_eq!(end, 4096);
    let region = |region: &&Value| {
        let [start, end] = ["start", "end"].map(|name| region[name].as_u64().unwrap());
        (start, end, text(&region["role"]), text(&region["name"]))
    };
    regions.iter().map(region).collect()
}

fn told(regions: &[(u64, u64, String, String)]) -> Vec<(u64, u64, &str, &str)> {
    let told = regions.iter().map(|(start, end, role, name)| (*start, *end, role.as_str(), name.as_str()));
    told.filter(|(_, _, role, _)| *role != "zero").collect()
}

#[test]
fn bytes_and_description_are_laid_over_each_other_before_and_after() {
    let files = files();
    let report = files.json(&[&files.1, "--pasid", "20"]);
    let function = &report["functions"][0];
    assert_eq!(function["description"]["name"], "mover");
    let states = &function["states"];
    let before = regions(&states[0]);
    let expected = [
        (0x000, 0x040, "header", "header"),
        (0x040, 0x074, "conventional", "cap pcie"),
        (0x100, 0x104, "extended-header", "ext aer"),
        (0x104, 0x12c, "extended", "ext aer"),
        (0x200, 0x204, "extended-header", "ext ats"),
        (0x204, 0x208, "extended", "ext ats"),
        (0x300, 0x308, "hidden", "ext pasid"),
        (0x400, 0x408, "free", "a place for PASID"),
        (0x408, 0x480, "free", "free"),
        (0x700, 0x720, "register", "register \"port & logic\""),
        (0x800, 0x804, "live", "in no capability, not 0"),
    ];
    assert_eq!(told(&before), expected);
    let after = regions(&states[1]);
    assert!(told(&after).contains(&(0x400, 0x408, "pasid", "ext pasid, virtual")), "{after:?}");
    let at = |start: u64| states[0]["regions"].as_array().unwrap().iter().find(|r| r["start"] == start).unwrap();
    assert_eq!(at(0x700)["declared"]["evidence"][0], "driver \"x.c </script>\"");
    assert_eq!((&at(0x104)["live"]["name"], &at(0x104)["declared"]["name"]), (&"ext aer".into(), &"ext aer".into()));
    assert_eq!(at(0x800)["bytes"], "02000000");
}

#[test]
fn a_description_is_drawn_without_bytes_and_bytes_without_a_description() {
    let files = files();
    let declared = files.json(&["--entry", "mover"]);
    let state = &declared["functions"][0]["states"][0];
    assert_eq!(state["name"], "declared");
    let roles: Vec<_> = told(&regions(state)).into_iter().map(|(start, _, role, _)| (start, role.to_owned())).collect();
    let expected = [(0x100, "extended-header"), (0x104, "extended"), (0x200, "extended-header"), (0x204, "extended")];
    assert_eq!(roles[..4], expected.map(|(start, role)| (start, role.to_owned())));
    let bare = files.json(&[&files.1, "--bare"]);
    let function = &bare["functions"][0];
    assert!(function["description"].is_null() && function["states"].as_array().unwrap().len() == 1);
    assert!(told(&regions(&function["states"][0])).contains(&(0x704, 0x708, "live", "in no capability, not 0")));
    let run = quirkc(&["map", "--only-quirks", &files.2, "--entry", "move"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("they have `mover`"), "{}", run.stderr);
}

/// What lspci prints as `Capabilities: [offset ..` is where regions of capabilities begin.
#[test]
fn capabilities_are_where_lspci_sees_them() {
    let files = files();
    let Ok(output) = Command::new("lspci").args(["-vv", "-F", &files.1]).output() else {
        eprintln!("skipped: `lspci` is not installed");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let offset = |line: &str| {
        let rest = line.trim().strip_prefix("Capabilities: [")?;
        u64::from_str_radix(rest.split([' ', ']']).next()?, 16).ok()
    };
    let theirs: Vec<u64> = text.lines().filter_map(offset).collect();
    let report = files.json(&[&files.1, "--bare", "--view", "raw"]);
    let all = regions(&report["functions"][0]["states"][0]);
    let is_start = |role: &str| matches!(role, "conventional" | "extended-header");
    let ours: Vec<u64> = all.iter().filter(|(.., role, _)| is_start(role)).map(|(start, ..)| *start).collect();
    assert_eq!((ours, theirs.len()), (theirs, 4), "{text}");
}

#[test]
fn the_text_fits_into_its_columns() {
    let files = files();
    for (width, dwords) in [("80", 64), ("72", 64), ("60", 32), ("24", 16), ("1", 8)] {
        let text = files.map(&[&files.1, "--width", width]);
        let line = text.lines().find(|line| line.starts_with("000 ")).unwrap();
        assert_eq!(line.split(' ').skip(1).map(str::len).sum::<usize>(), dwords, "{width}: {line}");
        assert!(text.contains("  0x400..0x408  f a place for PASID\n                  vendor \"a mail\"\n"), "{text}");
        let rows = text.lines().filter(|line| line.get(3..4) == Some(" ") && line.len() > 8 && !line.starts_with(' '));
        assert!(rows.clone().count() >= 4096 / 4 / dwords, "{text}");
    }
}

#[test]
fn the_page_needs_nothing_else_and_no_text_leaves_its_place() {
    let files = files();
    let page = files.map(&[&files.1, "--pasid", "20", "--format", "html"]);
    for outside in ["http:", "https:", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data, files.json(&[&files.1, "--pasid", "20"]));
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(page.contains("Example &lt;Mover&gt;") && !page.contains("Example <Mover>"));
    let svg = files.map(&[&files.1, "--pasid", "20", "--format", "svg"]);
    let path = files.0.file("map.svg", &svg);
    match Command::new("xmllint").arg("--noout").arg(&path).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => eprintln!("skipped: `xmllint` is not installed"),
    }
    assert!(svg.contains("<title>0x700..0x720 register &quot;port &amp; logic&quot;"), "{svg}");
}

#[test]
fn a_file_gets_what_standard_output_would() {
    let files = files();
    let out = files.0.0.path().join("out.svg");
    files.map(&[&files.1, "--format", "svg", "-o", out.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(out).unwrap(), files.map(&[&files.1, "--format", "svg"]));
    let run = quirkc(&["map"]);
    assert_eq!(run.code, 2);
}

/// A capability that no list reaches is marked, and so is a conventional one that vfio-pci hides.
#[test]
fn what_is_declared_and_not_linked_or_hidden_is_told() {
    let files = Folder::new();
    let mut space = Space::endpoint(&[(0x100, 0x01)]);
    // PCI Express, then a slot identification, which vfio-pci hides.
    space.set(0x40, 0x0002_8010);
    space.set(0x80, 0x0000_0004);
    let dump = files.file("dump.txt", space.text("65:00.0"));
    let quirk = files.file("devices.quirk", QUIRK);
    let (dump, quirk) = (dump.to_str().unwrap(), quirk.to_str().unwrap());
    let map = quirkc(&["map", dump, "--only-quirks", quirk]).stdout;
    assert!(map.contains("ext ats, declared, in no list of this function"), "{map}");
    assert!(map.contains("cap slotid"), "{map}");
    let plan = quirkc(&["plan", dump, "--only-quirks", quirk]).stdout;
    let capabilities = plan.split_once("\ncapabilities\n").unwrap().1.split_once("\n\n").unwrap().0;
    assert!(capabilities.contains("0x040  0x10 pcie") && !capabilities.contains("slotid"), "{plan}");
    let hidden = plan.split_once("\nhidden by vfio-pci").unwrap().1.split_once("\n\n").unwrap().0;
    assert!(hidden.contains("0x080  0x04 slotid"), "{plan}");
}
