//! What a book keeps for the order check from files and groups: when each part is kept, and what it comes to.

use serde_json::json;
use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FeedNumber};
use shared::facts::ledger::{Limit, Rate};
use shared::facts::money::{Currency, Money};
use shared::facts::overdue::Payment;
use shared::facts::piece::{Filed, GroupLimit, Piece};
use shared::facts::relations::{Link, Party, Relation};
use shared::readings::groups::Groups;
use shared::readings::journal::Journal;
use shared::readings::standing::{BrokenPromise, CoverStands, Further, GroupStands, OpenBucket, Standing};
use shared::rules::cover::Works;
use shared::rules::order_check::Rule;
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::standing::{Held, Members, exposure, further, judges_files};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn money(minor: i64, currency: Currency) -> Money {
    Money::from_minor(minor, currency).unwrap()
}

fn yuan(minor: i64) -> Money {
    money(minor, Currency::CNY)
}

fn id(name: &str) -> CustomerId {
    CustomerId::derived(&[name])
}

fn customer() -> Customer {
    let sheet = json!({ "id": id("a"), "code": "A", "name": "甲", "stage": "active", "currency": "CNY" });
    serde_json::from_value(sheet).unwrap()
}

/// Pieces written down on the first of June.
fn filed(pieces: &[serde_json::Value]) -> Filed {
    let piece = |piece: &serde_json::Value| serde_json::from_value::<Piece>(piece.clone()).unwrap();
    Filed::of(pieces.iter().map(|given| (day("2026-06-01"), piece(given))))
}

fn standing(open: Option<Money>) -> Standing {
    let mut standing = Standing::of(&customer(), &[], &[], None).unwrap();
    standing.open = open
        .into_iter()
        .map(|amount| OpenBucket { due: day("2026-12-01"), disputed: false, documents: 1, amount })
        .collect();
    standing
}

struct Case {
    policy: Policy,
    filed: Filed,
    open: Option<Money>,
    payments: Vec<Payment>,
    rates: Vec<Rate>,
}

impl Case {
    fn of(pieces: &[serde_json::Value]) -> Self {
        let policy = Policy::parse(DEFAULT).unwrap();
        Self { policy, filed: filed(pieces), open: None, payments: Vec::new(), rates: Vec::new() }
    }

    fn further(&self, group: Option<Members<'_>>, as_of: &str) -> Further {
        let held = Held {
            customer: &customer(),
            filed: &self.filed,
            standing: &standing(self.open),
            journal: &Journal::default(),
            payments: &self.payments,
            assessed: &[],
            leased: &[],
            group,
            rates: &self.rates,
        };
        further(&self.policy, &held, day(as_of)).unwrap()
    }
}

fn licence(until: &str) -> serde_json::Value {
    json!({ "kind": "licence", "what": { "kind": "business_licence", "number": "1", "until": until } })
}

#[test]
fn a_file_that_nobody_began_is_judged_only_by_a_rule_in_force() {
    let mut case = Case::of(&[]);
    assert!(!judges_files(&case.policy), "the default has these rules on trial");
    assert_eq!(case.further(None, "2026-11-20"), Further::default());
    case.policy.order_rules.as_mut().unwrap().trial.retain(|rule| *rule != Rule::Licence);
    let kept = case.further(None, "2026-11-20");
    assert_eq!(
        (kept.licences, kept.agreements, kept.screenings),
        (Some(Vec::new()), Some(Vec::new()), Some(Vec::new()))
    );
    assert_eq!(kept.complete.map(|share| share.to_string()), Some("0".to_owned()));
    // Nobody knows since when a review would be due.
    assert_eq!(kept.review, None);
}

#[test]
fn completeness_falls_on_the_day_after_a_licence_ends() {
    // The default asks for a business licence with 10 of 100 points and for somebody to call with 6.
    let contact = json!({ "kind": "contact", "what": { "name": "王芳" } });
    let case = Case::of(&[licence("2026-11-20"), contact]);
    let needs = &case.policy.credit_file.as_ref().unwrap().complete[0].needs;
    assert_eq!(needs.iter().map(|need| need.weight).sum::<u16>(), 100);
    let share = |as_of| case.further(None, as_of).complete.map(|share| share.to_string());
    assert_eq!(share("2026-11-20"), Some("0.16".to_owned()));
    assert_eq!(share("2026-11-21"), Some("0.06".to_owned()));
    assert_eq!(case.further(None, "2026-11-21").review.map(|review| review.due), Some(day("2026-06-01")));
}

