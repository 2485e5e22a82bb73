//! A booted guest: QEMU's process, and the serial line on which the guest takes commands.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use quirk_live_protocol::{Command, Ran, Reply, from_hex};
use serde::de::DeserializeOwned;

use crate::failure::Failure;
pub(crate) use crate::machine::{Attach, Machine, VIOMMUS};

/// Software emulation on a busy machine is slow: what takes 3 seconds on an idle one.
const BOOT: Duration = Duration::from_secs(120);
/// No command takes longer, the ones that wait among them.
const COMMAND: Duration = Duration::from_secs(60);

/// Where things are, on the host and inside the folder that QEMU is confined to.
pub(crate) struct Places {
    /// The Debian folder with QEMU.
    pub(crate) root: PathBuf,
    /// The working folder, which QEMU sees as `/run/live`; it holds kernel, initrd, sockets and logs.
    pub(crate) work: PathBuf,
}

/// How to boot a guest.
#[derive(Default)]
pub(crate) struct Boot<'a> {
    /// The name of this boot; its socket and logs are named for it.
    pub(crate) name: &'a str,
    /// The sockets of the devices: the first is 0000:01:00.0, each next one bus higher, unless the machine says otherwise.
    pub(crate) devices: Vec<&'a Path>,
    /// More for the kernel's command line.
    pub(crate) command_line: &'a str,
    /// What the devices are attached to.
    pub(crate) machine: Machine,
}

/// A running guest; dropped, it is killed.
pub(crate) struct Guest {
    qemu: Child,
    line: BufReader<UnixStream>,
    console: PathBuf,
}

