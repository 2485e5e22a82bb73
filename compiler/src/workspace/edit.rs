//! One edit: which items it concerns, and what is found in them now.

use std::collections::{BTreeMap, BTreeSet};

use quirk_dsl::Text;

use super::change::Change;
use super::functions::same;
use super::part::{Fresh, Part};
use super::reach::words;
use super::reading::Reading;
use super::state::{At, Item, Kind, places};
use super::{MOST_CONDITIONS, Workspace, doubts};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Clause, NameKind};
use crate::pipeline::finish;
use crate::source::FileId;
use quirk_dsl::Ordered as _;

/// Of more clauses that one function matches, which of them are named depends on all others.
const MOST_MEETING: usize = 16;

/// A part with fewer items than these is looked at, whatever there is beside it.
const FEW: usize = 64;

/// What is being found out.
struct Turn {
    file: usize,
    /// What was there.
    gone: Vec<Item>,
    /// Items in which something else may be found now.
    hard: BTreeSet<At>,
    /// Items that are as they were, if what is found in them beside those is.
    soft: BTreeSet<At>,
    /// What the devices and layers among them matched before.
    matched: BTreeMap<At, Vec<Clause>>,
    /// Files of which something else is told.
    told: BTreeSet<FileId>,
}

impl Workspace {
    /// Takes in the text of a file; none where all must be looked at again.
    pub(super) fn take_in(&mut self, id: FileId, text: Text) -> Option<BTreeSet<FileId>> {
        let file = *self.of_file.get(&id)?;
        let before = self.sources.get(id).held_text().clone();
        let (change, read) = Reading::of(&self.files[file], &before, &text, self.options.threads());
        let lost_before = self.files[file].lost();
        self.sources.replace(id, text);
        let mut turn = self.replaced(file, &change, &read)?;
        // What is beside an item in its line decides how much of the line a fix takes away.
        let beside = [change.first.checked_sub(1), Some(change.after)].into_iter().flatten();
        let is_told = |at: &usize| self.files[file].items.get(*at).is_some_and(|item| !item.findings.is_empty());
        turn.hard.extend(beside.filter(is_told).map(|at| (file, at)));
        self.concerned(&mut turn, &change, &before, lost_before);
        let part = self.settled(&mut turn, &read)?;
        self.keep(&mut turn, part);
        let before = core::mem::replace(&mut self.doubts, doubts(&self.files, &self.unread));
        if before != self.doubts {
            let all = self.files.iter().filter(|file| file.items.iter().any(|item| !item.findings.is_empty()));
            turn.told.extend(all.map(|file| file.id));
        }
        turn.told.insert(id);
        Some(turn.told)
    }

    /// Puts the items of now in the place of those of before, and moves every place that follows them.
    fn replaced(&mut self, at: usize, change: &Change, read: &Reading) -> Option<Turn> {
        let numbers = self.next..;
        let fresh: Vec<Item> =
            read.fresh(change).iter().zip(numbers).map(|(item, number)| Item::new(item, number)).collect();
        self.next += u32::try_from(fresh.len()).ok()?;
        self.homes.extend(fresh.iter().map(|item| (item.number, at)));
        self.layers.extend(fresh.iter().filter(|item| item.is(NameKind::Layer)).map(|item| item.number));
        let file = &mut self.files[at];
        let id = file.id;
        let hard = (change.first..change.after).map(|item| (at, item)).collect();
        let uses = |items: &[Item]| {
            items.iter().filter_map(|item| Some((item.name.clone(), item.path.clone()?))).collect::<Vec<_>>()
        };
        let uses_now = uses(&fresh);
        let gone: Vec<Item> = file.items.splice(change.first..change.before, fresh).collect();
        if uses(&gone) != uses_now {
            return None;
        }
        read.placed(file, change);
        for item in &gone {
            self.homes.remove(&item.number);
            self.layers.remove(&item.number);
            self.functions.remove(&item.clauses, item.number);
        }
        // What was found in its uses is still so.
        let of_uses =
            |found: &Diagnostic| found.rule == &catalogue::FILE_NOT_FOUND || found.rule == &catalogue::USE_CYCLE;
        file.wrong.retain(of_uses);
        file.told.clear();
        file.name();
        let mut turn =
            Turn { file: at, gone, hard, soft: BTreeSet::new(), matched: BTreeMap::new(), told: BTreeSet::new() };
        self.moved(id, change, &mut turn)?;
        let file = &mut self.files[at];
        file.wrong.splice(0..0, read.wrong(id));
        file.told = file.wrong.clone();
        finish(&mut file.told, &self.sources, &self.options);
        Some(turn)
    }

