//! Random configuration spaces whose lists are what a hostile or careless device may have; the same for the same seed, always.

/// A sequence of numbers that is the same everywhere (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True in one of so many cases.
    fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Conventional ids with the bytes after which another may abut; 0 for one that states its length.
const CONVENTIONAL: &[(u8, usize)] = &[
    (0x01, 8),
    (0x02, 12),
    (0x03, 8),
    (0x05, 10),
    (0x05, 24),
    (0x07, 8),
    (0x08, 24),
    (0x09, 0),
    (0x09, 0),
    (0x09, 0),
    (0x0d, 8),
    (0x10, 0x34),
    (0x11, 12),
    (0x12, 8),
    (0x13, 6),
    (0x13, 8),
    (0x14, 4),
    (0x00, 4),
    (0x3f, 4),
    (0xff, 4),
];

/// Extended ids, as the conventional ones. AER and Power Budgeting, for a second of which the kernel reads past its tables, are
/// longer here than the kernel takes them for.
const EXTENDED: &[(u16, usize)] = &[
    (0x01, 0x48),
    (0x02, 0x1c),
    (0x03, 12),
    (0x04, 20),
    (0x08, 0x1c),
    (0x0b, 0),
    (0x0b, 0),
    (0x0d, 8),
    (0x0e, 8),
    (0x0f, 8),
    (0x0f, 8),
    (0x10, 0x40),
    (0x12, 40),
    (0x13, 16),
    (0x15, 12),
    (0x16, 17),
    (0x17, 12),
    (0x18, 8),
    (0x19, 16),
    (0x1b, 8),
    (0x1b, 8),
    (0x1e, 16),
    (0x23, 0),
    (0x23, 0),
    (0x23, 0),
    (0x25, 12),
    (0x2e, 0x18),
    (0x00, 4),
    (0x7fff, 8),
    (0x0100, 8),
    (0x10fe, 8),
];

/// Where two capabilities are a run of one id, so many times.
const RUN: usize = 3;

struct Space {
    numbers: Numbers,
    bytes: Vec<u8>,
}

/// The space of a seed: 4096 bytes.
pub(crate) fn space(seed: u64) -> Vec<u8> {
    let mut space = Space { numbers: Numbers(seed), bytes: vec![0; 4096] };
    space.header();
    space.bodies();
    let list = space.conventional_list();
    space.link(&list, true);
    let list = space.extended_list();
    space.link(&list, false);
    space.oddities();
    space.bytes
}

