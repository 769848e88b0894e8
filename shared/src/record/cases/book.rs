//! What a case can ask of a book with several customers: one foot for all, who moves under another policy, the past of all.

use super::running::{BookCustomer, facts_of};
use super::watch::section;
use super::{CaseRun, merge, text, to_value};
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::money::Money;
use crate::questions::acceptors::{Names, bills_held};
use crate::questions::assess::evidence;
use crate::questions::back_test::{BackTest, Ledger, OnFile, Period};
use crate::questions::bad_debts::{Debtor, bad_debts, receivables};
use crate::questions::full_assessment::{Sources, evidence as full_evidence};
use crate::questions::stress::{Book, Stress, stress};
use crate::questions::what_if::{
    Banded, FullMember, FullPortfolio, Member, Portfolio, compare, compare_fully, limit_of,
};
use crate::readings::aging::{aging, totals};
use crate::readings::bills::bills;
use crate::readings::dso::dso;
use crate::readings::expected::expected_receipts;
use crate::readings::journal::Journal;
use crate::readings::standing::{Position, Standing};
use crate::rules::policy::Policy;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question about a book. Its date is the case's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum BookAsk {
    /// How old is what is open, customer by customer and in all?
    Aging {
        /// The customers.
        book: Vec<BookCustomer>,
    },
    /// How fast does it turn into money, over all of them?
    Dso {
        /// The customers.
        book: Vec<BookCustomer>,
    },
    /// Which grades and limits does a change of policy move, by the plain card?
    Portfolio {
        /// The customers.
        book: Vec<BookCustomer>,
        /// The change.
        change: Value,
    },
    /// What would a change of policy do to the full assessment of all of them, and to what is provided?
    WhatIf {
        /// The customers.
        book: Vec<BookCustomer>,
        /// The portfolios of their receivables; nothing is provided for whoever has none.
        #[serde(default)]
        debtors: Vec<Debtor>,
        /// The change.
        change: Value,
    },
    /// What must be provided for all that is open?
    Provision {
        /// The customers.
        book: Vec<BookCustomer>,
        /// The portfolios of their receivables.
        debtors: Vec<Debtor>,
    },
    /// What comes in which week?
    Expected {
        /// The customers.
        book: Vec<BookCustomer>,
    },
    /// What would become of the book?
    Stress {
        /// The customers.
        book: Vec<BookCustomer>,
        /// The portfolios of their receivables.
        #[serde(default)]
        debtors: Vec<Debtor>,
        /// What happens.
        stress: Stress,
    },
    /// What would the policy have done? The case's date is what is known.
    BackTest {
        /// The customers.
        book: Vec<BookCustomer>,
        /// The first day judged.
        from: Date,
        /// The last one.
        to: Date,
        /// A patch that makes a challenger of the policy.
        #[serde(default)]
        challenger: Option<Value>,
        /// Whether their files are kept.
        #[serde(default)]
        files: bool,
        /// All credit that we give.
        #[serde(default)]
        portfolio: Option<Money>,
    },
}

