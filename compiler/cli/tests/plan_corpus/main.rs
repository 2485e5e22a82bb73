//! `quirkc plan` on every real dump, judged by a second reading of the bytes and by `lspci -F`.
//!
//! Needs a folder of dumps in `QUIRK_CORPUS`; the tests say so and pass where there is none.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod doctor;
mod naive;
mod qemu;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use naive::{Capability, Function, body, dword, extended, functions, is_shown, safe_offset};
use serde_json::Value;

/// Picks an offset for a function.
type Pick<'a> = &'a dyn Fn(&[u8]) -> Option<usize>;

/// No run takes longer.
const TIMEOUT: Duration = Duration::from_secs(20);

fn dumps() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("QUIRK_CORPUS") else {
        eprintln!("skipped: QUIRK_CORPUS names no folder of dumps");
        return Vec::new();
    };
    let entries = std::fs::read_dir(Path::new(&folder).join("hex")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// The bytes of every dump.
fn spaces() -> Vec<Vec<u8>> {
    let read = |path: PathBuf| functions(&String::from_utf8_lossy(&std::fs::read(path).unwrap())).remove(0).bytes;
    dumps().into_iter().map(read).collect()
}

/// Runs `quirkc plan`: exit code and the objects that it printed.
fn plan(config: &Path, args: &[&str]) -> (i32, Vec<Value>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_quirkc"))
        .args(["plan", "--format", "json", "--config"])
        .arg(config)
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut json = String::new();
        stdout.read_to_string(&mut json).map(|_| json)
    });
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > TIMEOUT {
            child.kill().unwrap();
            assert!(started.elapsed() < TIMEOUT, "{} {args:?} does not end", config.display());
        }
        std::thread::sleep(Duration::from_micros(300));
    }
    let json = reader.join().unwrap().unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{} {args:?}: {code:?} {errors}", config.display());
    let value: Value = serde_json::from_str(&json).unwrap();
    let objects = if let Value::Array(objects) = value { objects } else { vec![value] };
    for object in &objects {
        check_shape(object);
    }
    (code.unwrap(), objects)
}

/// What every object must have.
fn check_shape(object: &Value) {
    assert_eq!(object["version"], 1);
    assert!(matches!(object["view"].as_str(), Some("vfio" | "raw")));
    let candidates = object["candidates"].as_array().unwrap();
    let sources = ["visible", "operator", "profile", "entry", "dvsec", "native", "tail"];
    for candidate in candidates {
        assert!(sources.contains(&candidate["source"].as_str().unwrap()), "{candidate}");
        assert!(matches!(candidate["verdict"].as_str(), Some("chosen" | "refused" | "skipped")), "{candidate}");
        assert!(candidate["reason"].is_string() && candidate["offset"].is_null() != candidate["offset"].is_u64());
    }
    let placement = &object["placement"];
    let chosen =
        candidates.iter().filter(|it| it["verdict"] == "chosen" && it["source"] == placement["source"]).count();
    assert_eq!(chosen, usize::from(placement.is_object()), "{object}");
    assert_eq!(object["granted"].is_null(), placement.is_null());
    for capability in object["chain"].as_array().unwrap() {
        assert!(["id", "offset", "length"].iter().all(|key| capability[*key].is_u64()), "{capability}");
    }
    assert!(object["findings"].is_array());
}

fn refusal(object: &Value) -> Option<&str> {
    let candidates = object["candidates"].as_array().unwrap();
    let operator = candidates.iter().find(|candidate| candidate["source"] == "operator")?;
    (operator["verdict"] == "refused").then(|| operator["reason"].as_str().unwrap())
}

/// Runs one plan for all functions that share an offset; the objects and what the guest would see come back in order.
fn plan_at(folder: &Path, offset: usize, members: &[(usize, &[u8])], view: &str) -> (i32, Vec<Value>, Vec<Function>) {
    let config = folder.join(format!("{view}-{offset:x}.txt"));
    let out = folder.join(format!("{view}-{offset:x}.out"));
    std::fs::write(&config, naive::text(members.iter().copied())).unwrap();
    let offset = format!("{offset:#x}");
    let args = ["--view", view, "--pasid", "20", "--offset", &offset, "--write-lspci", out.to_str().unwrap()];
    let (code, objects) = plan(&config, &args);
    let guests = functions(&std::fs::read_to_string(out).unwrap());
    assert_eq!((objects.len(), guests.len()), (members.len(), members.len()));
    (code, objects, guests)
}

