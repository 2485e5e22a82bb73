//! The bits that lock a field are those of a field of the same layer, and a byte has one lock.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::layer::{Field, Layer, Lock};
use crate::numbered::Numbered;
use crate::passes::claims::byte;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::LocksHeld, needs: &[Fact::FieldsInside], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    // What was not understood may be the lock.
    let whole = model.layers.iter().filter(|layer| !layer.broken.text && !layer.broken.emulations);
    for layer in whole {
        let fields: Vec<(usize, &Field)> = fields(layer).filter(|(_, field)| check.holds(field.node)).collect();
        if fields.iter().any(|(_, field)| field.lock.is_some()) {
            look(check, &fields);
        }
    }
}

/// Fields that may hold a lock or have one, with the index of their emulation.
fn fields(layer: &Layer) -> impl Iterator<Item = (usize, &Field)> {
    let emulations = layer.emulations.iter().enumerate();
    emulations.flat_map(|(index, emulation)| emulation.fields.iter().map(move |field| (index, field)))
}

fn look(check: &mut Check<'_>, fields: &[(usize, &Field)]) {
    let mut owned: Numbered<_, u8> = Numbered::default();
    // A run of bytes is no register, and no lock lies in it.
    for (index, field) in fields.iter().filter(|(_, field)| field.length <= 4) {
        for (offset, bits) in field.bits() {
            *owned.or_insert_with(byte(field.anchor, *index, offset), u8::default) |= bits;
        }
    }
    let mut locked: Numbered<_, Lock> = Numbered::default();
    for (index, field) in fields {
        let Some(lock) = field.lock else { continue };
        let at = byte(field.anchor, *index, lock.offset);
        let missing = lock.bits & !owned.get(at).copied().unwrap_or(0);
        if missing != 0 {
            let message = format!("no field of this layer has bits {missing:#04x} of {at}, which are to lock this one");
            let found = Diagnostic::new(&catalogue::LOCK_UNKNOWN, lock.place, message);
            check.fail(field.node, found.help("emulate the lock too: `.. bits 0..1 = device rwo;`"));
            continue;
        }
        for (offset, _) in field.bits().filter(|(_, bits)| *bits != 0) {
            let at = byte(field.anchor, *index, offset);
            let first = *locked.or_insert_with(at, || lock);
            if (first.offset, first.bits) != (lock.offset, lock.bits) {
                let found = Diagnostic::new(&catalogue::LOCK_UNKNOWN, lock.place, format!("{at} has a second lock"));
                check.fail(field.node, found.also(first.place, "this one locks other bits of it"));
                break;
            }
        }
    }
}
