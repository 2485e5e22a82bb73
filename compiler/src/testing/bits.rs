//! The bits by which a capability says its own length: the inverse of the runtime's rules.

use quirk_runtime::capability::{Kind, Rule};

/// A dword at an offset from the capability's header.
pub(super) type Dword = (u16, u32);

/// Bits, beside id and Next, with which a capability of this kind has this length; none where none are needed, or where no
/// bits can say it.
pub(super) fn of(kind: &Kind, length: u16, port_type: u8) -> Vec<Dword> {
    let says = |bits: &Vec<Dword>| {
        let dword = |at| bits.iter().filter(|(offset, _)| *offset == at).fold(0, |dword, (_, bits)| dword | bits);
        kind.computed(|at| Some(dword(at))) == Some(length)
    };
    candidates(kind.rule, u32::from(length), u32::from(port_type)).find(says).unwrap_or_default()
}

/// What might say a length, made as it is asked for; the runtime's own rule judges.
fn candidates(rule: Rule, length: u32, port_type: u32) -> Candidates {
    match rule {
        Rule::None => Box::new(core::iter::empty()),
        // 64-bit address, per-vector masking, extended message data.
        Rule::Msi => fields(0, 23, 8),
        Rule::PciX => header([0, 1 << 28]),
        Rule::HyperTransport => {
            let types = [0b0, 0b00100, 0b01000, 0b10000, 0b10001, 0b10010, 0b10101, 0b10111].map(|kind| kind << 27);
            let windows = (0..0x10).map(|count| 0b10100 << 27 | count << 16);
            header(types.into_iter().chain(windows))
        }
        Rule::Vendor => header([length << 16]),
        Rule::PciExpress => {
            let types = [port_type, 0, 4, 6, 9];
            let flags = move |version: u32| types.map(|port_type| (port_type << 4 | version) << 16);
            header(flags(2).into_iter().chain(flags(1)))
        }
        Rule::Sata => at(4, [0, 0xf]),
        Rule::EnhancedAllocation => Box::new(core::iter::once(allocations(length))),
        Rule::VirtualChannel => channels(length),
        Rule::LinkDeclaration => fields(4, 8, 0x100),
        Rule::EventCollector | Rule::L1Substates => header([1 << 16, 2 << 16]),
        Rule::Sized => at(4, [length << 20]),
        Rule::AccessControl => at(4, core::iter::once(0).chain((0..0x100).step_by(0x20).map(|size| size << 8 | 0x20))),
        Rule::ResizableBar => fields(8, 5, 8),
        Rule::PowerAllocation => fields(4, 0, 0x20),
        Rule::Tph => at(4, core::iter::once(0).chain((0..0x800).map(|size| size << 16 | 1 << 9))),
        Rule::PortContainment => {
            let log = |size: u32| (size & 0xf) << 8 | (size >> 4) << 13 | 0x20;
            at(4, core::iter::once(0).chain((0..0x20).map(log)))
        }
        Rule::ErrorReporting => at(0x18, [0, 1 << 11, 1 << 18]),
        Rule::AlternateProtocol => at(4, [0, 1 << 8]),
        Rule::Encryption => streams(length),
        Rule::BlockLocator => at(4, [length]),
    }
}

type Candidates = Box<dyn Iterator<Item = Vec<Dword>>>;

/// Bits of one dword.
fn at(offset: u16, bits: impl IntoIterator<Item = u32> + 'static) -> Candidates {
    Box::new(bits.into_iter().map(move |bits| vec![(offset, bits)]))
}

fn header(bits: impl IntoIterator<Item = u32> + 'static) -> Candidates {
    at(0, bits)
}

/// Every number of a field.
fn fields(offset: u16, shift: u32, count: u32) -> Candidates {
    at(offset, (0..count).map(move |number| number << shift))
}

