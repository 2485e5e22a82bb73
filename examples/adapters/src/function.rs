//! A function that is passed through, and what its VMM does about it.

use std::sync::{Mutex, PoisonError};

use quirk_runtime::{AccessError, ConfigAccess, Effect, Intent, VirtualConfig};

/// What the VMM does for its guest, in its own way.
pub trait Vmm {
    /// The write that follows resets the function, or moves its memory: stop what uses it.
    fn before(&self, intent: &Intent);
    /// The write was made.
    fn after(&self, effect: Effect);
}

/// A function that is passed through. Several vCPUs may come at once, so that the configuration is behind a lock.
#[derive(Debug)]
pub struct Function<D: ConfigAccess, V> {
    config: Mutex<VirtualConfig<'static, D>>,
    vmm: V,
}

impl<D: ConfigAccess, V: Vmm> Function<D, V> {
    /// A function with what was attached.
    pub const fn new(config: VirtualConfig<'static, D>, vmm: V) -> Self {
        Self { config: Mutex::new(config), vmm }
    }

    /// Reads; a failed read leaves ones, as a bus gives them.
    pub(crate) fn read(&self, offset: u16, buffer: &mut [u8]) {
        let config = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        // The runtime has filled the buffer, and there is nobody to tell: a guest's read does not fail.
        let _: Result<(), AccessError<D::Error>> = config.read(offset, buffer);
    }

    /// Writes, with what the VMM does before and after. The lock is not held while the VMM acts, so that it may read.
    pub(crate) fn write(&self, offset: u16, data: &[u8]) {
        let lock = || self.config.lock().unwrap_or_else(PoisonError::into_inner);
        let intent = lock().intent(offset, data);
        if intent.resets() || intent.memory_space.is_some() || intent.power.is_some() {
            self.vmm.before(&intent);
        }
        let effects = lock().write(offset, data).unwrap_or_default();
        effects.for_each(|effect| self.vmm.after(effect));
    }
}
