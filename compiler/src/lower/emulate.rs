//! `emulate`: capabilities, and fields of what the device has.

use quirk_dsl::Span;
use quirk_dsl::ast::{self, EmulatePlace};
use quirk_runtime::capability::{DVSEC, Kind, PASID, Space, VSEC};
use quirk_runtime::tables::Evidence;

use super::Lower;
use super::kind::space;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Claim;
use crate::model::layer::{Emulated, Emulation, Layer};
use crate::source::{Located, Place};

/// Where and how long an emulated capability is.
type Extent = (u64, Option<Place>, Vec<Located<u64>>);

impl Lower<'_, '_> {
    /// One `emulate`. Fields that are not understood are left out, and the layer remembers that some are.
    pub(super) fn emulation(&mut self, layer: &mut Layer, emulate: &ast::Emulate, span: Span) -> Option<Emulation> {
        let (node, place) = (self.node(), self.place(span));
        match emulate {
            ast::Emulate::Field(field) => {
                let field = self.field(layer, field, false)?;
                Some(Emulation { node, place, capability: None, fields: vec![field] })
            }
            ast::Emulate::Capability(syntax) => {
                let capability = self.emulated(syntax);
                let mut fields = Vec::new();
                for field in &syntax.fields {
                    match self.field(layer, field, true) {
                        Some(field) => fields.push(field),
                        None => layer.broken.emulations = true,
                    }
                }
                layer.broken.emulations |= syntax.poisoned;
                Some(Emulation { node, place, capability: Some(capability?), fields })
            }
        }
    }

    fn emulated(&mut self, syntax: &ast::EmulateCapability) -> Option<Emulated> {
        let space = space(syntax.extended);
        let kind = self.kind(syntax.extended, &syntax.kind);
        let version = match (&syntax.version, space) {
            (None, _) => Some(1),
            (Some(version), Space::Extended) => self.at_most(version, 0xf, "the version of a capability"),
            (Some(version), Space::Conventional) => {
                let message = "a conventional capability has no version in its header";
                self.wrong(&catalogue::UNKNOWN_WORD, version.span, message);
                None
            }
        };
        let (id, sub) = kind?;
        if (space, id) == (Space::Extended, PASID) {
            let message = "a layer shows no PASID: its place is decided for each function";
            let found = Diagnostic::new(&catalogue::EMULATES_PASID, self.place(syntax.kind.span), message);
            self.report(found.help("say it in `pasid` of a device, or let the operator give the offset"));
            return None;
        }
        self.no_id(space, id, sub, self.place(syntax.kind.span))?;
        let extent = self.extent(space, id, syntax);
        self.says_whose(space, id, sub, syntax.kind.span)?;
        let (length, length_place, places) = extent?;
        let version = u8::try_from(version?).ok()?;
        let (over_register, claims) = self.over_register(syntax)?;
        Some(Emulated { space, id, sub, version, length, length_place, places, over_register, claims })
    }

    /// A DVSEC or VSEC without arguments could be anybody's.
    pub(super) fn says_whose(&mut self, space: Space, id: u16, sub: Option<(u16, u16)>, span: Span) -> Option<()> {
        if space != Space::Extended || !matches!(id, DVSEC | VSEC) || sub.is_some() {
            return Some(());
        }
        let message = "its header says whose it is: the arguments are missing";
        let found = Diagnostic::new(&catalogue::CAPABILITY_ARGUMENTS, self.place(span), message);
        let help = if id == DVSEC { "write `dvsec(vendor: .., id: ..)`" } else { "write `vendor(id: ..)`" };
        self.report(found.help(help));
        None
    }

    /// Whether it may cover registers, and who vouches for it: the vendor or a driver, or nobody knows that a guest can do
    /// without them.
    fn over_register(&mut self, syntax: &ast::EmulateCapability) -> Option<(bool, Vec<Claim>)> {
        let claims = self.claims(&syntax.evidence);
        let Some(span) = syntax.over_register else { return Some((false, claims)) };
        if let EmulatePlace::Free(free) = &syntax.place {
            let message = "what is free holds no register, so there is nothing to be over";
            let found = Diagnostic::new(&catalogue::FIELD_FORM, self.place(span), message);
            self.report(found.also(self.place(*free), "it goes where bytes are free"));
            return None;
        }
        let knows = |claim: &Claim| matches!(claim.evidence, Evidence::Driver | Evidence::Vendor);
        // What could not be read may have been evidence.
        if !claims.iter().any(knows) && !syntax.poisoned {
            let message = "neither a driver nor the vendor vouches that a guest can do without the registers";
            let found = Diagnostic::new(&catalogue::OVER_REGISTER, self.place(span), message);
            self.report(found.help("say who: `evidence driver \"..\";` or `evidence vendor \"..\";` in its block"));
            return None;
        }
        Some((true, claims))
    }

    /// Reports ids that no header can have.
    fn no_id(&mut self, space: Space, id: u16, sub: Option<(u16, u16)>, place: Place) -> Option<()> {
        let ones = if space == Space::Extended { 0xffff } else { 0xff };
        let message = match (id, sub) {
            (0, _) => "id 0 is that of a null capability, which shows nothing".to_owned(),
            (id, _) if id == ones => format!("id {id:#x} is that of no capability"),
            (DVSEC, Some((0xffff, _))) => "0xffff is no vendor".to_owned(),
            _ => return Some(()),
        };
        self.report(Diagnostic::new(&catalogue::NULL_ID, place, message));
        None
    }

    fn extent(&mut self, space: Space, id: u16, syntax: &ast::EmulateCapability) -> Option<Extent> {
        let places = match &syntax.place {
            EmulatePlace::Free(span) => {
                if space == Space::Conventional {
                    let message = "what is free is given out in extended space alone";
                    let found = Diagnostic::new(&catalogue::FIELD_FORM, self.place(*span), message);
                    self.report(found.help("say where it goes: `@ 0x..`, or `@ [0x.., 0x..]`"));
                    return None;
                }
                Some(vec![])
            }
            EmulatePlace::At(offset) => self.emulated_place(offset).map(|place| vec![place]),
            EmulatePlace::OneOf(offsets, span) => {
                if offsets.is_empty() {
                    self.wrong(&catalogue::EMPTY_RANGE, *span, "the list is empty");
                    return None;
                }
                let places: Vec<_> = offsets.iter().map(|offset| self.emulated_place(offset)).collect();
                places.into_iter().collect()
            }
        };
        let known = Kind::by_id(space, id).filter(|kind| kind.is_fixed());
        let (length, length_place) = match (&syntax.len, known) {
            (Some(length), _) => (u64::from(self.byte_count(length)?), Some(self.place(length.span))),
            (None, Some(known)) => (u64::from(known.min), None),
            (None, None) => {
                let message = "how long an emulated capability of this kind is, is not known";
                let found = Diagnostic::new(&catalogue::LENGTH_NEEDED, self.place(syntax.kind.span), message);
                self.report(found.help("say it: `len 0x..` after the place"));
                return None;
            }
        };
        Some((length, length_place, places?))
    }

    fn emulated_place(&mut self, offset: &ast::Expr) -> Option<Located<u64>> {
        Some(Located { value: self.offset(offset)?, place: self.place(offset.span) })
    }
}
