//! What is told to the VMM's log where a feature asks for it: what an attach decided, what it found, and what a guest's write
//! means. Without the features `log` and `tracing` there is nothing to run.

use crate::decision::Decision;
use crate::identity::Identity;
use crate::overlay::Effects;

/// The target of every event, to filter by.
#[cfg(any(feature = "log", feature = "tracing"))]
const TARGET: &str = "quirk";

/// One event in each of the two logs, if there are two.
#[cfg(any(feature = "log", feature = "tracing"))]
macro_rules! tell {
    ($level:ident, $($text:tt)+) => {{
        #[cfg(feature = "log")]
        log::$level!(target: TARGET, $($text)+);
        #[cfg(feature = "tracing")]
        tracing::$level!(target: TARGET, $($text)+);
    }};
}

/// Info: the decision on one line. A warning: each of its findings.
#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) fn attached(identity: &Identity, decision: &Decision<'_>) {
    let Identity { vendor, device, .. } = identity;
    tell!(info, "{vendor:04x}:{device:04x}: {}", decision.line());
    for &finding in decision.findings.iter() {
        tell!(warn, "{vendor:04x}:{device:04x}: {}: {}", finding.code(), decision.sentence(finding));
    }
}

/// Debug: each effect of a guest's write.
#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) fn written(offset: u16, effects: Effects) {
    for effect in effects {
        tell!(debug, "write at {offset:#05x}: {}: {effect:?}", effect.code());
    }
}

#[cfg(not(any(feature = "log", feature = "tracing")))]
pub(crate) const fn attached(_: &Identity, _: &Decision<'_>) {}

#[cfg(not(any(feature = "log", feature = "tracing")))]
pub(crate) const fn written(_: u16, _: Effects) {}
