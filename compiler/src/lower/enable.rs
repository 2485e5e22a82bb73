//! `enable` in a test: the layer, and values that its params can hold.

use quirk_dsl::ast::Enable;
use quirk_runtime::tables::ParamKind;

use super::Lower;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::layer::largest;
use crate::model::script::{LayerOn, Value};
use crate::names::NameKind;

impl Lower<'_, '_> {
    /// The layer that a test enables: its index, and what the VMM says of it.
    pub(super) fn enable(&mut self, enable: &Enable) -> Option<(usize, LayerOn)> {
        let id = self.names.resolve(self.unit, &enable.layer, NameKind::Layer)?;
        let layer = *self.layers.get(&id)?;
        let mut given: Vec<&str> = Vec::new();
        let mut values: Vec<(String, Value)> = Vec::new();
        for assignment in &enable.params {
            let name = &assignment.name;
            let params = &self.model.layers[layer].params;
            let Some(param) = params.iter().find(|param| param.name == name.value) else {
                if !self.model.layers[layer].may_have_lost(&name.value) {
                    let message = format!("the layer `{}` has no parameter `{}`", enable.layer.name.value, name.value);
                    let found = Diagnostic::new(&catalogue::UNKNOWN_NAME, self.place(name.span), message);
                    let found = found.did_you_mean(&name.value, params.iter().map(|param| param.name.as_str()));
                    self.report(found);
                }
                continue;
            };
            let (kind, size) = (param.kind, param.size);
            if given.contains(&name.value.as_str()) {
                let message = format!("duplicate `{}`: only one is allowed", name.value);
                self.wrong(&catalogue::DUPLICATE_STATEMENT, assignment.span, message);
            }
            given.push(&name.value);
            match (kind, assignment.value.as_slice()) {
                (ParamKind::Unsigned, [value]) => {
                    let what = format!("`{}`", name.value);
                    let value = self.at_most(value, largest(size), &what).map(Value::Unsigned);
                    values.extend(value.map(|value| (name.value.clone(), value)));
                }
                (ParamKind::Bytes, bytes) if bytes.len() == usize::from(size) => {
                    let bytes: Vec<Option<u64>> = bytes.iter().map(|byte| self.at_most(byte, 0xff, "a byte")).collect();
                    let bytes: Option<Vec<u8>> = bytes.into_iter().map(|byte| u8::try_from(byte?).ok()).collect();
                    values.extend(bytes.map(|bytes| (name.value.clone(), Value::Bytes(bytes))));
                }
                (ParamKind::Unsigned, _) => {
                    let message = format!("`{}` takes one number", name.value);
                    self.wrong(&catalogue::PARAM_VALUE, assignment.span, message);
                }
                (ParamKind::Bytes, bytes) => {
                    let message = format!("`{}` takes {size} bytes, and here are {}", name.value, bytes.len());
                    self.wrong(&catalogue::PARAM_VALUE, assignment.span, message);
                }
            }
        }
        Some((layer, LayerOn { name: self.model.layers[layer].name.clone(), params: values }))
    }
}
