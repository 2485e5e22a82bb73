//! Whether the device is still the one that the overlay was built for: one read, after a reset.

use super::VirtualConfig;
use crate::{ConfigAccess, Finding};

impl<D: ConfigAccess> VirtualConfig<'_, D> {
    /// Looks, after a reset of the function, whether its layout is still the one that the overlay was built for. What is
    /// found is added to the [`decision`](Self::decision); the overlay stays as it is.
    ///
    /// It costs one read. If PASID was placed by a free-space DVSEC, it is of that DVSEC's identity, length and form, bytes 4..12,
    /// all of which must be the same; of several tables, it is of the first. Otherwise it is of the last capability in the extended list: the header must be the
    /// same. vfio-pci answers for headers itself, even if the device is gone, but asks the device for the dwords after them:
    /// if the one after the header reads as ones, the Device Capabilities register of PCI Express, which never does, is read
    /// too, and if that reads as ones the device is [gone](Finding::DeviceGone). If the extended list is empty, that
    /// register alone is read. Where nothing was placed there is nothing to look for, and nothing is read.
    ///
    /// # Errors
    /// When the device could not be read.
    pub fn revalidate(&mut self) -> Result<Option<Finding>, D::Error> {
        let Some(witness) = self.witness else { return Ok(None) };
        let mut now = [0; 8];
        let now = &mut now[..witness.length];
        self.device.read(witness.offset, now)?;
        let is_silent = |bytes: &[u8]| bytes.iter().all(|&byte| byte == 0xff);
        let is_gone = is_silent(&now[witness.length - 4..]) && {
            let mut alive = [0; 4];
            self.device.read(witness.alive, &mut alive)?;
            is_silent(&alive)
        };
        let finding = if is_gone {
            Some(Finding::DeviceGone)
        } else {
            let is_same = now[..witness.fixed] == witness.bytes[..witness.fixed];
            (!is_same).then_some(Finding::LayoutChanged { at: witness.capability })
        };
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
    use crate::testing::Recorder;
    use crate::{Database, HostPasid, Identity, Operator, Policy};

    const HOST: HostPasid = HostPasid { width: 20, execute: true, privileged: false, ats_not_supported: false };

    fn formats() -> Vec<u8> {
        quirk_kit::tables("dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }")
    }

    /// What is found after `change` was made; the guest's view is the same.
    fn after(device: Recorder, policy: &Policy<'_>, change: impl FnOnce(&mut Recorder)) -> Option<Finding> {
        let formats = formats();
        let databases = [Database::load(&formats).unwrap()];
        let first = VirtualConfig::attach(device, &databases, &Identity::default(), Some(HOST), policy).unwrap();
        assert!(first.decision().placement.is_some());
        let VirtualConfig { mut device, overlay, mirrors, decision, witness, origin } = first;
        change(&mut device);
        let (owned, before) = (overlay.owned_bytes(), device.reads().len());
        let mut config = VirtualConfig { device, overlay, mirrors, decision, witness, origin };
        let found = config.revalidate().unwrap();
        let reads = config.device().reads().len() - before;
        assert_eq!(reads, if found == Some(Finding::DeviceGone) { 2 } else { 1 });
        assert_eq!(config.overlay().owned_bytes(), owned);
        assert_eq!(config.decision().findings.last().copied(), found);
        assert_eq!(config.revalidate().unwrap(), found);
        assert_eq!(config.decision().findings.len(), usize::from(found.is_some()), "said once");
        found
    }

    fn with_gap() -> Recorder {
        let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x400, 0x23)]);
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
        assert_eq!(after(with_gap(), &policy, |device| device.set(0x408, 0x0002_0001)), changed);
    }

    #[test]
    fn a_device_behind_the_kernels_headers_that_is_gone_is_found() {
        let gone = Some(Finding::DeviceGone);
        let ones = |device: &mut Recorder| {
            device.set(0x404, u32::MAX);
            device.set(0x408, u32::MAX);
            device.set(0x44, u32::MAX);
        };
        assert_eq!(after(with_gap(), &Policy::DEFAULT, ones), gone);
        let policy = Policy { operator: Operator::Offset(0x800), ..Policy::DEFAULT };
        assert_eq!(after(with_gap(), &policy, ones), gone);
        let empty = || Recorder::endpoint(&[]);
        assert_eq!(after(empty(), &policy, |device| device.set(0x44, u32::MAX)), gone);
        assert_eq!(after(empty(), &policy, |_| {}), None);
        // A serial number may be all ones.
        let mut unprogrammed = Recorder::endpoint(&[(0x100, 0x03)]);
        unprogrammed.set(0x104, u32::MAX);
        let mut config = VirtualConfig::attach(&unprogrammed, &[], &Identity::default(), Some(HOST), &policy).unwrap();
        assert_eq!(config.revalidate(), Ok(None));
    }

    #[test]
    fn a_last_capability_that_moved_is_found_and_a_status_that_changed_is_not() {
        let policy = Policy { operator: Operator::Offset(0x800), ..Policy::DEFAULT };
        let device = || Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x01)]);
        assert_eq!(after(device(), &policy, |device| device.set(0x204, 0x10)), None);
        let changed = Some(Finding::LayoutChanged { at: 0x200 });
        assert_eq!(after(device(), &policy, |device| device.set(0x200, 0x3001_0001)), changed);
    }

    #[test]
    fn the_gap_that_pasid_lies_in_counts_before_a_table() {
        let formats = quirk_kit::tables(
            "dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
            dvsec_format list { vendor 0xfffe; id 2; revision 0; form table; }",
        );
        let databases = [Database::load(&formats).unwrap()];
        let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x600, 0x23), (0x400, 0x23)]);
        for (at, length, id) in [(0x600, 0x00c0_fffe, 0x0002_0002), (0x400, 0x1000_fffe, 0x0001_0001)] {
            device.set(at + 4, length);
            device.set(at + 8, id);
        }
        let attach = VirtualConfig::attach(&device, &databases, &Identity::default(), Some(HOST), &Policy::DEFAULT);
        assert_eq!(attach.unwrap().witness.map(|witness| witness.capability), Some(0x400));
    }

    #[test]
    fn where_nothing_is_placed_nothing_is_read() {
        let device = with_gap();
        let mut config = VirtualConfig::attach(&device, &[], &Identity::default(), None, &Policy::DEFAULT).unwrap();
        let before = device.reads().len();
        assert_eq!((config.revalidate(), device.reads().len()), (Ok(None), before));
    }
}
