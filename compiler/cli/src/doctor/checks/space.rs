//! PASID, ATS and PRI are extended capabilities: without extended space there is none of them. Linux reads it where there is a
//! PCI Express capability and a way to it (`pci_cfg_space_size`, `drivers/pci/probe.c`).

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient, pcie};
use crate::doctor::vmm::Vmm;

/// The type of a legacy endpoint.
const LEGACY: u32 = 1;

pub(super) const ABOUT: About = About {
    code: "extended-space",
    side: Side::Guest,
    concerns: Want::ALL,
    reads: "Capabilities Pointer at 0x34; the first extended header at 0x100",
    must: "4096 bytes of configuration space and a PCI Express capability",
    linux: "`pci_cfg_space_size` (`drivers/pci/probe.c`) gives a function without PCI Express 256 bytes; QEMU drops the \
            capability of a legacy endpoint on the root bus",
    failing: Some(
        Example::guest(&[(0x050, 0x0012_0010)])
            .with("--view raw --vmm qemu --bus root --viommu intel,pasid=20,ats,pri"),
    ),
    passing: Some(Example::guest(&[(0x050, 0x0012_0010)])),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    vec![space(patient, guest)]
}

fn space(patient: &Patient<'_>, guest: &Guest) -> Check {
    let pointer = || Register::read(&patient.shown, "Capabilities Pointer", 0x34, 0, 7);
    let again = "record it again with `lspci -xxxx` as root";
    if patient.shown.bytes().len() == 64 {
        return match patient.subject.cut_off() {
            Some(_) => ABOUT.unknown("only the header was recorded").cure(Component::Record, again),
            None => ABOUT
                .unknown("only the header is known")
                .cure(Component::Record, "read it again with CAP_SYS_ADMIN (`lspci -xxxx` as root)"),
        };
    }
    if pcie(&patient.shown).is_none() {
        let message = "there is no PCI Express capability, so no guest looks for extended ones";
        return ABOUT
            .problem(message)
            .register(pointer())
            .cure(Component::Device, "none: it is a conventional function");
    }
    if let Some(size) = patient.subject.cut_off() {
        let message = format!("{size} bytes were recorded (`lspci -xxx`) of a function that may have 4096");
        return ABOUT.unknown(message).cure(Component::Record, again);
    }
    if patient.shown.bytes().len() == 256 {
        return ABOUT
            .problem("there are 256 bytes of configuration space, and no extended capabilities")
            .register(pointer())
            .cure(
                Component::Firmware,
                "if the device has more, the host cannot reach it: look for MMCONFIG (ECAM) in the host's log",
            );
    }
    if guest.pcie().is_none() {
        let message =
            "QEMU drops the PCI Express capability of a legacy endpoint on the root bus, and extended space with it";
        return ABOUT.problem(message).register(pointer()).cure(
            Component::Vmm,
            "attach it behind a port: `-device pcie-root-port,id=port0` and `bus=port0` of the device",
        );
    }
    if let Some(kind) = would_be_dropped(guest) {
        let message = "a legacy endpoint, of which QEMU drops the PCI Express capability on the root bus";
        return ABOUT.unknown(message).register(kind).cure(
            Component::Vmm,
            "attach it behind an emulated root port, and say so with `--bus port:pcie-root-port`",
        );
    }
    let first = Register::read(&guest.image, "first extended header", 0x100, 0, 31);
    let check = match first.value {
        u32::MAX => ABOUT
            .problem("extended space does not answer")
            .cure(Component::Firmware, "the host cannot reach it: look for MMCONFIG (ECAM) in the host's log"),
        _ => ABOUT.ok("there are 4096 bytes of configuration space"),
    };
    check.register(first)
}

/// The type of a legacy endpoint that QEMU attaches nobody said where.
fn would_be_dropped(guest: &Guest) -> Option<Register> {
    let pcie = guest.pcie().filter(|_| guest.vmm == Vmm::Qemu && guest.bus.is_none())?;
    let kind = Register::read(&guest.image, "PCI Express Capabilities", pcie + 2, 4, 7);
    (kind.value == LEGACY).then_some(kind)
}
