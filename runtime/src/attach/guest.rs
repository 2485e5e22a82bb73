//! The guest's side of a virtual configuration: its accesses, its resets, and the state that migrates with it.

use super::VirtualConfig;
use crate::ConfigAccess;
use crate::overlay::{AccessError, Effects, Intent, Reset, SavedError};
use crate::saved::Saved;
use crate::told;

impl<D: ConfigAccess> VirtualConfig<'_, D> {
    /// Reads what the guest sees, any size, any alignment.
    ///
    /// Emulated bytes cost no device access; anything else costs one, over the whole of the guest's access.
    ///
    /// # Errors
    /// An access out of range, which reads nothing, or the device's error; `buffer` then holds ones, as a bus gives them.
    #[inline]
    pub fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), AccessError<D::Error>> {
        self.overlay.read(&self.device, offset, buffer)
    }

    /// Writes what the guest wrote, any size, any alignment, and says what the VMM must do about it.
    ///
    /// No byte with an emulated bit reaches the device. An access of up to 8 bytes to a device whose capabilities do not
    /// overlap has one effect at most.
    ///
    /// # Errors
    /// An access out of range, which writes nothing, or the device's error: emulated bits are then as before, and aligned
    /// pieces below the failed one have reached the device.
    #[inline]
    pub fn write(&mut self, offset: u16, data: &[u8]) -> Result<Effects, AccessError<D::Error>> {
        self.overlay.write(&self.device, offset, data).inspect(|&effects| told::written(offset, effects))
    }
}

impl<D> VirtualConfig<'_, D> {
    /// What [`VirtualConfig::write`] of the same bytes would report if it were called now; see [`Overlay::intent`]. Linux resets
    /// a function inside the write that asks for it: what the VMM must do before, it does by this.
    ///
    /// [`Overlay::intent`]: crate::Overlay::intent
    pub fn intent(&self, offset: u16, data: &[u8]) -> Intent {
        self.overlay.intent(offset, data)
    }

    /// Restores emulated bits after a reset of the function. One that the guest starts, which [`VirtualConfig::write`]
    /// reports as [`crate::Effect::FunctionReset`], is done already.
    pub fn reset(&mut self, reset: Reset) {
        self.overlay.reset(reset);
    }

    /// The VMM's own change of emulated bits, such as a status bit that comes up; see [`crate::Overlay::set`].
    pub fn set(&mut self, offset: u16, mask: u8, value: u8) {
        self.overlay.set(offset, mask, value);
    }

    /// What the guest sees and what it set, to be imposed on another device with [`VirtualConfig::attach_with`].
    ///
    /// # Errors
    /// [`SavedError::TooManyChanges`] if it does not fit.
    pub fn save(&self) -> Result<Saved, SavedError> {
        let overlay = self.overlay.save()?;
        Ok(Saved::new(&self.origin, self.decision.placement, self.decision.grant, overlay))
    }

    /// Gives this configuration the state that was saved of one that emulates the same. The effects are what the VMM must set up: the control registers
    /// as the guest left them.
    ///
    /// # Errors
    /// [`SavedError`] where something else is emulated here; nothing is changed then.
    pub fn restore(&mut self, saved: &Saved) -> Result<Effects, SavedError> {
        self.overlay.restore(saved.overlay())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::VirtualConfig;
    use crate::overlay::{Effect, PasidControl, SavedError};
    use crate::testing::Recorder;
    use crate::{HostPasid, Identity, Operator, Policy, Reset};

    const ATS: u16 = 0x200;

    fn device() -> Recorder {
        Recorder::endpoint(&[(0x100, 0x03), (ATS, 0x0f)])
    }

    fn at(device: &Recorder, offset: u16, width: u8) -> VirtualConfig<'static, &Recorder> {
        let host = HostPasid { width, execute: true, privileged: true, ats_not_supported: false };
        let policy = Policy { operator: Operator::Offset(offset), ..Policy::DEFAULT };
        VirtualConfig::attach(device, &[], &Identity::default(), Some(host), &policy).unwrap()
    }

    const ENABLED: Effect = Effect::PasidControl(PasidControl { enable: true, execute: false, privileged: true });

    #[test]
    fn the_guests_control_moves_to_a_like_configuration() {
        let (here, there) = (device(), device());
        let mut source = at(&here, 0x400, 20);
        assert!(source.write(0x406, &[0x05, 0x00]).unwrap().eq([ENABLED]));
        source.write(ATS + 6, &[0x03, 0x80]).unwrap().for_each(drop);
        let mut target = at(&there, 0x400, 20);
        let effects = target.restore(&source.save().unwrap()).unwrap();
        assert_eq!(effects.count(), 2, "PASID and ATS");
        let mut bytes = [0; 2];
        target.read(0x406, &mut bytes).unwrap();
        assert_eq!(bytes, [0x05, 0x00]);
        target.read(ATS + 6, &mut bytes).unwrap();
        assert_eq!(bytes, [0x03, 0x80]);
        assert!(here.writes().is_empty() && there.writes().is_empty());
    }

    #[test]
    fn another_offset_or_width_is_refused() {
        let device = device();
        let saved = at(&device, 0x400, 20).save().unwrap();
        let layout = SavedError::Layout { offset: 0x400, saved: true };
        assert_eq!(at(&device, 0x500, 20).restore(&saved), Err(layout));
        assert_eq!(at(&device, 0x400, 16).restore(&saved), Err(SavedError::Contents));
    }

    #[test]
    fn a_reset_disables_pasid() {
        let device = device();
        let mut config = at(&device, 0x400, 20);
        for reset in [Reset::Flr, Reset::Bus, Reset::D3Hot, Reset::Cold] {
            config.write(0x406, &[0x05, 0x00]).unwrap().for_each(drop);
            config.reset(reset);
            assert_eq!(config.overlay().value(0x406), 0);
        }
    }
}
