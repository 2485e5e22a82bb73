//! Puts a virtual configuration behind a vfio-user socket: what a client reads and writes is what a guest would.
//!
//! A VMM calls [`VirtualConfig`] itself. Where it cannot be changed, [`Proxy`] stands between it and the device:
//!
//! ```text
//! QEMU, Cloud Hypervisor <- socket -> quirk_vfio_user::Service -> Proxy -> VirtualConfig -> the device
//! ```
#![forbid(unsafe_code)]

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use quirk_runtime::overlay::{AtsControl, PasidControl, PowerChange, PriControl};
use quirk_runtime::{AccessError, ConfigAccess, ConfigRead, Effect, Reset, VirtualConfig};

/// A virtual configuration that can be served: a device like any other, whose writes may have effects.
pub struct Proxy<'db, D> {
    config: Mutex<VirtualConfig<'db, D>>,
    on_effect: Box<dyn Fn(Effect) + Send + Sync>,
}

impl<'db, D: ConfigAccess> Proxy<'db, D> {
    /// Takes a configuration, and what to do about the effects of a client's writes: here a VMM tells its vIOMMU.
    pub fn new(config: VirtualConfig<'db, D>, on_effect: impl Fn(Effect) + Send + Sync + 'static) -> Self {
        Self { config: Mutex::new(config), on_effect: Box::new(on_effect) }
    }

    /// The configuration. Nobody else reads or writes it until the guard is dropped.
    pub fn config(&self) -> MutexGuard<'_, VirtualConfig<'db, D>> {
        // An access either changes the configuration or fails before it does.
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client resets the function: what is emulated goes back to its initial value.
    pub fn reset(&self) {
        self.config().reset(Reset::Bus);
    }
}

impl<D: ConfigAccess> ConfigRead for Proxy<'_, D>
where
    D::Error: 'static,
{
    type Error = AccessError<D::Error>;

    fn size(&self) -> usize {
        self.config().overlay().size()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error> {
        self.config().read(offset, buffer)
    }
}

impl<D: ConfigAccess> ConfigAccess for Proxy<'_, D>
where
    D::Error: 'static,
{
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Self::Error> {
        // The guard is gone before the effects are told, so that who is told may look at the configuration.
        let effects = self.config().write(offset, data)?;
        effects.for_each(|effect| (self.on_effect)(effect));
        Ok(())
    }
}

impl<D: ConfigAccess> fmt::Debug for Proxy<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("config", &*self.config()).finish_non_exhaustive()
    }
}

/// An effect in words.
#[must_use]
pub fn describe(effect: &Effect) -> String {
    let switched = |on: bool| if on { "enabled" } else { "disabled" };
    match *effect {
        Effect::PasidControl(PasidControl { enable, execute, privileged, .. }) => {
            let also = |set: bool, name: &'static str| if set { name } else { "" };
            format!("PASID {}{}{}", switched(enable), also(execute, ", execute"), also(privileged, ", privileged"))
        }
        Effect::AtsControl(AtsControl { enable, stu, .. }) => {
            format!("ATS {}, smallest translation unit {} bytes", switched(enable), 4096_u64 << stu)
        }
        Effect::PriControl(PriControl { enable, reset, .. }) => {
            format!("page requests {}{}", switched(enable), if reset { ", reset" } else { "" })
        }
        Effect::FunctionReset => "function level reset".to_owned(),
        Effect::PowerState(PowerChange { from, to, resets, .. }) => {
            format!("power state {from:?} to {to:?}{}", if resets { ", reset" } else { "" })
        }
        _ => format!("{effect:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_told_in_words() {
        let pasid = |bits| Effect::PasidControl(PasidControl::from_bits(bits));
        assert_eq!(describe(&pasid(0b011)), "PASID enabled, execute");
        assert_eq!(describe(&pasid(0)), "PASID disabled");
        let ats = Effect::AtsControl(AtsControl::from_bits(1 << 15 | 1));
        assert_eq!(describe(&ats), "ATS enabled, smallest translation unit 8192 bytes");
    }
}
