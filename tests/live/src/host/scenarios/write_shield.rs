//! The write shield: a guest writes to every byte, in all sizes and alignments, and no write reaches a byte that is emulated or
//! hidden. What reaches the device is what its server records between two writes to a register that only the bench knows.

use std::collections::BTreeSet;
use std::ops::Range;

use quirk_live_protocol::{Attached, Command, Hammered, Opened, Way};

use crate::bench::Bench;
use crate::failure::{Failure, ensure, equal};
use crate::guest::Guest;
use crate::image::{EXPRESS, Image};
use crate::server::{ConfigWrite, Served};

const ADDRESS: &str = "0000:01:00.0";
/// A register of the device that is in no capability.
const SCRATCH: u16 = 0x300;
/// Initiate Function Level Reset, bit 15 of device control.
const RESET_BIT: (u16, u8) = ((EXPRESS + 9) as u16, 0x80);

/// A device, and what of it no guest may write.
struct Case {
    label: &'static str,
    image: Image,
    /// Where PASID is for the guest, and by which source.
    offset: u16,
    source: &'static str,
    /// What the overlay must own: ATS control, the Next that leads to PASID, PRI control, PASID.
    emulated: Vec<Range<usize>>,
    /// The device's own PASID capability.
    own: Range<usize>,
}

fn cases() -> [Case; 3] {
    let left_in_list = |label, image| Case {
        label,
        image,
        offset: 0x190,
        source: "visible",
        emulated: vec![0x190..0x198, 0x206..0x208, 0x224..0x226],
        own: 0x190..0x198,
    };
    [
        Case {
            label: "device",
            image: Image::with_pasid(0x0101),
            offset: 0x400,
            source: "entry",
            emulated: vec![0x206..0x208, 0x222..0x226, 0x400..0x408],
            own: 0x210..0x218,
        },
        left_in_list("behind-dvsecs-that-abut", Image::with_pasid_behind_dvsecs(0x0104)),
        left_in_list("behind-a-null-one", Image::with_pasid_behind_null(0x0105)),
    ]
}

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    cases().iter().try_for_each(|case| one(bench, case).map_err(|failure| failure.during(case.label)))
}

fn one(bench: &Bench<'_>, case: &Case) -> Result<(), Failure> {
    let device = bench.serve(case.label, &case.image)?;
    let mut guest = bench.boot(&[&device.socket])?;
    guest.ask::<()>(&Command::Bind { address: ADDRESS.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: ADDRESS.into(), way: Way::Iommufd })?;
    let attached: Attached = guest.ask(&Command::Attach { address: ADDRESS.into(), native: true, expose: false })?;
    equal("placement", &(attached.offset, attached.source.as_deref()), &(Some(case.offset), Some(case.source)))?;
    let emulated: Vec<u16> = case.emulated.iter().flat_map(Clone::clone).map(|at| at as u16).collect();
    equal("emulated bytes", &attached.emulated, &emulated)?;

    everywhere(bench, &mut guest, &device, case)?;
    with_a_reset(bench, &mut guest, &device, case)?;
    // What the library says of itself is what was seen.
    let said: BTreeSet<usize> = attached.shielded.into_iter().map(usize::from).collect();
    equal("shielded bytes", &said, &case.shielded().flatten().collect())?;
    unshielded(&mut guest, &device, case)?;
    guest.quit()
}

impl Case {
    fn shielded(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.emulated.iter().chain([&self.own]).cloned()
    }

    fn is_shielded(&self, write: &ConfigWrite) -> bool {
        let end = write.offset + write.data.len();
        self.shielded().any(|range| write.offset < range.end && range.start < end)
    }

    /// What Linux writes to the controls after a reset: PASID with all that it enabled, ATS.
    fn is_restored(&self, write: &ConfigWrite) -> bool {
        *write == self.restored() || (write.offset, &write.data[..]) == (0x206, &[0, 0x80])
    }

    fn restored(&self) -> ConfigWrite {
        ConfigWrite { offset: self.own.start + 6, data: vec![0b111, 0] }
    }
}

