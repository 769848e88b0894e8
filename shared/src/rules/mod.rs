//! Judgement: in each room the rule's data beside the function that applies it; the policy composes them.

pub mod appetite;
pub mod availability;
pub mod clock;
pub mod credit_file;
pub mod dunning;
pub mod grade;
pub mod interest;
pub mod letter;
pub mod limit;
pub mod limit_methods;
pub mod order_check;
pub mod policy;
pub mod promise;
pub mod provision;
pub mod rating;
pub mod receivables;
pub mod recovery;
pub mod review;
pub mod scorecard;
pub mod scoring;
pub mod segments;
pub mod terms;
pub mod warning;
pub mod worklist;
