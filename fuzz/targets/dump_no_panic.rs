//! Any bytes as a recorded configuration space: an error or records of the sizes that there are, the same in one piece and in
//! a stream, and what is written of one reads back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quirk_recorded::{Item, SIZES, lspci_text, parse, stream};

fuzz_target!(|bytes: &[u8]| {
    let mut streamed = Vec::new();
    let mut keep = |item| {
        if let Item::Function(record) = item {
            streamed.push(record.original().to_vec());
        }
    };
    let ended = stream(bytes, &mut keep).expect("a slice can be read");
    let Ok(records) = parse(bytes) else {
        assert!(ended.is_err() || streamed.is_empty());
        return;
    };
    assert_eq!(records.iter().map(|record| record.original().to_vec()).collect::<Vec<_>>(), streamed);
    for record in records {
        assert!(SIZES.contains(&record.original().len()));
        let text = lspci_text(record.address(), record.description(), record.original());
        let again = parse(text.as_bytes()).expect("what was written reads");
        assert_eq!((again.len(), again[0].original()), (1, record.original()));
    }
});
