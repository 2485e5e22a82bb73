//! Virtual configurations on live devices: attaching, and writing to all of one.

use quirk_live_protocol::{Attached, DATABASE, Hammered};
use quirk_map::Entry;
use quirk_runtime::{ConfigRead as _, Native, Policy, VirtualConfig};
use quirk_sysfs::Config;
use quirk_vfio::Device;
use vfio_user_proxy::describe;

use crate::commands::Answer;

/// What the guest of an open device sees.
pub(crate) type Virtual = VirtualConfig<'static, Device>;

/// An open device, as it is or under a virtual configuration.
pub(crate) enum Open {
    Plain(Device),
    Virtual(Box<Virtual>),
}

impl Open {
    pub(crate) fn device(&self) -> &Device {
        match self {
            Self::Plain(device) => device,
            Self::Virtual(config) => config.device(),
        }
    }

    pub(crate) fn into_device(self) -> Device {
        match self {
            Self::Plain(device) => device,
            Self::Virtual(config) => config.into_device(),
        }
    }
}

/// Attaches as a VMM does, with what the kernel says of PASID, and what it hides taken from the raw space in sysfs.
pub(crate) fn attach(device: Device, raw: &Config, native: bool, expose: bool) -> Answer<(Virtual, Attached)> {
    let host = device.pasid()?;
    let hidden = device.hidden(raw)?.ok_or("sysfs does not show all of the device")?;
    let native = if native { Native::Confirmed } else { Native::Never };
    let policy = Policy::DEFAULT.with_native(native).with_confirmed(&hidden).with_expose_free_space(expose);
    let (identity, size) = (device.identity(), device.size());
    let config = VirtualConfig::attach(device, &[DATABASE], &identity, host, &policy)?;
    let (decision, overlay) = (config.decision(), config.overlay());
    let bytes = || 0..size as u16;
    let attached = Attached {
        decision: decision.to_string(),
        offset: decision.placement.map(|placement| placement.offset),
        source: decision.placement.map(|placement| placement.source.to_string()),
        findings: decision.findings.iter().map(|finding| finding.code().to_owned()).collect(),
        hidden: hidden.iter().map(|hidden| (hidden.offset, hidden.id)).collect(),
        emulated: bytes().filter(|&at| overlay.owned_bits(at) != 0).collect(),
        shielded: bytes().filter(|&at| !overlay.passes_writes(at)).collect(),
    };
    Ok((config, attached))
}

/// Offset and id of each capability.
pub(crate) fn places(entries: &[Entry]) -> Vec<(u16, u16)> {
    entries.iter().map(|(capability, _)| (capability.offset, capability.id)).collect()
}

/// Writes `value` everywhere, in each of the sizes, one write every `step` bytes.
pub(crate) fn hammer(config: &mut Virtual, sizes: &[usize], step: usize, value: u8, spare: &[(u16, u8)]) -> Hammered {
    let end = config.overlay().size();
    let mut image = vec![value; end];
    for &(offset, bits) in spare {
        image[usize::from(offset)] &= !bits;
    }
    let mut hammered = Hammered { writes: 0, failed: None, effects: Vec::new() };
    for &size in sizes {
        for start in (0..end.saturating_sub(size - 1)).step_by(step) {
            hammered.writes += 1;
            match config.write(start as u16, &image[start..start + size]) {
                Ok(effects) => effects.map(|effect| describe(&effect)).for_each(|effect| {
                    if !hammered.effects.contains(&effect) {
                        hammered.effects.push(effect);
                    }
                }),
                Err(error) => hammered.failed.get_or_insert_with(|| (0, error.to_string())).0 += 1,
            }
        }
    }
    hammered
}
