//! What more than one of the tests needs.

use shared::facts::customer::Customer;
use shared::facts::id::CustomerId;
use shared::facts::money::{Currency, Money};

/// One of many customers, old enough and known well enough to be scored.
pub fn customer(index: usize) -> Customer {
    Customer {
        founded: Some("2015-02-28".parse().unwrap()),
        since: Some("2021-06-01".parse().unwrap()),
        registered_capital: Money::from_minor(500_000_000, Currency::CNY).ok(),
        ..Customer::plain(
            CustomerId::derived(&["customer", &index.to_string()]),
            format!("C-{index}"),
            format!("客户 {index}"),
            Currency::CNY,
        )
    }
}
