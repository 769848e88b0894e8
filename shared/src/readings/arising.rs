//! What a document that was issued anew goes on from: the day from which its age counts, and the documents before it.

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

/// The documents that each reissued one took the place of, the newest first: it is the same debt. What is withdrawn must be
/// left out before.
pub fn predecessors<'a>(facts: impl IntoIterator<Item = &'a Recorded>) -> BTreeMap<ItemId, Vec<ItemId>> {
    let reissued = facts.into_iter().filter_map(|recorded| match &recorded.fact {
        Fact::Reissued(reissue) => Some((reissue.new, reissue.old)),
        _ => None,
    });
    let before: BTreeMap<ItemId, ItemId> = reissued.collect();
    let chain = |new: &ItemId| {
        // As above: no chain is longer than the links there are.
        let links = std::iter::successors(before.get(new), |at| before.get(at));
        (*new, links.take(before.len()).copied().collect())
    };
    before.keys().map(chain).collect()
}
