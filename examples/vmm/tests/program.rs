//! The program as a shell runs it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::process::{Command, Stdio};

#[test]
fn the_guest_has_pasid_and_the_device_saw_no_write() {
    let output = Command::new(env!("CARGO_BIN_EXE_vmm")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("effect: PasidControl("), "{text}");
    assert_eq!(text.lines().last(), Some("the device saw no write"));
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_vmm")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
