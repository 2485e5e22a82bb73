//! Makes a draft hold: what the compiler refuses is written another way or becomes a comment, and the test passes.

use std::path::PathBuf;

use quirk_compiler::diagnostic::Severity;
use quirk_compiler::files::Disk;
use quirk_compiler::{Compilation, Input, Options, compile};
use quirk_map::list;
use quirk_runtime::capability::Space;
use quirk_runtime::{Database, Function, HostPasid, Kernel, Policy, TrappedMirrors, VirtualConfig, vfio_view};

use crate::draft::{Draft, Pasid};
use crate::error::Error;
use crate::group::Group;
use crate::like::Like;

/// Whatever is stated, each round takes something back.
const ROUNDS: usize = 4096;

/// Lines before the draft: the edition.
const HEAD: u32 = 1;

/// A draft that compiles, and whose test passes.
pub(crate) fn settle(mut draft: Draft, group: &Group) -> Result<Draft, Error> {
    for _ in 0..ROUNDS {
        let (compilation, lines) = compiled(&draft);
        if compilation.errors() == 0 {
            return with_test(&draft, group, &compilation);
        }
        if !take_back(&mut draft, &compilation, &lines) {
            let found = compilation.diagnostics().iter().find(|found| found.severity == Severity::Error);
            let message = found.map_or_else(String::new, |found| found.message.clone());
            return Err(Error::DoesNotHold { name: draft.name, why: message });
        }
    }
    Err(Error::DoesNotHold { name: draft.name, why: "each round was refused".to_owned() })
}

fn compiled(draft: &Draft) -> (Compilation, Vec<(u32, usize)>) {
    let (text, lines) = draft.render();
    let path = draft.like.as_ref().map_or_else(|| PathBuf::from("draft.quirk"), |like| like.draft.clone());
    let like = draft.like.as_ref().map(Like::use_statement).unwrap_or_default();
    let input = Input::Text(path, format!("edition 1; {like}\n{text}"));
    (compile(vec![input], &Options::default(), &Disk), lines)
}

/// Writes the first statement that is refused another way, or takes it out; whether there was one.
fn take_back(draft: &mut Draft, compilation: &Compilation, lines: &[(u32, usize)]) -> bool {
    let errors = compilation.diagnostics().iter().filter(|found| found.severity == Severity::Error);
    for found in errors {
        let places = std::iter::once(found.primary.place).chain(found.secondary.iter().map(|label| label.place));
        for place in places {
            let line = compilation.sources().position(place).line;
            if !compilation.sources().get(place.file).path().ends_with("draft.quirk") {
                continue;
            }
            let statement = lines.iter().find(|(at, _)| at + HEAD == line);
            let Some(statement) = statement.and_then(|(_, index)| draft.layout.get_mut(*index)) else { continue };
            if statement.ways.len() > 1 {
                statement.ways.remove(0);
            } else {
                statement.refused = Some(found.message.clone());
            }
            return true;
        }
        if draft.pasid.len() > 1 {
            draft.pasid.remove(0);
            return true;
        }
    }
    false
}

/// Adds the test that says the most and passes.
fn with_test(draft: &Draft, group: &Group, compilation: &Compilation) -> Result<Draft, Error> {
    for test in tests(draft, group, compilation)? {
        let mut tried = draft.clone();
        tried.test = test;
        let (compilation, _) = compiled(&tried);
        let tests = compilation.tests();
        if compilation.errors() == 0 && !tests.is_empty() && tests.iter().all(|test| test.run().passed()) {
            return Ok(tried);
        }
    }
    Err(Error::DoesNotHold { name: draft.name.clone(), why: "no test passes".to_owned() })
}

/// What a test may say, the most first: what attaching to the record itself gives.
fn tests(draft: &Draft, group: &Group, compilation: &Compilation) -> Result<Vec<Vec<String>>, Error> {
    let mut given = vec![format!("given device {} view vfio;", draft.name)];
    let stated = draft.layout.iter().filter(|statement| statement.refused.is_none());
    given.extend(stated.filter_map(|statement| Some(format!("given optional {} absent;", statement.absent.as_ref()?))));
    let least = vec![given[0].clone(), "expect no pasid;".to_owned()];
    let (Some(first), Some(database)) = (group.first(), compilation.database()) else { return Ok(vec![least]) };
    let databases = [Database::from_static(database)];
    let host = HostPasid::new(20);
    let view = vfio_view(&first.image, Kernel::LATEST);
    let policy = Policy::DEFAULT.with_trapped_mirrors(TrappedMirrors::All).with_what_if(true);
    let identity = first.identity.with_function(first.proven());
    let takes_over = draft.like.as_ref().is_some_and(|like| like.has_places);
    let may_have = match draft.pasid.first() {
        Some(Pasid::Native) => true,
        Some(Pasid::Silent) => takes_over,
        Some(Pasid::Forbidden) | None => false,
    };
    let has_host = may_have && identity.function != Function::Virtual;
    let host = has_host.then_some(host);
    let config = VirtualConfig::attach(&view, &databases, &identity, host, &policy).map_err(Error::runtime)?;
    let offsets: Vec<u16> =
        list(&config, Space::Extended).map_err(Error::runtime)?.iter().map(|(found, _)| found.offset).collect();
    let pasid = config.decision().placement.map(|placement| placement.offset);
    let mut words = given;
    if has_host {
        words.push("host pasid width 20;".to_owned());
    }
    words.push(pasid.map_or_else(|| "expect no pasid;".to_owned(), |at| format!("expect pasid @ {at:#05x};")));
    let chain: Vec<_> = offsets.iter().map(|at| format!("{at:#05x}")).collect();
    let with_chain = [words.clone(), vec![format!("expect chain ext [{}];", chain.join(", "))]].concat();
    let untouched = |words: &[String]| [words.to_vec(), vec!["expect device untouched;".to_owned()]].concat();
    let mut sorted = offsets.clone();
    sorted.sort_unstable();
    let sorted: Vec<_> = sorted.iter().map(|at| format!("{at:#05x}")).collect();
    // The function of a test links its list in the order of the layout.
    let with_sorted = [words.clone(), vec![format!("expect chain ext [{}];", sorted.join(", "))]].concat();
    Ok(vec![untouched(&with_chain), untouched(&with_sorted), untouched(&words), words, untouched(&least), least])
}
