//! One lookup among 10, 1 000 and 100 000 devices, found and not: beside a binary search, the perfect hash of the crate `phf`,
//! and the kernel's linear scan.
//!
//! All answer the same question: which entry is for this function? Nobody copies the entry. All tables lie in the pages of a
//! file, as those of a program do. Queries are drawn at random, and no two contenders have their tables in the same order.

use std::convert::Infallible;
use std::hint::black_box;
use std::io;

use bytemuck::{Pod, Zeroable};
use quirk_benches::descriptions;
use quirk_benches::harness::{Contender, compare};
use quirk_benches::mapped::{self, Mapped, cold};
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::tables::Device;
use quirk_runtime::{Database, Identity, lookup};

/// What Linux keeps of a device that a driver knows: `struct pci_device_id`, 32 bytes.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct KernelId {
    vendor: u32,
    device: u32,
    subsystem_vendor: u32,
    subsystem: u32,
    class: u32,
    class_mask: u32,
    /// What the kernel calls driver data: which entry it is.
    data: u64,
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

fn key(identity: &Identity) -> u32 {
    u32::from(identity.vendor) << 16 | u32::from(identity.device)
}

/// Index of the entry for a function.
type Find<'a> = Box<dyn Fn(&Identity) -> Option<u32> + 'a>;

/// Its name, its tables, and how it finds something in them.
type Finder<'a> = (&'a str, Vec<&'a Mapped>, Find<'a>);

fn quirk(database: Database<'_>) -> Find<'_> {
    Box::new(move |identity| {
        let Ok(found) = lookup::device_in(database, identity, &mut |_| Ok::<_, Infallible>(false));
        found.map(|(index, _)| index)
    })
}

fn binary(sorted: &[KernelId]) -> Find<'_> {
    Box::new(move |identity| {
        let at = sorted.binary_search_by_key(&key(identity), KernelId::key).ok()?;
        Some(&sorted[at]).filter(|id| id.matches(identity)).map(|id| id.data as u32)
    })
}

fn linear(all: &[KernelId]) -> Find<'_> {
    Box::new(move |identity| all.iter().find(|id| id.matches(identity)).map(|id| id.data as u32))
}

/// As `phf::Map` finds an entry: `phf_shared::get_index`, with pairs that can lie in a file.
fn perfect<'a>(seed: u64, displacements: &'a [[u32; 2]], entries: &'a [KernelId]) -> Find<'a> {
    Box::new(move |identity| {
        let hashes = phf_shared::hash(&key(identity), &seed);
        let [one, two] = displacements[(hashes.g % displacements.len() as u32) as usize];
        let at = phf_shared::displace(hashes.f1, hashes.f2, one, two) % entries.len() as u32;
        let entry = &entries[at as usize];
        (entry.key() == key(identity) && entry.matches(identity)).then_some(entry.data as u32)
    })
}

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) as usize % end
    }
}

/// More than one kind of cache remembers.
const QUERIES: usize = 1 << 15;

/// Prints what the contenders take for these queries, in caches and with their pages dropped.
fn measure(title: &str, finders: &[Finder<'_>], queries: &[Identity]) -> io::Result<()> {
    let mut contenders: Vec<Contender<'_>> = (finders.iter())
        .map(|(name, _, find)| {
            let mut queries = queries.iter().cycle();
            let run = move |times| {
                for query in queries.by_ref().take(times as usize) {
                    black_box(find(black_box(query)));
                }
            };
            Contender { name, run: Box::new(run) }
        })
        .collect();
    let warm = compare(&mut contenders);
    let mut contenders: Vec<mapped::Contender<'_>> = (finders.iter())
        .map(|(_, tables, find)| {
            let mut queries = queries.iter().cycle();
            let run = move || {
                black_box(queries.next().map(|query| find(black_box(query))));
            };
            (tables.clone(), Box::new(run) as Box<dyn FnMut()>)
        })
        .collect();
    let cold = cold(&mut contenders)?;
    println!("\n### {title}\n\n| | ns | × quirk | ns, pages dropped | minor faults |\n|---|---:|---:|---:|---:|");
    for (warm, cold) in warm.iter().zip(&cold) {
        println!(
            "| {} | {:.1} | {:.2} | {:.0} | {:.1} |",
            warm.name, warm.nanoseconds, warm.ratio, cold.nanoseconds, cold.faults
        );
    }
    Ok(())
}

fn among(count: usize) -> io::Result<()> {
    let text = descriptions::bare(count);
    let compilation = compile(vec![Input::Text("many.quirk".into(), text)], &Options::default(), &Memory::default());
    let bytes = compilation.database().ok_or_else(|| io::Error::other("the descriptions do not compile"))?;
    let file = Mapped::new(bytes)?;
    let database = Database::load(file.bytes()).map_err(|error| io::Error::other(error.to_string()))?;
    // Devices are numbered by name, and their names end in the number of their ids.
    let ids = descriptions::identities(count);
    let mut entries = vec![0; count];
    for (index, device) in (0..).zip(database.all::<Device>()) {
        let number: usize = database.text(device.name)[1..].parse().map_err(io::Error::other)?;
        entries[number] = index;
    }

    let mut numbers = Numbers(1);
    let kernel = |(&(vendor, device), &entry): (&(u16, u16), &u32)| KernelId {
        vendor: vendor.into(),
        device: device.into(),
        subsystem_vendor: ANY,
        subsystem: ANY,
        class: 0,
        class_mask: 0,
        data: entry.into(),
    };
    let mut all: Vec<KernelId> = ids.iter().zip(&entries).map(kernel).collect();
    all.sort_by_key(KernelId::key);
    let sorted = Mapped::new(bytemuck::cast_slice(&all))?;
    for at in (1..all.len()).rev() {
        all.swap(at, numbers.below(at + 1));
    }
    let shuffled = Mapped::new(bytemuck::cast_slice(&all))?;
    let state = phf_generator::generate_hash(&all.iter().map(KernelId::key).collect::<Vec<u32>>());
    let displacements: Vec<[u32; 2]> = state.disps.iter().map(|&(one, two)| [one, two]).collect();
    let displacements = Mapped::new(bytemuck::cast_slice(&displacements))?;
    let placed: Vec<KernelId> = state.map.iter().map(|&at| all[at]).collect();
    let placed = Mapped::new(bytemuck::cast_slice(&placed))?;

    let finders: Vec<Finder<'_>> = vec![
        ("quirk", vec![&file], quirk(database)),
        ("binary search", vec![&sorted], binary(sorted.records())),
        ("`phf`", vec![&displacements, &placed], perfect(state.key, displacements.records(), placed.records())),
        ("linear scan, as the kernel's", vec![&shuffled], linear(shuffled.records())),
    ];
    for (what, added) in [("found", 0), ("not found", 1)] {
        let drawn: Vec<usize> = (0..QUERIES).map(|_| numbers.below(count)).collect();
        let query = |&number: &usize| {
            let (vendor, device) = ids[number];
            Identity::new(vendor, device + added).with_subsystem(Some((1, 2)))
        };
        let queries: Vec<Identity> = drawn.iter().map(query).collect();
        for (query, &number) in queries.iter().zip(&drawn) {
            let expected = (added == 0).then_some(entries[number]);
            for (name, _, find) in &finders {
                assert_eq!(find(query), expected, "{name}: {query:?}");
            }
        }
        measure(&format!("lookup among {count}, {what}"), &finders, &queries)?;
    }
    Ok(())
}

fn main() -> io::Result<()> {
    [10, 1000, 100_000].into_iter().try_for_each(among)
}
