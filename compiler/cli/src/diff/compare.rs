//! Compares two models, item by item.

use std::collections::BTreeMap;

use super::model::{DeviceFacts, Item, Model};
use super::rule::BreakingRule;

/// Bytes of PASID, which must lie in free space as a whole.
const PASID: u16 = 8;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// `device`, `layer`, `profile` or `dvsec_format`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) what: What,
    /// Where it is described, of the new side if it is there.
    pub(super) source: String,
    pub(super) rule: Option<BreakingRule>,
    pub(super) message: String,
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Added,
    Removed,
    Changed,
}

impl What {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// All changes, in the order of kinds and names.
pub(super) fn changes(old: &Model, new: &Model) -> Vec<Change> {
    let mut changes = Vec::new();
    let lost = |rule| move |_: &str| Some(rule);
    items(&mut changes, "device", &old.devices, &new.devices, lost(BreakingRule::DeviceLost), |at, old, new, out| {
        device(at, &old.facts, &new.facts, out);
    });
    items(&mut changes, "layer", &old.layers, &new.layers, lost(BreakingRule::LayerLost), |_, _, _, _| {});
    items(
        &mut changes,
        "profile",
        &old.profiles,
        &new.profiles,
        lost(BreakingRule::ProfileLost),
        |at, old, new, out| {
            moved(at, &old.facts, &new.facts, out);
        },
    );
    items(&mut changes, "dvsec_format", &old.formats, &new.formats, |_| None, |_, _, _, _| {});
    changes
}

/// Who an item is.
struct At<'a> {
    kind: &'static str,
    name: &'a str,
    source: &'a str,
}

impl At<'_> {
    fn change(&self, what: What, rule: Option<BreakingRule>, message: String) -> Change {
        let (kind, name, source) = (self.kind, self.name.to_owned(), self.source.to_owned());
        Change { kind, name, what, source, rule, message }
    }
}

fn items<F>(
    out: &mut Vec<Change>,
    kind: &'static str,
    old: &BTreeMap<String, Item<F>>,
    new: &BTreeMap<String, Item<F>>,
    lost: impl Fn(&str) -> Option<BreakingRule>,
    more: impl Fn(&At<'_>, &Item<F>, &Item<F>, &mut Vec<Change>),
) {
    for (name, item) in old {
        let Some(now) = new.get(name) else {
            let at = At { kind, name, source: &item.source };
            out.push(at.change(What::Removed, lost(name), "it is gone".to_owned()));
            continue;
        };
        let at = At { kind, name, source: &now.source };
        for (heading, says) in &item.says {
            let now = now.says.get(heading).cloned().unwrap_or_default();
            let lines = says.difference(&now).map(|line| format!("{heading}: no longer {line}"));
            let added = now.difference(says).map(|line| format!("{heading}: now {line}"));
            out.extend(lines.chain(added).map(|line| at.change(What::Changed, None, line)));
        }
        more(&at, item, now, out);
    }
    for (name, item) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        let at = At { kind, name, source: &item.source };
        out.push(at.change(What::Added, None, "it is new".to_owned()));
    }
}

fn device(at: &At<'_>, old: &DeviceFacts, new: &DeviceFacts, out: &mut Vec<Change>) {
    moved(at, &old.placed, &new.placed, out);
    if new.forbids_pasid && !old.forbids_pasid && old.placed.contains_key("PASID") {
        let message = "PASID had a place, and is forbidden".to_owned();
        out.push(at.change(What::Changed, Some(BreakingRule::PasidForbidden), message));
    }
    let Some(&offset) = old.placed.get("PASID") else { return };
    let has =
        |free: &[(u16, u16)]| free.iter().any(|&(start, end)| start <= offset && offset.saturating_add(PASID) <= end);
    if has(&old.free) && !has(&new.free) {
        let message = format!("PASID was placed in the free bytes at {offset:#05x}, and they are not free any more");
        out.push(at.change(What::Changed, Some(BreakingRule::FreeShrunk), message));
    }
}

/// Capabilities that are elsewhere, or nowhere.
fn moved(at: &At<'_>, old: &BTreeMap<String, u16>, new: &BTreeMap<String, u16>, out: &mut Vec<Change>) {
    for (what, offset) in old {
        let message = match new.get(what) {
            Some(now) if now == offset => continue,
            Some(now) => format!("{what} was at {offset:#05x}, and is at {now:#05x}"),
            None => format!("{what} was at {offset:#05x}, and is nowhere"),
        };
        out.push(at.change(What::Changed, Some(BreakingRule::OffsetMoved), message));
    }
}