/// All sizes at all offsets, with values that set and clear.
fn everywhere(bench: &Bench<'_>, guest: &mut Guest, device: &Served, case: &Case) -> Result<(), Failure> {
    for value in [0xff, 0x5a] {
        let hammer = Command::Hammer {
            address: ADDRESS.into(),
            sizes: vec![1, 2, 4, 8],
            step: 1,
            value,
            spare: vec![RESET_BIT],
        };
        let (hammered, writes) = window(guest, device, &hammer)?;
        let hits: Vec<_> = writes.iter().filter(|write| case.is_shielded(write)).collect();
        ensure(hits.is_empty(), || format!("emulated or hidden bytes were written: {hits:x?}"))?;
        // So that silence means something: where nothing is known of the device, every byte was written.
        let reached: BTreeSet<_> =
            writes.iter().flat_map(|write| write.offset..write.offset + write.data.len()).collect();
        let is_shielded = |at: &usize| case.shielded().any(|range| range.contains(at));
        let missed: Vec<_> = (0x300..0x1000).filter(|at| !reached.contains(at) && !is_shielded(at)).collect();
        equal("unassigned bytes that no write reached", &missed, &Vec::new())?;
        bench.note(&format!(
            "{} writes of {value:#04x}, {} reached the device, none of them an emulated or hidden byte",
            hammered.writes,
            writes.len()
        ));
    }
    Ok(())
}

/// Once more with the bit that resets the function: then the kernel itself writes what it restores.
fn with_a_reset(bench: &Bench<'_>, guest: &mut Guest, device: &Served, case: &Case) -> Result<(), Failure> {
    let resets = device.record().resets;
    let hammer = Command::Hammer { address: ADDRESS.into(), sizes: vec![4], step: 4, value: 0xff, spare: Vec::new() };
    let (hammered, writes) = window(guest, device, &hammer)?;
    ensure(hammered.effects.iter().any(|effect| effect == "function level reset"), || {
        format!("no reset among the effects: {:?}", hammered.effects)
    })?;
    equal("resets", &(device.record().resets - resets), &1)?;
    let hits: Vec<_> = writes.into_iter().filter(|write| case.is_shielded(write)).collect();
    bench.note(&format!("the kernel's own writes around a reset: {hits:x?}"));
    let others: Vec<_> = hits.iter().filter(|hit| !case.is_restored(hit)).collect();
    ensure(others.is_empty(), || format!("emulated or hidden bytes were written: {others:x?}"))?;
    // PASID control comes back as it was.
    ensure(hits.contains(&case.restored()), || format!("the kernel did not restore PASID control: {hits:x?}"))
}

/// The counter-proof: without the overlay, a write to what is hidden or free reaches the device, and is seen.
fn unshielded(guest: &mut Guest, device: &Served, case: &Case) -> Result<(), Failure> {
    guest.ask::<()>(&Command::Detach(ADDRESS.into()))?;
    for offset in [case.own.start as u16 + 4, 0x400] {
        let write = Command::Write { address: ADDRESS.into(), offset, data: "5a5a5a5a".into() };
        guest.ask::<()>(&write)?;
        let seen = device.record().writes.last().cloned();
        let expected = ConfigWrite { offset: offset.into(), data: vec![0x5a; 4] };
        equal("the last write to the device", &seen, &Some(expected))?;
    }
    Ok(())
}

/// Carries out a command, and returns the writes that reached the device meanwhile.
fn window(guest: &mut Guest, device: &Served, hammer: &Command) -> Result<(Hammered, Vec<ConfigWrite>), Failure> {
    let mark = |guest: &mut Guest, text: &[u8; 4]| {
        let data = quirk_live_protocol::to_hex(text);
        guest.ask::<()>(&Command::Write { address: ADDRESS.into(), offset: SCRATCH, data })
    };
    let is_mark = |write: &ConfigWrite, text: &[u8; 4]| write.offset == usize::from(SCRATCH) && write.data == text;
    let before = device.record().writes.len();
    mark(guest, b"BEGN")?;
    let hammered: Hammered = guest.ask(hammer)?;
    mark(guest, b"ENDE")?;
    let writes = device.record().writes.split_off(before);
    let (first, last) =
        (writes.iter().position(|it| is_mark(it, b"BEGN")), writes.iter().rposition(|it| is_mark(it, b"ENDE")));
    let (Some(first), Some(last)) = (first, last) else { return Err(Failure::new("a mark did not reach the device")) };
    equal("failed writes", &hammered.failed, &None)?;
    Ok((hammered, writes[first + 1..last].to_vec()))
}
