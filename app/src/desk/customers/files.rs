//! The list of customers as a file.

use crate::desk::book::{Desk, Known};
use crate::desk::parts;
use crate::download::Cell;
use crate::lang::Lang;
use shared::facts::calendar::Date;
use shared::facts::ledger::Limit;
use shared::facts::money::Money;
use std::sync::Arc;

/// The customers listed, as rows in the language of the page: a head, then one for each. Amounts are in each customer's
/// currency, which stands beside them.
pub fn table(lang: Lang, desk: Desk, customers: &[Arc<Known>], today: Date) -> Vec<Vec<Cell>> {
    let head = lang.pick(
        ["代码", "客户", "等级", "币种", "额度", "敞口", "可用", "逾期", "最久逾期天数", "账期", "销售", "停供"],
        [
            "Code",
            "Customer",
            "Grade",
            "Currency",
            "Limit",
            "Exposure",
            "Available",
            "Overdue",
            "Oldest, days late",
            "Terms",
            "Sales",
            "Stopped",
        ],
    );
    let blank = || Cell::text("");
    let money = |money: Option<Money>| money.map_or_else(blank, Cell::figure);
    let row = |known: &Arc<Known>| {
        let position = known.position.as_ref();
        let limit = known.limit(today);
        vec![
            Cell::text(&known.customer.code),
            Cell::text(known.name(lang)),
            Cell::text(known.standing.grade.as_ref().map(|grade| grade.grade.clone()).unwrap_or_default()),
            Cell::figure(position.map_or(known.customer.currency, |position| position.exposure.total.currency())),
            match limit {
                Some(Limit::Amount { amount }) => Cell::figure(amount),
                other => Cell::text(parts::limit(lang, other)),
            },
            money(position.map(|position| position.exposure.total)),
            money(known.available(today)),
            money(known.overdue()),
            Cell::figure(position.map_or(0, |position| position.oldest_days)),
            Cell::text(known.standing.terms.map(|terms| lang.terms(terms)).unwrap_or_default()),
            Cell::text(desk.person(known.customer.salesperson).unwrap_or_default()),
            Cell::text(if known.standing.frozen.is_some() { lang.pick("是", "yes") } else { "" }),
        ]
    };
    std::iter::once(head.map(Cell::text).to_vec()).chain(customers.iter().map(row)).collect()
}
