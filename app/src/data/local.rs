//! What the device knows of the book, as one thing to read from: held in memory, kept in the store, brought by sync.

use super::client::ClientError;
use super::session::{Doorkeeper, now, today};
use super::store::{Row, Store};
use crate::ui::Freshness;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, FeedNumber};
use shared::facts::ledger::Rate;
use shared::readings::standing::Standing;
use shared::record::api::{BookInfo, SyncAnswer, SyncCustomer};
use shared::rules::order_check::OrderPolicy;
use shared::rules::policy::PolicyVersion;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The format of cached rows. Another one on the disk is thrown away and fetched anew.
const FORMAT: u32 = 2;
/// Beyond this age, in seconds, what the device knows is no longer shown: its person may have lost sight of it.
pub const TOO_OLD: i64 = 24 * 3_600;

const STATE: &str = "state";
const POLICY: &str = "policy";
const RATES: &str = "rates";
/// Before the id of a customer in the name of its row.
const CUSTOMER: &str = "customer/";

/// A copy of what the person may see of the book, as of one feed number.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The book.
    pub book: BookInfo,
    /// Up to where this goes.
    pub feed: FeedNumber,
    /// When the book was last heard, in seconds since 1970.
    pub heard: i64,
    /// What an order check needs of the policy in force.
    pub policy: Arc<PolicyVersion<OrderPolicy>>,
    /// The exchange rates.
    pub rates: Arc<Vec<Rate>>,
    /// The customers in sight.
    pub customers: Arc<BTreeMap<CustomerId, Arc<SyncCustomer>>>,
}

/// The row that says what the other rows are.
#[derive(Serialize, Deserialize)]
struct State {
    format: u32,
    feed: FeedNumber,
    heard: i64,
    book: BookInfo,
}

impl Shelf {
    /// Reads it from the cache; absent when the cache is empty, of another format, or not whole.
    pub fn from_rows(rows: &[Row]) -> Option<Self> {
        let of = |wanted: &str| rows.iter().find(|(name, _)| name == wanted).map(|(_, text)| text.as_str());
        let state: State = serde_json::from_str(of(STATE)?).ok()?;
        if state.format != FORMAT {
            return None;
        }
        let mut customers = BTreeMap::new();
        for (name, text) in rows {
            // A customer who went out of sight leaves an empty row.
            if name.starts_with(CUSTOMER) && !text.is_empty() {
                let known: SyncCustomer = serde_json::from_str(text).ok()?;
                customers.insert(known.customer.id, Arc::new(known));
            }
        }
        Some(Self {
            book: state.book,
            feed: state.feed,
            heard: state.heard,
            policy: Arc::new(serde_json::from_str(of(POLICY)?).ok()?),
            rates: Arc::new(serde_json::from_str(of(RATES)?).ok()?),
            customers: Arc::new(customers),
        })
    }

    /// What an answer of the edge makes of it, and the rows to write; absent when the answer is the first and names no policy.
    pub fn after(before: Option<&Self>, answer: SyncAnswer<OrderPolicy>, heard: i64) -> Option<(Self, Vec<Row>)> {
        let mut rows = Vec::new();
        let mut put = |name: String, text: Result<String, serde_json::Error>| {
            // The types of the wire always become JSON.
            rows.push((name, text.unwrap_or_default()));
        };
        let policy = match (answer.policy, before) {
            (Some(policy), _) => {
                put(POLICY.to_owned(), serde_json::to_string(&policy));
                Arc::new(policy)
            }
            (None, Some(before)) => before.policy.clone(),
            (None, None) => return None,
        };
        let rates = match (answer.rates, before) {
            (None, Some(before)) => before.rates.clone(),
            (rates, _) => {
                let rates = rates.unwrap_or_default();
                put(RATES.to_owned(), serde_json::to_string(&rates));
                Arc::new(rates)
            }
        };
        let mut customers = before.map(|before| before.customers.clone()).unwrap_or_default();
        if !answer.customers.is_empty() || !answer.gone.is_empty() {
            let kept = Arc::make_mut(&mut customers);
            for known in answer.customers {
                put(format!("{CUSTOMER}{}", known.customer.id), serde_json::to_string(&known));
                kept.insert(known.customer.id, Arc::new(known));
            }
            for gone in answer.gone {
                put(format!("{CUSTOMER}{gone}"), Ok(String::new()));
                kept.remove(&gone);
            }
        }
        let state = State { format: FORMAT, feed: answer.feed, heard, book: answer.book.clone() };
        put(STATE.to_owned(), serde_json::to_string(&state));
        Some((Self { book: answer.book, feed: answer.feed, heard, policy, rates, customers }, rows))
    }

    /// A customer's standing with the newest rates, as the edge would judge it at this feed number.
    pub fn standing(&self, id: CustomerId) -> Option<Standing> {
        self.customers.get(&id).map(|known| known.standing.clone().with_rates(&self.rates))
    }
}

/// How the device stands to the edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// A sync is under way.
    pub syncing: bool,
    /// Why the last try brought nothing.
    pub failed: Option<ClientError>,
}

/// Everything that a door that works offline reads, to hand around.
#[derive(Clone, Copy)]
pub struct Local {
    /// Who is signed in.
    pub keeper: Doorkeeper,
    /// What the device knows; absent until the first sync.
    pub shelf: RwSignal<Option<Arc<Shelf>>>,
    /// How it stands to the edge.
    pub contact: RwSignal<Contact>,
    /// Whether the store was read, so that an absent shelf means that there is none.
    pub ready: RwSignal<bool>,
    /// Set when the device keeps nothing, so that everything is lost with the page.
    pub keeps_nothing: RwSignal<bool>,
    store: StoredValue<Option<Store>, LocalStorage>,
    clock: RwSignal<i64>,
    /// The book's date.
    pub today: Memo<Option<Date>>,
    /// How old what is known is, in seconds.
    pub age: Memo<Option<i64>>,
    /// What the age means.
    pub freshness: Memo<Freshness>,
}

