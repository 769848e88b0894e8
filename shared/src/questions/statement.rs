//! The customer's statement: what was open, what came and went in a period, what is open now.
//!
//! It follows from the facts alone, so that the customer's own browser can make it again and compare. For every currency
//! opening + charges − credits = closing, and the open documents less unapplied money add up to the closing balance.
//!
//! Money of one day under one reference is one payment and one line, however many rows of a file it came in by; the line
//! says which documents it has settled.
//!
//! A write-off is an entry in our books and no waiver: it has no line here, and the document stays among the open ones with
//! what is owed on it, until it is paid or a credit note forgives it. A payment that came back has a line, and so has what
//! came with it: differences, a discount.

use crate::facts::calendar::{Date, days_between};
use crate::facts::id::{CustomerId, ItemId, ReceiptId};
use crate::facts::ledger::{Allocation, DifferenceCause, Document, Fact, Recorded, Recovery, Source, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::aging::{AgingRow, AgingRule, aging_of};
use crate::readings::journal::settling::{Does, MoneyOf, settled};
use crate::readings::journal::{Journal, JournalError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A statement of account, currency by currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StatementAccount"))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    pub settles: Vec<PaidPart>,
}

/// What a payment has settled of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PaidPart {
    /// The document's number.
    pub number: String,
    /// How much of it, in the document's currency.
    pub amount: Money,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What was agreed for payment in time.
    Discount,
    /// A bill that came in; of one that was refused the same with the other sign.
    Bill,
    /// A payment that came back.
    Returned,
}

/// An open document on a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
type Payment = (Date, Currency, String);

/// What each payment has settled by the end of a day. One that came back in part or in whole isn't told: what of it still
/// stands, the documents themselves say.
fn settles(facts: &[Recorded], to: Date) -> Result<BTreeMap<Payment, Vec<PaidPart>>, MoneyError> {
    let mut payments: BTreeMap<ReceiptId, Payment> = BTreeMap::new();
    let mut numbers: BTreeMap<ItemId, &str> = BTreeMap::new();
    let mut returned: Vec<ReceiptId> = Vec::new();
    for recorded in facts.iter().filter(|recorded| recorded.date <= to) {
        match &recorded.fact {
            Fact::Received(receipt) => {
                let reference = receipt.reference.clone().unwrap_or_default();
                payments.insert(receipt.id, (recorded.date, receipt.amount.currency(), reference));
            }
            Fact::Charged(item) => {
                numbers.insert(item.id, &item.number);
            }
            Fact::Returned(back) => returned.push(back.receipt),
            _ => {}
        }
    }
    let mut settled: BTreeMap<&Payment, BTreeMap<(&str, Currency), Money>> = BTreeMap::new();
    for recorded in facts.iter().filter(|recorded| recorded.date <= to) {
        let Fact::Allocated(allocation) = &recorded.fact else { continue };
        let (Source::Receipt { receipt } | Source::Converted { receipt, .. }) = allocation.source else { continue };
        if let (Some(payment), Some(number)) = (payments.get(&receipt), numbers.get(&allocation.item)) {
            let currency = allocation.amount.currency();
            let of = settled.entry(payment).or_default();
            let sum = of.entry((*number, currency)).or_insert(Money::zero(currency));
            *sum = sum.plus(allocation.amount)?;
        }
    }
    for payment in returned.iter().filter_map(|receipt| payments.get(receipt)) {
        settled.remove(payment);
    }
    let mut told = BTreeMap::new();
    for (payment, of) in settled {
        let of = of.into_iter().filter(|(_, amount)| !amount.is_zero());
        let of = of.map(|((number, _), amount)| PaidPart { number: number.to_owned(), amount });
        told.insert(payment.clone(), of.collect());
    }
    Ok(told)
}

/// Makes one customer's statement from its facts.
///
/// # Errors
///
/// [`JournalError`] when the facts make no journal, or a sum leaves the range.
pub fn statement(
    customer: CustomerId,
    facts: &[Recorded],
    aging_rule: &AgingRule,
    from: Date,
    to: Date,
) -> Result<Statement, JournalError> {
    let withdrawn = Withdrawn::by(facts);
    let own = facts.iter().filter(|fact| fact.customer == customer && withdrawn.spares(fact));
    let own = for_the_customer(own.cloned().collect());
    let journal = Journal::of(&own, None)?;
    let mut movements: BTreeMap<Currency, Vec<(u8, StatementLine)>> = BTreeMap::new();
    let mut settles = settles(&own, to)?;
    let mut payments: BTreeMap<Payment, usize> = BTreeMap::new();
    for mut line in lines(&own)?.into_iter().filter(|line| line.date <= to) {
        let currency = line.amount.currency();
        let moved = movements.entry(currency).or_default();
        if line.kind == LineKind::Payment {
            let payment = (line.date, currency, line.number.clone());
            if let Some((_, first)) = payments.get(&payment).and_then(|place| moved.get_mut(*place)) {
                first.amount = first.amount.plus(line.amount)?;
                continue;
            }
            line.settles = settles.remove(&payment).unwrap_or_default();
            payments.insert(payment, moved.len());
        }
        // Of one day's lines the charges come first, as a clerk would write them.
        let charge = matches!(line.kind, LineKind::Invoice | LineKind::DebitNote | LineKind::CreditNote);
        moved.push((u8::from(!charge), line));
    }
    let owed = journal.open_at(to);
    let mut open = open_items(&own, &journal, &owed, to)?;
    let ages = aging_of(&journal, owed, aging_rule, to)?;
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
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when an amount is in another currency than the account, or a sum leaves the range.
    pub fn ties_out(&self) -> Result<bool, MoneyError> {
        let moved = self.opening.plus(self.charged)?.minus(self.credited)?;
        let last = self.lines.last().map_or(self.opening, |line| line.balance);
        let open = Money::sum(self.currency, self.open.iter().map(|item| item.open))?.minus(self.unapplied)?;
        Ok(moved == self.closing && last == self.closing && open == self.closing)
    }
}

