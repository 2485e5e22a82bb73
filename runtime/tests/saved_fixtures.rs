//! States that earlier versions saved: each is still read, and its guest goes on. `QUIRK_BLESS=1` writes the one of this version where
//! there is none; a file that is there is never changed.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use quirk_kit::Recorder;
use quirk_runtime::overlay::PasidControl;
use quirk_runtime::{Effect, Function, HostPasid, Identity, Operator, Policy, Saved, VirtualConfig};

/// PCI Express, AER and ATS.
fn device() -> Recorder {
    let mut space = vec![0; 4096];
    let mut put = |at: usize, dword: u32| space[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    put(0x00, 0x1001_fffe);
    put(0x04, 0x0010_0000);
    put(0x08, 0x1200_0003);
    put(0x2c, 0x0001_fffe);
    put(0x34, 0x40);
    put(0x40, 0x0002_0010);
    put(0x100, 0x2001_0001);
    put(0x200, 0x0001_000f);
    Recorder::new(space).forgetful()
}

const IDENTITY: Identity = Identity::new(0xfffe, 0x1001)
    .with_subsystem(Some((0xfffe, 1)))
    .with_revision(3)
    .with_class(0x12_0000)
    .with_function(Function::Physical);
const HOST: HostPasid = HostPasid::new(16).with_execute(true);
const POLICY: Policy<'_> = Policy::DEFAULT.with_operator(Operator::Offset(0x400));

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saved_states")
}

fn bless() {
    let mut config = VirtualConfig::attach(device(), &[], &IDENTITY, Some(HOST), &POLICY).unwrap();
    config.write(0x406, &[0x03, 0x00]).unwrap().for_each(|effect| assert_ne!(effect, Effect::FunctionReset));
    let mut bytes = vec![0; Saved::MAX_LENGTH];
    let length = config.save().unwrap().encode(&mut bytes).unwrap();
    let version = u16::from_le_bytes([bytes[0], bytes[1]]);
    let path = folder().join(format!("v{version}.hex"));
    if !path.exists() {
        let row = |row: &[u8]| row.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
        fs::create_dir_all(folder()).unwrap();
        fs::write(path, bytes[..length].chunks(32).map(row).collect::<String>()).unwrap();
    }
}

#[test]
fn what_each_version_saved_is_read_and_goes_on() {
    if std::env::var_os("QUIRK_BLESS").is_some() {
        bless();
    }
    let mut read = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let digits: Vec<u8> = fs::read(&path).unwrap().into_iter().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
        let saved = Saved::decode(&bytes).unwrap();
        assert_eq!(saved.identity(), IDENTITY, "{}", path.display());
        let (config, mut effects) =
            VirtualConfig::attach_with(&saved, device(), &[], &IDENTITY, Some(HOST), &POLICY).unwrap();
        assert_eq!(effects.next(), Some(Effect::PasidControl(PasidControl::from_bits(0b11))));
        let mut guest = [0; 8];
        config.read(0x400, &mut guest).unwrap();
        assert_eq!(guest, [0x1b, 0, 1, 0, 0x02, 0x10, 0x03, 0], "{}", path.display());
        read += 1;
    }
    assert!(read > 0, "no state was read");
}
