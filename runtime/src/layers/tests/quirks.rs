//! What VMMs do by hand today, each as a layer, on fictional devices.

use super::*;
use crate::Reset;
use crate::policy::{LayerChoice, ParamValue};
use crate::tables::{Field, Layer};
use crate::testing::patched;

fn with<'a>(name: &'a str, params: &'a [(&'a str, ParamValue<'a>)]) -> LayerChoice<'a> {
    LayerChoice { name, params }
}

/// A layer that the compiler finds nothing wrong with.
fn tables(name: &str, block: &str) -> Vec<u8> {
    quirk_kit::tables(&layer(name, block))
}

fn clique() -> Vec<u8> {
    quirk_kit::tables(
        "layer clique {
            match pci(0xfffe, any);
            param clique: u4;
            emulate cap vendor @ [0xc8, 0xd4] len 8 {
                bytes @ 2 [8, 'P', '2', 'P'] ro;
                u8 @ 6 = clique << 3 ro;
                u8 @ 7 = 0 ro;
            }
            mirror bar 0 @ 0x8_8000 len 0x1000;
        }",
    )
}

#[test]
fn a_peer_to_peer_clique() {
    let database = clique();
    let params = [("clique", ParamValue::Unsigned(5))];
    let choices = [with("clique", &params)];
    let policy = Policy { layers: &choices, ..EMPTY };
    let config = on(endpoint(), &database, &policy);
    assert_eq!(bytes(&config, 0xc8), [9, 0, 8, 0x50, 0x32, 0x50, 5 << 3, 0]);
    assert_eq!(bytes(&config, 0x91), [0xc8]);
    // A capability at 0xc8: the second place.
    let mut device = endpoint();
    device.link_conventional(&[(0x40, 0x10), (0xc8, 0x01)]);
    let config = on(&device, &database, &policy);
    assert_eq!(list(&config, Space::Conventional), [(0x40, 0x10), (0xc8, 1), (0xd4, 9)]);
    assert_eq!(bytes(&config, 0xd4), [9, 0, 8, 0x50, 0x32, 0x50, 5 << 3, 0]);
}

#[test]
fn shadow_registers_that_the_vmm_fills_in() {
    let database = tables(
        "shadow",
        "param membar: bytes(16);
        emulate cap vendor @ 0xe8 len 24 {
            u16 @ 2 = 0x0118 ro;
            u32 @ 4 = 0x5348_4457 ro;
            bytes @ 8 = membar ro;
        }",
    );
    let registers: [u8; 16] = core::array::from_fn(|index| index as u8 * 3);
    let given = [("membar", ParamValue::Bytes(&registers))];
    let choices = [with("shadow", &given)];
    let config = on(endpoint(), &database, &Policy { layers: &choices, ..EMPTY });
    assert_eq!(bytes(&config, 0xe8), [9, 0, 0x18, 1, 0x57, 0x44, 0x48, 0x53]);
    assert_eq!(bytes(&config, 0xf0), registers);
}

#[test]
fn graphics_registers_behind_the_header() {
    let mut device = endpoint();
    for at in [0xfc, 0xd0, 0x5c] {
        device.set(at, 0xdead_beef);
    }
    let database = tables(
        "graphics",
        "param control: u32;
        emulate u32 @ 0xfc = 0 rw;
        emulate u32 @ 0xd0 = control ro;
        emulate bytes @ 0xc0 [0, 0, 0, 0, 0, 0, 0, 0] rw;",
    );
    let given = [("control", ParamValue::Unsigned(0x0300_02c0))];
    let choices = [with("graphics", &given)];
    let mut config = on(&device, &database, &Policy { layers: &choices, ..EMPTY });
    assert_eq!((dword(&config, 0xfc), dword(&config, 0xd0)), (0, 0x0300_02c0));
    write(&mut config, 0xfc, &[1, 2, 3, 4]);
    write(&mut config, 0xd0, &[0; 4]);
    write(&mut config, 0xc0, &[9; 8]);
    assert_eq!((dword(&config, 0xfc), dword(&config, 0xd0), bytes(&config, 0xc0)), (0x0403_0201, 0x0300_02c0, [9; 8]));
    assert!(device.writes().is_empty());
}

#[test]
fn ids_class_and_multifunction() {
    let mut device = endpoint();
    device.set(0x2c, 0x0001_fffe);
    let database = tables(
        "ids",
        "emulate u16 @ 0x00 = 0xabcd ro;
        emulate u16 @ 0x02 = 0x1234 ro;
        emulate bytes @ 0x09 [0x30, 0x03, 0x0c] ro;
        emulate u32 @ 0x2c = 0x5678_9abc ro;
        emulate u8 @ 0x0e mask 0x80 = 0x80 ro;",
    );
    let config = on(&device, &database, &EMPTY);
    assert_eq!(
        (dword(&config, 0), dword(&config, 0x08), dword(&config, 0x2c)),
        (0x1234_abcd, 0x0c03_3001, 0x5678_9abc)
    );
    assert_eq!(bytes(&config, 0x0e), [0x80]);
}

