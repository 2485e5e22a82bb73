//! One layer on its way onto the stack: all of it goes on, or none.

use super::choose::Params;
use super::stack::{Named, Stack, Want};
use crate::capability::{DVSEC, PASID, PASID_LENGTH, Space, VSEC};
use crate::chain::{self, Walk};
use crate::decision::LayerReason;
use crate::guest_view::ViewError;
use crate::overlay::Lock;
use crate::question::Question;
use crate::survey::{ConfigSurvey, Owner, Start};
use crate::tables::{Place, PlaceKind, WriteClass};
use crate::{ByteRange, ConfigAccess, Database};

/// Why a layer does not go on.
pub(super) enum Halt<'db, E> {
    Device(E),
    Refused(LayerReason<'db>),
}

impl<'db, E> From<LayerReason<'db>> for Halt<'db, E> {
    fn from(reason: LayerReason<'db>) -> Self {
        Self::Refused(reason)
    }
}

impl<E> From<ViewError<E>> for Halt<'_, E> {
    fn from(error: ViewError<E>) -> Self {
        match error {
            ViewError::Device(error) => Self::Device(error),
            ViewError::Claim | ViewError::ControlOwned { .. } => Self::Refused(LayerReason::NoRoom),
        }
    }
}

/// What the step of a layer comes to.
pub(super) type Step<'db, T, E> = Result<T, Halt<'db, E>>;

/// A layer on its way.
pub(super) struct Attempt<'a, 's, 'v, 'o, 'db, D: ?Sized> {
    pub(super) survey: &'a mut ConfigSurvey<'s, D>,
    pub(super) question: &'a Question<'a, 'db>,
    /// What the layer did to it is undone if it does not go on.
    pub(super) stack: &'a mut Stack<'v, 'o, 'db>,
    pub(super) layer: Named<'db>,
    pub(super) params: Params<'a, 'db>,
}

