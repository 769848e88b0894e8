//! Laws of the what-if questions: a back-test says what the order check would have said, a goal that was sought passes and a
//! cent less doesn't, and what is simulated ties out.

use crate::common::customer;
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::facts::calendar::{Calendar, Date, month_start, plus_days};
use shared::facts::credit_file::CreditFile;
use shared::facts::customer::Customer;
use shared::facts::id::{CoverId, CustomerId, FactId, FeedNumber, ItemId, OrderId, PersonId, ReceiptId};
use shared::facts::ledger::{
    Allocation, Dispute, Document, Fact, Freeze, Instalment, Item, Limit, Order, OrderEnd, OrderEndReason, Rate,
    Receipt, Recorded, Recovery, Return, Source, TemporaryLimit, WriteOff,
};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::questions::assess::{assess, evidence};
use shared::questions::back_test::{BackTest, BackTestReport, Judged, Ledger, OnFile, Period, Subject};
use shared::questions::full_assessment;
use shared::questions::goal::{Least, Settled, WayKind, counting, seek, shortened, with_cover};
use shared::questions::scenario::{Change, Scenario, Sources, what_if};
use shared::questions::stress::{Book, Stress, stress};
use shared::questions::volume::{Spread, Volume, volume};
use shared::readings::exchange::rates_on;
use shared::readings::exposure::Category;
use shared::readings::journal::Journal;
use shared::readings::standing::{CategoryBucket, Further, GradeInForce, GroupStands, LimitInForce, Standing};
use shared::rules::cover::Works;
use shared::rules::order_check::{Verdict, order_check};
use shared::rules::policy::{Bilingual, DEFAULT, Policy};
use shared::rules::segments::{SegmentPatch, merge};
use shared::rules::standing::{complete, cover, exposure, judges_files};
use std::collections::BTreeMap;

const N_CUSTOMERS: usize = 3;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn first_day() -> Date {
    day("2025-01-01")
}

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn rate(date: Date, rate: &str) -> Rate {
    let (from, to, rate) = (Currency::USD, Currency::CNY, rate.parse().unwrap());
    Rate { feed: FeedNumber(0), date, from, to, rate, source: "test".into(), kind: None }
}

fn rates() -> Vec<Rate> {
    vec![rate(day("2025-03-01"), "7.1"), rate(day("2025-06-15"), "7.253")]
}

/// A document or an order, and what follows it.
#[derive(Clone, Debug)]
struct Deal {
    customer: usize,
    day: u32,
    term: u32,
    minor: i64,
    dollars: bool,
    credit_note: bool,
    opening: bool,
    order: Option<u32>,
    paid: Vec<(u32, i64)>,
    disputed: Option<u32>,
}

fn deal() -> impl Strategy<Value = Deal> {
    let what = (0..N_CUSTOMERS, 0_u32..330, 0_u32..90, 1_i64..60_000_000, 0_u8..20);
    let follows = (
        prop::option::weighted(0.3, 0_u32..20),
        prop_oneof![
            3 => (0_u32..110).prop_map(|later| vec![(later, i64::MAX)]),
            2 => prop::collection::vec((0_u32..150, 1_i64..40_000_000), 0..3),
        ],
        prop::option::weighted(0.1, 0_u32..80),
    );
    (what, follows).prop_map(|((customer, day, term, minor, kind), (order, paid, disputed))| Deal {
        customer,
        day,
        term: if kind == 3 { 0 } else { term },
        minor,
        dollars: kind < 3,
        credit_note: kind == 4 || kind == 5,
        opening: kind == 6,
        order,
        paid,
        disputed,
    })
}

/// Two instalments, the second due on the document's own due date.
fn parts(amount: Money, date: Date, term: u32) -> Vec<Instalment> {
    let dues = [plus_days(date, term / 2), plus_days(date, term)];
    amount.split(&[1, 2]).into_iter().zip(dues).map(|(amount, due)| Instalment { due, amount }).collect()
}

