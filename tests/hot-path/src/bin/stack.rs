//! Attaches on a thread with a stack of so many bytes: to a function that is described, with three layers, PASID placed. `run` has
//! valgrind say how much of it was used.

#[path = "../memory.rs"]
mod memory;

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use quirk_runtime::{Database, HostPasid, Identity, Policy, VirtualConfig};

use memory::Memory;

static DATABASE: Database<'static> = quirk_macros::include_quirks!("layers.quirk");

const HOST: HostPasid = HostPasid::new(20).with_execute(true).with_privileged(true);

/// Whether a configuration is what it is to be.
fn is_whole<D>(config: &VirtualConfig<'_, D>) -> bool {
    let decision = config.decision();
    let layers = decision.layers.iter().filter(|layer| layer.refused.is_none()).count();
    decision.placement.is_some() && layers == 3
}

/// Attaches on the stack, as most do.
fn attach(device: &Memory) -> bool {
    let identity = Identity::new(0xfffe, 0x1001);
    let config = VirtualConfig::attach(device, black_box(&[DATABASE]), &identity, Some(HOST), &Policy::DEFAULT);
    config.as_ref().is_ok_and(is_whole)
}

static CONFIG: Mutex<VirtualConfig<'static, Memory>> = Mutex::new(VirtualConfig::unattached(memory::device()));

/// Attaches where the configuration stays, which is not on the stack.
fn attach_in_place() -> bool {
    let identity = Identity::new(0xfffe, 0x1001);
    let mut config = CONFIG.lock().unwrap_or_else(PoisonError::into_inner);
    let attached = config.attach_in_place(black_box(&[DATABASE]), &identity, Some(HOST), &Policy::DEFAULT);
    attached.is_ok() && is_whole(&config)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [how, bytes] = &arguments[..] else { return ExitCode::from(2) };
    let Ok(bytes) = bytes.parse() else { return ExitCode::from(2) };
    let thread = thread::Builder::new().stack_size(bytes);
    let attached = match how.as_str() {
        "nothing" => thread.spawn(|| true),
        "attach" => {
            let device = Box::new(memory::device());
            thread.spawn(move || attach(&device))
        }
        "attach-in-place" => thread.spawn(attach_in_place),
        _ => return ExitCode::from(2),
    };
    match attached.map(thread::JoinHandle::join) {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
