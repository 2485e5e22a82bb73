//! How long each extended capability is, by its registers in the PCI Express Base Specification 6.x, 7.7 to 7.9, and where
//! that leaves it open, at least and at most.

/// A register of the capability, by its offset.
type Register<'a> = &'a dyn Fn(usize) -> u32;

/// Bytes of a capability, header included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    pub(crate) least: usize,
    /// `None` where nothing but the next capability ends it.
    pub(crate) most: Option<usize>,
}

const fn exactly(length: usize) -> Length {
    Length { least: length, most: Some(length) }
}

const fn between(least: usize, most: usize) -> Length {
    Length { least, most: Some(most) }
}

const fn at_least(least: usize) -> Length {
    Length { least, most: None }
}

fn field(register: u32, low: u32, mask: u32) -> usize {
    (register >> low & mask) as usize
}

/// The length of the capability with this id.
pub(crate) fn of(id: u16, register: Register<'_>) -> Length {
    match id {
        0x01 => between(0x2c, 0x60),
        0x02 | 0x08 | 0x09 => exactly(virtual_channel(register)),
        0x03 | 0x06 | 0x1f | 0x22 | 0x25 => exactly(12),
        0x04 | 0x13 | 0x21 | 0x29 | 0x2f => exactly(16),
        0x05 => exactly(0x10 + 0x10 * field(register(4), 8, 0xff)),
        0x07 => exactly(if register(0) >> 16 & 0xf >= 2 { 12 } else { 8 }),
        0x0a => exactly(0x14),
        0x0b => stated(register(4), 8),
        0x0d => exactly(access_control(register(4))),
        0x0e | 0x0f | 0x18 | 0x1b | 0x1c => exactly(8),
        0x10 => exactly(0x40),
        0x12 => between(0x28, 0x30),
        0x15 | 0x24 => exactly(4 + 8 * field(register(8), 5, 7).max(1)),
        // A byte for each substate, and there is one more than is said.
        0x16 => exactly(0x11 + field(register(4), 0, 0x1f)),
        0x17 => exactly(steering(register(4))),
        0x19 => between(0x0e, 0x4c),
        0x1a => between(0x10, 0x10c),
        0x1d => between(12, 0x60),
        0x1e => exactly(if register(0) >> 16 & 0xf >= 2 { 0x14 } else { 0x10 }),
        0x23 => stated(register(4), 12),
        0x26 | 0x2a => between(0x21, 0x40),
        0x27 => between(12, 0x88),
        0x28 => between(12, 0x20),
        0x2b => between(0x14, 0x18),
        0x2e => exactly(0x18),
        0x31 => between(0x11, 0x30),
        0x32 => exactly(0x3c),
        0x34 => exactly(0x24),
        0x0c | 0x20 => at_least(8),
        0x2c | 0x2d | 0x30 => at_least(12),
        _ => at_least(4),
    }
}

/// The longest that a capability with this id can be, whatever its registers say.
pub(crate) fn longest(id: u16) -> Option<usize> {
    match id {
        0x02 | 0x05 | 0x08 | 0x09 | 0x0b | 0x17 | 0x23 => None,
        0x07 => Some(12),
        0x0d => Some(0x28),
        0x15 | 0x24 => Some(0x34),
        0x16 => Some(0x30),
        0x1e => Some(0x14),
        _ => of(id, &|_| 0).most,
    }
}

/// A length in bits 31:20 of the register after the header. One that is shorter than the capability must be says nothing.
fn stated(register: u32, least: usize) -> Length {
    match field(register, 20, 0xfff) {
        length if length < least => at_least(least),
        length => exactly(length),
    }
}

/// A channel has 12 bytes; the arbitration tables are where the registers say, in units of 16 bytes.
fn virtual_channel(register: Register<'_>) -> usize {
    let (port, arbitration) = (register(4), register(8));
    let channels = 1 + field(port, 0, 7);
    let mut end = 0x10 + 12 * channels;
    let table = 16 * field(arbitration, 24, 0xff);
    if table != 0 {
        let phases = [(8, 128), (4, 64)].into_iter().find(|&(bit, _)| arbitration & bit != 0).map_or(32, |each| each.1);
        end = end.max(table + phases / 2);
    }
    let bits = 1 << field(port, 10, 3);
    for channel in 0..channels {
        let resource = register(0x10 + 12 * channel);
        let table = 16 * field(resource, 24, 0xff);
        let phases = [(0x20, 256), (0x18, 128), (4, 64)];
        let phases = phases.into_iter().find(|&(bit, _)| resource & bit != 0).map_or(32, |each| each.1);
        if table != 0 {
            end = end.max(table + phases * bits / 8);
        }
    }
    end
}

/// With Egress Control, a vector of as many bits as are said, where 0 means 256, in whole dwords.
fn access_control(register: u32) -> usize {
    let vector = match field(register, 8, 0xff) {
        _ if register & 0x20 == 0 => 0,
        0 => 256,
        bits => bits,
    };
    8 + 4 * vector.div_ceil(32)
}

/// The steering-tag table may be in the capability: two bytes an entry, and there is one more than is said.
fn steering(register: u32) -> usize {
    if field(register, 9, 3) == 1 { 12 + 2 * (field(register, 16, 0x7ff) + 1) } else { 12 }
}
