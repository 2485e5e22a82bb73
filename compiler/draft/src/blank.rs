//! A description of a device of which nothing but the ids is known.

use std::path::PathBuf;

use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};

use crate::draft::{is_name, quoted};
use crate::error::Error;
use crate::text::formatted;

/// A file that compiles, with a test that passes, and a comment for everything that is to be filled in.
///
/// # Errors
/// When the name is none of the language.
pub fn blank(vendor: u16, device: u16, name: Option<&str>, title: Option<&str>) -> Result<String, Error> {
    let name = name.map_or_else(|| format!("device_{vendor:04x}_{device:04x}"), str::to_owned);
    if !is_name(&name) {
        return Err(Error::Name { name });
    }
    let title = quoted(title.unwrap_or(&format!("{vendor:04x}:{device:04x}")));
    let text = format!(
        "edition 1;
/// What it is, and which documents say so.
device {name} {{
name {title};
match pci({vendor:#06x}, {device:#06x});
// Who vouches for what follows:
// evidence datasheet \"TITLE, REVISION\";

// Every capability, whether or not vfio-pci shows it, and every register outside of them:
layout {{
// cap pcie @ 0x40;
// ext aer @ 0x100;
// register \"port logic\" @ 0x700..0x900 {{ evidence datasheet \"TITLE, REVISION, SECTION\"; }}
}}

// Bytes that have no function, and who says so. That they read 0 is not enough:
// free @ 0x400..0x500 {{ evidence datasheet \"TITLE, REVISION, SECTION\"; }}
// pasid {{ place free; }}
}}

test \"{name} has no PASID yet\" {{
given device {name} view vfio;
host pasid width 20;
expect no pasid;
}}
"
    );
    let text = formatted(&text)?;
    let input = Input::Text(PathBuf::from("blank.quirk"), text.clone());
    let compilation = compile(vec![input], &Options::default(), &Disk);
    match compilation.diagnostics().iter().find(|_| compilation.errors() != 0) {
        Some(found) => Err(Error::DoesNotHold { name, why: found.message.clone() }),
        None => Ok(text),
    }
}
