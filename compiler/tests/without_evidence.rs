//! Tables without the words of evidence: smaller, and the same in all that decides something.

#![expect(clippy::unwrap_used, reason = "tests")]

use quirk_compiler::files::Memory;
use quirk_compiler::{Compilation, Input, Options, compile};
use quirk_runtime::tables::{Claim, Device};
use quirk_runtime::{Database, Evidence};

const TEXT: &str = "edition 1;
source manual = datasheet \"Mover Data Sheet, rev. 1.0, 4.2\";
source letter = vendor \"letter 12\";
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    evidence dump \"github.com/example/machines\" seen 7;
    layout { cap pcie @ 0x40; ext aer @ 0x100; register \"mailbox\" @ 0x700 len 4 { evidence manual; } }
    free @ 0x400..0x500 { evidence [manual, letter]; }
    pasid { place free; }
}
";

fn compiled(without_evidence: bool) -> Compilation {
    let input = Input::Text("mover.quirk".into(), TEXT.to_owned());
    compile(vec![input], &Options { without_evidence, ..Options::default() }, &Memory::default())
}

/// Of the device: every claim of the layout and of the free range, its words aside; and these.
fn claims(bytes: &[u8]) -> (Vec<(Evidence, u32)>, Vec<String>) {
    let database = Database::load(bytes).unwrap();
    let device = database.all::<Device>().next().unwrap();
    let layout = database.list(device.layout).map(|entry| entry.evidence);
    let lists = layout.chain(database.list(device.free).map(|free| free.evidence));
    let all: Vec<Claim> = lists.flat_map(|list| database.list(list)).collect();
    let text = |claim: &Claim| database.text(claim.text).to_owned();
    (all.iter().map(|claim| (claim.evidence, claim.seen)).collect(), all.iter().map(text).collect())
}

#[test]
fn who_vouches_stays_and_the_words_go() {
    let (whole, short) = (compiled(false), compiled(true));
    let (whole, short) = (whole.database().unwrap(), short.database().unwrap());
    let ((kinds, words), (kinds_here, words_here)) = (claims(whole), claims(short));
    assert_eq!(kinds, kinds_here);
    let expected = [
        (Evidence::Dump, 7),
        (Evidence::Dump, 7),
        (Evidence::Datasheet, 0),
        (Evidence::Datasheet, 0),
        (Evidence::Vendor, 0),
    ];
    assert_eq!(kinds, expected);
    assert!(words.iter().all(|text| !text.is_empty()) && words_here.iter().all(String::is_empty));
    // Three texts, each once, with two bytes of length.
    let texts = ["Mover Data Sheet, rev. 1.0, 4.2", "github.com/example/machines", "letter 12"];
    assert_eq!(whole.len() - short.len(), texts.iter().map(|text| text.len() + 2).sum::<usize>());
}