#[test]
fn promises_and_cover_are_kept_from_the_first_on() {
    let promise = json!({ "kind": "promise", "what": { "what": {
        "made": "2026-10-10", "due": "2026-10-20", "amount": { "amount": "100.00", "currency": "CNY" } } } });
    let cover = json!({ "kind": "cover", "what": {
        "id": "018f0000-0000-7000-8000-000000000001", "from": "2026-01-01", "done": ["received"],
        "what": { "kind": "deposit", "amount": { "amount": "300.00", "currency": "CNY" } } } });
    let mut case = Case::of(&[promise, cover]);
    case.open = Some(yuan(20_000));
    // Three days late is still kept: the fourth breaks it.
    assert_eq!(case.further(None, "2026-10-23").broken, Some(Vec::new()));
    let broken = BrokenPromise { since: day("2026-10-24"), missing: yuan(10_000) };
    let kept = case.further(None, "2026-10-24");
    assert_eq!(kept.broken, Some(vec![broken]));
    // The whole deposit is kept; the check deducts no more of it than is owed.
    let deposit = CoverStands { works: Works::Deduction, amount: yuan(30_000), until: None };
    assert_eq!(kept.cover, Some(vec![deposit]));
    case.payments = vec![Payment { date: day("2026-10-23"), amount: yuan(10_000) }];
    assert_eq!(case.further(None, "2026-10-24").broken, Some(Vec::new()));
    assert_eq!(Case::of(&[licence("2026-11-20")]).further(None, "2026-10-24").cover, None);
}

#[test]
fn a_group_adds_up_and_a_missing_rate_stays_visible() {
    let control = |name: &str| Relation {
        customer: id(name),
        date: day("2026-01-01"),
        link: Link::Control { by: Some(Party::Outside { name: "陈某".to_owned() }), share: None },
        source: "股东名册".to_owned(),
    };
    let groups = Groups::of(&[control("a"), control("b"), control("c")], day("2026-11-20"));
    let given =
        |from: &str, minor| GroupLimit { from: day(from), limit: Limit::Amount { amount: yuan(minor) }, until: None };
    let limits = [given("2026-02-01", 500), given("2026-01-01", 900), given("2026-12-01", 100)];
    let mut case = Case::of(&[]);
    let exposures = [(id("b"), yuan(70)), (id("c"), yuan(30))];
    let members = Members { groups: &groups, exposures: &exposures, limits: &limits };
    let stands =
        GroupStands { others: 2, exposure: yuan(100), limit: Limit::Amount { amount: yuan(500) }, until: None };
    assert_eq!(case.further(Some(members), "2026-11-20").group, Some(stands));
    let foreign = [(id("b"), yuan(70)), (id("c"), money(30, Currency::USD))];
    let members = Members { exposures: &foreign, ..members };
    assert_eq!(case.further(Some(members), "2026-11-20").group.unwrap().exposure, money(30, Currency::USD));
    case.rates = vec![Rate {
        feed: FeedNumber(1),
        date: day("2026-11-01"),
        from: Currency::USD,
        to: Currency::CNY,
        rate: "7".parse().unwrap(),
        source: "PBOC".to_owned(),
        kind: None,
    }];
    assert_eq!(case.further(Some(members), "2026-11-20").group.unwrap().exposure, yuan(280));
    let unlimited = Members { limits: &limits[2..], ..members };
    assert_eq!(case.further(Some(unlimited), "2026-11-20").group.unwrap().limit, Limit::Unlimited);
}

#[test]
fn an_exposure_without_a_rate_is_told_in_its_own_currency() {
    let policy = Policy::parse(DEFAULT).unwrap();
    let of = |open| exposure(&standing(open), &policy.exposure, day("2026-11-20")).unwrap();
    assert_eq!(of(None), yuan(0));
    assert_eq!(of(Some(yuan(500))), yuan(500));
    assert_eq!(of(Some(money(500, Currency::USD))), money(500, Currency::USD));
}
