//! A configuration that C holds: what is emulated, and the words for why.

use std::sync::{Mutex, TryLockError};

use quirk_runtime::{
    AccessError, AttachError, Effect, Effects, HostPasid, Identity, ImposeError, Intent, Policy, PowerChange, Reset,
    Saved, VirtualConfig,
};

use crate::abi::{
    QUIRK_EFFECT_ATS_CONTROL, QUIRK_EFFECT_FUNCTION_RESET, QUIRK_EFFECT_OTHER, QUIRK_EFFECT_PASID_CONTROL,
    QUIRK_EFFECT_POWER_RESET, QUIRK_EFFECT_POWER_STATE, QUIRK_EFFECT_PRI_CONTROL, QUIRK_INTENT_MEMORY_SPACE,
    QUIRK_INTENT_RESETS, QuirkEffects, QuirkIntent, QuirkMirror,
};
use crate::database::QuirkDb;
use crate::device::{CallbackError, Device};
use crate::status::{Failure, QuirkStatus};

type Config = VirtualConfig<'static, Device>;

/// A configuration: one call at a time.
#[derive(Debug)]
pub struct QuirkConfig {
    config: Mutex<Config>,
    explanation: String,
}

impl From<AttachError<CallbackError>> for Failure {
    fn from(error: AttachError<CallbackError>) -> Self {
        Self::new(QuirkStatus::Device, error)
    }
}

impl From<AccessError<CallbackError>> for Failure {
    fn from(error: AccessError<CallbackError>) -> Self {
        let status = match error {
            AccessError::OutOfRange { .. } => QuirkStatus::OutOfRange,
            _ => QuirkStatus::Device,
        };
        Self::new(status, error)
    }
}

impl From<ImposeError<CallbackError>> for Failure {
    fn from(error: ImposeError<CallbackError>) -> Self {
        match error {
            ImposeError::Attach(error) => error.into(),
            error => Self::new(QuirkStatus::Refused, error),
        }
    }
}

impl QuirkConfig {
    pub(crate) fn attach(
        device: Device,
        db: Option<&QuirkDb>,
        identity: &Identity,
        host: Option<HostPasid>,
        policy: &Policy<'_>,
        saved: Option<&[u8]>,
    ) -> Result<(Self, QuirkEffects), Failure> {
        let databases = db.map(QuirkDb::databases).unwrap_or_default();
        let (config, effects) = match saved {
            Some(bytes) => {
                let saved = Saved::decode(bytes).map_err(|error| Failure::new(QuirkStatus::Saved, error))?;
                VirtualConfig::attach_with(&saved, device, &databases, identity, host, policy)?
            }
            None => (VirtualConfig::attach(device, &databases, identity, host, policy)?, Effects::default()),
        };
        let explanation = config.decision().to_string();
        Ok((Self { config: Mutex::new(config.into_owned()), explanation }, told(effects)))
    }

    /// Does something with the configuration, unless another call is under way, as one from a callback is.
    fn with<T>(&self, act: impl FnOnce(&mut Config) -> Result<T, Failure>) -> Result<T, Failure> {
        match self.config.try_lock() {
            Ok(mut config) => act(&mut config),
            Err(TryLockError::WouldBlock) => Err(Failure::plain(QuirkStatus::Busy)),
            Err(TryLockError::Poisoned(_)) => Err(Failure::plain(QuirkStatus::Internal)),
        }
    }

    pub(crate) fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Failure> {
        self.with(|config| Ok(config.read(offset, buffer)?))
    }

    pub(crate) fn write(&self, offset: u16, data: &[u8]) -> Result<QuirkEffects, Failure> {
        self.with(|config| Ok(told(config.write(offset, data)?)))
    }

    pub(crate) fn intent(&self, offset: u16, data: &[u8]) -> Result<QuirkIntent, Failure> {
        self.with(|config| {
            let intent = config.intent(offset, data);
            let resets = if intent.resets() { QUIRK_INTENT_RESETS } else { 0 };
            let Intent { effects, memory_space, .. } = intent;
            Ok(QuirkIntent {
                effects: told(effects),
                kinds: resets | if memory_space.is_some() { QUIRK_INTENT_MEMORY_SPACE } else { 0 },
                memory_space: memory_space.unwrap_or(false).into(),
                reserved: [0; 11],
            })
        })
    }

    pub(crate) fn reset(&self, reset: u32) -> Result<(), Failure> {
        let reset = match reset {
            0 => Reset::Flr,
            1 => Reset::Bus,
            2 => Reset::D3Hot,
            3 => Reset::Cold,
            other => return Err(Failure::invalid(format!("the reset is {other}"))),
        };
        self.with(|config| {
            config.reset(reset);
            Ok(())
        })
    }

    /// The state, whole or not at all.
    pub(crate) fn save(&self) -> Result<Vec<u8>, Failure> {
        self.with(|config| {
            let failed = |error| Failure::new(QuirkStatus::Saved, error);
            config.save().and_then(|saved| saved.to_vec()).map_err(failed)
        })
    }

    pub(crate) fn explanation(&self) -> &str {
        &self.explanation
    }

    pub(crate) fn pasid_offset(&self) -> Result<u16, Failure> {
        self.with(|config| match config.decision().placement {
            Some(placement) => Ok(placement.offset),
            None => Err(Failure::new(QuirkStatus::NoPasid, self.explanation.as_str())),
        })
    }

    pub(crate) fn mirror(&self, index: usize) -> Result<Option<QuirkMirror>, Failure> {
        self.with(|config| {
            Ok(config.mirrors().get(index).map(|mirror| QuirkMirror {
                offset: mirror.offset,
                length: mirror.length,
                config_offset: mirror.config,
                bar: mirror.bar,
                reserved: 0,
            }))
        })
    }
}

fn told(effects: Effects) -> QuirkEffects {
    let mut told = QuirkEffects::default();
    let bit = |set: bool, bit: u32| if set { 1 << bit } else { 0 };
    for effect in effects {
        match effect {
            Effect::PasidControl(control) => {
                told.kinds |= QUIRK_EFFECT_PASID_CONTROL;
                told.pasid_control = bit(control.enable, 0) | bit(control.execute, 1) | bit(control.privileged, 2);
            }
            Effect::AtsControl(control) => {
                told.kinds |= QUIRK_EFFECT_ATS_CONTROL;
                told.ats_control = bit(control.enable, 15) | u16::from(control.stu);
            }
            Effect::PriControl(control) => {
                told.kinds |= QUIRK_EFFECT_PRI_CONTROL;
                told.pri_control = bit(control.enable, 0) | bit(control.reset, 1);
            }
            Effect::FunctionReset => told.kinds |= QUIRK_EFFECT_FUNCTION_RESET,
            Effect::PowerState(PowerChange { from, to, resets, .. }) => {
                told.kinds |= QUIRK_EFFECT_POWER_STATE | if resets { QUIRK_EFFECT_POWER_RESET } else { 0 };
                (told.power_from, told.power_to) = (from as u8, to as u8);
            }
            _ => told.kinds |= QUIRK_EFFECT_OTHER,
        }
    }
    told
}
