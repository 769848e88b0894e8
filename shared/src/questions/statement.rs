//! The customer's statement: what was open, what came and went in a period, what is open now.
//!
//! It follows from the facts alone, so that the customer's own browser can make it again and compare. For every currency
//! opening + charges − credits = closing, and the open documents less unapplied money add up to the closing balance.
//!
//! Money of one day under one reference is one payment and one line, however many rows of a file it came in by; the line
//! says which documents it has settled.

use crate::facts::calendar::{Date, days_between};
use crate::facts::id::{CustomerId, ItemId, ReceiptId};
use crate::facts::ledger::{Document, Fact, Recorded, Source, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::aging::{AgingRow, AgingRule, aging};
use crate::readings::journal::{Journal, JournalError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A statement of account, currency by currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Whose.
    pub customer: CustomerId,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// One account by currency, in the order of the codes.
    pub accounts: Vec<Account>,
}

/// One currency of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The currency.
    pub currency: Currency,
    /// The balance before the first day.
    pub opening: Money,
    /// What was charged in the period.
    pub charged: Money,
    /// What was credited in the period, as a positive amount.
    pub credited: Money,
    /// The balance at the end of the last day.
    pub closing: Money,
    /// Money received and not applied at the end of the last day; part of the closing balance.
    pub unapplied: Money,
    /// What happened, by date.
    pub lines: Vec<StatementLine>,
    /// What is open at the end of the last day, by due date.
    pub open: Vec<OpenItem>,
    /// The open documents by age; absent when none is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aging: Option<AgingRow>,
}

/// One line of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementLine {
    /// Its date.
    pub date: Date,
    /// What it is.
    pub kind: LineKind,
    /// The document's number or the bank's reference.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// Bill of lading, container or purchase order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it falls due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// What it adds to the balance; payments are negative.
    pub amount: Money,
    /// The balance after it.
    pub balance: Money,
    /// Of a payment: the documents that it has settled up to the last day, by number; empty while it settles none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settles: Vec<Settled>,
}

/// What a payment has settled of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The document's number.
    pub number: String,
    /// How much of it, in the document's currency.
    pub amount: Money,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// An invoice.
    Invoice,
    /// A debit note.
    DebitNote,
    /// A credit note.
    CreditNote,
    /// A payment.
    Payment,
    /// A correction by a later list of open items.
    Correction,
    /// Money turned from one currency into another to settle a document: a credit in the document's, a charge in its own.
    Exchange,
    /// A small difference or a bank charge that isn't asked for.
    Difference,
}

/// An open document on a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenItem {
    /// Its id.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// When it falls due.
    pub due: Date,
    /// Days past due; zero or less is not due.
    pub days_past_due: i32,
    /// What was charged.
    pub amount: Money,
    /// What is still open.
    pub open: Money,
    /// Whether it stands disputed.
    pub disputed: bool,
    /// Bill of lading, container or purchase order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A payment: its day, its currency and its reference.
type Payment<'f> = (Date, Currency, &'f str);

/// All of one payment.
struct Whole {
    amount: Money,
    settles: Vec<Settled>,
}

fn payment_of(recorded: &Recorded) -> Option<Payment<'_>> {
    match &recorded.fact {
        Fact::Received(receipt) => {
            Some((recorded.date, receipt.amount.currency(), receipt.reference.as_deref().unwrap_or_default()))
        }
        _ => None,
    }
}

