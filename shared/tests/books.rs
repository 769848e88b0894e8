//! Laws that hold for every book: money ties out, the order of facts never shows, as-of is pure, replay is equal, the pass
//! over a portfolio agrees with the single judgement, and a remedy keeps its promise.

use crate::common::customer;
use proptest::prelude::*;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::id::{CustomerId, DecisionId, FactId, FeedNumber, ImportId, ItemId, OrderId, ReceiptId};
use shared::facts::ledger::{
    Allocation, DifferenceCause, Dispute, Document, Fact, Freeze, Grading, Item, Limit, LimitGrant, Order, Rate,
    Receipt, Recorded, Source, TermsGrant, Withdrawal,
};
use shared::facts::money::{Currency, Money};
use shared::facts::number::{Points, Ratio};
use shared::facts::terms::Terms;
use shared::questions::assess::{assess, evidence};
use shared::questions::remedy::{followed, remedies};
use shared::questions::statement::statement;
use shared::questions::what_if::{Member, Portfolio};
use shared::readings::aging::{aging, totals};
use shared::readings::journal::{Columns, Journal};
use shared::readings::standing::{Position, Standing};
use shared::record::decision::{Decision, OrderDecision, decide_order, policy_digest, what_changed};
use shared::rules::order_check::{Verdict, order_check};
use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};
use std::collections::BTreeMap;

const N_CUSTOMERS: usize = 3;

fn first_day() -> Date {
    "2026-01-01".parse().unwrap()
}

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn version(policy: Policy) -> PolicyVersion {
    PolicyVersion { version: 1, digest: policy_digest(&policy).unwrap(), policy }
}

fn rates() -> Vec<Rate> {
    vec![Rate {
        feed: FeedNumber(0),
        date: first_day(),
        from: Currency::USD,
        to: Currency::CNY,
        rate: "7.1".parse().unwrap(),
        source: "test".into(),
        kind: None,
    }]
}

/// What a random clerk does on a random day.
#[derive(Clone, Debug)]
enum Act {
    Charge { customer: usize, day: u32, term: u32, minor: i64, dollars: bool, credit_note: bool, order: usize },
    Pay { item: usize, share: u8, extra: i64, later: u32 },
    Credit { note: usize, item: usize },
    Vanish { item: usize, later: u32 },
    Forgive { item: usize, later: u32 },
    Exchange { item: usize, later: u32, minor: i64 },
    Dispute { item: usize, later: u32, open: bool },
    Order { customer: usize, day: u32, minor: i64 },
    Grant { customer: usize, day: u32, minor: i64, grade: usize },
    Freeze { customer: usize, day: u32, frozen: bool },
}

fn act() -> impl Strategy<Value = Act> {
    let who = 0..N_CUSTOMERS;
    prop_oneof![
        6 => (who.clone(), 0_u32..300, 0_u32..90, 1_i64..50_000_000, prop::bool::weighted(0.2), prop::bool::weighted(0.1), 0_usize..8)
            .prop_map(|(customer, day, term, minor, dollars, credit_note, order)| Act::Charge { customer, day, term, minor, dollars, credit_note, order }),
        5 => (any::<prop::sample::Index>(), 1_u8..=100, 0_i64..10_000, 0_u32..120)
            .prop_map(|(item, share, extra, later)| Act::Pay { item: item.index(1000), share, extra, later }),
        1 => (0_usize..1000, 0_usize..1000).prop_map(|(note, item)| Act::Credit { note, item }),
        1 => (0_usize..1000, 0_u32..60).prop_map(|(item, later)| Act::Vanish { item, later }),
        1 => (0_usize..1000, 0_u32..60).prop_map(|(item, later)| Act::Forgive { item, later }),
        1 => (0_usize..1000, 0_u32..60, 1_i64..9_000_000).prop_map(|(item, later, minor)| Act::Exchange { item, later, minor }),
        1 => (0_usize..1000, 0_u32..60, any::<bool>()).prop_map(|(item, later, open)| Act::Dispute { item, later, open }),
        1 => (who.clone(), 0_u32..300, 1_i64..30_000_000).prop_map(|(customer, day, minor)| Act::Order { customer, day, minor }),
        1 => (who.clone(), 0_u32..300, 1_i64..90_000_000, 0_usize..6).prop_map(|(customer, day, minor, grade)| Act::Grant { customer, day, minor, grade }),
        1 => (who, 0_u32..300, any::<bool>()).prop_map(|(customer, day, frozen)| Act::Freeze { customer, day, frozen }),
    ]
}

