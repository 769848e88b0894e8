//! Judgement: in each room the rule's data beside the function that applies it; the policy composes them.

pub mod credit_file;
pub mod grade;
pub mod limit;
pub mod order_check;
pub mod policy;
pub mod receivables;
pub mod scorecard;
pub mod terms;
