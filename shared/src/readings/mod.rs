//! What the facts say: open items, aging, behaviour, exposure, and the standing of one customer.
//!
//! A reading judges nothing. Where it needs a number that is a matter of policy (bands, windows), that comes as an argument.
//!
//! **Of the ledger**:
//!
//! - [`journal`]: the facts in rows that every reading runs over; what is open at a day
//! - [`open_items`]: every document that isn't settled, with the number people know it by
//! - [`arising`]: since when a document counts that was issued anew
//! - [`aging`]: what is open, by days past due
//! - [`age`]: what is open by months since it arose; what isn't invoiced or confirmed, by days since the service
//! - [`exchange`]: what one currency is worth in another on a day
//! - [`revaluation`]: open documents in other currencies at today's rate, against what they were booked at
//!
//! **Of how customers pay**:
//!
//! - [`behaviour`]: days beyond terms, overdue share, sales and their peak
//! - [`payment_index`]: one figure from 1 to 100
//! - [`dso`]: DSO, count-back, best possible, ADD, CEI, days to pay, turnover
//! - [`concentration`]: how much hangs on a few
//! - [`expected`]: which of the open money comes in which week
//!
//! **Of what a customer owes and will owe**:
//!
//! - [`exposure`]: its categories and their sum
//! - [`bills`]: bills as the ledger tells of them
//! - [`liable`]: a legal entity's ledger, with its branches'
//! - [`standing`]: all that an order check needs, small enough for a phone
//!
//! **Of the credit file**:
//!
//! - [`groups`]: who is liable, and who belongs together
//! - [`papers`]: how old a check is, whether a licence or agreement is in force
//! - [`ratios`]: financial ratios
//! - [`altman`]: Z-scores and their zones

pub mod age;
pub mod aging;
pub mod altman;
pub mod arising;
pub mod behaviour;
pub mod bills;
pub mod concentration;
pub mod dso;
pub mod exchange;
pub mod expected;
pub mod exposure;
pub mod groups;
pub mod journal;
pub mod liable;
pub mod open_items;
pub mod papers;
pub mod payment_index;
pub mod ratios;
pub mod revaluation;
pub mod standing;
