//! What a scenario works with: served devices and booted guests, named for it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::failure::Failure;
use crate::guest::{Boot, Guest, Machine, Places};
use crate::image::Image;
use crate::server::{Attachment, Served, Virtual};

/// What one scenario works with.
pub(crate) struct Bench<'a> {
    name: &'static str,
    places: &'a Places,
    boots: AtomicUsize,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(name: &'static str, places: &'a Places) -> Self {
        Self { name, places, boots: AtomicUsize::new(0) }
    }

    /// Says something that the table has no room for.
    pub(crate) fn note(&self, text: &str) {
        eprintln!("          {}: {text}", self.name);
    }

    /// Serves a device; `label` tells the devices of one scenario apart.
    pub(crate) fn serve(&self, label: &str, image: &Image) -> Result<Served, Failure> {
        Ok(Served::start(self.socket(label), image)?)
    }

    /// Serves what a guest should see of a device.
    pub(crate) fn serve_virtual(
        &self,
        label: &str,
        image: &Image,
        attachment: &Attachment<'_>,
    ) -> Result<Virtual, Failure> {
        Virtual::start(self.socket(label), image, attachment)
    }

    /// Serves a device from a process of its own, which can be killed.
    pub(crate) fn serve_apart(&self, label: &str, image: &Image) -> Result<(PathBuf, Child), Failure> {
        let (socket, file) = (self.socket(label), self.socket(label).with_extension("bin"));
        std::fs::write(&file, image.bytes()).map_err(Failure::io("image"))?;
        let program = std::env::current_exe().map_err(Failure::io("own program"))?;
        let server = Command::new(program)
            .arg("serve")
            .args([&file, &socket])
            .stdout(Stdio::null())
            .spawn()
            .map_err(Failure::io("server"))?;
        // It binds the socket right after it started; QEMU does not wait for it.
        for _ in 0..500 {
            if socket.exists() {
                return Ok((socket, server));
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Err(Failure::new("the server did not open its socket"))
    }

    /// Boots a guest with these devices: the first is 0000:01:00.0, each next one bus higher.
    pub(crate) fn boot(&self, devices: &[&Path]) -> Result<Guest, Failure> {
        self.boot_with(devices, "")
    }

    pub(crate) fn boot_with(&self, devices: &[&Path], command_line: &str) -> Result<Guest, Failure> {
        let (name, machine) = (self.name_of_boot(), Machine::default());
        Guest::boot(self.places, &Boot { name: &name, devices: devices.to_vec(), command_line, machine })
    }

    /// A name that no other boot of this scenario has.
    pub(crate) fn name_of_boot(&self) -> String {
        let boot = self.boots.fetch_add(1, Ordering::Relaxed);
        if boot == 0 { self.name.to_owned() } else { format!("{}-{}", self.name, boot + 1) }
    }

    /// Boots such a machine under a name of [`Bench::name_of_boot`].
    pub(crate) fn boot_named(&self, name: &str, devices: &[&Path], machine: Machine) -> Result<Guest, Failure> {
        Guest::boot(self.places, &Boot { name, devices: devices.to_vec(), command_line: "", machine })
    }

    /// A program that guests have too; it is linked statically, and runs here.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.places.work.join("tree/bin").join(name)
    }

    /// Keeps something that is too long to be said, in a file beside the consoles.
    pub(crate) fn keep(&self, label: &str, text: &str) -> Result<(), Failure> {
        let file = self.places.work.join("logs").join(format!("{}.{label}", self.name));
        std::fs::write(file, text).map_err(Failure::io("log"))
    }

    /// What lspci on the host says of recorded functions.
    pub(crate) fn lspci(&self, label: &str, records: &str) -> Result<String, Failure> {
        let name = format!("{}.{label}", self.name);
        std::fs::write(self.places.work.join(&name), records).map_err(Failure::io("records"))?;
        let output = Command::new("chroot")
            .arg(&self.places.root)
            .args(["lspci", "-D", "-vvv", "-F", &format!("/run/live/{name}")])
            .output()
            .map_err(Failure::io("lspci"))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    pub(crate) fn socket(&self, label: &str) -> PathBuf {
        self.places.work.join(format!("{}.{label}", self.name))
    }
}