/// The payments up to a day, each with what it came to and what it has settled by then.
fn payments(facts: &[Recorded], to: Date) -> Result<BTreeMap<Payment<'_>, Whole>, MoneyError> {
    let mut known: BTreeMap<ReceiptId, Payment<'_>> = BTreeMap::new();
    let mut numbers: BTreeMap<ItemId, &str> = BTreeMap::new();
    let mut amounts: BTreeMap<Payment<'_>, Money> = BTreeMap::new();
    let until = || facts.iter().filter(|recorded| recorded.date <= to);
    for recorded in until() {
        match (&recorded.fact, payment_of(recorded)) {
            (Fact::Received(receipt), Some(payment)) => {
                known.insert(receipt.id, payment);
                let sum = amounts.entry(payment).or_insert(Money::zero(receipt.amount.currency()));
                *sum = sum.plus(receipt.amount)?;
            }
            (Fact::Charged(item), _) => {
                numbers.insert(item.id, &item.number);
            }
            _ => {}
        }
    }
    let mut settled: BTreeMap<Payment<'_>, BTreeMap<(&str, Currency), Money>> = BTreeMap::new();
    for recorded in until() {
        let Fact::Allocated(allocation) = &recorded.fact else { continue };
        let (Source::Receipt { receipt } | Source::Converted { receipt, .. }) = allocation.source else { continue };
        if let (Some(payment), Some(number)) = (known.get(&receipt), numbers.get(&allocation.item)) {
            let currency = allocation.amount.currency();
            let of = settled.entry(*payment).or_default();
            let sum = of.entry((*number, currency)).or_insert(Money::zero(currency));
            *sum = sum.plus(allocation.amount)?;
        }
    }
    let mut whole = BTreeMap::new();
    for (payment, amount) in amounts {
        let of = settled.remove(&payment).unwrap_or_default().into_iter().filter(|(_, amount)| !amount.is_zero());
        let settles = of.map(|((number, _), amount)| Settled { number: number.to_owned(), amount }).collect();
        whole.insert(payment, Whole { amount, settles });
    }
    Ok(whole)
}

/// Makes one customer's statement from its facts.
pub fn statement(
    customer: CustomerId,
    facts: &[Recorded],
    aging_rule: &AgingRule,
    from: Date,
    to: Date,
) -> Result<Statement, JournalError> {
    let withdrawn = Withdrawn::by(facts);
    let own = facts.iter().filter(|fact| fact.customer == customer && withdrawn.spares(fact));
    let own: Vec<Recorded> = own.cloned().collect();
    let journal = Journal::of(&own, None)?;
    let mut movements: BTreeMap<Currency, Vec<(u8, StatementLine)>> = BTreeMap::new();
    let mut payments = payments(&own, to)?;
    for recorded in own.iter().filter(|recorded| recorded.date <= to) {
        for mut line in lines_of(recorded).into_iter().flatten() {
            if let Some(payment) = payment_of(recorded) {
                // The first of its rows writes the line for all of them.
                let Some(whole) = payments.remove(&payment) else { continue };
                line.amount = whole.amount.negated();
                line.settles = whole.settles;
            }
            // Of one day's lines the charges come first, as a clerk would write them.
            let charge = matches!(line.kind, LineKind::Invoice | LineKind::DebitNote | LineKind::CreditNote);
            let rank = u8::from(!charge);
            movements.entry(line.amount.currency()).or_default().push((rank, line));
        }
    }
    let mut open = open_items(&own, &journal, to)?;
    let ages = aging(&journal, aging_rule, to)?;
    let unapplied = journal.unapplied_at(to)?;
    let mut accounts = Vec::new();
    for (currency, mut lines) in movements {
        lines.sort_by(|(rank_a, a), (rank_b, b)| {
            (a.date, rank_a, a.kind, &a.number, a.amount.minor()).cmp(&(
                b.date,
                rank_b,
                b.kind,
                &b.number,
                b.amount.minor(),
            ))
        });
        let zero = Money::zero(currency);
        let (mut opening, mut charged, mut credited, mut balance) = (zero, zero, zero, zero);
        let mut kept = Vec::new();
        for (_, mut line) in lines {
            balance = balance.plus(line.amount)?;
            if line.date < from {
                opening = balance;
                continue;
            }
            if line.amount.minor() >= 0 {
                charged = charged.plus(line.amount)?;
            } else {
                credited = credited.minus(line.amount)?;
            }
            line.balance = balance;
            kept.push(line);
        }
        accounts.push(Account {
            currency,
            opening,
            charged,
            credited,
            closing: balance,
            unapplied: unapplied.get(&(0, currency)).copied().unwrap_or(zero),
            lines: kept,
            open: open.remove(&currency).unwrap_or_default(),
            aging: ages.iter().find(|row| row.currency == currency).cloned(),
        });
    }
    Ok(Statement { customer, from, to, accounts })
}

