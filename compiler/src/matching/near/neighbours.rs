//! The devices near a layer, and the layers near a device.

use std::num::NonZeroUsize;
use std::sync::OnceLock;

use super::Near;
use super::asked::Owned;
use crate::model::{Clause, Device, Layer, Model};
use crate::shares::shared;

/// Where they are looked up, once that was asked.
#[derive(Debug)]
pub(crate) struct Neighbours {
    threads: NonZeroUsize,
    devices: OnceLock<Near>,
    layers: OnceLock<Near>,
    clauses: OnceLock<Near>,
}

impl Neighbours {
    pub(crate) fn new(threads: NonZeroUsize) -> Self {
        Self { threads, devices: OnceLock::new(), layers: OnceLock::new(), clauses: OnceLock::new() }
    }

    /// The devices of a model that may match a function together with clauses of a layer, in their order; some may not.
    pub(crate) fn devices<'m>(
        &self,
        model: &'m Model,
        clauses: &[Clause],
    ) -> impl Iterator<Item = &'m Device> + use<'m> {
        let near = self.devices.get_or_init(|| {
            let askers: Vec<&Clause> = model.layers.iter().flat_map(|layer| &layer.clauses).collect();
            let of_devices = self.owned(model).into_iter().map(|(owner, _, clause)| (0, owner, clause));
            Near::new(&of_devices.collect::<Vec<_>>(), Some(&askers), self.threads)
        });
        near.owners(clauses).into_iter().map(|at| &*model.devices[at])
    }

    /// Where the clauses of all devices are looked up that one of them may meet, numbered in their order.
    pub(crate) fn clauses(&self, model: &Model) -> &Near {
        self.clauses.get_or_init(|| Near::new(&self.owned(model), None, self.threads))
    }

    /// The clauses of all devices, numbered in their order.
    pub(crate) fn owned<'m>(&self, model: &'m Model) -> Vec<Owned<'m>> {
        let shares = shared(&model.devices, self.threads, |first, devices| -> Vec<(usize, &Clause)> {
            let owners = (first..).zip(devices);
            owners.flat_map(|(owner, device)| device.clauses.iter().map(move |clause| (owner, clause))).collect()
        });
        let owned = shares.into_iter().flatten().enumerate();
        owned.map(|(number, (owner, clause))| (owner, number, clause)).collect()
    }

    /// The layers of a model that may match a function together with a device, in their order, and their indices; some may not.
    pub(crate) fn layers<'m>(
        &self,
        model: &'m Model,
        device: &Device,
    ) -> impl Iterator<Item = (usize, &'m Layer)> + use<'m> {
        let near = || {
            self.layers.get_or_init(|| {
                let askers: Vec<&Clause> = model.devices.iter().flat_map(|device| &device.clauses).collect();
                let of_layers = model.layers.iter().enumerate();
                let of_layers =
                    of_layers.flat_map(|(at, layer)| layer.clauses.iter().map(move |clause| (0, at, clause)));
                Near::new(&of_layers.collect::<Vec<_>>(), Some(&askers), NonZeroUsize::MIN)
            })
        };
        // Nothing is near no layer.
        let owners = if model.layers.is_empty() { vec![] } else { near().owners(&device.clauses) };
        owners.into_iter().map(|at| (at, &model.layers[at]))
    }
}
