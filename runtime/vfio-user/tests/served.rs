//! The client and the served device agree: every byte, every write, every refusal.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::sync::Arc;

use quirk_recorded::{OutOfRange, Recorded, Write};
use quirk_runtime::{ConfigAccess, ConfigRead, Function};
use quirk_vfio_user::{Device, Error, Server, serve};

struct Bench {
    _folder: tempfile::TempDir,
    socket: PathBuf,
    record: Arc<Recorded>,
    server: Server,
}

fn bench(size: usize) -> Bench {
    let bytes: Vec<u8> = (0..size).map(|at| (at ^ (at >> 8)) as u8).collect();
    let record = Arc::new(Recorded::from_bytes(&bytes).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("device");
    let server = serve(&socket, Arc::clone(&record)).unwrap();
    Bench { _folder: folder, socket, record, server }
}

#[test]
fn every_byte_is_read_as_it_is() {
    for size in [256, 4096] {
        let bench = bench(size);
        let device = Device::connect(&bench.socket).unwrap();
        assert_eq!(device.size(), size);
        let mut whole = vec![0; size];
        device.read(0, &mut whole).unwrap();
        assert_eq!(whole, bench.record.original());
        let mut three = [0; 3];
        device.read(0xfd, &mut three).unwrap();
        assert_eq!(three, bench.record.original()[0xfd..0x100]);
        drop(device);
        bench.server.wait().unwrap();
    }
}

#[test]
fn a_write_reaches_the_device_and_nothing_else_does() {
    let bench = bench(4096);
    let device = Device::connect(&bench.socket).unwrap();
    device.write(0x406, &[7, 8]).unwrap();
    let mut dword = [0; 4];
    device.read(0x404, &mut dword).unwrap();
    assert_eq!(dword[2..], [7, 8]);
    assert_eq!(bench.record.writes(), [Write { offset: 0x406, data: vec![7, 8] }]);
}

#[test]
fn the_header_identifies_and_the_function_is_unknown() {
    let bench = bench(256);
    let identity = Device::connect(&bench.socket).unwrap().identity();
    assert_eq!((identity.vendor, identity.device), (0x0100, 0x0302));
    assert_eq!(identity.function, Function::Unknown);
}

#[test]
fn an_access_past_the_end_does_not_reach_the_server() {
    let bench = bench(256);
    let device = Device::connect(&bench.socket).unwrap();
    assert!(matches!(device.read(0xfe, &mut [0; 4]), Err(Error::OutOfRange { offset: 0xfe, length: 4, size: 256 })));
    assert!(matches!(device.write(0x100, &[0]), Err(Error::OutOfRange { .. })));
    assert!(device.read(0xfc, &mut [0; 4]).is_ok());
}

#[test]
fn a_refused_access_is_an_error_and_the_next_one_works() {
    /// A device that cannot be read at one place.
    struct Holed(Recorded);
    impl ConfigRead for Holed {
        type Error = OutOfRange;
        fn size(&self) -> usize {
            self.0.size()
        }
        fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), OutOfRange> {
            self.0.read(if offset == 0x80 { 0xfff } else { offset }, buffer)
        }
    }

    impl ConfigAccess for Holed {
        fn write(&self, offset: u16, data: &[u8]) -> Result<(), OutOfRange> {
            self.0.write(offset, data)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("device");
    serve(&socket, Arc::new(Holed(Recorded::from_bytes(&[0x11; 256]).unwrap()))).unwrap();
    let device = Device::connect(&socket).unwrap();
    let mut dword = [0; 4];
    let refused = device.read(0x80, &mut dword);
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    device.read(0x84, &mut dword).unwrap();
    assert_eq!(dword, [0x11; 4]);
}
