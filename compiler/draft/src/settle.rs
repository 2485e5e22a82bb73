//! Makes a draft hold: what the compiler refuses is written another way or becomes a comment, and the test passes.

use std::path::PathBuf;

use quirk_compiler::diagnostic::Severity;
use quirk_compiler::files::Disk;
use quirk_compiler::{Compilation, Input, Options, compile};
use quirk_map::list;
use quirk_runtime::capability::{PASID, Space};
use quirk_runtime::{
    ConfigRead, Database, Function, HostPasid, Image, Kernel, Policy, TrappedMirrors, VirtualConfig, vfio_view,
};

use crate::draft::{Draft, Pasid};
use crate::error::Error;
use crate::facts::Facts;
use crate::group::Group;
use crate::like::Like;
use quirk_dsl::Ordered as _;

/// Whatever is stated, each round takes something back.
const ROUNDS: usize = 4096;

/// Lines before the draft: the edition.
const HEAD: u32 = 1;

/// A draft that compiles, and whose test passes.
pub(crate) fn settle(mut draft: Draft, group: &Group) -> Result<Draft, Error> {
    let view = group.first().map(|first| vfio_view(&first.image, Kernel::LATEST));
    // What most tests will say, so that most drafts are compiled once.
    let mut guesses = true;
    for _ in 0..ROUNDS {
        draft.test = if guesses { guess(&draft, group, view.as_ref())? } else { Vec::new() };
        let (compilation, lines) = compiled(&draft);
        if compilation.errors() == 0 {
            return with_test(draft, group, view.as_ref(), &compilation);
        }
        if std::mem::take(&mut guesses) {
            continue;
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
    (compile(vec![input], &Options { threads: 1, ..Options::default() }, &Disk), lines)
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
fn with_test(draft: Draft, group: &Group, view: Option<&Image>, compilation: &Compilation) -> Result<Draft, Error> {
    let passes = |compilation: &Compilation| {
        let tests = compilation.tests();
        compilation.errors() == 0 && !tests.is_empty() && tests.iter().all(|test| test.run().passed())
    };
    for test in tests(&draft, group, view, compilation)? {
        if test == draft.test {
            if passes(compilation) {
                return Ok(draft);
            }
            continue;
        }
        let mut tried = draft.clone();
        tried.test = test;
        if passes(&compiled(&tried).0) {
            return Ok(tried);
        }
    }
    Err(Error::DoesNotHold { name: draft.name, why: "no test passes".to_owned() })
}

/// What a test may say, the most first: what attaching to the record itself gives.
fn tests(
    draft: &Draft,
    group: &Group,
    view: Option<&Image>,
    compilation: &Compilation,
) -> Result<Vec<Vec<String>>, Error> {
    let (Some(first), Some(view), Some(database)) = (group.first(), view, compilation.database()) else {
        return Ok(vec![least(draft)]);
    };
    let databases = [Database::from_static(database)];
    let policy = Policy::DEFAULT.with_trapped_mirrors(TrappedMirrors::All).with_what_if(true);
    let identity = first.identity.with_function(first.proven());
    let host = has_host(draft, first).then_some(HostPasid::new(20));
    let config = VirtualConfig::attach(view, &databases, &identity, host, &policy).map_err(Error::runtime)?;
    let offsets = offsets(&config)?;
    let pasid = config.decision().placement.map(|placement| placement.offset);
    let words = words(draft, host.is_some(), pasid);
    let with_chain = [words.clone(), vec![chain(offsets)]].concat();
    let untouched = |words: &[String]| [words.to_vec(), vec![UNTOUCHED.to_owned()]].concat();
    let least = least(draft);
    Ok(vec![untouched(&with_chain), untouched(&words), words, untouched(&least), least])
}

/// What the first of those tests says of most functions.
fn guess(draft: &Draft, group: &Group, view: Option<&Image>) -> Result<Vec<String>, Error> {
    let (Some(first), Some(view)) = (group.first(), view) else { return Ok(least(draft)) };
    let host = has_host(draft, first);
    let own = first.listed.iter().find(|(found, _)| found.space() == Space::Extended && found.id == PASID);
    let pasid = own.map(|(found, _)| found.offset).filter(|_| host);
    let mut offsets = offsets(view)?;
    offsets.extend(pasid.filter(|at| !offsets.contains(at)));
    let mut test = words(draft, host, pasid);
    test.extend([chain(offsets), UNTOUCHED.to_owned()]);
    Ok(test)
}

const UNTOUCHED: &str = "expect device untouched;";

/// The function of a test, without what the first record lacks.
fn given(draft: &Draft) -> Vec<String> {
    let stated = draft.layout.iter().filter(|statement| statement.refused.is_none());
    let absent = stated.filter_map(|statement| statement.absent.as_ref());
    let absent = absent.map(|capability| format!("given optional {capability} absent;"));
    std::iter::once(format!("given device {} view vfio;", draft.name)).chain(absent).collect()
}

fn least(draft: &Draft) -> Vec<String> {
    vec![format!("given device {} view vfio;", draft.name), "expect no pasid;".to_owned()]
}

/// Whether PASID may be somewhere.
fn has_host(draft: &Draft, first: &Facts) -> bool {
    let takes_over = draft.like.as_ref().is_some_and(|like| like.has_places);
    let may_have = match draft.pasid.first() {
        Some(Pasid::Native) => true,
        Some(Pasid::Silent) => takes_over,
        Some(Pasid::Forbidden) | None => false,
    };
    may_have && first.proven() != Function::Virtual
}

fn words(draft: &Draft, has_host: bool, pasid: Option<u16>) -> Vec<String> {
    let mut words = given(draft);
    words.extend(has_host.then(|| "host pasid width 20;".to_owned()));
    words.push(pasid.map_or_else(|| "expect no pasid;".to_owned(), |at| format!("expect pasid @ {at:#05x};")));
    words
}

fn offsets<D: ConfigRead<Error: std::fmt::Display>>(config: &D) -> Result<Vec<u16>, Error> {
    let listed = list(config, Space::Extended).map_err(Error::runtime)?;
    Ok(listed.iter().map(|(found, _)| found.offset).collect())
}

/// The function of a test links its list in the order of the layout.
fn chain(mut offsets: Vec<u16>) -> String {
    offsets.order();
    let offsets: Vec<_> = offsets.iter().map(|at| format!("{at:#05x}")).collect();
    format!("expect chain ext [{}];", offsets.join(", "))
}
