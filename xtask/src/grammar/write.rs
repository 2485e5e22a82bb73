//! From steps back to code: an alternative is tried only before a byte that it can start with, and the way back is kept open
//! only as far as a step can fail.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::bytes::Bytes;
use super::facts::Facts;
use super::step::Step;

impl Facts {
    /// The code of a step: an expression over `state`.
    pub(super) fn write(&self, step: &Step) -> TokenStream {
        match step {
            Step::Text(text) => quote!(state.match_string(#text)),
            Step::Bounded(text, longer) => {
                let longer = longer.pattern();
                quote!(scan::bounded(state, #text, |byte| matches!(byte, #longer)))
            }
            Step::One(bytes) if *bytes == Bytes::ALL => quote!(state.skip(1)),
            Step::One(bytes) if bytes.beyond_ascii() => {
                let others = bytes.others().characters();
                quote!(state.match_char_by(|next| !matches!(next, #others)))
            }
            Step::One(bytes) => {
                let characters = bytes.characters();
                quote!(state.match_char_by(|next| matches!(next, #characters)))
            }
            Step::Run(bytes, 0) => {
                let bytes = bytes.pattern();
                quote!(scan::run(state, |byte| matches!(byte, #bytes)))
            }
            Step::Run(bytes, _) => {
                let run = self.write(&Step::Run(bytes.clone(), 0));
                let one = bytes.pattern();
                quote!(scan::before(state, |byte| matches!(byte, #one)).and_then(|state| #run))
            }
            Step::Call(name) if name == "EOI" => quote!(self::EOI(state)),
            Step::Call(name) => {
                let name = format_ident!("r#{name}");
                quote!(self::#name(state))
            }
            Step::Choice(all) => self.choice(all),
            Step::Sequence(all) => self.sequence(all),
            Step::Repeat(inner) => {
                let inner = self.guarded(inner);
                quote!(state.repeat(|state| #inner))
            }
            Step::Optional(inner) => {
                let inner = self.guarded(inner);
                quote!(state.optional(|state| #inner))
            }
            Step::Look(positive, inner) => match (self.one_of(inner), positive) {
                (Some(bytes), true) => {
                    let bytes = bytes.pattern();
                    quote!(scan::before(state, |byte| matches!(byte, #bytes)))
                }
                (Some(bytes), false) => {
                    let bytes = bytes.pattern();
                    quote!(scan::not_before(state, |byte| matches!(byte, #bytes)))
                }
                (None, _) => {
                    let inner = self.guarded(inner);
                    quote!(state.lookahead(#positive, |state| #inner))
                }
            },
            Step::Until(texts) => quote!(state.skip_until(&[#(#texts),*])),
            Step::Node(name, inner) => {
                let name = format_ident!("r#{name}");
                let inner = self.write(inner);
                quote!(state.rule(Rule::#name, |state| #inner))
            }
        }
    }

    /// A step that fails at once before a byte that it cannot start with.
    fn guarded(&self, step: &Step) -> TokenStream {
        match step {
            Step::Sequence(_) | Step::Call(_) => self.choice(core::slice::from_ref(step)),
            _ => self.write(step),
        }
    }

    /// Those alternatives in turn that the next byte does not rule out.
    fn choice(&self, all: &[Step]) -> TokenStream {
        let firsts: Vec<_> = all.iter().map(|each| self.first(each)).collect();
        let viable = |byte: Option<u8>| {
            let mut found = Vec::new();
            for (at, (first, step)) in firsts.iter().zip(all).enumerate() {
                if first.empty || byte.is_some_and(|byte| first.bytes.has(byte)) {
                    found.push(at);
                    if self.never_fails(step) || self.one_of(step).is_some() {
                        break;
                    }
                }
            }
            found
        };
        let otherwise = viable(None);
        let mut arms: BTreeMap<Vec<usize>, Bytes> = BTreeMap::new();
        for byte in 0..=u8::MAX {
            let found = viable(Some(byte));
            if found != otherwise {
                arms.entry(found).or_insert(Bytes::NONE).insert(byte);
            }
        }
        let row = |alternatives: &[usize]| {
            let mut codes = alternatives.iter().map(|at| self.write(&all[*at]));
            let first = codes.next().unwrap_or_else(|| quote!(Err(state)));
            quote!(#first #(.or_else(|state| #codes))*)
        };
        let last = row(&otherwise);
        if arms.is_empty() {
            return last;
        }
        let arms = arms.iter().map(|(alternatives, bytes)| {
            let (bytes, code) = (bytes.pattern(), row(alternatives));
            quote!(Some(#bytes) => #code,)
        });
        quote!(match scan::next(&state) { #(#arms)* _ => #last })
    }

    /// One step after the other. Only what can fail after something was read needs a way back.
    fn sequence(&self, all: &[Step]) -> TokenStream {
        let chain = |steps: &[Step]| {
            let mut codes = steps.iter().map(|each| self.write(each));
            let first = codes.next().unwrap_or_else(|| quote!(Ok(state)));
            quote!(#first #(.and_then(|state| #codes))*)
        };
        let reads_nothing = |step: &Step| matches!(step, Step::Look(..)) || self.refused(step).is_some();
        let back =
            all.iter().rposition(|each| !self.never_fails(each)).filter(|&last| !all[..last].iter().all(reads_nothing));
        let Some(last) = back else { return chain(all) };
        let (fallible, rest) = all.split_at(last + 1);
        let (fallible, rest) = (chain(fallible), rest.iter().map(|each| self.write(each)));
        quote!(state.sequence(|state| #fallible) #(.and_then(|state| #rest))*)
    }
}
