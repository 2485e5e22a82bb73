//! `quirkc doc`: the pages are whole, lead where they say, and take whatever texts a description has.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const HOSTILE: &str = r#"edition 1;
device mover {
    name "<script>alert(\"1\")</script> & 'Mover'";
    match pci(0xfffe, 0x1001);
    layout {
        cap pcie @ 0x40;
        ext aer @ 0x100;
        register "\"><img src=x onerror=alert(2)>" @ 0x700..0x720 { evidence driver "</td></table><script>"; }
    }
    free @ 0x400..0x480 { evidence vendor "javascript:alert(3)"; }
    pasid { place free; }
}
device second {
    name "Second";
    match pci(0xfffe, [0x1002, 0x1003, 0x1004, 0x1005, 0x1006]);
    pasid none;
    allow missing-test "not written yet";
}
layer shown { match pci(0xfffe, any); hide ext sriov; allow missing-test "none"; }
test "</li><script>" { given device mover; host pasid width 20; expect pasid @ 0x400; }
"#;

fn quirkc(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quirkc")).args(args).output().unwrap()
}

/// Every file of a folder by its path in it.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        for entry in std::fs::read_dir(folder.join(&inner)).unwrap() {
            let path = inner.join(entry.unwrap().file_name());
            if folder.join(&path).is_dir() {
                open.push(path);
            } else {
                let text = std::fs::read_to_string(folder.join(&path)).unwrap();
                found.insert(path.to_str().unwrap().replace('\\', "/"), text);
            }
        }
    }
    found
}

