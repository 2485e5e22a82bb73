//! Serves images as PCI devices over vfio-user, plain or under a virtual configuration, and records what is done to them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quirk_recorded::OutOfRange;
use quirk_runtime::{ConfigAccess, ConfigRead, Database, Effect, HostPasid, Identity, Policy, VirtualConfig};
use quirk_vfio_user::{ServeError, Server, Service};
use vfio_user_proxy::Proxy;

use crate::failure::Failure;
use crate::image::{Image, SIZE};

/// A write to configuration space as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigWrite {
    pub(crate) offset: usize,
    pub(crate) data: Vec<u8>,
}

/// What happened to a device so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    pub(crate) writes: Vec<ConfigWrite>,
    pub(crate) resets: usize,
}

/// A device that is being served from a thread of its own; the service ends with the connection.
pub(crate) struct Served {
    pub(crate) socket: PathBuf,
    silicon: Arc<Silicon>,
}

impl Served {
    /// Begins to serve `image` at `socket`.
    pub(crate) fn start(socket: PathBuf, image: &Image) -> Result<Self, ServeError> {
        let silicon = Arc::new(Silicon::new(image, false));
        // QEMU's end of the connection may close in the midst of a message; the boot that it served tells what was wrong.
        drop(Arc::clone(&silicon).serve(&socket)?);
        Ok(Self { socket, silicon })
    }

    pub(crate) fn record(&self) -> History {
        self.silicon.state().record.clone()
    }
}

/// Serves `image` at `socket` until the client goes away, and prints every write.
pub(crate) fn serve(socket: &Path, image: &Image) -> Result<(), ServeError> {
    Arc::new(Silicon::new(image, true)).serve(socket)?.wait()
}

/// How a virtual configuration is attached.
pub(crate) struct Attachment<'a> {
    pub(crate) databases: &'a [Database<'static>],
    pub(crate) identity: Identity,
    pub(crate) host: Option<HostPasid>,
    pub(crate) policy: Policy<'a>,
}

/// A device that is served under a virtual configuration.
pub(crate) struct Virtual {
    pub(crate) socket: PathBuf,
    pub(crate) proxy: Arc<Proxy<'static, Silicon>>,
    effects: Arc<Mutex<Vec<Effect>>>,
}

impl Virtual {
    /// Attaches to `image` as it is, and begins to serve the outcome at `socket`.
    pub(crate) fn start(socket: PathBuf, image: &Image, attachment: &Attachment<'_>) -> Result<Self, Failure> {
        let Attachment { databases, identity, host, policy } = attachment;
        let config = VirtualConfig::attach(Silicon::new(image, false), databases, identity, *host, policy)
            .map_err(|error| Failure::new(error.to_string()))?;
        let effects = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&effects);
        let proxy = Arc::new(Proxy::new(config, move |effect| locked(&told).push(effect)));
        let reset = Arc::clone(&proxy);
        let on_reset = move || {
            reset.reset();
            reset.config().device().reset();
            Ok(())
        };
        drop(service(image).on_reset(on_reset).serve(&socket, Arc::clone(&proxy))?);
        Ok(Self { socket, proxy, effects })
    }

    /// The effects of the client's writes so far.
    pub(crate) fn effects(&self) -> Vec<Effect> {
        locked(&self.effects).clone()
    }

    pub(crate) fn record(&self) -> History {
        self.proxy.config().device().state().record.clone()
    }
}

/// The device itself: an image that takes writes and resets as hardware does.
pub(crate) struct Silicon {
    initial: Image,
    state: Mutex<State>,
    log: bool,
}

struct State {
    image: Image,
    record: History,
}

impl Silicon {
    fn new(image: &Image, log: bool) -> Self {
        let state = State { image: image.clone(), record: History::default() };
        Self { initial: image.clone(), state: Mutex::new(state), log }
    }

    fn serve(self: Arc<Self>, socket: &Path) -> Result<Server, ServeError> {
        let reset = Arc::clone(&self);
        let on_reset = move || {
            reset.reset();
            Ok(())
        };
        service(&self.initial).on_reset(on_reset).serve(socket, self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    fn reset(&self) {
        if self.log {
            println!("reset");
        }
        let mut state = self.state();
        state.record.resets += 1;
        state.image = self.initial.clone();
    }
}

fn service(image: &Image) -> Service {
    let bars = image.bars().into_iter().enumerate();
    bars.fold(Service::default(), |service, (index, size)| service.with_bar(index, size))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn position(offset: u16, length: usize) -> Result<usize, OutOfRange> {
    let start = usize::from(offset);
    if start + length <= SIZE { Ok(start) } else { Err(OutOfRange { offset, length, size: SIZE }) }
}

impl ConfigRead for Silicon {
    type Error = OutOfRange;

    fn size(&self) -> usize {
        SIZE
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), OutOfRange> {
        let start = position(offset, buffer.len())?;
        buffer.copy_from_slice(&self.state().image.bytes()[start..start + buffer.len()]);
        Ok(())
    }
}

impl ConfigAccess for Silicon {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), OutOfRange> {
        let offset = position(offset, data.len())?;
        if self.log {
            println!("write 0x{offset:03x} {data:02x?}");
        }
        let mut state = self.state();
        state.record.writes.push(ConfigWrite { offset, data: data.to_vec() });
        if state.image.asks_for_reset(offset, data) {
            drop(state);
            self.reset();
        } else {
            state.image.write(offset, data);
        }
        Ok(())
    }
}
