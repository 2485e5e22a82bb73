//! `test`: names and numbers. Running it is the business of the engine.

use quirk_dsl::ast::{self, Expr, FieldType, Given, PasidFacts, TestStatementKind};

use super::Test;
use super::lower::Lower;
use crate::catalogue;
use crate::names::NameKind;

impl Lower<'_, '_> {
    pub(super) fn test(&mut self, test: &ast::Test) {
        self.text(&test.title, "the title");
        let mut given = None;
        let mut layers = Vec::new();
        for statement in &test.statements {
            let span = statement.span;
            match &statement.kind {
                TestStatementKind::Given(Given::Device { device, view }) => {
                    self.view(view.as_ref());
                    let id = self.names.resolve(self.unit, device, NameKind::Device);
                    let device = id.and_then(|id| self.device(id));
                    self.once(&mut given, device, span, "the function that the test is given");
                }
                TestStatementKind::Given(Given::Pci(pci)) => {
                    self.view(pci.view.as_ref());
                    self.id16(&pci.vendor, "a vendor id");
                    self.id16(&pci.device, "a device id");
                    for (bar, size) in &pci.bars {
                        self.at_most(bar, 5, "a BAR");
                        self.value(size);
                    }
                    self.once(&mut given, None, span, "the function that the test is given");
                }
                TestStatementKind::Given(Given::OptionalAbsent { extended, kind, at }) => {
                    self.kind(*extended, kind);
                    self.offset(at);
                }
                TestStatementKind::Given(Given::Bytes { at, value }) => {
                    self.offset(at);
                    self.bytes(value);
                }
                TestStatementKind::Host(facts) => self.facts(facts),
                TestStatementKind::Viommu(width) => drop(self.width(width)),
                TestStatementKind::Enable(enable) => layers.extend(self.enable(enable)),
                TestStatementKind::Write { ty, at, value } => self.written(ty.value, at, value),
                TestStatementKind::Reset(name) => {
                    self.word(name, &[("flr", ()), ("bus", ()), ("d3hot", ()), ("cold", ())]);
                }
                TestStatementKind::Expect(expect) => self.expect(expect),
                TestStatementKind::Policy(_) | TestStatementKind::Allow(_) => {}
            }
        }
        self.model.tests.push(Test { device: given.and_then(|given| given.value), layers });
    }

    fn expect(&mut self, expect: &ast::Expect) {
        match expect {
            ast::Expect::Pasid { at, facts } => {
                self.offset(at);
                self.facts(facts);
            }
            ast::Expect::Chain { offsets, .. } => {
                for offset in offsets {
                    self.offset(offset);
                }
            }
            ast::Expect::Capability { extended, kind, at, len, .. } => {
                self.kind(*extended, kind);
                at.as_ref().map(|at| self.offset(at));
                len.as_ref().map(|len| self.at_most(len, 0xfff, "a length"));
            }
            ast::Expect::Value { ty, at, value } => self.written(ty.value, at, value),
            ast::Expect::Untouched(range) => {
                let found = range.as_ref().and_then(|range| Some((self.range(range)?, range.span)));
                if let Some(((_, end), span)) = found.filter(|((_, end), _)| *end > 0x1000) {
                    let message = format!("the range ends at {end:#x}, behind 0x1000");
                    self.wrong(&catalogue::OUT_OF_BOUNDS, span, message);
                }
            }
            ast::Expect::NoPasid | ast::Expect::Effect(_) | ast::Expect::Reason(_) | ast::Expect::Finding(_) => {}
        }
    }

    fn view(&mut self, view: Option<&ast::Name>) {
        if let Some(view) = view {
            self.word(view, &[("vfio", ()), ("raw", ())]);
        }
    }

    fn facts(&mut self, facts: &PasidFacts) {
        if let Some(width) = &facts.width {
            self.width(width);
        }
    }

    fn written(&mut self, ty: FieldType, at: &Expr, value: &[Expr]) {
        self.offset(at);
        let largest = match ty {
            FieldType::U8 | FieldType::Bytes => 0xff,
            FieldType::U16 => 0xffff,
            FieldType::U32 => 0xffff_ffff,
        };
        for value in value {
            self.at_most(value, largest, "the value");
        }
    }

    fn bytes(&mut self, value: &[Expr]) {
        for byte in value {
            self.at_most(byte, 0xff, "a byte");
        }
    }
}
