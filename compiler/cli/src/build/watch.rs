//! `--watch`: builds again whenever a description changes, until somebody stops it.
//!
//! Files are looked at every so often: that works on every file system, in containers, and with editors that replace a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use quirk_host::quirk_files;

use super::built::Built;
use crate::config;
use crate::failure::Failure;
use crate::output::remark;

/// The least pause between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// The time between two looks is at least so many times what a look takes.
const SHARE: u32 = 20;

/// The time that a file system notes may be earlier than the clock's by so much.
const TICK: Duration = Duration::from_millis(50);

/// Builds, waits until something changed, and builds again. A build that fails is said, and waits for the next change like any other.
pub(super) fn forever(paths: &[PathBuf], output: &Path, build: impl Fn() -> Result<Built, Failure>) -> ! {
    let mut watched = paths.to_vec();
    watched.extend(settings(paths));
    loop {
        // Looked at before the build: what changes meanwhile is built again.
        let (start, before) = (SystemTime::now(), Snapshot::of(&watched));
        match build() {
            Ok(built) => {
                if built.is_written {
                    remark(&format!("note: `{}` is current\n", output.display()));
                }
                watched = paths.to_vec();
                watched.extend(built.depends_on);
                watched.extend(settings(paths));
            }
            Err(failure) => {
                failure.report();
            }
        }
        let known = Snapshot::of(&watched).before_the_build(&before, start);
        let mut pause = PAUSE;
        loop {
            thread::sleep(pause);
            let start = Instant::now();
            if Snapshot::of(&watched) != known {
                break;
            }
            pause = PAUSE.max(start.elapsed() * SHARE);
        }
    }
}

/// Where settings may lie that a build reads beside descriptions: made, changed or taken away, they count.
fn settings(paths: &[PathBuf]) -> Vec<PathBuf> {
    let absolute = paths.iter().filter_map(|path| std::path::absolute(path).ok());
    let folders = absolute.flat_map(|path| path.ancestors().map(Path::to_owned).collect::<Vec<_>>());
    folders.map(|folder| folder.join(config::NAME)).collect()
}

/// What is seen of a file without reading it; none of one that is not there.
type Look = Option<(u64, Option<SystemTime>)>;

/// All that a build depends on, as it was when somebody looked.
#[derive(Debug, PartialEq, Eq)]
struct Snapshot(BTreeMap<PathBuf, Look>);

impl Snapshot {
    /// Of files, and of the descriptions in folders.
    fn of(paths: &[PathBuf]) -> Self {
        // A folder that cannot be read has no files; the build says so.
        let files = paths.iter().flat_map(|path| quirk_files(std::slice::from_ref(path)).unwrap_or_default());
        let look = |path: PathBuf| {
            let seen = fs::metadata(&path).ok().map(|about| (about.len(), about.modified().ok()));
            (path, seen)
        };
        Self(files.map(look).collect())
    }

    /// The same files as they were when a build began: as they were seen then, or as they are if they were not touched since.
    fn before_the_build(mut self, before: &Self, start: SystemTime) -> Self {
        let start = start.checked_sub(TICK).unwrap_or(start);
        for (path, look) in &mut self.0 {
            let is_touched = look.is_some_and(|(_, modified)| modified.is_none_or(|modified| modified >= start));
            *look = match before.0.get(path) {
                Some(seen) => *seen,
                None if is_touched => None,
                None => *look,
            };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_change_a_new_file_and_one_that_is_gone_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let watched = [folder.path().to_owned(), path("quirkc.toml"), path("elsewhere/ids.quirk")];
        let mut known = Snapshot::of(&watched);
        let mut changed = || {
            let now = Snapshot::of(&watched);
            assert_eq!(now, Snapshot::of(&watched));
            std::mem::replace(&mut known, now) != known
        };
        assert!(!changed());
        fs::write(path("one.quirk"), "edition 1;\n").unwrap();
        assert!(changed());
        fs::write(path("one.quirk"), "edition 1; \n").unwrap();
        assert!(changed());
        fs::create_dir(path("elsewhere")).unwrap();
        fs::write(path("elsewhere/ids.quirk"), "edition 1;\n").unwrap();
        assert!(changed());
        fs::write(path("quirkc.toml"), "").unwrap();
        assert!(changed());
        fs::remove_file(path("one.quirk")).unwrap();
        assert!(changed());
        fs::write(path("notes.md"), "no description").unwrap();
        assert!(!changed());
    }

    #[test]
    fn what_changes_during_a_build_is_seen_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("one.quirk");
        let watched = [file.clone()];
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let now = SystemTime::now();
        let write = |text: &str, time: SystemTime| {
            fs::write(&file, text).unwrap();
            fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
        };
        let nothing = Snapshot(BTreeMap::new());
        write("edition 1;\n", long_ago);
        let before = Snapshot::of(&watched);
        assert_eq!(Snapshot::of(&watched).before_the_build(&before, now), before);
        assert_eq!(Snapshot::of(&watched).before_the_build(&nothing, now), before, "used for the first time, and old");
        write("edition 1; \n", now + Duration::from_secs(1));
        assert_eq!(Snapshot::of(&watched).before_the_build(&before, now), before);
        assert_ne!(
            Snapshot::of(&watched).before_the_build(&nothing, now),
            Snapshot::of(&watched),
            "used, and touched meanwhile"
        );
    }
}
