//! What each finding about a function, a database or a layer means, and the way out: for `quirkc explain`.

use crate::reasons::{Explanation, NOT_NEEDED, REASONS, new};

const MEND_ENTRY: &str =
    "correct the entry: its layout is not that of this function, or the function has other firmware";
const MEND_DVSEC: &str = "mend the firmware or driver that shows the DVSEC, or say `distrust dvsec` in the entry";
const MEND_LIST: &str =
    "nothing has to be done where PASID is placed; report the list to the vendor, as drivers walk it too";

/// Findings that are no reasons too.
pub const FINDINGS: &[Explanation] = &[
    new(
        "header-only",
        "Only the 64 bytes of the header are known: a reader without rights gets no more.",
        "record it again as root",
    ),
    new(
        "extended-space-silent",
        "The dword at 0x100 reads all ones, so that extended configuration space does not answer.",
        "look for MMCONFIG in the kernel's log, and wake the function",
    ),
    new(
        "chain-loop",
        "A Next of a list of capabilities leads back, so that the list has no end. The walk stops there.",
        MEND_LIST,
    ),
    new(
        "chain-below-range",
        "A Next leads below the first byte where capabilities of its list can lie. The walk stops there.",
        MEND_LIST,
    ),
    new("chain-unaligned", "The two low bits of a Next are set, which are reserved. They are masked.", MEND_LIST),
    new(
        "chain-dead",
        "A Next leads to a dword that reads 0 or all ones, which is no capability. The walk stops there.",
        MEND_LIST,
    ),
    new(
        "null-capability",
        "The list has a capability with the id 0: a place-holder, or what is left of a hidden one. The walk goes on behind it.",
        NOT_NEEDED,
    ),
    new(
        "pasid-left-linked",
        "vfio-pci left the function's own PASID capability in the list, though it means to hide it. A guest gets an emulated one, or none.",
        NOT_NEEDED,
    ),
    new(
        "capability-past-end",
        "The length of a capability leads past the end of its space; the part that is in it counts.",
        MEND_LIST,
    ),
    new(
        "length-below-minimum",
        "A capability states a length that is too short for its kind. The shortest length of the kind counts.",
        MEND_LIST,
    ),
    new(
        "declared-capability-differs",
        "The function has another capability where the entry declares one, so the entry vouches for nothing.",
        MEND_ENTRY,
    ),
    new(
        "place-not-zero",
        "PASID goes on bytes that do not read 0, by the word of the operator or of a free-space DVSEC.",
        "make sure that nothing is there: the bytes are shown, and the map shows what lies around them",
    ),
    new(
        "host-width-cut",
        "The host is said to have wider PASIDs than the function's own capability has. The function's width counts.",
        "say less with `--pasid`",
    ),
    new(
        "host-execute-cut",
        "The host is said to have Execute Permission, and the function's own capability has none.",
        "leave out `execute` of `--pasid`",
    ),
    new(
        "host-privileged-cut",
        "The host is said to have Privileged Mode, and the function's own capability has none.",
        "leave out `privileged` of `--pasid`",
    ),
    new(
        "visible-width-over-viommu",
        "The function shows a PASID capability itself, with more bits than the vIOMMU has. The VMM that shows it must cut them.",
        "make the vIOMMU as wide, or let the VMM cut the width that it shows",
    ),
    new(
        "dvsec-revision",
        "A DVSEC has vendor and id of a free-space DVSEC and a revision that no `dvsec_format` has. It is not used.",
        "add a `dvsec_format` of that revision, if its form is known",
    ),
    new(
        "dvsec-abuts",
        "Another DVSEC begins where a free-space DVSEC ends. Linux takes the two for one when it hides either.",
        MEND_DVSEC,
    ),
    new(
        "dvsec-cut",
        "A free-space DVSEC that the entry declares describes less than it should, as some of its bytes are not free here.",
        MEND_ENTRY,
    ),
    new(
        "dvsec-left-out",
        "A free-space DVSEC that the entry declares is not shown, as its bytes are not free here or it would describe nothing.",
        MEND_ENTRY,
    ),
    new(
        "layout-changed",
        "After a reset a capability on which the layout depends is not what it was.",
        "attach to the function anew: what the guest was shown may be wrong",
    ),
    new(
        "entry-shadowed",
        "An entry of an earlier database matches too; that of the later one counts.",
        "leave out `--quirks`, or name the descriptions that should count last",
    ),
    new(
        "layer-refused",
        "A layer that is switched on is not applied, and the decision says why.",
        "`--without-layer NAME`, or mend what the reason names",
    ),
    new(
        "layer-unknown",
        "The policy switches on a layer that no database has.",
        "correct the name: `quirkc match` lists the layers",
    ),
    new(
        "layer-not-matching",
        "The policy switches on a layer that is not for this function.",
        "leave it out: `quirkc match` lists the layers that are",
    ),
    new(
        "too-many-layers",
        "More layers are switched on than can be applied at once.",
        "switch some off: `--without-layer NAME`",
    ),
    new(
        "mirror-untrapped",
        "A window of a BAR shows configuration space and the VMM does not trap it, so that the guest gets around what is emulated.",
        "trap the window in the VMM, and tell the policy of it",
    ),
    new(
        "broken-record",
        "A database holds a record that cannot be read.",
        "compile the descriptions again with `quirkc build --emit db`",
    ),
    new("dvsec-length", "The length of a free-space DVSEC is not one that its form can have.", MEND_DVSEC),
    new("dvsec-truncated", "A free-space DVSEC reaches past the end of the space.", MEND_DVSEC),
    new("dvsec-form", "What a free-space DVSEC holds is not of its form.", MEND_DVSEC),
    new("dvsec-overlaps-capability", "A free-space DVSEC overlaps another capability.", MEND_DVSEC),
    new(
        "entry-unaligned",
        "An entry of a free-space table does not begin and end at a multiple of 4. It is not used.",
        MEND_DVSEC,
    ),
    new("entry-out-of-range", "An entry of a free-space table is not in extended space. It is not used.", MEND_DVSEC),
    new("entry-overlaps-dvsec", "An entry of a free-space table covers the DVSEC itself. It is not used.", MEND_DVSEC),
    new("entry-overlaps-entry", "An entry of a free-space table overlaps another. It is not used.", MEND_DVSEC),
    new("entry-overlaps-capability", "An entry of a free-space table covers a capability. It is not used.", MEND_DVSEC),
];

/// What a code of a reason or a finding means.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Explanation> {
    REASONS.iter().chain(FINDINGS).find(|each| each.code == code)
}

#[cfg(test)]
mod tests {
    use quirk_runtime::Finding;

    use super::FINDINGS;
    use crate::explain;

    #[test]
    fn every_finding_is_explained_once() {
        for code in Finding::CODES {
            assert!(explain(code).is_some(), "{code}");
        }
        for each in FINDINGS {
            assert!(Finding::CODES.contains(&each.code), "{}", each.code);
            assert_eq!(explain(each.code), Some(each), "a reason says it already");
            assert!(
                each.meaning.ends_with('.') && !each.way_out.is_empty() && !each.way_out.ends_with('.'),
                "{}",
                each.code
            );
        }
    }
}
