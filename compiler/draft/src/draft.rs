//! The text of a draft, statement by statement, so that what does not hold can be taken back alone.

use std::fmt::Write as _;

use quirk_runtime::Function;
use quirk_runtime::capability::{PASID, Shown, Space};

use crate::error::Error;
use crate::facts::Capability;
use crate::group::{Group, Outside, Run, Seen};
use crate::like::Like;
use crate::options::Options;
use crate::word::{is_name, quoted};
use quirk_dsl::Ordered as _;

/// A statement of the layout, in the ways in which it may be written, the best first.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) offset: usize,
    pub(crate) ways: Vec<String>,
    /// What a reader should know.
    pub(crate) remark: Option<String>,
    /// Why none of the ways holds.
    pub(crate) refused: Option<String>,
    /// How a test names it as absent, if the first record has it in no list.
    pub(crate) absent: Option<String>,
    pub(crate) place: Placed,
}

/// What a statement is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    Layout,
    /// In the device itself.
    Device,
}

/// What a draft says of PASID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pasid {
    /// Nothing; what it is like may say something.
    Silent,
    Native,
    /// What it is like lets PASID go where nobody vouches for this device.
    Forbidden,
}

/// A statement that does not hold, and stays in the draft as a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where.
    pub offset: usize,
    /// How it would be written.
    pub statement: String,
    /// What the compiler says.
    pub reason: String,
}

/// The draft of one device.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) name: String,
    title: String,
    conditions: Vec<String>,
    ids: (u16, u16),
    evidence: String,
    seen: usize,
    size: usize,
    pub(crate) layout: Vec<Statement>,
    odd: Vec<String>,
    zeros: Vec<(usize, usize)>,
    /// What may be said of PASID, the best first.
    pub(crate) pasid: Vec<Pasid>,
    pub(crate) like: Option<Like>,
    /// The statements of its test.
    pub(crate) test: Vec<String>,
}

impl Draft {
    pub(crate) fn new(group: &Group, options: &Options<'_>, like: Option<&Like>) -> Result<Self, Error> {
        let first = group.first().ok_or(Error::Nothing)?;
        let (vendor, device) = (first.identity.vendor, first.identity.device);
        let is_virtual = first.proven() == Function::Virtual;
        let kind = if is_virtual { "_vf" } else { "" };
        let name = options.name.map_or_else(|| format!("device_{vendor:04x}_{device:04x}{kind}"), str::to_owned);
        if !is_name(&name) {
            return Err(Error::Name { name });
        }
        let mut origins: Vec<&str> = group.records.iter().map(|facts| facts.origin.as_str()).collect();
        origins.dedup();
        let origins = match &origins[..] {
            [first, _, _, _, ..] => format!("{first} and {} more", origins.len() - 1),
            few => few.join(", "),
        };
        let capabilities = group.capabilities();
        let known = like.map(|like| like.registers().collect::<Vec<_>>()).unwrap_or_default();
        let outside = group.outside(&capabilities, &known);
        let mut layout: Vec<Statement> = capabilities
            .iter()
            .filter(|seen| !is_known(seen, group, like))
            .map(|seen| capability(seen, group))
            .collect();
        layout.extend(registers(group, &outside));
        if let Some(like) = like {
            let is_at = |at: usize| capabilities.iter().any(|seen| usize::from(seen.capability.offset) == at);
            layout.extend(like.without(is_at).map(without));
        }
        layout.extend(first.aliased_every.map(|distance| Statement {
            offset: 0x1000,
            ways: vec![format!("aliased every {distance:#x};")],
            remark: Some("all of the space repeats its beginning".to_owned()),
            refused: None,
            absent: None,
            place: Placed::Layout,
        }));
        layout.order_by_key(|statement| (statement.offset >= 0x100, statement.offset));
        let mut odd: Vec<String> = group.records.iter().flat_map(|facts| facts.odd.clone()).collect();
        odd.order();
        odd.dedup();
        Ok(Self {
            title: title(&first.description, vendor, device),
            conditions: conditions(group),
            ids: (vendor, device),
            evidence: options.evidence.map_or(origins, str::to_owned),
            seen: group.records.len(),
            size: group.size(),
            pasid: pasid(first.has_pasid() && !is_virtual, like),
            like: like.cloned(),
            zeros: group.zeros(&outside),
            test: Vec::new(),
            name,
            layout,
            odd,
        })
    }

    /// What the device is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many records it is made of.
    #[must_use]
    pub fn records(&self) -> usize {
        self.seen
    }

    /// How many statements its layout has.
    #[must_use]
    pub fn stated(&self) -> usize {
        self.layout.iter().filter(|statement| statement.refused.is_none()).count()
    }

    /// The statements of a layout that do not hold.
    #[must_use]
    pub fn refused(&self) -> Vec<Refused> {
        let refused = self.layout.iter().filter_map(|statement| {
            let (offset, reason) = (statement.offset, statement.refused.clone()?);
            Some(Refused { offset, statement: statement.ways.first().cloned().unwrap_or_default(), reason })
        });
        refused.collect()
    }