fn book(deals: &[Deal]) -> Vec<Recorded> {
    let mut facts: Vec<Recorded> = Vec::new();
    for (number, deal) in deals.iter().enumerate() {
        let name = number.to_string();
        let mut record = |date: Date, fact: Fact| {
            let feed = FeedNumber(facts.len() as u64 + 1);
            let id = FactId::derived(&["fact", &feed.0.to_string()]);
            facts.push(Recorded { id, customer: customer(deal.customer).id, feed, date, fact });
        };
        let currency = if deal.dollars { Currency::USD } else { Currency::CNY };
        let amount = Money::from_minor(if deal.credit_note { -deal.minor } else { deal.minor }, currency).unwrap();
        let (item, date) = (ItemId::derived(&["item", &name]), plus_days(first_day(), deal.day));
        let order = deal.order.map(|before| {
            let id = OrderId::derived(&["order", &name]);
            let confirmed = shared::facts::calendar::minus_days(date, before);
            let prepayment = (number.is_multiple_of(5)).then(|| Money::from_minor(deal.minor / 3, currency).unwrap());
            let amount = Money::from_minor(deal.minor + 1_000, currency).unwrap();
            let terms = Terms::MonthEnd { days: 30 };
            let (customer, description) = (customer(deal.customer).id, None);
            record(confirmed, Fact::Ordered(Order { id, customer, amount, terms, prepayment, description }));
            if number.is_multiple_of(4) {
                let end = OrderEnd { order: id, reason: OrderEndReason::Cancelled };
                record(plus_days(confirmed, 9), Fact::OrderEnded(end));
            }
            id
        });
        let document = if deal.credit_note { Document::CreditNote } else { Document::Invoice };
        record(
            date,
            Fact::Charged(Item {
                id: item,
                document,
                number: name.clone(),
                due: plus_days(date, deal.term),
                amount,
                parts: if number % 5 == 1 && order.is_some() { parts(amount, date, deal.term) } else { Vec::new() },
                opening: deal.opening,
                order,
                reference: None,
                description: None,
            }),
        );
        let mut open = amount.minor();
        for (times, (later, minor)) in deal.paid.iter().enumerate().filter(|_| !deal.credit_note) {
            // What is paid whole is what is still open.
            let minor = if *minor == i64::MAX { open } else { *minor };
            let (paid, date) = (Money::from_minor(minor, currency).unwrap(), plus_days(date, *later));
            let receipt = ReceiptId::derived(&["receipt", &name, &times.to_string()]);
            record(date, Fact::Received(Receipt { id: receipt, amount: paid, reference: None }));
            let applied = open.min(minor);
            if applied > 0 {
                open -= applied;
                let amount = Money::from_minor(applied, currency).unwrap();
                record(date, Fact::Allocated(Allocation { item, source: Source::Receipt { receipt }, amount }));
            }
            // Some payments come back, whole or in part; what they had settled is written off or stays open.
            if number % 7 == 3 && paid.minor() > 0 {
                let back = if number.is_multiple_of(2) { paid.minor() } else { (paid.minor() / 3).max(1) };
                let amount = Money::from_minor(back, currency).unwrap();
                let reason = "退票".to_owned();
                record(plus_days(date, 15), Fact::Returned(Return { receipt, amount, reason }));
            }
        }
        if number % 11 == 2 && open > 1 {
            let amount = Money::from_minor(open / 2, currency).unwrap();
            let (reason, approved_by) = ("核销".to_owned(), PersonId::derived(&["manager"]));
            record(plus_days(date, 100), Fact::WrittenOff(WriteOff { item, amount, reason, approved_by }));
            let (receipt, date) = (ReceiptId::derived(&["recovered", &name]), plus_days(date, 130));
            record(date, Fact::Received(Receipt { id: receipt, amount, reference: None }));
            record(date, Fact::Recovered(Recovery { item, receipt, amount }));
        }
        if let Some(later) = deal.disputed {
            let part = (number.is_multiple_of(2)).then(|| Money::from_minor(deal.minor / 2, currency).unwrap());
            record(plus_days(date, later), Fact::Disputed(Dispute { item, open: true, amount: part, raised_by: None }));
            record(
                plus_days(date, later + 30),
                Fact::Disputed(Dispute { item, open: false, amount: None, raised_by: None }),
            );
        }
        if number % 17 == 5 {
            let freeze = |frozen| Fact::Frozen(Freeze { frozen, reason: "test".into() });
            record(plus_days(date, 20), freeze(true));
            record(plus_days(date, 27), freeze(false));
        }
    }
    facts
}

/// A policy that lets enough through for every kind of verdict to occur.
fn looser() -> Policy {
    let mut policy = policy();
    for line in &mut policy.limit.grades {
        line.need_factor = "6".parse().unwrap();
        line.capital_share = "9".parse().unwrap();
        line.trial = yuan(90_000_000);
        line.cap = yuan(5_000_000_000);
    }
    let overdue = &mut policy.order_check.overdue;
    (overdue.hold_days, overdue.refuse_days, overdue.hold_amount) = (200, 300, None);
    (overdue.grace_days, overdue.hold_share, overdue.small_share) =
        (10, "0.95".parse().unwrap(), "0.1".parse().unwrap());
    policy.order_check.refused_grades.clear();
    policy.order_check.size_share = "0.05".parse().unwrap();
    policy.exposure.order_lapse_days = 12;
    policy.behaviour.window_days = 120;
    let methods = policy.limit_methods.as_mut().unwrap();
    methods.concentration_share = Some("0.9".parse().unwrap());
    for line in &mut methods.grades {
        (line.net_worth_share, line.working_capital_share) = (None, Some("2".parse().unwrap()));
        (line.sales_factor, line.turnover_share) = (Some("9".parse().unwrap()), Some("9".parse().unwrap()));
        line.security_share = "0".parse().unwrap();
    }
    let vip = json!({ "limit": { "late_days": 60 }, "order_check": { "tolerance": "0.4" } });
    let name = Bilingual { zh: "贵宾".into(), en: "VIP".into() };
    policy.segments = Some(vec![SegmentPatch { segment: "vip".into(), name, patch: vip }]);
    policy.check().unwrap();
    policy
}

/// The same with what a file says judged in earnest.
fn earnest() -> Policy {
    let mut policy = looser();
    policy.order_rules.as_mut().unwrap().trial.clear();
    policy
}

fn period() -> Period {
    Period { from: day("2025-04-11"), to: day("2025-11-20"), known: day("2026-02-01") }
}

