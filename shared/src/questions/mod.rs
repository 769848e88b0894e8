//! What people ask: how sound is this customer, what does it owe, what would make the order pass, what if the policy
//! were another.
//!
//! A question composes readings and rules; it holds no rule of its own.
//!
//! **How sound is this customer?**
//!
//! - [`assess`]: score, grade, limit and terms from its ledger and a few figures
//! - [`dossier`]: all that a card of the second kind looks at
//! - [`full_assessment`]: the same from statements, file and cover
//! - [`credit_report`]: everything that is known, as data
//! - [`triggers`]: what asks for a review at once
//!
//! **May this order pass, and what would make it?**
//!
//! - [`recheck`]: an order on each transition of its way
//! - [`retest`]: which held orders go through when money arrives
//! - [`remedy`]: what would make it pass, steps together
//! - [`goal`]: the smallest change of one kind
//! - [`order_monitor`]: where each order stands, and what is late
//!
//! **What does it owe?**
//!
//! - [`statement`]: the customer's own statement
//! - [`account_statement`]: the statement of account of a cycle, to be confirmed
//! - [`net_position`]: less what we owe it
//! - [`acceptors`]: bills of others that it accepted
//! - [`late_interest`]: what its late documents have cost
//! - [`tie_out`]: our ledger against the ERP's control account
//!
//! **What looks bad, and what runs out?**
//!
//! - [`indicators`]: what can be observed on a day
//! - [`warning_report`]: what is new, worse, better or gone
//! - [`legal_clocks`]: by when to act
//! - [`portfolios`]: which portfolio a receivable goes to
//! - [`bad_debts`]: the provision of a whole book
//! - [`write_offs`]: what was written off and recovered
//!
//! **How does the department work?**
//!
//! - [`credit_use`]: how limits are used, and who could buy more
//! - [`holds`]: what was held, and what became of it
//! - [`collections`]: what came in, salesperson by salesperson; how DSO moved
//!
//! **What if?**
//!
//! - [`scenario`]: this one customer were different
//! - [`volume`]: so many boxes a month on these terms
//! - [`what_if`]: the policy were another, for every customer
//! - [`back_test`]: it had been another all along
//! - [`stress`]: everyone paid later, the largest failed, sales fell
//! - [`calibrate`]: does the card tell good customers from bad ones?

pub mod acceptors;
pub mod account_statement;
pub mod assess;
pub mod back_test;
pub mod bad_debts;
pub mod calibrate;
pub mod collections;
pub mod credit_report;
pub mod credit_use;
pub mod dossier;
pub mod full_assessment;
pub mod goal;
pub mod holds;
pub mod indicators;
pub mod late_interest;
pub mod legal_clocks;
pub mod net_position;
pub mod order_monitor;
pub mod portfolios;
pub mod recheck;
pub mod remedy;
pub mod retest;
pub mod scenario;
pub mod statement;
pub mod stress;
pub mod tie_out;
pub mod triggers;
pub mod volume;
pub mod warning_report;
pub mod what_if;
pub mod write_offs;
