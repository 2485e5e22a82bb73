//! The object that `--format json` prints. `docs/doc.md` is its documentation.

use serde::Serialize;

use super::facts::Site;

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// What was written.
#[derive(Serialize)]
pub(super) struct Report<'s> {
    version: u32,
    title: &'s str,
    /// Files of the site, by their paths in it.
    files: Vec<&'s str>,
    devices: Vec<Device<'s>>,
    layers: Vec<Layer<'s>>,
}

#[derive(Serialize)]
struct Device<'s> {
    name: &'s str,
    title: &'s str,
    source: &'s str,
    page: String,
    matches: &'s [String],
    pasid: &'s str,
    tests: usize,
    failed: usize,
}

#[derive(Serialize)]
struct Layer<'s> {
    name: &'s str,
    source: &'s str,
    matches: &'s [String],
    default_on: bool,
}

impl<'s> Report<'s> {
    pub(super) fn new(site: &'s Site, files: &'s [(String, String)]) -> Self {
        let devices = site.devices.iter().map(|device| Device {
            name: &device.name,
            title: &device.title,
            source: &device.source,
            page: device.path(),
            matches: &device.matches,
            pasid: &device.pasid,
            tests: device.tests.len(),
            failed: device.tests.iter().filter(|test| !test.passed).count(),
        });
        let layers = site.layers.iter().map(|layer| Layer {
            name: &layer.name,
            source: &layer.source,
            matches: &layer.matches,
            default_on: layer.default_on,
        });
        Self {
            version: VERSION,
            title: &site.title,
            files: files.iter().map(|(name, _)| name.as_str()).collect(),
            devices: devices.collect(),
            layers: layers.collect(),
        }
    }
}