impl Space {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        let end = (at + bytes.len()).min(self.bytes.len());
        if let Some(room) = self.bytes.get_mut(at..end) {
            room.copy_from_slice(&bytes[..room.len()]);
        }
    }

    fn header(&mut self) {
        self.put(0x00, &[0xde, 0xe1, 0x01, 0x00]);
        self.put(0x08, &[0x01, 0x00, 0x80, 0x08]);
        if !self.numbers.one_in(50) {
            self.bytes[0x06] = 0x10;
        }
    }

    /// Bits from which lengths are computed; in some spaces there are many.
    fn bodies(&mut self) {
        let share = self.numbers.of(&[1, 4, 40, 1000]);
        for at in (0x40..0x1000).step_by(4) {
            if self.numbers.one_in(share) {
                let dword = self.numbers.next() as u32 & self.numbers.next() as u32;
                self.put(at, &dword.to_le_bytes());
            }
        }
    }

    /// How far the next capability is: often where this one ends.
    fn step(&mut self, length: usize) -> usize {
        let abutting = length.max(1).next_multiple_of(4);
        if self.numbers.one_in(3) { abutting + 4 * (1 + self.numbers.below(8)) } else { abutting }
    }

    fn conventional_list(&mut self) -> Vec<usize> {
        let (mut list, mut at) = (Vec::new(), 0x40);
        let has_express = !self.numbers.one_in(12);
        if has_express {
            let flags = self.numbers.of(&[0x02, 0x02, 0x02, 0x01, 0x92, 0x91, 0x42, 0x00]);
            self.put(at, &[0x10, 0, flags, 0]);
            list.push(at);
            at += self.numbers.of(&[0x34, 0x34, 0x3c, 0x40]);
        }
        while at < 0xf8 && !self.numbers.one_in(8) {
            let (id, length) = self.numbers.of(CONVENTIONAL);
            for _ in 0..1 + if self.numbers.one_in(2) { self.numbers.below(RUN) } else { 0 } {
                let stated = self.numbers.of(&[0, 1, 2, 3, 4, 5, 8, 8, 12, 16]);
                if at >= 0xf8 {
                    break;
                }
                self.put(at, &[id]);
                if length == 0 {
                    self.put(at + 2, &[stated as u8]);
                }
                list.push(at);
                at += self.step(if length == 0 { stated } else { length });
            }
        }
        list
    }

    fn extended_list(&mut self) -> Vec<usize> {
        let (mut list, mut at) = (Vec::new(), 0x100);
        while at < 0xff0 && !self.numbers.one_in(14) {
            let (mut id, length) = self.numbers.of(EXTENDED);
            if at == 0x100 && self.numbers.one_in(8) {
                id = 0;
            }
            for _ in 0..1 + if self.numbers.one_in(2) { self.numbers.below(RUN) } else { 0 } {
                let stated = self.numbers.of(&[0_u16, 1, 2, 3, 5, 8, 12, 12, 12, 16, 0x20, 0x24, 0x3c]);
                if at >= 0xff0 {
                    break;
                }
                let version = self.numbers.of(&[0x01, 0x01, 0x01, 0x00, 0x02, 0x31]);
                self.put(at, &[id as u8, (id >> 8) as u8, version, 0]);
                if length == 0 {
                    self.put(at + 6, &(stated << 4 | 1_u16).to_le_bytes());
                }
                list.push(at);
                at += self.step(if length == 0 { stated.into() } else { length });
            }
            if self.numbers.one_in(20) {
                at += 0x400;
            }
        }
        list
    }

    /// Links a list, mostly upwards.
    fn link(&mut self, list: &[usize], is_conventional: bool) {
        let mut order = list.to_vec();
        let head = usize::from(!is_conventional);
        if order.len() > head + 1 && self.numbers.one_in(5) {
            for at in head..order.len() {
                let other = head + self.numbers.below(order.len() - head);
                order.swap(at, other);
            }
        }
        let mut next = match (order.is_empty(), self.numbers.below(30)) {
            // A loop, and a pointer to anywhere.
            (false, 0) => self.numbers.of(&order),
            (_, 1) => 4 * self.numbers.below(0x400),
            _ => 0,
        };
        for &at in order.iter().rev() {
            self.set_next(at, next, is_conventional);
            next = at;
        }
        if is_conventional {
            self.bytes[0x34] = next as u8;
        }
    }

    fn set_next(&mut self, at: usize, next: usize, is_conventional: bool) {
        if is_conventional {
            self.put(at + 1, &[next as u8]);
        } else if at + 4 <= self.bytes.len() {
            let reserved = if self.numbers.one_in(40) { self.numbers.below(4) } else { 0 };
            self.bytes[at + 2] = self.bytes[at + 2] & 0x0f | ((next | reserved) << 4) as u8;
            self.bytes[at + 3] = (next >> 4) as u8;
        }
    }

    /// What few devices have: an unaligned pointer, PCI-X, extended space that is silent or the same everywhere.
    fn oddities(&mut self) {
        match self.numbers.below(60) {
            0 => self.bytes[0x34] |= 1,
            1 => self.put(0x100, &[0xff; 4]),
            2 => self.put(0x100, &[0; 4]),
            3 => (0x100..0x1000).step_by(0x100).for_each(|at| self.put(at, &[0xde, 0xe1, 0x01, 0x00])),
            4 => self.bytes[0x0e] = self.numbers.of(&[1, 2, 3]),
            5..9 => {
                let second = self.bytes[0x34];
                let version = self.numbers.of(&[0x00, 0x10, 0x20]);
                self.put(0xf0, &[0x07, second, 0, version, 0, 0, 0, 0x40]);
                self.bytes[0x34] = 0xf0;
            }
            _ => {}
        }
    }
}
