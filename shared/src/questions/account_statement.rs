//! The statement of account of a billing cycle (对账单), drafted from the ledger: what was charged in it line by line, what came
//! in, and the balances before and after.
//!
//! The lines are what the customer is to confirm: documents dated in the cycle. Payments stand in the balance alone; the
//! customer's statement lists them ([`super::statement`]), and both agree on every balance. What is sent is sealed with its
//! digest, and an answer that confirms it names that digest ([`crate::rules::confirmation`]).

use super::statement::statement;
use crate::facts::account_statement::AccountLine;
use crate::facts::calendar::Date;
use crate::facts::id::CustomerId;
use crate::facts::ledger::{Fact, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money};
use crate::facts::terms::agreed::Cycle;
use crate::readings::aging::AgingRule;
use crate::readings::journal::JournalError;
use serde::{Deserialize, Serialize};

/// A statement of one cycle in one currency, not yet sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Whose.
    pub customer: CustomerId,
    /// The first day of the cycle.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// Its currency.
    pub currency: Currency,
    /// The balance before the first day.
    pub opening: Money,
    /// What was charged, line by line: documents, and credit notes with their negative amounts.
    pub lines: Vec<AccountLine>,
    /// What else moved the balance: payments, returns, corrections; payments are negative.
    pub moved: Money,
    /// The balance at the end of the last day: opening + lines + moved.
    pub closing: Money,
}

/// Drafts the statements of the cycle that a day falls in, one by currency in which anything was ever charged or paid.
///
/// # Errors
///
/// [`JournalError`] when the facts make no journal, or a sum leaves the range.
pub fn drafts(
    customer: CustomerId,
    facts: &[Recorded],
    aging: &AgingRule,
    cycle: Cycle,
    day: Date,
) -> Result<Vec<Draft>, JournalError> {
    let to = cycle.end(day);
    let from = cycle.start(to);
    let withdrawn = Withdrawn::by(facts);
    let within = |recorded: &&Recorded| {
        recorded.customer == customer && (from..=to).contains(&recorded.date) && withdrawn.spares(recorded)
    };
    let charged = |currency: Currency| {
        let of = facts.iter().filter(within).filter_map(move |recorded| match &recorded.fact {
            Fact::Charged(item) if item.amount.currency() == currency => {
                Some(AccountLine { item: item.id, date: recorded.date, amount: item.amount })
            }
            _ => None,
        });
        let mut lines: Vec<AccountLine> = of.collect();
        lines.sort_by_key(|line| (line.date, line.item));
        lines
    };
    let mut drafts = Vec::new();
    for account in statement(customer, facts, aging, from, to)?.accounts {
        let (currency, opening, closing) = (account.currency, account.opening, account.closing);
        let lines = charged(currency);
        let sum = Money::sum(currency, lines.iter().map(|line| line.amount))?;
        let moved = closing.minus(opening)?.minus(sum)?;
        drafts.push(Draft { customer, from, to, currency, opening, lines, moved, closing });
    }
    Ok(drafts)
}