/// The second customer's file is full, the third's was begun; of the first nobody has begun one. The third has a segment.
fn files() -> BTreeMap<CustomerId, OnFile> {
    let money = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let clear = |kind: &str, date: &str| json!({ "kind": kind, "date": date, "source": "register" });
    let file = json!({
        "statements": [{
            "end": "2024-12-31", "months": 12, "scope": "company", "source": "customer", "audit": "unqualified",
            "currency": "CNY", "lines": {
                "monetary_funds": money("20000000.00"),
                "current_assets": money("20000000.00"),
                "total_assets": money("20000000.00"),
                "short_term_borrowings": money("5000000.00"),
                "current_liabilities": money("5000000.00"),
                "total_liabilities": money("5000000.00"),
                "paid_in_capital": money("10000000.00"),
                "undistributed_profit": money("5000000.00"),
                "total_equity": money("15000000.00"),
                "liabilities_and_equity": money("20000000.00"),
            },
        }],
        "agreements": [{
            "number": "1", "signed": "2025-01-02", "from": "2025-01-02", "until": "2025-05-20",
            "terms": { "kind": "month_end", "days": 75 },
        }],
        "licences": [{ "kind": "business_licence", "number": "1", "until": "2025-08-20" }],
        "screenings": [
            clear("dishonest_debtor", "2025-03-20"), clear("licence_revoked", "2025-03-20"),
            clear("bankruptcy", "2025-03-20"), clear("dishonest_debtor", "2025-07-20"),
        ],
    });
    let guarantee = json!({
        "id": CoverId::derived(&["guarantee"]), "from": "2025-06-10", "until": "2025-10-05", "done": ["signed"],
        "what": { "kind": "guarantee", "amount": money("20000000.00"), "by_company": false },
    });
    let deposit = json!({
        "id": CoverId::derived(&["deposit"]), "from": "2025-05-02", "done": ["received"],
        "what": { "kind": "deposit", "amount": money("15000000.00") },
    });
    let full = OnFile {
        file: serde_json::from_value(file).unwrap(),
        covers: serde_json::from_value(json!([guarantee, deposit])).unwrap(),
        given: None,
    };
    [(customer(1).id, full), (customer(2).id, OnFile::default())].into()
}

fn member(index: usize) -> Customer {
    let segment = (index == 2).then(|| "vip".to_owned());
    Customer { segment, ..customer(index) }
}

fn all_credit() -> Money {
    yuan(30_000_000_000)
}

fn run(
    facts: &[Recorded],
    chunk: usize,
    champion: Policy,
    challenger: Option<Policy>,
) -> (BackTestReport, Vec<Judged>) {
    let ledger = Ledger::of((0..N_CUSTOMERS).map(member).collect(), facts).unwrap();
    let ledger = ledger.with_files(files()).with_portfolio(all_credit());
    let rule = policy().back_test.unwrap();
    let mut test = BackTest::new(rule, period(), champion, challenger, ledger, rates()).unwrap();
    let mut seen = Vec::new();
    loop {
        let progress = test.step_with(chunk, |judged| seen.push(judged.clone())).unwrap();
        if progress.done == progress.of {
            break;
        }
    }
    (test.report().unwrap(), seen)
}

/// What the full assessment would have granted on a day, else the plain one.
fn grant_on(policy: &Policy, who: &Customer, before: &[Recorded], assessed: Date) -> Option<(String, Limit, Terms)> {
    let journal = Journal::of(before, None).unwrap();
    let rates = rates_on(&rates(), Currency::CNY, assessed);
    if policy.scoring.is_none() {
        let assessment = assess(policy, &evidence(policy, who, &journal, &rates, assessed).ok()?).unwrap();
        return Some((assessment.grade.grade, assessment.proposal.limit, assessment.proposal.terms));
    }
    let (mut files, nothing) = (files(), OnFile::default());
    let on_file = files.remove(&who.id);
    let begun = on_file.is_some() || judges_files(policy);
    let OnFile { file, covers, given } = on_file.as_ref().unwrap_or(&nothing);
    let read = full_assessment::Sources {
        customer: who,
        journal: &journal,
        file,
        covers,
        market_value: None,
        portfolio: Some(all_credit()),
        given: given.as_ref(),
        rates: &rates,
    };
    let mut evidence = full_assessment::evidence(policy, &read, assessed).ok()?;
    evidence.terms_at_most = evidence.terms_at_most.filter(|_| begun);
    let made = full_assessment::assess_fully(policy, &evidence, assessed).unwrap();
    let limit = made.proposal.security.map_or(made.proposal.limit, |security| security.limit_until_then);
    Some((made.rating.grade, limit, made.terms))
}

