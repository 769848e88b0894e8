//! Made-up books from a seed: every run, native or in a browser, judges the same customers.

use shared::facts::calendar::{Date, minus_days, plus_days};
use shared::facts::credit_file::ScreeningKind;
use shared::facts::customer::{Customer, Stage};
use shared::facts::financials::{Audit, StatementSource};
use shared::facts::id::{CustomerId, DecisionId, FactId, FeedNumber, ItemId, OrderId};
use shared::facts::ledger::{Document, Fact, Grading, Item, Limit, LimitGrant, Order, Recorded, TermsGrant};
use shared::facts::money::{Currency, Money};
use shared::facts::number::{Points, Ratio};
use shared::facts::terms::Terms;
use shared::questions::full_assessment::FullEvidence;
use shared::questions::what_if::{FullMember, Member};
use shared::readings::altman::AltmanModel;
use shared::readings::behaviour::Behaviour;
use shared::readings::exposure::Exposure;
use shared::readings::papers::ScreeningState;
use shared::readings::ratios::{FORMULAS, Mark};
use shared::readings::standing::Position;
use shared::rules::limit::Need;
use shared::rules::limit_methods::LimitBasis;
use shared::rules::provision::Receivable;
use shared::rules::scorecard::Profile;
use shared::rules::scoring::{Dossier, Measured, StatementBasis};

/// Numbers that look random and are the same everywhere (splitmix64).
pub struct Seeded(u64);

impl Seeded {
    /// A stream of its own for each seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next one.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next() % u64::from(bound)).unwrap_or_default()
    }

    /// An amount below a bound.
    pub fn minor(&mut self, most: u32) -> i64 {
        i64::from(self.below(most))
    }

    /// One in so many.
    pub fn one_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }
}

/// The day of every judgement here.
pub fn today() -> Date {
    Date::from_ymd_opt(2026, 11, 20).unwrap_or_default()
}

/// An amount in yuan.
pub fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap_or(Money::zero(Currency::CNY))
}

/// Customers as the what-if takes them in: some sound, some slow, some hardly known.
pub fn members(count: usize) -> Vec<Member> {
    let mut seeded = Seeded::new(1);
    (0..count).map(|number| member(&mut seeded, number)).collect()
}

fn member(seeded: &mut Seeded, number: usize) -> Member {
    let mut value = |most: u32| (!seeded.one_in(10)).then(|| Ratio::from_units(seeded.minor(most)));
    let whole = |ratio: Option<Ratio>| ratio.map(|ratio| Ratio::from_units(ratio.units().saturating_mul(1_000_000)));
    // In the order of `Characteristic::ALL`; ratios are millionths, whole numbers are counted first.
    let values = [
        whole(value(20_000_000)),
        whole(value(20)),
        value(2_000_000),
        value(70_000_000),
        value(700_000),
        whole(value(220)),
        whole(value(10)),
        whole(value(5_000_000)),
    ];
    let capital = values[0].map(|ratio| yuan(ratio.units() / 10_000));
    let per_day = (!seeded.one_in(20)).then(|| yuan(seeded.minor(4_000_000)));
    let open_items = seeded.minor(300_000_000);
    let orders = if seeded.one_in(3) { seeded.minor(50_000_000) } else { 0 };
    let overdue = if seeded.one_in(2) { open_items / i64::from(seeded.below(9) + 1) } else { 0 };
    let oldest_days = if overdue > 0 { i32::try_from(seeded.below(240) + 1).unwrap_or_default() } else { 0 };
    Member {
        customer: CustomerId::derived(&["bench", &number.to_string()]),
        profile: Profile { values },
        need: Need { per_day, capital, month: None, days: None },
        position: Position {
            exposure: Exposure {
                open_items: yuan(open_items),
                orders: yuan(orders),
                unapplied: yuan(0),
                categories: Vec::new(),
                cover: None,
                total: yuan(open_items + orders),
            },
            overdue: yuan(overdue),
            overdue_documents: u32::from(overdue > 0),
            oldest_days,
            disputed: yuan(0),
        },
    }
}

/// Customers as the full what-if takes them in: the same, some of them prospects, two thirds with a statement; each with a
/// few receivables.
pub fn full_members(count: usize) -> Vec<FullMember> {
    let mut seeded = Seeded::new(3);
    members(count).into_iter().map(|member| full_member(&mut seeded, member)).collect()
}