fn site(text: &str, code: i32) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("main.quirk");
    std::fs::write(&source, text).unwrap();
    let out = folder.path().join("site");
    let output = quirkc(&["doc", source.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = folder.path().to_str().unwrap().to_owned();
    files(&out).into_iter().map(|(name, text)| (name, text.replace(&folder, "FOLDER"))).collect()
}

/// The elements of a page that are open at its end, or close what is not open; and the names of all elements.
fn elements(page: &str) -> (Vec<String>, Vec<String>) {
    let (mut open, mut names) = (Vec::new(), Vec::new());
    for tag in page.split('<').skip(1) {
        let (inside, _) = tag.split_once('>').unwrap();
        let name = inside.trim_start_matches('/').split([' ', '\n']).next().unwrap().to_lowercase();
        if name == "!doctype" || matches!(name.as_str(), "meta" | "link" | "br" | "input") {
            continue;
        }
        if inside.starts_with('/') {
            assert_eq!(open.pop().as_ref(), Some(&name), "</{name}> closes it");
        } else {
            names.push(name.clone());
            open.push(name);
        }
    }
    (open, names)
}

#[test]
fn no_text_of_a_description_becomes_markup() {
    let site = site(HOSTILE, 0);
    let pages: Vec<_> = site.iter().filter(|(name, _)| name.ends_with(".html")).collect();
    assert_eq!(pages.len(), 3, "{:?}", site.keys());
    for (name, page) in pages {
        let (open, names) = elements(page);
        assert!(open.is_empty(), "{name}: {open:?}");
        let scripts = names.iter().filter(|name| *name == "script").count();
        assert_eq!(scripts, usize::from(name == "index.html"), "{name}");
        assert!(!names.contains(&"img".to_owned()), "{name}");
        assert!(!page.contains("=javascript") && !page.contains("=\"javascript"), "{name}");
    }
    let page = &site["device/mover.html"];
    for text in [
        "&lt;script&gt;alert(&quot;1&quot;)",
        "&lt;img src=x onerror=alert(2)&gt;",
        "&lt;/table&gt;",
        "javascript:alert(3)",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn every_link_leads_to_a_file_or_a_row() {
    let site = site(HOSTILE, 0);
    let mut links = 0;
    for (name, page) in site.iter().filter(|(name, _)| name.ends_with(".html")) {
        for link in ["href=\"", "src=\""].iter().flat_map(|mark| page.split(mark).skip(1)) {
            let link = link.split('"').next().unwrap();
            links += 1;
            if let Some(row) = link.strip_prefix('#') {
                assert!(page.contains(&format!("id=\"{row}\"")), "{name}: {link}");
                continue;
            }
            assert!(!link.contains(':') && !link.starts_with('/'), "{name}: {link} leaves the site");
            let folder = Path::new(name).parent().unwrap();
            let target = match link.strip_prefix("../") {
                Some(above) => above.to_owned(),
                None => folder.join(link).to_str().unwrap().replace('\\', "/"),
            };
            assert!(site.contains_key(&target), "{name}: {link}");
        }
    }
    assert!(links > 10, "{links}");
}

#[test]
fn the_same_descriptions_make_the_same_bytes() {
    assert_eq!(site(HOSTILE, 0), site(HOSTILE, 0));
}

#[test]
fn a_page_says_what_the_description_does() {
    let site = site(HOSTILE, 0);
    let page = &site["device/mover.html"];
    for text in [
        "match pci(0xfffe, 0x1001);",
        "at 0x400, at most 20 bits",
        "0x700..0x720",
        "<strong class=\"passed\">passed</strong> &lt;/li&gt;",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(site["device/second.html"].contains("none: the device must not have it"));
    let index = &site["index.html"];
    for text in ["2 devices", "data-ids=\"fffe:1001\"", "and 2 more", "<code>shown</code>"] {
        assert!(index.contains(text), "{text}");
    }
}

#[test]
fn errors_write_nothing_and_a_failing_test_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("main.quirk");
    let out = folder.path().join("site");
    std::fs::write(&source, "edition 1;\ndevice d { nme \"D\"; }\n").unwrap();
    let args = ["doc", source.to_str().unwrap(), "-o", out.to_str().unwrap()];
    let output = quirkc(&args);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("QK0106") && !out.exists());
    let site = site(&HOSTILE.replace("expect pasid @ 0x400", "expect pasid @ 0x404"), 1);
    assert!(site["device/mover.html"].contains("<strong class=\"failed\">failed</strong>"));
    assert_eq!(quirkc(&["doc", "/nonexistent.quirk", "-o", out.to_str().unwrap()]).status.code(), Some(2));
}

#[test]
fn the_object_names_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("main.quirk");
    let out = folder.path().join("site");
    std::fs::write(&source, HOSTILE.replace("expect pasid @ 0x400", "expect pasid @ 0x404")).unwrap();
    let args = ["doc", source.to_str().unwrap(), "-o", out.to_str().unwrap(), "--format", "json"];
    let output = quirkc(&args);
    assert_eq!(output.status.code(), Some(1));
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let schema = serde_json::from_str(include_str!("../../../docs/doc.schema.json")).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&object), "{object}");
    let written: Vec<_> = files(&out).into_keys().collect();
    let mut named: Vec<_> = object["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    named.sort_unstable();
    assert_eq!(named, written);
    let mover = &object["devices"][0];
    assert_eq!(
        (&mover["page"], &mover["tests"], &mover["failed"]),
        (&"device/mover.html".into(), &1.into(), &1.into())
    );
    assert_eq!(object["layers"][0]["name"], "shown");
    std::fs::write(&source, "edition 1;\ndevice d { nme \"D\"; }\n").unwrap();
    let output = quirkc(&args);
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.code() == Some(1) && object.to_string().contains("QK0106"), "{object}");
}

/// A reader of a site does not learn where it was made.
#[test]
fn a_page_does_not_say_where_the_descriptions_lie() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("descriptions");
    std::fs::create_dir_all(inner.join("sub")).unwrap();
    std::fs::write(inner.join("sub/main.quirk"), HOSTILE).unwrap();
    let (inner, out) = (inner.to_str().unwrap(), folder.path().join("site"));
    let file = format!("{inner}/sub/main.quirk");
    for (path, named) in [(inner, "sub/main.quirk:2"), (file.as_str(), "main.quirk:2")] {
        let args = ["doc", path, "-o", out.to_str().unwrap(), "--playground", "play.html", "--format", "json"];
        let output = quirkc(&args);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let files = files(&out);
        assert!(files.values().all(|text| !text.contains(folder.path().to_str().unwrap())));
        assert!(files.values().any(|text| text.contains(named)));
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(report.contains(&format!("\"source\": \"{named}\"")) && !report.contains(inner), "{report}");
    }
}

