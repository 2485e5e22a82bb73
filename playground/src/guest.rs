//! What a guest does, one access after the other, and what comes of it.

use quirk_recorded::Recorded;
use quirk_runtime::{Reset as Kind, VirtualConfig};
use serde::Serialize;

use crate::effect;
use crate::question::{Access, Reset};

/// What came of an access.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Done {
    /// What was read, as a number.
    value: Option<u32>,
    /// What a write means to the VMM.
    effects: Vec<effect::Told>,
    /// What of a write reached the device.
    reached: Vec<Reached>,
    error: Option<String>,
}

/// Bytes that a write put into the device.
#[derive(Debug, Serialize)]
struct Reached {
    offset: u16,
    /// Two hex digits a byte.
    bytes: String,
}

/// Does everything in order. `device` is what lies below `config`.
pub(crate) fn act(config: &mut VirtualConfig<'_, &Recorded>, device: &Recorded, accesses: &[Access]) -> Vec<Done> {
    let mut seen = 0;
    let mut done = Vec::with_capacity(accesses.len());
    for &access in accesses {
        let mut outcome = one(config, access);
        let writes = device.writes();
        let reached = writes.iter().skip(seen).map(|write| Reached {
            offset: write.offset,
            bytes: write.data.iter().map(|byte| format!("{byte:02x}")).collect(),
        });
        outcome.reached = reached.collect();
        seen = writes.len();
        done.push(outcome);
    }
    done
}

fn one(config: &mut VirtualConfig<'_, &Recorded>, access: Access) -> Done {
    let failed = |error: String| Done { error: Some(error), ..Done::default() };
    match access {
        Access::Read { size, .. } | Access::Write { size, .. } if !matches!(size, 1 | 2 | 4) => {
            failed(format!("an access has 1, 2 or 4 bytes, not {size}"))
        }
        Access::Read { offset, size } => {
            let mut bytes = [0; 4];
            match config.read(offset, &mut bytes[..usize::from(size)]) {
                Ok(()) => Done { value: Some(u32::from_le_bytes(bytes)), ..Done::default() },
                Err(error) => failed(error.to_string()),
            }
        }
        Access::Write { size, value, .. } if size < 4 && value >> (8 * u32::from(size)) != 0 => {
            failed(format!("{value:#x} has more than {size} bytes"))
        }
        Access::Write { offset, size, value } => {
            match config.write(offset, &value.to_le_bytes()[..usize::from(size)]) {
                Ok(effects) => Done { effects: effects.map(effect::told).collect(), ..Done::default() },
                Err(error) => failed(error.to_string()),
            }
        }
        Access::Reset { reset } => {
            config.reset(match reset {
                Reset::Flr => Kind::Flr,
                Reset::Bus => Kind::Bus,
                Reset::D3hot => Kind::D3Hot,
                Reset::Cold => Kind::Cold,
            });
            Done::default()
        }
    }
}
