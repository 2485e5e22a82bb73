//! The words of a placement policy. `docs/plan.md` says what each means.

use std::path::PathBuf;

use clap::ValueEnum;
use quirk_runtime::tables::Evidence;
use quirk_runtime::{ByteRange, Database, LayerChoice, Native, Operator, Policy, Source, Sources};

use crate::layers::{self, LayerWord};
use crate::number::{offset, range};
use crate::{Descriptions, Error, Layers};

/// Where PASID may be placed, and by what descriptions.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PolicyArgs {
    /// Only these sources may place PASID, in their fixed order; what must be opted in is opted in
    #[arg(long, value_enum, value_name = "SOURCE,..", value_delimiter = ',', num_args = 1..)]
    pub place: Vec<PlaceWord>,

    /// What VMMs do today, checked: the last 8 bytes, only if nothing says otherwise
    #[arg(long)]
    pub tail: bool,

    /// Put PASID here, or nowhere
    #[arg(long, value_name = "OFFSET", value_parser = offset, conflicts_with = "ranges")]
    pub offset: Option<u16>,

    /// Put PASID at the lowest free offset of these ranges, or nowhere; the end is not in it
    #[arg(long, value_name = "START..END,..", value_parser = range, value_delimiter = ',', num_args = 1..)]
    pub ranges: Vec<ByteRange>,

    /// Impose this profile of the descriptions, or place nothing
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Bytes that the VMM emulates itself; may be given several times
    #[arg(long, value_name = "START..END", value_parser = range)]
    pub vmm_owned: Vec<ByteRange>,

    /// The weakest evidence with which a declared free range counts
    #[arg(long, value_enum, value_name = "KIND")]
    pub least_evidence: Option<EvidenceWord>,

    /// Switch on a layer, with its parameters: numbers, or bytes as hex digits. May be given several times
    #[arg(long, value_name = "NAME[:PARAM=VALUE,..]", value_parser = layers::parse)]
    pub layer: Vec<LayerWord>,

    /// Switch off a layer that is on by default. May be given several times
    #[arg(long, value_name = "NAME")]
    pub without_layer: Vec<String>,

    /// By what descriptions.
    #[command(flatten)]
    pub descriptions: DescriptionArgs,
}

/// By what descriptions functions are known.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DescriptionArgs {
    /// Descriptions that are added to the embedded library, and beat it: files, folders of `.quirk` files, or `.db` files of
    /// `quirkc build`
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub quirks: Vec<PathBuf>,

    /// Descriptions that take the place of the embedded library
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "quirks")]
    pub only_quirks: Vec<PathBuf>,
}

impl DescriptionArgs {
    /// Loads them.
    ///
    /// # Errors
    /// When one cannot be read, or has errors.
    pub fn load(&self) -> Result<Descriptions, Error> {
        match &self.only_quirks[..] {
            [] => Descriptions::beside_the_library(&self.quirks),
            paths => Descriptions::alone(paths),
        }
    }
}

/// A source that may place PASID, as `--place` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlaceWord {
    /// The offset or the ranges that are given beside it
    Operator,
    /// The profile that is given beside it
    Profile,
    /// The `place` list of the function's description
    Entry,
    /// A free-space DVSEC of the device
    Dvsec,
    /// The function's own capability, where it is known
    Native,
    /// The same, and where bytes that no list reaches look like one
    Probed,
    /// The last 8 bytes, if they read 0 and nobody has a claim on them
    Tail,
    /// Nothing: PASID is placed nowhere
    None,
}

impl PlaceWord {
    const fn source(self) -> Option<Source> {
        match self {
            Self::Operator => Some(Source::Operator),
            Self::Profile => Some(Source::Profile),
            Self::Entry => Some(Source::Entry),
            Self::Dvsec => Some(Source::Dvsec),
            Self::Native | Self::Probed => Some(Source::Native),
            Self::Tail => Some(Source::Tail),
            Self::None => None,
        }
    }
}

/// A kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EvidenceWord {
    /// None at all
    None,
    /// A recorded configuration space
    Dump,
    /// Bytes that were written and read back
    Probe,
    /// A driver's source
    Driver,
    /// The word of the vendor
    Vendor,
    /// A datasheet
    Datasheet,
}

impl From<EvidenceWord> for Evidence {
    fn from(word: EvidenceWord) -> Self {
        match word {
            EvidenceWord::None => Self::None,
            EvidenceWord::Dump => Self::Dump,
            EvidenceWord::Probe => Self::Probe,
            EvidenceWord::Driver => Self::Driver,
            EvidenceWord::Vendor => Self::Vendor,
            EvidenceWord::Datasheet => Self::Datasheet,
        }
    }
}

impl PolicyArgs {
    /// Loads the descriptions.
    ///
    /// # Errors
    /// When one cannot be read, or has errors.
    pub fn descriptions(&self) -> Result<Descriptions, Error> {
        self.descriptions.load()
    }

