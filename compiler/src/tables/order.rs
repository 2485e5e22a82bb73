//! The order in which things are written: by name, whatever the order of the files.

use quirk_dsl::Ordered as _;

/// Indices in the order of the names, in which things are written.
pub(super) fn by_name<T>(items: &[T], name: impl Fn(&T) -> &String) -> Vec<usize> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.order_by_key(|&index| name(&items[index]));
    order
}

/// Of each index of the model, where it stands in an order of all.
pub(super) fn positions(order: &[usize]) -> Vec<u32> {
    let mut positions = vec![0; order.len()];
    for (position, &index) in (0..).zip(order) {
        positions[index] = position;
    }
    positions
}
