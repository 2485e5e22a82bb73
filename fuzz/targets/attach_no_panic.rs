//! Hostile spaces, databases and policies: attaching ends after few reads, writes nothing, places PASID only where a
//! description or a policy gave leave, and nothing that a guest does reaches the device through it.
#![no_main]

use std::cell::{Cell, RefCell};
use std::convert::Infallible;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use quirk_runtime::capability::Space;
use quirk_runtime::chain::Step;
use quirk_runtime::tables::{Clause, Device, EntryKind, Evidence, List};
use quirk_runtime::{
    ByteRange, ConfigAccess, ConfigRead, Database, Function, Hidden, HostPasid, Identity, Native, Operator, Policy,
    Reset, Source, Sources, VirtualConfig,
};

/// No device needs as many reads.
const MOST_READS: usize = 6000;

#[derive(Arbitrary, Debug)]
struct Input {
    /// Which device of the library the space is made from, and the identity.
    device: u8,
    /// 64, 256 or 4096 bytes.
    size: u8,
    headers: Vec<Header>,
    changes: Vec<(u16, u32)>,
    function: u8,
    host: Option<(u8, [bool; 3])>,
    policy: Choices,
    /// Bytes of the database that are not as the compiler wrote them.
    broken: Vec<(u16, u8)>,
    databases: u8,
    accesses: Vec<Access>,
}

#[derive(Arbitrary, Debug)]
struct Header {
    dword: u16,
    id: u8,
    version: u8,
    /// The index of the header that follows, or an offset of its own.
    next: Option<u16>,
    body: [u32; 2],
}

#[derive(Arbitrary, Debug)]
struct Choices {
    operator: u8,
    offsets: [u16; 6],
    tail: bool,
    native: u8,
    scan_gaps: bool,
    least_evidence: u8,
    sources: u8,
    hidden: Option<(u8, u16, u16)>,
    viommu_width: Option<u8>,
}

#[derive(Arbitrary, Debug)]
enum Access {
    Read { offset: u16, length: u8 },
    Write { offset: u16, data: [u8; 8], length: u8 },
    Pasid { control: u16 },
    Reset(u8),
    Set { offset: u16, mask: u8, value: u8 },
}

struct Recorder {
    bytes: RefCell<Vec<u8>>,
    reads: Cell<usize>,
    written: RefCell<Vec<u16>>,
}

impl ConfigRead for Recorder {
    type Error = Infallible;

    fn size(&self) -> usize {
        self.bytes.borrow().len()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.reads.set(self.reads.get() + 1);
        buffer.copy_from_slice(&self.bytes.borrow()[usize::from(offset)..][..buffer.len()]);
        Ok(())
    }
}

impl ConfigAccess for Recorder {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Infallible> {
        self.written.borrow_mut().extend((offset..).take(data.len()));
        self.bytes.borrow_mut()[usize::from(offset)..][..data.len()].copy_from_slice(data);
        Ok(())
    }
}

fn put(bytes: &mut [u8], offset: usize, dword: u32) {
    bytes[offset..offset + 4].copy_from_slice(&dword.to_le_bytes());
}

/// The identity of one of the library's devices, and a space with its capabilities.
fn imagined(number: u8, bytes: &mut [u8]) -> Identity {
    let database = quirk_db::DATABASE;
    let clauses: Vec<Clause> = database.clauses().filter(|clause| !clause.layer).collect();
    let clause = clauses[usize::from(number) % clauses.len()];
    let (vendor, id) = (clause.vendor.single().unwrap_or(0xfffe), clause.device.single().unwrap_or(0x1001));
    put(bytes, 0, u32::from(id) << 16 | u32::from(vendor));
    put(bytes, 4, 0x0010_0000);
    put(bytes, 8, clause.class_value << 8);
    let layout = database.record::<Device>(clause.owner).map_or(List::EMPTY, |device| device.layout);
    let (mut conventional, mut extended) = (0x34usize, None::<usize>);
    for entry in database.list(layout) {
        let at = usize::from(entry.offset);
        match entry.kind {
            EntryKind::Capability => {
                bytes[conventional] = entry.offset as u8;
                bytes[at..at + 4].copy_from_slice(&[entry.id as u8, 0, 2, 0]);
                conventional = at + 1;
            }
            EntryKind::Extended => {
                if let Some(before) = extended {
                    let header = u32::from_le_bytes(bytes[before..before + 4].try_into().expect("four bytes"));
                    put(bytes, before, header & 0xf_ffff | (at as u32) << 20);
                }
                put(bytes, at, 0x1_0000 | u32::from(entry.id));
                extended = Some(at);
            }
            _ => {}
        }
    }
    Identity::from_header(bytes.first_chunk().expect("64 bytes"))
}