/// The verdict by the order check itself, on the standing of the facts that were known.
fn by_the_check(
    policy: &Policy,
    facts: &[Recorded],
    judged: &Judged,
    earlier: &[Subject],
) -> shared::rules::order_check::Answer {
    let who = customer_of(facts, judged);
    let policy = &policy.effective(who.segment.as_deref(), None).unwrap();
    let date = judged.date;
    let known: Vec<Recorded> = facts
        .iter()
        .filter(|fact| fact.customer == who.id)
        .filter(|fact| {
            let named = match &fact.fact {
                Fact::Charged(item) => {
                    earlier.iter().any(|one| matches!(one, Subject::Document { item: Some(id), .. } if *id == item.id))
                }
                Fact::Ordered(order) => earlier.contains(&Subject::Order { order: order.id }),
                _ => false,
            };
            fact.date < date || (fact.date == date && named)
        })
        .cloned()
        .collect();
    let assessed = month_start(date).max(period().from);
    let before: Vec<Recorded> =
        facts.iter().filter(|fact| fact.customer == who.id && fact.date < assessed).cloned().collect();
    let today = rates_on(&rates(), Currency::CNY, date);
    let mut standing = Standing::of(&who, &known, &today, None).unwrap();
    (standing.grade, standing.limit, standing.terms) = (None, None, None);
    if let Some((grade, limit, terms)) = grant_on(policy, &who, &before, assessed) {
        let until = Some(plus_days(assessed, policy.limit.valid_days.into()));
        standing.grade = Some(GradeInForce { grade, since: assessed });
        standing.limit = Some(LimitInForce { limit, since: assessed, until });
        standing.terms = Some(terms);
    }
    let on_file = files().remove(&who.id);
    if on_file.is_some() || judges_files(policy) {
        let mut file = on_file.clone().unwrap_or_default().file;
        let rule = policy.credit_file.as_ref().unwrap();
        let complete = complete(rule, &who, &file, assessed);
        file.screenings.retain(|check| check.date <= date);
        standing.further = Further { complete: Some(complete), ..Further::default().with_file(&file) };
    }
    standing.further.portfolio = Some(all_credit());
    if let Some(on_file) = on_file.filter(|on_file| !on_file.covers.is_empty()) {
        let exposed = exposure(&standing, &policy.exposure, date).unwrap();
        let exposed = if exposed.currency() == Currency::CNY { exposed } else { yuan(0) };
        let rule = policy.cover.as_ref().unwrap();
        standing.further.cover = Some(cover(rule, &on_file.covers, exposed, &rates(), date).unwrap());
    }
    if standing.rates.is_empty() {
        standing.rates = today;
    }
    order_check(policy, &standing, &judged.order, date).unwrap()
}

fn customer_of(facts: &[Recorded], judged: &Judged) -> Customer {
    let journal = Journal::of(facts, None).unwrap();
    let id = journal.customers[judged.customer as usize];
    (0..N_CUSTOMERS).map(member).find(|customer| customer.id == id).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_back_test_says_what_the_check_would_have_said(
        deals in prop::collection::vec(deal(), 1..50), chunk in 1_usize..5, plain in prop::bool::weighted(0.2),
    ) {
        let facts = book(&deals);
        let policies = if plain {
            let plain = |policy: Policy| Policy { scoring: None, limit_methods: None, ..policy };
            [plain(policy()), plain(looser())]
        } else {
            [earnest(), looser()]
        };
        let (_, seen) = run(&facts, chunk, policies[0].clone(), Some(policies[1].clone()));
        let mut earlier: Vec<Subject> = Vec::new();
        for (place, judged) in seen.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| &seen[before]);
            if before.is_none_or(|before| (before.customer, before.date) != (judged.customer, judged.date)) {
                earlier.clear();
            }
            for (policy, (verdict, rule)) in policies.iter().zip(&judged.verdicts) {
                let answer = by_the_check(policy, &facts, judged, &earlier);
                prop_assert_eq!((*verdict, *rule), (answer.verdict, answer.reasons.first().map(|reason| reason.rule)), "{:?} {:?}", judged, answer);
            }
            earlier.push(judged.subject);
        }
    }

    #[test]
    fn a_back_test_ties_out(deals in prop::collection::vec(deal(), 1..60), chunk in 1_usize..5) {
        let facts = book(&deals);
        let (report, seen) = run(&facts, chunk, policy(), Some(looser()));
        // However it is cut into steps.
        prop_assert_eq!(&run(&facts, 100, policy(), Some(looser())).0, &report);
        let effect = &report.champion;
        let all = |sums: &[shared::questions::back_test::Sum]| {
            sums.iter().fold((0_u64, 0_i64), |(count, minor), sum| (count + sum.count, minor + sum.amount.minor()))
        };
        let total = &effect.total;
        let verdicts = all(&[total.approved, total.warned, total.held, total.refused]);
        let fates = |fates: &shared::questions::back_test::Fates| [fates.good, fates.late, fates.lost, fates.open, fates.uncharged];
        prop_assert_eq!(verdicts, all(&[fates(&total.turned_away), fates(&total.let_through)].concat()));
        prop_assert_eq!(all(&[total.held, total.refused]), all(&fates(&total.turned_away)));
        prop_assert_eq!(verdicts.0, seen.len() as u64);
        let by_rule: Vec<_> = effect.turned_away_by.values().copied().collect();
        prop_assert_eq!(all(&by_rule), all(&[total.held, total.refused]));
        let months: Vec<_> = effect.months.iter().flat_map(|month| [month.approved, month.warned, month.held, month.refused]).collect();
        prop_assert_eq!(all(&months), verdicts);
        // Every subject of the period, and nothing else.
        let within = |date: Date| date >= period().from && date <= period().to;
        let subjects = facts.iter().filter(|fact| within(fact.date)).filter(|fact| match &fact.fact {
            Fact::Ordered(_) => true,
            Fact::Charged(item) => item.order.is_none() && !item.opening && item.amount.minor() > 0,
            _ => false,
        });
        prop_assert_eq!(subjects.count(), seen.len());
        // The ledger's rows alone judge every document on credit.
        let journal = Journal::of(&facts, None).unwrap();
        let ledger = Ledger::of_journal((0..N_CUSTOMERS).map(customer).collect(), journal).unwrap();
        let mut test = BackTest::new(policy().back_test.unwrap(), period(), policy(), None, ledger, rates()).unwrap();
        test.step(usize::MAX).unwrap();
        let total = test.report().unwrap().champion.total;
        // Each instalment of a document by itself.
        let documents = facts.iter().filter(|fact| within(fact.date)).map(|fact| match &fact.fact {
            Fact::Charged(item) if item.opening => 0,
            Fact::Charged(item) if item.parts.is_empty() => usize::from(item.amount.minor() > 0),
            Fact::Charged(item) => item.parts.iter().filter(|part| part.amount.minor() > 0).count(),
            _ => 0,
        });
        prop_assert_eq!(documents.sum::<usize>() as u64, total.approved.count + total.warned.count + total.held.count + total.refused.count);
    }
}

