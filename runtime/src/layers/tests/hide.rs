//! Hiding: both lists around it, and what is left of the body.

use super::*;

fn hiding(kinds: &[&str]) -> Vec<u8> {
    x(&kinds.iter().map(|kind| format!("hide {kind};")).collect::<String>())
}

#[test]
fn the_list_leads_around_and_the_body_reads_0() {
    let mut device = endpoint();
    device.set(0x204, 0x8000_0020);
    let database = hiding(&["ext ats"]);
    let mut config = on(&device, &database, &EMPTY);
    assert_eq!(list(&config, Space::Extended), [(0x100, 0x03), (0x150, 0x0e)]);
    assert_eq!(bytes(&config, 0x200), [0; 8]);
    write(&mut config, 0x200, &[0xff; 8]);
    assert!(device.writes().is_empty());
    assert!(config.decision().placement.is_none());
    write(&mut config, 0x208, &[0xff; 4]);
    assert_eq!(device.writes()[..], [(0x208, 4)], "after it the device goes on");
}

#[test]
fn hiding_what_is_not_there_is_nothing() {
    let device = endpoint();
    let database = hiding(&["ext rebar", "ext sriov"]);
    let config = on(&device, &database, &EMPTY);
    assert_eq!((verdicts(&config), findings(&config).len()), (std::vec![("x", "applied")], 0));
    assert_eq!(view(&config), device.image().bytes());
}

#[test]
fn the_first_extended_capability_leaves_an_anchor() {
    let database = hiding(&["ext dsn"]);
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!(list(&config, Space::Extended), [(0x100, 0), (0x200, 0x0f), (0x150, 0x0e)]);
    assert_eq!(bytes(&config, 0x100), [0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0]);
    let database = hiding(&["ext dsn", "ext ats", "ext ari"]);
    let config = on(endpoint(), &database, &PASID);
    assert_eq!(list(&config, Space::Extended), [(0x100, 0), (0x800, 0x1b)]);
    let config = on(endpoint(), &database, &EMPTY);
    assert_eq!((list(&config, Space::Extended), dword(&config, 0x100)), (std::vec![], 0));
}

#[test]
fn a_computed_length_is_blanked_whole() {
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x23), (0x300, 0x23)]);
    for (at, vendor) in [(0x200, 0xfffe), (0x300, 0xfffd)] {
        device.set(at + 4, 0x0400_0000 | vendor);
        device.set(at + 8, 0x1111_0007);
        device.set(at + 0x3c, 0x2222_2222);
        device.set(at + 0x40, 0x3333_3333);
    }
    let one = hiding(&["ext dvsec(vendor: 0xfffd, id: 7)"]);
    let config = on(&device, &one, &EMPTY);
    assert_eq!(list(&config, Space::Extended), [(0x100, 0x03), (0x200, 0x23)]);
    assert_eq!(bytes(&config, 0x300), [0; 0x40]);
    assert_eq!((dword(&config, 0x340), dword(&config, 0x23c)), (0x3333_3333, 0x2222_2222));
    let nothing = hiding(&["ext dvsec(vendor: 0xfffd, id: 7) @ 0x200"]);
    assert_eq!(list(&on(&device, &nothing, &EMPTY), Space::Extended).len(), 3);
}

#[test]
fn the_conventional_list_is_relinked_through_its_pointer() {
    let device = endpoint();
    let database = hiding(&["cap vendor"]);
    let config = on(&device, &database, &EMPTY);
    assert_eq!(list(&config, Space::Conventional), [(0x40, 0x10)]);
    assert_eq!(bytes(&config, 0x90), [0; 0x14]);
    let database = hiding(&["cap pcie"]);
    let config = on(&device, &database, &PASID);
    assert_eq!(list(&config, Space::Conventional), [(0x90, 9)]);
    assert_eq!(bytes(&config, 0x34), [0x90]);
    assert_eq!(config.decision().candidates[1].reason.code(), "no-extended-space", "no PCI Express, no extended list");
    let database = hiding(&["cap pcie", "cap vendor"]);
    let config = on(&device, &database, &EMPTY);
    assert_eq!((list(&config, Space::Conventional), bytes(&config, 0x34)), (std::vec![], [0]));
    assert_eq!(bytes::<_, 1>(&config, 6)[0] & 0x10, 0, "the status bit says that there is no list");
}

