//! Outputs hang on the descriptions alone: not on the order of the files, and not on what a process happens to hash.

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn outputs_do_not_hang_on_the_order_of_files(shuffled in Just((0..12).collect::<Vec<usize>>()).prop_shuffle()) {
        let all = inputs();
        let shuffled = shuffled.into_iter().map(|at| all[at].clone()).collect();
        prop_assert_eq!(outputs(shuffled), outputs(all));
    }
}
