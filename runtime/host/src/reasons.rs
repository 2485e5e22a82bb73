//! What each code of a reason, a finding and a check means, and the way out: for `quirkc explain` and `docs/plan.md`.

use quirk_runtime::{Decision, Reason, Verdict};

/// A code of a reason or finding, and what a person does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code, as it is printed.
    pub code: &'static str,
    /// What it means: one sentence or two.
    pub meaning: &'static str,
    /// What helps, or why nothing does.
    pub way_out: &'static str,
}

pub(crate) const fn new(code: &'static str, meaning: &'static str, way_out: &'static str) -> Explanation {
    Explanation { code, meaning, way_out }
}

/// Code of a reason of `plan`: where PASID would be was not recorded.
pub const NOT_RECORDED: &str = "not-recorded";

const ANOTHER_PLACE: &str =
    "choose other bytes: `--ranges` takes the lowest offset that is free, and the map shows what is taken";
pub(crate) const NOT_NEEDED: &str = "nothing has to be done about it";

/// Why a candidate was chosen, refused or skipped, in the order of [`Reason::CODES`]; then what `plan` adds of its own.
pub const REASONS: &[Explanation] = &[
    new("free", "Chosen: nothing has a claim on these bytes, and somebody vouches for them.", NOT_NEEDED),
    new(
        "visible",
        "The device shows a PASID capability itself, and a function has one. An offset beside it is refused.",
        "leave out `--offset`: the guest has PASID already",
    ),
    new(
        "device-gone",
        "The function does not answer: every byte reads ff. It is powered down, off the bus, or did not come back from a reset.",
        "wake or reset it, or boot the host anew, and look again",
    ),
    new(
        "no-extended-space",
        "The function has no extended configuration space, or no PCI Express capability, and PASID is an extended capability.",
        "there is none for a conventional function; on a PCI Express one look for MMCONFIG in the kernel's log",
    ),
    new(
        "no-host-pasid",
        "The host or the vIOMMU has no PASID for this device.",
        "say what the host has with `--pasid WIDTH`; on a live device use Linux 6.15 or later, an IOMMU with PASID and iommufd",
    ),
    new(
        "pasid-forbidden",
        "The entry says that this device must not have PASID.",
        "there is none: the device is known to fail with it, and the entry names the evidence",
    ),
    new("unaligned", "The offset is not a multiple of 4.", "choose an offset that is"),
    new("out-of-bounds", "The 8 bytes are not all in 0x100..0x1000.", "choose an offset from 0x100 to 0xff8"),
    new("capability-header", "The bytes cover the header of a capability.", ANOTHER_PLACE),
    new(
        "list-head",
        "The list is empty, and the kernel may have hidden a capability at 0x100, whose body nobody sees.",
        "choose an offset from 0x108 on, or declare the bytes free in a description",
    ),
    new(
        "capability-body",
        "The bytes lie in a capability, or its length is open and it may reach them.",
        ANOTHER_PLACE,
    ),
    new(
        "hidden-capability",
        "The bytes cover a capability that the kernel hides. Its registers still reach the device.",
        ANOTHER_PLACE,
    ),
    new(
        "suspected-capability",
        "The bytes cover what looks like the header of a capability that no list reaches.",
        "choose other bytes, or declare in a description what is there",
    ),
    new("register", "The bytes cover registers that the entry declares.", ANOTHER_PLACE),
    new("reserved", "The bytes cover what the entry reserves.", ANOTHER_PLACE),
    new("vmm-owned", "The VMM emulates these bytes itself (`--vmm-owned`).", ANOTHER_PLACE),
    new("layer-owned", "An enabled layer emulates these bytes.", "choose other bytes, or `--without-layer NAME`"),
    new(
        "same-id-abuts",
        "A layer would show an extended capability directly before or after one of the same id, and Linux takes the two for one.",
        "leave 4 bytes between the two, or give the layer another place",
    ),
    new(
        "aliased",
        "Extended space repeats, so that the bytes are others too: an entry says so, or a record shows the header again.",
        "choose an offset below the distance at which it repeats",
    ),
    new(
        "host-pasid-not-enabled",
        "The function has a PASID capability of its own and the host has not enabled it, so the IOMMU takes no PASID from it.",
        "boot the host with an IOMMU that has PASID, whose driver enables it; of a record, leave out `--as-recorded`",
    ),
    new(
        "host-pasid-differs",
        "Width or permissions of the function's own PASID capability are not what the host is said to have.",
        "say with `--pasid` what the host enabled, or leave it to VFIO on a live device",
    ),
    new(
        "no-native-slot",
        "A PASID capability of the function's own was expected there, and the device has none there.",
        "correct the description, or leave the place out of it",
    ),
    new(
        "native-unknown",
        "Nobody confirms a PASID capability of the function's own: its raw list was not seen or has none, and no entry lists one.",
        "read the raw list as root (sysfs shows others the header alone), declare free bytes in a description, or use `--tail`",
    ),
    new(
        "virtual-function",
        "A virtual function has no PASID capability of its own: it shares that of its physical function.",
        "declare free bytes of the virtual function in a description, or use `--tail`",
    ),
    new(
        "declared-capability-absent",
        "The entry declares a capability that the device does not have there, so it vouches for nothing.",
        "correct the entry: another revision may need an entry of its own, or the capability is `optional`",
    ),
    new(
        "live-capability-in-free",
        "The device has a capability in bytes that the entry declares free, so it vouches for nothing.",
        "correct the entry",
    ),
    new(
        "evidence-too-weak",
        "The entry declares the bytes free on weaker evidence than `--least-evidence` asks for.",
        "ask for less, or find stronger evidence for the entry",
    ),
    new(
        "not-declared-free",
        "No entry declares these bytes free.",
        "declare them free in a description, with evidence, or give the offset with `--offset`",
    ),
    new("not-zero", "The bytes do not read 0, so that something is there.", ANOTHER_PLACE),
    new(
        "free-not-zero",
        "The entry declares the bytes free, but they do not read 0, and its evidence is no vendor's own.",
        "find a vendor's statement or a datasheet for these bytes, or choose other bytes",
    ),
    new(
        "declared-length-short",
        "The entry states a length for a capability that the device's own bits contradict: it is longer.",
        "correct the length in the entry, or leave `len` out where the capability tells its own",
    ),
    new("no-room", "No offset in the ranges has 8 free bytes.", "give other ranges: the map shows what is taken"),
    new("outranked", "An earlier source won.", NOT_NEEDED),
    new(
        "operator-refused",
        "What the operator asked for was refused, and nothing else is put in its place.",
        "leave out `--offset` or `--ranges`, or give others",
    ),
    new(
        "profile-unknown",
        "The profile is not one of the entry that applies.",
        "name another, or leave out `--profile`",
    ),
    new(
        "profile-exceeds-host",
        "The profile promises a width or a permission that host, vIOMMU or entry do not give.",
        "use a profile with less: a guest must not be promised more than there is",
    ),
    new(
        "profile-refused",
        "The profile was refused, and nothing else is put in its place.",
        "leave out `--profile`, or name another",
    ),
    new(
        "saved-exceeds-host",
        "What was saved has a width or a permission that host, vIOMMU or entry do not give here.",
        "move the guest to a host that gives as much",
    ),
    new(
        "distrusted",
        "The entry says that the free-space DVSEC of the device is wrong.",
        "declare the free bytes in the entry",
    ),
    new(
        "dvsec-dropped",
        "The free-space DVSEC of the device is broken; a finding says how.",
        "mend the firmware or driver that shows it, or declare the free bytes in a description",
    ),
    new("not-allowed", "The policy does not allow this source.", "add it to `--place`, or leave `--place` out"),
    new(
        "not-opted-in",
        "This source must be opted in, since nobody vouches for its bytes.",
        "`--tail` for the last 8 bytes; `--place probed` for what merely looks like the function's own capability",
    ),
    new("nothing-given", "This source names no place.", NOT_NEEDED),
    new("no-entry", "No entry describes this function.", "describe it: `docs/guide.md`"),
    new(
        "entry-decides",
        "The entry has a `place` list, which decides alone.",
        "add `native` to the list, if the function's own slot is right for this device",
    ),
    new(
        "no-place",
        "The entry says nothing of PASID.",
        "add `pasid { place [native, free]; }` to the entry, and `free` bytes with evidence where it needs them",
    ),
    new(
        "control-owned",
        "An enabled layer emulates the ATS or PRI control that goes with PASID.",
        "leave the register out of the layer, or `--without-layer NAME`",
    ),
    new(
        "overlay-full",
        "The overlay has no room for what must be emulated.",
        "switch layers off: `--without-layer NAME`",
    ),
    new(
        NOT_RECORDED,
        "The record ends before extended space, which the function may have.",
        "record it again with `lspci -xxxx` as root",
    ),
];

