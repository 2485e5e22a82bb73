//! Whether the device is still the one that the overlay was built for: one read, after a reset.

use super::VirtualConfig;
use crate::capability::{PCIE, Space};
use crate::decision::{Placement, Source};
use crate::free_space::HEADER_LENGTH;
use crate::placement::Site;
use crate::placement::free_space::FoundDvsec;
use crate::tables::Form;
use crate::{ConfigAccess, Finding};

/// A few bytes on which the layout hangs, as they were when the overlay was built.
#[derive(Clone, Copy, Debug)]
pub(super) struct Witness {
    offset: u16,
    bytes: [u8; HEADER_LENGTH as usize],
    length: usize,
    /// So many bytes, from the first on, must be the same.
    fixed: usize,
}

impl Witness {
    /// Reads it: see [`VirtualConfig::revalidate`].
    pub(super) fn of<D: ConfigAccess + ?Sized>(
        site: &Site<'_, D>,
        placement: Placement,
    ) -> Result<Option<Self>, D::Error> {
        let is_asked = |range: &crate::ByteRange, form| match form {
            Form::PerGap => (range.start..range.end).contains(&placement.offset),
            Form::Table => true,
        };
        let mut found = site.free_space.iter().filter(|dvsec| dvsec.fault.is_none());
        let dvsec = found.find(|dvsec| is_asked(&dvsec.range, dvsec.format.form)).map(FoundDvsec::offset);
        let last = site.last.map(|last| last.offset).filter(|&offset| offset <= Space::Extended.end() - 8);
        let pcie = || site.map.starts(Space::Conventional).find(|start| start.id == PCIE).map(|start| start.offset);
        let (offset, length, fixed) = match (dvsec.filter(|_| placement.source == Source::Dvsec), last.or_else(pcie)) {
            (Some(dvsec), _) => (dvsec, usize::from(HEADER_LENGTH), usize::from(HEADER_LENGTH)),
            (None, Some(capability)) => (capability, 8, 4),
            (None, None) => return Ok(None),
        };
        let mut bytes = [0; HEADER_LENGTH as usize];
        site.device.read(offset, &mut bytes[..length])?;
        Ok(Some(Self { offset, bytes, length, fixed }))
    }

    fn judge(&self, now: &[u8]) -> Option<Finding> {
        let then = &self.bytes[..self.length];
        let is_silent = |bytes: &[u8]| bytes.iter().skip(4).all(|&byte| byte == 0xff);
        if is_silent(now) && !is_silent(then) {
            return Some(Finding::DeviceGone);
        }
        (now[..self.fixed] != then[..self.fixed]).then_some(Finding::LayoutChanged { at: self.offset })
    }
}

