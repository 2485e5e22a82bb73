//! From the model to the encoded database: the same bytes for the same descriptions, whatever their order.

mod claims;
mod clauses;
mod devices;
mod hash;
mod interned;
mod layers;
mod order;
mod profiles;
mod writer;

use order::by_name;
use quirk_runtime::tables::Section;
use writer::Writer;

use crate::allocate::Plans;
use crate::model::Model;
use crate::source::Sources;

/// Encodes a model without errors, with the words of evidence or without. None only if it is larger than an encoding can be.
pub(crate) fn encode(model: &Model, plans: &Plans, sources: &Sources, without_evidence: bool) -> Option<Vec<u8>> {
    let mut writer = Writer::new(without_evidence);
    let order = by_name(&model.devices, |device| &device.name);
    let layer_order = by_name(&model.layers, |layer| &layer.name);
    clauses::write(&mut writer, model, &order)?;
    let emulations = layers::write(&mut writer, model, &layer_order, sources)?;
    devices::write(&mut writer, model, plans, &order, &emulations, sources)?;
    profiles::write(&mut writer, model, &order, sources)?;
    writer.finish()
}

/// The sections that hold anything, with the size of their records where all are of one size.
pub(crate) fn sections(database: &[u8]) -> Vec<(Section, &[u8], Option<usize>)> {
    let database = quirk_runtime::Database::from_static(database);
    Section::ALL
        .iter()
        .map(|&section| (section, database.section(section), writer::piece_size(section)))
        .filter(|(_, bytes, _)| !bytes.is_empty())
        .collect()
}
