//! Paints what lies where.

use quirk_runtime::capability::{Kind, Shown, Space};
use quirk_runtime::tables::{Device, EntryKind, FreeRange, LayoutEntry};
use quirk_runtime::{ConfigRead, Database, Decision, Finding, Hidden, Source};

use crate::{Role, list};

/// Dwords in a line.
pub(crate) const LINE: usize = 64;

/// A map of a configuration space.
#[derive(Clone, Debug)]
pub struct Map {
    pub(crate) dwords: Vec<Role>,
    /// The line of the first dword.
    pub(crate) first_line: usize,
}

impl Map {
    /// What the bytes themselves tell: header, capabilities, and what reads 0.
    ///
    /// # Errors
    /// When the space could not be read.
    pub fn of<D: ConfigRead + ?Sized>(config: &D) -> Result<Self, D::Error> {
        let mut bytes = vec![0; config.size()];
        config.read(0, &mut bytes)?;
        let role = |dword: &[u8]| if dword.iter().all(|&byte| byte == 0) { Role::Zero } else { Role::Live };
        let mut map = Self { dwords: bytes.chunks(4).map(role).collect(), first_line: 0 };
        map.paint(0, 64, Role::Header);
        for (capability, length) in list(config, Space::Conventional)? {
            map.paint(capability.offset, length, Role::Conventional);
        }
        let extended = list(config, Space::Extended)?;
        for (capability, length) in &extended {
            map.paint(capability.offset, *length, Role::Extended);
        }
        // Headers last, so that a length that is too large hides none.
        for (capability, _) in &extended {
            map.paint(capability.offset, 4, Role::ExtendedHeader);
        }
        Ok(map)
    }

    /// Paints what a description declares, where the bytes show no capability: what is free, what is not, and capabilities
    /// that vfio-pci never shows.
    #[must_use]
    pub fn with_entry(mut self, database: Database<'_>, device: &Device) -> Self {
        for FreeRange { start, end, .. } in database.list(device.free) {
            self.paint_gaps(start, end.saturating_sub(start), Role::Free);
        }
        for LayoutEntry { kind, id, offset, length, optional, .. } in database.list(device.layout) {
            let is_hidden = || Kind::by_id(Space::Extended, id).is_none_or(|kind| kind.shown == Shown::Never);
            match kind {
                EntryKind::Register => self.paint_gaps(offset, length, Role::Register),
                EntryKind::Reserved => self.paint_gaps(offset, length, Role::Reserved),
                EntryKind::Extended if !optional && is_hidden() => self.paint_gaps(offset, length, Role::Hidden),
                EntryKind::Capability | EntryKind::Extended => {}
            }
        }
        self
    }

    /// Paints capabilities that the kernel hides.
    #[must_use]
    pub fn with_hidden(mut self, hidden: &[Hidden]) -> Self {
        for capability in hidden {
            self.paint_gaps(capability.offset, capability.length.max(4), Role::Hidden);
        }
        self
    }

    /// Paints what was found, and where PASID was put.
    #[must_use]
    pub fn with_decision(mut self, decision: &Decision<'_>) -> Self {
        for finding in decision.findings.iter() {
            if let Finding::SuspectedCapability { at, .. } = *finding {
                self.paint_gaps(at, 4, Role::Suspected);
            }
        }
        if let Some(placement) = decision.placement
            && placement.source != Source::Visible
        {
            self.paint(placement.offset, 8, Role::Pasid);
        }
        self
    }

    /// The line of an offset with the one before and the one after it: a part to look at, not to paint on.
    #[must_use]
    pub fn around(&self, offset: u16) -> Self {
        let line = usize::from(offset) / 4 / LINE;
        let (first, end) = (line.saturating_sub(1) * LINE, (line + 2) * LINE);
        let end = end.min(self.dwords.len());
        let dwords = self.dwords.get(first..end).unwrap_or_default().to_vec();
        Self { dwords, first_line: self.first_line + first / LINE }
    }

    /// Paints every dword that has a byte of the run.
    pub fn paint(&mut self, offset: u16, length: u16, role: Role) {
        for dword in self.dwords_of(offset, length) {
            *dword = role;
        }
    }

    /// Paints only dwords that are in no capability.
    pub fn paint_gaps(&mut self, offset: u16, length: u16, role: Role) {
        let is_gap =
            |role: Role| !matches!(role, Role::Header | Role::Conventional | Role::ExtendedHeader | Role::Extended);
        for dword in self.dwords_of(offset, length).iter_mut().filter(|dword| is_gap(**dword)) {
            *dword = role;
        }
    }

    fn dwords_of(&mut self, offset: u16, length: u16) -> &mut [Role] {
        let last = self.dwords.len();
        let end = (usize::from(offset) + usize::from(length)).div_ceil(4).min(last);
        let start = (usize::from(offset) / 4).min(end);
        &mut self.dwords[start..end]
    }
}