impl<D: ConfigAccess> VirtualConfig<'_, D> {
    /// Looks, after a reset of the function, whether its layout is still the one that the overlay was built for. What is
    /// found is added to the [`decision`](Self::decision); the overlay stays as it is.
    ///
    /// It costs one read: of the free-space DVSEC that PASID was placed by, its 12 bytes, all of which must be the same;
    /// otherwise of the last capability in the extended list, or of PCI Express if that is empty, the header, which must be
    /// the same, and the dword behind it. vfio-pci answers for headers itself, even if the device is gone, but asks the
    /// device for the dwords behind them: all ones there, where there were none before, is
    /// [`Finding::DeviceGone`]. Where nothing was placed there is nothing to look for, and nothing is read.
    ///
    /// # Errors
    /// When the device could not be read.
    pub fn revalidate(&mut self) -> Result<Option<Finding>, D::Error> {
        let Some(witness) = self.witness else { return Ok(None) };
        let mut now = [0; HEADER_LENGTH as usize];
        let now = &mut now[..witness.length];
        self.device.read(witness.offset, now)?;
        let finding = witness.judge(now);
        if let Some(finding) = finding.filter(|finding| !self.decision.findings.contains(finding)) {
            self.decision.findings.push(finding);
        }
        Ok(finding)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;

    use std::vec::Vec;

    use super::*;
    use crate::tables::Format;
    use crate::testing::Space4k;
    use crate::testing::database::Builder;
    use crate::{Database, HostPasid, Identity, Operator, Policy};

    const HOST: HostPasid = HostPasid { width: 20, execute: true, privileged: false, ats_not_supported: false };

    fn formats() -> Vec<u8> {
        let mut builder = Builder::default();
        let name = builder.text("gap");
        builder.push(&Format { name, vendor: 0xfffe, id: 1, revision: 0, form: Form::PerGap });
        builder.build()
    }

    /// What is found after `change` was made; the guest's view is the same.
    fn after(device: Space4k, policy: &Policy<'_>, change: impl FnOnce(&mut Space4k)) -> Option<Finding> {
        let formats = formats();
        let databases = [Database::load(&formats).unwrap()];
        let first = VirtualConfig::attach(device, &databases, &Identity::default(), Some(HOST), policy).unwrap();
        assert!(first.decision().placement.is_some());
        let VirtualConfig { mut device, overlay, mirrors, decision, witness, origin } = first;
        change(&mut device);
        let (owned, before) = (overlay.owned_bytes(), device.reads.borrow().len());
        let mut config = VirtualConfig { device, overlay, mirrors, decision, witness, origin };
        let found = config.revalidate().unwrap();
        assert_eq!(config.device().reads.borrow().len(), before + 1, "one read");
        assert_eq!(config.overlay().owned_bytes(), owned);
        assert_eq!(config.decision().findings.last().copied(), found);
        assert_eq!(config.revalidate().unwrap(), found);
        assert_eq!(config.decision().findings.len(), usize::from(found.is_some()), "said once");
        found
    }

    fn with_gap() -> Space4k {
        let mut device = Space4k::endpoint(&[(0x100, 0x03), (0x400, 0x23)]);
        device.set(0x404, 0x1000_fffe);
        device.set(0x408, 0x0001_0001);
        device
    }

    #[test]
    fn a_dvsec_that_says_something_else_is_found() {
        let policy = Policy::DEFAULT;
        assert_eq!(after(with_gap(), &policy, |_| {}), None);
        let changed = Some(Finding::LayoutChanged { at: 0x400 });
        assert_eq!(after(with_gap(), &policy, |device| device.set(0x404, 0x0c00_fffe)), changed);
        assert_eq!(after(with_gap(), &policy, |device| device.set(0x400, 0x0001_0001)), changed);
    }

    #[test]
    fn a_device_behind_the_kernels_headers_that_is_gone_is_found() {
        let gone = Some(Finding::DeviceGone);
        let ones = |device: &mut Space4k| {
            device.set(0x404, u32::MAX);
            device.set(0x408, u32::MAX);
        };
        assert_eq!(after(with_gap(), &Policy::DEFAULT, ones), gone);
        let policy = Policy { operator: Operator::Offset(0x800), ..Policy::DEFAULT };
        assert_eq!(after(with_gap(), &policy, ones), gone);
        let empty = || Space4k::endpoint(&[]);
        assert_eq!(after(empty(), &policy, |device| device.set(0x44, u32::MAX)), gone);
        assert_eq!(after(empty(), &policy, |_| {}), None);
    }

    #[test]
    fn a_last_capability_that_moved_is_found_and_a_status_that_changed_is_not() {
        let policy = Policy { operator: Operator::Offset(0x800), ..Policy::DEFAULT };
        let device = || Space4k::endpoint(&[(0x100, 0x03), (0x200, 0x01)]);
        assert_eq!(after(device(), &policy, |device| device.set(0x204, 0x10)), None);
        let changed = Some(Finding::LayoutChanged { at: 0x200 });
        assert_eq!(after(device(), &policy, |device| device.set(0x200, 0x3001_0001)), changed);
    }

    #[test]
    fn where_nothing_is_placed_nothing_is_read() {
        let device = with_gap();
        let mut config = VirtualConfig::attach(&device, &[], &Identity::default(), None, &Policy::DEFAULT).unwrap();
        let before = device.reads.borrow().len();
        assert_eq!((config.revalidate(), device.reads.borrow().len()), (Ok(None), before));
    }
}
