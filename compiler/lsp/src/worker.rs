//! The thread that answers: takes questions in their order, each with the moment at which it was asked.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use lsp_server::{ErrorCode, Request, RequestId};
use serde_json::{Value, json};

use crate::answers::Refusal;
use crate::desk::{Changed, Desk, Judged};
use crate::features;
use crate::program::Program;
use crate::transport;
use crate::world::World;

/// Something to do.
pub(crate) enum Job {
    Answer(Request, Arc<World>),
    /// Findings of a moment, unless there is a later one.
    Judge(Arc<World>),
}

/// Requests that wait for an answer.
#[derive(Clone, Default)]
pub(crate) struct Pending(Arc<Mutex<Vec<RequestId>>>);

impl Pending {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<RequestId>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says whether the id was not in use.
    pub(crate) fn add(&self, id: &RequestId) -> bool {
        self.with(|ids| {
            let is_new = !ids.contains(id);
            if is_new {
                ids.push(id.clone());
            }
            is_new
        })
    }

    /// Whether it still waits.
    fn has(&self, id: &RequestId) -> bool {
        self.with(|ids| ids.contains(id))
    }

    /// Takes it out; says whether it was there, so that only one answers it.
    pub(crate) fn take(&self, id: &RequestId) -> bool {
        self.with(|ids| ids.iter().position(|each| each == id).map(|at| ids.swap_remove(at)).is_some())
    }
}

/// The thread's own things.
pub(crate) struct Worker {
    pub(crate) output: Sender<Value>,
    pub(crate) pending: Pending,
    /// The latest moment.
    pub(crate) latest: Arc<AtomicU64>,
    desk: Desk,
    /// What was last said of each file, by its URI.
    published: BTreeMap<String, Value>,
}

impl Worker {
    pub(crate) fn new(
        program: Arc<dyn Program>,
        output: Sender<Value>,
        pending: Pending,
        latest: Arc<AtomicU64>,
    ) -> Self {
        Self { output, pending, latest, desk: Desk::new(program), published: BTreeMap::new() }
    }

    /// Works until nobody asks any more.
    pub(crate) fn run(&mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            match job {
                Job::Answer(request, world) => self.answer(request, &world),
                Job::Judge(world) if world.revision < self.latest.load(Ordering::Relaxed) => {}
                Job::Judge(world) => {
                    let judged = catch_unwind(AssertUnwindSafe(|| self.judge(&world)));
                    if judged.is_err() {
                        self.afresh();
                    }
                }
            }
        }
    }

    fn answer(&mut self, request: Request, world: &World) {
        let Request { id, method, params } = request;
        if !self.pending.has(&id) {
            return;
        }
        let result = catch_unwind(AssertUnwindSafe(|| features::answer(&mut self.desk, world, &method, params)));
        let result = result.unwrap_or_else(|_| {
            self.afresh();
            Err(Refusal::new(ErrorCode::InternalError, format!("`{method}` failed; this is a fault of the server")))
        });
        for note in core::mem::take(&mut self.desk.notes) {
            self.send(note);
        }
        // What was cancelled meanwhile has its answer already.
        if self.pending.take(&id) {
            self.send(transport::answer(&id, result.map_err(|refusal| (refusal.code, refusal.message))));
        }
    }

    /// Nothing is kept of what was in hand when something failed.
    fn afresh(&mut self) {
        self.desk = Desk::new(Arc::clone(&self.desk.program));
    }

    /// Tells the client of findings that it does not ask for, where they have changed.
    fn judge(&mut self, world: &World) {
        let mut now: BTreeMap<String, Value> = BTreeMap::new();
        match self.desk.take_changed(world) {
            Changed::All => {
                now.extend(self.desk.judged(world, None).iter().map(|judged| params(judged, world)));
                let gone = self.published.keys().filter(|uri| !now.contains_key(*uri));
                let gone: Vec<(String, Value)> =
                    gone.map(|uri| (uri.clone(), json!({ "uri": uri, "diagnostics": [] }))).collect();
                now.extend(gone);
            }
            Changed::Some(files) => {
                for file in files {
                    now.extend(self.desk.judged(world, Some(&file)).iter().map(|judged| params(judged, world)));
                }
            }
        }
        let is_silence = |params: &Value| params["diagnostics"].as_array().is_none_or(Vec::is_empty);
        for (uri, params) in now {
            // A file without findings is worth a word if it had some, or if somebody looks at it.
            let known = self.published.get(&uri);
            let is_new = known.is_none() && (!is_silence(&params) || params.get("version").is_some());
            if is_new || known.is_some_and(|known| *known != params) {
                self.send(transport::notification("textDocument/publishDiagnostics", params.clone()));
            }
            if is_silence(&params) && params.get("version").is_none() {
                self.published.remove(&uri);
            } else {
                self.published.insert(uri, params);
            }
        }
        if world.client.pulls && world.client.refreshes {
            let id = format!("quirk/refresh/{}", world.revision);
            self.send(transport::request(&id, "workspace/diagnostic/refresh", Value::Null));
        }
    }

    fn send(&self, message: Value) {
        // Nobody is left to be told if the client has gone.
        let _ = self.output.send(message);
    }
}

/// What is said of a file.
fn params(judged: &Judged<'_>, world: &World) -> (String, Value) {
    let open = world.open.get(&judged.key);
    let uri = world.uri(&judged.key, &judged.path);
    let is_pulled = world.client.pulls && open.is_some() && judged.findings.iter().all(|each| each.group.is_some());
    let items = if is_pulled { json!([]) } else { json!(features::diagnostics::items(&judged.findings, world)) };
    let mut params = json!({ "uri": uri, "diagnostics": items });
    if let Some(open) = open {
        params["version"] = open.version.into();
    }
    (uri, params)
}