    /// How much of what was recorded the language cannot state.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.odd.len() + self.layout.iter().filter(|statement| statement.refused.is_some()).count()
    }

    /// The text, and which line is which statement of the layout.
    pub(crate) fn render(&self) -> (String, Vec<(u32, usize)>) {
        let mut out = String::new();
        let mut lines = Vec::new();
        let Self { name, evidence, seen, .. } = self;
        let like = self.like.as_ref().map(Like::clause).unwrap_or_default();
        // A `String` takes all that is written.
        let _ = writeln!(out, "source {name}_records = dump {} seen {seen};\n", quoted(evidence));
        let _ = writeln!(out, "device {name}{like} {{\nname {};", quoted(&self.title));
        let (vendor, device) = self.ids;
        let end =
            if self.conditions.is_empty() { ";".to_owned() } else { format!(" {{ {} }}", self.conditions.join(" ")) };
        let _ = writeln!(out, "match pci({vendor:#06x}, {device:#06x}){end}\nevidence {name}_records;\n");
        if self.size < 4096 {
            let _ = writeln!(out, "// {} bytes were recorded; what follows is not known.\n", self.size);
        }
        self.render_statements(Placed::Device, &mut out, &mut lines);
        if self.like.is_none() || !self.odd.is_empty() || self.layout.iter().any(|each| each.place == Placed::Layout) {
            let _ = writeln!(out, "layout {{");
            self.render_statements(Placed::Layout, &mut out, &mut lines);
            for odd in &self.odd {
                let _ = writeln!(out, "// not stated: {}", odd.replace('\n', " "));
            }
            let _ = writeln!(out, "}}\n");
        }
        self.render_free(&mut out);
        match self.pasid.first() {
            Some(Pasid::Native) => {
                let _ = writeln!(
                    out,
                    "// The function has the capability itself: its slot is the one place that cannot be wrong.\npasid {{ place native; }}"
                );
            }
            Some(Pasid::Forbidden) => {
                let _ = writeln!(
                    out,
                    "// `free` is never taken over. Declare it here with its evidence, and take this away:\npasid none;"
                );
            }
            Some(Pasid::Silent) | None => {}
        }
        let _ = writeln!(out, "}}\n");
        if !self.test.is_empty() {
            let _ = writeln!(
                out,
                "test {} {{\n{}\n}}\n",
                quoted(&format!("{name} is what was recorded")),
                self.test.join("\n")
            );
        }
        (out, lines)
    }

    fn render_statements(&self, place: Placed, out: &mut String, lines: &mut Vec<(u32, usize)>) {
        let (mut line, mut counted) = (1, 0);
        for (index, statement) in self.layout.iter().enumerate().filter(|(_, statement)| statement.place == place) {
            if let Some(remark) = &statement.remark {
                let _ = writeln!(out, "// {remark}");
            }
            match (&statement.refused, statement.ways.first()) {
                (None, Some(way)) => {
                    line += out.bytes().skip(counted).filter(|&byte| byte == b'\n').count();
                    counted = out.len();
                    lines.push((u32::try_from(line).unwrap_or(u32::MAX), index));
                    let _ = writeln!(out, "{way}");
                }
                (refused, way) => {
                    let why = refused.as_deref().unwrap_or("not known");
                    let _ = writeln!(out, "// not stated: {}\n// {why}", way.map_or("", String::as_str));
                }
            }
        }
    }

    /// What reads 0 is not free until somebody says so.
    fn render_free(&self, out: &mut String) {
        if self.zeros.is_empty() {
            return;
        }
        let _ = writeln!(
            out,
            "// These bytes read 0 and belong to nothing, which does not make them free. Where the datasheet or the"
        );
        let _ = writeln!(out, "// vendor says that nobody uses them, state it with that as evidence:");
        for (start, end) in &self.zeros {
            let _ = writeln!(
                out,
                "// free @ {start:#05x}..{end:#05x} {{ evidence datasheet \"TITLE, REVISION, SECTION\"; }}"
            );
        }
        out.push('\n');
    }
}

/// What lspci calls the device, without class, ids and revision.
fn title(description: &str, vendor: u16, device: u16) -> String {
    let name = description.split_once(": ").map_or(description, |(_, name)| name);
    let name = name.split(" (rev ").next().unwrap_or(name).split(" (prog-if ").next().unwrap_or(name);
    let ids = format!("[{vendor:04x}:{device:04x}]");
    let name = name.replace(&ids, "");
    let name = name.trim();
    if name.is_empty() { format!("{vendor:04x}:{device:04x}") } else { name.to_owned() }
}

