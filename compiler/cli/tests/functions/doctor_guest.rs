//! `quirkc doctor`: what the guest's kernel is shown and what it makes of it, by the VMM, the bus and the vIOMMU that are said.

use serde_json::Value;

use crate::fixture::{Folder, Space, quirkc};

/// An endpoint that lacks nothing, as a guest is shown it.
fn shown(edits: &[(u16, u32)]) -> Space {
    let mut space = Space::endpoint(&[(0x100, 0x01), (0x220, 0x0f), (0x230, 0x1b), (0x240, 0x13)]);
    let healthy = [(0x64, 1 << 21), (0x224, 0x20), (0x234, 0x1406), (0x244, 0x8100_0000), (0x248, 64)];
    healthy.iter().chain(edits).for_each(|&(at, dword)| space.set(at, dword));
    space
}

fn look(space: &Space, address: &str, args: &str) -> Value {
    let folder = Folder::new();
    let dump = folder.file("dump", space.text(address));
    let fixed = ["doctor", dump.to_str().unwrap(), "--format", "json"];
    let run = quirkc(&fixed.into_iter().chain(args.split_whitespace()).collect::<Vec<_>>());
    serde_json::from_str(&run.stdout).unwrap()
}

fn guest(edits: &[(u16, u32)], args: &str) -> String {
    let object = look(&shown(edits), "01:00.0", &format!("--view raw {args}"));
    ["pasid", "ats", "pri"].map(|want| object["guest"][want].as_str().unwrap()[..1].to_owned()).concat()
}

fn state(object: &Value, code: &str, side: &str) -> String {
    let all = object["checks"].as_array().unwrap();
    let check = all.iter().find(|check| check["code"] == code && check["side"] == side);
    check.map_or("absent", |check| check["state"].as_str().unwrap()).to_owned()
}

const QEMU: &str = "--vmm qemu --bus port:pcie-root-port --viommu intel,pasid=20,ats,pri";

