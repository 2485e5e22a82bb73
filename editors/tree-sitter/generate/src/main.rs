//! Makes `src/` of the tree-sitter grammar in a folder from its `grammar.js`, which `node` reads.

use std::process::ExitCode;

use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// The oldest version of parsers that editors of the day still read, Neovim 0.7 among them.
const ABI: usize = 14;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("generate: needs the folder of the grammar");
        return ExitCode::from(2);
    };
    let none = None::<&str>;
    match generate_parser_in_directory(&folder, none, none, ABI, None, Some("node"), true, OptLevel::default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate: {error}");
            ExitCode::FAILURE
        }
    }
}
