//! A device whose free space is described by DVSECs that it does not have: what a variant driver shows, in user space.

use std::sync::{Mutex, MutexGuard, PoisonError};

use quirk_runtime::{AccessError, AttachError, ConfigAccess, ConfigRead, Database, Decision, Identity, VirtualConfig};

/// A device with the free-space DVSECs that its entry declares on top, to be given to [`crate::serve`].
///
/// PASID is not placed: the client does that, and cannot tell these DVSECs from a device's own.
#[derive(Debug)]
pub struct Described<D: ConfigAccess> {
    config: Mutex<VirtualConfig<'static, D>>,
}

impl<D: ConfigAccess> Described<D> {
    /// Puts the DVSECs on a device that an entry of the databases describes; see [`VirtualConfig::describe`].
    ///
    /// # Errors
    /// When the device could not be read, or is too small to be one.
    pub fn new(device: D, databases: &[Database<'static>], identity: &Identity) -> Result<Self, AttachError<D::Error>> {
        VirtualConfig::describe(device, databases, identity).map(|config| Self { config: Mutex::new(config) })
    }

    /// The entry that applies, and as findings which DVSECs are left out or cut, since the device is not as the entry says.
    #[must_use]
    pub fn decision(&self) -> Decision<'static> {
        self.lock().decision().clone()
    }

    fn lock(&self) -> MutexGuard<'_, VirtualConfig<'static, D>> {
        // It stays whole if a thread panics elsewhere while it holds the lock.
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: ConfigAccess> ConfigRead for Described<D>
where
    D::Error: 'static,
{
    type Error = AccessError<D::Error>;

    fn size(&self) -> usize {
        self.lock().overlay().size()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error> {
        self.lock().read(offset, buffer)
    }
}

impl<D: ConfigAccess> ConfigAccess for Described<D>
where
    D::Error: 'static,
{
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Self::Error> {
        // A reset goes through to the device, and nothing that is shown here changes with it.
        self.lock().write(offset, data).map(|_| ())
    }
}