fn full_member(seeded: &mut Seeded, member: Member) -> FullMember {
    let mut dossier = Dossier { figures: member.profile, ..Dossier::default() };
    let mut basis = LimitBasis {
        need: member.need,
        yearly_sales: member.need.per_day.map(|per_day| yuan(per_day.minor() * 200)),
        tangible_net_worth: None,
        working_capital: None,
        turnover: None,
        portfolio: Some(yuan(50_000_000_000)),
        security: seeded.one_in(8).then(|| yuan(seeded.minor(50_000_000))),
    };
    if !seeded.one_in(3) {
        let audits = [Audit::Unqualified, Audit::Qualified, Audit::Unaudited];
        let audit = audits[seeded.below(3) as usize];
        let end = minus_days(today(), 324);
        dossier.statement = Some(StatementBasis { end, audit, source: StatementSource::Customer });
        let mut measured = |most: u32| match seeded.below(20) {
            0 => Measured::Unknown,
            1 => Measured::ZeroDenominator,
            2 => Measured::NegativeDenominator,
            _ => {
                let marks = if seeded.one_in(6) { vec![Mark::ClosingForMean] } else { Vec::new() };
                Measured::Known { value: Ratio::from_units(seeded.minor(most) - i64::from(most / 5)), marks }
            }
        };
        for formula in FORMULAS {
            dossier.ratios.insert(formula.ratio, measured(3_000_000));
        }
        for model in AltmanModel::ALL {
            dossier.altman.insert(model, measured(6_000_000));
        }
        basis.tangible_net_worth = Some(yuan(seeded.minor(2_000_000_000) - 100_000_000));
        basis.working_capital = Some(yuan(seeded.minor(1_000_000_000) - 100_000_000));
        basis.turnover = Some(yuan(seeded.minor(4_000_000_000)));
    }
    for (category, words) in [
        ("market_position", ["leading", "sound", "weak"]),
        ("reputation", ["good", "mixed", "poor"]),
        ("loan_record", ["clean", "late", "bad"]),
    ] {
        if !seeded.one_in(4) {
            dossier.words.insert(category.to_owned(), words[seeded.below(3) as usize].to_owned());
        }
    }
    for kind in [ScreeningKind::DishonestDebtor, ScreeningKind::LicenceRevoked, ScreeningKind::Bankruptcy] {
        let state = match seeded.below(40) {
            0 => ScreeningState::NotChecked,
            _ => ScreeningState::Clear { date: today(), age_days: 0 },
        };
        dossier.screenings.insert(kind, state);
    }
    let receivables = (0..seeded.below(5)).map(|_| {
        let arose = minus_days(today(), seeded.below(1_500));
        Receivable {
            number: String::new(),
            portfolio: if seeded.one_in(5) { "insured" } else { "aging" }.to_owned(),
            amount: yuan(seeded.minor(40_000_000)),
            arose,
            due: plus_days(arose, 60),
            grade: None,
            settled: None,
            specific: None,
        }
    });
    let receivables = receivables.collect();
    let stage = if seeded.one_in(5) { Stage::Prospect } else { Stage::Active };
    let behaviour = Behaviour {
        days_beyond_terms: None,
        overdue_share: None,
        sales_trend: None,
        peak_daily_billing: None,
        sales: yuan(0),
    };
    let evidence =
        FullEvidence { stage, dossier, basis, covers: Vec::new(), terms_at_most: None, given: None, behaviour };
    FullMember { customer: member.customer, evidence, position: member.position, receivables }
}

/// One customer in good standing.
pub fn customer(number: usize) -> Customer {
    let id = CustomerId::derived(&["bench", &number.to_string()]);
    Customer::plain(id, format!("C-{number}"), format!("客户 {number}"), Currency::CNY)
}

/// The ledger of some customers with so many open invoices between them, due from five months ago to two months ahead;
/// each has a grade, a limit and terms.
pub fn ledger(customers: usize, items: usize) -> Vec<Recorded> {
    let mut seeded = Seeded::new(2);
    let mut facts = Vec::with_capacity(items + 3 * customers);
    let mut record = |customer: usize, date: Date, fact: Fact| {
        let feed = FeedNumber(facts.len() as u64 + 1);
        let id = FactId::derived(&["bench", &feed.0.to_string()]);
        facts.push(Recorded { id, customer: self::customer(customer).id, feed, date, fact });
    };
    let granted = minus_days(today(), 300);
    for customer in 0..customers {
        let decision = DecisionId::derived(&["bench", &customer.to_string()]);
        let (score, confidence) = (Points::from_units(7_500), Ratio::ONE);
        record(customer, granted, Fact::Graded(Grading { grade: "A".into(), score, confidence, decision }));
        let limit = Limit::Amount { amount: yuan(100_000_000_000_000) };
        record(customer, granted, Fact::LimitGranted(LimitGrant { limit, until: None, decision: None }));
        record(customer, granted, Fact::TermsGranted(TermsGrant { terms: Terms::Net { days: 30 } }));
    }
    for number in 0..items {
        let date = minus_days(today(), seeded.below(180));
        let item = Item {
            id: ItemId::derived(&["bench", &number.to_string()]),
            document: Document::Invoice,
            number: number.to_string(),
            due: plus_days(date, 30 * (seeded.below(3))),
            amount: yuan(seeded.minor(5_000_000) + 1),
            parts: Vec::new(),
            opening: false,
            order: None,
            reference: None,
            description: None,
        };
        record(number % customers, date, Fact::Charged(item));
    }
    facts
}

/// An order of the first customer.
pub fn order() -> Order {
    Order {
        id: OrderId::derived(&["bench"]),
        customer: customer(0).id,
        amount: yuan(12_345_678),
        terms: Terms::Net { days: 30 },
        prepayment: None,
        description: None,
    }
}