impl BookAsk {
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
        let journal = |book: &[BookCustomer]| text(Journal::of(&facts_of(book), None));
        match self {
            Self::Aging { book } => {
                let rows = text(aging(&journal(book)?, &policy.aging, as_of))?;
                let totals = text(totals(&rows, &policy.aging))?;
                to_value(&json!({ "rows": rows, "totals": totals }))
            }
            Self::Dso { book } => {
                let rule = &section(policy.receivables.as_ref(), "receivables")?.dso;
                to_value(&text(dso(&journal(book)?, rule, &policy.calendar, policy.currency, rates, as_of))?)
            }
            Self::Portfolio { book, change } => {
                let after = changed(policy, change)?;
                let members = members(run, book)?;
                let portfolio = Portfolio::of(&members);
                let (old, new) = (portfolio.pass(policy), portfolio.pass(&after));
                let limits = |outcomes: &[_], policy: &Policy| {
                    outcomes
                        .iter()
                        .map(|outcome| text(limit_of(outcome, policy.currency)))
                        .collect::<Result<Vec<_>, _>>()
                };
                to_value(&json!({
                    "customers": portfolio.customers(),
                    "before": text(portfolio.totals(policy, &old))?,
                    "after": text(portfolio.totals(&after, &new))?,
                    "limits_before": limits(&old, policy)?,
                    "limits_after": limits(&new, &after)?,
                    "compared": compare(&old, &new, policy.grade.bands.len(), after.grade.bands.len()),
                }))
            }
            Self::WhatIf { book, debtors, change } => {
                let after = changed(policy, change)?;
                let members = book.iter().map(|one| full_member(run, one, debtors)).collect::<Result<Vec<_>, _>>()?;
                let portfolio = text(FullPortfolio::of(&members, policy.currency, rates, as_of))?;
                let pass = |policy: &Policy| {
                    let banded = policy.provision.as_ref().map(|rule| Banded::of(&portfolio, rule));
                    let banded = text(banded.transpose())?;
                    let outcomes = text(portfolio.pass(policy, banded.as_ref()))?;
                    let totals = text(portfolio.totals(policy, banded.as_ref(), &outcomes))?;
                    Ok::<_, String>((outcomes, totals))
                };
                let ((old, before), (new, then)) = (pass(policy)?, pass(&after)?);
                let compared = text(compare_fully(&portfolio, (&old, policy), (&new, &after), book.len()))?;
                to_value(&json!({ "before": before, "after": then, "comparison": compared }))
            }
            Self::Provision { book, debtors } => {
                let rule = section(policy.provision.as_ref(), "provision")?;
                to_value(&text(bad_debts(rule, &facts_of(book), debtors, policy.currency, rates, as_of))?)
            }
            Self::Expected { book } => {
                let rule = &section(policy.receivables.as_ref(), "receivables")?.expected;
                let facts = facts_of(book);
                let bills = bills(facts.iter().filter(|fact| fact.date <= as_of));
                to_value(&text(expected_receipts(&journal(book)?, &bills, rule, as_of))?)
            }
            Self::Stress { book, debtors, stress: asked } => {
                let facts = facts_of(book);
                let standing = |one: &BookCustomer| text(Standing::of(&one.customer, &facts, &run.case.rates(), None));
                let standings = book.iter().map(standing).collect::<Result<Vec<_>, _>>()?;
                let journal = text(Journal::of(&facts, None))?;
                let customers: Vec<(&Customer, &CreditFile)> =
                    book.iter().map(|one| (&one.customer, &one.file)).collect();
                let bills = bills_held(&facts, &Names::of(&customers), as_of);
                let (journal, standings) = (&journal, standings.as_slice());
                let book = Book { policy, journal, standings, bills: &bills, debtors, rates };
                to_value(&text(stress(&book, asked, as_of))?)
            }
            Self::BackTest { book, from, to, challenger, files, portfolio } => {
                let rule = section(policy.back_test.as_ref(), "back_test")?.clone();
                let challenger = challenger.as_ref().map(|patch| changed(policy, patch)).transpose()?;
                let customers: Vec<Customer> = book.iter().map(|one| one.customer.clone()).collect();
                let mut ledger = text(Ledger::of(customers, &facts_of(book)))?;
                if *files {
                    let on_file = |one: &BookCustomer| OnFile { file: one.file.clone(), ..OnFile::default() };
                    ledger = ledger.with_files(book.iter().map(|one| (one.customer.id, on_file(one))).collect());
                }
                if let Some(portfolio) = portfolio {
                    ledger = ledger.with_portfolio(*portfolio);
                }
                let period = Period { from: *from, to: *to, known: as_of };
                let test = BackTest::new(rule, period, policy.clone(), challenger, ledger, rates.clone());
                let mut test = text(test)?;
                text(test.step(usize::MAX))?;
                to_value(&text(test.report())?)
            }
        }
    }
}

fn changed(policy: &Policy, patch: &Value) -> Result<Policy, String> {
    let mut document = to_value(policy)?;
    merge(&mut document, patch);
    text(serde_json::from_value(document))
}

/// A customer as the pass of the second kind takes it in.
fn full_member(run: &CaseRun<'_>, one: &BookCustomer, debtors: &[Debtor]) -> Result<FullMember, String> {
    let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
    let facts = facts_of(std::slice::from_ref(one));
    let journal = text(Journal::of(&facts, None))?;
    let standing = text(Standing::of(&one.customer, &facts, &run.case.rates(), None))?;
    let (customer, file) = (&one.customer, &one.file);
    let (covers, market_value, portfolio, given) = (&[] as &[Cover], None, None, None);
    let sources = Sources { customer, journal: &journal, file, covers, market_value, portfolio, given, rates };
    let own: Vec<Debtor> = debtors.iter().filter(|debtor| debtor.customer == customer.id).cloned().collect();
    Ok(FullMember {
        customer: customer.id,
        evidence: text(full_evidence(policy, &sources, as_of))?,
        position: text(Position::of(&standing, &policy.exposure, as_of))?,
        receivables: if own.is_empty() { Vec::new() } else { text(receivables(&facts, &own, as_of))? },
    })
}

fn members(run: &CaseRun<'_>, book: &[BookCustomer]) -> Result<Vec<Member>, String> {
    let (policy, as_of) = (run.policy, run.case.as_of);
    let member = |one: &BookCustomer| {
        let facts = facts_of(std::slice::from_ref(one));
        let journal = text(Journal::of(&facts, None))?;
        let read = text(evidence(policy, &one.customer, &journal, &run.case.facts.rates, as_of))?;
        let standing = text(Standing::of(&one.customer, &facts, &run.case.rates(), None))?;
        let position = text(Position::of(&standing, &policy.exposure, as_of))?;
        Ok(Member { customer: one.customer.id, profile: read.profile, need: read.need, position })
    };
    book.iter().map(member).collect()
}
