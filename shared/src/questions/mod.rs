//! What people ask: how sound is this customer, what does it owe, what would make the order pass, what if the policy
//! were another.

pub mod assess;
pub mod bad_debts;
pub mod dossier;
pub mod late_interest;
pub mod recheck;
pub mod remedy;
pub mod retest;
pub mod statement;
pub mod what_if;
