//! Whatever is given to QEMU for a real device keeps that device's list: a second model of QEMU 11 is the judge.

use std::collections::BTreeMap;
use std::process::Command;

use crate::naive::{self, Capability, body, dword, extended, functions, is_shown, safe_offset};
use crate::spaces;

/// QEMU leaves these out; the last two not always.
const LEFT_OUT: [&[u32]; 2] = [&[0, 0x0e, 0x10], &[0, 0x0e, 0x10, 0x15, 0x0f]];

fn put(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// Links the list anew, as QEMU does before it inserts anything.
fn relinked(view: &[u8], left_out: &[u32]) -> Vec<u8> {
    let mut bytes = view.to_vec();
    let list = extended(view);
    put(&mut bytes, 0x100, 0xffff);
    let mut last = 0x100;
    for Capability { offset, .. } in list.into_iter().filter(|each| !left_out.contains(&each.id)) {
        let header = dword(view, offset) & 0xf_ffff;
        if offset != 0x100 {
            let before = dword(&bytes, last) & 0xf_ffff;
            put(&mut bytes, last, before | u32::try_from(offset << 20).unwrap());
        }
        put(&mut bytes, offset, header);
        last = offset;
    }
    bytes
}

/// QEMU's insertion; `None` if it does not come to an end.
fn inserted(mut bytes: Vec<u8>, offset: usize) -> Option<Vec<u8>> {
    let next = |bytes: &[u8], at| dword(bytes, at) as usize >> 20 & 0xffc;
    let mut at = 0x100;
    let mut steps = 0;
    while next(&bytes, at) != 0 && next(&bytes, at) <= offset && dword(&bytes, next(&bytes, at)) != 0 {
        at = next(&bytes, at);
        steps += 1;
        if steps > 4096 {
            return None;
        }
    }
    let behind = dword(&bytes, at) & 0xffc0_0000;
    put(&mut bytes, offset, behind | 0x1_001b);
    put(&mut bytes, offset + 4, 0x1400);
    let header = dword(&bytes, at) & 0x3f_ffff;
    put(&mut bytes, at, header | u32::try_from(offset << 20).unwrap());
    Some(bytes)
}

/// PASID once, and everything that QEMU shows.
fn check(address: &str, view: &[u8], offset: usize) {
    for left_out in LEFT_OUT {
        let before = relinked(view, left_out);
        let kept = extended(&before);
        let after = inserted(before, offset).unwrap_or_default();
        assert!(!after.is_empty(), "{address}: {offset:#x} hangs QEMU");
        let list = extended(&after);
        let pasid: Vec<_> = list.iter().filter(|each| each.id == 0x1b).map(|each| each.offset).collect();
        assert_eq!(pasid, [offset], "{address}");
        let lost: Vec<_> = kept.iter().filter(|each| !list.contains(each)).collect();
        assert!(lost.is_empty(), "{address}: {offset:#x} loses {lost:x?}");
        assert_eq!(list.len(), kept.len() + 1, "{address}");
    }
}

/// Offsets that are tried on a device: good ones, and those at which QEMU is known to go wrong.
fn offsets(raw: &[u8]) -> Vec<usize> {
    let list = extended(raw);
    let mut offsets = vec![0x104, 0x128, 0x140, 0x400, 0x7f8, 0xff8];
    offsets.extend(safe_offset(raw));
    for &capability in list.iter().filter(|each| is_shown(**each)) {
        let body = body(raw, &list, capability);
        offsets.extend([body.start.saturating_sub(4), body.start.saturating_sub(8), body.start + 4, body.end]);
    }
    offsets.retain(|offset| (0x104..=0xff8).contains(offset) && offset % 4 == 0);
    offsets.sort_unstable();
    offsets.dedup();
    offsets
}

/// What vfio-pci shows of every dump.
fn views(folder: &std::path::Path, spaces: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let (config, out) = (folder.join("all.txt"), folder.join("all.out"));
    std::fs::write(&config, naive::text(spaces.iter().map(Vec::as_slice).enumerate())).unwrap();
    crate::plan(&config, &["--write-lspci", out.to_str().unwrap()]);
    functions(&std::fs::read_to_string(out).unwrap()).into_iter().map(|function| function.bytes).collect()
}

#[test]
fn what_is_given_to_qemu_keeps_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let spaces = spaces();
    if spaces.is_empty() {
        return;
    }
    let views = views(folder.path(), &spaces);
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, raw) in spaces.iter().enumerate().filter(|(_, raw)| raw.len() == 4096) {
        offsets(raw).into_iter().for_each(|offset| groups.entry(offset).or_default().push(at));
    }
    let (mut given, mut refused, mut corrupting) = (0, 0, 0);
    for (offset, members) in groups {
        // Somebody who vouches for the offset on every device, rightly or not.
        let quirk = folder.path().join("all.quirk");
        let text = format!(
            "edition 1;\ndevice all {{ name \"All\"; match pci(any, any); \
             free @ {offset:#x}..{:#x} {{ evidence datasheet \"none\"; }} pasid {{ place free; }} }}\n",
            offset + 8
        );
        std::fs::write(&quirk, text).unwrap();
        let config = folder.path().join("dump.txt");
        std::fs::write(&config, naive::text(members.iter().map(|&at| (at, &spaces[at][..])))).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_quirkc"))
            .args(["plan", "--format", "qemu", "--offset", &format!("{offset:#x}"), "--config"])
            .arg(&config)
            .arg("--quirks")
            .arg(&quirk)
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{errors}");
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<_> = text.lines().filter(|line| line.starts_with("-device vfio-pci,")).collect();
        for line in &lines {
            let domain = line.split("host=").nth(1).and_then(|rest| rest.split(':').next()).unwrap();
            let at = usize::from_str_radix(domain, 16).unwrap();
            assert!(line.ends_with(&format!(",x-vpasid-cap-offset={offset:#x}")), "{line}");
            check(domain, &views[at], offset);
        }
        let refusals = errors.lines().filter(|line| line.starts_with("refused: ")).count();
        assert_eq!(lines.len() + refusals, members.len(), "{errors}");
        corrupting += errors.matches("would write over the header").count();
        given += lines.len();
        refused += refusals;
    }
    eprintln!("{given} given, {refused} refused, of these {corrupting} where QEMU would write over a header");
    assert!(given >= 100 && corrupting >= 100, "{given} {corrupting}");
}
