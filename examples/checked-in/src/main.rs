//! A VMM whose descriptions were compiled beforehand, and kept in its repository. It builds without a build script, and without any
//! dependency but the runtime.
//!
//! `quirks.rs` is an index for people who review a change, `quirks.db` holds the tables. Both are written by
//! `quirkc build --emit rust -o src/quirks.rs --db src/quirks.db quirks`, and the same with `--check` in CI says whether they are current.

/// What `quirkc build` wrote.
pub mod quirks;

use std::process::ExitCode;

use quirk_runtime::{Decision, Function, HostPasid, Identity, Image, Policy, VirtualConfig};

/// The space of a function as a VMM reads it: the bytes that matter here.
fn device() -> Option<Image> {
    let mut space = [0; quirk_runtime::SPACE];
    let dwords: [(usize, u32); 5] = [
        (0x000, 0x4001_fffe),
        // A list of capabilities, and where it begins.
        (0x004, 0x0010_0000),
        (0x034, 0x0000_0040),
        // PCI Express, version 2, an endpoint; ATS, version 1.
        (0x040, 0x0002_0010),
        (0x100, 0x0001_000f),
    ];
    for (at, dword) in dwords {
        space[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    }
    Image::new(&space)
}

/// What is decided for it.
fn decided() -> Option<Decision<'static>> {
    let device = device()?;
    let identity = Identity::from_header(device.bytes().first_chunk()?).with_function(Function::Physical);
    let host = Some(HostPasid::new(16));
    let guest = VirtualConfig::attach(&device, &[quirks::DATABASE], &identity, host, &Policy::default()).ok()?;
    Some(guest.decision().clone())
}

fn main() -> ExitCode {
    match decided() {
        Some(decision) => {
            println!("{decision}");
            ExitCode::SUCCESS
        }
        None => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use quirk_runtime::Database;

    use super::{decided, quirks};

    #[test]
    fn the_tables_are_whole_and_place_pasid_where_the_description_says() {
        assert!(Database::load(quirks::DATABASE.bytes()).is_ok());
        let decision = decided().map(|decision| decision.to_string());
        assert!(decision.as_deref().is_some_and(|text| text.starts_with("PASID at 0x200")), "{decision:?}");
    }
}
