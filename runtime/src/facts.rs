//! What a database says of its devices, for programs that list, show or compare it: the records themselves may change with
//! every version.

use crate::byte_range::ByteRange;
use crate::tables::{Database, Device, Evidence, FreeRange, Layer, Place};

/// What is stated of one kind of device.
#[derive(Clone, Copy, Debug)]
pub struct DeviceFacts<'db> {
    database: Database<'db>,
    device: Device,
}

/// What is stated of one layer.
#[derive(Clone, Copy, Debug)]
pub struct LayerFacts<'db> {
    database: Database<'db>,
    layer: Layer,
}

impl<'db> Database<'db> {
    /// Its devices, in the order of its files.
    ///
    /// ```
    /// # let database = quirk_runtime::Database::EMPTY;
    /// for device in database.devices() {
    ///     let free: u32 = device.free().map(|(range, _)| u32::from(range.end - range.start)).sum();
    ///     println!("{} ({}): {free} bytes are free", device.title(), device.source());
    /// }
    /// ```
    pub fn devices(self) -> impl Iterator<Item = DeviceFacts<'db>> {
        self.all::<Device>().map(move |device| DeviceFacts { database: self, device })
    }

    /// Its layers, by name.
    pub fn layers(self) -> impl Iterator<Item = LayerFacts<'db>> {
        self.all::<Layer>().map(move |layer| LayerFacts { database: self, layer })
    }
}

impl<'db> DeviceFacts<'db> {
    /// Its identifier.
    #[must_use]
    pub fn name(&self) -> &'db str {
        self.database.text(self.device.name)
    }

    /// What the vendor calls it.
    #[must_use]
    pub fn title(&self) -> &'db str {
        self.database.text(self.device.title)
    }

    /// `file:line` of its description.
    #[must_use]
    pub fn source(&self) -> &'db str {
        self.database.text(self.device.source)
    }

    /// The bytes that are declared free, and the best that vouches for them.
    pub fn free(&self) -> impl Iterator<Item = (ByteRange, Evidence)> + use<'db> {
        let database = self.database;
        database.list::<FreeRange>(self.device.free).map(move |free| {
            let best = database.list(free.evidence).map(|claim| claim.evidence).max();
            (ByteRange::new(free.start, free.end), best.unwrap_or(Evidence::None))
        })
    }

    /// Where PASID may go, the best place first; none where the description says nothing of PASID, or forbids it.
    pub fn places(&self) -> impl Iterator<Item = u16> + use<'db> {
        self.database.list::<Place>(self.device.places).map(|place| place.offset)
    }

    /// Whether the device must not have PASID.
    #[must_use]
    pub fn forbids_pasid(&self) -> bool {
        self.device.forbids_pasid
    }
}

impl<'db> LayerFacts<'db> {
    /// Its identifier.
    #[must_use]
    pub fn name(&self) -> &'db str {
        self.database.text(self.layer.name)
    }

    /// `file:line` of its description.
    #[must_use]
    pub fn source(&self) -> &'db str {
        self.database.text(self.layer.source)
    }
}
