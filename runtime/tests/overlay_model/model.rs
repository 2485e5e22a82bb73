//! The overlay's rules, said a second time and naively: one record a bit, no map, no table, no fast way.

use std::collections::BTreeSet;

use quirk_runtime::overlay::{AtsControl, LOCKS, PasidControl, PowerChange, PowerState, PriControl, RESET_BITS};
use quirk_runtime::tables::{Allow, Unassigned, WriteClass};
use quirk_runtime::{Effect, Reset};

/// One owned bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bit {
    pub(crate) class: WriteClass,
    pub(crate) initial: bool,
    pub(crate) forced: bool,
    pub(crate) now: bool,
    /// For [`WriteClass::Rwl`]: the byte whose bits lock it, and those bits.
    pub(crate) lock: (usize, u8),
}

impl Bit {
    pub(crate) fn new(class: WriteClass, value: bool, forced: bool) -> Self {
        let value = value && class != WriteClass::RsvdP;
        Self { class, initial: value, forced: forced && class == WriteClass::Forced, now: value, lock: (0, 0) }
    }

    /// The same with what locks it.
    pub(crate) fn locked_by(self, lock: (usize, u8)) -> Self {
        if self.class == WriteClass::Rwl && lock.1 != 0 { Self { lock, ..self } } else { self }
    }

    fn guest_writes(&mut self, data: bool, before: &[Byte]) {
        match self.class {
            WriteClass::Rw | WriteClass::Rws => self.now = data,
            WriteClass::Rw1c | WriteClass::Rw1cs => self.now = self.now && !data,
            WriteClass::Forced => self.now = self.forced,
            WriteClass::Rwo => self.now = self.now || data,
            WriteClass::Rwl => {
                let (at, bits) = self.lock;
                let is_set = |bit: usize| before[at].bits[bit].is_some_and(|lock| lock.now && !before[at].denied);
                if !(0..8).any(|bit| bits >> bit & 1 != 0 && is_set(bit)) {
                    self.now = data;
                }
            }
            WriteClass::Ro | WriteClass::Ros | WriteClass::HwInit | WriteClass::RsvdP => {}
            class => panic!("the model does not know {class:?}"),
        }
    }

    fn vmm_sets(&mut self, value: bool) {
        self.now = value;
        if matches!(self.class, WriteClass::Ro | WriteClass::HwInit | WriteClass::RsvdP) {
            self.initial = value;
        }
    }

    fn reset(&mut self, reset: Reset) {
        let sticky = matches!(self.class, WriteClass::Rws | WriteClass::Ros | WriteClass::Rw1cs);
        let of_bus = matches!(self.class, WriteClass::Rwo | WriteClass::Rwl);
        let keeps = of_bus && matches!(reset, Reset::Flr | Reset::D3Hot);
        if !keeps && !sticky || reset == Reset::Cold {
            self.now = self.initial;
        }
    }

    /// Whether a guest and a reset cannot tell two bits apart.
    fn is_like(self, other: Self) -> bool {
        let plain = |class| match class {
            WriteClass::HwInit | WriteClass::RsvdP => WriteClass::Ro,
            class => class,
        };
        plain(self.class) == plain(other.class)
            && self.initial == other.initial
            && self.forced == other.forced
            && self.lock == other.lock
    }

