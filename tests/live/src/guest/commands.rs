//! The commands, on the crates that are under test.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{self, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use quirk_live_protocol::{Command, Listed, Opened, Pasid, Ran, Way, from_hex, to_hex};
use quirk_map::list;
use quirk_runtime::capability::Space;
use quirk_runtime::{ConfigAccess as _, ConfigRead as _, HostPasid};
use quirk_sysfs::Sysfs;
use quirk_vfio::{Backing, Device, EventFd};
use serde_json::{Value, json};
use vfio_user_proxy::describe;

use crate::attached::{Open, Virtual, attach, hammer, places};

pub(crate) type Answer<T = Value> = Result<T, Box<dyn Error>>;

/// What stays from one command to the next.
#[derive(Default)]
pub(crate) struct Session {
    sysfs: Sysfs,
    open: BTreeMap<String, Open>,
    clients: BTreeMap<String, quirk_vfio_user::Device>,
    removals: BTreeMap<String, EventFd>,
    background: Option<Receiver<io::Result<()>>>,
}

impl Session {
    pub(crate) fn carry_out(&mut self, command: Command) -> Answer {
        match command {
            Command::List => self.list(),
            Command::Bind { address, driver } => {
                quirk_vfio::bind(&self.sysfs, address.parse()?, &driver)?;
                Ok(Value::Null)
            }
            Command::Unbind(address) => {
                quirk_vfio::unbind(&self.sysfs, address.parse()?)?;
                Ok(Value::Null)
            }
            Command::Open { address, way } => self.open(address, way),
            Command::Close(address) => {
                self.open.remove(&address).ok_or("not open")?;
                Ok(Value::Null)
            }
            Command::Config(address) => whole(self.device(&address)?),
            Command::SysfsConfig(address) => whole(&self.sysfs.config(address.parse()?)?),
            Command::Read { address, offset, length } => {
                let mut bytes = vec![0; length];
                self.device(&address)?.read(offset, &mut bytes)?;
                Ok(to_hex(&bytes).into())
            }
            Command::Write { address, offset, data } => {
                self.device(&address)?.write(offset, &from_hex(&data).ok_or("not hexadecimal")?)?;
                Ok(Value::Null)
            }
            Command::Attach { address, native, expose } => {
                let open = self.open.remove(&address).ok_or("not open")?;
                let raw = self.sysfs.config(address.parse()?)?;
                let (config, attached) = attach(open.into_device(), &raw, native, expose)?;
                self.open.insert(address, Open::Virtual(Box::new(config)));
                Ok(serde_json::to_value(attached)?)
            }
            Command::Detach(address) => {
                let open = self.open.remove(&address).ok_or("not open")?;
                self.open.insert(address, Open::Plain(open.into_device()));
                Ok(Value::Null)
            }
            Command::VirtualConfig(address) => whole(&**self.config(&address)?),
            Command::VirtualList(address) => {
                Ok(serde_json::to_value(places(&list(&**self.config(&address)?, Space::Extended)?))?)
            }
            Command::VirtualWrite { address, offset, data } => {
                let effects = self.config(&address)?.write(offset, &from_hex(&data).ok_or("not hexadecimal")?)?;
                Ok(serde_json::to_value(effects.map(|effect| describe(&effect)).collect::<Vec<_>>())?)
            }
            Command::Hammer { address, sizes, step, value, spare } => {
                let hammered = hammer(self.config(&address)?, &sizes, step, value, &spare);
                Ok(serde_json::to_value(hammered)?)
            }
            Command::Pasid(address) => pasid(self.device(&address)?.pasid()?),
            Command::PasidFeature { address, index } => pasid(self.device(&address)?.pasid_feature(index)?),
            Command::Reset(address) => {
                self.device(&address)?.reset()?;
                Ok(Value::Null)
            }
            Command::WatchRemoval(address) => {
                let event = self.device(&address)?.watch_removal()?;
                self.removals.insert(address, event);
                Ok(Value::Null)
            }
            Command::AwaitRemoval { address, seconds } => {
                let event = self.removals.get(&address).ok_or("not watched")?;
                Ok(signalled(event, Duration::from_secs(seconds))?.into())
            }
            Command::WriteInBackground { path, text } => {
                let (done, receiver) = mpsc::channel();
                // The receiver may be gone when the write ends at last; that is nobody's error.
                thread::spawn(move || drop(done.send(fs::write(path, text))));
                self.background = Some(receiver);
                Ok(Value::Null)
            }
            Command::AwaitBackground { seconds } => self.background_ended(Duration::from_secs(seconds)),
            Command::Connect(socket) => {
                let client = quirk_vfio_user::Device::connect(Path::new(&socket))?;
                self.clients.insert(socket, client);
                Ok(Value::Null)
            }
            Command::Disconnect(socket) => {
                self.clients.remove(&socket).ok_or("not connected")?;
                Ok(Value::Null)
            }
            Command::SocketConfig(socket) => whole(self.client(&socket)?),
            Command::SocketList(socket) => {
                Ok(serde_json::to_value(places(&list(self.client(&socket)?, Space::Extended)?))?)
            }
            Command::SocketWrite { socket, offset, data } => {
                self.client(&socket)?.write(offset, &from_hex(&data).ok_or("not hexadecimal")?)?;
                Ok(Value::Null)
            }
            Command::Run(line) => run(&line),
            Command::Shell(script) => shell(&script),
            Command::Quit => Ok(Value::Null),
        }
    }

