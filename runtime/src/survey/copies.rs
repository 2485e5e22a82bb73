//! Space that repeats: a function that decodes too few bits of an offset answers with its header again and again. Linux takes
//! one that does so every 256 bytes for a function without extended space.

use super::config::ConfigSurvey;
use crate::ConfigAccess;

/// Looks for copies of the header, and notes the distance of the nearest ones that go on to the end.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn find<D: ConfigAccess + ?Sized>(survey: &mut ConfigSurvey<'_, D>) -> Result<(), D::Error> {
    if survey.closed.is_some() {
        return Ok(());
    }
    for every in [0x100, 0x200, 0x400, 0x800] {
        if repeats(survey, every)? {
            let known = survey.aliased_every;
            survey.aliased_every = if known == 0 { every } else { known.min(every) };
            break;
        }
    }
    Ok(())
}

/// Whether ids, revision and class stand at every such distance.
fn repeats<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>, every: u16) -> Result<bool, D::Error> {
    for register in [0, 8] {
        let first = survey.read_dword(register)?;
        if matches!(first, 0 | u32::MAX) {
            return Ok(false);
        }
        for copy in (every..survey.size).step_by(usize::from(every)) {
            if survey.read_dword(copy + register)? != first {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use crate::testing::Recorder;
    use crate::{HostPasid, Identity, Operator, Policy, VirtualConfig};

    /// The reason of the operator's candidate on a function with copies of its header at these offsets.
    fn reason(copies: impl Iterator<Item = u16>, offset: u16, scan_gaps: bool) -> &'static str {
        let mut space = Recorder::endpoint(&[(0x100, 0x03)]);
        let header = [0, 8].map(|register| (register, 0x1234_fffe - u32::from(register)));
        copies.for_each(|copy| header.iter().for_each(|&(register, dword)| space.set(copy + register, dword)));
        let host = HostPasid { width: 8, execute: false, privileged: false, ats_not_supported: false };
        let policy = Policy { operator: Operator::Offset(offset), scan_gaps, ..Policy::DEFAULT };
        let config = VirtualConfig::attach(&space, &[], &Identity::default(), Some(host), &policy).unwrap();
        let operator = |each: &&crate::Candidate| each.source == crate::Source::Operator;
        config.decision().candidates.iter().find(operator).unwrap().reason.code()
    }

    #[test]
    fn nothing_is_placed_on_a_copy() {
        for every in [0x200, 0x400, 0x800] {
            let copies = || (0..0x1000).step_by(usize::from(every));
            assert_eq!(reason(copies(), every + 0x1f0, true), "aliased", "{every:#x}");
            assert_eq!(reason(copies(), 0x1f0, true), "free", "{every:#x}: the first copy is the function itself");
            assert_eq!(reason(copies(), every + 0x1f0, false), "free", "{every:#x}: nobody looked");
        }
        assert_ne!(reason((0..0x1000).step_by(0x100), 0x1f0, true), "free", "there is no extended space at all");
    }

    #[test]
    fn a_header_that_is_missing_once_makes_no_copies() {
        for missing in [0x400, 0x800, 0xc00] {
            let copies = (0..0x1000).step_by(0x400).filter(|&copy| copy != missing && copy != 0x800);
            assert_eq!(reason(copies, 0xff0, true), "free", "{missing:#x}");
        }
    }
}
