//! What happened, dated and immutable: money, days, customers and the ledger's facts.

pub mod account_statement;
pub mod bill;
pub mod calendar;
pub mod cover;
pub mod credit_file;
pub mod customer;
pub mod document;
pub mod financials;
pub mod id;
pub mod identifiers;
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
pub mod promise;
pub mod recovery;
pub mod reference_rate;
pub mod relations;
pub mod shipment;
pub mod terms;