/// Groups functions by an offset that each of them gets.
fn by_offset(spaces: &[Vec<u8>], offset: impl Fn(&[u8]) -> Option<usize>) -> BTreeMap<usize, Vec<(usize, &[u8])>> {
    let mut groups: BTreeMap<usize, Vec<(usize, &[u8])>> = BTreeMap::new();
    for (domain, bytes) in spaces.iter().enumerate() {
        if let Some(offset) = offset(bytes) {
            groups.entry(offset).or_default().push((domain, bytes));
        }
    }
    groups
}

/// What vfio-pci shows of the list, by the ids that it shows.
fn shown(list: &[Capability]) -> BTreeSet<Capability> {
    list.iter().copied().filter(|&capability| is_shown(capability)).collect()
}

/// All dumps as they are, decode text and all, in one file.
#[test]
fn without_options_nothing_is_placed_and_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (config, out) = (folder.path().join("all.txt"), folder.path().join("all.out"));
    let (paths, spaces) = (dumps(), spaces());
    if paths.is_empty() {
        return;
    }
    let files: Vec<_> = paths.iter().map(|path| [std::fs::read(path).unwrap(), b"\n\n".to_vec()].concat()).collect();
    std::fs::write(&config, files.concat()).unwrap();
    let (code, objects) = plan(&config, &["--write-lspci", out.to_str().unwrap()]);
    let guests = functions(&std::fs::read_to_string(out).unwrap());
    assert_eq!((code, objects.len(), guests.len()), (0, paths.len(), paths.len()));
    for (((path, raw), object), guest) in paths.iter().zip(&spaces).zip(&objects).zip(&guests) {
        assert!(object["placement"].is_null(), "{}: vfio-pci shows no PASID", path.display());
        assert_eq!(guest.bytes.len(), raw.len(), "{}", path.display());
        check_view(path, raw, &guest.bytes, object);
    }
}

#[test]
fn in_the_raw_view_pasid_is_seen_where_the_device_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let (config, out) = (folder.path().join("all.txt"), folder.path().join("all.out"));
    let spaces = spaces();
    if spaces.is_empty() {
        return;
    }
    std::fs::write(&config, naive::text(spaces.iter().map(Vec::as_slice).enumerate())).unwrap();
    let (code, objects) = plan(&config, &["--view", "raw", "--write-lspci", out.to_str().unwrap()]);
    let guests = functions(&std::fs::read_to_string(out).unwrap());
    assert_eq!((code, objects.len(), guests.len()), (0, spaces.len(), spaces.len()));
    let mut visible = 0;
    for ((object, guest), raw) in objects.iter().zip(guests).zip(&spaces) {
        let pasid = extended(raw).into_iter().find(|capability| capability.id == 0x1b);
        let found = object["placement"]["offset"].as_u64();
        assert_eq!(found, pasid.map(|capability| capability.offset as u64), "{}", guest.address);
        assert!(found.is_none() || object["placement"]["source"] == "visible");
        assert_eq!(&guest.bytes, raw, "{}", guest.address);
        visible += usize::from(found.is_some());
    }
    eprintln!("{visible} visible");
    assert!(visible > 0);
}

/// vfio-pci's view differs from the raw bytes in pointers alone, and loses none of the capabilities that it shows.
fn check_view(path: &Path, raw: &[u8], view: &[u8], object: &Value) {
    let list = extended(raw);
    for at in (0x100..raw.len()).step_by(4).filter(|&at| dword(raw, at) != dword(view, at)) {
        let (old, new) = (dword(raw, at), dword(view, at));
        let is_pointer = list.iter().any(|capability| capability.offset == at) && (old ^ new) & 0xf_ffff == 0;
        assert!(is_pointer || at == 0x100, "{}: {at:#x} {old:08x} {new:08x}", path.display());
    }
    let seen: BTreeSet<_> = extended(view).into_iter().filter(|capability| capability.id != 0).collect();
    // A chain in good order: the view's list is exactly what is shown of the raw one, but for lengths of 0, which hide.
    let expected = shown(&list);
    assert!(seen.is_subset(&expected) || !object["findings"].as_array().unwrap().is_empty(), "{}", path.display());
    let zero =
        |capability: &&Capability| matches!(capability.id, 0x0b | 0x23) && dword(raw, capability.offset + 4) >> 20 == 0;
    let lost: Vec<_> = expected.difference(&seen).filter(|capability| !zero(capability)).collect();
    assert!(lost.is_empty(), "{}: {lost:x?}", path.display());
}

