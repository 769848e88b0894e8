//! What would make an order pass.

use super::Said;
use crate::lang::Lang;
use shared::facts::ledger::Order;
use shared::questions::remedy::{Remedy, Step};

/// A remedy in words: what to do with its amounts, and what follows for the order.
pub fn remedy(lang: Lang, remedy: &Remedy, order: &Order) -> Said {
    let does = |step: &Step| match step {
        Step::SettleOverdue { amount } => lang.fill("付清逾期 {0}", "Settle the overdue {0}", &[&lang.money(*amount)]),
        Step::Terms { terms } => lang.fill("账期改为{0}", "Terms {0}", &[&lang.terms(*terms)]),
        Step::Cover { amount } => {
            lang.fill("增加担保，折后 {0}", "Further cover that counts for {0}", &[&lang.money(*amount)])
        }
        Step::Prepay { amount } => lang.fill("预付 {0}", "Prepay {0}", &[&lang.money(*amount)]),
    };
    let what: Vec<String> = remedy.steps.iter().map(does).collect();
    let terms = remedy.steps.iter().find_map(|step| match step {
        Step::Terms { terms } => Some(*terms),
        _ => None,
    });
    let prepaid = remedy.steps.iter().find_map(|step| match step {
        Step::Prepay { amount } => Some(*amount),
        _ => None,
    });
    let terms = terms.unwrap_or(order.terms);
    let (prepays, terms) = (terms.is_prepaid(), lang.terms(terms));
    let rest = order.amount.minus(prepaid.or(order.prepayment).unwrap_or(order.amount));
    let next = match rest {
        Ok(rest) if rest.minor() > 0 => {
            lang.fill("其余 {0} {1}", "The rest, {0}, on {1}", &[&lang.brief(rest), &terms])
        }
        _ if prepaid.is_some() => lang.pick("全额先款，不占用额度", "All of it in advance; no credit used").to_owned(),
        _ if prepays => lang.pick("全额预付", "All of it paid in advance").to_owned(),
        _ => lang.fill("全额{0}", "All of it on {0}", &[&terms]),
    };
    let what = what.join(lang.pick("，", ", "));
    Said { what, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::facts::id::{CustomerId, OrderId};
    use shared::facts::money::{Currency, Money};
    use shared::facts::terms::Terms;
    use shared::rules::order_check::Verdict;

    #[test]
    fn says_what_to_do_and_what_is_left() {
        let yuan = |text: &str| Money::parse(text, Currency::CNY).unwrap();
        let order = Order {
            id: OrderId::derived(&["1"]),
            customer: CustomerId::derived(&["1"]),
            amount: yuan("286400"),
            terms: Terms::MonthEnd { days: 45 },
            prepayment: None,
            description: None,
        };
        let told = |steps: Vec<Step>| {
            let Said { what, next } = remedy(Lang::Zh, &Remedy { steps, verdict: Verdict::Warn }, &order);
            (what.replace('\u{a0}', " "), next.replace('\u{a0}', " "))
        };
        let prepay = Step::Prepay { amount: yuan("60700") };
        assert_eq!(told(vec![prepay]), ("预付 ¥60,700.00".into(), "其余 225,700 月结 45 天".into()));
        let settle = Step::SettleOverdue { amount: yuan("42180") };
        let tighten = Step::Terms { terms: Terms::MonthEnd { days: 30 } };
        assert_eq!(
            told(vec![settle, tighten]),
            ("付清逾期 ¥42,180.00，账期改为月结 30 天".into(), "全额月结 30 天".into())
        );
        let all = Step::Prepay { amount: yuan("286400") };
        assert_eq!(told(vec![all]).1, "全额先款，不占用额度");
    }
}
