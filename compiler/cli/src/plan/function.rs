//! Plans one function: its view, its attachment, and what the guest would read.

use quirk_host::Layers;
use quirk_map::{Map, list};
use quirk_recorded::{Address, Recorded, lspci_text};
use quirk_runtime::capability::Space;
use quirk_runtime::{ConfigRead, Database, Image, Source, TrappedMirrors, VirtualConfig, lookup};

use super::args::Args;
use super::linux;
use super::qemu::{self, Offset, Refusal};
use super::report::{Facts, Report};
use crate::failure::Failure;
use crate::subject::{Look, Seen, Subject, View};

/// What would happen to one function.
pub(super) struct Plan<'subject> {
    record: &'subject Recorded,
    pub(super) report: Report,
    pub(super) map: Map,
    /// What the guest reads; bytes that it cannot reach are as they were recorded.
    pub(super) guest: Vec<u8>,
    /// The operator's offset was refused.
    pub(super) refused: bool,
    /// How wide the guest's PASIDs are.
    pub(super) width: u8,
    /// The offset that QEMU can be given, or why there is none.
    pub(super) qemu: Result<Offset, Refusal>,
    /// Layers that are on by default for the function, and that QEMU does not apply.
    pub(super) unapplied: Vec<String>,
}

/// The layers that are on by default for a function, where what is printed is for QEMU.
fn unapplied(
    subject: &Subject,
    args: &Args,
    device: &Image,
    databases: &[Database<'_>],
) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    if args.format.is_for_qemu() {
        lookup::layer_matches(databases, &subject.identity, device, |found| {
            let name = databases[found.database].text(found.layer.name);
            let is_off = args.setting.policy.without_layer.iter().any(|off| off == name);
            if found.layer.default_on && !is_off {
                names.push(name.to_owned());
            }
        })
        .map_err(Failure::new)?;
    }
    Ok(names)
}

impl<'subject> Plan<'subject> {
    pub(super) fn new(
        subject: &'subject Subject,
        args: &Args,
        layers: &Layers<'_>,
        databases: &[Database<'_>],
    ) -> Result<Self, Failure> {
        let Subject { record, identity, .. } = subject;
        let view = args.setting.view.unwrap_or(subject.seen.view());
        let look = Look::at(subject, view)?;
        let device = &look.device;
        let confirmed = look.confirmed();
        let params = layers.params();
        let choices = layers.choices(&params);
        let policy = args
            .setting
            .policy
            .policy(&choices, &layers.disabled)?
            // What a VMM does with them is not known here: the report lists them.
            .with_trapped_mirrors(TrappedMirrors::All)
            .with_confirmed(&confirmed)
            .with_viommu_width(args.setting.host.viommu_pasid)
            .with_what_if(subject.seen == Seen::Dump && !args.as_recorded)
            // A record has no registers that a read could disturb.
            .with_scan_gaps(true);
        let (host, known) = (args.host(subject), args.setting.host.pasid.or(subject.host));
        let config = VirtualConfig::attach(device, databases, identity, host, &policy).map_err(Failure::new)?;
        let decision = config.decision();

        let mut guest = record.original().to_vec();
        config.read(0, &mut guest[..device.size()]).map_err(Failure::new)?;
        let facts = Facts {
            subject,
            view,
            host,
            viommu_width: args.setting.host.viommu_pasid,
            hidden: &look.hidden,
            hidden_conventional: &look.hidden_conventional,
            chain: &list(&config, Space::Extended).map_err(Failure::new)?,
            chain_before: &list(device, Space::Extended).map_err(Failure::new)?,
            mirrors: config.mirrors(),
            conventional: &list(&config, Space::Conventional).map_err(Failure::new)?,
        };
        let mut report = Report::new(&facts, decision);
        let is_placed = decision.placement.is_some_and(|placement| placement.source != Source::Visible);
        // Through VFIO the capability is hidden, and the kernel has decided already.
        if is_placed && subject.seen != Seen::Vfio && view == View::Vfio {
            report.add_linux(linux::refusal(&subject.image()?, identity));
        }
        let mut map = Map::of(&config).map_err(Failure::new)?;
        let entry = lookup::find_device(databases, identity, device).map_err(Failure::new)?;
        let entry = entry.map(|entry| (databases[entry.database], entry.device));
        if let Some((database, device)) = &entry {
            map = map.with_entry(*database, device);
        }
        let map = map.with_hidden(&look.painted()).with_decision(decision);
        let refused = decision.operator_refused();
        let question = qemu::Question { decision, view: device, entry, operator: policy.operator, host: known };
        let qemu = qemu::offset(&question);
        let (width, unapplied) = (decision.grant.width, unapplied(subject, args, &look.device, databases)?);
        Ok(Self { record, report, map, guest, refused, width, qemu, unapplied })
    }

    /// The address as QEMU wants it, with its domain.
    pub(super) fn host_address(&self) -> Result<Address, Failure> {
        let Some(address) = self.record.address() else {
            return Err(Failure::new("the dump does not say which function it is")
                .help("give it as text of `lspci -xxxx`, which begins with the address"));
        };
        Ok(Address { domain: address.domain.or(Some(0)), ..address })
    }

    pub(super) fn address(&self) -> Option<Address> {
        self.record.address()
    }

    pub(super) fn lspci_text(&self) -> String {
        lspci_text(self.record.address(), self.record.description(), &self.guest)
    }
}
