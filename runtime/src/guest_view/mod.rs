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
mod table;

use crate::bounded::Bounded;
use crate::capability::{DVSEC, Space};
use crate::dword_set::DwordSet;
use crate::overlay::{ClaimError, UnassignedRule};
use crate::survey::{ConfigSurvey, Start};
use crate::tables::WriteClass;
use crate::{ConfigAccess, Overlay};

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

/// What the guest is shown, in the making, over the overlay that it becomes.
pub(crate) struct GuestView<'o> {
    overlay: &'o mut Overlay,
    /// What a guest may do with bytes that nobody owns.
    pub(crate) rule: UnassignedRule,
    inserted: Bounded<Inserted, INSERTED>,
    /// The first dwords of hidden capabilities.
    hidden: DwordSet,
    /// All their dwords.
    blank: DwordSet,
}

/// What a view was beside its overlay, to go back to.
pub(crate) struct Kept {
    hidden: DwordSet,
    blank: DwordSet,
    inserted: usize,
}

impl Kept {
    /// A view of nothing.
    pub(crate) const NOTHING: Self = Self { hidden: DwordSet::EMPTY, blank: DwordSet::EMPTY, inserted: 0 };
}

impl<'o> GuestView<'o> {
    /// The device as it is, under an overlay that owns nothing.
    pub(crate) fn over(overlay: &'o mut Overlay) -> Self {
        Self {
            overlay,
            rule: UnassignedRule::default(),
            inserted: Bounded::new(),
            hidden: DwordSet::EMPTY,
            blank: DwordSet::EMPTY,
        }
    }
}

impl GuestView<'_> {
    /// Shows the device as it is again, in a space of `size` bytes.
    pub(crate) fn clear(&mut self, size: usize) {
        self.overlay.clear(size);
        self.rule = UnassignedRule::default();
        self.inserted.clear();
        (self.hidden, self.blank) = (DwordSet::EMPTY, DwordSet::EMPTY);
    }

    /// Keeps the state beside the overlay. The rule is not kept.
    pub(crate) fn keep(&self, kept: &mut Kept) {
        kept.hidden.clone_from(&self.hidden);
        kept.blank.clone_from(&self.blank);
        kept.inserted = self.inserted.len();
    }

    /// Goes back to what was kept.
    pub(crate) fn go_back(&mut self, kept: &Kept) {
        self.hidden.clone_from(&kept.hidden);
        self.blank.clone_from(&kept.blank);
        self.inserted.truncate(kept.inserted);
    }

    /// Has what was put in lead nowhere, as before the lists were linked.
    pub(crate) fn unlink(&mut self) {
        for &Inserted { space, offset } in self.inserted.iter() {
            let next: &[(u16, u8)] = match space {
                Space::Conventional => &[(1, 0xff)],
                Space::Extended => &[(2, 0xf0), (3, 0xff)],
            };
            next.iter().for_each(|&(at, bits)| self.overlay.set(offset + at, bits, 0));
        }
    }

    pub(crate) fn overlay(&self) -> &Overlay {
        self.overlay
    }

    pub(crate) fn overlay_mut(&mut self) -> &mut Overlay {
        self.overlay
    }

    /// Puts a capability at the end of its list. Its header is owned now, and leads on when the lists are linked; the rest of it
    /// is the caller's to own.
    ///
    /// # Errors
    /// When somebody else owns its header, or the list of what is put in is full.
    pub(crate) fn insert<E>(&mut self, space: Space, offset: u16, id: u16, version: u8) -> Result<(), ViewError<E>> {
        match space {
            Space::Conventional => self.overlay.own(offset, &[id as u8, 0], WriteClass::Ro)?,
            Space::Extended => {
                let [low, high] = id.to_le_bytes();
                self.overlay.own(offset, &[low, high, version & 0x0f, 0], WriteClass::Ro)?;
            }
        }
        self.inserted.push(Inserted { space, offset });
        if self.inserted.overflow() == 0 { Ok(()) } else { Err(ViewError::Claim) }
    }

    /// Puts a DVSEC at the end of the extended list; the bytes after its header are the caller's to own.
    fn insert_dvsec(&mut self, offset: u16) -> Result<(), ClaimError> {
        let [low, high] = DVSEC.to_le_bytes();
        self.overlay.own(offset, &[low, high, 1, 0], WriteClass::Ro)?;
        self.inserted.push(Inserted { space: Space::Extended, offset });
        Ok(())
    }

    /// Whether the lists are as the device has them, as far as nothing is hidden.
    pub(crate) fn puts_nothing_in(&self) -> bool {
        self.inserted.is_empty()
    }

    /// Takes a capability of the device out of its list. What of it nobody owns in the end reads 0.
    pub(crate) fn hide<D: ConfigAccess + ?Sized>(&mut self, survey: &ConfigSurvey<'_, D>, start: Start) {
        self.hidden.insert(start.offset);
        for offset in survey.map.extent(start) {
            self.blank.insert(offset);
        }
    }

    /// What nobody owns in the end of the dword reads 0.
    pub(crate) fn blank_dword(&mut self, offset: u16) {
        self.blank.insert(offset);
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
        self.hidden.first_in(space.start()..space.end()).is_some()
    }
}
