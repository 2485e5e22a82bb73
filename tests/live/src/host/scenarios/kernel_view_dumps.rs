//! Real devices' configuration spaces, served to the kernel: what VFIO shows of each is what the runtime's model says.

use std::collections::BTreeMap;

use crate::bench::Bench;
use crate::dumps;
use crate::failure::Failure;
use crate::view::compare_all;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let (mut images, mut left_out) = (Vec::new(), BTreeMap::<String, usize>::new());
    for dump in dumps::read()? {
        match dump.image {
            Ok(image) => images.push((dump.name, image)),
            Err(reason) => *left_out.entry(reason).or_default() += 1,
        }
    }
    let reasons: Vec<_> = left_out.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    bench.note(&format!("{} spaces served; not served: {}", images.len(), reasons.join(", ")));
    compare_all(bench, &images)
}