/// A customer's standing with something granted.
fn granted(facts: &[Recorded], limit: i64, terms: Terms) -> Standing {
    let mut standing = Standing::of(&customer(0), facts, &rates(), None).unwrap();
    let since = first_day();
    standing.frozen = None;
    standing.grade = Some(GradeInForce { grade: "B".into(), since });
    standing.limit = Some(LimitInForce { limit: Limit::Amount { amount: yuan(limit) }, since, until: None });
    standing.terms = Some(terms);
    standing
}

fn asked(minor: i64, terms: Terms, dollars: bool) -> Order {
    let currency = if dollars { Currency::USD } else { Currency::CNY };
    Order {
        id: OrderId::derived(&["asked"]),
        customer: customer(0).id,
        amount: Money::from_minor(minor, currency).unwrap(),
        terms,
        prepayment: None,
        description: None,
    }
}

/// A standing after some documents were settled, less one cent of the last of them when `short`.
fn settled(standing: &Standing, parts: &[Settled], short: bool) -> Standing {
    let mut standing = standing.clone();
    for (place, part) in parts.iter().enumerate() {
        let one = i64::from(short && place + 1 == parts.len());
        let bucket = standing.open.iter_mut().find(|bucket| {
            (bucket.due, bucket.disputed, bucket.amount.currency()) == (part.due, part.disputed, part.amount.currency())
        });
        let bucket = bucket.unwrap();
        let left = bucket.amount.minor() - part.amount.minor() + one;
        bucket.amount = Money::from_minor(left, part.amount.currency()).unwrap();
    }
    standing.open.retain(|bucket| !bucket.amount.is_zero());
    standing
}

