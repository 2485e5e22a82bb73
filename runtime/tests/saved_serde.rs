//! A saved state through serde: the same comes back, and what was tampered with is refused.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Write;
use std::process::{Command, Stdio};

use quirk_runtime::{HostPasid, Identity, Image, Operator, Policy, Saved, VirtualConfig};

fn saved() -> Saved {
    let mut space = vec![0; 4096];
    space[0x06] = 0x10;
    space[0x34] = 0x40;
    space[0x40..0x44].copy_from_slice(&[0x10, 0, 2, 0]);
    space[0x100..0x104].copy_from_slice(&[0x03, 0, 1, 0]);
    let host = HostPasid::new(16).with_execute(true);
    let policy = Policy::DEFAULT.with_operator(Operator::Offset(0x400));
    let image = Image::new(&space).unwrap();
    VirtualConfig::attach(image, &[], &Identity::default(), Some(host), &policy).unwrap().save().unwrap()
}

/// The lists of numbers that formats without bytes got once.
fn as_list(saved: &Saved) -> String {
    let mut bytes = vec![0; Saved::MAX_LENGTH];
    let length = saved.encode(&mut bytes).unwrap();
    serde_json::to_string(&bytes[..length]).unwrap()
}

#[test]
fn the_same_comes_back_as_text_and_from_a_list() {
    let saved = saved();
    let text = serde_json::to_string(&saved).unwrap();
    assert_eq!(serde_json::from_str::<Saved>(&text).unwrap(), saved);
    assert_eq!(serde_json::from_str::<Saved>(&as_list(&saved)).unwrap(), saved);
}

#[test]
fn the_text_is_the_base64_of_the_program_of_that_name() {
    let saved = saved();
    let Ok(mut program) = Command::new("base64").args(["-w", "0"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
    else {
        println!("skipped: base64 is not installed");
        return;
    };
    let mut bytes = vec![0; Saved::MAX_LENGTH];
    let length = saved.encode(&mut bytes).unwrap();
    program.stdin.take().unwrap().write_all(&bytes[..length]).unwrap();
    let printed = String::from_utf8(program.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(serde_json::to_string(&saved).unwrap(), format!("\"{printed}\""));
}

#[test]
fn other_versions_and_other_lengths_are_refused() {
    let list = as_list(&saved());
    let refused = |text: &str| serde_json::from_str::<Saved>(text).unwrap_err().to_string();
    assert!(refused(&list.replacen("[2,", "[9,", 1)).starts_with("saved with version 9"));
    assert!(refused("[2,0,1]").starts_with("too few bytes"));
    let endless = format!("[2{}]", ",0".repeat(Saved::MAX_LENGTH));
    assert!(refused(&endless).starts_with("more bytes"), "{}", refused(&endless));
    assert!(refused("\"AgAB\"").starts_with("too few bytes"));
    assert!(refused("\"CQ==\"").starts_with("too few bytes") && refused("\"CQA=\"").contains("version 9"));
    assert!(refused("\"AgA\"").starts_with("not base64"));
    assert!(refused(&format!("\"{}\"", "AAAA".repeat(Saved::MAX_LENGTH))).starts_with("more bytes"));
    assert!(refused("{}").contains("base64") && refused("2").contains("base64"));
}
