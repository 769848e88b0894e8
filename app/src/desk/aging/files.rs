//! The aged balance as a file.

use super::sheet::Sheet;
use crate::desk::book::Customers;
use crate::desk::words;
use crate::download::Cell;
use crate::lang::Lang;
use shared::facts::calendar::Date;
use shared::facts::money::{Currency, Money};
use shared::readings::aging::AgingRule;

/// The sheet as rows, in the language of the page: a head, the lines, a total for each currency.
pub fn table(lang: Lang, sheet: &Sheet, customers: &Customers, rule: &AgingRule, as_of: Date) -> Vec<Vec<Cell>> {
    let text = |zh: &str, en: &str| Cell::text(lang.pick(zh, en));
    let mut head =
        vec![text("截至", "As of"), text("代码", "Code"), text("客户", "Customer"), text("币种", "Currency")];
    head.extend(words::bands(lang, &rule.bands).into_iter().map(Cell::text));
    head.extend([
        text("逾期争议", "Disputed, late"),
        text("未清", "Open"),
        text("未核销", "Unapplied"),
        text("余额", "Balance"),
        text("最久逾期天数", "Oldest, days late"),
        text("单据数", "Documents"),
    ]);
    let mut rows = vec![head];
    let money = |minor: i64, currency: Currency| {
        Cell::figure(Money::from_minor(minor, currency).unwrap_or(Money::zero(currency)))
    };
    for line in &sheet.lines {
        let known = customers.get(line.row.customer);
        let code = known.map(|known| known.customer.code.clone()).unwrap_or_default();
        let name = known.map_or_else(|| line.row.customer.to_string(), |known| known.name(lang).to_owned());
        let currency = line.row.currency;
        let mut row = vec![Cell::figure(as_of), Cell::text(code), Cell::text(name), Cell::figure(currency)];
        row.extend(line.row.bands.iter().map(|minor| money(*minor, currency)));
        row.extend(
            [line.past.disputed, line.row.open, line.unapplied, line.balance()].map(|minor| money(minor, currency)),
        );
        row.extend([Cell::figure(line.row.oldest_days), Cell::figure(line.row.documents)]);
        rows.push(row);
    }
    for (currency, foot) in &sheet.feet {
        let mut row = vec![Cell::figure(as_of), Cell::text(""), text("合计", "Total"), Cell::figure(currency)];
        row.extend(foot.bands.iter().map(|money| Cell::figure(*money)));
        row.extend([foot.disputed, foot.open, foot.unapplied, foot.balance].map(Cell::figure));
        row.extend([Cell::text(""), Cell::figure(foot.documents)]);
        rows.push(row);
    }
    rows
}
