//! The device that a draft takes over from: what it declares need not be said again.

use std::path::PathBuf;

use quirk_compiler::diagnostic::Severity;
use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::Database;
use quirk_runtime::tables::{Device, EntryKind, LayoutEntry};

use crate::error::Error;
use crate::facts::Capability;
use crate::options::Base;
use crate::word::quoted;

/// How a draft calls the file of the other device, unless the draft's own device is called so.
const ALIASES: [&str; 2] = ["base", "other"];

/// A device that is like the one that a draft describes, as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Like {
    alias: &'static str,
    device: String,
    file: String,
    /// Where a draft has to lie to find the file.
    pub(crate) draft: PathBuf,
    entries: Vec<Entry>,
    /// It says where PASID may go.
    pub(crate) has_places: bool,
    /// It denies PASID.
    forbids_pasid: bool,
}

/// An entry of its layout.
#[derive(Clone, Debug)]
struct Entry {
    capability: Option<Capability>,
    start: usize,
    end: usize,
    /// How long it is was written.
    is_stated: bool,
    optional: bool,
}

impl Like {
    /// Reads it, for a draft of a device that is called so, if that is said.
    pub(crate) fn read(base: &Base<'_>, name: Option<&str>) -> Result<Self, Error> {
        let Base { device, file, folder } = *base;
        if name == Some(device) {
            return Err(Error::SameName { name: device.to_owned() });
        }
        let path = folder.join(file);
        let compilation = compile(vec![Input::Path(path.clone())], &Options::default(), &Disk);
        let found = compilation.diagnostics().iter().find(|found| found.severity == Severity::Error);
        let broken = |why: String| Error::Base { file: path.display().to_string(), why };
        let bytes = compilation.database();
        let bytes = bytes.ok_or_else(|| broken(found.map_or_else(String::new, |found| found.message.clone())))?;
        let database = Database::from_static(bytes);
        let described = database.all::<Device>().find(|each| database.text(each.name) == device);
        let described = described.ok_or_else(|| broken(format!("no device is called `{device}`")))?;
        Ok(Self {
            alias: if name == Some(ALIASES[0]) { ALIASES[1] } else { ALIASES[0] },
            device: device.to_owned(),
            file: file.to_string_lossy().replace('\\', "/"),
            draft: folder.join("draft.quirk"),
            entries: database.list(described.layout).map(|entry| Entry::new(&entry)).collect(),
            has_places: !described.places.is_empty(),
            forbids_pasid: described.forbids_pasid,
        })
    }

    /// The statement that makes its file known.
    pub(crate) fn use_statement(&self) -> String {
        format!("use {} as {};", quoted(&self.file), self.alias)
    }

    /// Whether it says anything of PASID, which is taken over.
    pub(crate) fn decides_pasid(&self) -> bool {
        self.has_places || self.forbids_pasid
    }

    /// What follows the name of a device.
    pub(crate) fn clause(&self) -> String {
        format!(" like {}::{}", self.alias, self.device)
    }

    /// Whether it says the same of a capability.
    pub(crate) fn says(&self, capability: &Capability, length: u16, optional: bool) -> bool {
        let end = usize::from(capability.offset) + usize::from(length);
        let is_same = |entry: &Entry| {
            let has_length = !entry.is_stated || entry.end == end;
            entry.is(capability) && has_length && (entry.optional || !optional)
        };
        self.entries.iter().any(is_same)
    }

    /// Its capabilities that every function has, where this one has none.
    pub(crate) fn without<'s>(&'s self, is_at: impl Fn(usize) -> bool + 's) -> impl Iterator<Item = &'s Capability> {
        // Another at the same place replaces it.
        let is_gone = move |entry: &&Entry| !entry.optional && !is_at(entry.start);
        self.entries.iter().filter(is_gone).filter_map(|entry| entry.capability.as_ref())
    }

    /// Bytes that it declares otherwise than as capabilities.
    pub(crate) fn registers(&self) -> impl Iterator<Item = (usize, usize)> {
        let registers = self.entries.iter().filter(|entry| entry.capability.is_none());
        registers.map(|entry| (entry.start, entry.end))
    }
}

impl Entry {
    fn new(entry: &LayoutEntry) -> Self {
        let &LayoutEntry { kind, id, offset, length, length_stated, optional, .. } = entry;
        let sub = entry.has_sub_id.then_some((entry.sub_vendor, entry.sub_id));
        let is_capability = matches!(kind, EntryKind::Capability | EntryKind::Extended);
        Self {
            capability: is_capability.then_some(Capability { offset, id, sub }),
            start: offset.into(),
            end: usize::from(offset) + usize::from(length),
            is_stated: length_stated,
            optional,
        }
    }

    fn is(&self, other: &Capability) -> bool {
        self.capability
            .as_ref()
            .is_some_and(|own| own.offset == other.offset && own.id == other.id && own.sub == other.sub)
    }
}
