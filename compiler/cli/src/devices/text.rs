//! The list as a table.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};

use super::report::{Function, Report};
use crate::report::count;

const HEADING: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();

/// The columns but the last one, each as wide as its widest cell.
const COLUMNS: [&str; 6] = ["function", "ids", "driver", "group", "PASID", "described as"];

/// The whole text; colours are taken out later where nobody can see them.
pub(super) fn text(report: &Report) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let rows: Vec<_> = report.functions.iter().map(cells).collect();
    let widths: [usize; 6] = std::array::from_fn(|at| {
        rows.iter().map(|row| row[at].chars().count()).chain([COLUMNS[at].len()]).max().unwrap_or(0)
    });
    let line = |cells: &[String; 6]| -> String {
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  ")).collect()
    };
    writeln!(out, "{HEADING}{}place for PASID{HEADING:#}", line(&COLUMNS.map(str::to_owned)))?;
    for (function, row) in report.functions.iter().zip(&rows) {
        write!(out, "{}", line(row))?;
        match (&function.placement, &function.reason) {
            (Some(place), _) => writeln!(out, "{GOOD}{:#05x}{GOOD:#} ({})", place.offset, place.source)?,
            (None, reason) => writeln!(out, "none: {}", reason.as_deref().unwrap_or("not known"))?,
        }
    }
    notes(&mut out, report)?;
    Ok(out)
}

fn cells(function: &Function) -> [String; 6] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    // In brackets what the list of PCI ids calls it: no description.
    let described = function.description.as_ref().map(|description| description.name.clone());
    [
        function.address.clone(),
        format!("{:04x}:{:04x}", function.vendor, function.device),
        or_dash(function.driver.clone()),
        or_dash(function.iommu_group.map(|group| group.to_string())),
        function.pasid_width.map_or_else(
            || "?".to_owned(),
            |width| if width == 0 { "none".to_owned() } else { format!("{width} bits") },
        ),
        or_dash(described.or_else(|| function.product.as_ref().map(|product| format!("({product})")))),
    ]
}

fn notes(out: &mut String, report: &Report) -> fmt::Result {
    writeln!(out)?;
    for function in &report.functions {
        if let Some(why) = &function.pasid_unknown {
            writeln!(out, "? {}: {why}", function.address)?;
        }
        if function.denylisted {
            writeln!(out, "! {}: vfio-pci refuses it unless `disable_denylist=1`", function.address)?;
        }
    }
    let left_out = &report.left_out;
    let (bridges, without) = (left_out.bridges, left_out.without_iommu_group);
    writeln!(out, "left out: {}, {without} without an IOMMU group", count(bridges, "bridge"))?;
    let opened: Vec<_> = report.functions.iter().filter(|each| each.opened).map(|each| each.address.as_str()).collect();
    match opened.as_slice() {
        [] => writeln!(out, "nothing was bound, written or opened"),
        opened => writeln!(out, "nothing was bound or written; opened, being on vfio-pci: {}", opened.join(", ")),
    }
}
