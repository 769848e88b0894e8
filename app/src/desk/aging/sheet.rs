//! The aged balance as a sheet: one line per customer and currency, a foot per currency, and the proof that it ties out.
//!
//! The bands add up to what is open; what is open less unapplied money is the balance; and the balance follows once more
//! from the ledger alone (charged − received − written down), without aging anything. [`Foot::ties_out`] compares the two.

use shared::facts::calendar::Date;
use shared::facts::id::CustomerId;
use shared::facts::money::{Currency, Money, MoneyError};
use shared::readings::aging::{AgingRow, AgingRule, PastDue, aging, past_due};
use shared::readings::journal::Journal;
use std::collections::BTreeMap;

/// One customer in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is open, by band.
    pub row: AgingRow,
    /// Money that came in and was not applied, in minor units.
    pub unapplied: i64,
    /// What is past due, parted as the overdue rules see it.
    pub past: PastDue,
}

impl Line {
    /// What the customer owes, in minor units.
    pub const fn balance(&self) -> i64 {
        self.row.open.saturating_sub(self.unapplied)
    }
}

/// The foot of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foot {
    /// How many lines it adds up.
    pub customers: u32,
    /// How many documents are open.
    pub documents: u32,
    /// What is open, by band.
    pub bands: Vec<Money>,
    /// What is open.
    pub open: Money,
    /// The part of it that is past due.
    pub overdue: Money,
    /// What counts of that as overdue in lists, files and rules.
    pub counted: Money,
    /// What is disputed of it.
    pub disputed: Money,
    /// Credit notes among it, negative.
    pub credit: Money,
    /// Money that came in and was not applied.
    pub unapplied: Money,
    /// Open less unapplied.
    pub balance: Money,
    /// The balance by the ledger alone.
    pub ledger: Money,
}

impl Foot {
    fn new(currency: Currency, bands: usize) -> Self {
        let zero = Money::zero(currency);
        Self {
            customers: 0,
            documents: 0,
            bands: vec![zero; bands],
            open: zero,
            overdue: zero,
            counted: zero,
            disputed: zero,
            credit: zero,
            unapplied: zero,
            balance: zero,
            ledger: zero,
        }
    }

    /// Whether the bands add up to what is open, the parts of what is past due to that, and the balance is the ledger's.
    pub fn ties_out(&self) -> bool {
        let sum = Money::sum(self.open.currency(), self.bands.iter().copied());
        let past = Money::sum(self.open.currency(), [self.counted, self.disputed, self.credit]);
        sum == Ok(self.open)
            && past == Ok(self.overdue)
            && self.open.minus(self.unapplied) == Ok(self.balance)
            && self.balance == self.ledger
    }
}

/// The whole sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Lines by customer, then currency.
    pub lines: Vec<Line>,
    /// Feet by currency.
    pub feet: BTreeMap<Currency, Foot>,
}

