//! The C output: compiled with every compiler that is there, without a warning, and asked.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::queries::Query;

/// What the program said.
pub(crate) struct Answers {
    pub(crate) facts: Vec<String>,
    pub(crate) ids: Vec<String>,
    pub(crate) found: Vec<String>,
}

/// Compiles the header into a program and asks it; none if there is no compiler.
pub(crate) fn run(header: &str, queries: &[Query]) -> Option<Answers> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("quirk.h"), header).unwrap();
    std::fs::write(folder.path().join("probe.c"), include_str!("probe.c")).unwrap();
    // A program that includes the header and uses nothing of it: nobody may be told of unused functions.
    std::fs::write(folder.path().join("idle.c"), "#include \"quirk.h\"\n\nint main(void)\n{\n\treturn 0;\n}\n")
        .unwrap();
    let (compilers, absent): (Vec<&str>, Vec<&str>) =
        ["gcc", "clang", "cc"].into_iter().partition(|name| is_there(name));
    println!("C output compiled with {}; skipped, not there: {}", compilers.join(", "), absent.join(", "));
    for compiler in &compilers {
        compile(folder.path(), compiler, "idle.c");
        compile(folder.path(), compiler, "probe.c");
    }
    compilers.first()?;
    Some(ask(folder.path(), queries))
}

fn is_there(compiler: &str) -> bool {
    Command::new(compiler).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn compile(folder: &Path, compiler: &str, program: &str) {
    let warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"];
    let output = Command::new(compiler)
        .current_dir(folder)
        .args(["-std=c11", "-O1", "-o", "probe", program])
        .args(warnings)
        .output()
        .unwrap();
    assert!(output.status.success(), "{compiler}: {}", String::from_utf8_lossy(&output.stderr));
}

fn ask(folder: &Path, queries: &[Query]) -> Answers {
    let mut program = Command::new(folder.join("probe")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let input: String = queries.iter().map(Query::line).collect();
    let mut stdin = program.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let mut answers = Answers { facts: vec![], ids: vec![], found: vec![] };
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        match line.split_once(' ') {
            Some(("found", name)) => answers.found.push(name.to_owned()),
            Some(("id", id)) => answers.ids.push(id.to_owned()),
            _ => answers.facts.push(line.to_owned()),
        }
    }
    answers
}