fn space(input: &Input) -> (Recorder, Identity) {
    let mut bytes = vec![0; 4096];
    let identity = imagined(input.device, &mut bytes);
    let dwords: Vec<u16> = input.headers.iter().map(|header| 0x100 + header.dword % 0x80 * 4).collect();
    for (index, header) in input.headers.iter().take(64).enumerate() {
        let at = if index == 0 { 0x100 } else { dwords[index] };
        let next = header.next.or(dwords.get(index + 1).copied()).unwrap_or(0) & 0xfff;
        let head = u32::from(next) << 20 | u32::from(header.version & 0xf) << 16 | u32::from(header.id);
        for (offset, dword) in (usize::from(at)..).step_by(4).zip([head, header.body[0], header.body[1]]) {
            put(&mut bytes, offset, dword);
        }
    }
    for &(at, dword) in input.changes.iter().take(64) {
        put(&mut bytes, usize::from(at & 0xffc), dword);
    }
    bytes.truncate([4096, 4096, 4096, 256, 64][usize::from(input.size) % 5]);
    (Recorder { bytes: bytes.into(), reads: Cell::new(0), written: RefCell::default() }, identity)
}

fn run(input: &Input) {
    let (device, identity) = space(input);
    let before = device.bytes.borrow().clone();
    let functions = [Function::Unknown, Function::Physical, Function::Virtual];
    let identity = identity.with_function(functions[usize::from(input.function) % 3]);
    let mut broken = quirk_db::DATABASE.bytes().to_vec();
    for &(at, byte) in input.broken.iter().take(64) {
        let at = usize::from(at) % broken.len();
        broken[at] ^= byte;
    }
    // Those of another version are refused.
    broken[..10].copy_from_slice(&quirk_db::DATABASE.bytes()[..10]);
    let both = [quirk_db::DATABASE, Database::from_static(&broken)];
    let databases = match input.databases % 4 {
        0 => &both[..1],
        1 => &both[1..],
        2 => &both[..],
        _ => &[],
    };

    let Choices { operator, offsets: [a, b, c, d, e, f], .. } = input.policy;
    let ranges = [ByteRange::new(a, b), ByteRange::new(c, d)];
    let owned = [ByteRange::new(e, f)];
    let hidden = input.policy.hidden.map(|(id, offset, length)| Hidden::new(id.into(), 1, offset, length));
    let evidence = [Evidence::None, Evidence::Vendor, Evidence::Datasheet];
    let policy = Policy::DEFAULT
        .with_sources(Source::ALL.into_iter().fold(Sources::ALL, |sources, each| {
            if input.policy.sources >> each as u8 & 1 != 0 { sources.without(each) } else { sources }
        }))
        .with_least_evidence(evidence[usize::from(input.policy.least_evidence) % 3])
        .with_operator(match operator % 3 {
            0 => Operator::None,
            1 => Operator::Offset(a),
            _ => Operator::Ranges(&ranges),
        })
        .with_tail(input.policy.tail)
        .with_native(Native::ALL[usize::from(input.policy.native) % 3])
        .with_vmm_owned(if e < f { &owned } else { &[] })
        .with_confirmed(hidden.as_slice())
        .with_viommu_width(input.policy.viommu_width)
        .with_scan_gaps(input.policy.scan_gaps);
    let host = input.host.map(|(width, [execute, privileged, ats_not_supported])| {
        HostPasid::new(width % 24)
            .with_execute(execute)
            .with_privileged(privileged)
            .with_ats_not_supported(ats_not_supported)
    });

    let Ok(mut config) = VirtualConfig::attach(&device, databases, &identity, host, &policy) else { return };
    assert!(device.written.borrow().is_empty(), "attaching writes nothing");
    assert!(device.reads.get() <= MOST_READS, "{} reads", device.reads.get());
    let _ = config.decision().to_string();
    let placed = config.decision().placement;
    let Some(placed) = placed.filter(|placed| placed.source != Source::Visible) else {
        // What vfio-pci left in the list by mistake is taken out.
        let is_left = config.decision().findings.iter().any(|finding| finding.code() == "pasid-left-linked");
        for offset in (0..before.len() as u16).filter(|_| !is_left) {
            assert_eq!(config.overlay().owned_bits(offset), 0, "nothing is emulated without a placement");
        }
        return;
    };
    let allowed = match placed.source {
        Source::Operator => operator % 3 != 0,
        Source::Tail => policy.tail,
        Source::Native => match policy.native {
            Native::Never => false,
            Native::Confirmed => hidden.is_some_and(|hidden| hidden.id == 0x1b && hidden.offset == placed.offset),
            Native::Probed => hidden.is_some() || policy.scan_gaps,
            other => panic!("{other:?} is not judged here"),
        },
        Source::Entry | Source::Profile | Source::Dvsec | Source::Visible => !databases.is_empty(),
        other => panic!("{other:?} is not judged here"),
    };
    assert!(allowed && host.is_some(), "{placed:?} without leave");
    let pasid = placed.offset..placed.offset + 8;
    assert!(pasid.start >= 0x100 && pasid.end <= 0x1000 && pasid.start % 4 == 0, "{placed:?}");
    assert!(owned.iter().all(|own| own.start >= own.end || own.end <= pasid.start || pasid.end <= own.start));
    let Ok(walk) = config.chain(Space::Extended) else { panic!("a device that cannot fail") };
    let found = walk.filter(|step| matches!(step, Ok(Step::Capability(found)) if found.id == 0x1b)).count();
    assert_eq!(found, 1, "the guest finds one PASID capability");

    guest(&mut config, &device, placed.offset, &input.accesses);
    let owned = |offset: &u16| config.overlay().owned_bits(*offset) != 0;
    assert!(!device.written.borrow().iter().any(owned), "a write reached a byte that is emulated");
    let saved = config.save();
    if let Ok(saved) = saved {
        assert!(config.restore(&saved).is_ok(), "a state goes back where it came from");
    }
}

