//! The question: an order being typed, and what it would be with one of the ways out.

use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, OrderId};
use shared::facts::ledger::Order;
use shared::facts::money::{Currency, Money};
use shared::facts::terms::Terms;
use shared::questions::remedy::{self, Remedy, Step};
use shared::readings::standing::Standing;
use shared::rules::order_check::OrderPolicy;

/// How long a description may be; the edge refuses a longer one.
pub const DESCRIPTION_MOST: usize = 500;

/// An order being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The order's id, kept until it is confirmed.
    pub id: OrderId,
    /// Whose.
    pub customer: CustomerId,
    /// In which currency.
    pub currency: Currency,
    /// How much, once it is typed.
    pub amount: Option<Money>,
    /// The terms asked for.
    pub terms: Terms,
    /// What is paid in advance.
    pub prepayment: Option<Money>,
    /// What it is for.
    pub description: String,
}

impl Ask {
    /// Nothing typed yet: the terms granted, and the currency of the limit.
    pub fn new(id: OrderId, standing: &Standing) -> Self {
        Self {
            id,
            customer: standing.customer,
            currency: standing.currency,
            amount: None,
            terms: standing.terms.unwrap_or(Terms::Prepaid),
            prepayment: None,
            description: String::new(),
        }
    }

    /// The order, once there is an amount above zero that covers the prepayment.
    pub fn order(&self) -> Option<Order> {
        let amount = self.amount.filter(|amount| amount.minor() > 0 && amount.currency() == self.currency)?;
        let prepayment = self.prepayment.filter(|prepaid| prepaid.minor() > 0);
        if prepayment.is_some_and(|prepaid| prepaid.minor() > amount.minor()) {
            return None;
        }
        if self.description.chars().count() > DESCRIPTION_MOST {
            return None;
        }
        let description = Some(self.description.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(Order { id: self.id, customer: self.customer, amount, terms: self.terms, prepayment, description })
    }

    /// The order for nothing, which shows what stands against this customer whatever the amount.
    pub fn nothing(&self) -> Order {
        Order {
            id: self.id,
            customer: self.customer,
            amount: Money::zero(self.currency),
            terms: Terms::Prepaid,
            prepayment: None,
            description: None,
        }
    }
}

/// What an order and a standing are when a remedy is followed. The last says whether it takes something that only the
/// customer can do, so that the outcome is a supposition.
pub fn followed(
    policy: &OrderPolicy,
    remedy: &Remedy,
    order: Order,
    standing: Standing,
    as_of: Date,
) -> (Order, Standing, bool) {
    let supposed = remedy.steps.iter().any(|step| matches!(step, Step::SettleOverdue { .. } | Step::Cover { .. }));
    let (order, standing) = remedy::followed(policy, remedy, order, standing, as_of);
    (order, standing, supposed)
}

/// The terms that one may ask for: what the policy gives its grades, what was granted, and the two that give no credit;
/// the tightest first.
pub fn choices(policy: &OrderPolicy, granted: Option<Terms>) -> Vec<Terms> {
    let mut terms = vec![Terms::Prepaid, Terms::OnDelivery];
    let offered = policy.terms.iter().copied().chain(granted);
    for offer in offered {
        if !terms.contains(&offer) {
            terms.push(offer);
        }
    }
    terms.sort_by(|a, b| a.looseness(*b));
    terms
}

/// The currencies that an order of this customer can be judged in: that of its limit, and those whose rate is known here.
pub fn currencies(standing: &Standing) -> Vec<Currency> {
    let mut found = vec![standing.currency];
    for rate in &standing.rates {
        let other = if rate.to == standing.currency { rate.from } else { rate.to };
        if !found.contains(&other) {
            found.push(other);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::rules::policy::{DEFAULT, Policy};

    fn yuan(text: &str) -> Money {
        Money::parse(text, Currency::CNY).unwrap()
    }

    fn ask() -> Ask {
        Ask {
            id: OrderId::derived(&["1"]),
            customer: CustomerId::derived(&["1"]),
            currency: Currency::CNY,
            amount: Some(yuan("100")),
            terms: Terms::Net { days: 30 },
            prepayment: None,
            description: "  ".into(),
        }
    }

    #[test]
    fn only_a_whole_question_is_an_order() {
        let order = ask().order().unwrap();
        assert_eq!((order.prepayment, order.description), (None, None));
        assert!(Ask { amount: None, ..ask() }.order().is_none());
        assert!(Ask { amount: Some(yuan("0")), ..ask() }.order().is_none());
        assert!(Ask { prepayment: Some(yuan("100.01")), ..ask() }.order().is_none());
        assert!(Ask { description: "长".repeat(501), ..ask() }.order().is_none());
        assert!(Ask { currency: Currency::USD, ..ask() }.order().is_none());
        assert_eq!(Ask { prepayment: Some(yuan("0")), ..ask() }.order().unwrap().prepayment, None);
    }

    #[test]
    fn terms_are_offered_from_the_tightest() {
        let policy = OrderPolicy::from(&Policy::parse(DEFAULT).unwrap());
        let odd = Terms::Net { days: 17 };
        let offered = choices(&policy, Some(odd));
        assert_eq!(offered.first(), Some(&Terms::Prepaid));
        assert!(offered.contains(&odd));
        assert!(offered.is_sorted_by(|a, b| a.looseness(*b).is_le()));
    }
}
