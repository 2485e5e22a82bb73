//! Compares what VFIO shows of a device with the runtime's model of it, and lspci's list of capabilities with its walk.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use quirk_live_protocol::{Command, Opened, Way};
use quirk_runtime::capability::Space;
use quirk_runtime::chain::{Capability, Step, Walk};
use quirk_runtime::{ConfigRead, Image as Bytes, Kernel, vfio_view};

use crate::bench::Bench;
use crate::failure::Failure;
use crate::guest::Guest;
use crate::image::Image;

/// Devices in one boot. Each has a slot of the root bus for its port; more than this gain nothing over another boot.
const AT_ONCE: usize = 15;

/// Extended capabilities that QEMU takes out of the list before the guest sees it: null, ARI, SR-IOV.
pub(crate) const DROPPED_BY_QEMU: [u16; 3] = [0x0000, 0x000e, 0x0010];

const INTERRUPT_PIN: usize = 0x3d;

/// Does something with batches of what shares one boot each, two at a time, and fails with all that it finds wrong.
pub(crate) fn in_batches<T: Sync>(
    all: &[T],
    work: impl Fn(&[T], &mut Vec<String>) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
    in_batches_of(AT_ONCE, all, work)
}

/// The same with batches of this size.
pub(crate) fn in_batches_of<T: Sync>(
    size: usize,
    all: &[T],
    work: impl Fn(&[T], &mut Vec<String>) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
    let batches: Vec<_> = all.chunks(size).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(failure) = work(batch, &mut wrong) {
                wrong.push(failure.to_string());
            }
        }
        wrong
    };
    let wrong = thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut wrong = work();
        wrong.extend(other.join().unwrap_or_else(|_| vec!["a thread of the bench died".into()]));
        wrong
    });
    if wrong.is_empty() { Ok(()) } else { Err(Failure::new(wrong.join("\n  "))) }
}

/// Serves the images in a few boots, and compares each.
pub(crate) fn compare_all(bench: &Bench<'_>, images: &[(String, Image)]) -> Result<(), Failure> {
    in_batches(images, |batch, wrong| compare_batch(bench, batch, wrong))
}

fn compare_batch(bench: &Bench<'_>, batch: &[(String, Image)], wrong: &mut Vec<String>) -> Result<(), Failure> {
    let served = batch.iter().map(|(name, image)| bench.serve(name, image)).collect::<Result<Vec<_>, _>>()?;
    let sockets: Vec<_> = served.iter().map(|device| device.socket.as_path()).collect();
    let mut guest = bench.boot_with(&sockets, "vfio-pci.disable_denylist=1")?;
    for (index, (name, image)) in batch.iter().enumerate() {
        let address = format!("0000:{:02x}:00.0", index + 1);
        match compare_one(&mut guest, &address, image) {
            Ok(differences) => wrong.extend(differences.into_iter().map(|what| format!("{name}: {what}"))),
            Err(failure) => wrong.push(format!("{name}: {failure}")),
        }
    }
    guest.quit()
}

fn compare_one(guest: &mut Guest, address: &str, image: &Image) -> Result<Vec<String>, Failure> {
    // The serial ports among the dumps have a driver in the guest.
    guest.ask::<()>(&Command::Unbind(address.into()))?;
    guest.ask::<()>(&Command::Bind { address: address.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: address.into(), way: Way::Automatic })?;
    let raw = guest.bytes(&Command::SysfsConfig(address.into()))?;
    let shown = guest.bytes(&Command::Config(address.into()))?;
    let listed: String = guest.ask(&Command::Shell(format!("lspci -vvs {address} 2>/dev/null")))?;
    guest.ask::<()>(&Command::Close(address.into()))?;

    let served = Bytes::new(image.bytes()).ok_or_else(|| Failure::new("the image is no configuration space"))?;
    let raw = Bytes::new(&raw).ok_or_else(|| Failure::new(format!("{} bytes in sysfs", raw.len())))?;
    let mut differences = compare_view(&raw, &shown);
    let walked = walk(&raw);
    let offsets: BTreeSet<u16> = walked.iter().map(|capability| capability.offset).collect();
    let listed = listed_by_lspci(&listed);
    if offsets != listed {
        differences.push(format!("walked {offsets:x?}, lspci lists {listed:x?}"));
    }
    for lost in walk(&served).iter().filter(|capability| !offsets.contains(&capability.offset)) {
        if lost.offset < 0x100 || !DROPPED_BY_QEMU.contains(&lost.id) {
            differences.push(format!("0x{:03x}: the guest does not see capability 0x{:04x}", lost.offset, lost.id));
        }
    }
    Ok(differences)
}

/// What is compared is the view of the space that the guest's own kernel sees, since QEMU changes a space before.
fn compare_view(raw: &Bytes, shown: &[u8]) -> Vec<String> {
    let mut model = vfio_view(raw, Kernel::LATEST);
    if model.bytes().len() != shown.len() {
        return vec![format!("VFIO shows {} bytes, the model {}", shown.len(), model.bytes().len())];
    }
    // vfio-pci offers no power management events: no support for any, and none enabled. The model leaves that out.
    if let Some(power) = walk(raw).iter().find(|capability| capability.offset < 0x100 && capability.id == 0x01) {
        let at = usize::from(power.offset);
        model.bytes_mut()[at + 3] &= 0x07;
        model.bytes_mut()[at + 5] &= 0xfe;
    }
    // It shows no interrupt pin where the kernel knows that masking INTx does not work, or where no interrupt is routed.
    if shown[INTERRUPT_PIN] == 0 {
        model.bytes_mut()[INTERRUPT_PIN] = 0;
    }
    let pairs = shown.iter().zip(model.bytes()).enumerate();
    pairs
        .filter(|(_, (shown, model))| shown != model)
        .map(|(at, (shown, model))| {
            format!("0x{at:03x}: VFIO shows {shown:02x}, the model {model:02x}, raw {:02x}", raw.bytes()[at])
        })
        .collect()
}

/// The capabilities of both lists, null ones among them, as lspci has them too.
pub(crate) fn walk<D: ConfigRead + ?Sized>(space: &D) -> Vec<Capability> {
    let lists = [Space::Conventional, Space::Extended].into_iter().filter_map(|list| Walk::of(space, list).ok());
    lists
        .flatten()
        .filter_map(|step| match step {
            Ok(Step::Capability(capability)) => Some(capability),
            _ => None,
        })
        .collect()
}

/// The offsets in lines such as `Capabilities: [100 v1] Advanced Error Reporting`.
pub(crate) fn listed_by_lspci(text: &str) -> BTreeSet<u16> {
    text.lines()
        .filter_map(|line| line.trim_start().strip_prefix("Capabilities: ["))
        .filter_map(|rest| u16::from_str_radix(rest.split([' ', ']']).next()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_from_what_lspci_prints() {
        let text =
            "\tCapabilities: [40] Power Management version 3\n\t\tFlags: PMEClk-\n\tCapabilities: [100 v1] AER\n";
        assert_eq!(listed_by_lspci(text), BTreeSet::from([0x40, 0x100]));
    }
}