#[test]
fn an_offset_that_is_safe_gets_pasid_and_nothing_else_changes() {
    let folder = tempfile::tempdir().unwrap();
    let spaces = spaces();
    for view in ["vfio", "raw"] {
        let mut placed = 0;
        let mut refused: BTreeMap<String, usize> = BTreeMap::new();
        let mut printed = String::new();
        let mut expected = Vec::new();
        for (offset, members) in by_offset(&spaces, safe_offset) {
            let before = folder.path().join("before");
            let config = folder.path().join(format!("{view}-{offset:x}-before.txt"));
            std::fs::write(&config, naive::text(members.iter().copied())).unwrap();
            plan(&config, &["--view", view, "--write-lspci", before.to_str().unwrap()]);
            let before = functions(&std::fs::read_to_string(before).unwrap());

            let (code, objects, guests) = plan_at(folder.path(), offset, &members, view);
            for ((object, guest), before) in objects.iter().zip(&guests).zip(&before) {
                if object["placement"].is_null() {
                    assert_eq!(guest.bytes, before.bytes, "no placement, no change: {}", guest.address);
                    let reason = refusal(object).expect("an operator's offset is placed or refused");
                    *refused.entry(reason.to_owned()).or_default() += 1;
                    continue;
                }
                assert_eq!(object["placement"]["offset"], offset);
                assert_eq!(object["placement"]["source"], "operator");
                // A description may narrow what the host has.
                let width = object["granted"]["width"].as_u64().and_then(|width| u32::try_from(width).ok()).unwrap();
                assert!((1..=20).contains(&width), "{}: width {width}", guest.address);
                check_placement(guest, &before.bytes, offset, width);
                placed += 1;
                printed += &naive::text(std::iter::once((expected.len(), &guest.bytes[..])));
                expected.push((offset, extended(&before.bytes)));
            }
            let all_placed = objects.iter().all(|object| object["placement"].is_object());
            assert_eq!(code, i32::from(!all_placed));
        }
        eprintln!("view {view}: {placed} placements, refused: {refused:?}");
        if !spaces.is_empty() {
            assert!(placed >= 100, "{placed}");
            let known = ["suspected-capability", "hidden-capability", "host-pasid-not-enabled", "visible", "register"];
            assert!(refused.keys().all(|reason| known.contains(&reason.as_str())), "{refused:?}");
        }
        check_with_lspci(folder.path(), &printed, &expected);
    }
}

/// PASID is there once and can be reached, nothing that could be reached is lost, and no other byte changed.
fn check_placement(guest: &Function, before: &[u8], offset: usize, width: u32) {
    let (address, after) = (&guest.address, &guest.bytes);
    let list = extended(before);
    let new = extended(after);
    let pasid: Vec<_> = new.iter().filter(|capability| capability.id == 0x1b).collect();
    assert_eq!(pasid, [&Capability { offset, id: 0x1b }], "{address}");
    for capability in list.iter().filter(|capability| capability.id != 0) {
        assert!(new.contains(capability), "{address}: {capability:x?} is lost");
    }
    assert_eq!(dword(after, offset) & 0xf_ffff, 0x1_001b, "{address}: version 1");
    assert_eq!(dword(after, offset + 4), width << 8, "{address}: width {width}, nothing enabled");

    // Beside PASID: one pointer, and the controls of ATS and PRI, which read 0.
    let mut pointers = 0;
    let mut at = 0;
    // A function that decodes too few bits of the address shows each byte again, and what is emulated of it too.
    let repeats = |every: usize| (every..before.len()).step_by(every).all(|at| before[at..at + 12] == before[..12]);
    let every = [0x200, 0x400, 0x800].into_iter().find(|&every| repeats(every)).unwrap_or(0x1000);
    let is_copy = |at: usize| at >= every && after[at] == after[at % every];
    while at < after.len() {
        if after[at] == before[at] || (offset..offset + 8).contains(&at) || is_copy(at) {
            at += 1;
            continue;
        }
        let header = at & !3;
        let owner = list.iter().find(|capability| body(before, &list, **capability).contains(&at));
        let control = |id, first| owner.is_some_and(|owner| owner.id == id && at - owner.offset == first);
        if control(0x0f, 6) || control(0x0f, 7) || control(0x13, 4) || control(0x13, 5) {
            assert_eq!(after[at], 0, "{address}: {at:#x}");
            at += 1;
            continue;
        }
        let is_pointer = list.iter().any(|capability| capability.offset == header) || header == 0x100;
        let same_id = (dword(after, header) ^ dword(before, header)) & 0xf_ffff == 0;
        assert!(is_pointer && same_id, "{address}: {at:#x} changed");
        assert_eq!(dword(after, header) >> 20, u32::try_from(offset).unwrap(), "{address}: Next leads to PASID");
        pointers += 1;
        at = header + 4;
    }
    // A list may end in a pointer to nothing, and nothing may be just where PASID goes.
    let leads_there = |capability: &Capability| (dword(before, capability.offset) >> 20) as usize & 0xffc == offset;
    let patched = usize::from(!list.iter().any(leads_there));
    assert_eq!(pointers, patched, "{address}: one pointer was patched");
}

