//! How much of extended space functions leave unused, as a histogram.

use std::fmt::{self, Write};

use super::summary::{STEP, Summary};
use crate::report;

const WIDTH: usize = 720;
const HEIGHT: usize = 320;
const LEFT: usize = 48;
const BOTTOM: usize = 40;
const TOP: usize = 40;
/// Steps that there can be: 3840 bytes of extended space.
const STEPS: usize = 3840 / STEP + 1;

pub(super) fn histogram(summary: &Summary) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let most = summary.gaps.values().copied().max().unwrap_or(0).max(1);
    let total: usize = summary.gaps.values().sum();
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\">"
    )?;
    let functions = report::count(total, "function");
    writeln!(out, "<title>Unused bytes of extended space, {functions}</title>")?;
    writeln!(
        out,
        "<style>:root{{--ground:#fff;--ink:#1b1f24;--bar:#247a8a}}@media(prefers-color-scheme:dark){{:root{{--ground:#14171c;\
         --ink:#d8dee6;--bar:#2a97a8}}}}.ground{{fill:var(--ground)}}text{{fill:var(--ink)}}.bar{{fill:var(--bar)}}</style>"
    )?;
    writeln!(out, "<rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>")?;
    writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"24\">Bytes of extended space in no capability that read 0, {functions}</text>"
    )?;
    let step = (WIDTH - LEFT - 16) / STEPS;
    let room = HEIGHT - BOTTOM - TOP - 16;
    for at in 0..STEPS {
        let count = summary.gaps.get(&(at * STEP)).copied().unwrap_or(0);
        let height = (count * room).div_ceil(most);
        let (x, y) = (LEFT + at * step, HEIGHT - BOTTOM - height);
        let (bar, middle) = (step - 4, x + step / 2 - 2);
        writeln!(
            out,
            "<g><title>{}..{} bytes: {count}</title><rect class=\"bar\" x=\"{x}\" y=\"{y}\" width=\"{bar}\" height=\"{height}\"/></g>",
            at * STEP,
            (at + 1) * STEP
        )?;
        if count != 0 {
            writeln!(out, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{count}</text>", y - 4)?;
        }
        if at % 2 == 0 {
            let label = HEIGHT - BOTTOM + 18;
            writeln!(out, "<text x=\"{middle}\" y=\"{label}\" text-anchor=\"middle\">{}</text>", at * STEP)?;
        }
    }
    writeln!(out, "</svg>")?;
    Ok(out)
}
