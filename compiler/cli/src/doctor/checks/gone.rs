//! A function that does not answer: powered down (D3cold), off the bus, or not back from a reset. Linux reads all ones of it,
//! and finds no capability (`pci_setup_device`, `drivers/pci/probe.c`). Nothing else can be known then.

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::Patient;

pub(super) const ABOUT: About = About {
    code: "answers",
    side: Side::Guest,
    concerns: Want::ALL,
    reads: "all of the header",
    must: "the function answers",
    linux: "`pci_setup_device` (`drivers/pci/probe.c`) knows no header of type 7f",
    failing: Some(Example::guest(&[(0x000, u32::MAX), (0x00c, u32::MAX)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, all: &[&About]) -> Vec<Check> {
    let bytes = patient.subject.record.original();
    let message = if bytes.iter().all(|byte| *byte == 0xff) {
        "the function does not answer: every byte reads ff"
    } else {
        "the function does not answer: its header reads ff"
    };
    let gone = ABOUT.problem(message).register(Register::read(&patient.shown, "Header Type", 0x0e, 0, 7)).cure(
        Component::Device,
        "wake it, reset it or plug it in again: it is in D3cold, off the bus, or hangs in a reset",
    );
    let others = all.iter().filter(|about| about.code != ABOUT.code && about.code != "vfio-denylist");
    let unknown = others.map(|about| about.unknown("not known of a function that does not answer"));
    std::iter::once(gone).chain(unknown).collect()
}