/// lspci finds the same capabilities in what was written.
fn check_with_lspci(folder: &Path, text: &str, expected: &[(usize, Vec<Capability>)]) {
    if Command::new("lspci").arg("--version").output().is_err() {
        eprintln!("skipped: lspci is not installed");
        return;
    }
    let file = folder.join("placed");
    std::fs::write(&file, text).unwrap();
    let output = Command::new("lspci").arg("-F").arg(&file).args(["-vvv", "-D"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8_lossy(&output.stdout);
    let functions: Vec<_> = printed.split("\n\n").filter(|function| !function.trim().is_empty()).collect();
    assert_eq!(functions.len(), expected.len());
    for (function, (offset, before)) in functions.iter().zip(expected) {
        let title = format!("Capabilities: [{offset:x} v1] Process Address Space ID (PASID)");
        assert_eq!(function.matches("Process Address Space ID").count(), 1, "{function}");
        assert!(function.contains(&title), "{title}\n{function}");
        for capability in before.iter().filter(|capability| capability.id != 0) {
            let title = format!("Capabilities: [{:x}", capability.offset);
            assert!(function.contains(&title), "{title}\n{function}");
        }
    }
}

#[test]
fn an_offset_that_is_not_safe_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let spaces = spaces();
    let visible = |bytes: &[u8]| shown(&extended(bytes)).into_iter().collect::<Vec<_>>();
    // Bodies of a fixed length, of kinds that vfio-pci shows, which reach further than the eight bytes.
    let inside = |bytes: &[u8]| {
        let list = extended(bytes);
        let long = visible(bytes).into_iter().filter(|capability| matches!(capability.id, 1 | 3 | 0x10));
        long.map(|capability| body(bytes, &list, capability)).find(|body| body.len() >= 12).map(|body| body.start + 4)
    };
    let header = |bytes: &[u8]| visible(bytes).first().map(|capability| capability.offset);
    let before = |bytes: &[u8]| visible(bytes).iter().find(|it| it.offset > 0x104).map(|it| it.offset - 4);
    let unaligned = |bytes: &[u8]| safe_offset(bytes).map(|offset| offset + 1);
    let half_aligned = |bytes: &[u8]| safe_offset(bytes).map(|offset| offset + 2);
    let at_end = |bytes: &[u8]| header(bytes).map(|_| 0xffc);
    let past_end = |bytes: &[u8]| header(bytes).map(|_| 0x1000);
    let cases: [(&str, &str, Pick<'_>); 7] = [
        ("inside a body", "capability-body", &inside),
        ("on a header", "capability-header", &header),
        ("4 bytes before a header", "capability-header", &before),
        ("unaligned", "unaligned", &unaligned),
        ("half aligned", "unaligned", &half_aligned),
        ("at the end", "out-of-bounds", &at_end),
        ("past the end", "out-of-bounds", &past_end),
    ];
    for (what, reason, pick) in cases {
        let mut refused = 0;
        for (offset, members) in by_offset(&spaces, pick) {
            let (code, objects, _) = plan_at(folder.path(), offset, &members, "vfio");
            assert_eq!(code, 1, "{what} at {offset:#x}");
            for object in &objects {
                assert!(object["placement"].is_null(), "{what}: {}", object["placement"]);
                let function = &object["function"]["address"];
                assert_eq!(refusal(object), Some(reason), "{what} at {offset:#x} of {function}");
                refused += 1;
            }
        }
        eprintln!("{what}: {refused} refused");
        assert!(spaces.is_empty() || refused >= 100, "{what}: {refused}");
    }
}