/// Ages a journal at the end of a day.
pub fn sheet(journal: &Journal, rule: &AgingRule, as_of: Date) -> Result<Sheet, MoneyError> {
    let mut unapplied: BTreeMap<(CustomerId, Currency), i64> = BTreeMap::new();
    for ((place, currency), amount) in journal.unapplied_at(as_of)? {
        if let Some(customer) = journal.customers.get(place as usize) {
            unapplied.insert((*customer, currency), amount.minor());
        }
    }
    let mut past = past_due(journal, as_of)?;
    let mut line = |row: AgingRow, unapplied| {
        let past = past.remove(&(row.customer, row.currency)).unwrap_or_default();
        Line { row, unapplied, past }
    };
    let mut lines: Vec<Line> = aging(journal, rule, as_of)?
        .into_iter()
        .map(|row| {
            let own = unapplied.remove(&(row.customer, row.currency)).unwrap_or_default();
            line(row, own)
        })
        .collect();
    // Customers who owe nothing and have money with us stand on the sheet too, or the balance would not tie out.
    for ((customer, currency), own) in unapplied {
        let bands = vec![0; rule.count()];
        lines
            .push(line(AgingRow { customer, currency, bands, open: 0, overdue: 0, oldest_days: 0, documents: 0 }, own));
    }
    lines.sort_by_key(|line| (line.row.customer, line.row.currency));
    let mut feet = BTreeMap::new();
    for line in &lines {
        let currency = line.row.currency;
        let foot = feet.entry(currency).or_insert_with(|| Foot::new(currency, rule.count()));
        let add = |sum: &mut Money, minor: i64| -> Result<(), MoneyError> {
            *sum = sum.plus(Money::from_minor(minor, currency)?)?;
            Ok(())
        };
        foot.customers = foot.customers.saturating_add(1);
        foot.documents = foot.documents.saturating_add(line.row.documents);
        for (sum, minor) in foot.bands.iter_mut().zip(&line.row.bands) {
            add(sum, *minor)?;
        }
        add(&mut foot.open, line.row.open)?;
        add(&mut foot.overdue, line.row.overdue)?;
        add(&mut foot.counted, line.past.counted)?;
        add(&mut foot.disputed, line.past.disputed)?;
        add(&mut foot.credit, line.past.credit)?;
        add(&mut foot.unapplied, line.unapplied)?;
        add(&mut foot.balance, line.balance())?;
    }
    for (currency, balance) in ledger_balance(journal, as_of)? {
        feet.entry(currency).or_insert_with(|| Foot::new(currency, rule.count())).ledger = balance;
    }
    // A currency that came to nothing needs no foot.
    feet.retain(|_, foot| foot.customers > 0 || !foot.ledger.is_zero());
    Ok(Sheet { lines, feet })
}

