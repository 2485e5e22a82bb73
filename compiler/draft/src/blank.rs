//! A description of a device of which nothing but the ids is known.

use std::path::PathBuf;

use quirk_compiler::files::Disk;
use quirk_compiler::{Compilation, Input, compile};

use crate::error::Error;
use crate::like::Like;
use crate::options::Options;
use crate::text::formatted;
use crate::word::{is_name, quoted};

/// A file that compiles, with a test that passes, and a comment for everything that is to be filled in. The evidence of the options
/// is not looked at.
///
/// # Errors
/// When the name is none of the language, or what it is to be like is not there.
pub fn blank(vendor: u16, device: u16, title: Option<&str>, options: &Options<'_>) -> Result<String, Error> {
    let name = options.name.map_or_else(|| format!("device_{vendor:04x}_{device:04x}"), str::to_owned);
    if !is_name(&name) {
        return Err(Error::Name { name });
    }
    let title = quoted(title.unwrap_or(&format!("{vendor:04x}:{device:04x}")));
    let like = options.like.as_ref().map(|like| Like::read(like, Some(&name))).transpose()?;
    let blank = Blank { name, title, ids: (vendor, device), like };
    let mut why = String::new();
    for is_forbidden in [false, true] {
        // What it is like may have a place for PASID.
        let mut expected = "expect no pasid;".to_owned();
        for _ in 0..2 {
            let text = formatted(&blank.text(is_forbidden, &expected))?;
            let compilation = blank.compiled(&text);
            if let Some(found) = compilation.diagnostics().iter().find(|_| compilation.errors() != 0) {
                why.clone_from(&found.message);
                break;
            }
            let tests = compilation.tests();
            let Some(outcome) = tests.first().map(quirk_compiler::testing::Test::run) else { break };
            if outcome.passed() {
                return Ok(text);
            }
            let Some(placement) = outcome.decision.and_then(|decision| decision.placement) else { break };
            expected = format!("expect pasid @ {:#05x};", placement.offset);
        }
    }
    Err(Error::DoesNotHold { name: blank.name, why })
}

/// What is known.
struct Blank {
    name: String,
    title: String,
    ids: (u16, u16),
    like: Option<Like>,
}

impl Blank {
    fn compiled(&self, text: &str) -> Compilation {
        let path = self.like.as_ref().map_or_else(|| PathBuf::from("blank.quirk"), |like| like.draft.clone());
        compile(vec![Input::Text(path, text.to_owned())], &quirk_compiler::Options::default(), &Disk)
    }

    fn text(&self, is_forbidden: bool, expected: &str) -> String {
        let Self { name, title, ids: (vendor, device), like } = self;
        let makes_known = like.as_ref().map(|like| like.use_statement() + "\n").unwrap_or_default();
        let clause = like.as_ref().map(Like::clause).unwrap_or_default();
        let layout = if like.is_some() { DIFFERENCES } else { LAYOUT };
        let pasid = if is_forbidden { FORBIDDEN } else { "" };
        format!(
            "edition 1;
{makes_known}
/// What it is, and which documents say so.
device {name}{clause} {{
name {title};
match pci({vendor:#06x}, {device:#06x});
// Who vouches for what follows:
// evidence datasheet \"TITLE, REVISION\";

{layout}
// Bytes that have no function, and who says so. That they read 0 is not enough:
// free @ 0x400..0x500 {{ evidence datasheet \"TITLE, REVISION, SECTION\"; }}
// pasid {{ place free; }}
{pasid}}}

test \"{name} is as it is described\" {{
given device {name} view vfio;
host pasid width 20;
{expected}
}}
"
        )
    }
}

const LAYOUT: &str = "// Every capability, whether or not vfio-pci shows it, and every register outside of them:
layout {
// cap pcie @ 0x40;
// ext aer @ 0x100;
// register \"port logic\" @ 0x700..0x900 { evidence datasheet \"TITLE, REVISION, SECTION\"; }
}
";

const DIFFERENCES: &str = "// What differs from the device that it is like:
// without ext sriov @ 0x240;
// layout { ext aer @ 0x100; }
";

const FORBIDDEN: &str = "// What the other device says of PASID needs free bytes. With them, take this away:
pasid none;
";
