//! Capability kinds by name or number, with the arguments that tell two of one id apart.

use quirk_dsl::{ast, nearest};
use quirk_runtime::capability::{self, Kind, Space};

use super::{Lower, long_names};
use crate::catalogue;
use crate::diagnostic::{Applicability, Diagnostic};

pub(super) fn space(extended: bool) -> Space {
    if extended { Space::Extended } else { Space::Conventional }
}

impl Lower<'_, '_> {
    /// Id and, where they were given, DVSEC vendor and sub-id.
    pub(super) fn kind(&mut self, extended: bool, kind: &ast::Kind) -> Option<(u16, Option<(u16, u16)>)> {
        let space = space(extended);
        let id = match &kind.id {
            ast::KindId::Name(name) => self.kind_by_name(space, name)?,
            ast::KindId::Number(number) => {
                let largest = if extended { 0xffff } else { 0xff };
                if number.value > largest {
                    let message = format!("{:#x} is too large for a capability id", number.value);
                    self.wrong(&catalogue::DOES_NOT_FIT, number.span, message);
                    return None;
                }
                u16::try_from(number.value).ok()?
            }
        };
        let takes: &[&str] = match (space, id) {
            (Space::Extended, capability::DVSEC) => &["vendor", "id"],
            (Space::Extended, capability::VSEC) => &["id"],
            _ => &[],
        };
        Some((id, self.arguments(kind, takes)?))
    }

    fn kind_by_name(&mut self, space: Space, name: &ast::Name) -> Option<u16> {
        if let Some(kind) = Kind::by_name(space, &name.value) {
            return Some(kind.id);
        }
        let word = space.keyword();
        let message = format!("there is no `{word}` capability `{}`", name.value);
        let found = Diagnostic::new(&catalogue::UNKNOWN_CAPABILITY, self.place(name.span), message);
        if let Some((kind, certain)) = long_names::meant(space, &name.value) {
            let mut near = nearest(&name.value, space.kinds().iter().map(|kind| kind.name));
            near.retain(|near| *near != kind.name);
            near.insert(0, kind.name);
            let certain = certain && near.len() == 1;
            self.report(found.meant(&near, certain));
            return None;
        }
        let other = if space == Space::Extended { Space::Conventional } else { Space::Extended };
        let mut found = found.did_you_mean(&name.value, space.kinds().iter().map(|kind| kind.name));
        if Kind::by_name(other, &name.value).is_some() {
            let nearest = found.help.map_or_else(String::new, |help| format!("; {help}"));
            found.help = Some(format!("`{} {}` is one{nearest}", other.keyword(), name.value));
            for fix in &mut found.fixes {
                fix.applicability = Applicability::Unsafe;
            }
        }
        self.report(found);
        None
    }

    /// The sub-id that the arguments give; the inner none without arguments.
    fn arguments(&mut self, kind: &ast::Kind, takes: &[&str]) -> Option<Option<(u16, u16)>> {
        let mut values: [Option<u16>; 2] = [None; 2];
        for (at, (name, value)) in kind.arguments.iter().enumerate() {
            let rule = &catalogue::CAPABILITY_ARGUMENTS;
            let Some(slot) = takes.iter().position(|known| *known == name.value) else {
                let message = format!("this capability takes no argument `{}`", name.value);
                let found = Diagnostic::new(rule, self.place(name.span), message);
                self.report(found.did_you_mean(&name.value, takes.iter().copied()));
                return None;
            };
            if kind.arguments[..at].iter().any(|(before, _)| before.value == name.value) {
                self.wrong(rule, name.span, format!("duplicate argument `{}`", name.value));
                return None;
            }
            if name.value == "vendor" {
                self.id_in_hexadecimal(value);
            }
            values[slot] = Some(self.id16(value, "an id")?);
        }
        if kind.arguments.is_empty() {
            return Some(None);
        }
        if let Some(slot) = (0..takes.len()).find(|&slot| values[slot].is_none()) {
            let message = format!("the argument `{}` is missing", takes[slot]);
            self.wrong(&catalogue::CAPABILITY_ARGUMENTS, kind.span, message);
            return None;
        }
        Some(match takes.len() {
            2 => Some((values[0]?, values[1]?)),
            _ => Some((0, values[0]?)),
        })
    }
}
