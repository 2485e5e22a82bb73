//! ATS of a virtual function works with the page size of its physical function's alone (`pci_prepare_ats`,
//! `drivers/pci/ats.c`: -EINVAL otherwise).

use quirk_runtime::Function;
use quirk_runtime::capability::{ATS, Space};

use crate::doctor::about::About;
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Patient, capability};

pub(super) const ABOUT: About = About {
    code: "ats-page-size",
    side: Side::Host,
    concerns: &[Want::Ats, Want::Pri],
    reads: "ATS Control (+ 0x06), bits 4:0, of the physical function",
    must: "of a virtual function: the physical one has the page size of the IOMMU, 4096 bytes on x86",
    linux: "`pci_prepare_ats` (`drivers/pci/ats.c`) refuses a virtual function with another size than its physical one's",
    failing: None,
    passing: None,
};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    if patient.subject.identity.function != Function::Virtual {
        return Vec::new();
    }
    let Some((physical, image)) = patient.physical.as_ref().and_then(|it| Some((it, it.image.as_ref().ok()?))) else {
        let cure = "look at ATS Control, bits 4:0, of the physical function: 0 is 4096 bytes";
        let unknown =
            ABOUT.unknown("ATS of a virtual function has the page size of its physical function, which is not known");
        return vec![unknown.cure(Component::HostKernel, cure)];
    };
    let check = match capability(image, Space::Extended, ATS) {
        None => ABOUT
            .problem("the physical function has no ATS, so that this one has none")
            .register(Register::read(image, "first extended header", 0x100, 0, 31))
            .cure(Component::Device, "none: the guest must do without"),
        Some(at) => {
            let size = Register::read(image, "ATS Control", at + 6, 0, 4);
            let message = format!("the physical function translates pages of {} bytes", 4096_u64 << size.value);
            let check = if size.value == 0 { ABOUT.ok(message) } else { ABOUT.unknown(message) };
            check.register(size)
        }
    };
    vec![check.of(&physical.address)]
}