    fn device(&self, address: &str) -> Answer<&Device> {
        Ok(self.open.get(address).ok_or("not open")?.device())
    }

    fn config(&mut self, address: &str) -> Answer<&mut Box<Virtual>> {
        match self.open.get_mut(address).ok_or("not open")? {
            Open::Virtual(config) => Ok(config),
            Open::Plain(_) => Err("not attached".into()),
        }
    }

    fn client(&self, socket: &str) -> Answer<&quirk_vfio_user::Device> {
        Ok(self.clients.get(socket).ok_or("not connected")?)
    }

    fn list(&self) -> Answer {
        let listed = self.sysfs.functions()?.into_iter().map(|function| Listed {
            address: function.address.to_string(),
            vendor: function.identity.vendor,
            device: function.identity.device,
            driver: function.driver,
            group: function.iommu_group,
        });
        Ok(serde_json::to_value(listed.collect::<Vec<_>>())?)
    }

    fn open(&mut self, address: String, way: Way) -> Answer {
        let way = match way {
            Way::Automatic => quirk_vfio::Way::Automatic,
            Way::Iommufd => quirk_vfio::Way::Iommufd,
            Way::Group => quirk_vfio::Way::Group,
        };
        let device = Device::open_by(&self.sysfs, &address, way)?;
        let opened = Opened {
            way: if matches!(device.backing(), Backing::Iommufd { .. }) { Way::Iommufd } else { Way::Group },
            size: device.size(),
            can_reset: device.can_reset()?,
        };
        self.open.insert(address, Open::Plain(device));
        Ok(serde_json::to_value(opened)?)
    }

    fn background_ended(&mut self, patience: Duration) -> Answer {
        let receiver = self.background.as_ref().ok_or("nothing runs in the background")?;
        match receiver.recv_timeout(patience) {
            Ok(result) => {
                self.background = None;
                result?;
                Ok(true.into())
            }
            Err(RecvTimeoutError::Timeout) => Ok(false.into()),
            Err(RecvTimeoutError::Disconnected) => Err("the write in the background died".into()),
        }
    }
}

fn whole<D: quirk_runtime::ConfigRead<Error: Error + 'static>>(config: &D) -> Answer {
    let mut bytes = vec![0; config.size()];
    config.read(0, &mut bytes)?;
    Ok(to_hex(&bytes).into())
}

fn pasid(host: Option<HostPasid>) -> Answer {
    let facts = host.map(|host| Pasid {
        width: host.width,
        execute: host.execute,
        privileged: host.privileged,
        ats_not_supported: host.ats_not_supported,
    });
    Ok(serde_json::to_value(facts)?)
}

fn signalled(event: &EventFd, patience: Duration) -> io::Result<bool> {
    let deadline = Instant::now() + patience;
    loop {
        match event.read() {
            Ok(_) => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn run(line: &[String]) -> Answer {
    let (program, arguments) = line.split_first().ok_or("no program")?;
    // Standard input is the line to the host.
    let output = process::Command::new(program).args(arguments).stdin(Stdio::null()).output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let ran = Ran { code: output.status.code(), output: text(output.stdout), errors: text(output.stderr) };
    Ok(serde_json::to_value(ran)?)
}

fn shell(script: &str) -> Answer {
    let output = process::Command::new("/bin/sh").args(["-c", &format!("exec 2>&1; {script}")]).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(json!(text)) } else { Err(format!("{}: {text}", output.status).into()) }
}
