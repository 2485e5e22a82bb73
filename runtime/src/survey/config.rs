//! What attach sees of a device: its header, both lists, and the bodies that decide. It reads as little as it can.

use super::deferred::{DeferredMap, Listed, Told};
use super::dvsec::{FOUND_DVSECS, FoundDvsec};
use super::map::{Owner, Start};
use crate::bounded::Bounded;
use crate::capability::{self, DVSEC, Kind, Rule, Space};
use crate::chain::{self, Capability, Walk};
use crate::decision::{Findings, Grant};
use crate::dword_set::DwordSet;
use crate::reason::Reason;
use crate::{ByteRange, ConfigAccess, Database, Finding, HostPasid, free_space};

/// Device Capabilities 2: end-to-end prefixes are supported.
const END_TO_END_PREFIX: u32 = 1 << 21;
/// Where Advanced Error Reporting ends after the error registers of a root port.
const ROOT_ERRORS_END: u16 = 0x38;
/// Where it ends after the log of prefixes.
pub(super) const PREFIX_LOG_END: u16 = 0x48;

/// Most DVSECs and VSECs whose headers are kept.
const VENDOR_HEADERS: usize = 32;

/// A DVSEC or VSEC of the device's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VendorHeader {
    pub(crate) offset: u16,
    /// A DVSEC's vendor; for a VSEC, 0.
    pub(crate) sub_vendor: u16,
    /// The DVSEC's or VSEC's own id.
    pub(crate) sub_id: u16,
}

/// The function's own PASID capability, where it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnPasid {
    pub(crate) offset: u16,
    /// PASID Capability register in the low half, control in the high one.
    pub(crate) registers: u32,
}

impl OwnPasid {
    pub(crate) const fn is_enabled(self) -> bool {
        self.registers & 1 << 16 != 0
    }

    /// Max PASID Width, and the permissions that are supported.
    pub(crate) const fn supported(self) -> Grant {
        let (execute, privileged) = (self.registers & 1 << 1 != 0, self.registers & 1 << 2 != 0);
        Grant { width: (self.registers >> 8) as u8 & 0x1f, execute, privileged }
    }

    /// The same, with the control that a host writes which has this.
    pub(crate) const fn enabled_by(self, host: &HostPasid) -> Self {
        let control = 1 | (host.execute as u32) << 1 | (host.privileged as u32) << 2;
        Self { registers: self.registers & 0xffff | control << 16, ..self }
    }
}

/// What is known of a function's configuration space.
pub(crate) struct ConfigSurvey<'a, D: ?Sized> {
    pub(crate) device: &'a D,
    pub(crate) size: u16,
    /// Where the header has the pointer of the conventional list.
    pub(crate) pointer: u16,
    /// The PCI Express capability.
    pcie: Option<Capability>,
    pub(crate) map: DeferredMap,
    pub(crate) findings: Findings,
    pub(crate) vendor_headers: Bounded<VendorHeader, VENDOR_HEADERS>,
    /// Free-space DVSECs of known identities.
    pub(crate) free_space: Bounded<FoundDvsec, FOUND_DVSECS>,
    /// An entry says that they are wrong.
    pub(crate) distrusts_free_space: bool,
    /// Why nothing can be placed, whatever the candidate.
    pub(crate) closed: Option<Reason>,
    /// The last capability that the extended list reaches.
    pub(crate) last: Option<Capability>,
    /// The first one, at 0x100.
    pub(crate) first: Option<Capability>,
    /// Where the device shows PASID.
    pub(crate) visible_pasid: Option<u16>,
    /// PASID capabilities that it shows though nobody meant to.
    pub(super) left_linked: DwordSet,
    /// A hidden PASID capability that somebody vouches for.
    pub(crate) known_pasid: Option<u16>,
    /// The same, where it is the caller who does, and no entry alone.
    pub(crate) confirmed_pasid: Option<u16>,
    pub(crate) own_pasid: Option<OwnPasid>,
    /// The distance at which extended space repeats; 0 if it does not.
    pub(crate) aliased_every: u16,
    is_gone: bool,
}

