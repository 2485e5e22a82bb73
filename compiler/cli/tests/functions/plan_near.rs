//! A near miss is told as one, a virtual function has ids, and where nothing places the last lines are the way out.

use serde_json::Value;

use crate::fixture::sysfs::{FakeSysfs, link};
use crate::fixture::{Folder, Run, Space, quirkc};

fn space(extended: &[(u16, u32)]) -> Space {
    let mut space = Space::endpoint(extended);
    space.set(0x08, 0x1200_0021);
    space.set(0x2c, 0x0007_fffe);
    space
}

fn description(condition: &str) -> String {
    format!(
        "edition 1;
device engine {{
    name \"Example Engine\";
    match pci(0xfffe, 0x1001) {{ {condition} }}
    layout {{ ext aer @ 0x100; }}
    free @ 0x400..0x500 {{ evidence datasheet \"EX-1001\"; }}
    pasid {{ place free; }}
}}
"
    )
}

fn run(verb: &[&str], dump: &str, quirks: &str, args: &[&str]) -> Run {
    let folder = Folder::new();
    let file = folder.file("one.quirk", quirks);
    let dump = folder.file("dump", dump);
    let line = [verb, &[dump.to_str().unwrap(), "--pasid", "16", "--quirks", file.to_str().unwrap()]].concat();
    quirkc(&[&line, args].concat())
}

fn plan(dump: &str, quirks: &str, args: &[&str]) -> Value {
    let run = run(&["plan", "--format", "json", "--config"], dump, quirks, args);
    let value = serde_json::from_str(&run.stdout).unwrap();
    let schema = include_str!("../../../../docs/plan.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

#[test]
fn the_condition_that_fails_is_named_with_what_was_found() {
    let dump = space(&[(0x100, 0x01)]).text("65:00.0");
    for (condition, code, words, option) in [
        (
            "function physical;",
            "function",
            "it is for physical functions, and nothing proves what this one is",
            Some("--function-kind physical"),
        ),
        ("revision 0x30;", "revision", "it is for revision 0x30, and this one is 0x21", None),
        ("subsystem 0xfffe, 0x0008;", "subsystem", "and this one is 0xfffe:0x0007", None),
        ("class 0x03_0000 mask 0xff_0000;", "class", "and this one has 0x120000", None),
        (
            "config u16 @ 0x400 == 0x1234;",
            "config",
            "with 0x1234 at 0x400 in the bits 0xffff, and this one has 0x0",
            None,
        ),
    ] {
        let quirks = description(condition);
        let object = plan(&dump, &quirks, &[]);
        let near = &object["near_miss"];
        assert_eq!((&near["name"], &near["condition"]), (&"engine".into(), &code.into()), "{condition}");
        assert!(near["message"].as_str().unwrap().contains(words), "{near}");
        assert_eq!(near["option"].as_str(), option);
        let way_out = object["way_out"]["message"].as_str().unwrap();
        assert!(way_out.contains("`engine`") && option.is_none_or(|option| way_out.contains(option)), "{way_out}");
        if let Some(option) = option {
            let args: Vec<_> = option.split(' ').collect();
            let object = plan(&dump, &quirks, &args);
            assert_eq!((&object["placement"]["offset"], &object["near_miss"]), (&0x400.into(), &Value::Null));
        }
        // `doctor` says the same.
        let doctor = run(&["doctor"], &dump, &quirks, &[]).stdout;
        assert!(doctor.contains("the entry `engine`") && doctor.contains(words), "{doctor}");
    }
    // Two conditions that fail are no near miss.
    let object = plan(&dump, &description("revision 0x30; function physical;"), &[]);
    assert_eq!(object["near_miss"], Value::Null);
}

#[test]
fn devices_tells_a_near_miss_too() {
    let fake = FakeSysfs::new();
    link(
        &fake.function(&[], "0000:65:00.0", &space(&[(0x100, 0x01)])),
        "iommu_group",
        "../../../kernel/iommu_groups/1",
    );
    let folder = Folder::new();
    let file = folder.file("one.quirk", description("revision 0x30;"));
    let line = ["devices", "--sysfs", fake.root(), "--quirks", file.to_str().unwrap()];
    let text = quirkc(&line).stdout;
    assert!(text.contains("none: the entry `engine`") && text.contains("it is for revision 0x30"), "{text}");
    let object: Value = serde_json::from_str(&quirkc(&[&line[..], &["--format", "json"]].concat()).stdout).unwrap();
    assert_eq!(object["functions"][0]["near_miss"]["condition"], "revision");
}

#[test]
fn what_only_a_physical_function_has_proves_that_it_is_one() {
    for (id, kind) in [(0x10, "physical"), (0x1b, "physical"), (0x13, "physical"), (0x0f, "unknown")] {
        let dump = space(&[(0x100, 0x01), (0x200, id)]).text("65:00.0");
        let object = plan(&dump, &description("function physical;"), &[]);
        assert_eq!(object["function"]["kind"], kind, "{id:#x}");
        assert_eq!(object["device"].is_object(), kind == "physical");
    }
}

#[test]
fn a_virtual_functions_ids_come_from_its_heading_or_the_command_line() {
    let mut virt = space(&[(0x100, 0x01)]);
    virt.set(0x00, u32::MAX);
    let stated = virt.text("65:00.1").replace("Example Mover One", "Example Engine (Virtual Function) [fffe:1001]");
    let quirks = description("function virtual;");
    let object = plan(&stated, &quirks, &[]);
    assert_eq!((&object["function"]["vendor"], &object["function"]["kind"]), (&0xfffe.into(), &"virtual".into()));
    assert_eq!(object["placement"]["offset"], 0x400);
    let silent = virt.text("65:00.1");
    let object = plan(&silent, &quirks, &[]);
    assert!(object["placement"].is_null());
    assert!(object["way_out"]["message"].as_str().unwrap().contains("`--id VVVV:DDDD`"));
    assert_eq!(plan(&silent, &quirks, &["--id", "fffe:1001"])["placement"]["offset"], 0x400);
    // Nobody is told to match ones.
    for dump in [&silent, &stated] {
        for verb in [&["doctor"][..], &["plan", "--config"]] {
            let said = run(verb, dump, "edition 1;\n", &[]).stdout;
            assert!(!said.contains("0xffff"), "{said}");
        }
    }
    // vfio-pci fills them in, so that the guest reads them.
    let folder = Folder::new();
    let (dump, guest) = (folder.file("dump", stated), folder.0.path().join("guest"));
    let line = ["plan", "--config", dump.to_str().unwrap(), "--write-config", guest.to_str().unwrap()];
    assert_eq!(quirkc(&line).code, 0);
    assert_eq!(std::fs::read(guest).unwrap()[..4], [0xfe, 0xff, 0x01, 0x10]);
}

#[test]
fn where_nothing_places_the_last_lines_are_the_way_out() {
    let dump = space(&[(0x100, 0x01)]).text("65:00.0");
    let text = run(&["plan", "--config"], &dump, "edition 1;\n", &[]).stdout;
    let (_, way_out) = text.split_once("\nway out\n").unwrap();
    assert!(way_out.contains("match pci(0xfffe, 0x1001);"), "{way_out}");
    // The stub is a description: with a claim of its own it places PASID.
    let object = plan(&dump, "edition 1;\n", &[]);
    let stub = object["way_out"]["stub"]
        .as_str()
        .unwrap()
        .replace("    // free", "    free")
        .replace("    // pasid", "    pasid");
    let stub = stub.replace("name", "layout { ext aer @ 0x100; }\n    name");
    assert_eq!(plan(&dump, &stub, &[])["placement"]["offset"], 0x400, "{stub}");
    // Where it is placed, there is none.
    assert_eq!(plan(&dump, "edition 1;\n", &["--tail"])["way_out"], Value::Null);
    let object = plan(&dump, "edition 1;\n", &["--offset", "0x100"]);
    assert!(object["way_out"]["message"].as_str().unwrap().contains("--ranges"), "{object}");
}

/// What the way out says, of a record without an entry.
fn way_out(space: &Space, length: usize, args: &[&str]) -> (String, Value) {
    let space = Space(space.0[..length].to_vec());
    let other = "edition 1;\ndvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }\n";
    let object = plan(&space.text("65:00.0"), other, args);
    (object["way_out"]["message"].as_str().unwrap().to_owned(), object["way_out"]["stub"].clone())
}

#[test]
fn no_description_and_no_tail_is_offered_where_neither_can_help() {
    let mut conventional = space(&[]);
    conventional.set(0x40, 0x0000_0001);
    for (space, length, expected) in [
        (&space(&[]), 64, "record it again with `lspci -xxxx` as root"),
        (&space(&[]), 256, "record it again with `lspci -xxxx` as root"),
        (&conventional, 256, "there is none for a conventional function"),
        (&conventional, 4096, "there is none for a conventional function"),
    ] {
        let (message, stub) = way_out(space, length, &[]);
        assert!(message.contains(expected) && !message.contains("--tail") && stub.is_null(), "{length}: {message}");
        let (message, _) = way_out(space, length, &["--tail"]);
        assert!(message.contains(expected) && !message.contains("--tail"), "{length}: {message}");
    }
    let (message, stub) = way_out(&space(&[(0x100, 0x01)]), 4096, &[]);
    assert!(message.contains("--tail") && stub.is_string(), "{message}");
}

#[test]
fn a_viommu_without_pasid_is_not_blamed_on_the_host() {
    let (message, _) = way_out(&space(&[(0x100, 0x01)]), 4096, &["--viommu-pasid", "0"]);
    assert!(message.contains("`--viommu-pasid WIDTH`") && !message.contains("--pasid WIDTH`;"), "{message}");
}

#[test]
fn a_visible_pasid_that_is_wider_than_the_viommu_is_told() {
    let mut shown = space(&[(0x100, 0x01), (0x200, 0x1b)]);
    shown.set(0x204, 0x1400);
    for (viommu, says) in [("8", true), ("19", true), ("20", false)] {
        let dump = shown.text("65:00.0");
        let object = plan(&dump, "edition 1;\n", &["--view", "raw", "--viommu-pasid", viommu]);
        let findings = object["findings"].as_array().unwrap();
        let told = findings.iter().any(|each| each["code"] == "visible-width-over-viommu" && each["offset"] == 0x200);
        assert_eq!(told, says, "{object}");
    }
}