/// The reason that decided against a placement: that of the first refused candidate, else the first that closes all sources, else
/// that nobody knows a place.
#[must_use]
pub fn decisive(decision: &Decision<'_>) -> Option<Reason> {
    if decision.placement.is_some() && !decision.operator_refused() {
        return None;
    }
    let each = || decision.candidates.iter();
    let refused = each().find(|candidate| candidate.verdict == Verdict::Refused).map(|candidate| candidate.reason);
    let closing = |reason: &Reason| matches!(reason, Reason::PasidForbidden | Reason::DeviceGone);
    let closed = each().map(|candidate| candidate.reason).find(closing);
    let rest =
        || each().map(|candidate| candidate.reason).find(|reason| matches!(reason, Reason::NoEntry | Reason::NoPlace));
    closed.or(refused).or_else(rest).or_else(|| decision.candidates.last().map(|last| last.reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_the_runtime_is_explained_in_its_order() {
        let explained: Vec<_> = REASONS.iter().map(|each| each.code).collect();
        assert_eq!(explained[..Reason::CODES.len()], *Reason::CODES);
        assert_eq!(explained[Reason::CODES.len()..], [NOT_RECORDED]);
        for Explanation { code, meaning, way_out } in REASONS {
            assert!(meaning.ends_with('.') && !way_out.is_empty() && !way_out.ends_with('.'), "{code}");
        }
    }
}
