//! Two layers on one function, applied one after the other as it is done at attach.

use std::borrow::Cow;
use std::ops::Range;

use quirk_runtime::capability::{Kind, Name, Shown, Space};

use super::clash::{Clashes, Said, What, is_before, is_settled};
use super::shown::{Function, Having, Hiding, Showing, Vacancy};
use crate::model::{Capability, Entry, Model};
use crate::passes::claims::{Byte, Claim};
use crate::source::Place;

/// A capability at the place that it took.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) name: Name,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) place: Place,
}

impl Taken {
    fn header(&self) -> u64 {
        header(self.name, self.start)
    }

    /// Whether a field of the same layer is in the way: the list's part of the header is nobody's, and what is inside stays as
    /// it is.
    pub(crate) fn refuses(&self, inside: &[Claim], field: &Claim) -> bool {
        !field.leaves_lists() && meets(field, self.start, self.header())
            || meets(field, self.header(), self.end) && !self.agrees(inside, field)
    }

    /// Whether a field says what a capability has: its own fields, and 0 for the rest.
    fn agrees(&self, inside: &[Claim], field: &Claim) -> bool {
        let Byte::Space(at) = field.byte else { return true };
        let first = inside.partition_point(|claim| claim.counted_from(self.start).end() <= at);
        let own = inside.iter().skip(first).map(|claim| claim.counted_from(self.start));
        let mut left = 0xff;
        for claim in own.take_while(|claim| claim.shared(field).is_some()) {
            if !claim.agrees(field) {
                return false;
            }
            // Of a run it is not known which bytes are left.
            left &= if field.length == 1 { !claim.bits } else { 0xff };
        }
        field.in_bits(left).reads_0()
    }
}

/// The end of what leads through the list.
fn header(name: Name, start: u64) -> u64 {
    start + if name.0 == Space::Extended { 4 } else { 2 }
}

/// A pair of layers, and what each has on the function.
pub(crate) struct Pair<'a> {
    pub(crate) model: &'a Model,
    pub(crate) function: Function<'a>,
    pub(crate) layers: [(usize, &'a Having); 2],
}

impl Pair<'_> {
    /// Looks at the two in each order in which they may be applied.
    pub(crate) fn look(&self, clashes: &mut Clashes) {
        let [one, other] = self.layers;
        let (a, b) = (&self.model.layers[one.0], &self.model.layers[other.0]);
        if !is_before(b, a) {
            self.apply(clashes, one, other);
        }
        if !is_before(a, b) {
            self.apply(clashes, other, one);
        }
    }

    fn apply(&self, clashes: &mut Clashes, first: (usize, &Having), second: (usize, &Having)) {
        let is_settled = is_settled(self.model, first.0, second.0);
        let device = self.function.device.map(|(device, ..)| device);
        let mut add = |of_first: Place, of_second: Place, what, can_be_settled| {
            let said: [Said; 2] = [(first.0, of_first), (second.0, of_second)];
            clashes.add(self.model, device, said, what, can_be_settled);
        };
        let fields = [
            owned(self.function, &first.1.fields, &[&first.1.hides]),
            // What is hidden before leads nowhere any more.
            owned(self.function, &second.1.fields, &[&first.1.hides, &second.1.hides]),
        ];
        let [of_first, fields] = &fields;
        let taken: Vec<Taken> = alone(first.1).into_iter().flatten().collect();
        let (mut of_second, mut moved_by) = (Vec::new(), None);
        for (showing, alone) in second.1.shows.iter().zip(alone(second.1)) {
            // What does not go with the layer's own is said of the layer alone.
            let Some(alone) = alone else { continue };
            let other = Other { taken: &taken, fields: of_first, hides: &first.1.hides };
            let (found, in_the_way) = put(showing, &other, second.1, &of_second);
            moved_by = moved_by.or(in_the_way);
            match found {
                Some(found) => of_second.push(found),
                None => {
                    if let Some((there, _)) = moved_by {
                        let what = in_the_way.map_or(What::Extent(alone.name, alone.start), |(_, what)| what);
                        add(there, showing.place, what, false);
                    }
                }
            }
        }
        for field in fields.iter() {
            for capability in taken.iter().filter(|taken| meets(field, taken.start, taken.end)) {
                let on_header = !field.leaves_lists() && meets(field, capability.start, capability.header());
                let in_body = meets(field, capability.header(), capability.end);
                if on_header || in_body && !is_settled {
                    let what = What::Extent(capability.name, capability.start);
                    add(capability.place, field.place, what, !on_header);
                }
            }
            for before in of_first.iter().filter(|before| !before.agrees(field)) {
                if let Some(byte) = before.shared(field).filter(|_| !is_settled) {
                    add(before.place, field.place, What::Bits(before.bits & field.bits, byte), true);
                }
            }
        }
        for hiding in &first.1.hides {
            // Nothing counts from what is hidden before.
            if let Some(field) = second.1.fields.iter().find(|field| field.from == Some(hiding.start)) {
                add(hiding.place, field.place, What::Hidden(hiding.name), false);
            }
        }
        for (hiding, field) in inside(&first.1.hides, fields) {
            if !is_settled && !field.reads_0() {
                add(hiding.place, field.place, hidden(hiding, field), true);
            }
        }
        for (hiding, field) in inside(&second.1.hides, of_first) {
            // As long as a list leads there, nobody owns what leads on.
            let header = header(hiding.name, hiding.start);
            let is_hidden = first.1.hides.iter().any(|own| own.start == hiding.start);
            let on_header = !is_hidden && !field.leaves_lists() && meets(field, hiding.start, header);
            let in_body = meets(field, if is_hidden { hiding.start } else { header }, hiding.end);
            if on_header || in_body && !is_settled && !field.reads_0() {
                add(field.place, hiding.place, hidden(hiding, field), !on_header);
            }
        }
    }
}

