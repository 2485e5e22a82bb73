//! `quirkc plan --format qemu` and `libvirt`: what is given to QEMU, and what is refused with which reason.

use crate::fixture::{Folder, Run, Space, quirkc};

/// A description of what the fixture makes, with this in it.
fn description(body: &str) -> String {
    format!(
        "edition 1;\n\
         device mover {{\n    name \"Example Mover\";\n    match pci(0xfffe, 0x1001);\n{body}}}\n"
    )
}

const FREE: &str = "    free @ 0x400..0x480 { evidence datasheet \"EX-1001\"; }\n    pasid { place free; }\n";

/// Plans a function that is described so.
fn plan(space: &Space, body: &str, args: &[&str]) -> Run {
    let folder = Folder::new();
    let dump = folder.file("dump", space.text("65:00.0"));
    let quirk = folder.file("mover.quirk", description(body));
    let with_quirk = ["--quirks", quirk.to_str().unwrap()];
    let described: &[&str] = if body.is_empty() { &[] } else { &with_quirk };
    quirkc(&[&["plan", "--config", dump.to_str().unwrap()], described, args].concat())
}

fn ascending() -> Space {
    Space::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x240, 0x13)])
}

/// The list of a GP108M: 0x128 follows a pointer that leads backward.
fn backward() -> Space {
    Space::endpoint(&[(0x100, 0x03), (0x250, 0x18), (0x258, 0x0e), (0x128, 0x04), (0x420, 0x0f)])
}

/// Refused: nothing for QEMU, exit code 1, this sentence, and a way out.
#[track_caller]
fn refused(run: &Run, sentence: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, &*format!("refused: 0000:65:00.0: {sentence}")), "{}", run.stderr);
    assert!(lines[1].strip_prefix("  = help: ").is_some_and(|help| help.len() > 20), "{}", run.stderr);
}

#[test]
fn a_vouched_offset_is_given_to_qemu() {
    let run = plan(&ascending(), FREE, &["--format", "qemu"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (
            0,
            "-object iommufd,id=iommufd0\n\
             -device intel-iommu,scalable-mode=on,fsts=on,pasid-bits=20,device-iotlb=on,svm=on\n\
             -device vfio-pci,host=0000:65:00.0,iommufd=iommufd0,x-vpasid-cap-offset=0x400\n"
        )
    );
    assert!(run.stderr.contains("on iommufd that is behind a vIOMMU with PASID"), "{}", run.stderr);
    assert!(run.stderr.contains("it adds none and says nothing"), "{}", run.stderr);
}

#[test]
fn a_vouched_offset_is_given_to_libvirt() {
    let run = plan(&ascending(), FREE, &["--format", "libvirt"]);
    let expected = "\
<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <iommufd enabled='yes'/>
  <devices>
    <iommu model='intel'>
      <alias name='ua-viommu'/>
    </iommu>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <driver name='vfio' iommufd='yes'/>
      <source>
        <address domain='0x0000' bus='0x65' slot='0x00' function='0x0'/>
      </source>
      <alias name='ua-vpasid-0000-65-00-0'/>
    </hostdev>
  </devices>
  <qemu:override>
    <qemu:device alias='ua-viommu'>
      <qemu:frontend>
        <qemu:property name='scalable-mode' type='bool' value='true'/>
        <qemu:property name='fsts' type='bool' value='true'/>
        <qemu:property name='pasid-bits' type='unsigned' value='20'/>
        <qemu:property name='device-iotlb' type='bool' value='true'/>
        <qemu:property name='svm' type='bool' value='true'/>
      </qemu:frontend>
    </qemu:device>
    <qemu:device alias='ua-vpasid-0000-65-00-0'>
      <qemu:frontend>
        <qemu:property name='x-vpasid-cap-offset' type='unsigned' value='1024'/>
      </qemu:frontend>
    </qemu:device>
  </qemu:override>
</domain>
";
    assert_eq!((run.code, run.stdout.as_str()), (0, expected));
    assert!(run.stderr.contains("merge the elements into the domain"), "{}", run.stderr);
}

#[test]
fn without_a_description_nothing_is_given_even_where_the_operator_says_so() {
    refused(&plan(&ascending(), "", &["--format", "qemu"]), "no offset is known to be safe");
    refused(
        &plan(&ascending(), "", &["--format", "qemu", "--offset", "0x400"]),
        "no description declares the 8 bytes at 0x400 free, and QEMU sends the guest's writes on to them",
    );
    refused(
        &plan(&ascending(), FREE, &["--format", "libvirt", "--offset", "0x47c"]),
        "no description declares the 8 bytes at 0x47c free, and QEMU sends the guest's writes on to them",
    );
}

#[test]
fn the_operators_offset_is_given_where_it_is_vouched_for() {
    let run = plan(&ascending(), FREE, &["--format", "qemu", "--offset", "0x440"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("x-vpasid-cap-offset=0x440\n"), "{}", run.stdout);
}

#[test]
fn evidence_of_a_driver_counts_and_less_does_not() {
    let body =
        |evidence: &str| format!("    free @ 0x400..0x480 {{ evidence {evidence}; }}\n    pasid {{ place free; }}\n");
    for evidence in ["datasheet \"EX-1001\"", "vendor \"a mail\"", "driver \"drivers/x/y.c EXAMPLE\""] {
        assert_eq!(plan(&ascending(), &body(evidence), &["--format", "qemu"]).code, 0, "{evidence}");
    }
    // Less is no description at all.
    assert_eq!(plan(&ascending(), &body("probe \"written and read back\""), &["--format", "qemu"]).code, 2);
}

#[test]
fn the_functions_own_slot_is_never_given() {
    let mut space = Space::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x230, 0x1b), (0x240, 0x13)]);
    space.set(0x234, 0x0001_1400);
    let body = "    layout { ext pasid @ 0x230; }\n    pasid { place native; }\n";
    let sentence = "0x230 is the function's own PASID capability: QEMU sends the guest's writes on to it, and the guest would \
                    switch the physical enable bit";
    refused(&plan(&space, body, &["--format", "qemu"]), sentence);
}

