//! The writes: each dword is written, read back and restored before the next is touched.

use std::fmt;

use quirk_runtime::ConfigAccess;

/// Every bit is written as one and as zero. Neither pattern reads like a device that is gone.
const PATTERNS: [u32; 2] = [0x5555_5555, 0xaaaa_aaaa];

/// What a device that is gone reads.
const ONES: u32 = u32::MAX;

/// Why the probe ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// A read answered ones.
    Ones,
    /// A byte that read 0 a moment ago reads this.
    Changed(u32),
    /// An access failed.
    Failed(String),
    /// What was there could not be put back.
    Left,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ones => f.write_str("reads ones: the function is gone, asleep or in a reset"),
            Self::Changed(value) => write!(f, "reads {value:#010x}, and read 0 a moment ago: something writes there"),
            Self::Failed(error) => write!(f, "cannot be accessed: {error}"),
            Self::Left => f.write_str("does not take back what it read before"),
        }
    }
}

/// What was written, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Dwords that were written.
    pub(super) written: Vec<u16>,
    /// Dwords that were read back after both patterns, with the bits that did not stay 0.
    pub(super) answers: Vec<(u16, u32)>,
    /// Where it ended early, and why.
    pub(super) stopped: Option<(u16, Why)>,
    /// Dwords that are not known to read 0 again.
    pub(super) left: Vec<u16>,
}

/// Probes dwords that read 0, and leaves them so.
pub(super) fn probe<D: ConfigAccess>(device: &D, dwords: &[u16]) -> Outcome {
    let mut outcome = Outcome::default();
    for &at in dwords {
        if let Err(why) = dword(device, at, &mut outcome) {
            outcome.stopped = Some((at, why));
            break;
        }
    }
    // A write to one may have reached another.
    outcome.left = left(device, &outcome.written);
    outcome
}

/// Those of some dwords that do not read 0.
pub(super) fn left<D: ConfigAccess>(device: &D, dwords: &[u16]) -> Vec<u16> {
    dwords.iter().copied().filter(|at| read(device, *at) != Ok(0)).collect()
}

fn dword<D: ConfigAccess>(device: &D, at: u16, outcome: &mut Outcome) -> Result<(), Why> {
    match read(device, at)? {
        0 => {}
        value => return Err(Why::Changed(value)),
    }
    outcome.written.push(at);
    let answered = patterns(device, at);
    let restored = write(device, at, 0);
    outcome.answers.push((at, answered?));
    restored?;
    match read(device, at)? {
        0 => Ok(()),
        _ => Err(Why::Left),
    }
}

fn patterns<D: ConfigAccess>(device: &D, at: u16) -> Result<u32, Why> {
    PATTERNS.iter().try_fold(0, |kept, pattern| {
        write(device, at, *pattern)?;
        Ok(kept | read(device, at)?)
    })
}

fn read<D: ConfigAccess>(device: &D, at: u16) -> Result<u32, Why> {
    let mut bytes = [0; 4];
    device.read(at, &mut bytes).map_err(|error| Why::Failed(error.to_string()))?;
    match u32::from_le_bytes(bytes) {
        ONES => Err(Why::Ones),
        value => Ok(value),
    }
}

fn write<D: ConfigAccess>(device: &D, at: u16, value: u32) -> Result<(), Why> {
    device.write(at, &value.to_le_bytes()).map_err(|error| Why::Failed(error.to_string()))
}
