//! Every device is given to a test, and every layer is enabled by one.

use std::collections::HashSet;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::Tested, needs: &[], run: Run::EachDevice(of_device) };

pub(crate) const OF_LAYERS: Pass = Pass { establishes: Fact::LayersTested, needs: &[], run: Run::Whole(of_layers) };

fn of_device(check: &mut Check<'_>, device: &Device) {
    let rule = &catalogue::MISSING_TEST;
    // Many are that allow it.
    if device.asked_for && !device.is_tested && !check.silences(rule, device.head) {
        let message = format!("no test is given the device `{}`", device.name);
        let help = format!("write `test \"..\" {{ given device {}; .. }}`", device.name);
        check.report(Diagnostic::new(rule, device.head, message).help(help));
    }
}

fn of_layers(check: &mut Check<'_>) {
    let model = check.model;
    let tested: HashSet<usize> = model.tests.iter().filter_map(|test| test.device).collect();
    let matched: HashSet<usize> = tested
        .iter()
        .flat_map(|&device| {
            let device = &model.devices[device];
            let layers = check.layers_near(device).filter(|(_, layer)| layer.default_on);
            layers.filter(|(_, layer)| common_function(&layer.clauses, &device.clauses).is_some()).map(|(at, _)| at)
        })
        .collect();
    let enabled: HashSet<usize> = model.tests.iter().flat_map(|test| test.layers.iter().copied()).collect();
    for (index, layer) in model.layers.iter().enumerate() {
        // What is on by itself is tested with every device that it matches.
        let by_itself = layer.default_on && matched.contains(&index);
        if layer.asked_for && !by_itself && !enabled.contains(&index) {
            let message = format!("no test enables the layer `{}`", layer.name);
            let help = format!("write `test \"..\" {{ given ..; enable {}; .. }}`", layer.name);
            check.report(Diagnostic::new(&catalogue::MISSING_TEST, layer.head, message).help(help));
        }
    }
}