#[test]
fn four_bytes_before_a_header_is_refused_and_qemu_would_overwrite_it() {
    let sentence = "no offset is known to be safe: covers the header of ext ats at 0x200; given 0x1fc, QEMU 11 would write \
                    over the header at 0x200, and everything from there on would be lost";
    refused(&plan(&ascending(), FREE, &["--format", "qemu", "--offset", "0x1fc"]), sentence);
}

#[test]
fn behind_a_backward_pointer_is_refused_and_qemu_would_link_a_circle() {
    let sentence = "no offset is known to be safe: covers the header of ext power at 0x128; given 0x128, QEMU 11 would write \
                    over the header at 0x128, which it does not see after a pointer that leads backward, and link the list \
                    in a circle";
    refused(&plan(&backward(), "", &["--format", "qemu", "--offset", "0x128"]), sentence);
    // Our own overlay goes after the last capability, and QEMU's own way keeps the list there too.
    let body = FREE.replace("0x400..0x480", "0x600..0x700");
    let run = plan(&backward(), &body, &["--format", "qemu"]);
    assert!(run.stdout.contains("x-vpasid-cap-offset=0x600\n"), "{}", run.stderr);
}

#[test]
fn inside_a_body_is_refused_and_qemu_would_take_it() {
    let sentence = "no offset is known to be safe: in the body of ext pri at 0x240; given 0x248, QEMU 11 would take it \
                    unchecked and keep the list";
    refused(&plan(&ascending(), FREE, &["--format", "qemu", "--offset", "0x248"]), sentence);
}

#[test]
fn where_nothing_is_shown_qemu_adds_nothing() {
    let hidden_only = Space::endpoint(&[(0x100, 0x1e)]);
    let sentence =
        "given 0x400, QEMU 11 adds PASID to no function that shows no extended capability, wherever it is told to";
    refused(&plan(&hidden_only, FREE, &["--format", "qemu"]), sentence);
    let json = plan(&hidden_only, FREE, &["--format", "json", "--pasid", "20"]);
    assert!(json.stdout.contains("\"offset\": 1024"), "the runtime places it: {}", json.stdout);
}

#[test]
fn a_list_in_a_circle_would_hang_qemu() {
    let mut space = ascending();
    space.set(0x240, 0x1001_0013);
    let run = plan(&space, FREE, &["--format", "qemu"]);
    refused(&run, "given 0x400, QEMU 11 would not come to an end: the device's own list leads in a circle");
}

