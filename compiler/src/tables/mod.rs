//! From the model to the encoded database: the same bytes for the same descriptions, whatever their order.

mod clauses;
mod devices;
mod hash;
mod layers;
mod profiles;
mod writer;

use quirk_runtime::tables::Section;
use writer::Writer;

use crate::model::Model;
use crate::source::Sources;

/// Encodes a model without errors. None only if it is larger than an encoding can be.
pub(crate) fn encode(model: &Model, sources: &Sources) -> Option<Vec<u8>> {
    let mut writer = Writer::default();
    let order = by_name(&model.devices, |device| &device.name);
    let layer_order = by_name(&model.layers, |layer| &layer.name);
    clauses::write(&mut writer, model, &order)?;
    let emulations = layers::write(&mut writer, model, &layer_order, sources)?;
    devices::write(&mut writer, model, &order, &emulations, sources)?;
    profiles::write(&mut writer, model, &order, sources)?;
    writer.finish()
}

/// Indices in the order of the names, in which things are written.
fn by_name<T>(items: &[T], name: impl Fn(&T) -> &String) -> Vec<usize> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&index| name(&items[index]));
    order
}

/// Of each index of the model, where it stands in an order of all.
fn positions(order: &[usize]) -> Vec<u32> {
    let mut positions = vec![0; order.len()];
    for (position, &index) in (0..).zip(order) {
        positions[index] = position;
    }
    positions
}

/// The sections that hold anything, with the size of their records where all are of one size.
pub(crate) fn sections(database: &[u8]) -> Vec<(Section, &[u8], Option<usize>)> {
    let database = quirk_runtime::Database::from_static(database);
    Section::ALL
        .iter()
        .map(|&section| (section, database.section(section), writer::record_size(section)))
        .filter(|(_, bytes, _)| !bytes.is_empty())
        .collect()
}
