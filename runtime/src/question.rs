//! Everything that a source of places, or a layer, may ask about beside the device.

use crate::decision::{EntryName, Grant};
use crate::lookup::DeviceMatch;
use crate::reason::Reason;
use crate::tables::Permission;
use crate::{Database, HostPasid, Identity, MAX_WIDTH, Policy};

/// What is asked for a device.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a, 'db> {
    pub(crate) databases: &'a [Database<'db>],
    pub(crate) identity: &'a Identity,
    pub(crate) host: Option<HostPasid>,
    pub(crate) policy: &'a Policy<'a>,
}

/// Everything that a source may ask about: the request, and what the entries say of the device.
pub(crate) struct Question<'a, 'db> {
    pub(crate) databases: &'a [Database<'db>],
    pub(crate) identity: &'a Identity,
    /// That of the request; where the answer is for one that will enable PASID, what it has then.
    pub(crate) host: Option<HostPasid>,
    pub(crate) policy: &'a Policy<'a>,
    /// The entry that applies.
    pub(crate) entry: Option<DeviceMatch>,
    /// The entry that says that the function must not have PASID. One that another shadows says so too.
    pub(crate) forbidden_by: Option<DeviceMatch>,
    /// Why the entry that applies must not place anything.
    pub(crate) refusal: Option<Reason>,
}

impl<'a, 'db> Question<'a, 'db> {
    /// A request, of which no entry says anything yet.
    pub(crate) const fn new(request: Request<'a, 'db>) -> Self {
        let Request { databases, identity, host, policy } = request;
        Self { databases, identity, host, policy, entry: None, forbidden_by: None, refusal: None }
    }
}

impl<'db> Question<'_, 'db> {
    /// The entry's database.
    pub(crate) fn database(&self) -> Database<'db> {
        let at = self.entry.as_ref().map(|entry| entry.database);
        at.and_then(|at| self.databases.get(at)).copied().unwrap_or(Database::EMPTY)
    }

    /// How an entry is called.
    pub(crate) fn name_of(&self, entry: &DeviceMatch) -> EntryName<'db> {
        let database = self.databases.get(entry.database).copied().unwrap_or(Database::EMPTY);
        let text = |text| database.text(text);
        let (name, title, source) = (text(entry.device.name), text(entry.device.title), text(entry.device.source));
        EntryName { database: entry.database, name, title, source }
    }

    /// What the guest's capability would say.
    pub(crate) fn grant(&self) -> Grant {
        let Some(host) = self.host else { return Grant::default() };
        let entry = self.entry.as_ref().map(|entry| &entry.device);
        let passes = |permission: Option<Permission>| permission != Some(Permission::Deny);
        let width = [Some(host.width), entry.map(|entry| entry.max_width), self.policy.viommu_width];
        Grant {
            width: width.into_iter().flatten().fold(MAX_WIDTH, u8::min),
            execute: host.execute && passes(entry.map(|entry| entry.execute)),
            privileged: host.privileged && passes(entry.map(|entry| entry.privileged)),
        }
    }
}