/// The facts as a customer sees them: that our books wrote something off and used money for that is no business of its.
/// It goes on owing what was written off, and what it pays is a payment; its statement is the same.
pub fn for_the_customer(facts: Vec<Recorded>) -> Vec<Recorded> {
    let seen = |mut recorded: Recorded| match recorded.fact {
        Fact::WrittenOff(_) => None,
        Fact::Recovered(Recovery { item, receipt, amount }) => {
            recorded.fact = Fact::Allocated(Allocation { item, source: Source::Receipt { receipt }, amount });
            Some(recorded)
        }
        _ => Some(recorded),
    };
    facts.into_iter().filter_map(seen).collect()
}

/// The lines that a customer's facts show, in no order.
fn lines(facts: &[Recorded]) -> Result<Vec<StatementLine>, JournalError> {
    let of = |date, kind, amount: Money| StatementLine {
        date,
        kind,
        number: String::new(),
        reference: None,
        description: None,
        due: None,
        amount,
        balance: Money::zero(amount.currency()),
        settles: Vec::new(),
    };
    let mut lines = Vec::new();
    let mut names: BTreeMap<MoneyOf, String> = BTreeMap::new();
    for recorded in facts {
        match &recorded.fact {
            Fact::Charged(item) => {
                let kind = match item.document {
                    Document::Invoice => LineKind::Invoice,
                    Document::DebitNote => LineKind::DebitNote,
                    Document::CreditNote => LineKind::CreditNote,
                };
                lines.push(StatementLine {
                    number: item.number.clone(),
                    reference: item.reference.clone(),
                    description: item.description.clone(),
                    due: Some(item.due),
                    ..of(recorded.date, kind, item.amount)
                });
            }
            Fact::Received(receipt) => {
                names.insert(MoneyOf::Receipt(receipt.id), receipt.reference.clone().unwrap_or_default());
            }
            Fact::BillReceived(received) => {
                names.insert(MoneyOf::Bill(received.bill.id), received.bill.acceptor.clone());
            }
            _ => {}
        }
    }
    let mut ordered: Vec<&Recorded> = facts.iter().collect();
    ordered.sort_by_key(|recorded| (recorded.feed, recorded.id));
    let settled = settled(&ordered)?;
    for moved in settled.money.iter().filter(|moved| moved.received) {
        let kind = match moved.of {
            MoneyOf::Bill(_) => LineKind::Bill,
            MoneyOf::Receipt(_) if moved.amount.minor() < 0 => LineKind::Returned,
            MoneyOf::Receipt(_) => LineKind::Payment,
        };
        let number = names.get(&moved.of).cloned().unwrap_or_default();
        lines.push(StatementLine { number, ..of(moved.date, kind, moved.amount.negated()) });
    }
    for movement in &settled.movements {
        let kind = match (movement.does, movement.exchanged) {
            (Does::Corrects, _) => LineKind::Correction,
            (Does::Differs(DifferenceCause::Discount), _) => LineKind::Discount,
            (Does::Differs(_), _) => LineKind::Difference,
            (Does::Pays, Some(paid)) => {
                lines.push(of(movement.date, LineKind::Exchange, paid));
                LineKind::Exchange
            }
            (Does::Pays | Does::Credits | Does::WritesOff | Does::Recovers, _) => continue,
        };
        lines.push(of(movement.date, kind, movement.amount.negated()));
    }
    Ok(lines)
}

fn open_items(
    facts: &[Recorded],
    journal: &Journal,
    owed: &[i64],
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
    let rows = journal.ids.iter().zip(&journal.items).zip(owed).zip(journal.disputed_at(as_of));
    for (((id, row), minor), disputed) in rows.filter(|((_, minor), _)| **minor != 0) {
        let Some(item) = texts.get(id) else { continue };
        by_currency.entry(row.amount.currency()).or_default().push(OpenItem {
            item: *id,
            number: item.number.clone(),
            date: row.date,
            due: row.due,
            days_past_due: days_between(row.due, as_of),
            amount: row.amount,
            open: Money::from_minor(*minor, row.amount.currency())?,
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
