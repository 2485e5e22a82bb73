//! The devices near a layer, and the layers near a device.

use std::sync::OnceLock;

use super::Near;
use crate::model::{Clause, Device, Layer, Model};

/// Where they are looked up, once that was asked.
#[derive(Debug, Default)]
pub(crate) struct Neighbours {
    devices: OnceLock<Near>,
    layers: OnceLock<Near>,
    clauses: OnceLock<Near>,
}

impl Neighbours {
    /// The devices of a model that may match a function together with clauses of a layer, in their order; some may not.
    pub(crate) fn devices<'m>(
        &self,
        model: &'m Model,
        clauses: &[Clause],
    ) -> impl Iterator<Item = &'m Device> + use<'m> {
        let near = self.devices.get_or_init(|| {
            let askers = model.layers.iter().flat_map(|layer| &layer.clauses);
            Near::new(numbered(model.devices.iter().map(|device| &device.clauses)), askers)
        });
        near.owners(clauses).into_iter().map(|at| &model.devices[at])
    }

    /// Where the clauses of all devices are looked up that one of them may meet, numbered in their order.
    pub(crate) fn clauses(&self, model: &Model) -> &Near {
        self.clauses.get_or_init(|| {
            let of_devices = model.devices.iter().enumerate();
            let owned = of_devices.flat_map(|(owner, device)| device.clauses.iter().map(move |clause| (owner, clause)));
            let numbered = owned.enumerate().map(|(number, (owner, clause))| (owner, number, clause));
            Near::new(numbered, model.devices.iter().flat_map(|device| &device.clauses))
        })
    }

    /// The layers of a model that may match a function together with a device, in their order, and their indices; some may not.
    pub(crate) fn layers<'m>(
        &self,
        model: &'m Model,
        device: &Device,
    ) -> impl Iterator<Item = (usize, &'m Layer)> + use<'m> {
        let near = self.layers.get_or_init(|| {
            // Nothing is near no layer.
            let askers = model.devices.iter().filter(|_| !model.layers.is_empty()).flat_map(|device| &device.clauses);
            Near::new(numbered(model.layers.iter().map(|layer| &layer.clauses)), askers)
        });
        near.owners(&device.clauses).into_iter().map(|at| (at, &model.layers[at]))
    }
}

/// Clauses with the number of what they are of.
fn numbered<'m>(all: impl Iterator<Item = &'m Vec<Clause>>) -> impl Iterator<Item = (usize, usize, &'m Clause)> {
    all.enumerate().flat_map(|(at, clauses)| clauses.iter().map(move |clause| (0, at, clause)))
}