/// Room for a survey of a device of which nothing was read. It is large: keep it where it is.
pub(crate) struct Unread<'a, D: ?Sized>(ConfigSurvey<'a, D>);

impl<'a, D: ConfigAccess + ?Sized> Unread<'a, D> {
    // As a call it is built where it stays.
    #[inline(never)]
    pub(crate) fn of(device: &'a D) -> Self {
        Self(ConfigSurvey {
            device,
            size: match device.size() {
                4096.. => 4096,
                256.. => 256,
                _ => 64,
            },
            pointer: 0x34,
            pcie: None,
            map: DeferredMap::new(),
            findings: Findings::empty(),
            vendor_headers: Bounded::new(),
            free_space: Bounded::new(),
            distrusts_free_space: false,
            closed: None,
            last: None,
            first: None,
            visible_pasid: None,
            left_linked: DwordSet::EMPTY,
            known_pasid: None,
            confirmed_pasid: None,
            own_pasid: None,
            aliased_every: 0,
            is_gone: false,
        })
    }

    /// Bytes of the space that count.
    pub(crate) const fn size(&self) -> u16 {
        self.0.size
    }

    /// Reads the header and walks both lists. The databases say what a free-space DVSEC is; of bytes that are raw, no PASID
    /// capability is there on purpose.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn read(
        &mut self,
        databases: &[Database<'_>],
        is_raw: bool,
    ) -> Result<&mut ConfigSurvey<'a, D>, D::Error> {
        self.0.read_lists(databases)?;
        self.0.judge_visible(is_raw)?;
        Ok(&mut self.0)
    }
}

