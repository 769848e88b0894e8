//! What happened, dated and immutable: money, days, customers and the ledger's facts.
//!
//! A fact has a day on which it holds, and where a book keeps it a feed number: when the book learned it. Nothing here judges.
//!
//! **Money, numbers, days and names**, which everything else is written in:
//!
//! - [`money`]: amounts in minor units of a currency
//! - [`number`]: ratios in millionths, points in hundredths
//! - [`calendar`]: month ends, working days, days between
//! - [`id`]: names of things that make a retry harmless
//! - [`naming`]: names and numbers as people write them
//! - [`bilingual`]: a text for people, in both languages
//! - [`document`]: JSON into a type, with the path of what doesn't fit
//!
//! **The customer** and its file:
//!
//! - [`customer`]: the legal entity, and its stage with us
//! - [`identifiers`]: credit code, organisation code, tax and identity numbers, with check digits
//! - [`relations`]: branches, controllers, duplicates
//! - [`credit_file`]: all else that is known: checks, licences, agreements, references
//! - [`financials`]: statements of one period, and where they don't add up
//! - [`piece`]: the same file piece by piece, as people write it down
//!
//! **What is sold, on which terms, and what secures it**:
//!
//! - [`terms`]: payment terms, from the base event to the due date
//! - [`shipment`]: transport jobs and what is charged on them
//! - [`cover`]: guarantees, mortgages, deposits, insurances
//! - [`insurance`]: what an insurer asks, and what was done of it
//! - [`bill`]: bills of exchange and electronic receivables
//!
//! **The ledger** and what stands beside it:
//!
//! - [`ledger`]: charges, money, allocations, orders, grants
//! - [`account_statement`]: statements of account as they were sent, and the answers
//! - [`money_in`]: money that nobody has claimed yet
//! - [`period`]: accounting periods closed and opened again
//!
//! **What follows a sale**:
//!
//! - [`overdue`]: a debt that fell due: payments on it, days that don't count
//! - [`reference_rate`]: the LPR as it was published
//! - [`waiver`]: interest and fees that were given up
//! - [`notice`]: what went out to a customer, and what was said
//! - [`promise`]: what it promised to pay, and plans
//! - [`observation`]: what was noticed beside the ledger
//! - [`matter`]: what a legal clock runs for
//! - [`recovery`]: a recovery case as it happened

pub mod account_statement;
pub mod bilingual;
pub mod bill;
pub mod calendar;
pub mod cover;
pub mod credit_file;
pub mod customer;
pub mod document;
pub mod financials;
pub mod id;
pub mod identifiers;
pub mod insurance;
pub mod ledger;
pub mod matter;
pub mod money;
pub mod money_in;
pub mod naming;
pub mod notice;
pub mod number;
pub mod observation;
pub mod overdue;
pub mod period;
pub mod piece;
pub mod promise;
pub mod recovery;
pub mod reference_rate;
pub mod relations;
pub mod shipment;
pub mod terms;
pub mod waiver;
