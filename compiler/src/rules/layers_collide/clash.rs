//! What two layers do that does not go together, and what is kept of it.

use std::fmt;

use quirk_runtime::capability::Name;

use crate::matching::{Witness, common, common_function, common_three};
use crate::model::{Layer, Model};
use crate::numbered::Numbered;
use crate::passes::claims::Byte;
use crate::source::Place;

/// What does not go together.
#[derive(Clone, Copy)]
pub(crate) enum What {
    Bits(u8, Byte),
    Extent(Name, u64),
    Abuts(Name, u64),
    Hidden(Name),
    HiddenBytes(Name, Byte),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bits(bits, byte) => write!(f, "own bits {bits:#04x} of {byte} differently"),
            Self::Extent(name, at) => write!(f, "both show something in the bytes of `{name}` at {at:#x}"),
            Self::Abuts(name, at) => write!(f, "show two `{name}` that abut, one at {at:#x}"),
            Self::Hidden(name) => write!(f, "disagree on `{name}`: one hides it, the other shows fields of it"),
            Self::HiddenBytes(name, byte) => {
                write!(f, "disagree on {byte}: one hides `{name}`, the other owns bits inside it")
            }
        }
    }
}

/// A layer, by its place in the model, and where it says something.
pub(crate) type Said = (usize, Place);

/// A clash of two layers.
pub(crate) struct Clash {
    pub(crate) what: What,
    /// Where the layer says so that stands first in the model, and where the other does.
    pub(crate) first: Place,
    pub(crate) second: Place,
    /// Index of the device on which they clash; none for any.
    pub(crate) device: Option<usize>,
    /// `over` can settle it.
    pub(crate) can_be_settled: bool,
}

/// Of each two layers the first clash that was found.
#[derive(Default)]
pub(crate) struct Clashes(pub(crate) Numbered<(usize, usize), Clash>);

impl Clashes {
    pub(crate) fn has(&self, one: usize, other: usize) -> bool {
        self.0.has((one.min(other), one.max(other)))
    }

    /// Keeps what two layers do, if one function can match both, and the device.
    pub(crate) fn add(
        &mut self,
        model: &Model,
        device: Option<usize>,
        said: [Said; 2],
        what: What,
        can_be_settled: bool,
    ) {
        let [one, other] = said;
        let (first, second) = if one.0 < other.0 { (one, other) } else { (other, one) };
        let pair = (first.0, second.0);
        if !self.0.has(pair) && witness(model, pair, device).is_some() {
            self.0.insert(pair, Clash { what, first: first.1, second: second.1, device, can_be_settled });
        }
    }
}

/// A function that two layers match, and the device.
pub(crate) fn witness(model: &Model, pair: (usize, usize), device: Option<usize>) -> Option<Witness> {
    let (one, other) = (&model.layers[pair.0].clauses, &model.layers[pair.1].clauses);
    match device {
        Some(device) => common_three(one, other, &model.devices[device].clauses),
        None => common_function(one, other),
    }
}

/// Whether one of two layers is over the other.
pub(crate) fn is_settled(model: &Model, one: usize, other: usize) -> bool {
    let is_over = |a: usize, b: usize| model.layers[a].over.iter().any(|over| over.layer == b);
    is_over(one, other) || is_over(other, one)
}

/// Whether a layer is applied before another, whatever function both match.
pub(crate) fn is_before(one: &Layer, other: &Layer) -> bool {
    one.clauses.iter().all(|a| {
        let mut met = other.clauses.iter().filter(|b| common(a, b).is_some());
        met.all(|b| (a.rank, &one.name) < (b.rank, &other.name))
    })
}
