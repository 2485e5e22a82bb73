//! How a release is made, and where: what the command line says.

use std::path::PathBuf;

/// How it is made, and where.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) profile: String,
    pub(super) target: PathBuf,
    pub(super) out: PathBuf,
}

impl Plan {
    /// From `--profile NAME`, `--target-dir FOLDER` and `--out FOLDER`, in any order.
    pub(crate) fn of(arguments: &[&str]) -> Option<Self> {
        let mut plan =
            Self { profile: "dist".to_owned(), target: "target/dist-build".into(), out: "target/archives".into() };
        let (pairs, rest) = arguments.as_chunks::<2>();
        for [option, value] in pairs {
            match *option {
                "--profile" => plan.profile = (*value).to_owned(),
                "--target-dir" => plan.target = value.into(),
                "--out" => plan.out = value.into(),
                _ => return None,
            }
        }
        rest.is_empty().then_some(plan)
    }

    /// Whether it is what others get, and not a look at the archives.
    pub(super) fn is_shipped(&self) -> bool {
        self.profile == "dist"
    }

    /// Where cargo puts what it builds with the profile.
    pub(super) fn folder(&self) -> &str {
        if self.profile == "dev" { "debug" } else { &self.profile }
    }
}
