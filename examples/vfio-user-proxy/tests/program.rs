//! The program as a user meets it: what a client sees behind it, what it prints, how it ends.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use quirk_map::list;
use quirk_runtime::capability::Space;
use quirk_runtime::{ConfigAccess as _, ConfigRead as _};
use quirk_vfio_user::Device;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const MOVER: &[&str] = &["--image", "examples/dumps/mover_one.txt", "--pasid", "20,exec"];
const DESCRIPTIONS: &[&str] = &[
    "--function-kind",
    "physical",
    "--quirks",
    "examples/quirks/example/mover.quirk",
    "examples/quirks/example/ids.quirk",
];

fn program(arguments: &[&str], listen: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vfio-user-proxy"));
    command.current_dir(ROOT).arg("--listen").arg(listen).args(arguments);
    command
}

/// A running program that has printed where it serves.
struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    said: String,
}

impl Running {
    fn start(arguments: &[&str], listen: &Path) -> Self {
        let mut child = program(arguments, listen).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("serving at") {
            assert_ne!(output.read_line(&mut said).unwrap(), 0, "it ended early: {said}");
        }
        Self { child, output, said }
    }

    /// All that it printed, now that the client is gone.
    fn end(mut self) -> String {
        while self.output.read_line(&mut self.said).unwrap() != 0 {}
        assert!(self.child.wait().unwrap().success());
        self.said
    }
}

fn failed(arguments: &[&str], code: i32) -> String {
    let folder = tempfile::tempdir().unwrap();
    let Output { status, stderr, .. } = program(arguments, &folder.path().join("socket")).output().unwrap();
    assert_eq!(status.code(), Some(code));
    String::from_utf8(stderr).unwrap()
}

fn extended(device: &Device) -> Vec<(u16, u16)> {
    list(device, Space::Extended).unwrap().iter().map(|(found, _)| (found.offset, found.id)).collect()
}

#[test]
fn a_client_finds_pasid_and_the_program_tells_what_it_does_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let running = Running::start(&[MOVER, DESCRIPTIONS].concat(), &socket);
    let device = Device::connect(&socket).unwrap();
    // After PASID, the DVSEC that the entry declares for the rest of the gap.
    assert!(extended(&device).ends_with(&[(0x400, 0x1b), (0x408, 0x23)]));
    device.write(0x406, &[0x03, 0x00]).unwrap();
    let mut control = [0; 2];
    device.read(0x406, &mut control).unwrap();
    assert_eq!(control, [0x03, 0x00]);
    drop(device);
    let said = running.end();
    assert!(said.starts_with("PASID at 0x400 (entry), width 20, execute\n"), "{said}");
    assert!(said.ends_with("effect: PASID enabled, execute\nthe client closed the connection\n"), "{said}");
}

#[test]
fn a_proxy_on_a_proxy_leaves_the_visible_capability_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (inner, outer) = (folder.path().join("inner"), folder.path().join("outer"));
    let below = Running::start(&[MOVER, &["--ranges", "0x404..0x500"]].concat(), &inner);
    let above = Running::start(&["--socket", inner.to_str().unwrap(), "--pasid", "20"], &outer);
    let device = Device::connect(&outer).unwrap();
    assert_eq!(extended(&device).last(), Some(&(0x404, 0x1b)));
    device.write(0x40a, &[0x01, 0x00]).unwrap();
    drop(device);
    let above = above.end();
    assert!(above.starts_with("PASID at 0x404 (visible)"), "{above}");
    assert!(!above.contains("effect:"), "{above}");
    let below = below.end();
    assert!(below.contains("PASID at 0x404 (operator)") && below.contains("effect: PASID enabled\n"), "{below}");
}

#[test]
fn what_was_asked_for_and_cannot_be_ends_with_1() {
    let refused = failed(&[MOVER, &["--offset", "0x220"]].concat(), 1);
    assert_eq!(refused, "error: PASID cannot be where it was asked for\n");
    assert_eq!(
        failed(&[MOVER, &["--require-pasid", "--place", "none"]].concat(), 1),
        "error: PASID cannot be placed\n"
    );
}

#[test]
fn a_list_that_does_not_end_is_mended_or_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = [0; 4096];
    let mut set = |at: usize, dword: u32| bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    let dwords = [(0x00, 0x1001_fffe), (0x04, 0x0010_0000), (0x34, 0x40), (0x40, 0x0002_0010), (0x30, 0xfebf_0001)];
    dwords.into_iter().chain([(0x100, 0x2001_0003), (0x200, 0x1001_000f)]).for_each(|(at, dword)| set(at, dword));
    let image = folder.path().join("image");
    std::fs::write(&image, bytes).unwrap();
    let raw = ["--image", image.to_str().unwrap(), "--view", "raw"];
    let refused = failed(&raw, 1);
    assert!(refused.contains("list of capabilities is broken") && refused.contains("0x200"), "{refused}");
    // Placed, PASID ends the list; and no client finds a ROM.
    let socket = folder.path().join("socket");
    let running = Running::start(&[&raw[..], &["--pasid", "20", "--offset", "0x400"]].concat(), &socket);
    let device = Device::connect(&socket).unwrap();
    assert_eq!(extended(&device), [(0x100, 0x03), (0x200, 0x0f), (0x400, 0x1b)]);
    device.write(0x30, &[0x00, 0xf8, 0xff, 0xff]).unwrap();
    let mut rom = [1; 4];
    device.read(0x30, &mut rom).unwrap();
    assert_eq!(rom, [0; 4]);
    drop(device);
    running.end();
}

#[test]
fn bad_usage_and_bad_input_end_with_2() {
    assert!(failed(&["--image", "none", "--socket", "none"], 2).contains("cannot be used with"));
    assert!(failed(&["--image", "no-such-file"], 2).starts_with("error: `no-such-file`: No such file"));
    assert!(failed(&["--socket", "no-such-socket"], 2).contains("cannot connect to `no-such-socket`"));
    assert!(failed(&["--image", "README.md"], 2).starts_with("error: `README.md`: "));
    let other = failed(&[MOVER, &["--function", "7f:00.0"]].concat(), 2);
    assert!(other.contains("0 functions fit"), "{other}");
    let wrong = failed(&[MOVER, &["--quirks", "examples/dumps/mover_one.txt"]].concat(), 2);
    assert!(wrong.starts_with("error: ") && wrong.contains(" in the descriptions\n"), "{wrong}");
}
