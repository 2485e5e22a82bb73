//! What is drawn: for each function its name, what it was before, and what it is with PASID in place.

use quirk_runtime::tables::Device;
use quirk_runtime::{AccessError, ConfigAccess, Database, Image, ImageError, VirtualConfig};

use crate::Entry;
use crate::model::{Painted, Region, SPACE, regions};
use crate::owners;

/// One function, or one description.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What it is called.
    pub title: String,
    /// Vendor and device id; of a description alone there may be many.
    pub ids: Option<(u16, u16)>,
    /// The description that is laid over it.
    pub description: Option<Description>,
    /// Bytes of its space.
    pub size: usize,
    /// Its moments, in order.
    pub states: Vec<State>,
}

/// The description that is laid over the bytes.
#[derive(Clone, Debug)]
pub struct Description {
    /// Its identifier.
    pub name: String,
    /// What the vendor calls the device.
    pub title: String,
    /// `file:line`
    pub source: String,
}

/// A space at one moment.
#[derive(Clone, Debug)]
pub struct State {
    /// `declared`, `before` or `after`.
    pub name: &'static str,
    /// In a sentence.
    pub label: String,
    /// All bytes, in order.
    pub regions: Vec<Region>,
}

/// A function, by what is known of it.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// What it is called.
    pub title: String,
    /// Vendor and device id.
    pub ids: (u16, u16),
    /// Its bytes as a VMM gets them.
    pub bytes: &'a Image,
    /// Capabilities that the kernel hides.
    pub hidden: &'a [Entry],
    /// The device whose description is laid over it.
    pub entry: Option<(Database<'a>, Device)>,
}

impl Subject<'_> {
    /// The function as it is, without what a guest would see.
    ///
    /// # Errors
    /// When the bytes could not be read.
    pub fn sheet(&self) -> Result<Sheet, ImageError> {
        let (live, declared) = self.painted()?;
        let size = self.bytes.bytes().len();
        let regions = regions(size, Some(self.bytes.bytes()), &live, &declared);
        let before = State { name: "before", label: "as the function is".to_owned(), regions };
        Ok(Sheet {
            title: self.title.clone(),
            ids: Some(self.ids),
            description: self.entry.as_ref().map(|(database, device)| description(*database, device)),
            size,
            states: vec![before],
        })
    }

    /// The same space as a guest sees it.
    ///
    /// # Errors
    /// When the bytes could not be read.
    pub fn after<D: ConfigAccess>(&self, config: &VirtualConfig<'_, D>) -> Result<State, AccessError<D::Error>> {
        let size = self.bytes.bytes().len();
        let mut bytes = vec![0; size];
        config.read(0, &mut bytes)?;
        let mut live = owners::live(config, self.hidden)?;
        let decision = config.decision();
        owners::with_decision(&mut live, decision);
        let label = match decision.placement {
            Some(placement) => format!("as a guest sees it: PASID at {:#05x}", placement.offset),
            None => "as a guest sees it: no PASID".to_owned(),
        };
        // An image does not fail where the device below did not.
        let declared = self.painted().map(|(_, declared)| declared).unwrap_or_default();
        Ok(State { name: "after", label, regions: regions(size, Some(&bytes), &live, &declared) })
    }

    /// What the bytes tell, and what the description declares.
    fn painted(&self) -> Result<(Painted, Painted), ImageError> {
        let live = owners::live(self.bytes, self.hidden)?;
        let declared = self
            .entry
            .as_ref()
            .map_or_else(Painted::new, |(database, device)| owners::declared(*database, device, &live));
        Ok((live, declared))
    }
}

fn description(database: Database<'_>, device: &Device) -> Description {
    let text = |text| database.text(text).to_owned();
    Description { name: text(device.name), title: text(device.title), source: text(device.source) }
}

impl Sheet {
    /// A description alone.
    #[must_use]
    pub fn declared(database: Database<'_>, device: &Device) -> Self {
        let painted = owners::declared(database, device, &Painted::new());
        let regions = regions(SPACE, None, &Painted::new(), &painted);
        let description = description(database, device);
        let state = State { name: "declared", label: "as it is declared".to_owned(), regions };
        let (title, states) = (description.title.clone(), vec![state]);
        Self { title, ids: None, description: Some(description), size: SPACE, states }
    }
}
