//! The live bench: serves PCI devices to Linux in QEMU, runs the scenarios, prints a table.
//!
//! `run` beside it prepares what this program boots, and starts it.

mod bench;
mod dumps;
mod failure;
mod free_space;
mod guest;
mod image;
mod machine;
mod runner;
mod scenarios;
mod server;
mod view;

use std::path::Path;
use std::process::ExitCode;

use image::Image;

const USAGE: &str = "usage: quirk-live --list
       quirk-live serve IMAGE SOCKET       serve a file of up to 4096 bytes as a PCI device, print every write
       quirk-live run ROOT WORK [SCENARIO..]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--list"] => {
            for scenario in scenarios::ALL {
                println!("{:<18}{}", scenario.name, scenario.summary);
            }
            ExitCode::SUCCESS
        }
        ["serve", image, socket] => match serve(image.as_ref(), socket.as_ref()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => usage(&error.to_string()),
        },
        ["run", root, work, ref wanted @ ..] => {
            let places = guest::Places { root: root.into(), work: work.into() };
            match runner::run(&places, wanted) {
                Ok(true) => ExitCode::SUCCESS,
                Ok(false) => ExitCode::FAILURE,
                Err(failure) => usage(&failure.to_string()),
            }
        }
        _ => usage(USAGE),
    }
}

fn serve(image: &Path, socket: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let bytes = std::fs::read(image)?;
    Ok(server::serve(socket, &Image::from(bytes))?)
}

fn usage(text: &str) -> ExitCode {
    eprintln!("quirk-live: {text}");
    ExitCode::from(2)
}