impl<D: ConfigAccess + ?Sized> ConfigSurvey<'_, D> {
    /// Reads the header and walks both lists.
    #[inline(never)]
    fn read_lists(&mut self, databases: &[Database<'_>]) -> Result<(), D::Error> {
        let (device, size) = (self.device, self.size);
        let header = chain::header(device)?;
        // The kernel may change other bytes of what does not answer. No function has this class and type.
        if header[0x08..0x0c] == [0xff; 4] && header[0x0e] & 0x7f == 0x7f {
            self.is_gone = true;
            self.findings.push(Finding::DeviceGone);
            self.closed = Some(Reason::DeviceGone);
            return Ok(());
        }
        self.pointer = chain::pointer_at(&header);
        if size == 64 {
            self.findings.push(Finding::HeaderOnly);
        }
        let (mut has_list, mut is_silent) = (false, false);
        for space in [Space::Conventional, Space::Extended] {
            let mut walk = match space {
                Space::Conventional => Walk::conventional(device, &header),
                Space::Extended if has_list && size == 4096 => Walk::extended(device),
                Space::Extended => break,
            };
            loop {
                let found = walk.advance()?;
                if let Some(found) = &found {
                    match space {
                        Space::Conventional => {
                            has_list |= found.has_extended_list();
                            if found.id == capability::PCIE && self.pcie.is_none() {
                                self.pcie = Some(*found);
                            }
                        }
                        Space::Extended => self.note_extended(found),
                    }
                    self.add(found, databases)?;
                }
                while let Some(finding) = walk.take_finding() {
                    is_silent |= finding == Finding::ExtendedSpaceSilent;
                    self.findings.push(finding);
                }
                if found.is_none() {
                    break;
                }
            }
        }
        if self.pcie.is_none() || size < 4096 || is_silent {
            self.closed = Some(Reason::NoExtendedSpace { size });
        }
        Ok(())
    }

    fn note_extended(&mut self, found: &Capability) {
        self.last = Some(*found);
        if self.first.is_none() {
            self.first = self.last;
        }
        if found.id == capability::PASID && self.visible_pasid.is_none() {
            self.visible_pasid = Some(found.offset);
        }
    }

    pub(crate) const fn is_gone(&self) -> bool {
        self.is_gone
    }

    pub(crate) fn read_dword(&self, offset: u16) -> Result<u32, D::Error> {
        let mut bytes = [0; 4];
        self.device.read(offset, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Puts a capability of a list into the map. Where its length is in its header it is known at once; DVSECs and VSECs
    /// are worth one read each, for what they are.
    fn add(&mut self, found: &Capability, databases: &[Database<'_>]) -> Result<(), D::Error> {
        let &Capability { offset, id, .. } = found;
        let start = Start { offset, id, how: Owner::Header, measured: false };
        let Some(kind) = Kind::by_id(found.space, id) else {
            self.note_end(start, 4);
            self.map.add(Listed { offset, id, is_gap: false, told: Told::AtLeast, length: 4 });
            return Ok(());
        };
        let (mut told, mut length, mut is_gap) = (Told::AtLeast, kind.min, false);
        if kind.is_fixed() {
            told = Told::Exactly;
            self.note_end(start, length);
        } else {
            let stated = if kind.rule.in_header() {
                kind.computed(|at| (at == 0).then_some(found.header))
            } else if kind.rule == Rule::Sized && offset <= 0x1000 - 12 {
                let length;
                (is_gap, length) = self.read_sized(found, databases)?;
                Some(length)
            } else {
                None
            };
            if let Some(stated) = stated {
                (told, length) = self.believe(start, kind, stated);
            }
        }
        self.map.add(Listed { offset, id, is_gap, told, length: length.max(4) });
        Ok(())
    }

    /// Whether a DVSEC or VSEC is a gap, and the length that it states.
    #[inline(never)]
    fn read_sized(&mut self, found: &Capability, databases: &[Database<'_>]) -> Result<(bool, u16), D::Error> {
        let &Capability { offset, id, .. } = found;
        let mut bytes = [0; 8];
        let wanted = if id == DVSEC { 8 } else { 4 };
        self.device.read(offset + 4, &mut bytes[..wanted])?;
        let dvsec = free_space::Header::from_bytes(bytes);
        let is_gap = id == DVSEC && self.recognise(offset, bytes, databases);
        let (sub_vendor, sub_id) = if id == DVSEC { (dvsec.vendor, dvsec.id) } else { (0, dvsec.vendor) };
        self.vendor_headers.push(VendorHeader { offset, sub_vendor, sub_id });
        Ok((is_gap, dvsec.length))
    }

    /// What a length is worth that a capability states, and what is known by it.
    fn believe(&mut self, start: Start, kind: &Kind, length: u16) -> (Told, u16) {
        if length < kind.min {
            let Start { offset: at, id, .. } = start;
            self.findings.push(Finding::LengthBelowMinimum { space: start.space(), id, at, length });
            return (Told::Misstated, kind.min);
        }
        self.note_end(start, length);
        (if kind.rule.is_exact() { Told::Exactly } else { Told::AtLeast }, length)
    }

    fn add_length(&mut self, start: Start, kind: &Kind, length: Option<u16>) {
        let Some(length) = length else { return };
        match self.believe(start, kind, length) {
            (Told::Misstated, _) => self.map.mark_misstated(start.offset),
            (told, length) => self.map.extend(start, length, matches!(told, Told::Exactly)),
        }
    }

    fn note_end(&mut self, start: Start, length: u16) {
        let (space, end) = (start.space(), start.offset.saturating_add(length));
        if end > space.end() {
            self.findings.push(Finding::CapabilityPastEnd { space, id: start.id, at: start.offset, end });
        }
    }

    /// Finds out the length of a capability from its own bits, if that was not done and there is a rule.
    pub(crate) fn measure(&mut self, start: Start) -> Result<(), D::Error> {
        let Some(kind) = start.kind().filter(|kind| !start.measured && kind.rule != Rule::None) else { return Ok(()) };
        let was_read = start.is_visible() && (kind.rule == Rule::Sized || kind.rule.in_header());
        if was_read || !self.map.ask(start.offset) {
            return Ok(());
        }
        if self.tells(start, kind)? {
            let length = self.computed(start.offset, kind)?;
            self.add_length(start, kind, length);
        }
        Ok(())
    }

    /// Whether the bits where a capability is that no list leads to are its own: its header reads, or the kernel's anchor
    /// stands over that.
    pub(crate) fn tells(&self, start: Start, kind: &Kind) -> Result<bool, D::Error> {
        if start.is_visible() {
            return Ok(true);
        }
        if self.map.is_anchor(start.offset) {
            return Ok(!kind.rule.in_header());
        }
        // What an entry declares may lie past the end of the space.
        if start.offset >= self.size {
            return Ok(false);
        }
        let header = self.read_dword(start.offset)?;
        Ok(Capability::from_header(start.space(), start.offset, header).id == start.id)
    }

    /// What the bits of a capability say of its length.
    pub(crate) fn computed(&self, offset: u16, kind: &Kind) -> Result<Option<u16>, D::Error> {
        let mut failed = None;
        let length = kind.computed(|at| {
            let at = offset.checked_add(at).filter(|&at| at <= self.size - 4)?;
            self.read_dword(at).map_err(|error| failed = Some(error)).ok()
        });
        match failed {
            Some(error) => Err(error),
            None if kind.rule == Rule::ErrorReporting => self.with_logs(offset, length),
            None => Ok(length),
        }
    }

    /// The length of Advanced Error Reporting with the registers that follow from the function's PCI Express capability: of a
    /// root port's errors, and the log of end-to-end prefixes. The next capability ends it.
    fn with_logs(&self, offset: u16, length: Option<u16>) -> Result<Option<u16>, D::Error> {
        let (Some(pcie), Some(mut length)) = (self.pcie, length) else { return Ok(length) };
        if matches!(pcie.header >> 20 & 0xf, 4 | 10) {
            length = length.max(ROOT_ERRORS_END);
        }
        let capabilities = pcie.offset + 0x24;
        let has_second = pcie.header >> 16 & 0xf >= 2 && capabilities <= Space::Conventional.end() - 4;
        if has_second && length < PREFIX_LOG_END && self.read_dword(capabilities)? & END_TO_END_PREFIX != 0 {
            length = PREFIX_LOG_END;
        }
        Ok(Some(self.ended(offset, length)))
    }

    /// A length that the next capability ends.
    pub(crate) fn ended(&self, offset: u16, length: u16) -> u16 {
        let next = self.map.next_start(offset + 4, Space::of(offset));
        next.map_or(length, |next| length.min(next.offset - offset))
    }

    /// Measures what must be known before `range` can be called free: everything, or where it was declared free, the
    /// capability before it.
    pub(crate) fn measure_for(&mut self, range: ByteRange) -> Result<(), D::Error> {
        self.map.open();
        if self.map.is_declared_free(range) {
            return match self.map.nearest(range.start) {
                Some(start) => self.measure(start),
                None => Ok(()),
            };
        }
        self.measure_space(Space::Extended)
    }

    /// Measures every capability.
    pub(crate) fn measure_all(&mut self) -> Result<(), D::Error> {
        self.measure_space(Space::Conventional)?;
        self.measure_space(Space::Extended)
    }

    /// Measures every capability of a space.
    pub(crate) fn measure_space(&mut self, space: Space) -> Result<(), D::Error> {
        self.map.open();
        let mut from = space.start();
        while let Some(start) = self.map.next_start(from, space) {
            self.measure(start)?;
            from = start.offset + 4;
        }
        from = space.start();
        while let Some(start) = self.map.next_suspect(from).filter(|_| space == Space::Extended) {
            self.measure(start)?;
            from = start.offset + 4;
        }
        Ok(())
    }

    /// Measures every capability that the kernel hides, before a shield is put over it.
    pub(crate) fn measure_hidden(&mut self) -> Result<(), D::Error> {
        if !self.map.open().hides() {
            return Ok(());
        }
        for space in [Space::Conventional, Space::Extended] {
            let mut from = space.start();
            while let Some(start) = self.map.next_start(from, space) {
                if start.how == Owner::Hidden {
                    self.measure(start)?;
                }
                from = start.offset + 4;
            }
        }
        Ok(())
    }

    /// Reads the registers of the function's own PASID capability, where somebody says it is, or where it was left in the list.
    pub(crate) fn read_own_pasid(&mut self) -> Result<(), D::Error> {
        let left = self.visible_pasid.filter(|&at| self.is_left_linked(at) && at <= 0x1000 - capability::PASID_LENGTH);
        let Some(offset) = left.or(self.known_pasid).filter(|_| self.closed.is_none()) else { return Ok(()) };
        let header = self.read_dword(offset)?;
        // The kernel puts its anchor over a header at 0x100; elsewhere the header still reads.
        if offset == 0x100 || header & 0xffff == u32::from(capability::PASID) {
            self.own_pasid = Some(OwnPasid { offset, registers: self.read_dword(offset + 4)? });
        } else {
            let (id, live) = (capability::PASID, (header & 0xffff) as u16);
            let differs = Finding::DeclaredCapabilityDiffers { space: Space::Extended, id, at: offset, live };
            self.findings.push(differs);
        }
        Ok(())
    }

    /// Where the answer is for a host that will enable PASID: what that host has then.
    pub(crate) fn enable_own_pasid(&mut self, host: HostPasid) -> HostPasid {
        let Some(own) = self.own_pasid else { return host };
        let (at, has) = (own.offset, own.supported());
        let given = HostPasid {
            width: host.width.min(has.width),
            execute: host.execute && has.execute,
            privileged: host.privileged && has.privileged,
            ..host
        };
        if given.width < host.width {
            self.findings.push(Finding::HostWidthCut { at, host: host.width, device: has.width });
        }
        if host.execute && !has.execute {
            self.findings.push(Finding::HostExecuteCut { at });
        }
        if host.privileged && !has.privileged {
            self.findings.push(Finding::HostPrivilegedCut { at });
        }
        self.own_pasid = Some(own.enabled_by(&given));
        given
    }

    /// Whether the function has extended space that answers, whatever the host says.
    pub(crate) const fn has_extended_space(&self) -> bool {
        !matches!(self.closed, Some(Reason::NoExtendedSpace { .. } | Reason::DeviceGone))
    }

    /// Whether extended space holds no capability, so that the dword at 0x100 is the list's end.
    pub(crate) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// What the PASID capability that the device shows says.
    pub(crate) fn visible_grant(&self) -> Result<Grant, D::Error> {
        let Some(offset) = self.visible_pasid.filter(|&offset| offset <= 0xff8) else { return Ok(Grant::default()) };
        let register = self.read_dword(offset + 4)?;
        Ok(Grant { width: (register >> 8) as u8 & 0x1f, execute: register & 2 != 0, privileged: register & 4 != 0 })
    }

    /// Vendor and id of a DVSEC, 0 and id of a VSEC.
    pub(crate) fn sub_ids(&self, at: u16, id: u16) -> Result<(u16, u16), D::Error> {
        if let Some(header) = self.vendor_headers.iter().find(|header| header.offset == at) {
            return Ok((header.sub_vendor, header.sub_id));
        }
        if at > 0x1000 - 12 {
            return Ok((0, 0));
        }
        let low = (self.read_dword(at + 4)? & 0xffff) as u16;
        Ok(if id == DVSEC { (low, (self.read_dword(at + 8)? & 0xffff) as u16) } else { (0, low) })
    }
}
