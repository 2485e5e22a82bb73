//! One test: its function is made, attached as a VMM attaches it, and put through the steps.

use quirk_runtime::tables::Evidence;
use quirk_runtime::{
    Database, Effect, Function, Identity, Image, Kernel, LayerChoice, Operator, ParamValue, Policy, Sources,
    TrappedMirrors, VirtualConfig, lookup, vfio_view,
};

use super::device::{Device, Guest};
use super::image::Raw;
use super::outcome::{Failure, Outcome, caught};
use super::{Test, expect, identity};
use crate::model::script::{Script, Step, Subject, Value, View};
use crate::model::{self, Clause};
use crate::source::Located;

impl<'c> Test<'c> {
    /// Runs it.
    ///
    /// One that panics has failed: what others come to does not depend on it.
    #[must_use]
    pub fn run(&self) -> Outcome<'c> {
        caught(self.place(), || run(self))
    }
}

fn run<'c>(test: &Test<'c>) -> Outcome<'c> {
    let broken = |place, expected: &str, found: String| Outcome {
        failures: vec![Failure { place, expected: expected.to_owned(), found, offset: None }],
        decision: None,
        guest: None,
    };
    let Some(script) = &test.test.script else {
        return broken(test.place(), "a function", "no `given`".to_owned());
    };
    let database = Database::from_static(test.database);
    let (raw, identity, image) = match function(&test.compilation.model().devices, script, database) {
        Ok(function) => function,
        Err(found) => return broken(script.given.place, "a function that this description applies to", found),
    };
    let device = Device::new(image, raw.fixed);
    let params: Vec<Vec<(&str, ParamValue<'_>)>> = script.layers.iter().map(|layer| values(&layer.params)).collect();
    let choices = script.layers.iter().zip(&params);
    let layers: Vec<LayerChoice<'_>> = choices.map(|(layer, params)| LayerChoice::new(&layer.name, params)).collect();
    let disabled: Vec<&str> = script.settings.disabled_layers.iter().map(String::as_str).collect();
    let policy = policy(script, &layers, &disabled);
    let host = script.host.map(|host| host.pasid);
    let mut guest = match VirtualConfig::attach(&device, &[database], &identity, host, &policy) {
        Ok(guest) => guest,
        Err(error) => return broken(script.given.place, "the runtime attaches", error.to_string()),
    };
    let mut failures = Vec::new();
    let mut effects = Vec::new();
    for step in &script.steps {
        failures.extend(take(step, &mut guest, &device, &mut effects));
    }
    let mut bytes = vec![0; guest.overlay().size()];
    let read = guest.read(0, &mut bytes);
    let image = read.ok().and_then(|()| Image::new(&bytes));
    Outcome { failures, decision: Some(guest.decision().clone()), guest: image }
}

/// Takes one step; what was not as expected.
fn take(
    step: &Located<Step>,
    guest: &mut Guest<'_, '_>,
    device: &Device,
    effects: &mut Vec<Effect>,
) -> Option<Failure> {
    let wrong = match &step.value {
        Step::Write(write) => {
            effects.clear();
            match guest.write(write.at, &write.bytes) {
                Ok(found) => {
                    effects.extend(found);
                    None
                }
                Err(error) => Some(expect::Wrong::at(write.at, "bytes that the function has", error.to_string())),
            }
        }
        Step::Reset(reset) => {
            guest.reset(*reset);
            None
        }
        Step::Expect(expectation) => expect::check(expectation, guest, device, effects),
    };
    wrong.map(|wrong| Failure { place: step.place, expected: wrong.expected, found: wrong.found, offset: wrong.offset })
}

/// The raw space, the identity and the view of what a test is given: of the functions that a device matches, the first that no
/// other device takes.
fn function(
    devices: &[Box<model::Device>],
    script: &Script,
    database: Database<'_>,
) -> Result<(Raw, Identity, Image), String> {
    let (device, clauses): (_, &[Clause]) = match &script.given.value {
        Subject::Device { index, .. } => (Some(&*devices[*index]), &devices[*index].clauses),
        Subject::Function { clause, .. } => (None, core::slice::from_ref(&**clause)),
    };
    let mut taken = None;
    for clause in clauses {
        for id in identity::devices(clause) {
            let identity = identity::of(clause, id);
            let raw = Raw::of(script, device, clause, &identity)?;
            let Some(image) = Image::new(&raw.bytes) else {
                return Err(format!("{} bytes, which are no configuration space", raw.bytes.len()));
            };
            let image = viewed(&image, script.view, &identity);
            let Some(device) = device else { return Ok((raw, identity, image)) };
            let entry = lookup::find_device(&[database], &identity, &image).ok().flatten();
            match entry.map(|entry| database.text(entry.device.name)) {
                Some(name) if name == device.name => return Ok((raw, identity, image)),
                other => taken = taken.or(other.map(str::to_owned)),
            }
        }
    }
    Err(match taken {
        Some(other) => format!("`{other}` applies to every function that it matches"),
        None => "its own conditions do not hold on its layout and the given bytes".to_owned(),
    })
}

/// The space as the runtime comes to see it.
fn viewed(raw: &Image, view: View, identity: &Identity) -> Image {
    if view == View::Raw {
        return raw.clone();
    }
    let mut image = vfio_view(raw, Kernel::LATEST);
    if identity.function == Function::Virtual {
        // vfio-pci fills the ids in that a virtual function itself does not tell.
        let ids = [identity.vendor.to_le_bytes(), identity.device.to_le_bytes()];
        image.bytes_mut()[..4].copy_from_slice(ids.as_flattened());
    }
    image
}

fn values(params: &[(String, Value)]) -> Vec<(&str, ParamValue<'_>)> {
    let named = params.iter().map(|(name, param)| match param {
        Value::Unsigned(value) => (name.as_str(), ParamValue::Unsigned(*value)),
        Value::Bytes(bytes) => (name.as_str(), ParamValue::Bytes(bytes)),
    });
    named.collect()
}

fn policy<'p>(script: &'p Script, layers: &'p [LayerChoice<'p>], disabled: &'p [&'p str]) -> Policy<'p> {
    let settings = &script.settings;
    let operator = match (settings.offset, &settings.ranges[..]) {
        (Some(offset), _) => Operator::Offset(offset),
        (None, []) => Operator::None,
        (None, ranges) => Operator::Ranges(ranges),
    };
    Policy::DEFAULT
        .with_sources(settings.sources.unwrap_or(Sources::ALL))
        .with_least_evidence(settings.least_evidence.unwrap_or(Evidence::None))
        .with_least_evidence_unless_zero(settings.least_evidence_unless_zero.unwrap_or(Evidence::Vendor))
        .with_operator(operator)
        .with_tail(settings.tail)
        .with_native(settings.native.unwrap_or_default())
        .with_profile(settings.profile.as_deref())
        .with_layers(layers)
        .with_disabled_layers(disabled)
        .with_vmm_owned(&settings.owned)
        .with_confirmed(&settings.confirmed)
        .with_viommu_width(script.viommu_width)
        .with_scan_gaps(settings.scan_gaps)
        .with_expose_free_space(settings.expose_free_space)
        .with_trapped_mirrors(if settings.trapped_mirrors { TrappedMirrors::All } else { TrappedMirrors::None })
}
