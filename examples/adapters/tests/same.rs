//! The three interfaces give a guest the same, and tell the VMM the same.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use adapters::{ByteOffsets, EnabledDwords, Function, RegisterIndex, Vmm};
use quirk_kit::Recorder;
use quirk_runtime::{Effect, HostPasid, Identity, Intent, Operator, Policy, VirtualConfig};

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Vmm for &Log {
    fn before(&self, intent: &Intent) {
        self.0.lock().unwrap().push(format!("before {:?} {:?}", intent.function_reset, intent.memory_space));
    }

    fn after(&self, effect: Effect) {
        self.0.lock().unwrap().push(effect.code().to_owned());
    }
}

fn function(log: &Log) -> Function<Recorder, &Log> {
    let mut space = vec![0; 4096];
    let dwords = [(0x00, 0x1001_fffe_u32), (0x04, 0x0010_0000), (0x34, 0x40), (0x40, 0x0002_0010), (0x44, 1 << 28)];
    for (at, dword) in dwords.into_iter().chain([(0x100, 0x0001_0001), (0x600, 0x1234_5678)]) {
        space[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    }
    let policy = Policy::DEFAULT.with_operator(Operator::Offset(0x400));
    let (identity, host) = (Identity::new(0xfffe, 0x1001), Some(HostPasid::new(20)));
    let config = VirtualConfig::attach(Recorder::new(space), &[], &identity, host, &policy).unwrap();
    Function::new(config.into_owned(), log)
}

/// The values of all dwords through each interface.
fn views(function: &mut Function<Recorder, &Log>) -> [Vec<u32>; 3] {
    let indexed = (0..1024).map(|index| function.read_config_register(index)).collect();
    let dwords = (0..4096).step_by(4).map(|offset| function.read_dword(offset)).collect();
    let mut bytes = vec![0; 4096];
    function.read_region(0, &mut bytes);
    let bytes = bytes.chunks(4).map(|dword| u32::from_le_bytes(dword.try_into().unwrap())).collect();
    [indexed, dwords, bytes]
}

#[test]
fn what_is_written_through_one_is_read_through_all() {
    let logs = [Log::default(), Log::default(), Log::default()];
    let mut functions = logs.each_ref().map(function);
    for (offset, value, enables) in [
        (0x04, 0x0000_0002, 0b0001),
        (0x404, 0x0001_0000, 0b1100),
        (0x404, 0xffff_ffff, 0b0101),
        (0x600, 0xaabb_ccdd, 0b1010),
        (0x600, 0x1122_3344, 0b1111),
        (0x48, 0x0000_8000, 0b0010),
        (0x404, 0x0001_0000, 0b0100),
    ] {
        let bytes = u32::to_le_bytes(value);
        for at in (0..4).filter(|at| enables >> at & 1 != 0) {
            functions[0].write_config_register(usize::from(offset) / 4, at as u64, &bytes[at..=at]);
            functions[1].write_region(u64::from(offset) + at as u64, &bytes[at..=at]);
        }
        functions[2].write_dword(offset, value, enables);
        let seen: Vec<_> = functions.iter_mut().flat_map(views).collect();
        assert!(seen.iter().all(|view| *view == seen[0]), "{offset:#x} {enables:#b}");
    }
    assert_eq!(functions[0].read_config_register(0x404 / 4), 0x0001_1400);
    // Byte by byte a register is told once for each byte; what happens is the same.
    let told = logs.map(|log| {
        let mut told = log.0.into_inner().unwrap();
        told.dedup();
        told
    });
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    assert!(told[0].contains(&"before true None".to_owned()) && told[0].contains(&"function-reset".to_owned()));
}

#[test]
fn what_is_out_of_range_reads_ones_and_goes_nowhere() {
    let log = Log::default();
    let mut function = function(&log);
    let before = views(&mut function);
    assert_eq!(function.read_config_register(1024), u32::MAX);
    assert_eq!(function.read_config_register(usize::MAX), u32::MAX);
    let mut bytes = [0; 8];
    function.read_region(u64::MAX, &mut bytes);
    assert_eq!(bytes, [0xff; 8]);
    function.write_config_register(0x600 / 4, 2, &[0; 4]);
    function.write_config_register(usize::MAX, 0, &[0; 4]);
    function.write_config_register(0x600 / 4, u64::MAX, &[0]);
    function.write_region(0xffc, &[0; 8]);
    function.write_region(1 << 40, &[0; 4]);
    function.write_dword(0x600, 0, 0);
    assert_eq!(views(&mut function), before);
    assert!(log.0.into_inner().unwrap().is_empty());
}
