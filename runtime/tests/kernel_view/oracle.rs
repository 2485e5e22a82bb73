//! The program with the kernel's functions.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::thread;

/// What user space reads of each space; nothing where the kernel refuses the device.
pub(crate) fn ask(program: &OsStr, spaces: impl Iterator<Item = Vec<u8>> + Send) -> Vec<Vec<u8>> {
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let answers = thread::scope(|scope| {
        scope.spawn(move || spaces.for_each(|space| input.write_all(&space).unwrap()));
        let mut answers = Vec::new();
        let mut size = [0; 2];
        while output.read_exact(&mut size).is_ok() {
            let mut shown = vec![0; u16::from_le_bytes(size).into()];
            output.read_exact(&mut shown).unwrap();
            answers.push(shown);
        }
        answers
    });
    assert!(child.wait().unwrap().success());
    answers
}
