//! Real devices' configuration spaces, served to the kernel: what VFIO shows of each is what the runtime's model says.

use std::collections::BTreeMap;

use crate::bench::Bench;
use crate::dumps;
use crate::failure::Failure;
use crate::view::compare_all;

/// Names the folder of recorded spaces.
const CORPUS: &str = "QUIRK_CORPUS";

pub(crate) fn missing() -> Option<String> {
    std::env::var_os(CORPUS).is_none().then(|| format!("{CORPUS} names no folder of recorded configuration spaces"))
}

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let folder = std::env::var_os(CORPUS).ok_or_else(|| Failure::new("no folder"))?;
    let (mut images, mut left_out) = (Vec::new(), BTreeMap::<String, usize>::new());
    for (name, dump) in dumps::read(folder.as_ref())? {
        match dump {
            Ok(image) => images.push((name, image)),
            Err(reason) => *left_out.entry(reason).or_default() += 1,
        }
    }
    let reasons: Vec<_> = left_out.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    bench.note(&format!("{} spaces served; not served: {}", images.len(), reasons.join(", ")));
    compare_all(bench, &images)
}