impl Local {
    /// Nothing known yet. Lives as long as the component that makes it.
    pub fn new(keeper: Doorkeeper) -> Self {
        let shelf = RwSignal::new(None::<Arc<Shelf>>);
        let contact = RwSignal::new(Contact::default());
        let clock = RwSignal::new(now());
        // A date changes at midnight and an age every few seconds; both are read from this one clock.
        let tick = set_interval_with_handle(move || clock.set(now()), std::time::Duration::from_secs(10));
        on_cleanup(move || {
            if let Ok(tick) = tick {
                tick.clear();
            }
        });
        let today = Memo::new(move |_| {
            clock.track();
            shelf.with(|shelf| shelf.as_ref().map(|shelf| today(&shelf.book)))
        });
        let age = Memo::new(move |_| {
            let now = clock.get();
            shelf.with(|shelf| shelf.as_ref().map(|shelf| now.saturating_sub(shelf.heard).max(0)))
        });
        let freshness = Memo::new(move |_| match (age.get(), contact.with(|contact| contact.failed.is_some())) {
            (Some(age), _) if age > TOO_OLD => Freshness::Stale,
            (_, true) => Freshness::Offline,
            (Some(age), _) if age < 180 => Freshness::Live,
            _ => Freshness::Sync,
        });
        Self {
            keeper,
            shelf,
            contact,
            ready: RwSignal::new(false),
            keeps_nothing: RwSignal::new(false),
            store: StoredValue::new_local(None),
            clock,
            today,
            age,
            freshness,
        }
    }

    /// The store, where the device has one.
    pub fn store(self) -> Option<Store> {
        self.store.try_get_value().flatten()
    }

    /// Opens the store and takes up what it holds.
    pub async fn open(self) {
        let Some(session) = self.keeper.session() else { return };
        if let Ok(store) = Store::open(&session.book.code, session.person).await {
            let known = store.cached().await.ok().and_then(|rows| Shelf::from_rows(&rows));
            self.store.try_set_value(Some(store));
            if let Some(shelf) = known {
                self.show(shelf);
            }
        } else {
            self.keeps_nothing.try_set(true);
        }
        self.ready.try_set(true);
    }

    /// Shows what was brought.
    pub fn show(self, known: Shelf) {
        self.clock.try_set(now());
        self.shelf.try_set(Some(Arc::new(known)));
    }

    /// Reads the clock now, so that a judgement about to be made has today's date.
    pub fn look_at_clock(self) {
        self.clock.try_set(now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::facts::money::Currency;
    use shared::rules::policy::{DEFAULT, Policy};

    fn book() -> BookInfo {
        BookInfo {
            code: "demo".into(),
            name: "甬航".into(),
            name_en: None,
            currency: Currency::CNY,
            utc_offset_minutes: 480,
            today: "2026-11-20".parse().unwrap(),
            demo: true,
        }
    }

    fn customer(name: &str, feed: u64) -> SyncCustomer {
        let json = format!(
            r#"{{"customer":{{"id":"{id}","code":"{name}","name":"{name}","stage":"active","currency":"CNY"}},
                "standing":{{"customer":"{id}","feed":{feed},"stage":"active","currency":"CNY",
                "open":[],"orders":[],"unapplied":[],"rates":[]}},"search":"{name}"}}"#,
            id = CustomerId::derived(&[name])
        );
        serde_json::from_str(&json).unwrap()
    }

    fn answer(feed: u64, customers: Vec<SyncCustomer>, gone: Vec<CustomerId>) -> SyncAnswer<OrderPolicy> {
        SyncAnswer { book: book(), feed: FeedNumber(feed), policy: None, rates: None, people: None, customers, gone }
    }

    /// A cache as the store keeps it: a later row replaces an earlier one of the same name.
    fn stored(batches: &[Vec<Row>]) -> Vec<Row> {
        let mut kept = BTreeMap::new();
        for (name, text) in batches.iter().flatten() {
            kept.insert(name.clone(), text.clone());
        }
        kept.into_iter().collect()
    }

    #[test]
    fn what_is_kept_is_what_was_known() {
        let policy = PolicyVersion {
            version: 1,
            digest: "d".into(),
            policy: OrderPolicy::from(&Policy::parse(DEFAULT).unwrap()),
        };
        let first = SyncAnswer { policy: Some(policy), ..answer(7, vec![customer("a", 5), customer("b", 7)], vec![]) };
        let (shelf, rows) = Shelf::after(None, first, 100).unwrap();
        let gone = CustomerId::derived(&["b"]);
        let next = answer(9, vec![customer("a", 9)], vec![gone]);
        let (shelf, more) = Shelf::after(Some(&shelf), next, 200).unwrap();
        assert_eq!(more.len(), 3, "only what changed is written");
        let read = Shelf::from_rows(&stored(&[rows, more])).unwrap();
        assert_eq!((read.feed, read.heard, read.policy.version), (FeedNumber(9), 200, 1));
        assert_eq!(read.customers, shelf.customers);
        assert_eq!(read.customers.len(), 1);
        assert!(read.standing(gone).is_none());
    }

    #[test]
    fn a_first_answer_without_a_policy_is_no_start() {
        assert!(Shelf::after(None, answer(1, vec![], vec![]), 0).is_none());
        assert!(Shelf::from_rows(&[(STATE.to_owned(), r#"{"format":0}"#.to_owned())]).is_none());
    }
}