/// A document as the clerk remembers it: customer, id, currency, what is still open, date.
struct Paper {
    customer: usize,
    id: ItemId,
    open: Money,
    date: Date,
}

/// Turns acts into facts that a book would accept: nothing is applied beyond what is open.
fn book(acts: &[Act]) -> Vec<Recorded> {
    let mut facts: Vec<Recorded> = Vec::new();
    let mut papers: Vec<Paper> = Vec::new();
    let mut orders: Vec<(usize, OrderId)> = Vec::new();
    for (number, act) in acts.iter().enumerate() {
        let name = number.to_string();
        let mut record = |who: usize, date: Date, fact: Fact| {
            let feed = FeedNumber(facts.len() as u64 + 1);
            let id = FactId::derived(&["fact", &feed.0.to_string()]);
            facts.push(Recorded { id, customer: customer(who).id, feed, date, fact });
        };
        match *act {
            Act::Charge { customer: who, day, term, minor, dollars, credit_note, order } => {
                let currency = if dollars { Currency::USD } else { Currency::CNY };
                let minor = if credit_note { -minor } else { minor };
                let amount = Money::from_minor(minor, currency).unwrap();
                let (id, date) = (ItemId::derived(&["item", &name]), plus_days(first_day(), day));
                let document = if credit_note { Document::CreditNote } else { Document::Invoice };
                let order = orders.get(order).filter(|(owner, _)| *owner == who).map(|(_, id)| *id);
                let due = plus_days(date, term);
                let item = Item {
                    id,
                    document,
                    number: name,
                    due,
                    amount,
                    parts: Vec::new(),
                    opening: day == 0,
                    order,
                    reference: None,
                    description: None,
                };
                record(who, date, Fact::Charged(item));
                papers.push(Paper { customer: who, id, open: amount, date });
            }
            Act::Pay { item, share, extra, later } if !papers.is_empty() => {
                let index = item % papers.len();
                let paper = &mut papers[index];
                if paper.open.minor() <= 0 {
                    continue;
                }
                let applied =
                    Money::from_minor((paper.open.minor() * i64::from(share) / 100).max(1), paper.open.currency())
                        .unwrap();
                let amount = applied.plus(Money::from_minor(extra, applied.currency()).unwrap()).unwrap();
                let (receipt, date) = (ReceiptId::derived(&["receipt", &name]), plus_days(paper.date, later));
                record(paper.customer, date, Fact::Received(Receipt { id: receipt, amount, reference: None }));
                let source = Source::Receipt { receipt };
                record(paper.customer, date, Fact::Allocated(Allocation { item: paper.id, source, amount: applied }));
                paper.open = paper.open.minus(applied).unwrap();
            }
            Act::Credit { note, item } if !papers.is_empty() => {
                let (note, item) = (note % papers.len(), item % papers.len());
                let (credit, debit) = (papers[note].open, papers[item].open);
                let fits = papers[note].customer == papers[item].customer && credit.currency() == debit.currency();
                if !fits || credit.minor() >= 0 || debit.minor() <= 0 {
                    continue;
                }
                let amount = credit.negated().min(debit).unwrap();
                let date = papers[note].date.max(papers[item].date);
                let source = Source::CreditNote { item: papers[note].id };
                record(
                    papers[item].customer,
                    date,
                    Fact::Allocated(Allocation { item: papers[item].id, source, amount }),
                );
                papers[note].open = credit.plus(amount).unwrap();
                papers[item].open = debit.minus(amount).unwrap();
            }
            Act::Vanish { item, later } if !papers.is_empty() => {
                let index = item % papers.len();
                let paper = &mut papers[index];
                let source = Source::Snapshot { import: ImportId::derived(&["import", &name]) };
                let allocation = Allocation { item: paper.id, source, amount: paper.open };
                record(paper.customer, plus_days(paper.date, later), Fact::Allocated(allocation));
                paper.open = Money::zero(paper.open.currency());
            }
            Act::Forgive { item, later } if !papers.is_empty() => {
                let index = item % papers.len();
                let paper = &mut papers[index];
                let (cause, with) = (DifferenceCause::Small, ReceiptId::derived(&["receipt", &name]));
                let source = Source::Difference { cause, with };
                let allocation = Allocation { item: paper.id, source, amount: paper.open };
                record(paper.customer, plus_days(paper.date, later), Fact::Allocated(allocation));
                paper.open = Money::zero(paper.open.currency());
            }
            Act::Exchange { item, later, minor } if !papers.is_empty() => {
                let index = item % papers.len();
                let paper = &mut papers[index];
                if paper.open.minor() <= 0 {
                    continue;
                }
                let other = if paper.open.currency() == Currency::CNY { Currency::USD } else { Currency::CNY };
                let (receipt, date) = (ReceiptId::derived(&["receipt", &name]), plus_days(paper.date, later));
                let paid = Money::from_minor(minor, other).unwrap();
                record(paper.customer, date, Fact::Received(Receipt { id: receipt, amount: paid, reference: None }));
                let source = Source::Converted { receipt, paid };
                let allocation = Allocation { item: paper.id, source, amount: paper.open };
                record(paper.customer, date, Fact::Allocated(allocation));
                paper.open = Money::zero(paper.open.currency());
            }
            Act::Dispute { item, later, open } if !papers.is_empty() => {
                let paper = &papers[item % papers.len()];
                record(
                    paper.customer,
                    plus_days(paper.date, later),
                    Fact::Disputed(Dispute { item: paper.id, open, amount: None, raised_by: None }),
                );
            }
            Act::Order { customer: who, day, minor } => {
                let order = Order {
                    id: OrderId::derived(&["order", &name]),
                    customer: customer(who).id,
                    amount: Money::from_minor(minor, Currency::CNY).unwrap(),
                    terms: Terms::Net { days: 30 },
                    prepayment: None,
                    description: None,
                };
                orders.push((who, order.id));
                record(who, plus_days(first_day(), day), Fact::Ordered(order));
            }
            Act::Grant { customer: who, day, minor, grade } => {
                let (date, decision) = (plus_days(first_day(), day), DecisionId::derived(&["grant", &name]));
                let grade = policy().grade.bands[grade].grade.clone();
                let limit = Limit::Amount { amount: Money::from_minor(minor, Currency::CNY).unwrap() };
                record(
                    who,
                    date,
                    Fact::Graded(Grading { grade, score: Points::ZERO, confidence: Ratio::ONE, decision }),
                );
                record(who, date, Fact::LimitGranted(LimitGrant { limit, until: None, decision: Some(decision) }));
                record(who, date, Fact::TermsGranted(TermsGrant { terms: Terms::MonthEnd { days: 30 } }));
            }
            Act::Freeze { customer: who, day, frozen } => {
                record(who, plus_days(first_day(), day), Fact::Frozen(Freeze { frozen, reason: "test".into() }));
            }
            _ => {}
        }
    }
    facts
}

