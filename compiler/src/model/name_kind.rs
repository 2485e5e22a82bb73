//! What a name can stand for.

use quirk_dsl::ast::{Item, ItemKind, Name};

/// What a name can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NameKind {
    Constant,
    Device,
    Layer,
    Format,
    Profile,
    Source,
    Namespace,
}

impl NameKind {
    /// The keyword that declares it.
    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            Self::Constant => "const",
            Self::Device => "device",
            Self::Layer => "layer",
            Self::Format => "dvsec_format",
            Self::Profile => "profile",
            Self::Source => "source",
            Self::Namespace => "use",
        }
    }

    pub(crate) fn article(self) -> &'static str {
        match self {
            Self::Constant => "a constant",
            Self::Device => "a device",
            Self::Layer => "a layer",
            Self::Format => "a `dvsec_format`",
            Self::Profile => "a profile",
            Self::Source => "a source",
            Self::Namespace => "the namespace of a file",
        }
    }

    /// Whether names of the kind are unique over all files.
    pub(crate) fn is_global(self) -> bool {
        matches!(self, Self::Device | Self::Layer | Self::Format | Self::Profile)
    }

    /// The name that an item declares for its file, if it does.
    pub(crate) fn of(item: &Item) -> Option<(Self, &Name)> {
        Some(match &item.kind {
            ItemKind::Use(used) => (Self::Namespace, &used.name),
            ItemKind::Const(constant) => (Self::Constant, &constant.name),
            ItemKind::Device(device) => (Self::Device, &device.name),
            ItemKind::Layer(layer) => (Self::Layer, &layer.name),
            ItemKind::DvsecFormat(format) => (Self::Format, &format.name),
            ItemKind::Profile(profile) => (Self::Profile, &profile.name),
            ItemKind::Source(source) => (Self::Source, &source.name),
            ItemKind::Edition(_) | ItemKind::Test(_) => return None,
        })
    }
}
