//! The server from its first message to its last: who may say what when, and the texts that the client has open.

mod capabilities;
mod texts;

use std::io::{BufReader, BufWriter, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, mpsc::channel};
use std::thread;
use std::time::Duration;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use crate::program::Program;
use crate::transport::{self, Incoming};
use crate::worker::{Job, Pending, Worker};
use crate::world::World;

/// How often it is looked whether the process that started the server is still there.
const ORPHAN_CHECK: Duration = Duration::from_secs(2);

/// How long a client has to read the last answers.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As the protocol has it: `shutdown`, then `exit`.
    Orderly,
    /// The client went without a word.
    Abandoned,
}

enum Event {
    Incoming(Incoming),
    Closed,
}

/// Serves one client until it leaves.
#[must_use]
pub fn serve(
    program: Arc<dyn Program>,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> Ending {
    let (events, incoming) = channel();
    let readers = events.clone();
    thread::spawn(move || receive(input, &readers));
    let (messages, outgoing) = channel::<Value>();
    let (written, all_is_written) = channel();
    thread::spawn(move || {
        send(output, &outgoing);
        // The server may have ended before.
        let _ = written.send(());
    });

    let (jobs, work) = channel();
    let (pending, latest) = (Pending::default(), Arc::new(AtomicU64::new(0)));
    let mut worker = Worker::new(Arc::clone(&program), messages.clone(), pending.clone(), Arc::clone(&latest));
    thread::spawn(move || worker.run(&work));

    let mut server = Server {
        program,
        events,
        messages,
        jobs,
        pending,
        latest,
        world: World::default(),
        state: State::New,
        stamps: 0,
    };
    let ending = server.run(&incoming);
    let Server { messages, jobs, .. } = server;
    drop(jobs);
    drop(messages);
    // What was answered is sent, unless nobody reads it.
    let _ = all_is_written.recv_timeout(LAST_WORDS);
    ending
}

fn receive(input: impl Read, events: &Sender<Event>) {
    let mut input = BufReader::new(input);
    while let Ok(Some(incoming)) = transport::read(&mut input) {
        if events.send(Event::Incoming(incoming)).is_err() {
            return;
        }
    }
    // The server may have ended before.
    let _ = events.send(Event::Closed);
}

fn send(output: impl Write, messages: &mpsc::Receiver<Value>) {
    let mut output = BufWriter::new(output);
    while let Ok(message) = messages.recv() {
        if transport::write(&mut output, &message).is_err() {
            return;
        }
    }
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    Running,
    ShutDown,
}

struct Server {
    program: Arc<dyn Program>,
    events: Sender<Event>,
    messages: Sender<Value>,
    jobs: Sender<Job>,
    pending: Pending,
    latest: Arc<AtomicU64>,
    world: World,
    state: State,
    stamps: u64,
}

impl Server {
    fn run(&mut self, incoming: &mpsc::Receiver<Event>) -> Ending {
        while let Ok(event) = incoming.recv() {
            match event {
                Event::Closed => break,
                Event::Incoming(Incoming::Broken(answer)) => self.send(answer),
                Event::Incoming(Incoming::Message(Message::Request(request))) => self.request(request),
                Event::Incoming(Incoming::Message(Message::Notification(note))) if note.method == "exit" => {
                    return if self.state == State::ShutDown { Ending::Orderly } else { Ending::Abandoned };
                }
                Event::Incoming(Incoming::Message(Message::Notification(note))) => self.notification(note),
                Event::Incoming(Incoming::Message(Message::Response(_))) => {}
            }
        }
        Ending::Abandoned
    }

    fn request(&mut self, request: Request) {
        let refuse = |code: ErrorCode, message: &str| Err((code as i32, message.to_owned()));
        let answer = match (self.state, request.method.as_str()) {
            (State::New, "initialize") => self.initialize(&request.params),
            (State::New, _) => refuse(ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (State::Running, "initialize") => refuse(ErrorCode::InvalidRequest, "`initialize` comes once"),
            (State::Running, "shutdown") => {
                self.state = State::ShutDown;
                Ok(Value::Null)
            }
            (State::Running, _) => {
                if self.pending.add(&request.id) {
                    self.job(Job::Answer(request, Arc::new(self.world.clone())));
                    return;
                }
                refuse(ErrorCode::InvalidRequest, "a request with this id waits for its answer")
            }
            (State::ShutDown, _) => refuse(ErrorCode::InvalidRequest, "nothing but `exit` comes after `shutdown`"),
        };
        self.send(transport::answer(&request.id, answer));
    }

    fn initialize(&mut self, params: &Value) -> Result<Value, (i32, String)> {
        if !params.is_object() {
            return Err((ErrorCode::InvalidParams as i32, "`initialize` takes an object".to_owned()));
        }
        let (client, roots, process) = capabilities::told(params);
        self.world.client = client;
        self.world.roots = roots;
        self.state = State::Running;
        if let Some(process) = process {
            self.follow(process);
        }
        Ok(capabilities::offered(self.program.version(), client))
    }

    /// Ends with the process that started it, where the system shows processes as files.
    fn follow(&self, process: i32) {
        let events = self.events.clone();
        let (all, one) = (std::path::Path::new("/proc/self"), format!("/proc/{process}"));
        if all.exists() {
            thread::spawn(move || {
                while std::path::Path::new(&one).exists() {
                    thread::sleep(ORPHAN_CHECK);
                }
                // The server may have ended before.
                let _ = events.send(Event::Closed);
            });
        }
    }

    fn notification(&mut self, note: Notification) {
        let Notification { method, params } = note;
        match (self.state, method.as_str()) {
            (State::Running, "initialized") => self.initialized(),
            (State::Running, "$/cancelRequest") => self.cancel(&params),
            (State::Running, _) => match self.told(&method, params) {
                Ok(true) => self.changed(),
                Ok(false) => {}
                Err(message) => self.log(&format!("`{method}`: {message}")),
            },
            (State::New | State::ShutDown, _) => {}
        }
    }

    fn initialized(&mut self) {
        if self.world.client.watches {
            let registration = capabilities::watched(self.program.configuration());
            self.send(transport::request("quirk/watch", "client/registerCapability", registration));
        }
        self.changed();
    }

    fn cancel(&self, params: &Value) {
        let id: Option<RequestId> = params.get("id").and_then(|id| serde_json::from_value(id.clone()).ok());
        if let Some(id) = id
            && self.pending.take(&id)
        {
            let refusal = (ErrorCode::RequestCanceled as i32, "cancelled".to_owned());
            self.send(transport::answer(&id, Err(refusal)));
        }
    }

    /// There is a new moment.
    fn changed(&mut self) {
        self.world.revision += 1;
        self.latest.store(self.world.revision, Ordering::Relaxed);
        self.job(Job::Judge(Arc::new(self.world.clone())));
    }

    fn job(&self, job: Job) {
        // The worker catches what goes wrong and outlives every job.
        let _ = self.jobs.send(job);
    }

    fn log(&self, message: &str) {
        self.send(transport::notification("window/logMessage", json!({ "type": 2, "message": message })));
    }

    fn send(&self, message: Value) {
        // Nobody is left to be told if the client has gone.
        let _ = self.messages.send(message);
    }
}
