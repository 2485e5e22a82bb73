//! Every check of `doctor` has a function that fails it and one that passes: `quirkc doctor --checks` lists them, and they do.

use serde_json::Value;

use crate::fixture::{Folder, Space, quirkc};

fn all() -> Vec<Value> {
    let run = quirkc(&["doctor", "--checks", "--format", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    object["checks"].as_array().unwrap().clone()
}

fn space(dwords: &Value) -> Space {
    let mut space = Space(vec![0; 4096]);
    for pair in dwords.as_array().unwrap() {
        let number = |at: usize| u32::try_from(pair[at].as_u64().unwrap()).unwrap();
        space.set(u16::try_from(number(0)).unwrap(), number(1));
    }
    space
}

/// The states that the check comes to.
fn looked_at(check: &Value, example: &Value) -> Vec<String> {
    let folder = Folder::new();
    let addresses = [0, 1].map(|at| example["addresses"][at].as_str().unwrap());
    let machine = space(&example["port"]).text(addresses[1]) + &space(&example["function"]).text(addresses[0]);
    let dump = folder.file("machine", machine);
    let options = example["options"].as_array().unwrap().iter().map(|option| option.as_str().unwrap());
    let fixed = ["doctor", dump.to_str().unwrap(), "--function", addresses[0], "--format", "json"];
    let run = quirkc(&fixed.into_iter().chain(options).collect::<Vec<_>>());
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    let is_it = |it: &&Value| it["code"] == check["code"] && it["side"] == check["side"];
    let found = object["checks"].as_array().unwrap().iter().filter(is_it);
    found.map(|it| it["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_check_fails_its_failing_example_and_passes_the_other() {
    let mut count = 0;
    for check in all() {
        let (failing, passing) = (&check["failing"], &check["passing"]);
        assert_eq!(failing.is_null(), passing.is_null(), "{check:#}");
        if failing.is_null() {
            continue;
        }
        let states = looked_at(&check, failing);
        assert!(states.contains(&"problem".to_owned()), "{}: {states:?}", check["code"]);
        let states = looked_at(&check, passing);
        assert!(states.iter().all(|state| state == "ok"), "{}: {states:?}", check["code"]);
        count += 1;
    }
    // Five are about sysfs and VFIO, which no bytes tell of.
    assert_eq!((all().len(), count), (30, 25));
}

#[test]
fn each_check_names_what_linux_does_and_where() {
    let schema: Value = serde_json::from_str(include_str!("../../../../docs/doctor.schema.json")).unwrap();
    let codes = schema["$defs"]["check"]["properties"]["code"]["enum"].as_array().unwrap();
    for check in all() {
        assert!(codes.contains(&check["code"]), "{check:#}");
        let linux = check["linux"].as_str().unwrap();
        assert!(linux.contains("(`drivers/") && linux.contains(".c`)") || linux.contains(".h`)"), "{linux}");
        assert!(["reads", "must"].iter().all(|field| !check[*field].as_str().unwrap().is_empty()), "{check:#}");
    }
}
