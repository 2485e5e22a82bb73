//! `test`: from statements to a script that can be run. What is wrong in it is found here, before anything runs.

use std::collections::BTreeMap;

use quirk_dsl::Span;
use quirk_dsl::ast::{self, Expr, FieldType, Given, PasidFacts, Property, Statement, TestStatementKind};
use quirk_dsl::shape::Context;
use quirk_runtime::capability::Space;
use quirk_runtime::{Effect, Finding, HostPasid, MAX_WIDTH, Reason, Reset};

use super::Lower;
use super::kind::space;
use crate::catalogue;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::model::script::{Bytes, Expectation, Host, LayerOn, Script, Settings, Step, Subject, View, Wanted};
use crate::model::{EntryKind, Test};
use crate::names::{NameKind, duplicate};
use crate::source::Located;
use crate::suggest::listed;

/// Bytes of the largest configuration space.
const SPACE: u64 = 0x1000;

/// An optional entry that is not there: space, id, what it says of itself, offset.
type Absent = (Space, u16, Option<(u16, u16)>, u64);

/// What the statements of a test gave so far.
#[derive(Default)]
struct Draft {
    /// The subject of the first `given`, if it is understood.
    given: Option<Located<Option<Subject>>>,
    view: View,
    absent: Vec<Located<Absent>>,
    patches: Vec<Bytes>,
    host: Option<Host>,
    viommu: Option<u8>,
    /// By their indices in the model.
    enabled: BTreeMap<usize, Located<LayerOn>>,
    policy: Settings,
    steps: Vec<Located<Step>>,
    writes: bool,
}

impl Lower<'_, '_> {
    pub(super) fn test(&mut self, test: &ast::Test, head: Span) {
        let title = self.text(&test.title, "the title").unwrap_or_default();
        let place = self.place(head);
        match self.titles.get(&(place.file, title.clone())) {
            Some(&first) if !title.is_empty() => self.report(duplicate(&title, place, first)),
            _ => drop(self.titles.insert((place.file, title.clone()), place)),
        }
        let mut draft = Draft::default();
        for (statement, counts) in self.counted(Context::Test, &test.statements) {
            self.test_statement(&mut draft, statement, counts);
        }
        self.missing(Context::Test, &test.statements, test.poisoned, &title, place);
        let mut given = draft.given.and_then(|given| Some(Located { value: given.value?, place: given.place }));
        let device = match &given {
            Some(Located { value: Subject::Device { index, .. }, .. }) => Some(*index),
            _ => None,
        };
        for absent in &draft.absent {
            if let Some(given) = &mut given {
                self.absent(&mut given.value, absent);
            }
        }
        let layers = draft.enabled.keys().copied().collect();
        let on = draft.enabled.into_values().map(|on| on.value).collect();
        let script = given.map(|given| Script {
            given,
            view: draft.view,
            patches: draft.patches,
            host: draft.host,
            viommu_width: draft.viommu,
            layers: on,
            settings: draft.policy,
            steps: draft.steps,
        });
        let asked_for = self.names.program.units[self.unit].asked_for;
        if let Some(device) = device {
            self.model.devices[device].is_tested = true;
        }
        self.model.tests.push(Test { title, head: place, asked_for, device, layers, script });
    }

    fn test_statement(&mut self, draft: &mut Draft, statement: &Statement<TestStatementKind>, counts: bool) {
        let span = statement.span;
        match &statement.kind {
            TestStatementKind::Given(given) => self.given(draft, given, span),
            TestStatementKind::Host(facts) => draft.host = self.host(facts).filter(|_| counts).or(draft.host),
            TestStatementKind::Viommu(width) => draft.viommu = self.width(width).filter(|_| counts).or(draft.viommu),
            TestStatementKind::Enable(enable) => {
                if let Some((layer, value)) = self.enable(enable) {
                    let place = self.place(span);
                    if let Some(first) = draft.enabled.get(&layer) {
                        let what = format!("`enable {}`", value.name);
                        let found = self.duplicate(Context::Test, &what, place, first.place);
                        return self.report(found.remove(Applicability::Unsafe, "remove the second", place));
                    }
                    draft.enabled.insert(layer, Located { value, place });
                }
            }
            TestStatementKind::Policy(settings) => {
                let settings = self.settings(settings);
                if counts {
                    draft.policy = settings;
                }
            }
            TestStatementKind::Write { ty, at, value } => {
                draft.writes = true;
                let written = self.typed(ty.value, at, value, span);
                self.step(draft, written.map(Step::Write), span);
            }
            TestStatementKind::Property(Property::Word(word)) => {
                let resets = [Reset::Flr, Reset::Bus, Reset::D3Hot, Reset::Cold];
                let reset = self.choice(statement.shape, word, &resets);
                self.step(draft, reset.map(Step::Reset), span);
            }
            TestStatementKind::Expect(expect) => {
                let expect = self.expect(expect, draft.writes, span);
                self.step(draft, expect.map(Step::Expect), span);
            }
            TestStatementKind::Property(_) => {}
        }
    }

