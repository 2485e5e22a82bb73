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

/// PASID that the kernel hides, in [`Image::with_pasid`].
const SLOT: Range<usize> = 0x210..0x218;
/// What the overlay must own if PASID is in free space at 0x400: ATS control, the Next that leads to PASID and PRI control behind
/// it, PASID.
const EMULATED: [Range<usize>; 3] = [0x206..0x208, 0x222..0x226, 0x400..0x408];

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let device = bench.serve("device", &Image::with_pasid(0x0101))?;
    let mut guest = bench.boot(&[&device.socket])?;
    guest.ask::<()>(&Command::Bind { address: ADDRESS.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: ADDRESS.into(), way: Way::Iommufd })?;
    let attached: Attached = guest.ask(&Command::Attach { address: ADDRESS.into(), native: false, expose: false })?;
    equal("placement", &attached.offset, &Some(0x400))?;
    let emulated: Vec<u16> = EMULATED.iter().flat_map(Clone::clone).map(|at| at as u16).collect();
    equal("emulated bytes", &attached.emulated, &emulated)?;

    everywhere(bench, &mut guest, &device)?;
    with_a_reset(bench, &mut guest, &device)?;
    // What the library says of itself is what was seen.
    let said: BTreeSet<usize> = attached.shielded.into_iter().map(usize::from).collect();
    equal("shielded bytes", &said, &EMULATED.into_iter().chain([SLOT]).flatten().collect())?;
    unshielded(&mut guest, &device)?;
    guest.quit()
}

/// All sizes at all offsets, with values that set and clear.
fn everywhere(bench: &Bench<'_>, guest: &mut Guest, device: &Served) -> Result<(), Failure> {
    for value in [0xff, 0x5a] {
        let hammer = Command::Hammer {
            address: ADDRESS.into(),
            sizes: vec![1, 2, 4, 8],
            step: 1,
            value,
            spare: vec![RESET_BIT],
        };
        let (hammered, writes) = window(guest, device, &hammer)?;
        let hits: Vec<_> = writes.iter().filter(|write| is_shielded(write)).collect();
        ensure(hits.is_empty(), || format!("emulated or hidden bytes were written: {hits:x?}"))?;
        // So that silence means something: where nothing is known of the device, every byte was written.
        let reached: BTreeSet<_> =
            writes.iter().flat_map(|write| write.offset..write.offset + write.data.len()).collect();
        let missed: Vec<_> = (0x300..0x400).chain(0x408..0x1000).filter(|at| !reached.contains(at)).collect();
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
fn with_a_reset(bench: &Bench<'_>, guest: &mut Guest, device: &Served) -> Result<(), Failure> {
    let resets = device.record().resets;
    let hammer = Command::Hammer { address: ADDRESS.into(), sizes: vec![4], step: 4, value: 0xff, spare: Vec::new() };
    let (hammered, writes) = window(guest, device, &hammer)?;
    ensure(hammered.effects.iter().any(|effect| effect == "function level reset"), || {
        format!("no reset among the effects: {:?}", hammered.effects)
    })?;
    equal("resets", &(device.record().resets - resets), &1)?;
    let hits: Vec<_> = writes.into_iter().filter(is_shielded).collect();
    bench.note(&format!("the kernel's own writes around a reset: {hits:x?}"));
    let others: Vec<_> = hits.iter().filter(|hit| !is_restored(hit)).collect();
    ensure(others.is_empty(), || format!("emulated or hidden bytes were written: {others:x?}"))?;
    // PASID control comes back as it was.
    let control = ConfigWrite { offset: 0x216, data: vec![0b111, 0] };
    ensure(hits.contains(&control), || format!("the kernel did not restore PASID control: {hits:x?}"))
}

/// The counter-proof: without the overlay, a write to what is hidden or free reaches the device, and is seen.
fn unshielded(guest: &mut Guest, device: &Served) -> Result<(), Failure> {
    guest.ask::<()>(&Command::Detach(ADDRESS.into()))?;
    for offset in [0x214, 0x400] {
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

fn is_shielded(write: &ConfigWrite) -> bool {
    let end = write.offset + write.data.len();
    EMULATED.iter().chain([&SLOT]).any(|range| write.offset < range.end && range.start < end)
}

/// What Linux writes to the controls after a reset: PASID with all that it enabled, ATS.
fn is_restored(write: &ConfigWrite) -> bool {
    matches!((write.offset, &write.data[..]), (0x216, [0b111, 0]) | (0x206, [0, 0x80]))
}
