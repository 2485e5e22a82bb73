//! What tells whether a function is physical or virtual.

use crate::access::ConfigRead;
use crate::capability::{PASID, PRI, SRIOV, Space};
use crate::chain::{Step, Walk};
use crate::identity::Function;

/// The signs of a function's kind, from its own raw bytes and from what the kernel knows.
///
/// A sign is proof: an SR-IOV capability exists in a physical function alone; a virtual function has no PASID and no PRI
/// A sign is proof: an SR-IOV capability exists in a physical function alone; a virtual function has no PASID and no PRI
/// capability, and its vendor and device ids read `0xffff`. Bytes that were read inside a guest prove less: the VMM fills ids
/// in, and may have put PASID and PRI there.
/// ```
/// use quirk_runtime::{Function, Image, Signs};
///
/// let mut bytes = [0; 64];
/// bytes[..4].fill(0xff);
/// let raw = Image::new(&bytes).ok_or("not a configuration space")?;
/// assert_eq!(Signs::of(&raw)?.function(), Function::Virtual);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// It answers: the header has a type.
    answers: bool,
    has_no_ids: bool,
    has_sriov: bool,
    has_pasid_or_pri: bool,
    is_in_guest: bool,
    /// Whether the kernel knows a physical function of which this is a part.
    has_physfn: Option<bool>,
}

impl Signs {
    /// The signs in raw bytes: those of sysfs, or a record of them.
    ///
    /// # Errors
    /// When they could not be read.
    pub fn of<D: ConfigRead + ?Sized>(raw: &D) -> Result<Self, D::Error> {
        let mut header = [0; 64];
        raw.read(0, &mut header)?;
        let mut signs = Self {
            // A function that is gone answers all ones, header type 0x7f among them.
            answers: header[0x0e] & 0x7f != 0x7f,
            has_no_ids: header[..4] == [0xff; 4],
            ..Self::default()
        };
        if signs.answers {
            for step in Walk::of(raw, Space::Extended)? {
                if let Step::Capability(found) = step? {
                    signs.has_sriov |= found.id == SRIOV;
                    signs.has_pasid_or_pri |= matches!(found.id, PASID | PRI);
                }
            }
        }
        Ok(signs)
    }

    /// The same, and whether sysfs has a link `physfn` for it.
    #[must_use]
    pub const fn with_physfn(self, exists: bool) -> Self {
        Self { has_physfn: Some(exists), ..self }
    }

    /// The same signs, if bytes and links are those of a guest.
    #[must_use]
    pub const fn inside_guest(self, is_in_guest: bool) -> Self {
        Self { is_in_guest, ..self }
    }

    /// What they prove; [`Function::Unknown`] if they prove nothing, or contradict each other.
    #[must_use]
    pub fn function(&self) -> Function {
        let has_no_ids = self.answers && self.has_no_ids;
        let is_hosts = !self.is_in_guest && !has_no_ids;
        // The host's kernel makes every virtual function itself, with the link.
        let is_listed = self.answers && self.has_physfn == Some(false) && is_hosts;
        let is_physical = self.has_sriov || self.has_pasid_or_pri && is_hosts || is_listed;
        let is_virtual = self.has_physfn == Some(true) || has_no_ids;
        match (is_physical, is_virtual) {
            (true, false) => Function::Physical,
            (false, true) => Function::Virtual,
            _ => Function::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;
    use crate::testing::Recorder;

    const SERIAL: u16 = 0x03;

    fn signs(ids: u32, capability: u16) -> Signs {
        let mut space = Recorder::endpoint(&[(0x100, SERIAL), (0x200, capability)]);
        space.set(0, ids);
        Signs::of(&space).unwrap()
    }

    /// Every combination of signs, and what each proves, written out as the specification and the kernel have it.
    #[test]
    fn each_sign_proves_what_it_can_and_contradictions_nothing() {
        for (ids, has_ids) in [(0x1001_fffe, true), (u32::MAX, false)] {
            for capability in [SERIAL, SRIOV, PASID, PRI] {
                for physfn in [None, Some(false), Some(true)] {
                    for guest in [false, true] {
                        let found = signs(ids, capability).inside_guest(guest);
                        let found = physfn.map_or(found, |exists| found.with_physfn(exists)).function();
                        let mut proofs = Vec::new();
                        if capability == SRIOV {
                            proofs.push(Function::Physical);
                        }
                        if matches!(capability, PASID | PRI) && has_ids && !guest {
                            proofs.push(Function::Physical);
                        }
                        if physfn == Some(false) && has_ids && !guest {
                            proofs.push(Function::Physical);
                        }
                        if physfn == Some(true) {
                            proofs.push(Function::Virtual);
                        }
                        if !has_ids {
                            proofs.push(Function::Virtual);
                        }
                        proofs.dedup();
                        let expected = if let [one] = proofs[..] { one } else { Function::Unknown };
                        assert_eq!(found, expected, "{ids:#x} {capability:#x} {physfn:?} {guest}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_function_that_does_not_answer_proves_nothing() {
        let mut space = Recorder::endpoint(&[]);
        (0..0x1000).step_by(4).for_each(|at| space.set(at, u32::MAX));
        let signs = Signs::of(&space).unwrap();
        assert_eq!(signs.function(), Function::Unknown);
        assert_eq!(signs.with_physfn(false).function(), Function::Unknown);
        assert_eq!(signs.with_physfn(true).function(), Function::Virtual, "the kernel remembers");
    }
}
