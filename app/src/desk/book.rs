//! What the desk knows of its book: customers with their standings, the policy in force, and, once a page asks for them,
//! the ledger in columns and the portfolio.
//!
//! All of it is read from the edge and kept in memory; what changed since a feed number follows every few seconds. Nothing
//! is stored on the device: the desk needs its network.

use crate::data::client::{self, ClientError};
use crate::data::session::{self, Doorkeeper};
use crate::lang::lang;
use crate::ui::{Freshness, Toaster};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FeedNumber, PersonId};
use shared::facts::ledger::{Limit, Rate};
use shared::facts::money::Money;
use shared::questions::what_if::{Member, Portfolio};
use shared::readings::journal::Journal;
use shared::readings::standing::{Position, Standing};
use shared::record::access::{Operation, Role, may};
use shared::record::api::{BookInfo, Session, SyncAnswer};
use shared::rules::policy::PolicyVersion;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How often the desk asks what changed.
const EVERY: Duration = Duration::from_secs(10);

/// Something that is read from the edge when a page needs it.
#[derive(Clone, Debug, Default)]
pub enum Load<T> {
    /// Not here yet.
    #[default]
    Waiting,
    /// Here.
    Ready(Arc<T>),
    /// It could not be read.
    Failed(ClientError),
}

impl<T> Load<T> {
    /// What is here.
    pub fn ready(&self) -> Option<Arc<T>> {
        match self {
            Self::Ready(value) => Some(Arc::clone(value)),
            _ => None,
        }
    }

    /// Why it isn't.
    pub fn error(&self) -> Option<ClientError> {
        match self {
            Self::Failed(error) => Some(error.clone()),
            _ => None,
        }
    }
}

/// A customer as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The file.
    pub customer: Customer,
    /// The standing.
    pub standing: Standing,
    /// Initials and single characters to find it by, in lower case.
    pub search: String,
    /// The standing at the book's date; absent when a rate is missing or no policy is known yet.
    pub position: Option<Position>,
}

impl Known {
    /// The limit in force at a date.
    pub fn limit(&self, as_of: Date) -> Option<Limit> {
        self.standing.limit_at(as_of)
    }

    /// Limit less exposure; absent when there is no amount to tell.
    pub fn available(&self, as_of: Date) -> Option<Money> {
        let position = self.position.as_ref()?;
        match self.limit(as_of)? {
            Limit::Amount { amount } => amount.minus(position.exposure.total).ok(),
            Limit::None | Limit::Unlimited => None,
        }
    }

    /// What is past due and not disputed.
    pub fn overdue(&self) -> Option<Money> {
        self.position.as_ref().map(|position| position.overdue)
    }

    /// Whether it owes more than its limit.
    pub fn is_over(&self, as_of: Date) -> bool {
        self.available(as_of).is_some_and(|available| available.minor() < 0)
    }
}

/// All customers. A customer keeps its slot as long as the page lives, so that rows of a table can be told apart.
#[derive(Clone, Debug, Default)]
pub struct Customers {
    slots: Vec<Option<Arc<Known>>>,
    places: BTreeMap<CustomerId, u32>,
}

impl Customers {
    /// The customer of a slot.
    pub fn at(&self, slot: u32) -> Option<&Arc<Known>> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// The slot of a customer.
    pub fn slot(&self, id: CustomerId) -> Option<u32> {
        self.places.get(&id).copied()
    }

    /// A customer.
    pub fn get(&self, id: CustomerId) -> Option<&Arc<Known>> {
        self.at(self.slot(id)?)
    }