/// Link streams alone, or beside selective ones with address associations.
fn streams(length: u32) -> Candidates {
    let rest = length.saturating_sub(12);
    let with = move |(link, selective): (u32, u32)| {
        let blocks = rest.checked_sub(8 * link + 20 * selective)?;
        let mut associations = blocks / 12;
        let of_link = if link > 0 { 1 | (link - 1) << 13 } else { 0 };
        let of_selective = if selective > 0 { 2 | (selective - 1) << 16 } else { 0 };
        let mut bits = vec![(4, of_link | of_selective)];
        let mut at = 12 + 8 * link;
        for _ in 0..selective {
            let count = associations.min(15);
            bits.push((u16::try_from(at).ok()?, count));
            at += 20 + 12 * count;
            associations -= count;
        }
        Some(bits)
    };
    Box::new((0..=8).flat_map(|link| (0..=24).map(move |selective| (link, selective))).filter_map(with))
}

/// Entries of at most eight dwords, each of which says its own size.
fn allocations(length: u32) -> Vec<Dword> {
    let mut rest = length.saturating_sub(4) / 4;
    let mut bits = Vec::new();
    let mut at = 4;
    while rest > 0 {
        let dwords = rest.min(8);
        bits.push((at, dwords - 1));
        at += 4 * dwords as u16;
        rest -= dwords;
    }
    bits.push((0, (bits.len() as u32) << 16));
    bits
}

/// Channels alone, or one with an arbitration table after it.
fn channels(length: u32) -> Candidates {
    let alone = (0..8).map(|extended| vec![(4, extended)]);
    // The VC arbitration table has 32, 64 or 128 phases of four bits; it begins at a multiple of 16 bytes.
    let tables = [(0, 16), (4, 32), (8, 64)].into_iter().flat_map(move |(phases, bytes)| {
        let start = length.saturating_sub(bytes) / 16;
        (0..8).map(move |extended| vec![(4, extended), (8, start << 24 | phases)])
    });
    Box::new(alone.chain(tables))
}

#[cfg(test)]
mod tests {
    use quirk_runtime::capability::{Kind, Rule, Space};

    use super::of;

    fn computed(kind: &Kind, length: u16) -> Option<u16> {
        let bits = of(kind, length, 0);
        kind.computed(|at| Some(bits.iter().filter(|(offset, _)| *offset == at).fold(0, |all, (_, bits)| all | bits)))
    }

    #[test]
    fn every_kind_can_say_its_shortest_length() {
        for space in [Space::Conventional, Space::Extended] {
            for kind in space.kinds().iter().filter(|kind| kind.rule != Rule::None) {
                assert_eq!(computed(kind, kind.min), Some(kind.min), "{}", kind.name);
            }
        }
    }

    /// Lengths as the specification has them, counted by hand.
    #[test]
    fn longer_ones_are_said_too() {
        let conventional = [
            ("msi", 24),
            ("msi", 14),
            ("vendor", 0x18),
            ("pcie", 0x3c),
            ("pcie", 0x34),
            ("sata", 16),
            ("ea", 0x28),
            ("ht", 28),
            ("ht", 24),
            ("ht", 12 + 8 * 15),
            ("ht", 16),
        ];
        let extended = [
            ("vc", 0x1c + 12),
            ("vc", 0x60),
            ("rcld", 0x40),
            ("vendor", 0xfff),
            ("acs", 40),
            ("rebar", 52),
            ("dpa", 48),
            ("tph", 0x4c),
            ("dvsec", 0x40),
            ("dpc", 0x30),
            ("dpc", 0x9c),
            ("aer", 0x48),
            ("aer", 0x60),
            ("l1ss", 20),
            ("altproto", 0x18),
            ("ide", 12 + 8 * 3),
            ("ide", 12 + 8 + 20 + 12 * 4),
            ("ide", 12 + 3 * (20 + 12 * 2)),
            ("mrbl", 0x28),
        ];
        for (space, list) in [(Space::Conventional, &conventional[..]), (Space::Extended, &extended[..])] {
            for &(name, length) in list {
                let kind = Kind::by_name(space, name);
                assert_eq!(kind.and_then(|kind| computed(kind, length)), Some(length), "{name} of {length:#x}");
            }
        }
    }

    #[test]
    fn a_length_that_no_bits_say_has_no_bits() {
        let kind = Kind::by_name(Space::Conventional, "msi");
        assert_eq!(kind.map(|kind| of(kind, 11, 0)), Some(vec![]));
    }
}