impl<'db, D: ConfigAccess + ?Sized> Attempt<'_, '_, '_, '_, 'db, D> {
    pub(super) fn database(&self) -> Database<'db> {
        self.layer.tables
    }

    /// The capabilities that the guest sees of the device.
    pub(super) fn seen(&self, space: Space) -> impl Iterator<Item = Start> + '_ {
        let is_seen = |start: &Start| start.is_visible() && !self.stack.view.is_hidden(start.offset);
        self.survey.map.starts(space).filter(is_seen)
    }

    /// The first capability of an id that a guest reaches when it walks the list.
    pub(super) fn first(&self, space: Space, id: u16, sub: Option<(u16, u16)>) -> Step<'db, Option<u16>, D::Error> {
        for step in Walk::of(self.survey.device, space).map_err(Halt::Device)? {
            if let chain::Step::Capability(found) = step.map_err(Halt::Device)?
                && found.id == id
                && !self.stack.view.is_hidden(found.offset)
                && self.is_sub(space, id, found.offset, sub)?
            {
                return Ok(Some(found.offset));
            }
        }
        Ok(None)
    }

    /// The end of the capability of the device whose header is at an offset, as far as it is known.
    pub(super) fn end_of(&mut self, offset: u16) -> Step<'db, u16, D::Error> {
        let Some(start) = self.survey.map.start_at(offset) else { return Ok(offset) };
        self.survey.measure(start).map_err(Halt::Device)?;
        let measured = self.survey.map.start_at(offset).unwrap_or(start);
        Ok(self.survey.map.extent_end(measured))
    }

    /// Whether the DVSEC or VSEC at an offset is of these ids; others have none, and are what is meant.
    pub(super) fn is_sub(
        &self,
        space: Space,
        id: u16,
        offset: u16,
        sub: Option<(u16, u16)>,
    ) -> Step<'db, bool, D::Error> {
        let Some((vendor, sub_id)) = sub.filter(|_| space == Space::Extended && matches!(id, DVSEC | VSEC)) else {
            return Ok(true);
        };
        let live = self.survey.sub_ids(offset, id).map_err(Halt::Device)?;
        Ok(live == (if id == DVSEC { vendor } else { 0 }, sub_id))
    }

    pub(super) fn read(&self, offset: u16, buffer: &mut [u8]) -> Step<'db, (), D::Error> {
        if usize::from(offset) + buffer.len() > usize::from(self.survey.size) {
            return Err(LayerReason::OutOfBounds { offset }.into());
        }
        self.survey.device.read(offset, buffer).map_err(Halt::Device)
    }

    pub(super) fn read_dword(&self, offset: u16) -> Step<'db, u32, D::Error> {
        let mut bytes = [0; 4];
        self.read(offset, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Owns bits of what the device has. Those that a list needs stay the list's.
    pub(super) fn own(&mut self, want: Want) -> Result<(), LayerReason<'db>> {
        if want.bits & self.list_bits(want.offset) != 0 {
            return Err(LayerReason::ListOwned { offset: want.offset });
        }
        let every = self.survey.aliased_every;
        if every != 0 && want.offset >= every && want.bits != 0 {
            return Err(LayerReason::OnCopy { offset: want.offset, every });
        }
        let byte = ByteRange::from_length(want.offset, 1);
        if want.bits != 0 && (self.is_pasid(want.offset) || self.is_for_pasid(byte)) {
            return Err(LayerReason::Pasid);
        }
        self.stack.own(&self.layer, want)
    }

    /// Whether a byte is in a PASID capability that the guest sees, or in one that the kernel hides and that may be shown: what
    /// it grants is decided, and no layer widens it.
    fn is_pasid(&self, offset: u16) -> bool {
        let near = ByteRange::new(offset.saturating_sub(PASID_LENGTH - 1), offset.saturating_add(1));
        let mut starts = self.survey.map.starts_in(Space::Extended, near);
        starts.any(|start| {
            let is_shown = start.is_visible() || start.how == Owner::Hidden;
            start.id == PASID
                && is_shown
                && !self.stack.view.is_hidden(start.offset)
                && start.offset + PASID_LENGTH > offset
        })
    }

    /// Whether bytes meet those of a place that the device's entry gives PASID: no layer of another database takes it away.
    pub(super) fn is_for_pasid(&self, bytes: ByteRange) -> bool {
        let Some(entry) =
            self.question.entry.filter(|_| self.question.host.is_some() && self.question.refusal.is_none())
        else {
            return false;
        };
        let is_met = |place: Place| {
            let own = ByteRange::from_length(place.offset, PASID_LENGTH);
            matches!(place.kind, PlaceKind::At | PlaceKind::Free) && own.start < bytes.end && bytes.start < own.end
        };
        self.question.database().list(entry.device.places).any(is_met)
    }

    /// Owns the bits of a dword, read-only.
    pub(super) fn own_dword(&mut self, offset: u16, mask: u32, value: u32) -> Result<(), LayerReason<'db>> {
        for ((offset, bits), value) in (offset..).zip(mask.to_le_bytes()).zip(value.to_le_bytes()) {
            self.own(Want { offset, bits, value, class: WriteClass::Ro, forced: 0, lock: Lock::default() })?;
        }
        Ok(())
    }

    /// The bits of a byte that lead through a list: status, pointer, headers, and where the extended list begins.
    pub(super) fn list_bits(&self, offset: u16) -> u8 {
        const STATUS: u16 = 0x06;
        if offset == STATUS {
            return 0x10;
        }
        if offset == self.survey.pointer {
            return 0xff;
        }
        let (header, index) = (offset & !3, offset & 3);
        let is_seen = self.survey.map.is_listed(header) && !self.stack.view.is_hidden(header);
        let is_header = is_seen || self.stack.view.has_inserted(header);
        let is_list = match Space::of(offset) {
            Space::Conventional => is_header && index < 2,
            // The list begins at 0x100, whatever is there or is hidden.
            Space::Extended => is_header || header == Space::Extended.start(),
        };
        if is_list { 0xff } else { 0 }
    }
}