    /// Whether the bit needs more than a value and a mask.
    fn is_rare(self) -> bool {
        match self.class {
            WriteClass::Ro | WriteClass::HwInit | WriteClass::RsvdP => false,
            WriteClass::Rw => self.initial,
            _ => true,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Byte {
    pub(crate) bits: [Option<Bit>; 8],
    /// Reads 0 by the rule for unassigned bytes.
    pub(crate) denied: bool,
    /// Reads pass, writes are dropped.
    pub(crate) protected: bool,
}

impl Byte {
    pub(crate) fn is_owned(&self) -> bool {
        self.bits.iter().any(Option::is_some)
    }

    pub(crate) fn is_wholly_virtual(&self) -> bool {
        self.denied || self.bits.iter().all(Option::is_some)
    }

    pub(crate) fn takes_writes(&self) -> bool {
        !self.is_owned() && !self.denied && !self.protected
    }

    pub(crate) fn read(&self, device: u8) -> u8 {
        if self.denied {
            return 0;
        }
        (0..8).fold(0, |byte, bit| {
            let set = self.bits[bit].map_or(device >> bit & 1 != 0, |owned| owned.now);
            byte | u8::from(set) << bit
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Register {
    Pasid,
    Ats,
    Pri,
}

pub(crate) enum Refusal {
    OutOfRange,
    Collision,
    Full,
}

pub(crate) struct Model {
    pub(crate) bytes: Vec<Byte>,
    registers: Vec<(usize, Register)>,
    resets: Vec<(usize, u8)>,
    /// Where the state is written, whether the way from 3 to 0 keeps everything, and the state.
    power: Option<(usize, bool, u8)>,
}

impl Model {
    pub(crate) fn new(size: usize) -> Self {
        Self { bytes: vec![Byte::default(); size], registers: Vec::new(), resets: Vec::new(), power: None }
    }

    /// Bits to own, as offset of the byte, number of the bit, and the bit.
    pub(crate) fn own(&mut self, bits: &[(usize, usize, Bit)], room: usize) -> Result<(), Refusal> {
        if bits.iter().any(|&(at, _, _)| at >= self.bytes.len()) {
            return Err(Refusal::OutOfRange);
        }
        let mut after = self.bytes.clone();
        for &(at, number, bit) in bits {
            match &mut after[at].bits[number] {
                Some(owned) if !owned.is_like(bit) => return Err(Refusal::Collision),
                Some(_) => {}
                empty => *empty = Some(bit),
            }
        }
        let locks = |byte: &Byte| -> BTreeSet<(usize, u8)> {
            byte.bits.iter().flatten().filter(|bit| bit.class == WriteClass::Rwl).map(|bit| bit.lock).collect()
        };
        if after.iter().any(|byte| locks(byte).len() > 1) {
            return Err(Refusal::Collision);
        }
        let is_rare = |byte: &&Byte| byte.bits.iter().flatten().any(|bit| bit.is_rare());
        if after.iter().filter(is_rare).count() > room {
            return Err(Refusal::Full);
        }
        let all_locks: BTreeSet<_> = after.iter().flat_map(locks).filter(|(_, bits)| *bits != 0).collect();
        if all_locks.len() > LOCKS {
            return Err(Refusal::Full);
        }
        self.bytes = after;
        Ok(())
    }

    /// Owns a control register whose `writable` bits take what is written.
    pub(crate) fn own_register(&mut self, at: usize, register: Register, writable: u16) -> Result<(), Refusal> {
        let bit = |number: usize| {
            let class = if writable >> number & 1 != 0 { WriteClass::Rw } else { WriteClass::Ro };
            (at + number / 8, number % 8, Bit::new(class, false, false))
        };
        let before = self.bytes.clone();
        self.own(&(0..16).map(bit).collect::<Vec<_>>(), usize::MAX)?;
        // A function has one register of a kind.
        if self.registers.iter().any(|&(other, known)| known == register && other != at) {
            self.bytes = before;
            return Err(Refusal::Full);
        }
        self.registers.push((at, register));
        Ok(())
    }

    pub(crate) fn watch_power(&mut self, at: usize, keeps_state: bool) -> Result<(), Refusal> {
        if at + 2 > self.bytes.len() {
            return Err(Refusal::OutOfRange);
        }
        match self.power {
            Some((other, keeps, _)) if (other, keeps) != (at, keeps_state) => Err(Refusal::Full),
            Some(_) => Ok(()),
            None => {
                self.power = Some((at, keeps_state, 0));
                Ok(())
            }
        }
    }

    pub(crate) fn watch_reset(&mut self, at: usize, bits: u8) -> Result<(), Refusal> {
        if at >= self.bytes.len() {
            return Err(Refusal::OutOfRange);
        }
        if !self.resets.contains(&(at, bits)) {
            if self.resets.len() == RESET_BITS {
                return Err(Refusal::Full);
            }
            self.resets.push((at, bits));
        }
        Ok(())
    }

    pub(crate) fn restrict(&mut self, kind: Unassigned, allows: &[Allow], assigned: &[bool], shielded: &[bool]) {
        for at in 0x40..self.bytes.len() {
            if self.bytes[at].is_owned() || (assigned[at] && !shielded[at]) {
                continue;
            }
            let allowed = |writes: bool| {
                let here = |allow: &Allow| (usize::from(allow.start)..usize::from(allow.end)).contains(&at);
                allows.iter().any(|allow| here(allow) && (allow.writable || !writes))
            };
            self.bytes[at].denied = kind == Unassigned::Deny && !allowed(false);
            let writable = matches!(kind, Unassigned::Raw | Unassigned::Unspecified) || allowed(true);
            self.bytes[at].protected = shielded[at] || !writable;
        }
    }

    pub(crate) fn set(&mut self, at: usize, mask: u8, value: u8) {
        let Some(byte) = self.bytes.get_mut(at).filter(|byte| !byte.denied) else { return };
        for (number, bit) in byte.bits.iter_mut().enumerate() {
            if let Some(bit) = bit.as_mut().filter(|_| mask >> number & 1 != 0) {
                bit.vmm_sets(value >> number & 1 != 0);
            }
        }
    }

    pub(crate) fn reset(&mut self, reset: Reset) {
        for bit in self.bytes.iter_mut().flat_map(|byte| byte.bits.iter_mut().flatten()) {
            bit.reset(reset);
        }
        if let Some((_, _, state)) = &mut self.power {
            *state = 0;
        }
    }

    pub(crate) fn read(&self, at: usize, device: &[u8]) -> Vec<u8> {
        device.iter().enumerate().map(|(index, &raw)| self.bytes[at + index].read(raw)).collect()
    }

    /// What a guest's write does to owned bits, and what it means.
    pub(crate) fn write(&mut self, at: usize, data: &[u8]) -> Vec<Effect> {
        let written = |offset: usize| offset.checked_sub(at).and_then(|index| data.get(index)).copied();
        let before = self.bytes.clone();
        for (index, &data) in data.iter().enumerate() {
            for (number, bit) in self.bytes[at + index].bits.iter_mut().enumerate() {
                if let Some(bit) = bit {
                    bit.guest_writes(data >> number & 1 != 0, &before);
                }
            }
        }
        // While PASID is enabled, execute and privileged stay as they are.
        for &(at, register) in &self.registers {
            if register == Register::Pasid && before[at].read(0) & 1 != 0 {
                self.bytes[at].bits[1] = before[at].bits[1];
                self.bytes[at].bits[2] = before[at].bits[2];
            }
        }
        if self.resets.iter().any(|&(at, bits)| written(at).is_some_and(|byte| byte & bits != 0)) {
            self.reset(Reset::Flr);
            return vec![Effect::FunctionReset];
        }
        let effect = |wanted: Register| {
            let (at, _) = *self.registers.iter().find(|(_, register)| *register == wanted)?;
            written(at).or_else(|| written(at + 1))?;
            let (low, high) = (self.bytes[at].read(0), self.bytes[at + 1].read(0));
            Some(match wanted {
                Register::Pasid => Effect::PasidControl(PasidControl::from_bits(low.into())),
                Register::Ats => Effect::AtsControl(AtsControl::from_bits(u16::from_le_bytes([low, high]))),
                Register::Pri => {
                    let reset = low & 1 == 0 && written(at).is_some_and(|byte| byte & 2 != 0);
                    Effect::PriControl(PriControl::from_bits(u16::from(low & 1) | if reset { 2 } else { 0 }))
                }
            })
        };
        let mut effects: Vec<Effect> =
            [Register::Pasid, Register::Ats, Register::Pri].into_iter().filter_map(effect).collect();
        if let Some((power, keeps_state, state)) = self.power
            && let Some(wanted) = written(power).map(|byte| byte % 4).filter(|&wanted| wanted != state)
        {
            if state == 3 && wanted == 0 && !keeps_state {
                self.reset(Reset::D3Hot);
                effects.clear();
            }
            self.power = Some((power, keeps_state, wanted));
            effects.push(Effect::PowerState(change(state, wanted, keeps_state)));
        }
        effects
    }
}

fn change(from: u8, to: u8, keeps_state: bool) -> PowerChange {
    const STATES: [PowerState; 4] = [PowerState::D0, PowerState::D1, PowerState::D2, PowerState::D3Hot];
    let resets = from == 3 && to == 0 && !keeps_state;
    PowerChange::new(STATES[usize::from(from)], STATES[usize::from(to)], resets)
}
