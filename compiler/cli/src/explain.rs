//! `quirkc explain`: what a finding means, with an example that has it and the same example mended; or what a reason of `plan`,
//! `doctor` and `devices` means, and the way out.

use std::process::ExitCode;

use anstyle::Style;
use quirk_compiler::catalogue;
use quirk_host::Explanation;

use crate::failure::Failure;
use crate::output::print;

/// Says what a finding or a reason means, and how to mend it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its code or its rule's name, like `QK0302` or `overlap`; or the code of a reason, like `hidden-capability`
    #[arg(value_name = "CODE|NAME")]
    rule: String,
}

/// Prints the page of the rule.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let wanted = &args.rule;
    // A rule of the compiler and a reason of the runtime may have one name.
    let reason = quirk_host::explain(wanted).map(reason_page);
    let pages: Vec<_> = catalogue::find(wanted).map(catalogue::Rule::page).into_iter().chain(reason).collect();
    if pages.is_empty() {
        let help = catalogue::suggest(wanted)
            .unwrap_or_else(|| "`quirkc rules` lists all rules, and `docs/plan.md` all reasons".to_owned());
        return Err(Failure::new(format_args!("there is no rule and no reason `{wanted}`")).help(help));
    }
    print(&with_bold_headings(&pages.join("\n")))?;
    Ok(ExitCode::SUCCESS)
}

/// The page of a reason, a finding or a check.
fn reason_page(each: &Explanation) -> String {
    let Explanation { code, meaning, way_out } = each;
    format!("# {code}\n\n{meaning}\n\n## The way out\n\n{}.\n", with_capital(way_out))
}

fn with_capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn with_bold_headings(page: &str) -> String {
    let bold = Style::new().bold();
    let line = |line: &str| if line.starts_with('#') { format!("{bold}{line}{bold:#}\n") } else { format!("{line}\n") };
    page.lines().map(line).collect()
}
