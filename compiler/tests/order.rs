//! Outputs depend on the descriptions alone: not on the order of the files, and not on what a process happens to hash.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};

/// Twelve files that use a common one, each with its own device, evidence and strings.
fn inputs() -> Vec<Input> {
    let file = |at: u32| {
        let text = format!(
            "edition 1;\nuse \"shared.quirk\" as shared;\n\
             device device_{at} {{ name \"Device {}\"; match pci(shared::VENDOR, {at:#x});\n\
             layout {{ register \"block {at}\" @ 0x800 len 0x10 {{ evidence driver \"file {at}\"; }} }}\n\
             free @ 0x400..0x500 {{ evidence vendor \"letter {}\"; }}\n\
             pasid; dvsec shared::gaps in free; allow missing-test \"shows the order\"; }}\n",
            at / 3,
            at % 5,
        );
        Input::Text(format!("{at}.quirk").into(), text)
    };
    (1..=12).map(file).collect()
}

fn outputs(inputs: Vec<Input>) -> (Vec<u8>, String, String) {
    let shared = "edition 1;\nconst VENDOR = 0xfffe;\n\
                  dvsec_format gaps { vendor 0xfffe; id 1; revision 0; form per_gap; }\n";
    let files = Memory::default().with("shared.quirk", shared);
    let compilation = compile(inputs, &Options::default(), &files);
    assert_eq!(compilation.diagnostics().len(), 0, "{:?}", compilation.diagnostics());
    (compilation.database().unwrap().to_vec(), compilation.rust().unwrap(), compilation.c().unwrap())
}

/// A row of constants, one of devices and one of files, each longer than anybody writes: every item is made of the next one.
/// All on one line, as tables name lines.
fn row(length: usize) -> Vec<String> {
    let constants = (0..length).map(|at| format!("const N{at} = N{} + 1;", at + 1));
    let devices =
        (1..length).map(|at| format!("device d{at} like d{} {{ name \"D\"; match pci(0xfffe, N{at}); }}", at - 1));
    let mut items: Vec<String> = constants.chain(devices).collect();
    items.push(format!("const N{length} = 1;"));
    items.push("device d0 { name \"D\"; match pci(0xfffe, N0); layout { cap pcie @ 0x40; } }".to_owned());
    items
}

fn compiled(items: &[String]) -> Result<Vec<u8>, String> {
    let options = Options { off: vec![&quirk_compiler::catalogue::MISSING_TEST], ..Options::default() };
    let text = format!("edition 1; {}", items.join(" "));
    let compilation = compile(vec![Input::Text("row.quirk".into(), text)], &options, &Memory::default());
    let found: Vec<&str> = compilation.diagnostics().iter().map(|found| found.message.as_str()).collect();
    compilation.database().map(<[u8]>::to_vec).ok_or_else(|| found.join("\n"))
}

/// Of files `0`, `1` and so on, each uses the next.
fn text_of(at: usize, length: usize) -> String {
    if at + 1 < length { format!("edition 1; use \"{}\" as next;", at + 1) } else { "edition 1;".to_owned() }
}

#[test]
fn a_row_of_any_length_is_followed_from_either_end() {
    let mut items = row(3_000);
    let forwards = compiled(&items).unwrap();
    items.reverse();
    assert!(compiled(&items).unwrap() == forwards);
}

#[test]
fn a_circle_of_any_length_is_found_from_either_end() {
    let mut items = row(3_000);
    items.retain(|item| !item.starts_with("const N3000 ") && !item.starts_with("device d0 "));
    items.push("const N3000 = N0;".to_owned());
    items.push("device d0 like d2999 { name \"D\"; match pci(0xfffe, 1); }".to_owned());
    for _ in 0..2 {
        let found = compiled(&items).unwrap_err();
        assert_eq!(found.matches("is defined by itself").count(), 1, "{found}");
        assert_eq!(found.matches("is like itself").count(), 1, "{found}");
        items.reverse();
    }
}

#[test]
fn how_many_files_may_use_each_other_in_a_row_is_the_same_from_either_end() {
    let accepts = |length: usize, order: Vec<usize>| {
        let files = (0..length).fold(Memory::default(), |files, at| files.with(at.to_string(), text_of(at, length)));
        let inputs = order.into_iter().map(|at| Input::Path(at.to_string().into()));
        let compilation = compile(inputs.collect(), &Options::default(), &files);
        compilation.diagnostics().is_empty()
    };
    for length in [2, 64, 65, 66, 100] {
        let forwards = accepts(length, (0..length).collect());
        assert_eq!(forwards, accepts(length, (0..length).rev().collect()), "{length}");
        assert_eq!(forwards, length <= 64, "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_items_changes_nothing(items in Just(row(300)).prop_shuffle()) {
        prop_assert_eq!(compiled(&items), compiled(&row(300)));
    }

    #[test]
    fn outputs_do_not_hang_on_the_order_of_files(shuffled in Just((0..12).collect::<Vec<usize>>()).prop_shuffle()) {
        let all = inputs();
        let shuffled = shuffled.into_iter().map(|at| all[at].clone()).collect();
        prop_assert_eq!(outputs(shuffled), outputs(all));
    }
}
