//! Writes a map as text.

use std::fmt;

use crate::map::LINE;
use crate::{Map, Role};

/// Dwords between two blanks.
const GROUP: usize = 16;

/// A map in colour, for terminals that can show it.
#[derive(Clone, Copy, Debug)]
pub struct Coloured<'map>(pub &'map Map);

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}

impl fmt::Display for Coloured<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, true)
    }
}

impl Map {
    fn write(&self, f: &mut fmt::Formatter<'_>, colour: bool) -> fmt::Result {
        for (line, dwords) in self.dwords.chunks(LINE).enumerate() {
            write!(f, "{:03x}", (self.first_line + line) * LINE * 4)?;
            for group in dwords.chunks(GROUP) {
                f.write_str(" ")?;
                for run in group.chunk_by(|a, b| a == b) {
                    write_run(f, run[0], run.len(), colour)?;
                }
            }
            f.write_str("\n")?;
        }
        f.write_str("one character is a dword, a line 256 bytes\n")?;
        for &role in Role::ALL.iter().filter(|role| self.dwords.contains(role)) {
            write_run(f, role, 1, colour)?;
            writeln!(f, " {}", role.label())?;
        }
        Ok(())
    }
}

fn write_run(f: &mut fmt::Formatter<'_>, role: Role, length: usize, colour: bool) -> fmt::Result {
    let style = if colour { role.style() } else { anstyle::Style::new() };
    write!(f, "{style}")?;
    for _ in 0..length {
        write!(f, "{}", role.letter())?;
    }
    write!(f, "{style:#}")
}