/// Dwords that are edited, options, and which of PASID, ATS and PRI come up.
type Case = (&'static [(u16, u32)], &'static str, &'static str);

/// What an unmodified Linux 7.3 under QEMU 11.1 was seen to do.
#[test]
fn what_was_measured_is_what_is_said() {
    let cases: [Case; 15] = [
        (&[], QEMU, "yyy"),
        (&[(0x224, 0)], QEMU, "ynn"),
        (&[(0x244, 0x0100_0000)], QEMU, "yyn"),
        (&[(0x64, 0)], QEMU, "nyy"),
        (&[(0x64, 0), (0x244, 0x0100_0000)], QEMU, "nyy"),
        (&[(0x244, 0x8000_0000)], QEMU, "yyn"),
        (&[], "--vmm qemu --bus port:ioh3420 --viommu intel,pasid=20,ats,pri", "nyy"),
        (&[], "--vmm qemu --bus port:xio3130-downstream --viommu intel,pasid=20,ats,pri", "nyy"),
        (&[], "--vmm qemu --bus port:pcie-root-port --viommu intel,pasid=20", "ynn"),
        (&[], "--vmm qemu --bus port:pcie-root-port --viommu intel,pasid=20,ats", "yyn"),
        (&[], "--vmm qemu --bus root --viommu intel,pasid=20,ats,pri", "yyy"),
        (&[(0x40, 0x0012_0010)], "--vmm qemu --bus root --viommu intel,pasid=20,ats,pri", "nnn"),
        (&[(0x234, 0x0106)], QEMU, "yyy"),
        (&[(0x234, 0x0006)], QEMU, "nyy"),
        (&[(0x234, 0x1f06)], QEMU, "nyy"),
    ];
    for (edits, args, expected) in cases {
        assert_eq!(guest(edits, args), expected, "{edits:x?} {args}");
    }
}

#[test]
fn nothing_is_ok_that_depends_on_an_option_nobody_gave() {
    assert_eq!(guest(&[], ""), "uuu");
    assert_eq!(guest(&[], "--vmm qemu --bus port --viommu intel,pasid=20,ats,pri"), "uyy");
    assert_eq!(guest(&[], "--vmm qemu --viommu intel,pasid=20,ats,pri"), "uyy");
    assert_eq!(guest(&[], "--bus root --viommu intel,pasid=20,ats,pri"), "uyy");
    assert_eq!(guest(&[(0x244, 0x0100_0000)], "--vmm qemu --bus port --viommu intel,pasid=20,ats,pri"), "uyu");
    // What holds with every VMM needs none to be said.
    assert_eq!(guest(&[], "--bus port:pcie-root-port --viommu intel,pasid=20,ats,pri"), "yyy");
}

#[test]
fn a_viommu_has_what_its_driver_enables() {
    let with = |viommu: &str| guest(&[], &format!("--vmm qemu --bus port:pcie-root-port --viommu {viommu}"));
    assert_eq!(with("amd,pasid=20,ats,pri"), "nuu");
    assert_eq!(with("virtio,pasid=20,ats,pri"), "nnn");
    assert_eq!(with("smmuv3,pasid=20,ats,pri"), "yyn");
    assert_eq!(with("smmuv3,pasid=20"), "ynn");
    assert_eq!(with("intel,ats,pri"), "nyy");
    // Neither bit is a condition of any driver but VT-d's.
    let smmu = "--vmm qemu --bus port:pcie-root-port --viommu smmuv3,pasid=20,ats,pri";
    assert_eq!(guest(&[(0x224, 0), (0x244, 0x0100_0000)], smmu), "yyn");
}

#[test]
fn the_cure_names_every_option_of_the_viommu() {
    let object = look(&shown(&[]), "01:00.0", "--view raw --vmm qemu --bus port:pcie-root-port --viommu intel");
    for code in ["width", "viommu-ats", "viommu-pri"] {
        let all = object["checks"].as_array().unwrap();
        let check = all.iter().find(|check| check["code"] == code).unwrap();
        assert_eq!((&check["state"], &check["change"]), (&"problem".into(), &"vmm".into()));
        for option in ["-device intel-iommu", "scalable-mode=on", "pasid-bits=", "device-iotlb=on", "svm=on"] {
            assert!(check["cure"].as_str().unwrap().contains(option), "{check:#}");
        }
    }
}

#[test]
fn function_1_and_up_is_one_of_several_whatever_it_says() {
    let mut space = shown(&[]);
    space.set(0x0c, 0);
    let of = |address: &str, args: &str| state(&look(&space, address, args), "function-acs", "host");
    assert_eq!((of("01:00.0", ""), of("01:00.1", "")), ("ok".into(), "problem".into()));
    // The host's own enable is proof, and a virtual function shares it.
    space.set(0x234, 0x0007_1406);
    assert_eq!(state(&look(&space, "01:00.1", ""), "function-acs", "host"), "ok");
    space.set(0x234, 0x0000_1406);
    assert_eq!(state(&look(&space, "01:00.1", "--function-kind virtual"), "function-acs", "host"), "ok");
    // Linux's own table vouches for some, and never takes others to be apart.
    space.set(0x00, 0x10fb_8086);
    assert_eq!(state(&look(&space, "01:00.1", ""), "function-acs", "host"), "ok");
    space.set(0x00, 0x0110_8088);
    assert_eq!(state(&look(&space, "01:00.1", ""), "function-acs", "host"), "problem");
}

#[test]
fn several_functions_in_the_raw_view_are_judged_as_the_guest_sees_them() {
    let of = |edits: &[(u16, u32)], args: &str| {
        state(&look(&shown(edits), "01:00.0", &format!("--view raw {args}")), "function-acs", "guest")
    };
    let several = (0x0c, 0x0080_0000);
    assert_eq!(of(&[several], "--vmm none"), "problem");
    assert_eq!(of(&[several], "--vmm qemu"), "ok");
    assert_eq!(of(&[several], ""), "unknown");
    assert_eq!(of(&[several, (0x240, 0x2601_0013), (0x260, 0x0001_000d), (0x264, 0x14)], "--vmm none"), "ok");
}

#[test]
fn ids_that_linux_lists() {
    let ats = |ids: u32, revision: u32, subsystem: u32| {
        let edits = [(0x00, ids), (0x08, 0x0880_0000 | revision), (0x2c, subsystem)];
        let object = look(&shown(&edits), "01:00.0", &format!("--view raw {QEMU}"));
        state(&object, "ats", "guest")
    };
    assert_eq!(ats(0x731f_1002, 0xca, 0), "problem");
    assert_eq!(ats(0x15d8_1002, 0xcf, 0xcc10_ea50), "problem");
    assert_eq!(ats(0x15d8_1002, 0xcf, 0xcc11_ea50), "ok");
    assert_eq!((ats(0x1451_8086, 0x1f, 0), ats(0x1451_8086, 0x20, 0)), ("problem".into(), "ok".into()));
    // Of engines that only dress up as PCI Express no prefixes are asked.
    let engine = |revision: u32| guest(&[(0x00, 0xa250_19e5), (0x08, 0x0880_0000 | revision), (0x64, 0)], QEMU);
    assert_eq!((engine(0x21), engine(0x22)), ("yyy".into(), "nyy".into()));
    // A CXL device with a cache works with ATS alone.
    let cxl = [(0x240, 0x2601_0013), (0x260, 0x0001_0023), (0x264, 0x0380_1e98), (0x268, 0x0001_0000)];
    let required = |viommu: &str| {
        let args = format!("--view raw --vmm qemu --bus port:pcie-root-port --viommu {viommu}");
        state(&look(&shown(&cxl), "01:00.0", &args), "ats-required", "guest")
    };
    assert_eq!((required("smmuv3,pasid=20"), required("smmuv3,pasid=20,ats")), ("problem".into(), "ok".into()));
    assert_eq!(state(&look(&shown(&[]), "01:00.0", "--view raw"), "ats-required", "guest"), "absent");
}

#[test]
fn capabilities_that_do_not_fit_and_lists_that_do_not_end() {
    let of = |edits: &[(u16, u32)]| {
        let object = look(&shown(edits), "01:00.0", &format!("--view raw {QEMU}"));
        (state(&object, "capability-list", "guest"), state(&object, "capability-fits", "guest"))
    };
    let (ok, problem) = (|| "ok".to_owned(), || "problem".to_owned());
    assert_eq!(of(&[]), (ok(), "absent".into()));
    // PRI whose registers are past the end, ATS inside AER, PRI at the very end.
    assert_eq!(of(&[(0x230, 0xff81_001b), (0xff8, 0x0001_0013), (0xffc, 0x8100_0000)]), (ok(), problem()));
    assert_eq!(of(&[(0x100, 0x1101_0001), (0x110, 0x2301_000f)]), (ok(), problem()));
    assert_eq!(of(&[(0x230, 0xffc1_001b), (0xffc, 0x0001_0013)]), (ok(), problem()));
    // A PASID that is inside another capability, or without registers, is not one to be shown.
    assert_eq!(guest(&[(0x220, 0x1101_000f), (0x110, 0x2401_001b), (0x114, 0x1406)], QEMU), "nyy");
    assert_eq!(guest(&[(0x220, 0xffc1_000f), (0xffc, 0x2401_001b)], QEMU), "nyy");
    assert_eq!(of(&[(0x240, 0x2201_0013)]).0, problem());
    assert_eq!(of(&[(0x240, 0x0401_0013)]).0, problem());
    assert_eq!(of(&[(0x240, 0x3001_0013)]).0, problem());
}

#[test]
fn a_function_that_does_not_answer_is_one_finding() {
    let gone = Space(vec![0xff; 4096]);
    let object = look(&gone, "01:00.0", QEMU);
    assert_eq!((&object["problems"], &object["checks"][0]["code"]), (&1.into(), &"answers".into()));
    let rest = object["checks"].as_array().unwrap()[1..].iter();
    assert!(rest.into_iter().all(|check| check["state"] == "unknown"), "{object:#}");
    let folder = Folder::new();
    let dump = folder.file("dump", gone.text("01:00.0"));
    let run = quirkc(&["doctor", dump.to_str().unwrap()]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("the function does not answer: every byte reads ff"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("unknown").count(), 1, "{}", run.stdout);
}