fn facts() -> impl Strategy<Value = Vec<Recorded>> {
    prop::collection::vec(act(), 0..60).prop_map(|acts| book(&acts))
}

fn day() -> impl Strategy<Value = Date> {
    (0_u32..500).prop_map(|days| plus_days(first_day(), days))
}

fn an_order(minor: i64, terms: Terms) -> Order {
    Order {
        id: OrderId::derived(&["asked"]),
        customer: customer(0).id,
        amount: Money::from_minor(minor, Currency::CNY).unwrap(),
        terms,
        prepayment: None,
        description: None,
    }
}

/// Charges less receipts less what later lists corrected, dated up to a day, by plain addition over the facts.
fn balance(facts: &[Recorded], who: Option<CustomerId>, currency: Currency, as_of: Date) -> Money {
    let moved =
        facts.iter().filter(|fact| fact.date <= as_of && who.is_none_or(|who| fact.customer == who)).flat_map(|fact| {
            match &fact.fact {
                Fact::Charged(item) => vec![item.amount],
                Fact::Received(receipt) => vec![receipt.amount.negated()],
                Fact::Allocated(Allocation { source, amount, .. }) => match source {
                    Source::Snapshot { .. } | Source::Difference { .. } => vec![amount.negated()],
                    Source::Converted { paid, .. } => vec![amount.negated(), *paid],
                    Source::Receipt { .. } | Source::CreditNote { .. } => Vec::new(),
                },
                _ => Vec::new(),
            }
        });
    Money::sum(currency, moved.filter(|amount| amount.currency() == currency)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn bands_tie_out_to_the_balance_at_any_date(facts in facts(), as_of in day()) {
        let (policy, journal) = (policy(), Journal::of(&facts, None).unwrap());
        let rows = aging(&journal, &policy.aging, as_of).unwrap();
        for row in &rows {
            prop_assert_eq!(row.bands.iter().sum::<i64>(), row.open);
            prop_assert_eq!(row.bands[1..].iter().sum::<i64>(), row.overdue);
        }
        let totals = totals(&rows, &policy.aging).unwrap();
        let unapplied = journal.unapplied_at(as_of).unwrap();
        for currency in [Currency::CNY, Currency::USD] {
            let open = Money::sum(currency, totals.get(&currency).into_iter().flatten().copied()).unwrap();
            let cash = unapplied.iter().filter(|((_, of), _)| *of == currency).map(|(_, amount)| *amount);
            let cash = Money::sum(currency, cash).unwrap();
            prop_assert_eq!(open.minus(cash).unwrap(), balance(&facts, None, currency, as_of));
        }
    }

    #[test]
    fn as_of_is_pure(facts in facts(), as_of in day()) {
        let until: Vec<Recorded> = facts.iter().filter(|fact| fact.date <= as_of).cloned().collect();
        let read = |facts: &[Recorded]| aging(&Journal::of(facts, None).unwrap(), &policy().aging, as_of).unwrap();
        prop_assert_eq!(read(&facts), read(&until));
        let who = customer(0).id;
        let made = |facts: &[Recorded]| statement(who, facts, &policy().aging, first_day(), as_of).unwrap();
        prop_assert_eq!(made(&facts), made(&until));
    }

    #[test]
    fn the_order_of_facts_never_shows(facts in facts(), as_of in day(), seed in any::<u64>()) {
        let mut shuffled = facts.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        prop_assert_eq!(Journal::of(&facts, None), Journal::of(&shuffled, None));
        let who = customer(0);
        let standing = |facts: &[Recorded]| Standing::of(&who, facts, &rates(), None).unwrap();
        prop_assert_eq!(standing(&facts), standing(&shuffled));
        let made = |facts: &[Recorded]| statement(who.id, facts, &policy().aging, first_day(), as_of).unwrap();
        prop_assert_eq!(made(&facts), made(&shuffled));
    }

    #[test]
    fn statements_tie_out_and_follow_on(facts in facts(), from in day(), length in 0_u32..120) {
        let to = plus_days(from, length);
        for index in 0..N_CUSTOMERS {
            let who = customer(index).id;
            let made = statement(who, &facts, &policy().aging, from, to).unwrap();
            let next = statement(who, &facts, &policy().aging, plus_days(to, 1), plus_days(to, 30)).unwrap();
            for account in &made.accounts {
                prop_assert!(account.ties_out().unwrap(), "{:?}", account);
                prop_assert_eq!(account.closing, balance(&facts, Some(who), account.currency, to));
                let follows = next.accounts.iter().find(|next| next.currency == account.currency).unwrap();
                prop_assert_eq!(follows.opening, account.closing);
            }
        }
    }

    #[test]
    fn columns_carry_the_journal_whole(facts in facts()) {
        let journal = Journal::of(&facts, None).unwrap();
        let json = serde_json::to_string(&Columns::from(&journal)).unwrap();
        let back = Journal::try_from(&serde_json::from_str::<Columns>(&json).unwrap()).unwrap();
        prop_assert_eq!(back, Journal { ids: Vec::new(), before: BTreeMap::new(), ..journal });
    }

    #[test]
    fn what_was_known_then_is_what_the_first_facts_say(facts in facts(), known in 0_u64..120) {
        let who = customer(1);
        let first: Vec<Recorded> = facts.iter().filter(|fact| fact.feed.0 <= known).cloned().collect();
        prop_assert_eq!(
            Standing::of(&who, &facts, &rates(), Some(FeedNumber(known))),
            Standing::of(&who, &first, &rates(), None)
        );
    }

    /// An import that was undone might as well never have been; what was known before stays known; and the same file can
    /// come in again.
    #[test]
    fn what_is_withdrawn_never_was(facts in facts(), kept in 0_usize..60, as_of in day()) {
        let kept = kept.min(facts.len());
        let (before, after) = facts.split_at(kept);
        let (first, last) = (FeedNumber(kept as u64 + 1), FeedNumber(facts.len() as u64));
        let mut undone = facts.clone();
        let learn = |facts: &mut Vec<Recorded>, from: &Recorded, fact: Fact| {
            let feed = FeedNumber(facts.len() as u64 + 1);
            facts.push(Recorded { id: FactId::derived(&["later", &feed.0.to_string()]), feed, fact, ..from.clone() });
        };
        let touched: std::collections::BTreeMap<CustomerId, &Recorded> =
            after.iter().map(|fact| (fact.customer, fact)).collect();
        for fact in touched.values() {
            let import = ImportId::derived(&["undone"]);
            learn(&mut undone, fact, Fact::Withdrawn(Withdrawal { import, first, last }));
        }
        let mut again = undone.clone();
        for fact in after {
            learn(&mut again, fact, fact.fact.clone());
        }
        let policy = policy();
        let read = |facts: &[Recorded], known| {
            let aged = aging(&Journal::of(facts, known).unwrap(), &policy.aging, as_of).unwrap();
            let standings: Vec<_> = (0..N_CUSTOMERS)
                .map(|who| Standing { feed: FeedNumber(0), ..Standing::of(&customer(who), facts, &rates(), known).unwrap() })
                .collect();
            (aged, standings)
        };
        let stated = |facts: &[Recorded]| {
            let of = |who| statement(customer(who).id, facts, &policy.aging, first_day(), as_of).unwrap();
            (0..N_CUSTOMERS).map(of).collect::<Vec<_>>()
        };
        prop_assert_eq!(read(&undone, None), read(before, None));
        prop_assert_eq!(stated(&undone), stated(before));
        prop_assert_eq!(read(&undone, Some(last)), read(&facts, None));
        prop_assert_eq!(read(&again, None), read(&facts, None));
        prop_assert_eq!(stated(&again), stated(&facts));
    }

    #[test]
    fn a_standing_with_one_more_order_is_that_of_its_fact(facts in facts(), on in day(), minor in 1_i64..90_000_000, days in 0_u16..90) {
        let (who, order) = (customer(0), an_order(minor, Terms::Net { days }));
        let plain = Standing::of(&who, &facts, &rates(), None).unwrap();
        let mut told = facts;
        let (id, feed) = (FactId::derived(&["one more"]), FeedNumber(1_000_000));
        told.push(Recorded { id, customer: who.id, feed, date: on, fact: Fact::Ordered(order.clone()) });
        let by_fact = Standing::of(&who, &told, &rates(), None).unwrap();
        let with_order = plain.with_order(&order, on).unwrap().with_rates(&rates());
        prop_assert_eq!(Standing { feed, ..with_order }, by_fact);
    }

    #[test]
    fn a_decision_replays_to_its_digest(facts in facts(), as_of in day(), minor in 1_i64..90_000_000, days in 0_u16..90) {
        let policy = version(policy());
        let standing = Standing::of(&customer(0), &facts, &rates(), None).unwrap();
        let order = an_order(minor, Terms::Net { days });
        let decision = decide_order(DecisionId::derived(&["d"]), &policy, standing.clone(), order.clone(), as_of).unwrap();
        let whole = Decision::from(decision.clone());
        prop_assert!(whole.replays(&policy).unwrap());
        let json = serde_json::to_string(&decision).unwrap();
        prop_assert!(!json.contains("null"), "an absent value was written: {}", json);
        let back: Decision = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&back, &whole);
        prop_assert!(back.replays(&policy).unwrap());
        let back: OrderDecision = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(what_changed(&decision, &back), Vec::new());
        let tomorrow = decide_order(decision.id, &policy, standing, order, plus_days(as_of, 1)).unwrap();
        prop_assert!(!what_changed(&decision, &tomorrow).is_empty());
    }

    #[test]
    fn the_worst_reason_decides(facts in facts(), as_of in day(), minor in 1_i64..90_000_000) {
        let policy = policy();
        let standing = Standing::of(&customer(0), &facts, &rates(), None).unwrap();
        let order = an_order(minor, Terms::MonthEnd { days: 60 });
        let answer = order_check(&policy, &standing, &order, as_of).unwrap();
        prop_assert_eq!(Some(answer.verdict), answer.reasons.iter().map(|reason| reason.verdict).max());
        prop_assert!(answer.reasons.is_sorted_by(|a, b| a.verdict >= b.verdict));
    }

    #[test]
    fn a_tighter_policy_never_approves_what_a_looser_holds(
        facts in facts(), as_of in day(), minor in 1_i64..90_000_000, tolerance in 0_i64..300_000, hold in 10_u16..90, less in 0_i64..200_000,
    ) {
        let (mut loose, mut tight) = (policy(), policy());
        loose.order_check.tolerance = Ratio::from_units(tolerance + less);
        tight.order_check.tolerance = Ratio::from_units(tolerance);
        loose.order_check.overdue.hold_days = hold + 10;
        tight.order_check.overdue.hold_days = hold;
        let standing = Standing::of(&customer(0), &facts, &rates(), None).unwrap();
        let order = an_order(minor, Terms::Net { days: 30 });
        let verdict = |policy: &Policy| order_check(policy, &standing, &order, as_of).unwrap().verdict;
        prop_assert!(verdict(&tight) >= verdict(&loose));
    }

    #[test]
    fn a_remedy_keeps_its_promise_and_one_cent_less_does_not(facts in facts(), as_of in day(), minor in 2_i64..90_000_000) {
        let policy = policy();
        let mut standing = Standing::of(&customer(0), &facts, &rates(), None).unwrap();
        standing.frozen = None;
        let order = an_order(minor, Terms::MonthEnd { days: 60 });
        let check = |standing: &Standing, order: &Order| order_check(&policy, standing, order, as_of).unwrap().verdict;
        let now = check(&standing, &order);
        for remedy in remedies(&policy, &standing, &order, as_of).unwrap() {
            prop_assert!(remedy.verdict < now);
            let (mut changed, settled) = followed(&policy, &remedy, order.clone(), standing.clone(), as_of);
            prop_assert_eq!(check(&settled, &changed), remedy.verdict);
            if let Some(prepayment) = changed.prepayment {
                changed.prepayment = Some(Money::from_minor(prepayment.minor() - 1, prepayment.currency()).unwrap());
                prop_assert!(check(&settled, &changed) > remedy.verdict);
            }
        }
    }

    #[test]
    fn the_pass_agrees_with_the_single_judgement(facts in facts(), as_of in day(), tolerance in 0_i64..300_000, from in 7_000_i32..8_000, sure in 0_i64..1_000_000) {
        let mut policy = policy();
        policy.grade.confidence_at_least = Ratio::from_units(sure);
        policy.order_check.tolerance = Ratio::from_units(tolerance);
        policy.grade.bands[2].from = Points::from_units(from);
        policy.check().unwrap();
        let mut members = Vec::new();
        let mut single = Vec::new();
        for index in 0..N_CUSTOMERS {
            let who = customer(index);
            let own: Vec<Recorded> = facts.iter().filter(|fact| fact.customer == who.id).cloned().collect();
            let journal = Journal::of(&own, None).unwrap();
            let evidence = evidence(&policy, &who, &journal, &rates(), as_of).unwrap();
            let mut standing = Standing::of(&who, &own, &rates(), None).unwrap();
            standing.frozen = None;
            let position = Position::of(&standing, &policy.exposure, as_of).unwrap();
            members.push(Member { customer: who.id, profile: evidence.profile, need: evidence.need, position: position.clone() });
            // The same question put singly: the open orders, on terms as granted, under the grade and limit proposed.
            let assessment = assess(&policy, &evidence).unwrap();
            let order = Order { amount: position.exposure.orders, ..an_order(1, assessment.proposal.terms) };
            standing.orders.clear();
            standing.grade = Some(shared::readings::standing::GradeInForce { grade: assessment.grade.grade.clone(), since: as_of });
            standing.limit = Some(shared::readings::standing::LimitInForce { limit: assessment.proposal.limit, since: as_of, until: None });
            standing.terms = Some(assessment.proposal.terms);
            let answer = order_check(&policy, &standing, &order, as_of).unwrap();
            single.push((assessment, order.amount.minor(), answer.verdict));
        }
        let portfolio = Portfolio::of(&members);
        let outcomes = portfolio.pass(&policy);
        for (outcome, (assessment, orders, verdict)) in outcomes.iter().zip(&single) {
            prop_assert_eq!(&policy.grade.bands[usize::from(outcome.rank)].grade, &assessment.grade.grade);
            let limit = match assessment.proposal.limit { Limit::Amount { amount } => amount.minor(), _ => 0 };
            prop_assert_eq!(outcome.limit, limit);
            if *orders > 0 && assessment.proposal.terms != Terms::Prepaid {
                prop_assert_eq!(outcome.verdict >= Verdict::Hold, *verdict >= Verdict::Hold, "{:?} {:?}", outcome, verdict);
            }
        }
        let totals = portfolio.totals(&policy, &outcomes).unwrap();
        prop_assert_eq!(totals.by_grade.iter().sum::<u32>() as usize, N_CUSTOMERS);
    }
}

#[test]
fn shipped_cases_pass_and_each_question_has_two() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let mut by_topic: BTreeMap<String, u32> = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        for outcome in shared::record::cases::run(&std::fs::read_to_string(&path).unwrap()).unwrap() {
            assert!(outcome.differences.is_empty(), "{}: {outcome:#?}", path.display());
            *by_topic.entry(outcome.topic).or_default() += 1;
        }
    }
    assert!(by_topic.len() > 90, "only {} questions are asked", by_topic.len());
    let alone: Vec<&String> = by_topic.iter().filter(|(_, count)| **count < 2).map(|(topic, _)| topic).collect();
    assert!(alone.is_empty(), "one case is no edge: {alone:?}");
}
