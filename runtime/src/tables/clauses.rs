//! The clauses of a database, each with what it asks for beside ids.

use super::clause::{Clause, ClauseIds, Conditions};
use super::database::Database;
use super::list::{List, Records};

impl<'db> Database<'db> {
    /// All clauses, in their order.
    pub fn clauses(self) -> impl Iterator<Item = Clause> + use<'db> {
        self.whole(self.all::<ClauseIds>())
    }

    /// The clauses of a list.
    pub fn clauses_of(self, list: List<ClauseIds>) -> impl Iterator<Item = Clause> + use<'db> {
        self.whole(self.list(list))
    }

    fn whole(self, clauses: Records<'db, ClauseIds>) -> impl Iterator<Item = Clause> + use<'db> {
        clauses.filter_map(move |ids| self.clause(ids))
    }

    /// A clause with what it asks for beside ids; none where that is not there.
    #[inline]
    pub(crate) fn clause(self, ids: ClauseIds) -> Option<Clause> {
        let ClauseIds { owner, layer, rank, vendor, device, conditions } = ids;
        let conditions = match conditions.index() {
            None => Conditions::NONE,
            Some(index) => self.record(index)?,
        };
        let Conditions { subsystem_vendor, subsystem_device, revision, class_mask, class_value, function, guards } =
            conditions;
        Some(Clause {
            owner,
            layer,
            rank,
            vendor,
            device,
            subsystem_vendor,
            subsystem_device,
            revision,
            class_mask,
            class_value,
            function,
            guards,
        })
    }
}
