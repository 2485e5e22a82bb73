//! Cases out of a fuzzer's bytes: most things happen near each other, and near the edges of the space.

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::case::{CLASSES, Case, Claim, KINDS, RESETS, Rule, Step};

/// Claims and steps of one case.
const CLAIMS: usize = 12;
const STEPS: usize = 80;

#[derive(Debug)]
pub(crate) struct Input(pub(crate) Case);

impl<'a> Arbitrary<'a> for Input {
    fn arbitrary(data: &mut Unstructured<'a>) -> Result<Self> {
        let size = *data.choose(&[64, 256, 4096])?;
        let window = *data.choose(&[0, 0x20, 0x38, 0xe0, 0x100, 0x3f0, 0xfd8])?;
        let seed = data.arbitrary()?;
        let rule = rule(data, window)?;
        let claims = some(data, CLAIMS, |data| claim(data, window))?;
        let steps = some(data, STEPS, |data| step(data, window))?;
        Ok(Self(Case { size, seed, claims, rule, steps }))
    }
}

/// Up to so many of something; data that ends makes none.
fn some<T>(
    data: &mut Unstructured<'_>,
    most: usize,
    mut one: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    while found.len() < most && data.ratio(15u8, 16u8)? && !data.is_empty() {
        found.push(one(data)?);
    }
    Ok(found)
}

fn at(data: &mut Unstructured<'_>, window: usize) -> Result<usize> {
    if data.ratio(1u8, 32u8)? { data.int_in_range(0..=4200) } else { Ok(window + data.int_in_range(0..=39)?) }
}

fn bytes(data: &mut Unstructured<'_>, most: usize) -> Result<Vec<u8>> {
    let length = data.int_in_range(0..=most)?;
    (0..length).map(|_| data.arbitrary()).collect()
}

fn claim(data: &mut Unstructured<'_>, window: usize) -> Result<Claim> {
    let at = at(data, window)?;
    let kind = data.int_in_range(0..=11)?;
    Ok(match kind {
        0..4 => {
            let length = data.int_in_range(0..=8)?;
            let class = *data.choose(&CLASSES)?;
            Claim::Bits { at, class, bytes: (0..length).map(|_| data.arbitrary()).collect::<Result<_>>()? }
        }
        4..6 => Claim::Whole { at, class: *data.choose(&CLASSES)?, value: bytes(data, 11)? },
        6 => Claim::Pasid { at, execute: data.arbitrary()?, privileged: data.arbitrary()? },
        7 => Claim::Ats { at },
        8 => Claim::Pri { at },
        9 => {
            let length = data.int_in_range(0..=8)?;
            let bytes = (0..length).map(|_| data.arbitrary()).collect::<Result<_>>()?;
            // Most are in every space.
            let lock = (
                if data.ratio(1u8, 32u8)? { data.int_in_range(0..=4200)? } else { data.int_in_range(0..=63)? },
                data.arbitrary()?,
            );
            Claim::Locked { at, bytes, lock }
        }
        10 => Claim::Power { at, keeps_state: data.arbitrary()? },
        _ => Claim::FunctionReset { at, bits: 1 << data.int_in_range(0..=7)? },
    })
}

fn rule(data: &mut Unstructured<'_>, window: usize) -> Result<Rule> {
    fn range(data: &mut Unstructured<'_>, window: usize) -> Result<(usize, usize)> {
        let start = at(data, window)?;
        Ok((start, start + data.int_in_range(0..=23)?))
    }
    Ok(Rule {
        kind: *data.choose(&KINDS)?,
        allows: some(data, 2, |data| {
            let (start, end) = range(data, window)?;
            Ok((start, end, data.arbitrary()?))
        })?,
        assigned: some(data, 4, |data| range(data, window))?,
        shielded: some(data, 2, |data| range(data, window))?,
    })
}

fn step(data: &mut Unstructured<'_>, window: usize) -> Result<Step> {
    let kind = data.int_in_range(0..=19)?;
    if kind == 19 {
        return Ok(Step::Reset(*data.choose(&RESETS)?));
    }
    let at = at(data, window)?;
    let short = |data: &mut Unstructured<'_>| match data.int_in_range(0..=5)? {
        0 => Ok(1),
        1 => Ok(2),
        2 => Ok(4),
        3 => Ok(8),
        _ => data.int_in_range(0..=23usize),
    };
    Ok(match kind {
        0..8 => Step::Read { at, length: short(data)? },
        8 => Step::Read { at, length: data.int_in_range(0..=4200)? },
        9..17 => {
            let length = short(data)?;
            Step::Write { at, data: (0..length).map(|_| data.arbitrary()).collect::<Result<_>>()? }
        }
        17 => {
            let (length, value) = (data.int_in_range(0..=4200)?, data.arbitrary::<u8>()?);
            Step::Write { at, data: (0..length).map(|index: usize| value ^ (index as u8) << 3).collect() }
        }
        _ => Step::Set { at, mask: data.arbitrary()?, value: data.arbitrary()? },
    })
}
