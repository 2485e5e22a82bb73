//! What the guest is shown: owned bytes, and the two lists as they lead to what is put in and around what is hidden.
//!
//! Parts are put in one by one, by layers and by the placement; [`GuestView::finish`] then relinks the lists, blanks what is
//! hidden, and sets the rule for everything that nobody owns.

mod copies;
mod emitted;
mod finish;
mod found;
mod gap;
mod pasid;
mod relink;
mod resets;

use core::borrow::BorrowMut;

use crate::bounded::Bounded;
use crate::capability::{DVSEC, Space};
use crate::overlay::{ClaimError, UnassignedRule};
use crate::survey::{ConfigSurvey, Start};
use crate::tables::WriteClass;
use crate::{ByteSet, ConfigAccess, Overlay};

/// Most capabilities that are put in.
pub(crate) const INSERTED: usize = 32;

/// Why it could not be built.
#[derive(Debug)]
pub(crate) enum ViewError<E> {
    Device(E),
    /// Somebody else owns what was to be owned, or there is no room.
    Claim,
    /// A layer owns the ATS or PRI control that is the guest's own beside PASID.
    ControlOwned {
        /// The capability.
        id: u16,
        /// Where the register is.
        at: u16,
    },
}

impl<E> From<ClaimError> for ViewError<E> {
    fn from(_: ClaimError) -> Self {
        Self::Claim
    }
}

/// A capability that is put into a list, at its end.
#[derive(Clone, Copy, Debug)]
struct Inserted {
    space: Space,
    offset: u16,
}

/// What the guest is shown, in the making: over an overlay of its own, or over one that is borrowed where it stays.
#[derive(Clone)]
pub(crate) struct GuestView<O = Overlay> {
    overlay: O,
    /// What a guest may do with bytes that nobody owns.
    pub(crate) rule: UnassignedRule,
    inserted: Bounded<Inserted, INSERTED>,
    /// The first bytes of hidden capabilities.
    hidden: ByteSet,
    /// All their bytes.
    blank: ByteSet,
}

impl GuestView {
    pub(crate) fn into_overlay(self) -> Overlay {
        self.overlay
    }
}

impl<O: BorrowMut<Overlay>> GuestView<O> {
    /// The device as it is, under an overlay that owns nothing.
    pub(crate) fn over(overlay: O) -> Self {
        Self {
            overlay,
            rule: UnassignedRule::default(),
            inserted: Bounded::new(Inserted { space: Space::Extended, offset: 0 }),
            hidden: ByteSet::EMPTY,
            blank: ByteSet::EMPTY,
        }
    }

    /// The same over another overlay, which becomes as its own is.
    pub(crate) fn copied_to<'o>(&self, overlay: &'o mut Overlay) -> GuestView<&'o mut Overlay> {
        overlay.clone_from(self.overlay());
        let Self { rule, inserted, hidden, blank, .. } = self;
        GuestView { overlay, rule: rule.clone(), inserted: *inserted, hidden: hidden.clone(), blank: blank.clone() }
    }

    pub(crate) fn overlay(&self) -> &Overlay {
        self.overlay.borrow()
    }

    pub(crate) fn overlay_mut(&mut self) -> &mut Overlay {
        self.overlay.borrow_mut()
    }

    /// Puts a capability at the end of its list. Its id and version are owned now, its Next in the end; the rest of it is
    /// the caller's to own.
    ///
    /// # Errors
    /// When somebody else owns its header, or the list of what is put in is full.
    pub(crate) fn insert<E>(&mut self, space: Space, offset: u16, id: u16, version: u8) -> Result<(), ViewError<E>> {
        match space {
            Space::Conventional => self.overlay_mut().own(offset, &[id as u8], WriteClass::Ro)?,
            Space::Extended => {
                let [low, high] = id.to_le_bytes();
                self.overlay_mut().own_bits(offset, &[0xff, 0xff, 0x0f], &[low, high, version], WriteClass::Ro)?;
            }
        }
        self.inserted.push(Inserted { space, offset });
        if self.inserted.overflow() == 0 { Ok(()) } else { Err(ViewError::Claim) }
    }

    /// Puts a DVSEC at the end of the extended list; the bytes after its header are the caller's to own.
    fn insert_dvsec(&mut self, offset: u16) -> Result<(), ClaimError> {
        let [low, high] = DVSEC.to_le_bytes();
        self.overlay_mut().own_bits(offset, &[0xff, 0xff, 0x0f], &[low, high, 1], WriteClass::Ro)?;
        self.inserted.push(Inserted { space: Space::Extended, offset });
        Ok(())
    }

    /// Whether the lists are as the device has them, as far as nothing is hidden.
    pub(crate) fn puts_nothing_in(&self) -> bool {
        self.inserted.is_empty()
    }

    /// Takes a capability of the device out of its list. What of it nobody owns in the end reads 0.
    pub(crate) fn hide<D: ConfigAccess + ?Sized>(&mut self, survey: &ConfigSurvey<'_, D>, start: Start) {
        self.hidden.insert(start.offset..start.offset + 1);
        survey.map.extent(start).for_each(|offset| self.blank.insert(offset..offset + 4));
    }

    /// What nobody owns in the end of the dword reads 0.
    pub(crate) fn blank_dword(&mut self, offset: u16) {
        self.blank.insert(offset..offset + 4);
    }

    /// Whether the capability whose header is here was taken out.
    pub(crate) fn is_hidden(&self, offset: u16) -> bool {
        self.hidden.contains(offset)
    }

    /// Whether the header of a capability that was put in is here.
    pub(crate) fn has_inserted(&self, offset: u16) -> bool {
        self.inserted.iter().any(|each| each.offset == offset)
    }

    /// Whether the device has a capability in this list that is hidden.
    fn hides_in(&self, space: Space) -> bool {
        self.hidden.intersects(space.start()..space.end())
    }
}
