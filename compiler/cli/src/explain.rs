//! `quirkc explain`: what a finding means, with an example that has it and the same example mended.

use std::process::ExitCode;

use anstyle::Style;
use quirk_compiler::catalogue;

use crate::failure::Failure;
use crate::output::print;

/// Says what a finding means, and how to mend it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its code or its rule's name, like `QK0302` or `overlap`
    #[arg(value_name = "CODE|NAME")]
    rule: String,
}

/// Prints the page of the rule.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let wanted = &args.rule;
    let Some(rule) = catalogue::find(wanted) else {
        let help = catalogue::suggest(wanted).unwrap_or_else(|| "`quirkc rules` lists all rules".to_owned());
        return Err(Failure::new(format_args!("there is no rule `{wanted}`")).help(help));
    };
    print(&with_bold_headings(&rule.page()))?;
    Ok(ExitCode::SUCCESS)
}

fn with_bold_headings(page: &str) -> String {
    let bold = Style::new().bold();
    let line = |line: &str| if line.starts_with('#') { format!("{bold}{line}{bold:#}\n") } else { format!("{line}\n") };
    page.lines().map(line).collect()
}