fn some_terms() -> impl Strategy<Value = Terms> {
    prop_oneof![
        (0_u16..150).prop_map(|days| Terms::Net { days }),
        (0_u16..90).prop_map(|days| Terms::MonthEnd { days }),
        Just(Terms::OnDelivery),
        (0_u16..90).prop_map(|days| Terms::Agreed(Terms::MonthEnd { days }.written_out())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_goal_passes_and_one_less_does_not(
        deals in prop::collection::vec(deal(), 0..25),
        limit in 0_i64..400_000_000,
        tolerance in 0_i64..300_000,
        minor in 1_i64..90_000_000,
        terms in (some_terms(), some_terms()),
        dollars in prop::bool::weighted(0.2),
        warn in any::<bool>(),
        later in 0_u32..500,
        kept in (prop::option::of(0_i64..400_000_000), prop::option::of(0_i64..400_000_000), prop::option::of(0_i64..400_000_000)),
    ) {
        let mut policy = policy();
        policy.order_check.tolerance = Ratio::from_units(tolerance);
        policy.exposure.unapplied = minor % 3 != 0;
        let (standing, as_of) = (granted(&book(&deals), limit, terms.0), plus_days(first_day(), later));
        let mut standing = standing;
        if standing.rates.is_empty() {
            standing.rates = vec![rate(first_day(), "7.253")];
        }
        let (uninvoiced, temporary, others) = kept;
        let further = &mut standing.further;
        further.categories = uninvoiced.map(|minor| {
            vec![CategoryBucket { category: Category::Uninvoiced, due: None, amount: yuan(minor) }]
        });
        further.temporary = temporary.map(|minor| {
            let limit = Limit::Amount { amount: yuan(minor) };
            vec![TemporaryLimit { limit, from: first_day(), until: plus_days(first_day(), 300), reason: "test".into(), approved_by: PersonId::derived(&["test"]) }]
        });
        further.group = others.map(|minor| {
            let limit = Limit::Amount { amount: yuan(500_000_000) };
            GroupStands { others: 1, exposure: yuan(minor), limit, until: None }
        });
        let order = asked(minor, terms.1, dollars);
        let wanted = if warn { Verdict::Warn } else { Verdict::Approve };
        let check = |policy: &Policy, standing: &Standing, order: &Order| {
            order_check(policy, standing, order, as_of).unwrap().verdict
        };
        let goals = seek(&policy, &standing, &order, wanted, as_of).unwrap();
        prop_assert_eq!(goals.now, check(&policy, &standing, &order));
        prop_assert_eq!(goals.ways.is_empty(), goals.now <= wanted);
        for way in &goals.ways {
            let Some(least) = &way.least else {
                prop_assert!(!way.in_the_way.is_empty());
                // More than was tried doesn't help either.
                for (kind, works) in [(WayKind::Uplift, Works::Uplift), (WayKind::Deduction, Works::Deduction)] {
                    if way.kind == kind {
                        let more = with_cover(&policy, &standing, works, yuan(1_000_000_000_000)).unwrap();
                        prop_assert!(check(&counting(&policy, works), &more, &order) > wanted);
                    }
                }
                if way.kind == WayKind::Prepay {
                    let all = Order { prepayment: Some(order.amount), ..order.clone() };
                    prop_assert!(check(&policy, &standing, &all) > wanted);
                }
                continue;
            };
            prop_assert!(way.verdict <= wanted);
            let one_less = |amount: &Money| Money::from_minor(amount.minor() - 1, amount.currency()).unwrap();
            match least {
                Least::Prepay { amount } => {
                    let with = |amount: Money| Order { prepayment: Some(amount), ..order.clone() };
                    prop_assert_eq!(check(&policy, &standing, &with(*amount)), way.verdict);
                    prop_assert!(check(&policy, &standing, &with(one_less(amount))) > wanted);
                }
                Least::Cover { counted, worth } => {
                    let works = if way.kind == WayKind::Uplift { Works::Uplift } else { Works::Deduction };
                    let with = |counted: Money| {
                        let standing = with_cover(&policy, &standing, works, counted).unwrap();
                        check(&counting(&policy, works), &standing, &order)
                    };
                    prop_assert_eq!(with(*counted), way.verdict);
                    prop_assert!(with(one_less(counted)) > wanted);
                    for one in worth {
                        let rule = policy.cover.as_ref().unwrap();
                        let share = rule.kinds.iter().find(|line| line.kind == one.kind).unwrap().share;
                        prop_assert!(share.times(one.worth.minor()).unwrap() >= counted.minor());
                        prop_assert!(share.times(one.worth.minor() - 1).unwrap() < counted.minor());
                    }
                }
                Least::Term { terms, shorter_days } => {
                    let with = |terms: Terms| check(&policy, &standing, &Order { terms, ..order.clone() });
                    prop_assert_eq!(with(*terms), way.verdict);
                    prop_assert_eq!(*shorter_days, order.terms.days_at_most() - terms.days_at_most());
                    let by = (0..=order.terms.days_at_most()).find(|by| shortened(order.terms, *by) == *terms);
                    if let Some(by) = by {
                        prop_assert!(with(shortened(order.terms, by - 1)) > wanted);
                    } else if let Terms::Net { days } = terms {
                        let longer = Terms::Net { days: days + 1 };
                        prop_assert!(with(longer) > wanted);
                    }
                }
                Least::Settle { parts, .. } => {
                    prop_assert_eq!(check(&policy, &settled(&standing, parts, false), &order), way.verdict);
                    prop_assert!(check(&policy, &settled(&standing, parts, true), &order) > wanted);
                }
            }
        }
    }

    #[test]
    fn a_volume_is_what_adding_up_by_hand_gives(
        boxes in 0_u32..500, price in 1_i64..1_000_000, days in 0_u16..70, lags in (0_u16..15, 0_u16..15, 0_u16..20),
        limit in 0_i64..900_000_000, month_end in any::<bool>(), start in 0_u32..700,
    ) {
        let terms = if month_end { Terms::MonthEnd { days } } else { Terms::Net { days } };
        let (confirm_days, invoice_days, late_days) = lags;
        let asked = Volume {
            boxes, price: yuan(price), spread: Spread::EveryDay, terms, cut_off: None, confirm_days, invoice_days, late_days,
        };
        let (calendar, from, tolerance) = (Calendar::default(), plus_days(first_day(), start), Ratio::from_units(50_000));
        let told = |boxes: u32| volume(&Volume { boxes, ..asked.clone() }, Some(yuan(limit)), tolerance, &calendar, from).unwrap();
        let answer = told(boxes);
        let waits = u32::from(confirm_days + invoice_days + late_days);
        let sold = |day: Date| {
            use chrono::Datelike;
            let of = u64::from(shared::facts::calendar::month_end(day, 0).day());
            let until = |n: u32| u64::from(boxes) * u64::from(n) / of;
            (until(day.day()) - until(day.day() - 1)) as i64 * price
        };
        for day in answer.days.iter().step_by(37) {
            let before = (0..300).map(|back| shared::facts::calendar::minus_days(day.date, back));
            let owed = before.filter(|sale| plus_days(terms.due(*sale, &calendar), waits) > day.date).map(sold).sum::<i64>();
            prop_assert_eq!(day.owed.minor(), owed, "{}", day.date);
        }
        prop_assert_eq!(answer.peak.minor(), answer.days.iter().map(|day| day.owed.minor()).max().unwrap());
        let bound = limit + tolerance.times_down(limit).unwrap();
        let beside = answer.limit.unwrap();
        prop_assert_eq!(beside.days_over as usize, answer.days.iter().filter(|day| day.owed.minor() > bound).count());
        if let Some(most) = beside.boxes {
            prop_assert!(told(most).peak.minor() <= bound);
            prop_assert!(told(most + 1).peak.minor() > bound);
        } else {
            prop_assert_eq!(answer.peak.minor(), 0);
        }
    }

    #[test]
    fn stress_moves_what_it_says(deals in prop::collection::vec(deal(), 1..40), later in 0_u16..120, day in 0_u32..400, top in 0_u32..4) {
        let facts = book(&deals);
        let (journal, policy, as_of) = (Journal::of(&facts, None).unwrap(), policy(), plus_days(first_day(), day));
        let rates = vec![rate(first_day(), "7.1")];
        let standings: Vec<Standing> = (0..N_CUSTOMERS).map(|index| Standing::of(&customer(index), &facts, &rates, None).unwrap()).collect();
        let book = Book { policy: &policy, journal: &journal, standings: &standings, debtors: &[], rates: &rates };
        let calm = stress(&book, &Stress::default(), as_of).unwrap();
        prop_assert_eq!(&calm.before, &calm.after);
        let slow = stress(&book, &Stress { later_days: later, ..Stress::default() }, as_of).unwrap();
        prop_assert_eq!(&slow.before, &calm.before);
        // What comes back comes back later too.
        if journal.taken_back.is_empty() {
            prop_assert!(slow.after.open_items.minor() >= slow.before.open_items.minor());
            prop_assert!(slow.after.overdue.minor() >= slow.before.overdue.minor());
        }
        // What is open then is what was open with the payments of the last days taken back.
        let paid: Vec<Recorded> = facts.iter().filter(|fact| {
            let money = matches!(fact.fact, Fact::Received(_) | Fact::Allocated(_) | Fact::Returned(_) | Fact::Recovered(_));
            !money || plus_days(fact.date, later.into()) <= as_of
        }).cloned().collect();
        let unpaid = Journal::of(&paid, None).unwrap();
        let same = Book { journal: &unpaid, ..book };
        prop_assert_eq!(stress(&same, &Stress::default(), as_of).unwrap().before.exposure, slow.after.exposure);
        let fails = stress(&book, &Stress { fail_top: top, ..Stress::default() }, as_of).unwrap();
        prop_assert!(fails.failed.len() <= top as usize);
        prop_assert_eq!(fails.after.exposure, calm.before.exposure);
        let expected = |picture: &shared::questions::stress::BookPicture| picture.expected.iter().map(|one| one.open.minor()).sum::<i64>();
        if fails.failed.len() == 3 || fails.failed.is_empty() {
            prop_assert_eq!(expected(&fails.after) == expected(&fails.before), fails.failed.is_empty() || expected(&fails.before) == 0);
        }
        let gone = stress(&book, &Stress { sales_fall: Ratio::ONE, ..Stress::default() }, as_of).unwrap();
        prop_assert!(gone.after.open_items.minor() <= calm.before.open_items.minor());
    }

    #[test]
    fn a_scenario_without_changes_changes_nothing(
        deals in prop::collection::vec(deal(), 0..25), limit in 1_i64..300_000_000, minor in 1_i64..90_000_000, as_proposed in any::<bool>(), day in 0_u32..400,
    ) {
        let (policy, facts, as_of) = (policy(), book(&deals), plus_days(first_day(), day));
        let own: Vec<Recorded> = facts.iter().filter(|fact| fact.customer == customer(0).id).cloned().collect();
        let (journal, standing) = (Journal::of(&own, None).unwrap(), granted(&facts, limit, Terms::MonthEnd { days: 30 }));
        let (who, file, rates) = (customer(0), CreditFile::default(), vec![rate(first_day(), "7.1")]);
        let order = asked(minor, Terms::Net { days: 30 }, false);
        let sources = Sources {
            policy: &policy, customer: &who, journal: &journal, file: &file, covers: &[], standing: &standing, order: &order, rates: &rates,
        };
        let same = what_if(&sources, &Scenario { as_proposed, ..Scenario::default() }, as_of).unwrap();
        prop_assert_eq!(&same.before, &same.after);
        prop_assert!(same.moved.is_empty());
        // As it is, it is rated as the full assessment rates it.
        let read = full_assessment::Sources {
            customer: &who, journal: &journal, file: &file, covers: &[], market_value: None, portfolio: None, given: None, rates: &rates,
        };
        let full = full_assessment::evidence(&policy, &read, as_of).unwrap();
        let full = full_assessment::assess_fully(&policy, &full, as_of).unwrap();
        let rated = &same.before.rated;
        prop_assert_eq!((rated.points, rated.terms, &rated.grade), (full.score.points, full.terms, &full.rating.grade));
        prop_assert_eq!(&rated.methods, &full.proposal.methods);
        let amount = yuan(minor / 2 + 1);
        let scenario = Scenario { changes: vec![Change::OrderAmount { amount }], ..Scenario::default() };
        let half = what_if(&sources, &scenario, as_of).unwrap();
        prop_assert_eq!(&half.before.rated, &half.after.rated);
        let alone = order_check(&policy, &standing, &Order { amount, ..order.clone() }, as_of).unwrap();
        prop_assert_eq!(half.after.answer, alone);
        // A scenario is data.
        let json = serde_json::to_string(&scenario).unwrap();
        prop_assert_eq!(serde_json::from_str::<Scenario>(&json).unwrap(), scenario);
    }
}

/// The books above are such that every verdict and every fate occurs, or their laws would say little.
#[test]
fn the_books_are_varied() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let deals = prop::collection::vec(deal(), 90).new_tree(&mut runner).unwrap().current();
    let (report, _) = run(&book(&deals), 1, policy(), Some(looser()));
    let total = &report.challenger.unwrap().total;
    for sum in [total.approved, total.warned, total.held, total.refused] {
        assert!(sum.count > 0, "{total:?}");
    }
    assert!(
        report.differing > 0 && total.let_through.loss.minor() > 0 && report.champion.total.turned_away.good.count > 0
    );
}

/// Whatever a policy says that assessment and order check read of ledger and file moves what a back-test says.
#[test]
fn a_change_in_any_section_moves_the_back_test() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let deals = prop::collection::vec(deal(), 220).new_tree(&mut runner).unwrap().current();
    let facts = book(&deals);
    let base = earnest();
    let document = serde_json::to_value(&base).unwrap();
    let at = |path: &str| path.split('.').fold(document.clone(), |value, name| value[name].clone());
    let with = |path: &str, change: &dyn Fn(&mut Value)| {
        let mut value = at(path);
        change(&mut value);
        path.rsplit('.').fold(value, |value, name| json!({ name: value }))
    };
    let each = |path: &str, field: &str, to: Value| {
        with(path, &|lines| lines.as_array_mut().unwrap().iter_mut().for_each(|line| line[field] = to.clone()))
    };
    let patches = [
        ("behaviour", json!({ "behaviour": { "window_days": 20 } })),
        ("exposure", json!({ "exposure": { "unapplied": false } })),
        (
            "grade",
            with("grade.bands", &|bands| {
                for (band, from) in bands.as_array_mut().unwrap().iter_mut().zip(["10", "8", "6", "4", "2"]) {
                    band["from"] = json!(from);
                }
            }),
        ),
        ("grade", json!({ "grade": { "confidence_at_least": "1", "unsure_cap": "D" } })),
        ("limit", each("limit.grades", "need_factor", json!("0.05"))),
        ("limit", each("limit.grades", "terms", json!({ "kind": "net", "days": 1 }))),
        ("order_check", json!({ "order_check": { "tolerance": "0.9" } })),
        ("order_check", json!({ "order_check": { "overdue": { "hold_days": 20 } } })),
        (
            "scoring",
            with("scoring.customer.lines", &|lines| {
                for line in lines.as_array_mut().unwrap() {
                    line["missing"] = json!("1");
                }
            }),
        ),
        ("scoring", json!({ "scoring": { "unscreened_cap": "D" }, "order_check": { "refused_grades": ["D"] } })),
        ("scoring", json!({ "scoring": null })),
        ("scorecard", json!({ "scoring": null, "limit_methods": null })),
        ("limit_methods", json!({ "limit_methods": { "concentration_share": "0.000001" } })),
        ("limit_methods", each("limit_methods.grades", "security_share", json!("1"))),
        ("limit_methods", each("limit_methods.grades", "working_capital_share", json!("0.01"))),
        ("credit_file", json!({ "credit_file": { "without_agreement": { "kind": "net", "days": 90 } } })),
        ("credit_file", json!({ "credit_file": { "statement_max_age_days": 1 } })),
        ("credit_file", each("credit_file.screenings", "max_age_days", json!(1))),
        ("cover", each("cover.kinds", "share", json!("0"))),
        ("segments", json!({ "segments": null })),
        ("order_rules", json!({ "order_rules": { "trial": ["agreement", "licence", "screening", "file"] } })),
        ("order_rules", json!({ "order_rules": { "agreement": { "ended": { "grace_days": 0 } } } })),
        ("order_rules", json!({ "order_rules": { "concentration": { "most": "0.02", "beyond": "hold" } } })),
        ("order_rules", json!({ "order_rules": { "cover": { "lapsed": { "beyond": "refuse" } } } })),
        ("order_rules", json!({ "order_rules": { "file": { "below": "refuse" } } })),
    ];
    // What files say is tried where it isn't drowned out by what is missing of the others.
    let mut quiet = document.clone();
    merge(&mut quiet, &json!({ "order_rules": { "trial": ["screening", "file", "licence"] } }));
    let mut still = Vec::new();
    // And where the plain scorecard grants, because there is no card that asks for a file.
    let mut plain = document.clone();
    merge(&mut plain, &json!({ "scoring": null, "limit_methods": null }));
    for (section, patch) in &patches {
        let moves = [&document, &quiet, &plain].into_iter().any(|base| {
            let mut changed = base.clone();
            merge(&mut changed, patch);
            // A patch of a section that the plain one has not is no policy there.
            let Ok(changed) = Policy::parse_value(&changed) else { return false };
            let (report, _) = run(&facts, 10, Policy::parse_value(base).unwrap(), Some(changed));
            Some(report.champion) != report.challenger
        });
        if !moves {
            still.push(format!("{section}: {patch}"));
        }
    }
    assert!(still.is_empty(), "{still:#?}");
}