#[test]
fn what_is_hidden_is_no_anchor_and_no_place() {
    let device = endpoint();
    let database = x("hide ext ats; emulate u16 @ ext ats + 6 = 0 rw;");
    assert_eq!(verdicts(&on(&device, &database, &EMPTY)), [("x", "anchor-absent")]);
    let database = hiding(&["ext ats"]);
    let config = on(&device, &database, &Policy { operator: Operator::Offset(0x200), ..EMPTY });
    assert_eq!(config.decision().candidates[1].reason.code(), "capability-header");
}

#[test]
fn a_visible_pasid_can_be_hidden_and_placed_elsewhere() {
    let device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x1b)]);
    assert_eq!(attach(&device, &[], &PASID).decision().placement.map(|placed| placed.offset), Some(0x200));
    let database = hiding(&["ext pasid"]);
    let config = on(&device, &database, &PASID);
    assert_eq!(list(&config, Space::Extended), [(0x100, 0x03), (0x800, 0x1b)]);
}

#[test]
fn something_is_put_into_a_list_that_is_empty_or_emptied() {
    let vendor = "emulate cap vendor @ 0xc8 len 8;";
    let mut device = endpoint();
    device.set(0x04, 0);
    let database = x(vendor);
    let config = on(&device, &database, &EMPTY);
    assert_eq!((list(&config, Space::Conventional), bytes::<_, 1>(&config, 6)[0] & 0x10), (std::vec![(0xc8, 9)], 0x10));
    let database = x(&format!("{vendor} hide cap vendor; hide cap pcie;"));
    assert_eq!(list(&on(endpoint(), &database, &EMPTY), Space::Conventional), [(0xc8, 9)]);
}

#[test]
fn an_empty_extended_list_gets_an_anchor_or_the_capability_at_its_head() {
    let device = Recorder::endpoint(&[]);
    let database = x("emulate ext dsn @ [0x104, 0x300];");
    assert_eq!(list(&on(&device, &database, &PASID), Space::Extended), [(0x100, 0), (0x300, 3), (0x800, 0x1b)]);
    // Declared free, the head can be taken, also by what comes second.
    let entry = quirk_kit::only("free @ 0x100..0x400 { evidence vendor \"x\"; } pasid { place @ 0x200; }");
    let database = unchecked(&(entry + &layer("x", "emulate ext dsn @ 0x300; emulate ext dsn @ 0x100;")));
    assert_eq!(list(&on(&device, &database, &EMPTY), Space::Extended), [(0x100, 3), (0x300, 3), (0x200, 0x1b)]);
}

#[test]
fn the_kernels_anchor_leads_on_where_unassigned_bytes_read_0() {
    let mut device = Recorder::endpoint(&[(0x100, 0), (0x200, 0x0f)]);
    device.set(0x100, 0x2000_0000);
    device.set(0x104, 0x0003_1402);
    let hidden = [crate::Hidden { id: 0x1b, version: 1, offset: 0x100, length: 8 }];
    let database = x("unassigned deny;");
    let policy = Policy { native: crate::Native::Never, confirmed: &hidden, ..EMPTY };
    let mut config = on(&device, &database, &policy);
    assert_eq!(list(&config, Space::Extended), [(0x100, 0), (0x200, 0x0f)]);
    assert_eq!(dword(&config, 0x104), 0, "the body is shielded");
    write(&mut config, 0x104, &[0; 4]);
    assert!(device.writes().is_empty());
    // What the kernel hides is not there to be hidden.
    let database = hiding(&["ext pasid"]);
    let config = on(&device, &database, &policy);
    assert_eq!(view(&config), device.image().bytes());
}

#[test]
fn a_hidden_capability_at_the_head_still_leads_on() {
    let hide = ranked("hide", 0, "hide ext dsn;");
    let database = unchecked(&(hide + &ranked("x", 1, "emulate u32 @ 0x100 = 0x1234_5678 ro;")));
    let config = on(endpoint(), &database, &PASID);
    assert_eq!(verdicts(&config), [("hide", "applied"), ("x", "list-owned")]);
    assert_eq!(list(&config, Space::Extended), [(0x100, 0), (0x200, 0x0f), (0x150, 0x0e), (0x800, 0x1b)]);
}

#[test]
fn of_two_visible_pasid_capabilities_the_other_stays() {
    let device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x1b), (0x300, 0x1b)]);
    let database = hiding(&["ext pasid @ 0x200"]);
    let config = on(&device, &database, &PASID);
    assert_eq!(config.decision().placement.map(|placed| placed.offset), Some(0x300));
    assert_eq!(list(&config, Space::Extended), [(0x100, 0x03), (0x300, 0x1b)]);
}
