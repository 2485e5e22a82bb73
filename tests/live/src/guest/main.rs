//! Runs inside the booted Linux: carries out what the host asks for, one command after the other.
//!
//! Standard input and output are the serial line to the host; the kernel's console is another line.

mod attached;
mod commands;

use std::io::{self, BufRead as _};

use quirk_live_protocol::{Command, Reply};

use commands::Session;

fn main() -> io::Result<()> {
    let mut session = Session::default();
    let mut output = io::stdout().lock();
    send(&mut output, &Ok("ready".into()))?;
    for line in io::stdin().lock().lines() {
        let reply = match serde_json::from_str(&line?) {
            Ok(Command::Quit) => break,
            Ok(command) => session.carry_out(command).map_err(|error| error.to_string()),
            Err(error) => Err(format!("not a command: {error}")),
        };
        send(&mut output, &reply)?;
    }
    Ok(())
}

fn send(output: &mut impl io::Write, reply: &Reply) -> io::Result<()> {
    serde_json::to_writer(&mut *output, reply)?;
    output.write_all(b"\n")?;
    output.flush()
}