    /// Looks the layers up that are switched on and off.
    ///
    /// # Errors
    /// When the descriptions have no such layer, or it has no such parameter.
    pub fn layers<'a>(&'a self, databases: &[Database<'a>]) -> Result<Layers<'a>, Error> {
        Layers::new(&self.layer, &self.without_layer, databases)
    }

    /// The policy that these words make. What only the caller knows is as by default: which capabilities are hidden, what the
    /// vIOMMU has, whether reads are harmless.
    ///
    /// # Errors
    /// When words contradict each other.
    pub fn policy<'a>(&'a self, layers: &'a [LayerChoice<'a>], disabled: &'a [&'a str]) -> Result<Policy<'a>, Error> {
        let (sources, native) = self.sources()?;
        Ok(Policy::DEFAULT
            .with_sources(sources)
            .with_least_evidence(self.least_evidence.map_or(Evidence::None, Evidence::from))
            .with_operator(self.operator())
            .with_tail(self.tail || self.place.contains(&PlaceWord::Tail))
            .with_native(native)
            .with_profile(self.profile.as_deref())
            .with_layers(layers)
            .with_disabled_layers(disabled)
            .with_vmm_owned(&self.vmm_owned))
    }

    /// Where the operator wants PASID.
    #[must_use]
    pub fn operator(&self) -> Operator<'_> {
        match (self.offset, &self.ranges[..]) {
            (Some(offset), _) => Operator::Offset(offset),
            (None, []) => Operator::None,
            (None, ranges) => Operator::Ranges(ranges),
        }
    }

    fn sources(&self) -> Result<(Sources, Native), Error> {
        if self.place.is_empty() {
            return Ok((Sources::ALL, Native::Confirmed));
        }
        if self.place.contains(&PlaceWord::None) && (self.place.len() > 1 || self.tail) {
            return Err(Error::new("`--place none` allows no source, and another is given beside it"));
        }
        let sources = self.place.iter().filter_map(|word| word.source()).fold(Sources::NONE, Sources::with);
        // What is given in words of its own is wanted.
        let given = [
            (self.tail, Source::Tail),
            (self.offset.is_some() || !self.ranges.is_empty(), Source::Operator),
            (self.profile.is_some(), Source::Profile),
        ];
        let sources = given.into_iter().filter(|(is_given, _)| *is_given).fold(sources, |all, (_, one)| all.with(one));
        let is_probed = self.place.contains(&PlaceWord::Probed);
        Ok((sources, if is_probed { Native::Probed } else { Native::Confirmed }))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        policy: PolicyArgs,
    }

    fn words(line: &str) -> PolicyArgs {
        Line::try_parse_from(["x"].into_iter().chain(line.split_whitespace())).unwrap().policy
    }

    /// The sources that may place, with their opt-ins.
    fn allowed(line: &str) -> Vec<&'static str> {
        let args = words(line);
        let policy = args.policy(&[], &[]).unwrap();
        let may = |source: &Source| {
            policy.sources.contains(*source) && (*source != Source::Tail || policy.tail) && *source != Source::Visible
        };
        Source::ALL.into_iter().filter(may).map(Source::name).collect()
    }

    #[test]
    fn places_are_the_sources_that_they_name() {
        assert_eq!(allowed(""), ["operator", "profile", "entry", "dvsec", "native"]);
        assert_eq!(allowed("--tail"), ["operator", "profile", "entry", "dvsec", "native", "tail"]);
        assert_eq!(allowed("--place none"), [""; 0]);
        assert_eq!(allowed("--place tail"), ["tail"]);
        assert_eq!(allowed("--place tail,entry --place native"), ["entry", "native", "tail"]);
        assert_eq!(allowed("--place entry --tail --offset 0x400"), ["operator", "entry", "tail"]);
        let native = |line| words(line).policy(&[], &[]).unwrap().native;
        assert_eq!((native(""), native("--place native")), (Native::Confirmed, Native::Confirmed));
        assert_eq!(native("--place probed"), Native::Probed);
    }

    #[test]
    fn tail_says_what_the_preset_of_the_runtime_says() {
        let args = words("--tail");
        let (policy, preset) = (args.policy(&[], &[]).unwrap(), Policy::like_vmms_today());
        assert_eq!(format!("{policy:?}"), format!("{preset:?}"));
    }

    #[test]
    fn words_that_contradict_each_other_are_refused() {
        for line in ["--place none,tail", "--place none --tail"] {
            assert!(words(line).policy(&[], &[]).is_err(), "{line}");
        }
        for line in ["--offset 0x400 --ranges 0x400..0x500", "--quirks a --only-quirks b", "--place here"] {
            assert!(Line::try_parse_from(["x"].into_iter().chain(line.split_whitespace())).is_err(), "{line}");
        }
    }

    #[test]
    fn everything_that_is_said_is_in_the_policy() {
        let args = words(
            "--ranges 0x400..0x500,0x600..0x700 --profile p --vmm-owned 0x40..0x44 --vmm-owned 0x800..0x900 \
             --least-evidence vendor",
        );
        let policy = args.policy(&[], &["off"]).unwrap();
        let ranges = [ByteRange::new(0x400, 0x500), ByteRange::new(0x600, 0x700)];
        assert_eq!(policy.operator, Operator::Ranges(&ranges));
        assert_eq!((policy.profile, policy.least_evidence), (Some("p"), Evidence::Vendor));
        assert_eq!(policy.vmm_owned, [ByteRange::new(0x40, 0x44), ByteRange::new(0x800, 0x900)]);
        assert_eq!(policy.disabled_layers, ["off"]);
    }
}
