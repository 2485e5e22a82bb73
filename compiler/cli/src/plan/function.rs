//! Plans one function: its view, its attachment, and what the guest would read.

use quirk_map::{Entry, Map, list};
use quirk_recorded::{Address, Recorded, lspci_text};
use quirk_runtime::capability::Space;
use quirk_runtime::{
    ConfigAccess, Database, Function, Hidden, Image, Kernel, Operator, Policy, VirtualConfig, lookup, vfio_view,
};

use super::args::{Args, FunctionKind, View};
use super::qemu::{self, Offset, Refusal};
use super::report::{Facts, Report};
use crate::failure::Failure;

/// What would happen to one function.
pub(super) struct Plan<'record> {
    record: &'record Recorded,
    pub(super) report: Report,
    pub(super) map: Map,
    /// What the guest reads; bytes that it cannot reach are as they were recorded.
    pub(super) guest: Vec<u8>,
    /// The operator's offset was refused.
    pub(super) refused: bool,
    /// The offset that QEMU can be given, or why there is none.
    pub(super) qemu: Result<Offset, Refusal>,
}

impl<'record> Plan<'record> {
    pub(super) fn new(record: &'record Recorded, args: &Args, databases: &[Database<'_>]) -> Result<Self, Failure> {
        let raw = Image::new(record.original()).ok_or_else(|| Failure::new("the dump is shorter than a header"))?;
        let (device, hidden) = match args.view {
            View::Raw => (raw, Vec::new()),
            View::Vfio => {
                let view = vfio_view(&raw, Kernel::LATEST);
                let hidden = hidden(&raw, &view)?;
                (view, hidden)
            }
        };
        // Length 0 is as long as its kind can be: what is not known to be free is not free.
        let confirmed: Vec<_> = hidden.iter().map(|entry| as_hidden(entry, 0)).collect();
        let identity = record.identity().with_function(match args.function_kind {
            None => Function::Unknown,
            Some(FunctionKind::Physical) => Function::Physical,
            Some(FunctionKind::Virtual) => Function::Virtual,
        });
        let policy = Policy {
            operator: args.offset.map_or(Operator::None, Operator::Offset),
            confirmed: &confirmed,
            viommu_width: args.viommu_pasid,
            // A record has no registers that a read could disturb.
            scan_gaps: true,
            ..Policy::default()
        };
        let host = args.host();
        let config = VirtualConfig::attach(&device, databases, &identity, host, &policy).map_err(Failure::new)?;
        let decision = config.decision();

        let mut guest = record.original().to_vec();
        config.read(0, &mut guest[..device.size()]).map_err(Failure::new)?;
        let facts = Facts {
            record,
            identity: &identity,
            view: args.view,
            host,
            viommu_width: args.viommu_pasid,
            hidden: &hidden,
            chain: &list(&config, Space::Extended).map_err(Failure::new)?,
            chain_before: &list(&device, Space::Extended).map_err(Failure::new)?,
            conventional: &list(&config, Space::Conventional).map_err(Failure::new)?,
        };
        let report = Report::new(&facts, decision);
        let mut map = Map::of(&config).map_err(Failure::new)?;
        let entry = lookup::find_device(databases, &identity, &device).map_err(Failure::new)?;
        let entry = entry.map(|entry| (databases[entry.database], entry.device));
        if let Some((database, device)) = &entry {
            map = map.with_entry(*database, device);
        }
        let painted: Vec<_> = hidden.iter().map(|entry| as_hidden(entry, entry.1)).collect();
        let map = map.with_hidden(&painted).with_decision(decision);
        let refused = decision.operator_refused();
        let question = qemu::Question { decision, view: &device, entry, operator: policy.operator };
        let qemu = qemu::offset(&question);
        Ok(Self { record, report, map, guest, refused, qemu })
    }

    /// The address as QEMU wants it, with its domain.
    pub(super) fn host_address(&self) -> Result<String, Failure> {
        let Some(address) = self.record.address() else {
            return Err(Failure::new("the dump does not say which function it is")
                .help("give it as text of `lspci -xxxx`, which begins with the address"));
        };
        Ok(Address { domain: address.domain.or(Some(0)), ..address }.to_string())
    }

    pub(super) fn lspci_text(&self) -> String {
        lspci_text(self.record.address(), self.record.description(), &self.guest)
    }
}

/// The extended capabilities that are in the raw list and not in the view's: the kernel hides them, and their place is
/// known for certain.
fn hidden(raw: &Image, view: &Image) -> Result<Vec<Entry>, Failure> {
    // A view that is cut off shows no extended space, so there is nothing in it to be hidden.
    if view.size() < raw.size() {
        return Ok(Vec::new());
    }
    let shown = list(view, Space::Extended).map_err(Failure::new)?;
    let place = |(capability, _): &Entry| (capability.offset, capability.id);
    let mut all = list(raw, Space::Extended).map_err(Failure::new)?;
    all.retain(|entry| shown.iter().all(|other| place(other) != place(entry)));
    Ok(all)
}

fn as_hidden((capability, _): &Entry, length: u16) -> Hidden {
    Hidden { id: capability.id, version: capability.version, offset: capability.offset, length }
}
