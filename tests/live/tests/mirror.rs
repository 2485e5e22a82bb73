//! `mirror.sh` finds the Debian mirror in the sources of apt, in both of their forms. apt itself reads them.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The mirror that is found where apt has these sources alone; `None` without apt.
fn mirror(name: &str, file: &str, sources: &str) -> Option<String> {
    Command::new("apt-get").arg("--version").output().ok()?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(folder.join("sources")).unwrap();
    fs::create_dir_all(folder.join("lists/partial")).unwrap();
    fs::write(folder.join("listed"), "# mirrors\nhttp://listed.test/debian/\tpriority:1\n").unwrap();
    let sources = sources.replace("FOLDER", &folder.display().to_string());
    fs::write(folder.join("sources").join(file), sources).unwrap();
    let at = folder.display();
    let configuration = format!(
        "Dir::Etc::sourcelist \"/dev/null\"; Dir::Etc::sourceparts \"{at}/sources\"; Dir::State::lists \"{at}/lists\";"
    );
    fs::write(folder.join("apt.conf"), configuration).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("mirror.sh");
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", ". \"$0\"; debian_mirror"])
        .arg(script)
        .env("APT_CONFIG", folder.join("apt.conf"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim_end().to_owned())
}

#[test]
fn deb822_sources_are_read() {
    let sources = "Types: deb\nURIs: http://first.test/debian-security\nSuites: trixie-security\nComponents: main\n\n\
        Enabled: no\nTypes: deb\nURIs: http://off.test/debian\nSuites: trixie\nComponents: main\n\n\
        Types: deb\nURIs: http://on.test/pub/debian/ http://other.test/debian\nSuites: trixie\nComponents: main\n";
    if let Some(found) = mirror("deb822", "debian.sources", sources) {
        assert_eq!(found, "http://on.test/pub/debian");
    }
}

#[test]
fn one_line_sources_are_read() {
    let sources = "# deb http://off.test/debian trixie main\ndeb http://else.test/packages any main\n\
        deb [arch=amd64] http://on.test/debian trixie main contrib\n";
    if let Some(found) = mirror("lines", "debian.list", sources) {
        assert_eq!(found, "http://on.test/debian");
    }
}

#[test]
fn a_list_of_mirrors_is_opened() {
    let sources = "deb mirror+file:FOLDER/listed trixie main\n";
    if let Some(found) = mirror("listed", "debian.list", sources) {
        assert_eq!(found, "http://listed.test/debian");
    }
}

#[test]
fn without_debian_there_is_none() {
    if let Some(found) = mirror("none", "else.list", "deb http://else.test/packages any main\n") {
        assert_eq!(found, "");
    }
}
