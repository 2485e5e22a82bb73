//! The guest's view: virtual configurations served to an unmodified Linux, which finds PASID where it was placed and enables it.
//!
//! That PASID has a width says little: Linux says so of a device in which it never enables PASID. What counts is what it wrote
//! to control, what it says that it enabled, and that it warned of nothing.

use quirk_live_protocol::{Command, DATABASE, Opened, Pasid, Way};
use quirk_map::list;
use quirk_runtime::capability::Space;
use quirk_runtime::overlay::{AtsControl, PasidControl};
use quirk_runtime::{Effect, Function, HostPasid, Identity, Policy};

use crate::bench::Bench;
use crate::failure::{Failure, ensure, equal};
use crate::free_space::Dvsec;
use crate::guest::Guest;
use crate::image::{EXPRESS, Image};
use crate::server::{Attachment, Virtual};

const HOST: HostPasid = HostPasid::new(20).with_execute(true).with_privileged(true);

/// What a device's guest must find.
struct Expected {
    offset: u16,
    /// The lines of lspci.
    lines: [&'static str; 3],
    pasid: Pasid,
}

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let free = serve(bench, "free", &Image::with_pasid(0x0101))?;
    let native = serve(bench, "native", &Image::with_pasid(0x0102))?;
    let mut told = Image::with_pasid(0x0203);
    Dvsec { at: 0x400, length: 0x100, id: 0x0001, form: 1, entries: Vec::new() }.put(&mut told);
    let told = serve(bench, "told-by-a-dvsec", &told)?;
    let mut guest = bench.boot(&[&free.socket, &native.socket, &told.socket])?;
    let in_free_space = Expected {
        offset: 0x400,
        lines: [
            "Capabilities: [400 v1] Process Address Space ID (PASID)",
            "PASIDCap: Exec+ Priv-, Max PASID Width: 10",
            "PASIDCtl: Enable+ Exec+ Priv-",
        ],
        pasid: Pasid { width: 16, execute: true, privileged: false, ats_not_supported: false },
    };
    compare(bench, &mut guest, "0000:01:00.0", &free, &in_free_space)?;
    let in_native_slot = Expected {
        offset: 0x210,
        lines: [
            "Capabilities: [210 v1] Process Address Space ID (PASID)",
            "PASIDCap: Exec+ Priv+, Max PASID Width: 14",
            "PASIDCtl: Enable+ Exec+ Priv+",
        ],
        pasid: Pasid { width: 20, execute: true, privileged: true, ats_not_supported: false },
    };
    compare(bench, &mut guest, "0000:02:00.0", &native, &in_native_slot)?;
    // The device's DVSEC made room: it is in the guest's list no more.
    let told_free = Expected {
        offset: 0x400,
        lines: [
            "Capabilities: [400 v1] Process Address Space ID (PASID)",
            in_native_slot.lines[1],
            in_native_slot.lines[2],
        ],
        ..in_native_slot
    };
    compare(bench, &mut guest, "0000:03:00.0", &told, &told_free)?;
    guest.quit()?;
    without_prefixes(bench)
}

/// The counter-proof: in a device without End-End TLP Prefix, Linux does not enable PASID, and everything above says so.
fn without_prefixes(bench: &Bench<'_>) -> Result<(), Failure> {
    let mut image = Image::with_pasid(0x0101);
    image.put32(EXPRESS + 0x24, 0);
    let device = serve(bench, "without-prefixes", &image)?;
    let mut guest = bench.boot(&[&device.socket])?;
    let address = "0000:01:00.0";
    let lines = pasid_lines(&mut guest, address)?;
    equal("control without prefixes", &lines.get(2).map(String::as_str), &Some("PASIDCtl: Enable- Exec- Priv-"))?;
    let facts = facts(&mut guest, address)?;
    bench.note(&format!("without End-End TLP Prefix: {}; {}", lines.join(" | "), in_words(facts)));
    let capable = Pasid { width: 16, execute: false, privileged: false, ats_not_supported: false };
    equal("PASID without prefixes", &facts, &Some(capable))?;
    let enabled = device.effects().iter().any(|effect| matches!(effect, Effect::PasidControl(_)));
    ensure(!enabled, || "PASID control was written without prefixes".into())?;
    let (_, console) = guest.power_off()?;
    ensure(console.contains("WARNING") && console.contains("iommufd_get_hw_info"), || {
        "the kernel did not warn of a width without PASID; then the absence of its warning proves nothing".into()
    })
}