impl Account {
    /// Whether opening + charged − credited is the closing balance, the last line's balance agrees, and the open documents
    /// less unapplied money add up to it.
    pub fn ties_out(&self) -> Result<bool, MoneyError> {
        let moved = self.opening.plus(self.charged)?.minus(self.credited)?;
        let last = self.lines.last().map_or(self.opening, |line| line.balance);
        let open = Money::sum(self.currency, self.open.iter().map(|item| item.open))?.minus(self.unapplied)?;
        Ok(moved == self.closing && last == self.closing && open == self.closing)
    }
}

/// What a fact shows: nothing, a line, or of an exchange a line in each currency.
fn lines_of(recorded: &Recorded) -> [Option<StatementLine>; 2] {
    let of = |kind, amount: Money| StatementLine {
        date: recorded.date,
        kind,
        number: String::new(),
        reference: None,
        description: None,
        due: None,
        amount,
        balance: Money::zero(amount.currency()),
        settles: Vec::new(),
    };
    match &recorded.fact {
        Fact::Charged(item) => {
            let kind = match item.document {
                Document::Invoice => LineKind::Invoice,
                Document::DebitNote => LineKind::DebitNote,
                Document::CreditNote => LineKind::CreditNote,
            };
            let line = StatementLine {
                number: item.number.clone(),
                reference: item.reference.clone(),
                description: item.description.clone(),
                due: Some(item.due),
                ..of(kind, item.amount)
            };
            [Some(line), None]
        }
        Fact::Received(receipt) => {
            let number = receipt.reference.clone().unwrap_or_default();
            [Some(StatementLine { number, ..of(LineKind::Payment, receipt.amount.negated()) }), None]
        }
        Fact::Allocated(allocation) => {
            let settled = allocation.amount.negated();
            match allocation.source {
                Source::Snapshot { .. } => [Some(of(LineKind::Correction, settled)), None],
                Source::Difference { .. } => [Some(of(LineKind::Difference, settled)), None],
                Source::Converted { paid, .. } => {
                    [Some(of(LineKind::Exchange, settled)), Some(of(LineKind::Exchange, paid))]
                }
                Source::Receipt { .. } | Source::CreditNote { .. } => [None, None],
            }
        }
        _ => [None, None],
    }
}

fn open_items(
    facts: &[Recorded],
    journal: &Journal,
    as_of: Date,
) -> Result<BTreeMap<Currency, Vec<OpenItem>>, MoneyError> {
    let texts: BTreeMap<ItemId, _> = facts
        .iter()
        .filter_map(|recorded| match &recorded.fact {
            Fact::Charged(item) => Some((item.id, item)),
            _ => None,
        })
        .collect();
    let mut by_currency: BTreeMap<Currency, Vec<OpenItem>> = BTreeMap::new();
    let rows = journal.ids.iter().zip(&journal.items).zip(journal.open_at(as_of)).zip(journal.disputed_at(as_of));
    for (((id, row), minor), disputed) in rows.filter(|((_, minor), _)| *minor != 0) {
        let Some(item) = texts.get(id) else { continue };
        by_currency.entry(row.amount.currency()).or_default().push(OpenItem {
            item: *id,
            number: item.number.clone(),
            date: row.date,
            due: row.due,
            days_past_due: days_between(row.due, as_of),
            amount: row.amount,
            open: Money::from_minor(minor, row.amount.currency())?,
            disputed,
            reference: item.reference.clone(),
            description: item.description.clone(),
        });
    }
    for items in by_currency.values_mut() {
        items.sort_by(|a, b| (a.due, a.date, &a.number).cmp(&(b.due, b.date, &b.number)));
    }
    Ok(by_currency)
}
