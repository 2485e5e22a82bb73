//! What an item speaks of, and what speaks of it: by the words of its text, so that something may be taken for a name that is
//! none, and no name is missed.

use std::collections::BTreeSet;

use super::Workspace;
use super::state::{At, Item, Kind};
use crate::matching::common_function;
use crate::model::{Clause, NameKind};

/// What looks like a name in a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    words.filter(|word| word.starts_with(|first: char| !first.is_ascii_digit()))
}

impl Workspace {
    pub(super) fn item(&self, (file, item): At) -> &Item {
        &self.files[file].items[item]
    }

    fn text(&self, at: At) -> &str {
        let text = self.sources.get(self.files[at.0].id).text();
        text.get(self.item(at).span.range()).unwrap_or_default()
    }

    /// The items of a file, and of those that it uses, whose names are among some words.
    pub(super) fn spoken_of<'w>(&self, file: usize, words: impl Iterator<Item = &'w str>) -> BTreeSet<At> {
        let words: BTreeSet<&str> = words.collect();
        let files = core::iter::once(file).chain(self.files[file].uses.iter().flatten().copied());
        let mut found = BTreeSet::new();
        for file in files {
            let named = words.iter().filter_map(|word| self.files[file].names.get(*word));
            found.extend(named.flatten().map(|item| (file, *item)));
        }
        found
    }

    /// The items of a file, and of those that use it, in which a word is.
    pub(super) fn speaking(&self, file: usize, word: &str) -> Vec<At> {
        let files = core::iter::once(file).chain(self.files[file].users.iter().copied());
        let said = files.filter(|file| self.sources.get(self.files[*file].id).text().contains(word));
        let items = said.flat_map(|file| (0..self.files[file].items.len()).map(move |item| (file, item)));
        items.filter(|at| self.text(*at).contains(word) && words(self.text(*at)).any(|other| other == word)).collect()
    }

    /// All that some items speak of, and what that speaks of.
    fn with_spoken_of(&self, items: BTreeSet<At>) -> BTreeSet<At> {
        let mut open: Vec<At> = items.iter().copied().collect();
        let mut all = items;
        while let Some(at) = open.pop() {
            open.extend(self.spoken_of(at.0, words(self.text(at))).into_iter().filter(|found| all.insert(*found)));
        }
        all
    }

    /// The item of a number, if there still is one.
    fn numbered(&self, number: u32) -> Option<At> {
        let file = *self.homes.get(&number)?;
        Some((file, self.files[file].items.iter().position(|item| item.number == number)?))
    }

    /// The devices that match a function together with some clauses.
    pub(super) fn devices_meeting(&self, clauses: &[Clause]) -> BTreeSet<At> {
        let near = self.functions.near(clauses).into_iter().filter_map(|number| self.numbered(number));
        near.filter(|at| common_function(&self.item(*at).clauses, clauses).is_some()).collect()
    }

    pub(super) fn all_layers(&self) -> BTreeSet<At> {
        self.layers.iter().filter_map(|number| self.numbered(*number)).collect()
    }

    /// The layers that match a function together with some clauses.
    pub(super) fn layers_meeting(&self, clauses: &[Clause]) -> BTreeSet<At> {
        let meets = |at: &At| common_function(&self.item(*at).clauses, clauses).is_some();
        self.all_layers().into_iter().filter(meets).collect()
    }

    fn tests_of(&self, at: At) -> impl Iterator<Item = At> {
        let speaking = self.speaking(at.0, &self.item(at).name);
        speaking.into_iter().filter(|at| self.item(*at).kind == Kind::Test)
    }

    /// Others that have the name of an item where it should be unique.
    pub(super) fn namesakes(&self, at: At) -> BTreeSet<At> {
        let item = self.item(at);
        let mut found = BTreeSet::new();
        let in_file =
            |file: usize| self.files[file].items.iter().enumerate().map(move |(index, item)| ((file, index), item));
        match item.kind {
            Kind::Test => found.extend(
                in_file(at.0)
                    .filter(|(_, other)| other.kind == Kind::Test && other.name == item.name)
                    .map(|(at, _)| at),
            ),
            Kind::Named(_) => {
                let files = if item.is_global() { 0..self.files.len() } else { at.0..at.0 + 1 };
                for file in files {
                    let named = self.files[file].names.get(item.name.as_str()).into_iter().flatten();
                    found.extend(named.map(|item| (file, *item)));
                }
            }
            Kind::Edition => {}
        }
        found
    }

    /// All that must be looked at so that what is found in some items is what is found in them among all.
    pub(super) fn needed(&self, wanted: &BTreeSet<At>, beside: &BTreeSet<At>) -> BTreeSet<At> {
        let mut needed: BTreeSet<At> = wanted | beside;
        let mut shows_layers = wanted.iter().any(|at| self.item(*at).is(NameKind::Layer));
        for &at in wanted {
            let item = self.item(at);
            needed.extend(self.namesakes(at));
            match item.kind {
                Kind::Named(NameKind::Device) => {
                    needed.extend(self.devices_meeting(&item.clauses));
                    shows_layers |= !self.layers_meeting(&item.clauses).is_empty();
                    needed.extend(self.tests_of(at));
                }
                Kind::Named(NameKind::Source) => needed.extend(self.speaking(at.0, &item.name)),
                Kind::Named(NameKind::Profile) | Kind::Test => {
                    let spoken_of = self.with_spoken_of(BTreeSet::from([at]));
                    shows_layers |= spoken_of.iter().any(|at| !self.layers_meeting(&self.item(*at).clauses).is_empty());
                }
                Kind::Named(_) | Kind::Edition => {}
            }
        }
        shows_layers |= beside.iter().any(|at| self.item(*at).is(NameKind::Layer));
        if shows_layers {
            // Layers are looked at together: what one hides, another may count on.
            let layers = self.all_layers();
            needed.extend(layers.iter().flat_map(|at| self.tests_of(*at)));
            needed.extend(layers);
        }
        self.with_spoken_of(needed)
    }

    /// All layers, with the devices that they can match and the profiles of those.
    pub(super) fn around_layers(&self) -> BTreeSet<At> {
        let layers = self.all_layers();
        let devices: BTreeSet<At> =
            layers.iter().flat_map(|at| self.devices_meeting(&self.item(*at).clauses)).collect();
        let speaking = devices.iter().flat_map(|at| self.speaking(at.0, &self.item(*at).name));
        let profiles = speaking.filter(|at| self.item(*at).is(NameKind::Profile)).collect();
        &(&layers | &devices) | &profiles
    }
}
