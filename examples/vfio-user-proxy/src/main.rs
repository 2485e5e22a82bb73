//! Serves the function that a guest should see over vfio-user; see `--help` and the README beside it.
#![forbid(unsafe_code)]

mod args;
mod below;
mod failure;
mod without_rom;

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use quirk_host::Descriptions;
use quirk_runtime::capability::Space;
use quirk_runtime::chain::{Step, Walk};
use quirk_runtime::{Effect, Finding, VirtualConfig};
use quirk_vfio_user::Service;
use vfio_user_proxy::{Proxy, describe};

use args::Args;
use below::{Below, Device};
use failure::Failure;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    // The server's thread uses them until the program ends.
    let descriptions: &'static Descriptions = Box::leak(Box::new(args.policy.descriptions()?));
    let databases = descriptions.databases()?;
    let layers = args.policy.layers(&databases)?;
    let params = layers.params();
    let choices = layers.choices(&params);
    let Below { device, identity, host, hidden, may_scan } = Below::open(args)?;
    let policy = args
        .policy
        .policy(&choices, &layers.disabled)?
        .with_confirmed(hidden.as_deref().unwrap_or_default())
        .with_viommu_width(args.host.viommu_pasid)
        // A record answers for a host that will enable PASID, and no read disturbs it.
        .with_what_if(may_scan)
        .with_scan_gaps(may_scan)
        .with_expose_free_space(args.expose_free_space);
    let config = VirtualConfig::attach(device, &databases, &identity, host, &policy).map_err(Failure::new)?;
    say(config.decision());
    if config.decision().operator_refused() {
        return Err(Failure::refused("PASID cannot be where it was asked for"));
    }
    if args.require_pasid && config.decision().placement.is_none() {
        return Err(Failure::refused("PASID cannot be placed"));
    }

    ends(&config)?;

    let proxy = Arc::new(Proxy::new(config, tell));
    let service = args.bar.iter().fold(Service::default(), |service, &(index, size)| service.with_bar(index, size));
    let on_reset = {
        let proxy = Arc::clone(&proxy);
        move || reset(&proxy)
    };
    let server = service.on_reset(on_reset).serve(&args.listen, proxy).map_err(Failure::new)?;
    say(format_args!("serving at {}", args.listen.display()));
    server.wait().map_err(Failure::new)?;
    say("the client closed the connection");
    Ok(())
}

/// A VMM may not start with a list of capabilities that does not end. Where PASID is placed, or what vfio-pci hides is
/// unlinked, both lists are mended; what is shown as it is stays as it is.
fn ends(config: &VirtualConfig<'_, Device>) -> Result<(), Failure> {
    for space in [Space::Conventional, Space::Extended] {
        for step in Walk::of(config, space).map_err(Failure::new)? {
            if let Step::Finding(
                finding @ (Finding::ChainLoop { .. } | Finding::ChainBelowRange { .. } | Finding::ChainDead { .. }),
            ) = step.map_err(Failure::new)?
            {
                return Err(Failure::refused(format_args!("the function's list of capabilities is broken: {finding}")));
            }
        }
    }
    Ok(())
}

fn tell(effect: Effect) {
    say(format_args!("effect: {}", describe(&effect)));
}

fn reset(proxy: &Proxy<'_, Device>) -> std::io::Result<()> {
    say("reset by the client");
    proxy.reset();
    proxy.config().device().reset()
}

/// Prints a line. That nobody reads it any more must not end the service.
fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
