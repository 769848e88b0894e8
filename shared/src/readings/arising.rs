//! From which day the age of a document counts that was issued anew.

use crate::facts::calendar::Date;
use crate::facts::id::ItemId;
use crate::facts::ledger::{Fact, Recorded};
use std::collections::BTreeMap;

/// The day from which each reissued document's age counts: its oldest predecessor's. Documents that aren't named count from
/// their own. What is withdrawn must be left out before.
pub fn arising<'a>(facts: impl IntoIterator<Item = &'a Recorded>) -> BTreeMap<ItemId, Date> {
    let mut dates: BTreeMap<ItemId, Date> = BTreeMap::new();
    let mut before: BTreeMap<ItemId, ItemId> = BTreeMap::new();
    for recorded in facts {
        match &recorded.fact {
            Fact::Charged(item) => {
                dates.insert(item.id, recorded.date);
            }
            Fact::Reissued(reissue) => {
                before.insert(reissue.new, reissue.old);
            }
            _ => {}
        }
    }
    let oldest = |new: &ItemId| {
        // A document can be issued anew again; a chain longer than the links there are would be a circle.
        let mut at = *new;
        for _ in 0..before.len() {
            match before.get(&at) {
                Some(old) => at = *old,
                None => break,
            }
        }
        dates.get(&at).map(|date| (*new, *date))
    };
    before.keys().filter_map(oldest).collect()
}