/// What is owed by currency at the end of a day, from the ledger alone: charged, less received, less what was settled
/// without money. A credit note applied to an invoice moves nothing, because both its sides stand among the applications.
fn ledger_balance(journal: &Journal, as_of: Date) -> Result<BTreeMap<Currency, Money>, MoneyError> {
    let mut balances: BTreeMap<Currency, Money> = BTreeMap::new();
    let mut add = |amount: Money| -> Result<(), MoneyError> {
        let sum = balances.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
        *sum = sum.plus(amount)?;
        Ok(())
    };
    for item in journal.items.iter().filter(|item| item.date <= as_of) {
        add(item.amount)?;
    }
    for row in journal.cash.iter().filter(|row| row.received && row.date <= as_of) {
        add(row.amount.negated())?;
    }
    for row in journal.allocations.iter().filter(|row| !row.cash && row.date <= as_of) {
        if let Some(item) = journal.items.get(row.item as usize) {
            add(Money::from_minor(row.minor, item.amount.currency())?.negated())?;
        }
    }
    Ok(balances)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::facts::id::{FactId, FeedNumber, ImportId, ItemId, ReceiptId};
    use shared::facts::ledger::{Allocation, Document, Fact, Item, Receipt, Recorded, Source};

    fn cny(minor: i64) -> Money {
        Money::from_minor(minor, Currency::CNY).unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn book() -> Journal {
        let (a, b) = (CustomerId::derived(&["a"]), CustomerId::derived(&["b"]));
        let mut feed = 0;
        let mut fact = |customer, date: &str, fact| {
            feed += 1;
            let id = FactId::derived(&[&feed.to_string()]);
            Recorded { id, customer, feed: FeedNumber(feed), date: day(date), fact }
        };
        let item = |name: &str, document, due: &str, amount| {
            Fact::Charged(Item {
                id: ItemId::derived(&[name]),
                document,
                number: name.to_owned(),
                due: day(due),
                amount,
                parts: Vec::new(),
                opening: false,
                order: None,
                reference: None,
                description: None,
            })
        };
        let money =
            |name: &str, amount| Fact::Received(Receipt { id: ReceiptId::derived(&[name]), amount, reference: None });
        let apply =
            |item: &str, source, amount| Fact::Allocated(Allocation { item: ItemId::derived(&[item]), source, amount });
        let receipt = |name: &str| Source::Receipt { receipt: ReceiptId::derived(&[name]) };
        let facts = vec![
            fact(a, "2026-01-10", item("i1", Document::Invoice, "2026-02-09", cny(100_000))),
            fact(a, "2026-02-10", item("i2", Document::Invoice, "2026-03-12", cny(50_000))),
            fact(a, "2026-02-20", item("c1", Document::CreditNote, "2026-02-20", cny(-8_000))),
            fact(a, "2026-02-25", apply("i1", Source::CreditNote { item: ItemId::derived(&["c1"]) }, cny(8_000))),
            fact(a, "2026-03-01", money("r1", cny(60_000))),
            fact(a, "2026-03-02", apply("i1", receipt("r1"), cny(40_000))),
            fact(a, "2026-03-31", apply("i2", Source::Snapshot { import: ImportId::derived(&["s"]) }, cny(1_000))),
            fact(b, "2026-03-05", money("r2", cny(7_000))),
        ];
        Journal::of(&facts, None).unwrap()
    }

    #[test]
    fn ties_out_on_every_day() {
        let (journal, rule) = (book(), AgingRule { note: None, bands: vec![30, 60, 90, 180, 365] });
        let mut date = day("2026-01-01");
        while date < day("2027-06-01") {
            let sheet = sheet(&journal, &rule, date).unwrap();
            assert!(sheet.feet.values().all(Foot::ties_out), "{date}: {:?}", sheet.feet);
            date = date.succ_opt().unwrap();
        }
    }

    #[test]
    fn what_is_past_due_is_the_overdue_of_lists_and_what_is_disputed() {
        use shared::facts::customer::Customer;
        use shared::facts::ledger::{Dispute, Fact};
        use shared::readings::standing::{Position, Standing};
        use shared::rules::policy::{DEFAULT, Policy};
        let a = CustomerId::derived(&["a"]);
        let mut feed = 0;
        let mut fact = |date: &str, fact| {
            feed += 1;
            let id = FactId::derived(&["d", &feed.to_string()]);
            Recorded { id, customer: a, feed: FeedNumber(feed), date: day(date), fact }
        };
        let item = |name: &str, document, due: &str, amount| {
            Fact::Charged(Item {
                id: ItemId::derived(&[name]),
                document,
                number: name.to_owned(),
                due: day(due),
                amount,
                parts: Vec::new(),
                opening: false,
                order: None,
                reference: None,
                description: None,
            })
        };
        let disputed =
            Fact::Disputed(Dispute { item: ItemId::derived(&["i1"]), open: true, amount: None, raised_by: None });
        let facts = vec![
            fact("2026-01-10", item("i1", Document::Invoice, "2026-02-09", cny(7_000))),
            fact("2026-01-11", item("i2", Document::Invoice, "2026-03-12", cny(50_000))),
            fact("2026-01-12", item("i3", Document::Invoice, "2026-05-12", cny(9_000))),
            fact("2026-02-20", item("c1", Document::CreditNote, "2026-02-20", cny(-800))),
            fact("2026-03-01", disputed),
        ];
        let (journal, today) = (Journal::of(&facts, None).unwrap(), day("2026-04-01"));
        let sheet = sheet(&journal, &AgingRule { bands: vec![30], note: None }, today).unwrap();
        let foot = sheet.feet.get(&Currency::CNY).unwrap();
        assert!(foot.ties_out());
        assert_eq!(
            (foot.overdue, foot.counted, foot.disputed, foot.credit),
            (cny(56_200), cny(50_000), cny(7_000), cny(-800))
        );
        let standing = Standing::of(&Customer::plain(a, "a", "a", Currency::CNY), &facts, &[], None).unwrap();
        let rule = Policy::parse(DEFAULT).unwrap().exposure;
        let position = Position::of(&standing, &rule, today).unwrap();
        assert_eq!((position.overdue, position.disputed), (foot.counted, foot.disputed));
        assert_eq!(position.oldest_days, sheet.lines[0].past.oldest_days);
    }

    #[test]
    fn money_without_a_debt_has_a_line() {
        let sheet = sheet(&book(), &AgingRule { note: None, bands: vec![30] }, day("2026-04-01")).unwrap();
        assert_eq!(sheet.lines.len(), 2);
        let foot = sheet.feet.get(&Currency::CNY).unwrap();
        assert_eq!((foot.open, foot.unapplied, foot.balance), (cny(101_000), cny(27_000), cny(74_000)));
        assert_eq!(foot.bands, vec![cny(0), cny(49_000), cny(52_000)]);
    }
}