#[test]
fn the_device_type_and_a_version_that_reads_0() {
    let mut device = endpoint();
    device.link_conventional(&[(0x40, 0x10)]);
    device.set(0x40, 0x0000_0010);
    let database = tables("kind", "pcie_type integrated_endpoint; emulate u8 @ cap pcie + 2 mask 0x0f = 1 ro;");
    let mut config = on(&device, &database, &EMPTY);
    assert_eq!(bytes(&config, 0x40), [0x10, 0, 0x91, 0]);
    write(&mut config, 0x42, &[0]);
    assert!(device.writes().is_empty());
    let without = Recorder::endpoint(&[]);
    let mut without = without;
    without.link_conventional(&[(0x90, 0x01)]);
    let database = tables("kind", "pcie_type integrated_endpoint;");
    assert_eq!(verdicts(&on(&without, &database, &EMPTY)), [("kind", "no-pcie")]);
    let database = patched(database, 0, |layer: &mut Layer| layer.port_type = 16);
    assert_eq!(verdicts(&on(endpoint(), &database, &EMPTY)), [("kind", "broken-record")]);
}

#[test]
fn resizable_bars_are_pinned_to_their_size() {
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x15)]);
    // BAR 0: 1 MiB to 64 GiB, now 16 GiB (14). BAR 2: up to 2^35 MiB, now 2^29 MiB.
    device.set(0x204, 0x001f_fff5);
    device.set(0x208, 0x0000_0e40 | 2 << 5 & 0xe0);
    device.set(0x20c, 0xffff_fff0);
    device.set(0x210, 0x00ff_1d02);
    device.set(0x214, 0xdead_beef);
    let database = tables("pin", "resizable_bar pin;");
    let mut config = on(&device, &database, &EMPTY);
    assert_eq!(dword(&config, 0x204), 1 << (14 + 4) | 5, "the reserved bits are the device's");
    assert_eq!(dword(&config, 0x208), 0x0000_0e40);
    assert_eq!((dword(&config, 0x20c), dword(&config, 0x210)), (0, 0x0002_1d02));
    assert_eq!(dword(&config, 0x214), 0xdead_beef, "after the entries");
    for at in (0x204..0x214).step_by(4) {
        write(&mut config, at, &[0xff; 4]);
    }
    assert!(device.writes().is_empty());
    assert_eq!(verdicts(&on(endpoint(), &database, &EMPTY)), [("pin", "applied")], "none: nothing to do");
}

#[test]
fn a_drop_list() {
    let mut device = Recorder::endpoint(&[(0x100, 0x10), (0x140, 0x0e), (0x150, 0x15), (0x200, 0x0f), (0x300, 0x03)]);
    device.set(0x144, 0x1234_5678);
    device.set(0x158, 0x20);
    device.set(0x15c, 0x8765_4321);
    let database = tables("drop", "hide ext sriov; hide ext ari; hide ext rebar; hide ext ats;");
    let config = on(&device, &database, &PASID);
    assert_eq!(list(&config, Space::Extended), [(0x100, 0), (0x300, 3), (0x800, 0x1b)]);
    assert_eq!(bytes(&config, 0x140), [0; 0x1c]);
}

#[test]
fn a_transitional_virtual_function() {
    let database = tables(
        "transitional",
        "emulate u16 @ 0x02 = 0x1000 ro;
        emulate u8 @ 0x08 = 0 ro;
        emulate u32 @ 0x10 mask 0xffff_ff81 = 0xffff_ff01 rw;
        emulate u16 @ 0x2e = 1 ro;",
    );
    let mut config = on(endpoint(), &database, &EMPTY);
    write(&mut config, 0x10, &[0xff; 4]);
    assert_eq!((dword(&config, 0x10), bytes(&config, 0x2e)), (0xffff_ff81, [1, 0]));
}

#[test]
fn a_shadowed_dvsec_with_a_class_per_register() {
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x400, 0x23), (0x500, 0x0f)]);
    device.set(0x404, 0x0381_1e98);
    device.set(0x408, 0x001e_0000);
    device.set(0x40c, 0x0000_0002);
    // Its header too, which the compiler refuses.
    let database = x("emulate bytes @ ext dvsec(vendor: 0x1e98, id: 0) + 0x04 len 8 = device ro;
        emulate u16 @ ext dvsec(vendor: 0x1e98, id: 0) + 0x0c mask 0xfffd = device rw;
        emulate u8 @ ext dvsec(vendor: 0x1e98, id: 0) + 0x0c mask 0x02 = 2 forced(2);
        emulate u16 @ ext dvsec(vendor: 0x1e98, id: 0) + 0x0e = 0x4000 rw1c;");
    let mut config = on(&device, &database, &PASID);
    assert_eq!((dword(&config, 0x404), dword(&config, 0x408)), (0x0381_1e98, 0x001e_0000));
    write(&mut config, 0x40c, &[0x01, 0x80]);
    assert_eq!(bytes(&config, 0x40c), [0x03, 0x80, 0x00, 0x40]);
    write(&mut config, 0x40e, &[0x00, 0x40]);
    assert_eq!(bytes(&config, 0x40e), [0, 0]);
    assert_eq!(list(&config, Space::Extended), [(0x100, 3), (0x400, 0x23), (0x500, 0x0f), (0x800, 0x1b)]);
    assert!(device.writes().is_empty());
}

