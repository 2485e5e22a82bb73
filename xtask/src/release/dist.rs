//! The archives of a release: the program with manual pages and completions, the C library with header and pkg-config file, each with
//! what it is made of; where there is dpkg, packages for Debian too. Made twice they are the same bytes, wherever the sources lie, but for the static library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::archive::Archive;
use super::deb::{self, Package, Release};
use super::library::{self, Library};
use super::metadata::Metadata;
use super::plan::Plan;
use super::program;
use super::sbom::sbom;

struct Dist {
    root: PathBuf,
    plan: Plan,
    version: String,
    repository: String,
    /// Seconds: the time of the commit, or `SOURCE_DATE_EPOCH`.
    time: u64,
}

/// Builds the program alone, as the archives have it; where it is.
pub(crate) fn program_alone(plan: Plan) -> Result<String, String> {
    let dist = Dist::new(plan)?;
    let path = program::build(&mut dist.cargo(), &dist.plan, &dist.root)?;
    Ok(path.display().to_string())
}

/// Makes them, and a file with the checksum of each.
pub(crate) fn run(plan: Plan) -> Result<String, String> {
    let dist = Dist::new(plan)?;
    let out = &dist.plan.out;
    fs::create_dir_all(out).map_err(|error| format!("`{}`: {error}", out.display()))?;
    let mut files = dist.program()?;
    files.extend(dist.library()?);
    files.sort();
    let sums = Command::new("sha256sum").current_dir(out).args(&files).output();
    let sums = sums.map_err(|error| format!("sha256sum: {error}"))?.stdout;
    fs::write(out.join("SHA256SUMS"), &sums).map_err(|error| format!("`SHA256SUMS`: {error}"))?;
    Ok(format!("in `{}`:\n{}", out.display(), String::from_utf8_lossy(&sums).trim_end()))
}

impl Dist {
    fn new(plan: Plan) -> Result<Self, String> {
        let root = crate::workspace::root()?.to_path_buf();
        let metadata = Metadata::read(&root)?;
        Ok(Self {
            version: metadata.says("quirkc", "version")?.to_owned(),
            repository: metadata.says("quirkc", "repository")?.to_owned(),
            time: time(&root)?,
            plan: Plan { target: root.join(&plan.target), out: root.join(&plan.out), ..plan },
            root,
        })
    }

    fn program(&self) -> Result<Vec<String>, String> {
        let program = program::build(&mut self.cargo(), &self.plan, &self.root)?;
        let mut archive = self.begun("quirkc", "application")?;
        archive.program("bin/quirkc", &program)?;
        let mut package = self.documented("quirkc")?;
        package.program("usr/bin/quirkc", &program)?;
        for page in files(&self.root.join("docs/man"))? {
            archive.copy(format!("share/man/man1/{}", base(&page)), &page)?;
            package.zipped(format!("usr/share/man/man1/{}.gz", base(&page)), &page)?;
        }
        let completions = [
            ("quirkc.bash", "share/bash-completion/completions/quirkc", "share/bash-completion/completions/quirkc"),
            ("_quirkc", "share/zsh/site-functions/_quirkc", "share/zsh/vendor-completions/_quirkc"),
            (
                "quirkc.fish",
                "share/fish/vendor_completions.d/quirkc.fish",
                "share/fish/vendor_completions.d/quirkc.fish",
            ),
        ];
        for (from, to, packaged) in completions {
            let from = self.root.join("docs/completions").join(from);
            archive.copy(to, &from)?;
            package.copy(format!("usr/{packaged}"), &from)?;
        }
        let mut written = vec![archive.write(&self.plan.out, &self.name("quirkc"), self.time)?];
        written.extend(self.package(
            &Package {
                name: "quirkc",
                section: "utils",
                depends: "libc6",
                title: "compiler for descriptions of PCI functions",
                text: "Checks and compiles descriptions of PCI functions, and plans where a virtual\n PASID capability goes on a \
                       function that is passed through to a guest.",
            },
            &package,
        )?);
        Ok(written)
    }