/// The library of real devices is a site too.
#[test]
fn the_library_is_a_site() {
    let folder = tempfile::tempdir().unwrap();
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../quirks");
    let output = quirkc(&["doc", library.to_str().unwrap(), "-o", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let files = files(folder.path());
    assert!(files.len() > 100, "{}", files.len());
    for (name, page) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert!(elements(page).0.is_empty(), "{name}");
    }
}

/// The texts of a link into the playground, read as its page reads them.
fn shared(page: &str, address: &str) -> serde_json::Value {
    let link = page.split("href=\"").find_map(|rest| rest.strip_prefix(address)).unwrap();
    let coded = link.split('"').next().unwrap().strip_prefix("#v1=").unwrap();
    let digit = |digit: u8| match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let bits: String = coded.bytes().map(|each| format!("{:06b}", digit(each))).collect();
    let whole = bits.len() / 8 * 8;
    let bytes: Vec<u8> = (0..whole).step_by(8).map(|at| u8::from_str_radix(&bits[at..at + 8], 2).unwrap()).collect();
    serde_json::from_reader(flate2::read::DeflateDecoder::new(&bytes[..])).unwrap()
}

#[test]
fn each_device_leads_into_the_playground_with_all_that_its_text_uses() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let device = |name: &str, id: &str| {
        format!(
            "device {name} {{ name \"{name}\"; match pci(ids::V, {id}); pasid none; allow missing-test \"none\"; }}\n"
        )
    };
    let one = format!("edition 1;\nuse \"below/ids.quirk\" as ids;\n{}", device("one", "1"));
    let two = format!("edition 1;\nuse \"shared.quirk\" as ids;\n// \u{fc}ber\n{}", device("two", "2"));
    let ids = "edition 1;\nconst V = 0xfffe;\n";
    for (name, text) in
        [("one.quirk", &*one), ("two.quirk", &two), ("below/ids.quirk", ids), ("library/shared.quirk", ids)]
    {
        write(name, text);
    }
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let address = "https://example.org/play?a&b";
    let doc = |more: &[&str]| {
        let (one, two, library, out) = (path("one.quirk"), path("two.quirk"), path("library"), path("site"));
        let mut args = vec!["doc", &one, &two, "-L", &library, "-o", &out];
        args.extend(more);
        let output = quirkc(&args);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        files(&folder.path().join("site"))
    };
    let site = doc(&["--playground", address]);
    let texts = |pairs: &[(&str, &str)]| {
        let text = |(name, text): &(&str, &str)| serde_json::json!({ "name": name, "text": text });
        serde_json::json!({ "texts": pairs.iter().map(text).collect::<Vec<_>>() })
    };
    let written = address.replace('&', "&amp;");
    let found = |name: &str| shared(&site[&format!("device/{name}.html")], &written);
    assert_eq!(found("one"), texts(&[("one.quirk", &one), ("below/ids.quirk", ids)]));
    assert_eq!(found("two"), texts(&[("two.quirk", &two), ("shared.quirk", ids)]));
    assert!(doc(&[]).values().all(|page| !page.contains("playground")));
    write("quirkc.toml", "playground = \"https://example.org/configured\"\n");
    let configured = doc(&[]);
    assert_eq!(shared(&configured["device/one.html"], "https://example.org/configured"), found("one"));
    assert_eq!(doc(&["--playground", address]), site, "what is said counts before what is configured");
    assert!(doc(&["--no-config"]).values().all(|page| !page.contains("playground")));
    for (wrong, why) in
        [("\"javascript:alert(1)\"", "is not an address of a page"), ("7", "expected the address of a page")]
    {
        write("quirkc.toml", &format!("playground = {wrong}\n"));
        let output = quirkc(&["doc", &path("one.quirk"), "-o", &path("site")]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2));
        assert!(told.contains("quirkc.toml:1:14: ") && told.contains(why), "{told}");
    }
    write("quirkc.toml", "");
    let wrong = quirkc(&["doc", &path("one.quirk"), "-o", &path("site"), "--playground", "javascript:alert(1)"]);
    assert_eq!(wrong.status.code(), Some(2));
}