    /// Moves the places of a file in all findings. What points into the change is looked at again.
    fn moved(&mut self, id: FileId, change: &Change, turn: &mut Turn) -> Option<()> {
        let move_all = |found: &mut Diagnostic| {
            let (mut is_there, mut is_whole) = (false, true);
            for place in places(found).filter(|place| place.file == id) {
                is_there = true;
                match change.moved(place.span) {
                    Some(span) => place.span = span,
                    None => is_whole = false,
                }
            }
            (is_there, is_whole)
        };
        for (index, file) in self.files.iter_mut().enumerate() {
            for found in file.wrong.iter_mut().chain(&mut file.told) {
                let (is_there, is_whole) = move_all(found);
                if !is_whole {
                    return None;
                }
                if is_there {
                    turn.told.insert(file.id);
                }
            }
            for (at, item) in file.items.iter_mut().enumerate() {
                for found in &mut item.findings {
                    let (is_there, is_whole) = move_all(found);
                    if is_there {
                        turn.told.insert(file.id);
                    }
                    if !is_whole {
                        turn.hard.insert((index, at));
                    }
                }
            }
        }
        Some(())
    }

    /// Adds the items that the change concerns by what they are called.
    fn concerned(&self, turn: &mut Turn, change: &Change, before: &str, lost_before: (bool, bool)) {
        let at = turn.file;
        let file = &self.files[at];
        let fresh = || file.items[change.first..change.after].iter();
        let declared = |items: &mut dyn Iterator<Item = &Item>| {
            let mut names: Vec<(Kind, String)> = Vec::new();
            names.extend(items.filter(|item| item.kind != Kind::Test).map(|item| (item.kind, item.name.clone())));
            names.order_by(|one, other| one.1.cmp(&other.1));
            names
        };
        let is_renamed = declared(&mut turn.gone.iter()) != declared(&mut fresh());
        let is_lost_otherwise = lost_before != file.lost();
        if is_renamed || is_lost_otherwise {
            for near in core::iter::once(at).chain(file.users.iter().copied()) {
                let all = self.files[near].items.iter().enumerate();
                // What names nothing may be near another name now.
                let lost = all.filter(|(_, item)| is_lost_otherwise || !item.findings.is_empty());
                turn.hard.extend(lost.map(|(item, _)| (near, item)));
            }
        }
        let mut open: Vec<(usize, &str)> = Vec::new();
        let names = turn.gone.iter().chain(fresh()).filter(|item| item.kind != Kind::Test);
        open.extend(names.map(|item| (at, item.name.as_str())));
        let mut done: BTreeSet<(usize, &str)> = BTreeSet::new();
        while let Some((file, name)) = open.pop() {
            if !done.insert((file, name)) {
                continue;
            }
            for user in self.speaking(file, name) {
                turn.hard.insert(user);
                let item = self.item(user);
                if item.kind != Kind::Test && !item.is(NameKind::Profile) {
                    open.push((user.0, &item.name));
                }
            }
        }
        for name in turn.gone.iter().filter(|item| item.is_global()).map(|item| item.name.as_str()) {
            for (file, other) in self.files.iter().enumerate() {
                turn.hard.extend(other.names.get(name).into_iter().flatten().map(|item| (file, *item)));
            }
        }
        let titles = |item: &&Item| item.kind == Kind::Test;
        for title in turn.gone.iter().filter(titles).map(|item| &item.name) {
            let same = file.items.iter().enumerate().filter(|(_, item)| item.kind == Kind::Test && item.name == *title);
            turn.hard.extend(same.map(|(item, _)| (at, item)));
        }
        for item in turn.hard.clone() {
            turn.hard.extend(self.namesakes(item));
        }
        // What is tested, and what is cited.
        let old = turn.gone.iter().map(|item| (item.kind, before.get(item.span.range()).unwrap_or_default()));
        let now = self.sources.get(file.id).text();
        let new = fresh().map(|item| (item.kind, now.get(item.span.range()).unwrap_or_default()));
        for (kind, text) in old.chain(new) {
            for found in self.spoken_of(at, words(text)) {
                match self.item(found).kind {
                    Kind::Named(NameKind::Device | NameKind::Layer) if kind == Kind::Test => {
                        turn.hard.insert(found);
                    }
                    Kind::Named(NameKind::Source) => {
                        turn.soft.insert(found);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Looks at what is concerned until nothing more is.
    fn settled(&mut self, turn: &mut Turn, read: &Reading) -> Option<Part> {
        let fresh = Some(Fresh { file: turn.file, read });
        let total: usize = self.files.iter().map(|file| file.items.len()).sum();
        self.deleted(turn)?;
        let mut looked_at: BTreeSet<At> = BTreeSet::new();
        let mut part: Option<Part> = None;
        loop {
            if turn.hard.iter().any(|at| self.item(*at).is(NameKind::Layer)) {
                turn.hard.extend(self.around_layers());
            }
            turn.soft = &turn.soft - &turn.hard;
            let needed = self.needed(&turn.hard, &turn.soft);
            if needed.len() > FEW && needed.len() * 2 > total {
                return None;
            }
            let (found, is_new) = match part.take().filter(|_| needed.is_subset(&looked_at)) {
                Some(found) => (found, false),
                None => (self.look(&needed, fresh)?, true),
            };
            if is_new {
                looked_at = needed;
            }
            let before = turn.hard.len();
            self.matching(turn, &found)?;
            let differs = |at: &At| found.found.get(at).map_or(&[][..], Vec::as_slice) != self.item(*at).findings;
            let unsettled: Vec<At> = turn.soft.iter().copied().filter(differs).collect();
            turn.hard.extend(unsettled);
            if !is_new && before == turn.hard.len() {
                self.looked_at = looked_at.len();
                return Some(found);
            }
            part = Some(found);
        }
    }

    /// Adds what matched functions together with what is gone, unless that is there under its name and in its place.
    fn deleted(&self, turn: &mut Turn) -> Option<()> {
        let fresh: Vec<At> = turn.hard.iter().copied().filter(|at| at.0 == turn.file).collect();
        let now = |item: &Item| {
            let is_it = |at: &At| (self.item(*at).kind, &self.item(*at).name) == (item.kind, &item.name);
            fresh.iter().copied().find(is_it)
        };
        let again: Vec<Option<At>> = turn.gone.iter().map(now).collect();
        let is_in_order = again.iter().flatten().is_sorted();
        let gone: Vec<&Item> = turn.gone.iter().collect();
        for (item, now) in gone.into_iter().zip(again) {
            if item.is(NameKind::Layer) {
                let devices = self.devices_meeting(&item.clauses);
                let speaking = devices.iter().flat_map(|at| self.speaking(at.0, &self.item(*at).name));
                turn.hard.extend(speaking.filter(|at| self.item(*at).is(NameKind::Profile)));
                turn.hard.extend(devices);
                turn.hard.extend(self.around_layers());
            }
            if let Some(at) = now.filter(|_| is_in_order) {
                turn.matched.insert(at, item.clauses.clone());
            } else if item.is(NameKind::Device) {
                let meeting = self.devices_meeting(&item.clauses);
                if meeting.len() > MOST_MEETING {
                    return None;
                }
                turn.hard.extend(meeting);
                turn.soft.extend(self.layers_meeting(&item.clauses));
            }
        }
        Some(())
    }

    /// Adds what matches functions together with items that match others than before.
    fn matching(&mut self, turn: &mut Turn, part: &Part) -> Option<()> {
        let mut more = BTreeSet::new();
        for &at in &turn.hard {
            let now = part.clauses.get(&at).cloned().unwrap_or_default();
            let known = self.matches(at, now.clone());
            if !self.item(at).is(NameKind::Device) {
                continue;
            }
            let before = turn.matched.entry(at).or_insert(known);
            turn.soft.extend(self.layers_meeting(&now));
            turn.soft.extend(self.layers_meeting(before));
            // Whether two are ambiguous decides what is asked of both.
            let ambiguous = |found: &&Diagnostic| found.rule == &catalogue::MATCHERS_AMBIGUOUS;
            let found = part.found.get(&at).into_iter().flatten().filter(ambiguous);
            let is_as_ambiguous = found.eq(self.item(at).findings.iter().filter(ambiguous));
            if same(before, &now) && is_as_ambiguous {
                continue;
            }
            let meeting = &self.devices_meeting(&now) | &self.devices_meeting(before);
            if meeting.len() > MOST_MEETING || self.conditions.len() > MOST_CONDITIONS {
                return None;
            }
            more.extend(meeting);
        }
        turn.hard.extend(more);
        turn.soft = &turn.soft - &turn.hard;
        Some(())
    }

    /// Keeps what was found.
    fn keep(&mut self, turn: &mut Turn, mut part: Part) {
        for &at in &turn.hard {
            let found = part.found.remove(&at).unwrap_or_default();
            let id = self.files[at.0].id;
            let item = &mut self.files[at.0].items[at.1];
            item.lost_source = part.lost_sources.contains(&at);
            if item.findings != found {
                item.findings = found;
                turn.told.insert(id);
            }
        }
    }
}
