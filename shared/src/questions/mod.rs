//! What people ask: how sound is this customer, what does it owe, what would make the order pass, what if the policy
//! were another.

pub mod account_statement;
pub mod assess;
pub mod back_test;
pub mod bad_debts;
pub mod calibrate;
pub mod credit_report;
pub mod dossier;
pub mod full_assessment;
pub mod goal;
pub mod late_interest;
pub mod recheck;
pub mod remedy;
pub mod retest;
pub mod scenario;
pub mod statement;
pub mod stress;
pub mod tie_out;
pub mod volume;
pub mod what_if;
pub mod write_offs;
