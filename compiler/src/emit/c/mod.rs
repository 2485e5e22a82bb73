//! The devices of a database in C11: for a kernel variant driver, for QEMU, for programs without Rust.
//!
//! The types and the lookup are fixed text (`types.h`, `small.h`, `find.h`); the tables between them are made here.

mod align;
mod clauses;
mod device;
mod output;
mod rows;
mod style;
mod text;

use std::fmt::{Result, Write};

use align::align;
use output::Output;
use quirk_runtime::Database;
use quirk_runtime::tables::Section;
pub use style::{C, CStyle, CTypes, InvalidPrefix};
use text::Comment;

use super::LICENCE;

/// The header's text, and that of the source file if the style has one; none if the database holds what no device can have.
pub(crate) fn c(database: Database<'_>, style: &CStyle) -> Option<C> {
    let out = Output { database, style, devices: database.all().collect() };
    let mut header = String::new();
    out.header(&mut header).ok()?;
    let source = match style.header() {
        Some(name) => {
            let mut source = String::new();
            out.source(&mut source, name).ok()?;
            Some(source)
        }
        None => None,
    };
    Some(C { header, source })
}

impl Output<'_> {
    /// The types; the tables and the lookup too, unless a source file has them.
    fn header(&self, out: &mut String) -> Result {
        let style = self.style;
        writeln!(out, "/* SPDX-License-Identifier: {LICENCE} */")?;
        self.made_from(out)?;
        let guard = style.fixed("QUIRK_DATABASE_H");
        writeln!(out, "#ifndef {guard}\n#define {guard}\n")?;
        out.push_str(if style.is_kernel() {
            "#include <linux/types.h>\n\n"
        } else {
            "#ifdef __KERNEL__\n#include <linux/types.h>\n#else\n#include <stdint.h>\n#endif\n\n"
        });
        align(out, &style.fixed(include_str!("types.h")))?;
        writeln!(out, "\n/* Identifies the database that this was made from. */")?;
        let hash = self.database.hash();
        writeln!(out, "{} {hash:#018x}ull", style.fixed("#define QUIRK_DATABASE_HASH"))?;
        self.ids(out)?;
        writeln!(out, "\n{} {}u", style.fixed("#define QUIRK_DEVICES"), self.devices.len())?;
        if style.header().is_some() {
            align(out, &style.fixed(DECLARATIONS))?;
        } else {
            self.tables(out)?;
            writeln!(out)?;
            align(out, &style.fixed(include_str!("find.h")))?;
        }
        writeln!(out)?;
        align(out, &style.fixed(include_str!("small.h")))?;
        writeln!(out, "\n#endif")
    }

    fn source(&self, out: &mut String, header: &str) -> Result {
        writeln!(out, "// SPDX-License-Identifier: {LICENCE}")?;
        self.made_from(out)?;
        if self.style.is_kernel() {
            writeln!(out, "#include <linux/stddef.h>\n")?;
        }
        writeln!(out, "#include \"{header}\"")?;
        self.tables(out)?;
        writeln!(out)?;
        let find = include_str!("find.h").replace(FIND_IN_HEADER, FIND_IN_SOURCE).replace("static inline ", "static ");
        align(out, &self.style.fixed(&find))
    }

    fn tables(&self, out: &mut String) -> Result {
        device::write(out, self)?;
        clauses::write(out, self)
    }

    fn made_from(&self, out: &mut String) -> Result {
        let count = self.devices.len();
        let plural = if count == 1 { "" } else { "s" };
        writeln!(out, "/*")?;
        writeln!(out, " * Compiled by quirkc from {count} device{plural}. Change the descriptions, not this file.")?;
        if count != 0 {
            writeln!(out, " *")?;
        }
        for device in &self.devices {
            let (name, source) = (Comment(self.database.text(device.name)), Comment(self.database.text(device.source)));
            rows::lines(out, " * ", &format!("{name}, {source}"))?;
        }
        writeln!(out, " */")
    }

    /// For tables that a system makes of ids, such as the kernel's `pci_device_id`.
    fn ids(&self, out: &mut String) -> Result {
        let (keys, _) = self.database.section(Section::Keys).as_chunks();
        let mut keys: Vec<u32> = keys.iter().map(|key| u32::from_le_bytes(*key)).collect();
        keys.dedup();
        let pairs = || keys.iter().map(|key| format!("(0x{:04x}, 0x{:04x})", key >> 16, key & 0xffff));
        if !self.style.is_kernel() {
            writeln!(
                out,
                "\n/* Every pair of one vendor and one device id that a device names, as X(vendor, device). */"
            )?;
            write!(out, "{}", self.style.fixed("#define QUIRK_FOR_EACH_ID(X)"))?;
            pairs().try_for_each(|pair| write!(out, " \\\n\tX{pair}"))?;
            writeln!(out)?;
        }
        align(out, &self.style.fixed(ID_TABLE))?;
        writeln!(out, "{} {{ \\", self.style.fixed("#define QUIRK_ID_TABLE"))?;
        let row = self.style.fixed("QUIRK_ID");
        pairs().try_for_each(|pair| writeln!(out, "\t{row}{pair}, \\"))?;
        writeln!(out, "\t{{ }} \\\n}}")
    }
}

const ID_TABLE: &str = "
/*
 * Every pair of one vendor and one device id that a device names, as an initializer of a table that
 * ends with an empty row. QUIRK_ID(vendor, device) is the caller's: one row, with its braces.
 */
";

const DECLARATIONS: &str = "
extern const struct quirk_device quirk_devices[];

/*
 * The one device that applies to a function; a null pointer if there is none, or if the device
 * could not be read. Without `read_config` (a null pointer) no condition on the device's bytes
 * holds.
 */
const struct quirk_device *quirk_find(const struct quirk_identity *identity,
				      quirk_read_fn *read_config, void *context);
";

const FIND_IN_HEADER: &str = "\
static inline const struct quirk_device *quirk_find(const struct quirk_identity *identity,
						    quirk_read_fn *read_config, void *context)
";
const FIND_IN_SOURCE: &str = "\
const struct quirk_device *quirk_find(const struct quirk_identity *identity,
				      quirk_read_fn *read_config, void *context)
";

#[cfg(test)]
mod tests {
    #[test]
    fn the_lookup_has_one_function_that_others_see() {
        assert_eq!(include_str!("find.h").matches(super::FIND_IN_HEADER).count(), 1);
    }
}