#[test]
fn what_looks_like_a_header_is_never_given() {
    let mut space = ascending();
    // Next 0: a header that nobody linked.
    space.set(0x440, 0x0001_0003);
    let run = plan(&space, FREE, &["--format", "qemu", "--offset", "0x440"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("covers what looks like a hidden ext dsn at 0x440"), "{}", run.stderr);
}

#[test]
fn a_description_that_the_device_contradicts_vouches_for_nothing() {
    let body = format!("    layout {{ ext aer @ 0x300; }}\n{FREE}");
    let run = plan(&ascending(), &body, &["--format", "qemu", "--offset", "0x400"]);
    refused(&run, "the device contradicts the description that declares the 8 bytes at 0x400 free");
    let run = plan(&ascending(), &body, &["--format", "qemu"]);
    refused(&run, "no offset is known to be safe: the entry declares ext aer at 0x300, and the device has none there");
}

#[test]
fn a_capability_that_the_device_shows_stays() {
    let mut space = Space::endpoint(&[(0x100, 0x03), (0x230, 0x1b)]);
    space.set(0x234, 0x1400);
    let run = plan(&space, "", &["--format", "qemu", "--view", "raw"]);
    refused(&run, "the device shows PASID at 0x230 itself, and QEMU adds no second one");
}

#[test]
fn of_several_functions_each_has_its_line() {
    let folder = Folder::new();
    let other = Space::endpoint(&[]);
    let dump = folder.file("dump", [ascending().text("65:00.0"), other.text("0001:66:00.1")].concat());
    let quirk = folder.file("mover.quirk", description(FREE));
    let args = ["plan", "--config", dump.to_str().unwrap(), "--quirks", quirk.to_str().unwrap(), "--format"];
    for format in ["qemu", "libvirt"] {
        let run = quirkc(&[&args[..], &[format]].concat());
        assert_eq!(run.code, 1, "one of two was refused");
        assert!(run.stderr.contains("refused: 0001:66:00.1: "), "{}", run.stderr);
        assert_eq!(run.stdout.matches("x-vpasid-cap-offset").count(), 1, "{}", run.stdout);
    }
}

#[test]
fn a_dump_without_an_address_cannot_be_given_to_qemu() {
    let folder = Folder::new();
    let dump = folder.file("dump", &ascending().0);
    let quirk = folder.file("mover.quirk", description(FREE));
    let args = ["--quirks", quirk.to_str().unwrap(), "--format", "qemu"];
    let run = quirkc(&[&["plan", "--config", dump.to_str().unwrap()], &args[..]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.starts_with("error: the dump does not say which function it is\n"), "{}", run.stderr);
}

#[test]
fn a_permission_that_the_description_denies_is_not_shown_by_qemu() {
    let denies = |permission: &str| {
        format!(
            "    free @ 0x400..0x480 {{ evidence datasheet \"EX-1001\"; }}\n    pasid {{ place free; {permission} deny; }}\n"
        )
    };
    for (permission, title, without) in
        [("execute", "Execute Permission", "20,priv"), ("privileged", "Privileged Mode", "20,exec")]
    {
        let body = denies(permission);
        let sentence = format!("the description keeps {title} from the guest, and QEMU shows what the host has");
        refused(&plan(&ascending(), &body, &["--format", "qemu"]), &sentence);
        refused(&plan(&ascending(), &body, &["--format", "libvirt", "--pasid", "20,exec,priv"]), &sentence);
        let run = plan(&ascending(), &body, &["--format", "qemu", "--pasid", without]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

#[test]
fn layers_that_qemu_does_not_apply_are_named() {
    let layers = "}\nlayer shown {\n    default on;\n    match pci(0xfffe, 0x1001);\n    emulate u8 @ 0xf0 = 1 ro;\n}\n\
                  layer asked_for {\n    match pci(0xfffe, 0x1001);\n    emulate u8 @ 0xf1 = 1 ro;\n";
    let body = format!("{FREE}{layers}");
    let run = plan(&ascending(), &body, &["--format", "qemu"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.starts_with("note: 0000:65:00.0: QEMU applies no layer; not applied: `shown`\n"),
        "{}",
        run.stderr
    );
    let run = plan(&ascending(), &body, &["--format", "qemu", "--without-layer", "shown"]);
    assert!(run.code == 0 && !run.stderr.contains("applies no layer"), "{}", run.stderr);
}
