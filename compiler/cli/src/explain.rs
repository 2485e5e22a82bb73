//! `quirkc explain`: what a finding means, with an example that has it and the same example mended; or what a reason of `plan` and
//! `devices`, a check of `doctor` or a rule of `diff` or `verify` means, and the way out.

use std::process::ExitCode;

use anstyle::Style;
use quirk_compiler::catalogue;
use quirk_host::Explanation;

use crate::diff::rule::BreakingRule;
use crate::doctor::{self, About};
use crate::failure::Failure;
use crate::output::print;
use crate::verify;

/// Says what a finding or a reason means, and how to mend it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its code or its rule's name, like `QK0302` or `overlap`; or the code of a reason of `plan`, of a check of `doctor` or of a
    /// rule of `diff` or `verify`, like `hidden-capability`
    #[arg(value_name = "CODE|NAME")]
    rule: String,
}

/// Prints the page of the rule.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let wanted = &args.rule;
    // A rule of the compiler and a reason of the runtime may have one name.
    let reason = quirk_host::explain(wanted).map(reason_page);
    let check = doctor::check(wanted).map(check_page);
    let breaking = BreakingRule::find(wanted).map(breaking_page);
    let of_compiler = catalogue::find(wanted).map(catalogue::Rule::page);
    let disagreement = verify::rule::explain(wanted).map(|says| verify_page(wanted, says));
    let pages: Vec<_> = [of_compiler, reason, check, breaking, disagreement].into_iter().flatten().collect();
    if pages.is_empty() {
        let help = catalogue::suggest(wanted).unwrap_or_else(|| {
            "`quirkc rules` lists all rules, `docs/plan.md` all reasons and `docs/doctor.md` all checks".to_owned()
        });
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

/// The page of a check of `doctor`.
fn check_page(check: &About) -> String {
    let About { code, reads, must, linux, .. } = check;
    format!("# {code}\n\nA check of `quirkc doctor`: {must}.\n\nIt reads {reads}. Linux: {linux}.\n")
}

/// The page of a rule of `verify`.
fn verify_page(code: &str, says: &str) -> String {
    format!(
        "# {code}\n\nA disagreement that `quirkc verify` finds: {says}.\n\n## The way out\n\nCorrect the description, or the table or record \
         that it was compared with. Where both are right, say so: `--level {code}=off`.\n"
    )
}

/// The page of a rule of `diff`.
fn breaking_page(rule: BreakingRule) -> String {
    let (code, says) = (rule.word(), rule.says());
    format!(
        "# {code}\n\nA change that `quirkc diff` finds: {says}.\n\n## The way out\n\nTake the change back, or say that it is meant: \
         `--level {code}=warn`, or the `diff` table of `quirkc.toml`.\n"
    )
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
