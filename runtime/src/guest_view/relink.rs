//! The Next fields: a list as the device has it, around what is hidden, and on to what is put in.
//!
//! A list is relinked by walking it. What is put in goes after the last capability that the walk reaches, whatever its
//! offset; a Next that need not change stays the device's.

use super::{GuestView, ViewError};
use crate::capability::Space;
use crate::chain::{Capability, Step, Walk};
use crate::overlay::ClaimError;
use crate::survey::ConfigSurvey;
use crate::tables::WriteClass;
use crate::{ConfigAccess, Overlay};

/// Where the extended list begins.
const HEAD: u16 = 0x100;

/// Relinks one list, if something is put into it or taken out.
///
/// # Errors
/// When the device could not be read, or somebody else owns a Next.
pub(super) fn relink<D: ConfigAccess + ?Sized>(
    shown: &mut GuestView<'_>,
    survey: &ConfigSurvey<'_, D>,
    space: Space,
) -> Result<(), ViewError<D::Error>> {
    let hides = shown.hides_in(space);
    let GuestView { overlay, inserted, hidden, .. } = shown;
    let mut offsets = inserted.iter().filter(|each| each.space == space).map(|each| each.offset).peekable();
    if offsets.peek().is_none() && !hides {
        return Ok(());
    }
    let takes_head = space == Space::Extended && offsets.clone().any(|offset| offset == HEAD);
    let mut links = match space {
        Space::Conventional => Links::conventional(overlay, survey).map_err(ViewError::Device)?,
        Space::Extended => Links::extended(overlay),
    };
    let mut head_is_seen = false;
    if space == Space::Conventional || hides || takes_head {
        let walk = Walk::of(survey.device, space).map_err(ViewError::Device)?;
        for step in walk {
            if let Step::Capability(found) = step.map_err(ViewError::Device)? {
                if takes_head && found.offset == HEAD {
                    head_is_seen = true;
                    links.replace(&found)?;
                } else if hidden.contains(found.offset) {
                    links.pass(&found)?;
                } else {
                    links.keep(&found)?;
                }
            }
        }
    } else if let Some(last) = survey.last {
        links.previous = Link::of(&last, false);
    }
    if takes_head && !head_is_seen {
        // Of an empty list it is the first, whatever was put in before it.
        links.append(HEAD)?;
    }
    for offset in offsets.filter(|&offset| !(takes_head && offset == HEAD)) {
        links.append(offset)?;
    }
    links.finish(|offset| hidden.contains(offset))?;
    Ok(())
}

/// What the walk came by last: its Next may have to change.
#[derive(Clone, Copy)]
struct Link {
    /// Where its Next is: the header in an extended list, the byte in a conventional one.
    at: u16,
    /// What the device has there.
    next: u16,
    /// The overlay owns all of the header.
    is_owned: bool,
}

impl Link {
    fn of(found: &Capability, is_owned: bool) -> Option<Self> {
        Some(Self { at: next_at(found.space, found.offset), next: found.next, is_owned })
    }
}

fn next_at(space: Space, offset: u16) -> u16 {
    match space {
        Space::Conventional => offset + 1,
        Space::Extended => offset,
    }
}

struct Links<'a> {
    overlay: &'a mut Overlay,
    space: Space,
    /// In a conventional list the pointer in the function's header, at first; in an extended one nothing.
    previous: Option<Link>,
    /// The conventional list is empty, and its status bit 0.
    is_off: bool,
}

impl<'a> Links<'a> {
    fn extended(overlay: &'a mut Overlay) -> Self {
        Self { overlay, space: Space::Extended, previous: None, is_off: false }
    }

    fn conventional<D: ConfigAccess + ?Sized>(
        overlay: &'a mut Overlay,
        survey: &ConfigSurvey<'_, D>,
    ) -> Result<Self, D::Error> {
        let mut header = [0; 64];
        survey.device.read(0, &mut header)?;
        let at = if header[0x0e] & 0x7f == 2 { 0x14 } else { 0x34 };
        let is_off = header[0x06] & 0x10 == 0;
        let next = if is_off { 0 } else { u16::from(header[usize::from(at)] & 0xfc) };
        Ok(Self { overlay, space: Space::Conventional, previous: Some(Link { at, next, is_owned: false }), is_off })
    }

    /// A capability that stays.
    fn keep(&mut self, found: &Capability) -> Result<(), ClaimError> {
        self.lead_to(found.offset)?;
        self.previous = Link::of(found, false);
        Ok(())
    }

    /// A capability at the head of which another is put.
    fn replace(&mut self, found: &Capability) -> Result<(), ClaimError> {
        self.lead_to(found.offset)?;
        self.previous = Link::of(found, true);
        Ok(())
    }

    /// A capability that is hidden. Of one at the head of the extended list a null anchor stays, since nothing leads there.
    fn pass(&mut self, found: &Capability) -> Result<(), ClaimError> {
        if self.space == Space::Extended && found.offset == HEAD {
            self.overlay.own(HEAD, &[0; 4], WriteClass::Ro)?;
            self.previous = Link::of(found, true);
        }
        Ok(())
    }

    /// A capability that is put in.
    fn append(&mut self, offset: u16) -> Result<(), ClaimError> {
        self.lead_to(offset)?;
        self.previous = Some(Link { at: next_at(self.space, offset), next: 0, is_owned: true });
        Ok(())
    }

    fn finish(mut self, is_hidden: impl Fn(u16) -> bool) -> Result<(), ClaimError> {
        let pointer_leads_to_hidden =
            |last: &Link| self.space == Space::Conventional && last.at < 0x40 && is_hidden(last.next);
        if self.previous.is_some_and(|last| pointer_leads_to_hidden(&last)) {
            // Nothing is left: the function says that it has no list.
            self.overlay.own_bits(0x06, &[0x10], &[0], WriteClass::Ro)?;
        }
        match self.previous {
            Some(last) if last.is_owned || is_hidden(last.next) => self.lead_to(0),
            _ => Ok(()),
        }
    }

    fn lead_to(&mut self, next: u16) -> Result<(), ClaimError> {
        match (self.previous, self.space) {
            (Some(previous), _) if previous.next == next && !previous.is_owned => Ok(()),
            (Some(Link { at, is_owned: true, .. }), Space::Extended) => {
                let [low, high] = (next << 4).to_le_bytes();
                self.overlay.set(at + 2, 0xf0, low);
                self.overlay.set(at + 3, 0xff, high);
                Ok(())
            }
            (Some(Link { at, is_owned: true, .. }), Space::Conventional) => {
                self.overlay.set(at, 0xff, next as u8);
                Ok(())
            }
            (Some(Link { at, .. }), Space::Extended) => {
                self.overlay.own_bits(at + 2, &[0xf0, 0xff], &(next << 4).to_le_bytes(), WriteClass::Ro)
            }
            (Some(Link { at, .. }), Space::Conventional) => {
                if core::mem::take(&mut self.is_off) {
                    self.overlay.own_bits(0x06, &[0x10], &[0x10], WriteClass::Ro)?;
                }
                self.overlay.own(at, &[next as u8], WriteClass::Ro)
            }
            (None, _) if next == HEAD || next == 0 => Ok(()),
            // An empty list gets a null anchor.
            (None, _) => self.overlay.own(HEAD, &(u32::from(next) << 20).to_le_bytes(), WriteClass::Ro),
        }
    }
}