fn serve(bench: &Bench<'_>, label: &str, image: &Image) -> Result<Virtual, Failure> {
    let mut shown = image.shown()?;
    // The host's kernel has enabled PASID in the device.
    shown.put16(0x216, 0b111);
    let header = shown.bytes().first_chunk().ok_or_else(|| Failure::new("no header"))?;
    let identity = Identity::from_header(header).with_function(Function::Physical);
    let attachment = Attachment { databases: &[DATABASE], identity, host: Some(HOST), policy: Policy::DEFAULT };
    bench.serve_virtual(label, &shown, &attachment)
}

fn compare(
    bench: &Bench<'_>,
    guest: &mut Guest,
    address: &str,
    device: &Virtual,
    expected: &Expected,
) -> Result<(), Failure> {
    let placed = device.proxy.config().decision().placement.map(|placement| placement.offset);
    equal("placement", &placed, &Some(expected.offset))?;
    let lines = pasid_lines(guest, address)?;
    let facts = facts(guest, address)?;
    bench.note(&format!("{}; {}", lines.join(" | "), in_words(facts)));
    equal("lspci", &lines, &expected.lines.map(str::to_owned).to_vec())?;
    equal("PASID", &facts, &Some(expected.pasid))?;

    // The list that Linux followed is ours, but for what QEMU takes out of any list.
    let ours = list(&*device.proxy.config(), Space::Extended).map_err(|error| Failure::new(error.to_string()))?;
    let ours: Vec<_> = ours.iter().map(|(capability, _)| capability.offset).collect();
    let listed = guest.ask::<String>(&Command::Shell(format!("lspci -vvs {address}")))?;
    let mut theirs: Vec<_> = crate::view::listed_by_lspci(&listed).into_iter().filter(|&at| at >= 0x100).collect();
    theirs.sort_by_key(|at| ours.iter().position(|ours| ours == at));
    equal("extended capabilities", &theirs, &ours)?;

    let effects = device.effects();
    let pasid = &expected.pasid;
    let enable = PasidControl::from_bits(1 | u16::from(pasid.execute) << 1 | u16::from(pasid.privileged) << 2);
    let enabled = effects.iter().position(|effect| *effect == Effect::PasidControl(enable));
    let translated =
        effects.iter().position(|effect| matches!(effect, Effect::AtsControl(AtsControl { enable: true, .. })));
    ensure(enabled.is_some() && translated.is_some() && enabled < translated, || {
        format!("expected PASID and then ATS to be enabled, the effects are {effects:?}")
    })?;
    let touched = device.record().writes.into_iter().find(|write| {
        let end = write.offset + write.data.len();
        [0x206..0x208, 0x210..0x218, 0x222..0x226, 0x400..0x408]
            .iter()
            .any(|range| write.offset < range.end && range.start < end)
    });
    ensure(touched.is_none(), || format!("what is emulated or hidden was written in the device: {touched:x?}"))
}

/// What lspci prints of the PASID capability: the header and both registers.
fn pasid_lines(guest: &mut Guest, address: &str) -> Result<Vec<String>, Failure> {
    let text = guest.ask::<String>(&Command::Shell(format!("lspci -vvvs {address}")))?;
    let lines = text.lines().map(str::trim).filter(|line| line.contains("(PASID)") || line.starts_with("PASIDC"));
    Ok(lines.map(str::to_owned).collect())
}

/// What `IOMMU_GET_HW_INFO` says.
fn facts(guest: &mut Guest, address: &str) -> Result<Option<Pasid>, Failure> {
    guest.ask::<()>(&Command::Bind { address: address.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: address.into(), way: Way::Iommufd })?;
    guest.ask(&Command::Pasid(address.into()))
}

fn in_words(facts: Option<Pasid>) -> String {
    let Some(Pasid { width, execute, privileged, ats_not_supported }) = facts else {
        return "IOMMU_GET_HW_INFO: no PASID".into();
    };
    let bits = u32::from(execute) << 1 | u32::from(privileged) << 2 | u32::from(ats_not_supported) << 3;
    format!("IOMMU_GET_HW_INFO: out_max_pasid_log2 {width}, PASID and ATS bits of out_capabilities {bits:#x}")
}
