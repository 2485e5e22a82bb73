//! A saved state through serde: the same comes back, and what was tampered with is refused.
#![expect(clippy::unwrap_used, reason = "tests")]

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

#[test]
fn the_same_comes_back() {
    let saved = saved();
    let text = serde_json::to_string(&saved).unwrap();
    assert_eq!(serde_json::from_str::<Saved>(&text).unwrap(), saved);
}

#[test]
fn other_versions_and_other_lengths_are_refused() {
    let text = serde_json::to_string(&saved()).unwrap();
    let refused = |text: &str| serde_json::from_str::<Saved>(text).unwrap_err().to_string();
    assert!(refused(&text.replacen("[2,", "[9,", 1)).starts_with("saved with version 9"));
    assert!(refused("[2,0,1]").starts_with("too few bytes"));
    let endless = format!("[2{}]", ",0".repeat(Saved::MAX_LENGTH));
    assert!(refused(&endless).starts_with("more bytes"), "{}", refused(&endless));
}
