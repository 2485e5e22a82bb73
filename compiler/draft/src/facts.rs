//! What one record tells of a function.

use quirk_runtime::capability::{DVSEC, Kind, PASID, Space, VSEC};
use quirk_runtime::chain::{Step, Walk, length};
use quirk_runtime::{Finding, HostPasid, Identity, Image, Policy, Signs, TrappedMirrors, VirtualConfig};

use crate::error::Error;
use crate::sample::Sample;

/// A capability, by what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Capability {
    pub(crate) offset: u16,
    pub(crate) id: u16,
    /// A DVSEC's vendor and id, or a VSEC's id.
    pub(crate) sub: Option<(u16, u16)>,
}

impl Capability {
    pub(crate) const fn space(&self) -> Space {
        Space::of(self.offset)
    }

    pub(crate) fn kind(&self) -> Option<&'static Kind> {
        Kind::by_id(self.space(), self.id)
    }

    /// As the language names it: `ext aer`.
    pub(crate) fn name(&self) -> String {
        let space = self.space().keyword();
        let name = self.kind().map_or_else(|| format!("{:#04x}", self.id), |kind| kind.name.to_owned());
        match self.sub {
            Some((vendor, id)) if self.id == DVSEC => format!("{space} {name}(vendor: {vendor:#06x}, id: {id:#06x})"),
            Some((_, id)) => format!("{space} {name}(id: {id:#06x})"),
            None => format!("{space} {name}"),
        }
    }
}

/// One record.
pub(crate) struct Facts {
    pub(crate) image: Image,
    pub(crate) identity: Identity,
    pub(crate) description: String,
    pub(crate) origin: String,
    pub(crate) name: String,
    /// In a list, with its length.
    pub(crate) listed: Vec<(Capability, u16)>,
    /// In no list, and looks like one.
    pub(crate) unlisted: Vec<(Capability, u16)>,
    /// What is odd about the lists.
    pub(crate) odd: Vec<String>,
    /// The space repeats at this distance.
    pub(crate) aliased_every: Option<usize>,
}

impl Facts {
    pub(crate) fn of(record: &Sample<'_>) -> Result<Self, Error> {
        let Sample { bytes, name, .. } = *record;
        let is_size = matches!(bytes.len(), 64 | 256 | 4096);
        let image = Image::new(bytes).filter(|_| is_size);
        let image = image.ok_or_else(|| Error::Size { name: name.to_owned(), size: bytes.len() })?;
        let mut facts = Self {
            identity: record.identity,
            description: record.description.to_owned(),
            origin: record.origin.to_owned(),
            name: name.to_owned(),
            listed: Vec::new(),
            unlisted: Vec::new(),
            odd: Vec::new(),
            aliased_every: repeats(image.bytes()),
            image,
        };
        if !facts.answers() {
            return Err(Error::NoAnswer { name: name.to_owned() });
        }
        for space in [Space::Conventional, Space::Extended] {
            for step in Walk::of(&facts.image, space).map_err(Error::runtime)? {
                match step.map_err(Error::runtime)? {
                    Step::Capability(found) => {
                        let length = length(&facts.image, &found).map_err(Error::runtime)?;
                        facts.listed.push((facts.capability(found.offset, found.id), length));
                    }
                    Step::Finding(finding) => facts.odd.push(finding.to_string()),
                    other => facts.odd.push(format!("{other:?}")),
                }
            }
        }
        facts.suspect()?;
        Ok(facts)
    }

    fn answers(&self) -> bool {
        self.image.byte(0x0e) & 0x7f != 0x7f
    }

    fn capability(&self, offset: u16, id: u16) -> Capability {
        let word = |at: u16| (self.image.dword(offset + at) & 0xffff) as u16;
        let sub = match (Space::of(offset), id) {
            (Space::Extended, DVSEC) => Some((word(4), word(8))),
            (Space::Extended, VSEC) => Some((0, word(4))),
            _ => None,
        };
        Capability { offset, id, sub }
    }

    /// What looks like a capability that no list reaches, as attaching finds it.
    fn suspect(&mut self) -> Result<(), Error> {
        let host = Some(HostPasid::new(20));
        let policy = Policy::DEFAULT.with_trapped_mirrors(TrappedMirrors::All).with_scan_gaps(true).with_what_if(true);
        let config = VirtualConfig::attach(&self.image, &[], &self.identity, host, &policy).map_err(Error::runtime)?;
        for finding in config.decision().findings.iter() {
            if let Finding::SuspectedCapability { at, .. } = *finding {
                let id = (self.image.dword(at) & if at < 0x100 { 0xff } else { 0xffff }) as u16;
                let capability = self.capability(at, id);
                let least = capability.kind().map_or(4, |kind| kind.min);
                self.unlisted.push((capability, least));
            }
        }
        Ok(())
    }

    pub(crate) fn has_pasid(&self) -> bool {
        self.listed.iter().any(|(capability, _)| capability.space() == Space::Extended && capability.id == PASID)
    }

    /// Whether the bytes prove what kind of function it is.
    pub(crate) fn proven(&self) -> quirk_runtime::Function {
        match self.identity.function {
            quirk_runtime::Function::Unknown => {
                Signs::of(&self.image).map_or(quirk_runtime::Function::Unknown, |signs| signs.function())
            }
            known => known,
        }
    }
}

/// The distance at which all of a space repeats what its beginning has.
fn repeats(bytes: &[u8]) -> Option<usize> {
    let is_copy = |distance: &usize| {
        bytes.len() == 4096 && bytes.chunks(*distance).all(|part| Some(part) == bytes.get(..*distance))
    };
    [0x100, 0x200, 0x400, 0x800].into_iter().find(is_copy)
}