/// Fields as they are owned, where some capabilities are hidden: of a header that a list leads through, the device's own value
/// owns nothing.
fn owned<'f>(function: Function<'_>, fields: &'f [Claim], hides: &[&[Hiding]]) -> Cow<'f, [Claim]> {
    let Some((_, device, _)) = function.device.filter(|_| fields.iter().any(Claim::leaves_lists)) else {
        return Cow::Borrowed(fields);
    };
    let is_hidden = |start: u64| hides.iter().any(|hides| hides.iter().any(|hiding| hiding.start == start));
    let mut owned = fields.to_vec();
    for list in device.entries.iter().filter_map(listed).filter(|list| !is_hidden(list.start)) {
        owned = owned.into_iter().flat_map(|field| field.beside_list(&list)).collect();
    }
    Cow::Owned(owned)
}

/// The header of a capability that a guest of every kernel reaches, wherever the layout is right.
fn listed(entry: &Entry) -> Option<Range<u64>> {
    let Capability { space, id, .. } = *entry.capability().filter(|_| !entry.optional)?;
    let start = entry.region.start;
    let is_shown = Kind::by_id(space, id).is_some_and(|kind| matches!(kind.shown, Shown::Always));
    is_shown.then(|| start..header(Name(space, id), start))
}

fn hidden(hiding: &Hiding, field: &Claim) -> What {
    let Byte::Space(at) = field.byte else { return What::Hidden(hiding.name) };
    What::HiddenBytes(hiding.name, Byte::Space(at.max(hiding.start)))
}

/// Fields inside of what is hidden.
fn inside<'a>(hides: &'a [Hiding], fields: &'a [Claim]) -> impl Iterator<Item = (&'a Hiding, &'a Claim)> {
    let of = |hiding: &'a Hiding| fields.iter().filter(|field| meets(field, hiding.start, hiding.end));
    hides.iter().flat_map(move |hiding| of(hiding).map(move |field| (hiding, field)))
}

fn meets(field: &Claim, start: u64, end: u64) -> bool {
    matches!(field.byte, Byte::Space(at) if field.bits != 0 && at < end && start < at + field.length)
}

/// What a layer that comes before has.
struct Other<'a> {
    taken: &'a [Taken],
    fields: &'a [Claim],
    hides: &'a [Hiding],
}

/// Where a layer shows its capabilities if no other is on.
fn alone(having: &Having) -> Vec<Option<Taken>> {
    let nobody = Other { taken: &[], fields: &[], hides: &[] };
    let mut taken = Vec::new();
    let put = |showing| {
        let (found, _) = put(showing, &nobody, having, &taken);
        taken.extend(found);
        found
    };
    having.shows.iter().map(put).collect()
}

/// Puts a capability at the first of its places that the device, another layer and its own layer's capabilities leave it; with
/// it, what of the other layer was in the way of the first place that it was in the way of.
fn put(showing: &Showing, other: &Other<'_>, having: &Having, own: &[Taken]) -> (Option<Taken>, Option<(Place, What)>) {
    let &Showing { name, length, place, .. } = showing;
    let mut of_other = None;
    let is_vacant = |place: &&Vacancy| {
        let hidden = |at: &u64| having.hides.iter().chain(other.hides).any(|hiding| hiding.start == *at);
        place.beside.iter().all(hidden)
    };
    for vacancy in showing.places.iter().filter(is_vacant) {
        let found = Taken { name, start: vacancy.start, end: vacancy.start + length, place };
        let obstacle = in_the_way(&found, other.taken, other.fields);
        of_other = of_other.or(obstacle);
        // What the layer itself has shown before is in the way, and what it shows after lies inside.
        let before: Vec<Claim> = having.fields.iter().filter(|field| field.place < place).copied().collect();
        if obstacle.is_none() && in_the_way(&found, own, &before).is_none() {
            let mut behind = having.fields.iter().filter(|field| field.place > place);
            let fits = !behind.any(|field| found.refuses(&showing.inside, field));
            return (fits.then_some(found), of_other);
        }
    }
    (None, of_other)
}

fn in_the_way(found: &Taken, others: &[Taken], fields: &[Claim]) -> Option<(Place, What)> {
    let &Taken { name, start, end, .. } = found;
    let end_of_dword = end.next_multiple_of(4);
    let overlapped = || others.iter().find(|other| other.start < end_of_dword && start < other.end.next_multiple_of(4));
    let owned = || {
        fields
            .iter()
            .find(|field| matches!(field.byte, Byte::Space(at) if at < end_of_dword && start < at + field.length))
    };
    let is_twin = |other: &&Taken| name.0 == Space::Extended && (other.name.0, other.name.1) == (name.0, name.1);
    let abutted = || others.iter().filter(is_twin).find(|other| other.end == start || other.start == end);
    let overlap = overlapped().map(|other| other.place).or_else(|| owned().map(|field| field.place));
    overlap
        .map(|there| (there, What::Extent(name, start)))
        .or_else(|| abutted().map(|other| (other.place, What::Abuts(name, start))))
}
