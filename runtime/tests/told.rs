//! What a VMM's log gets, through both of the crates that VMMs log with: the same events, in the same order.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::{Debug, Write};
use std::sync::Mutex;

use quirk_runtime::{HostPasid, Identity, Image, Operator, Policy, VirtualConfig};
use tracing::field::{Field, Visit};
use tracing::span;

static LOGGED: Mutex<String> = Mutex::new(String::new());
static TRACED: Mutex<String> = Mutex::new(String::new());

struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        writeln!(LOGGED.lock().unwrap(), "{} {} {}", record.level(), record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

struct Subscriber;

struct Message<'a>(&'a mut String);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        assert_eq!(field.name(), "message");
        write!(self.0, "{value:?}").unwrap();
    }
}

impl tracing::Subscriber for Subscriber {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut message = String::new();
        event.record(&mut Message(&mut message));
        let (level, target) = (event.metadata().level(), event.metadata().target());
        writeln!(TRACED.lock().unwrap(), "{level} {target} {message}").unwrap();
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn both_logs_get_the_decision_the_findings_and_the_effects() {
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    tracing::subscriber::set_global_default(Subscriber).unwrap();

    // A PCI Express function whose conventional list goes round, so that there is something to find.
    let mut space = vec![0; 4096];
    space[..4].copy_from_slice(&[0xfe, 0xff, 0x01, 0x10]);
    space[0x06] = 0x10;
    space[0x34] = 0x40;
    space[0x40..0x44].copy_from_slice(&[0x10, 0x40, 2, 0]);
    space[0x100..0x104].copy_from_slice(&[0x03, 0, 1, 0]);
    let policy = Policy::DEFAULT.with_operator(Operator::Offset(0x400));
    let identity = Identity::new(0xfffe, 0x1001);
    let device = Image::new(&space).unwrap();
    let mut config = VirtualConfig::attach(device, &[], &identity, Some(HostPasid::new(16)), &policy).unwrap();
    let _ = config.write(0x406, &[1, 0]).unwrap();

    let logged = LOGGED.lock().unwrap();
    let lines: Vec<&str> = logged.lines().collect();
    assert!(lines[0].starts_with("INFO quirk fffe:1001: ") && lines[0].contains("0x400"), "{logged}");
    assert!(lines[1].starts_with("WARN quirk fffe:1001: chain-loop: "), "{logged}");
    assert!(lines.last().unwrap().starts_with("DEBUG quirk write at 0x406: pasid-control: "), "{logged}");
    let warnings = lines.iter().filter(|line| line.starts_with("WARN")).count();
    assert_eq!((warnings, lines.len()), (config.decision().findings.len(), warnings + 2), "{logged}");
    assert_eq!(*logged, *TRACED.lock().unwrap());
}
