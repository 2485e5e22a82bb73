//! `docs/doctor.md` has every check of the program.

use std::path::Path;

use serde_json::Value;

use crate::fixture::quirkc;

fn table() -> String {
    let run = quirkc(&["doctor", "--checks", "--format", "json"]);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut table = "| check | asked by | for | reads | must be | Linux |\n|---|---|---|---|---|---|\n".to_owned();
    for check in object["checks"].as_array().unwrap() {
        let text = |field: &str| check[field].as_str().unwrap().replace('|', "\\|");
        let wants: Vec<_> = check["concerns"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let wants = if wants.len() == 3 { "all".to_owned() } else { wants.join(", ").to_uppercase() };
        let fields = [text("side"), wants, text("reads"), text("must"), text("linux")].join(" | ");
        table += &format!("| `{}` | {fields} |\n", text("code"));
    }
    table
}

/// `QUIRK_BLESS=1` writes the table; look at the difference before you commit it.
#[test]
fn the_page_has_every_check() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doctor.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- checks: written by a test -->\n", "<!-- end of checks -->\n");
    let (before, rest) = page.split_once(begin).unwrap();
    let (found, after) = rest.split_once(end).unwrap();
    let table = table();
    if std::env::var_os("QUIRK_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(found, table);
    }
}
