//! `quirkc plan`: attaches to a recorded device, and shows what would happen.

mod args;
mod command;
mod function;
mod linux;
mod qemu;
mod report;
mod text;
mod way_out;

use std::path::Path;
use std::process::ExitCode;

pub(crate) use args::Args;
use args::Format;
use command::Commands;
use function::Plan;
pub(crate) use way_out::{Near, WayOut};

use quirk_recorded::LspciDomain;

use crate::failure::Failure;
use crate::output::{self, print, remark};
use crate::pci_ids::Names;

/// Plans each function of the dump, prints it, and writes what the guest would see.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    if args.format.is_for_qemu() && !args.setting.policy.layer.is_empty() {
        return Err(Failure::new("`--layer` is not for QEMU: it shows no layers").help("leave it out"));
    }
    let subjects = args.subjects()?;
    if args.write_config.is_some() && subjects.len() > 1 {
        let message = format!("`--write-config` writes one function, but the dump holds {}", subjects.len());
        return Err(Failure::new(message).help("pick one with `--function`, or write all with `--write-lspci`"));
    }
    let descriptions = args.setting.policy.descriptions()?;
    let databases = descriptions.databases()?;
    let mut layers = args.setting.policy.layers(&databases)?;
    if args.format.is_for_qemu() {
        // QEMU shows none.
        layers.disable_all(&databases);
    }
    let names = Names::read(args.pci_ids.as_deref())?;
    let mut plans =
        subjects.iter().map(|subject| Plan::new(subject, args, &layers, &databases)).collect::<Result<Vec<_>, _>>()?;

    for function in plans.iter_mut().map(|plan| &mut plan.report.function) {
        if function.description.is_empty() {
            function.product = names.device(function.vendor, function.device);
        }
    }
    if let (Some(path), [plan]) = (&args.write_config, &plans[..]) {
        write(path, &plan.guest)?;
    }
    if let Some(path) = &args.write_lspci {
        write(path, lspci_file(&plans)?.as_bytes())?;
    }
    if args.format.is_for_qemu() {
        let Commands { text, remarks } = command::write(&plans, args.format, args.viommu)?;
        print(&text)?;
        remark(&remarks);
        return Ok(ExitCode::from(u8::from(plans.iter().any(|plan| plan.qemu.is_err()))));
    }
    print(&if args.format == Format::Json { json(&plans)? } else { text(&plans)? })?;
    let refused = plans.iter().any(|plan| plan.refused);
    Ok(ExitCode::from(u8::from(refused)))
}

/// The functions that `lspci -F` reads; those that it would pass over without a word are named.
fn lspci_file(plans: &[Plan<'_>]) -> Result<String, Failure> {
    let mut text = String::new();
    for plan in plans {
        let address = plan.address();
        let name = address.map_or_else(String::new, |address| address.to_string());
        match LspciDomain::of(address) {
            LspciDomain::Always => {}
            LspciDomain::ByVersion => {
                remark(&format!(
                    "note: {name}: not every `lspci` reads a domain of more than four digits; 3.9 takes five\n"
                ));
            }
            LspciDomain::Never => {
                remark(&format!("note: {name} is not written: no `lspci` reads a domain of more than six digits\n"));
                continue;
            }
        }
        text += &plan.lspci_text();
    }
    if text.is_empty() {
        return Err(Failure::new("no `lspci` reads a domain of more than six digits")
            .help("write the bytes alone with `--write-config`"));
    }
    Ok(text)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| Failure::with_file(path, format_args!("cannot be written: {error}")))
}

fn json(plans: &[Plan<'_>]) -> Result<String, Failure> {
    let reports: Vec<_> = plans.iter().map(|plan| &plan.report).collect();
    if let [report] = reports[..] { output::json(report) } else { output::json(&reports) }
}

fn text(plans: &[Plan<'_>]) -> Result<String, Failure> {
    let mut out = String::new();
    for (at, plan) in plans.iter().enumerate() {
        out += if at == 0 { "" } else { "\n\n" };
        text::write(&mut out, &plan.report, &plan.map).map_err(Failure::new)?;
    }
    Ok(out)
}