    fn step(&mut self, draft: &mut Draft, step: Option<Step>, span: Span) {
        let place = self.place(span);
        draft.steps.extend(step.map(|value| Located { value, place }));
    }

    fn given(&mut self, draft: &mut Draft, given: &Given, span: Span) {
        match given {
            Given::Device { device, view } => {
                draft.view = self.view(view.as_ref());
                let id = self.names.resolve(self.unit, device, NameKind::Device);
                let index = id.and_then(|id| self.device(id));
                self.subject(draft, index.map(|index| Subject::Device { index, absent: vec![] }), span);
            }
            Given::Pci(pci) => {
                draft.view = self.view(pci.view.as_ref());
                let bars: Vec<(u8, u64)> = pci.bars.iter().filter_map(|(bar, size)| self.bar(bar, size)).collect();
                let ids = ast::Match {
                    vendor: ast::IdSet::One(pci.vendor.clone()),
                    device: ast::IdSet::One(pci.device.clone()),
                    conditions: pci.conditions.clone(),
                    poisoned: false,
                };
                let clause = self.clauses(&ids, span).and_then(|clauses| clauses.into_iter().next());
                self.subject(draft, clause.map(|clause| Subject::Function { clause: Box::new(clause), bars }), span);
            }
            Given::OptionalAbsent { extended, kind, at } => {
                let (kind, at) = (self.kind(*extended, kind), self.offset(at));
                if let (Some((id, sub)), Some(at)) = (kind, at) {
                    draft.absent.push(Located { value: (space(*extended), id, sub, at), place: self.place(span) });
                }
            }
            Given::Bytes { at, value } => draft.patches.extend(self.typed(FieldType::Bytes, at, value, span)),
        }
    }

    /// A test has one function; entries and bytes of it may be given more often.
    fn subject(&mut self, draft: &mut Draft, value: Option<Subject>, span: Span) {
        let place = self.place(span);
        match &draft.given {
            None => draft.given = Some(Located { value, place }),
            Some(first) => {
                let found = self.duplicate(Context::Test, "`given`", place, first.place);
                self.report(found.remove(Applicability::Unsafe, "remove the second", place));
            }
        }
    }

    fn bar(&mut self, bar: &Expr, size: &Expr) -> Option<(u8, u64)> {
        let (number, bytes) = (self.at_most(bar, 5, "a BAR"), self.value(size));
        let (number, bytes) = (u8::try_from(number?).ok()?, bytes?);
        if !bytes.is_power_of_two() || bytes < 16 {
            let message = format!("{bytes:#x} is no size of a BAR: that is a power of two, 16 at least");
            self.wrong(&catalogue::DOES_NOT_FIT, size.span, message);
            return None;
        }
        if number == 5 && bytes > 1 << 31 {
            self.wrong(&catalogue::DOES_NOT_FIT, size.span, "a BAR of more than 2 GiB takes two, and 5 is the last");
            return None;
        }
        Some((number, bytes))
    }

    /// Takes an optional entry out of what the test is given.
    fn absent(&mut self, subject: &mut Subject, absent: &Located<Absent>) {
        let (space, id, sub, at) = absent.value;
        let rule = &catalogue::ABSENT_NOT_OPTIONAL;
        let wrong = match subject {
            Subject::Function { .. } => "a function that no device describes has no optional entries".to_owned(),
            Subject::Device { index, absent } => {
                let device = &self.model.devices[*index];
                let is_it = |entry: &&crate::model::Entry| {
                    entry.region.start == at
                        && matches!(&entry.kind, EntryKind::Capability(found) if (found.space, found.id) == (space, id)
                            && (sub.is_none() || sub == found.sub))
                };
                let name = quirk_runtime::capability::Name(space, id);
                match device.entries.iter().find(is_it) {
                    Some(entry) if entry.optional => return absent.push((space, at)),
                    Some(_) => format!("`{name}` at {at:#x} of `{}` is not `optional`", device.name),
                    None if device.broken.layout() => return,
                    None => {
                        let ids = if sub.is_some() { " with these ids" } else { "" };
                        format!("`{}` has no `{name}`{ids} at {at:#x}", device.name)
                    }
                }
            }
        };
        self.report(Diagnostic::new(rule, absent.place, wrong));
    }

    fn view(&mut self, view: Option<&ast::Name>) -> View {
        let view = view.and_then(|view| self.word(view, &[("vfio", View::Vfio), ("raw", View::Raw)]));
        view.unwrap_or_default()
    }

    fn host(&mut self, facts: &PasidFacts) -> Option<Host> {
        let width = facts.width.as_ref().map_or(Some(MAX_WIDTH), |width| self.width(width))?;
        let (execute, privileged) = (facts.execute.is_some(), facts.privileged.is_some());
        let pasid = HostPasid::new(width).with_execute(execute).with_privileged(privileged);
        Some(Host { pasid, enabled: facts.disabled.is_none() })
    }

