//! Tables that no description gives: those of a description, with records that were changed or added afterwards.

#![expect(clippy::unwrap_used, reason = "tests")]

use core::ops::Range;
use std::vec;
use std::vec::Vec;

use quirk_runtime::tables::{CHECKSUM, List, Record, Section, Wire as _, checksum};

/// Where the file says how long it is, and where each section is.
const LENGTH: usize = 12;
const DIRECTORY: usize = CHECKSUM.end;

fn number(tables: &[u8], at: usize) -> usize {
    u32::get(&tables[at..]).unwrap() as usize
}

fn set_number(tables: &mut [u8], at: usize, value: usize) {
    (value as u32).put(&mut tables[at..]).unwrap();
}

/// The bytes of a section.
///
/// # Panics
/// Where the directory is cut off.
#[must_use]
pub fn section(tables: &[u8], section: Section) -> Range<usize> {
    let entry = DIRECTORY + 8 * section as usize;
    let start = number(tables, entry);
    start..start + number(tables, entry + 4)
}

/// Changes the record with an index among those of its type.
///
/// # Panics
/// Where there is no such record.
pub fn patch<T: Record>(tables: &mut [u8], index: usize, change: impl FnOnce(&mut T)) {
    let at = section(tables, T::SECTION).start + index * T::SIZE;
    let mut record = T::get(&tables[at..]).unwrap();
    change(&mut record);
    record.put(&mut tables[at..]).unwrap();
    seal(tables);
}

/// The same with the tables as a result.
///
/// # Panics
/// Where there is no such record.
#[must_use]
pub fn patched<T: Record>(mut tables: Vec<u8>, index: usize, change: impl FnOnce(&mut T)) -> Vec<u8> {
    patch(&mut tables, index, change);
    tables
}

/// Adds records after those of their type.
///
/// # Panics
/// Where the directory is cut off.
pub fn add<T: Record>(tables: &mut Vec<u8>, records: &[T]) -> List<T> {
    let Range { start, end } = section(tables, T::SECTION);
    let mut added = vec![0; records.len() * T::SIZE];
    for (record, bytes) in records.iter().zip(added.chunks_exact_mut(T::SIZE)) {
        record.put(bytes).unwrap();
    }
    let more = added.len();
    tables.splice(end..end, added);
    for &each in Section::ALL {
        let entry = DIRECTORY + 8 * each as usize;
        let at = if each == T::SECTION { entry + 4 } else { entry };
        if each as usize >= T::SECTION as usize {
            let value = number(tables, at) + more;
            set_number(tables, at, value);
        }
    }
    let length = tables.len();
    set_number(tables, LENGTH, length);
    seal(tables);
    List::new(((end - start) / T::SIZE) as u32, records.len() as u32)
}

/// Leaves a section out.
///
/// # Panics
/// Where the directory is cut off.
pub fn empty(tables: &mut [u8], section: Section) {
    set_number(tables, DIRECTORY + 8 * section as usize + 4, 0);
    seal(tables);
}

/// Makes the checksum right.
///
/// # Panics
/// Where the bytes are too short for tables.
pub fn seal(tables: &mut [u8]) {
    checksum(tables).put(&mut tables[CHECKSUM]).unwrap();
}