    /// All of them with their slots.
    pub fn all(&self) -> impl Iterator<Item = (u32, &Arc<Known>)> {
        (0_u32..).zip(&self.slots).filter_map(|(slot, known)| Some((slot, known.as_ref()?)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    fn put(&mut self, known: Known) {
        let known = Arc::new(known);
        let id = known.customer.id;
        if let Some(slot) = self.slot(id).and_then(|slot| self.slots.get_mut(slot as usize)) {
            *slot = Some(known);
        } else {
            self.places.insert(id, u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
            self.slots.push(Some(known));
        }
    }

    fn remove(&mut self, id: CustomerId) {
        if let Some(slot) = self.slot(id).and_then(|slot| self.slots.get_mut(slot as usize)) {
            *slot = None;
        }
    }
}

/// The portfolio as the what-if takes it in.
#[derive(Clone, Debug)]
pub struct Lab {
    /// The date at which it was read.
    pub as_of: Date,
    /// The members, in the order of every pass.
    pub members: Vec<Member>,
    /// Their columns.
    pub portfolio: Portfolio,
    /// Customers left out because a rate is missing.
    pub left_out: Vec<CustomerId>,
}

/// The ledger in rows.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Up to which feed number it goes.
    pub feed: FeedNumber,
    /// The rows.
    pub journal: Journal,
}

/// What every page of the desk holds on to.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The door.
    pub keeper: Doorkeeper,
    /// Who is signed in.
    pub session: StoredValue<Arc<Session>>,
    /// The book.
    pub book: RwSignal<BookInfo>,
    /// All customers.
    pub customers: RwSignal<Arc<Customers>>,
    /// Whether they were read at all, or why not.
    pub loaded: RwSignal<Load<()>>,
    /// The policy in force.
    pub policy: RwSignal<Option<Arc<PolicyVersion>>>,
    /// The rates.
    pub rates: RwSignal<Arc<Vec<Rate>>>,
    /// The people of the book.
    pub people: RwSignal<Arc<BTreeMap<PersonId, String>>>,
    /// Up to where all this goes.
    pub feed: RwSignal<FeedNumber>,
    /// How the page's data stands to the book.
    pub freshness: RwSignal<Freshness>,
    /// When the edge last answered, in seconds since 1970.
    pub heard: RwSignal<Option<i64>>,
    /// The ledger.
    pub ledger: RwSignal<Load<Ledger>>,
    /// The portfolio.
    pub lab: RwSignal<Load<Lab>>,
    /// Says what was done.
    pub toaster: Toaster,
    asking: StoredValue<bool>,
    ledger_feed: StoredValue<Option<FeedNumber>>,
    lab_feed: StoredValue<Option<FeedNumber>>,
}

impl Desk {
    /// Opens the book and keeps in step with it as long as the page that calls lives.
    pub fn open(keeper: Doorkeeper, session: &Arc<Session>) -> Self {
        let desk = Self {
            keeper,
            session: StoredValue::new(Arc::clone(session)),
            book: RwSignal::new(session.book.clone()),
            customers: RwSignal::default(),
            loaded: RwSignal::new(Load::Waiting),
            policy: RwSignal::new(None),
            rates: RwSignal::default(),
            people: RwSignal::default(),
            feed: RwSignal::default(),
            freshness: RwSignal::new(Freshness::Sync),
            heard: RwSignal::new(None),
            ledger: RwSignal::new(Load::Waiting),
            lab: RwSignal::new(Load::Waiting),
            toaster: Toaster::new(),
            asking: StoredValue::new(false),
            ledger_feed: StoredValue::new(None),
            lab_feed: StoredValue::new(None),
        };
        desk.refresh();
        if let Ok(timer) = set_interval_with_handle(move || desk.refresh(), EVERY) {
            on_cleanup(move || timer.clear());
        }
        desk
    }

    /// The desk of this page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether the person may do this. The edge decides; the page only hides what would be refused.
    pub fn may(self, operation: Operation) -> bool {
        may(self.role(), operation).is_some()
    }

    /// What the person is here.
    pub fn role(self) -> Role {
        self.session.with_value(|session| session.role)
    }

    /// Where somebody of this role begins.
    pub fn home(self) -> &'static str {
        const PLACES: [(Operation, &str); 3] =
            [(Operation::Sync, "/today"), (Operation::ReadPeople, "/people"), (Operation::ReadPolicies, "/policy")];
        PLACES.iter().find(|(operation, _)| self.may(*operation)).map_or("/account", |(_, path)| path)
    }

    /// The book's date.
    pub fn today(self) -> Date {
        self.book.with(session::today)
    }

    /// The grades of the policy in force, the best first.
    pub fn grades(self) -> Vec<String> {
        self.policy.with(|policy| {
            let bands = policy.as_ref().map(|policy| policy.policy.grade.bands.iter());
            bands.into_iter().flatten().map(|band| band.grade.clone()).collect()
        })
    }

    /// A customer's name in the reader's language; the one that came along until the customer is here.
    pub fn customer(self, id: CustomerId, name: &str) -> String {
        let lang = lang();
        self.customers.with(|all| all.get(id).map_or_else(|| name.to_owned(), |known| known.name(lang).to_owned()))
    }

    /// The name of a person.
    pub fn person(self, id: Option<PersonId>) -> Option<String> {
        let id = id?;
        self.people.with(|people| people.get(&id).cloned())
    }

    /// Asks what changed.
    pub fn refresh(self) {
        if self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        if !self.may(Operation::Sync) {
            return self.hear_session();
        }
        spawn_local(async move {
            let answer = client::sync(self.feed.get_untracked()).await;
            if self.asking.try_set_value(false).is_some() {
                // The page is gone.
                return;
            }
            match self.keeper.heed(answer) {
                Ok(answer) => self.take(answer),
                Err(ClientError::SignedOut) => {}
                Err(error) => {
                    self.freshness.set(Freshness::Offline);
                    if self.heard.get_untracked().is_none() {
                        self.loaded.set(Load::Failed(error));
                    }
                }
            }
        });
    }

    /// For a role that sees no customers: asks no more than whether one is still in.
    fn hear_session(self) {
        spawn_local(async move {
            let answer = client::session().await;
            if self.asking.try_set_value(false).is_some() {
                // The page is gone.
                return;
            }
            match self.keeper.heed(answer) {
                Ok(session) => {
                    self.heard.set(Some(session::now()));
                    self.freshness.set(Freshness::Live);
                    if self.book.with_untracked(|book| *book != session.book) {
                        self.book.set(session.book);
                    }
                }
                Err(ClientError::SignedOut) => {}
                Err(_) => self.freshness.set(Freshness::Offline),
            }
        });
    }

    fn take(self, answer: SyncAnswer) {
        self.heard.set(Some(session::now()));
        self.freshness.set(Freshness::Live);
        let new_day = self.book.with_untracked(|book| *book != answer.book);
        let new_policy = answer.policy.is_some();
        self.book.set(answer.book);
        if let Some(policy) = answer.policy {
            self.policy.set(Some(Arc::new(policy)));
        }
        if let Some(rates) = answer.rates {
            self.rates.set(Arc::new(rates));
        }
        if let Some(people) = answer.people {
            self.people.set(Arc::new(people.into_iter().map(|person| (person.id, person.name)).collect()));
        }
        let policy = self.policy.get_untracked();
        let today = untrack(|| self.today());
        let position = |standing: &Standing| {
            policy.as_ref().and_then(|policy| Position::of(standing, &policy.policy.exposure, today).ok())
        };
        let reread = new_day || new_policy;
        if reread
            || !answer.customers.is_empty()
            || !answer.gone.is_empty()
            || self.loaded.with_untracked(|l| l.ready().is_none())
        {
            let mut customers = Customers::clone(&self.customers.get_untracked());
            for row in answer.customers {
                let position = position(&row.standing);
                let search = row.search.to_lowercase();
                customers.put(Known { customer: row.customer, standing: row.standing, search, position });
            }
            for gone in answer.gone {
                customers.remove(gone);
            }
            if reread {
                let all: Vec<Known> = customers.all().map(|(_, known)| Known::clone(known)).collect();
                for known in all {
                    customers.put(Known { position: position(&known.standing), ..known });
                }
            }
            self.customers.set(Arc::new(customers));
            self.loaded.set(Load::Ready(Arc::new(())));
        }
        if self.feed.get_untracked() != answer.feed {
            self.feed.set(answer.feed);
        }
    }

    /// Reads the ledger, now and whenever the book has moved on, as long as the page that calls lives.
    pub fn want_ledger(self) {
        Effect::new(move |_| {
            let feed = self.feed.get();
            if self.ledger_feed.get_value() != Some(feed) && feed != FeedNumber::default() {
                self.ledger_feed.set_value(Some(feed));
                self.read_ledger();
            }
        });
    }

    /// Reads the ledger once more.
    pub fn read_ledger(self) {
        spawn_local(async move {
            let answer = self.keeper.heed(client::journal().await);
            let load = match answer {
                Ok(answer) => match Journal::try_from(&answer.columns) {
                    Ok(journal) => Load::Ready(Arc::new(Ledger { feed: answer.feed, journal })),
                    Err(_) => Load::Failed(ClientError::Unreadable),
                },
                Err(error) => Load::Failed(error),
            };
            self.ledger.try_set(load);
        });
    }

    /// Reads the portfolio, now and whenever the book has moved on, as long as the page that calls lives.
    pub fn want_lab(self) {
        Effect::new(move |_| {
            let feed = self.feed.get();
            if self.lab_feed.get_value() != Some(feed) && feed != FeedNumber::default() {
                self.lab_feed.set_value(Some(feed));
                self.read_lab();
            }
        });
    }

    /// Reads the portfolio once more.
    pub fn read_lab(self) {
        spawn_local(async move {
            let load = match self.keeper.heed(client::portfolio().await) {
                Ok(answer) => Load::Ready(Arc::new(Lab {
                    as_of: answer.as_of,
                    portfolio: Portfolio::of(&answer.members),
                    members: answer.members,
                    left_out: answer.left_out,
                })),
                Err(error) => Load::Failed(error),
            };
            self.lab.try_set(load);
        });
    }
}
