//! A piece of configuration space in letters, as `quirkc map` draws it: what a device declares around an offset, and what was
//! placed there.

use quirk_compiler::facts::{Device, Virtual, What};
use quirk_map::Role;
use quirk_runtime::capability::{Kind, Shown, Space};

/// How many bytes are shown, and how many stand in a line.
const SHOWN: u64 = 256;
const LINE: u64 = 64;

/// The bytes around an offset, one character a dword, and who owns them.
pub(super) fn around(device: &Device<'_>, offset: u64) -> String {
    let start = offset & !(SHOWN - 1);
    let owners = owners(device);
    let mut out = String::from("```text\n");
    for line in (start..start + SHOWN).step_by(64) {
        out += &format!("{line:03x} ");
        out.extend((line..line + LINE).step_by(4).map(|dword| role(&owners, dword).letter()));
        out.push('\n');
    }
    out += "```\n";
    for owner in owners.iter().filter(|owner| owner.start < start + SHOWN && start < owner.end) {
        let here = if (owner.start..owner.end).contains(&offset) { " **(here)**" } else { "" };
        out += &format!("- `{}` {:#05x}..{:#05x}: {}{here}\n", owner.role.letter(), owner.start, owner.end, owner.name);
    }
    out
}

struct Owner {
    start: u64,
    end: u64,
    role: Role,
    name: String,
}

/// Who owns what, so that of two owners of a byte the later is the one to show.
fn owners(device: &Device<'_>) -> Vec<Owner> {
    let mut owners = vec![Owner { start: 0, end: 0x40, role: Role::Header, name: "header".to_owned() }];
    let (free, other): (Vec<_>, Vec<_>) = device.extents.iter().partition(|extent| extent.what == What::Free);
    owners.extend(free.into_iter().chain(other).map(|extent| Owner {
        start: extent.start,
        end: extent.end,
        role: match extent.what {
            What::Capability(space, id) => of_kind(space, id),
            What::Register(_) => Role::Register,
            What::Reserved => Role::Reserved,
            What::Free => Role::Free,
        },
        name: extent.what.to_string(),
    }));
    owners.extend(device.chosen.iter().map(|chosen| Owner {
        start: chosen.offset,
        end: chosen.offset.saturating_add(chosen.length),
        role: match chosen.what {
            Virtual::Pasid | Virtual::NativePasid | Virtual::FixedPasid => Role::Pasid,
            Virtual::Dvsec => Role::Extended,
            Virtual::Layer(_, space, id) => of_kind(space, id),
        },
        name: chosen.what.to_string(),
    }));
    owners
}

fn of_kind(space: Space, id: u16) -> Role {
    match space {
        Space::Conventional => Role::Conventional,
        Space::Extended if Kind::by_id(space, id).is_none_or(|kind| kind.shown == Shown::Never) => Role::Hidden,
        Space::Extended => Role::Extended,
    }
}

fn role(owners: &[Owner], dword: u64) -> Role {
    let owner = owners.iter().rev().find(|owner| owner.start < dword + 4 && dword < owner.end);
    match owner {
        Some(owner) if owner.role == Role::Extended && dword <= owner.start => Role::ExtendedHeader,
        Some(owner) => owner.role,
        None => Role::Zero,
    }
}