    fn library(&self) -> Result<Vec<String>, String> {
        let mut cargo = self.cargo();
        let Library { archive: built, shared, soname, private } = {
            // What a caller links must not end its process, so that a panic unwinds to the boundary.
            let profile = ["--profile", if self.plan.is_shipped() { "library" } else { &self.plan.profile }];
            library::build(&mut cargo, &profile, &self.root, &self.plan.target, &self.version)?
        };
        let mut archive = self.begun("quirk-capi", "library")?;
        let file = format!("libquirk.so.{}", self.version);
        archive.copy("lib/libquirk.a", &built)?;
        archive.program(format!("lib/{file}"), &shared)?;
        archive.link(format!("lib/{soname}"), &*file);
        archive.copy("include/quirk.h", &self.root.join("runtime/capi/include/quirk.h"))?;
        let template = self.root.join("runtime/capi/quirk.pc.in");
        let template = fs::read_to_string(&template).map_err(|error| format!("`{}`: {error}", template.display()))?;
        let values = [("@version@", &self.version), ("@repository@", &self.repository), ("@private@", &private)];
        let text = values.iter().fold(template, |text, (name, value)| text.replace(name, value));
        archive.put("lib/pkgconfig/quirk.pc", &*text);
        archive.copy("share/doc/quirk/c-library.md", &self.root.join("docs/c-library.md"))?;

        let runtime = format!("libquirk{}", soname.trim_start_matches("libquirk.so."));
        let mut package = self.documented(&runtime)?;
        package.copy(format!("usr/lib/{file}"), &shared)?;
        package.link(format!("usr/lib/{soname}"), &*file);
        let mut development = self.documented("libquirk-dev")?;
        development.copy("usr/lib/libquirk.a", &built)?;
        development.link("usr/lib/libquirk.so", &*soname);
        development.copy("usr/include/quirk.h", &self.root.join("runtime/capi/include/quirk.h"))?;
        development.put("usr/lib/pkgconfig/quirk.pc", text);
        let title = "virtual PCI capabilities on top of a live device";
        let text =
            "Decides where a virtual PASID capability goes on a function that a VMM passes\n through, and emulates it.";
        let needs = format!("{runtime} (= {}-1)", self.version);
        archive.link("lib/libquirk.so", soname);
        let mut written = vec![archive.write(&self.plan.out, &self.name("libquirk"), self.time)?];
        let packages = [
            (Package { name: &runtime, section: "libs", depends: "libc6", title, text }, package),
            (Package { name: "libquirk-dev", section: "libdevel", depends: &needs, title, text }, development),
        ];
        for (package, tree) in &packages {
            written.extend(self.package(package, tree)?);
        }
        Ok(written)
    }

    /// A package, where there is dpkg.
    fn package(&self, package: &Package<'_>, tree: &Archive) -> Result<Option<String>, String> {
        let Some(architecture) = deb::architecture() else { return Ok(None) };
        let release = Release { version: &self.version, repository: &self.repository, time: self.time };
        package.write(&self.plan.out, tree, &release, &architecture).map(Some)
    }

    /// The files of a package with what each says of licences and changes.
    fn documented(&self, package: &str) -> Result<Archive, String> {
        let mut tree = Archive::default();
        let licence =
            |file: &str| fs::read_to_string(self.root.join(file)).map_err(|error| format!("`{file}`: {error}"));
        let [table, apache, bsd] = ["LICENSES.md", "LICENSE-APACHE", "LICENSE-BSD-3-Clause"].map(licence);
        tree.put(format!("usr/share/doc/{package}/copyright"), [table?, apache?, bsd?].join("\n"));
        tree.zipped(format!("usr/share/doc/{package}/changelog.gz"), &self.root.join("CHANGELOG.md"))?;
        Ok(tree)
    }

    /// An archive with what each has: licences, changes, what it is made of.
    fn begun(&self, package: &str, kind: &str) -> Result<Archive, String> {
        let mut archive = Archive::default();
        for file in ["LICENSE-APACHE", "LICENSE-BSD-3-Clause", "LICENSES.md", "CHANGELOG.md"] {
            archive.copy(file, &self.root.join(file))?;
        }
        archive.put(format!("{package}.cdx.json"), sbom(&self.root, package, kind)?);
        Ok(archive)
    }

    /// Cargo, with flags for rustc. By the profile `dist`, no path of this machine comes into what it builds; other profiles are for looking at
    /// the archives, and use what is built already.
    fn cargo(&self) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.plan.target);
        if self.plan.is_shipped() {
            let home = std::env::var("CARGO_HOME");
            let home = home.or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo"))).unwrap_or_default();
            let remap = |from: &str, to: &str| format!("--remap-path-prefix={from}={to}");
            let flags = [remap(&self.root.to_string_lossy(), "/quirk"), remap(&home, "/cargo")];
            cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")).env("SOURCE_DATE_EPOCH", self.time.to_string());
        }
        cargo
    }

    fn name(&self, what: &str) -> String {
        format!("{what}-{}-{}-linux", self.version, std::env::consts::ARCH)
    }
}

/// `SOURCE_DATE_EPOCH`, or when the commit was made.
fn time(root: &Path) -> Result<u64, String> {
    let text = if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        text
    } else {
        let git = Command::new("git").current_dir(root).args(["log", "-1", "--format=%ct"]).output();
        String::from_utf8_lossy(&git.map_err(|error| format!("git: {error}"))?.stdout).into_owned()
    };
    text.trim().parse().map_err(|_| format!("`{}` is no time: set `SOURCE_DATE_EPOCH`", text.trim()))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(files)
}

fn base(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