fn conditions(group: &Group) -> Vec<String> {
    let mut conditions = Vec::new();
    let distinct = |value: &dyn Fn(&crate::facts::Facts) -> u32| -> Vec<u32> {
        let mut values: Vec<u32> = group.records.iter().map(value).collect();
        values.order();
        values.dedup();
        values
    };
    if let [class] = distinct(&|facts| facts.identity.class)[..] {
        conditions.push(format!("class 0x{:02x}_{:04x};", class >> 16, class & 0xffff));
    }
    let revisions = distinct(&|facts| facts.identity.revision.into());
    let words: Vec<_> = revisions.iter().map(|revision| format!("{revision:#04x}")).collect();
    match &words[..] {
        [one] => conditions.push(format!("revision {one};")),
        several => conditions.push(format!("revision [{}];", several.join(", "))),
    }
    match group.first().map(crate::facts::Facts::proven) {
        Some(Function::Physical) => conditions.push("function physical;".to_owned()),
        Some(Function::Virtual) => conditions.push("function virtual;".to_owned()),
        _ => {}
    }
    conditions
}

/// What may be said of PASID, the best first.
fn pasid(is_native: bool, like: Option<&Like>) -> Vec<Pasid> {
    let native = is_native.then_some(Pasid::Native);
    match like {
        None => native.into_iter().chain([Pasid::Silent]).collect(),
        Some(like) if !like.decides_pasid() => native.into_iter().chain([Pasid::Silent, Pasid::Forbidden]).collect(),
        Some(_) => [Pasid::Silent].into_iter().chain(native).chain([Pasid::Forbidden]).collect(),
    }
}

/// Whether what the draft is like says all that a record does.
fn is_known(seen: &Seen, group: &Group, like: Option<&Like>) -> bool {
    let optional = seen.count < group.reach(seen.capability.offset) || !seen.listed;
    like.is_some_and(|like| like.says(&seen.capability, seen.length, optional))
}

/// What the other device has, and no record.
fn without(capability: &Capability) -> Statement {
    let offset = capability.offset;
    Statement {
        offset: offset.into(),
        ways: vec![format!("without {} @ {offset:#04x};", capability.name())],
        remark: None,
        refused: None,
        absent: None,
        place: Placed::Device,
    }
}

fn capability(seen: &Seen, group: &Group) -> Statement {
    let Seen { capability, length, count, listed } = seen;
    let offset = capability.offset;
    let all = group.reach(offset);
    let optional = if *count < all || !listed { " optional" } else { "" };
    let name = capability.name();
    let plain = format!("{name} @ {offset:#04x}{optional};");
    let kind = capability.kind();
    // What the kind's own length is need not be written.
    let is_least = kind.is_some_and(|kind| kind.min == *length);
    let with = format!("{name} @ {offset:#04x} len {length:#x}{optional};");
    let ways = if is_least { vec![plain] } else { vec![with, plain] };
    let mut remarks = Vec::new();
    if !listed {
        remarks.push("in no list, and looks like a capability that firmware took out".to_owned());
    }
    if *count < all {
        remarks.push(format!("in {count} of {all} records"));
    }
    let is_hidden = kind.is_none_or(|kind| kind.shown == Shown::Never);
    if *listed && is_hidden && capability.space() == Space::Extended && capability.id != PASID {
        remarks.push("vfio-pci hides it, and its bytes still reach the device".to_owned());
    }
    let (start, end) = (usize::from(offset), usize::from(offset) + usize::from(*length));
    let live = group.live(start, end, |facts| facts.listed.iter().any(|(other, _)| other == capability));
    if !live.is_empty() {
        remarks.push(format!("live, other bytes in other records: {}", ranges(&live)));
    }
    let remark = (!remarks.is_empty()).then(|| remarks.join("; "));
    let is_there = group.first().is_some_and(|first| first.listed.iter().any(|(other, _)| other == capability));
    let absent = (!is_there).then(|| format!("{name} @ {offset:#04x}"));
    Statement { offset: offset.into(), ways, remark, refused: None, absent, place: Placed::Layout }
}

/// Runs of bytes, and how many more there are.
fn ranges(runs: &[(usize, usize)]) -> String {
    const MOST: usize = 6;
    let mut words: Vec<_> = runs.iter().take(MOST).map(|(start, end)| format!("{start:#04x}..{end:#04x}")).collect();
    words.extend(runs.len().checked_sub(MOST).filter(|more| *more != 0).map(|more| format!("{more} more")));
    words.join(", ")
}

fn registers(group: &Group, outside: &Outside) -> Vec<Statement> {
    let register = |run: Run| {
        let bytes: Vec<_> = run.sample.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let more = if run.sample.len() > 16 { " .." } else { "" };
        let differs = if run.live.is_empty() {
            String::new()
        } else {
            format!("; live, other bytes in other records: {}", ranges(&run.live))
        };
        Statement {
            offset: run.start,
            ways: vec![format!("register \"unnamed\" @ {:#04x}..{:#04x};", run.start, run.end)],
            remark: Some(format!("reads {}{more}{differs}", bytes.join(" "))),
            refused: None,
            absent: None,
            place: Placed::Layout,
        }
    };
    group.registers(outside).into_iter().map(register).collect()
}
