//! Laws of the what-if questions: a back-test says what the order check would have said, a goal that was sought passes and a
//! cent less doesn't, and what is simulated ties out.

// A failed test is what a panic means here, and the figures are small.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::unwrap_used
)]

use proptest::prelude::*;
use shared::facts::calendar::{Date, month_start, plus_days};
use shared::facts::customer::{Customer, Stage};
use shared::facts::id::{CustomerId, FactId, FeedNumber, ItemId, OrderId, ReceiptId};
use shared::facts::ledger::{
    Allocation, Dispute, Document, Fact, Freeze, Item, Limit, Order, OrderEnd, OrderEndReason, Rate, Receipt, Recorded,
    Source,
};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::questions::assess::{assess, evidence};
use shared::questions::back_test::{BackTest, BackTestReport, Judged, Ledger, Period, Subject, rates_on};
use shared::readings::journal::Journal;
use shared::readings::standing::{GradeInForce, LimitInForce, Standing};
use shared::rules::order_check::order_check;
use shared::rules::policy::{DEFAULT, Policy};

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

fn customer(index: usize) -> Customer {
    Customer {
        id: CustomerId::derived(&["customer", &index.to_string()]),
        code: format!("C-{index}"),
        name: format!("客户 {index}"),
        name_en: None,
        stage: Stage::Active,
        credit_code: None,
        segment: None,
        industry: None,
        salesperson: None,
        founded: Some(day("2015-02-28")),
        since: Some(day("2021-06-01")),
        registered_capital: Money::from_minor(500_000_000, Currency::CNY).ok(),
        currency: Currency::CNY,
        contact: None,
    }
}

fn rate(date: Date, rate: &str) -> Rate {
    let (from, to, rate) = (Currency::USD, Currency::CNY, rate.parse().unwrap());
    Rate { feed: FeedNumber(0), date, from, to, rate, source: "test".into() }
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
        prop::collection::vec((0_u32..150, 1_i64..40_000_000), 0..3),
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
            let prepayment = (number % 5 == 0).then(|| Money::from_minor(deal.minor / 3, currency).unwrap());
            let amount = Money::from_minor(deal.minor + 1_000, currency).unwrap();
            let terms = Terms::MonthEnd { days: 30 };
            let (customer, description) = (customer(deal.customer).id, None);
            record(confirmed, Fact::Ordered(Order { id, customer, amount, terms, prepayment, description }));
            if number % 4 == 0 {
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
                opening: deal.opening,
                order,
                reference: None,
                description: None,
            }),
        );
        let mut open = amount.minor();
        for (times, (later, minor)) in deal.paid.iter().enumerate().filter(|_| !deal.credit_note) {
            let (paid, date) = (Money::from_minor(*minor, currency).unwrap(), plus_days(date, *later));
            let receipt = ReceiptId::derived(&["receipt", &name, &times.to_string()]);
            record(date, Fact::Received(Receipt { id: receipt, amount: paid, reference: None }));
            let applied = open.min(*minor);
            if applied > 0 {
                open -= applied;
                let amount = Money::from_minor(applied, currency).unwrap();
                record(date, Fact::Allocated(Allocation { item, source: Source::Receipt { receipt }, amount }));
            }
        }
        if let Some(later) = deal.disputed {
            record(plus_days(date, later), Fact::Disputed(Dispute { item, open: true }));
            record(plus_days(date, later + 30), Fact::Disputed(Dispute { item, open: false }));
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
        line.need_factor = "2".parse().unwrap();
        line.capital_share = "9".parse().unwrap();
        line.trial = yuan(900_000_00);
    }
    policy.order_check.overdue.hold_days = 100;
    policy.exposure.order_lapse_days = 12;
    policy.behaviour.window_days = 120;
    policy
}

fn period() -> Period {
    Period { from: day("2025-04-11"), to: day("2025-11-20"), known: day("2026-02-01") }
}

fn run(facts: &[Recorded], chunk: usize, challenger: Option<Policy>) -> (BackTestReport, Vec<Judged>) {
    let ledger = Ledger::of((0..N_CUSTOMERS).map(customer).collect(), facts).unwrap();
    let rule = policy().back_test.unwrap();
    let mut test = BackTest::new(rule, period(), policy(), challenger, ledger, rates()).unwrap();
    let mut seen = Vec::new();
    while {
        let progress = test.step_with(chunk, |judged| seen.push(judged.clone())).unwrap();
        progress.done < progress.of
    } {}
    (test.report().unwrap(), seen)
}

/// The verdict by the order check itself, on the standing of the facts that were known.
fn by_the_check(
    policy: &Policy,
    facts: &[Recorded],
    judged: &Judged,
    earlier: &[Subject],
) -> shared::rules::order_check::Answer {
    let who = customer_of(facts, judged);
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
    let journal = Journal::of(&before, None).unwrap();
    let mut standing = Standing::of(&who, &known, &rates_on(&rates(), Currency::CNY, date), None).unwrap();
    (standing.grade, standing.limit, standing.terms) = (None, None, None);
    let evidence = evidence(policy, &who, &journal, &rates_on(&rates(), Currency::CNY, assessed), assessed);
    if let Ok(evidence) = evidence {
        let assessment = assess(policy, &evidence).unwrap();
        let until = Some(plus_days(assessed, policy.limit.valid_days.into()));
        standing.grade = Some(GradeInForce { grade: assessment.grade.grade, since: assessed });
        standing.limit = Some(LimitInForce { limit: assessment.proposal.limit, since: assessed, until });
        standing.terms = Some(assessment.proposal.terms);
    }
    if standing.rates.is_empty() {
        standing.rates = rates_on(&rates(), Currency::CNY, date);
    }
    order_check(&policy.order_check, &policy.exposure, &standing, &judged.order, date).unwrap()
}

fn customer_of(facts: &[Recorded], judged: &Judged) -> Customer {
    let journal = Journal::of(facts, None).unwrap();
    let id = journal.customers[judged.customer as usize];
    (0..N_CUSTOMERS).map(customer).find(|customer| customer.id == id).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_back_test_says_what_the_check_would_have_said(deals in prop::collection::vec(deal(), 1..50), chunk in 1_usize..5) {
        let facts = book(&deals);
        let (_, seen) = run(&facts, chunk, Some(looser()));
        let mut earlier: Vec<Subject> = Vec::new();
        for (place, judged) in seen.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| &seen[before]);
            if before.is_none_or(|before| (before.customer, before.date) != (judged.customer, judged.date)) {
                earlier.clear();
            }
            for (policy, (verdict, rule)) in [policy(), looser()].iter().zip(&judged.verdicts) {
                let answer = by_the_check(policy, &facts, judged, &earlier);
                prop_assert_eq!((*verdict, *rule), (answer.verdict, answer.reasons.first().map(|reason| reason.rule)), "{:?} {:?}", judged, answer);
            }
            earlier.push(judged.subject);
        }
    }

    #[test]
    fn a_back_test_ties_out(deals in prop::collection::vec(deal(), 1..60), chunk in 1_usize..5) {
        let facts = book(&deals);
        let (report, seen) = run(&facts, chunk, Some(looser()));
        // However it is cut into steps.
        prop_assert_eq!(&run(&facts, 100, Some(looser())).0, &report);
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
        let documents = facts.iter().filter(|fact| within(fact.date)).filter(|fact| {
            matches!(&fact.fact, Fact::Charged(item) if !item.opening && item.amount.minor() > 0)
        });
        prop_assert_eq!(documents.count() as u64, total.approved.count + total.warned.count + total.held.count + total.refused.count);
    }
}