/// What is locked takes writes until the guest sets the lock, in any size of access, and again after a reset of the bus.
#[test]
fn a_shadowed_dvsec_with_its_lock() {
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x400, 0x23)]);
    device.set(0x404, 0x0381_1e98);
    device.set(0x40c, 0x0000_0002);
    let database = tables(
        "memory",
        "emulate u16 @ ext dvsec(vendor: 0x1e98, id: 0) + 0x0c mask 0xfffd = device rwl by 0x14 bits 0..1;
        emulate u8 @ ext dvsec(vendor: 0x1e98, id: 0) + 0x0c mask 0x02 = 2 forced(2);
        emulate u8 @ ext dvsec(vendor: 0x1e98, id: 0) + 0x14 mask 1 = 0 rwo;
        emulate u16 @ ext dvsec(vendor: 0x1e98, id: 0) + 0x14 mask 0xfffe = 0 rsvdp;
        emulate u32 @ ext dvsec(vendor: 0x1e98, id: 0) + 0x20 = 0 rwl by 0x14 bits 0..1;",
    );
    let mut config = on(&device, &database, &EMPTY);
    write(&mut config, 0x40c, &[0x04, 0x80]);
    write(&mut config, 0x420, &[1, 2, 3, 4]);
    assert_eq!((bytes(&config, 0x40c), dword(&config, 0x420)), ([0x06, 0x80], 0x0403_0201));
    // One write that sets the lock and changes what it locks: the lock was open when it began.
    let mut long = [0; 24];
    (long[0], long[8], long[20]) = (0x05, 0x01, 0x99);
    write(&mut config, 0x40c, &long);
    assert_eq!((bytes(&config, 0x40c), bytes(&config, 0x414), dword(&config, 0x420)), ([0x07, 0], [1, 0], 0x99));
    write(&mut config, 0x414, &[0, 0]);
    write(&mut config, 0x420, &[0xff; 4]);
    write(&mut config, 0x40c, &long);
    config.reset(Reset::Flr);
    assert_eq!((bytes(&config, 0x40c), bytes(&config, 0x414), dword(&config, 0x420)), ([0x07, 0], [1, 0], 0x99));
    config.reset(Reset::Bus);
    assert_eq!((bytes(&config, 0x40c), bytes(&config, 0x414), dword(&config, 0x420)), ([0x02, 0], [0, 0], 0));
    write(&mut config, 0x420, &[1]);
    assert_eq!(bytes(&config, 0x420), [1]);
}

#[test]
fn a_lock_outside_the_space_refuses_its_layer() {
    let database = x("emulate u8 @ 0x300 = 0 rwl by 0x301 bits 0..1; emulate u8 @ 0x301 = 0 rwo;");
    let database = patched(database, 0, |field: &mut Field| field.lock = 0x1000);
    let device = endpoint();
    assert_eq!(verdicts(&attach(&device, &[Database::load(&database).unwrap()], &EMPTY)), [("x", "out-of-bounds")]);
}

#[test]
fn a_byte_that_reads_0() {
    let mut device = endpoint();
    device.set(0xd0, 0xffff_ffff);
    let database = tables("byte", "emulate u8 @ 0xd1 = 0 ro;");
    let mut config = on(&device, &database, &EMPTY);
    write(&mut config, 0xd0, &[1, 2, 3, 4]);
    assert_eq!(dword(&config, 0xd0), 0x0403_0001);
    assert_eq!(device.writes()[..], [(0xd0, 1), (0xd2, 2)]);
}

#[test]
fn a_dvsec_of_its_own() {
    let shown = "emulate ext dvsec(vendor: 0xfffe, id: 0x42) @ 0x600 len 0x14 { u32 @ 0x0c = 0x00c0_ffee ro; }";
    let database = tables("own", shown);
    let config = on(endpoint(), &database, &PASID);
    assert_eq!(bytes(&config, 0x600), [0x23, 0, 1, 0x80]);
    assert_eq!((dword(&config, 0x604), dword(&config, 0x608)), (0x0140_fffe, 0x42));
    assert_eq!((dword(&config, 0x60c), dword(&config, 0x610)), (0x00c0_ffee, 0));
}
