//! One lookup among 10, 1 000 and 100 000 devices: found and not, in caches and out of them; beside a binary search, a
//! perfect hash of another crate, and the kernel's linear scan.

use std::convert::Infallible;
use std::hint::black_box;
use std::io;

use quirk_benches::descriptions;
use quirk_benches::harness::{Contender, compare, print, print_cold};
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::tables::Device;
use quirk_runtime::{Database, Identity, lookup};

/// What Linux keeps of a device that a driver knows: `struct pci_device_id`, 32 bytes.
#[derive(Clone, Copy)]
struct KernelId {
    vendor: u32,
    device: u32,
    subsystem_vendor: u32,
    subsystem: u32,
    class: u32,
    class_mask: u32,
    /// What the kernel calls driver data: an index.
    data: usize,
}

const ANY: u32 = u32::MAX;

impl KernelId {
    /// As `pci_match_one_device` has it.
    fn matches(&self, identity: &Identity) -> bool {
        let (subsystem_vendor, subsystem) = identity.subsystem.unwrap_or_default();
        (self.vendor == ANY || self.vendor == u32::from(identity.vendor))
            && (self.device == ANY || self.device == u32::from(identity.device))
            && (self.subsystem_vendor == ANY || self.subsystem_vendor == u32::from(subsystem_vendor))
            && (self.subsystem == ANY || self.subsystem == u32::from(subsystem))
            && (self.class ^ identity.class) & self.class_mask == 0
    }

    fn key(&self) -> u32 {
        self.vendor << 16 | self.device
    }
}

/// The record of the device that a function is.
type Find<'a> = Box<dyn Fn(&Identity) -> Option<Device> + 'a>;

fn key(identity: &Identity) -> u32 {
    u32::from(identity.vendor) << 16 | u32::from(identity.device)
}

fn quirk(database: Database<'_>) -> Find<'_> {
    Box::new(move |identity| {
        let Ok(found) = lookup::device_in(database, identity, &mut |_| Ok::<_, Infallible>(false));
        found.map(|(_, device, _)| device)
    })
}

fn binary<'a>(sorted: &'a [KernelId], devices: &'a [Device]) -> Find<'a> {
    Box::new(move |identity| {
        let at = sorted.binary_search_by_key(&key(identity), KernelId::key).ok()?;
        Some(sorted[at]).filter(|id| id.matches(identity)).map(|id| devices[id.data])
    })
}

fn linear<'a>(all: &'a [KernelId], devices: &'a [Device]) -> Find<'a> {
    Box::new(move |identity| all.iter().find(|id| id.matches(identity)).map(|id| devices[id.data]))
}

/// The same entries behind the hash of the crate `phf`.
fn perfect<'a>(all: &'a [KernelId], devices: &'a [Device], state: &'a phf_generator::HashState) -> Find<'a> {
    Box::new(move |identity| {
        let hashes = phf_shared::hash(&key(identity), &state.key);
        let at = state.map[phf_shared::get_index(&hashes, &state.disps, all.len()) as usize];
        Some(all[at]).filter(|id| id.key() == key(identity) && id.matches(identity)).map(|id| devices[id.data])
    })
}

/// A row of numbers that is the same in every run.
fn shuffled<T>(mut values: Vec<T>) -> Vec<T> {
    let mut state = 1_u64;
    for at in (1..values.len()).rev() {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        values.swap(at, (state >> 33) as usize % (at + 1));
    }
    values
}

fn main() -> io::Result<()> {
    for count in [10, 1000, 100_000] {
        let text = descriptions::bare(count);
        let compilation =
            compile(vec![Input::Text("many.quirk".into(), text)], &Options::default(), &Memory::default());
        let bytes = compilation.database().ok_or_else(|| io::Error::other("the descriptions do not compile"))?;
        let database = Database::load(bytes).map_err(|error| io::Error::other(error.to_string()))?;
        // All have the same records, the others as an array of structs by the number in the device's name.
        let mut devices: Vec<Device> = database.all::<Device>().collect();
        devices.sort_by_key(|device| database.text(device.name)[1..].parse::<usize>().ok());

        let ids = descriptions::identities(count);
        let kernel = |(number, &(vendor, device)): (usize, &(u16, u16))| KernelId {
            vendor: vendor.into(),
            device: device.into(),
            subsystem_vendor: ANY,
            subsystem: ANY,
            class: 0,
            class_mask: 0,
            data: number,
        };
        let all: Vec<KernelId> = shuffled(ids.iter().enumerate().map(kernel).collect());
        let mut sorted = all.clone();
        sorted.sort_by_key(KernelId::key);
        let keys: Vec<u32> = all.iter().map(KernelId::key).collect();
        let state = phf_generator::generate_hash(&keys);

        let finds: Vec<(&str, Find<'_>)> = vec![
            ("quirk", quirk(database)),
            ("binary search", binary(&sorted, &devices)),
            ("`phf`", perfect(&all, &devices, &state)),
            ("linear scan, as the kernel's", linear(&all, &devices)),
        ];
        let identity = |(vendor, device)| Identity { vendor, device, subsystem: Some((1, 2)), ..Identity::default() };
        let hits: Vec<Identity> = shuffled(ids.iter().copied().map(identity).collect());
        let misses: Vec<Identity> =
            shuffled(ids.iter().map(|&(vendor, device)| identity((vendor, device + 1))).collect());
        for (what, queries) in [("found", &hits), ("not found", &misses)] {
            for query in queries.iter().take(3000) {
                let expected = linear(&all, &devices)(query);
                assert_eq!(expected.is_some(), what == "found");
                assert!(finds.iter().all(|(_, find)| find(query) == expected), "one finds something else: {query:?}");
            }
            let queries: Vec<Identity> = queries.iter().copied().cycle().take(4096).collect();
            let mut contenders: Vec<Contender<'_>> = finds
                .iter()
                .map(|(name, find)| {
                    let mut queries = queries.iter().cycle();
                    let run = move |times| {
                        for query in queries.by_ref().take(times as usize) {
                            black_box(find(black_box(query)));
                        }
                    };
                    Contender { name, run: Box::new(run) }
                })
                .collect();
            print(&format!("lookup among {count}, {what}"), &compare(&mut contenders));
            print_cold(&format!("lookup among {count}, {what}, caches cold"), &mut contenders);
        }
    }
    Ok(())
}