    fn expect(&mut self, expect: &ast::Expect, after_write: bool, span: Span) -> Option<Expectation> {
        Some(match expect {
            ast::Expect::Pasid { at, facts } => {
                if let Some(span) = facts.disabled {
                    self.wrong(
                        &catalogue::UNKNOWN_WORD,
                        span,
                        "`disabled` says what the host does: it stands in `host`",
                    );
                }
                let at = self.offset16(at);
                let width = facts.width.as_ref().map(|width| self.width(width));
                let (execute, privileged) = (facts.execute.is_some(), facts.privileged.is_some());
                Expectation::Pasid {
                    at: at?,
                    width: width.map_or(Some(None), |width| width.map(Some))?,
                    execute,
                    privileged,
                }
            }
            ast::Expect::NoPasid => Expectation::NoPasid,
            ast::Expect::Chain { extended, offsets } => {
                let offsets: Vec<Option<u16>> = offsets.iter().map(|offset| self.offset16(offset)).collect();
                Expectation::Chain { space: space(*extended), offsets: offsets.into_iter().collect::<Option<_>>()? }
            }
            ast::Expect::Capability { absent, extended, kind, at, len } => {
                let kind = self.kind(*extended, kind);
                let at = at.as_ref().map(|at| self.offset16(at));
                let length = len.as_ref().map(|len| self.at_most(len, 0xfff, "a length"));
                let (id, sub) = kind?;
                Expectation::Capability(Wanted {
                    absent: *absent,
                    space: space(*extended),
                    id,
                    sub,
                    at: at.map_or(Some(None), |at| at.map(Some))?,
                    length: length.map_or(Some(None), |length| Some(Some(u16::try_from(length?).ok()?)))?,
                })
            }
            ast::Expect::Value { ty, at, value } => {
                let Bytes { at, bytes } = self.typed(ty.value, at, value, span)?;
                Expectation::Value { at, width: width_of(ty.value), bytes }
            }
            ast::Expect::Untouched(None) => Expectation::Untouched(None),
            ast::Expect::Untouched(Some(range)) => {
                let (start, end) = self.range(range)?;
                if end > SPACE {
                    let message = format!("the range ends at {end:#x}, past 0x1000");
                    self.wrong(&catalogue::OUT_OF_BOUNDS, range.span, message);
                }
                let range = quirk_runtime::ByteRange::new(u16::try_from(start).ok()?, u16::try_from(end).ok()?);
                Expectation::Untouched(Some(range))
            }
            ast::Expect::Effect(name) => {
                let name = self.outcome(name, "effect", Effect::CODES)?;
                if !after_write {
                    let message = "an effect is one of the last write, and nothing was written before";
                    self.wrong(&catalogue::EFFECT_WITHOUT_WRITE, span, message);
                }
                Expectation::Effect(name)
            }
            ast::Expect::Reason(name) => Expectation::Reason(self.outcome(name, "reason", Reason::CODES)?),
            ast::Expect::Finding(name) => Expectation::Finding(self.outcome(name, "finding", Finding::CODES)?),
        })
    }

    /// A name of the runtime's.
    fn outcome(&mut self, name: &ast::Name, what: &str, codes: &[&str]) -> Option<String> {
        if codes.contains(&name.value.as_str()) {
            return Some(name.value.clone());
        }
        let message = format!("there is no {what} `{}`", name.value);
        let found = Diagnostic::new(&catalogue::UNKNOWN_OUTCOME, self.place(name.span), message);
        let found = found.did_you_mean(&name.value, codes.iter().copied());
        let found = if found.help.is_none() && codes.len() < 8 {
            found.help(format!("there are {}", listed(codes, "and")))
        } else {
            found
        };
        self.report(found);
        None
    }

    fn offset16(&mut self, expr: &Expr) -> Option<u16> {
        u16::try_from(self.offset(expr)?).ok()
    }

    /// Bytes at an offset, as numbers of a type say them.
    fn typed(&mut self, ty: FieldType, at: &Expr, value: &[Expr], span: Span) -> Option<Bytes> {
        let width = width_of(ty);
        let largest = u64::MAX >> (64 - 8 * width);
        let at = self.offset16(at);
        let values: Vec<Option<u64>> = value.iter().map(|value| self.at_most(value, largest, "the value")).collect();
        let at = at?;
        let mut bytes = Vec::new();
        for value in values {
            bytes.extend_from_slice(&value?.to_le_bytes()[..width]);
        }
        let end = u64::from(at) + bytes.len() as u64;
        if end > SPACE {
            self.wrong(&catalogue::OUT_OF_BOUNDS, span, format!("the bytes end at {end:#x}, past 0x1000"));
            return None;
        }
        if bytes.is_empty() {
            self.wrong(&catalogue::EMPTY_RANGE, span, "there are no bytes in this list");
            return None;
        }
        Some(Bytes { at, bytes })
    }
}

fn width_of(ty: FieldType) -> usize {
    match ty {
        FieldType::U8 | FieldType::Bytes => 1,
        FieldType::U16 => 2,
        FieldType::U32 => 4,
    }
}