fn guest(config: &mut VirtualConfig<'_, &Recorder>, device: &Recorder, pasid: u16, accesses: &[Access]) {
    let mut buffer = [0; 256];
    for access in accesses.iter().take(64) {
        match *access {
            Access::Read { offset, length } => {
                let _ = config.read(offset, &mut buffer[..usize::from(length)]);
            }
            Access::Write { offset, data, length } => {
                if let Ok(effects) = config.write(offset, &data[..usize::from(length % 9)]) {
                    effects.for_each(drop);
                }
            }
            Access::Pasid { control } => {
                let reads = device.reads.get();
                let (mut old, mut now) = ([0; 2], [0; 2]);
                assert!(config.read(pasid + 6, &mut old).is_ok());
                let Ok(effects) = config.write(pasid + 6, &control.to_le_bytes()) else { panic!("it is in range") };
                assert!(effects.count() <= 2);
                assert!(config.read(pasid + 6, &mut now).is_ok());
                // The VMM itself may have set them.
                let reserved = |bytes| u16::from_le_bytes(bytes) & !7;
                assert_eq!(reserved(now), reserved(old), "a guest's write leaves reserved bits");
                assert_eq!(device.reads.get(), reads, "emulated bytes need no device");
            }
            Access::Reset(kind) => {
                config.reset([Reset::Flr, Reset::Bus, Reset::D3Hot, Reset::Cold][usize::from(kind) % 4]);
            }
            Access::Set { offset, mask, value } => config.set(offset, mask, value),
        }
    }
}

fuzz_target!(|input: Input| run(&input));