impl Guest {
    pub(crate) fn boot(places: &Places, boot: &Boot<'_>) -> Result<Self, Failure> {
        let socket = format!("{}.serial", boot.name);
        let listener = UnixListener::bind(places.work.join(&socket)).map_err(Failure::io("serial line"))?;
        let console = places.work.join("logs").join(format!("{}.console", boot.name));
        let error_log = places.work.join("logs").join(format!("{}.qemu", boot.name));
        let errors = File::create(&error_log).map_err(Failure::io("log"))?;
        let mut qemu = Process::new("chroot")
            .arg(&places.root)
            .arg("qemu-system-x86_64")
            .args(arguments(boot, &socket)?)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::null())
            .stdout(File::create(&console).map_err(Failure::io("log"))?)
            .stderr(errors)
            .spawn()
            .map_err(Failure::io("QEMU"))?;
        let line = match accept(&listener, &mut qemu, &error_log) {
            Ok(stream) => BufReader::new(stream),
            Err(failure) => {
                // Already dead, or about to be: either way it is reaped.
                drop(qemu.kill().and_then(|()| qemu.wait()));
                return Err(failure);
            }
        };
        let mut guest = Self { qemu, line, console };
        let ready: String = guest.reply(BOOT)?;
        if ready == "ready" {
            Ok(guest)
        } else {
            Err(Failure::new(format!("the guest said `{ready}` instead of `ready`")))
        }
    }

    /// Has the guest carry out a command that must succeed.
    pub(crate) fn ask<T: DeserializeOwned>(&mut self, command: &Command) -> Result<T, Failure> {
        self.send(command)?;
        self.reply(COMMAND).map_err(|failure| failure.during(&format!("{command:?}")))
    }

    /// Has the guest carry out a command, and returns its answer or its error.
    pub(crate) fn attempt(&mut self, command: &Command) -> Result<Reply, Failure> {
        self.send(command)?;
        self.raw_reply(COMMAND).map_err(|failure| failure.during(&format!("{command:?}")))
    }

    /// A command whose answer is bytes.
    pub(crate) fn bytes(&mut self, command: &Command) -> Result<Vec<u8>, Failure> {
        from_hex(&self.ask::<String>(command)?).ok_or_else(|| Failure::new("the guest sent no hexadecimal"))
    }

    /// Runs a program in the guest, with words apart by spaces.
    pub(crate) fn run(&mut self, line: &str) -> Result<Ran, Failure> {
        self.ask(&Command::Run(line.split_whitespace().map(str::to_owned).collect()))
    }

    /// A command that must fail; its error.
    pub(crate) fn error(&mut self, command: &Command) -> Result<String, Failure> {
        match self.attempt(command)? {
            Err(text) => Ok(text),
            Ok(value) => Err(Failure::new(format!("{command:?} should have failed and answered `{value}`"))),
        }
    }

    /// Ends the guest in good order: it powers off, its kernel warned of nothing, and QEMU ends well.
    pub(crate) fn quit(self) -> Result<(), Failure> {
        let (status, console) = self.power_off()?;
        if let Some(line) = console.lines().find(|line| line.contains("WARNING") || line.contains("BUG:")) {
            return Err(Failure::new(format!("the kernel warned: {line}")));
        }
        if status.success() { Ok(()) } else { Err(Failure::new(format!("QEMU ended with {status}"))) }
    }

    /// Has the guest power off, and returns how QEMU ended and what the kernel printed.
    pub(crate) fn power_off(mut self) -> Result<(ExitStatus, String), Failure> {
        self.send(&Command::Quit)?;
        let status = self.wait(COMMAND)?.ok_or_else(|| Failure::new("the guest did not power off"))?;
        Ok((status, self.console()?))
    }

    /// What the kernel printed so far.
    fn console(&self) -> Result<String, Failure> {
        let bytes = std::fs::read(&self.console).map_err(Failure::io("console"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn wait(&mut self, patience: Duration) -> Result<Option<ExitStatus>, Failure> {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if let Some(status) = self.qemu.try_wait().map_err(Failure::io("QEMU"))? {
                return Ok(Some(status));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(None)
    }

    fn send(&mut self, command: &Command) -> Result<(), Failure> {
        let mut text = serde_json::to_string(command).map_err(|error| Failure::new(error.to_string()))?;
        text.push('\n');
        self.line.get_mut().write_all(text.as_bytes()).map_err(Failure::io("serial line"))
    }

    fn reply<T: DeserializeOwned>(&mut self, patience: Duration) -> Result<T, Failure> {
        let value = self.raw_reply(patience)?.map_err(Failure::new)?;
        serde_json::from_value(value).map_err(|error| Failure::new(format!("unexpected answer: {error}")))
    }

    fn raw_reply(&mut self, patience: Duration) -> Result<Reply, Failure> {
        self.line.get_ref().set_read_timeout(Some(patience)).map_err(Failure::io("serial line"))?;
        let mut text = String::new();
        match self.line.read_line(&mut text) {
            Ok(0) => Err(Failure::new(format!("the guest ended; its console says: {}", self.last_words()))),
            Ok(_) => {
                serde_json::from_str(&text).map_err(|error| Failure::new(format!("`{}`: {error}", text.trim_end())))
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => Err(
                Failure::new(format!("no answer in {} s; the console says: {}", patience.as_secs(), self.last_words())),
            ),
            Err(error) => Err(Failure::io("serial line")(error)),
        }
    }

    fn last_words(&self) -> String {
        let console = self.console().unwrap_or_default();
        let lines: Vec<_> = console.lines().rev().take(3).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // Fails only if it has ended already.
        drop(self.qemu.kill());
        drop(self.qemu.wait());
    }
}

/// Waits for QEMU to connect its end of the serial line.
fn accept(listener: &UnixListener, qemu: &mut Child, errors: &Path) -> Result<UnixStream, Failure> {
    listener.set_nonblocking(true).map_err(Failure::io("serial line"))?;
    let deadline = Instant::now() + BOOT;
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).map_err(Failure::io("serial line"))?;
                return Ok(stream);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(Failure::io("serial line")(error)),
        }
        if let Some(status) = qemu.try_wait().map_err(Failure::io("QEMU"))? {
            return Err(Failure::new(format!("QEMU ended with {status} before it booted: {}", last_line(errors))));
        }
        if Instant::now() >= deadline {
            return Err(Failure::new("QEMU did not open the serial line"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn last_line(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().last().unwrap_or("it said nothing").to_owned()
}

fn arguments(boot: &Boot<'_>, serial: &str) -> Result<Vec<OsString>, Failure> {
    let mut arguments: Vec<OsString> = [
        // Never KVM: /dev/kvm may be there and not work.
        "-accel",
        "tcg",
        "-machine",
        "q35,kernel-irqchip=off,memory-backend=mem",
        "-cpu",
        "max",
        "-m",
        "512M",
        // The server shares the guest's memory.
        "-object",
        "memory-backend-memfd,id=mem,size=512M,share=on",
        "-nodefaults",
        "-no-reboot",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "stdio",
        "-kernel",
        "/run/live/bzImage",
        "-initrd",
        "/run/live/initrd",
    ]
    .map(OsString::from)
    .to_vec();
    let mut add = |option: &str, value: String| arguments.extend([option.into(), value.into()]);
    add("-serial", format!("unix:/run/live/{serial}"));
    // On a busy machine the emulated timer can be late for the kernel's check of it, which then gives up.
    add("-append", format!("console=ttyS0 panic=-1 no_timer_check intel_iommu=on,sm_on {}", boot.command_line));
    boot.machine.arguments(boot.devices.len()).into_iter().for_each(|(option, value)| add(option, value));
    for (index, socket) in boot.devices.iter().enumerate() {
        let name = socket.file_name().and_then(|name| name.to_str()).ok_or_else(|| Failure::new("unnamed socket"))?;
        let path = format!("/run/live/{name}");
        add("-device", boot.machine.device(index, &path).to_string());
    }
    Ok(arguments)
}
