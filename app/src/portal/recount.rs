//! The statement made once more, in the customer's own browser, from the facts that came with it.

use shared::facts::money::Money;
use shared::questions::statement::{Account, Statement, statement};
use shared::record::api::StatementAnswer;
use shared::record::digest::digest;

/// How the recount compares with what the book sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recount {
    /// Every line, every balance and the digest are the same.
    Same,
    /// A figure differs; these are the first two that do.
    Differs {
        /// What this browser found.
        here: Money,
        /// What the book says.
        book: Money,
    },
    /// The statement cannot be made from these facts, or differs in something that is no figure.
    Broken,
}

/// Makes the statement again and compares.
pub fn recount(answer: &StatementAnswer) -> Recount {
    let book = &answer.statement;
    let Ok(here) = statement(answer.customer.id, &answer.facts, &answer.aging, book.from, book.to) else {
        return Recount::Broken;
    };
    let sealed = digest(&here).is_ok_and(|digest| digest == answer.digest);
    let tied = here.accounts.iter().all(|account| account.ties_out().unwrap_or(false));
    if here == *book && sealed && tied {
        return Recount::Same;
    }
    first_difference(&here, book).map_or(Recount::Broken, |(here, book)| Recount::Differs { here, book })
}

fn first_difference(here: &Statement, book: &Statement) -> Option<(Money, Money)> {
    let zero = |account: &Account| Money::zero(account.currency);
    for own in &here.accounts {
        let other = book.accounts.iter().find(|account| account.currency == own.currency);
        let Some(other) = other else { return Some((own.closing, zero(own))) };
        let figures = [
            (own.closing, other.closing),
            (own.opening, other.opening),
            (own.charged, other.charged),
            (own.credited, other.credited),
            (own.unapplied, other.unapplied),
        ];
        let lines = own.lines.iter().zip(&other.lines).map(|(own, other)| (own.amount, other.amount));
        let open = own.open.iter().zip(&other.open).map(|(own, other)| (own.open, other.open));
        if let Some(pair) = figures.into_iter().chain(lines).chain(open).find(|(own, other)| own != other) {
            return Some(pair);
        }
    }
    let more = book.accounts.iter().find(|other| here.accounts.iter().all(|own| own.currency != other.currency));
    more.map(|other| (zero(other), other.closing))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use shared::facts::customer::Customer;
    use shared::facts::id::{CustomerId, FactId, FeedNumber, ItemId, ReceiptId};
    use shared::facts::ledger::{Allocation, Document, Fact, Item, Receipt, Recorded, Source};
    use shared::facts::money::Currency;
    use shared::readings::aging::AgingRule;

    pub fn yuan(text: &str) -> Money {
        Money::parse(text, Currency::CNY).unwrap()
    }

    /// Two invoices, one of them paid in part, and the statement of November.
    pub fn answer() -> StatementAnswer {
        let customer = CustomerId::derived(&["one"]);
        let fact = |feed: u64, date: &str, fact: Fact| Recorded {
            id: FactId::derived(&[&feed.to_string()]),
            customer,
            feed: FeedNumber(feed),
            date: date.parse().unwrap(),
            fact,
        };
        let item = |number: &str, due: &str, amount: &str| Item {
            id: ItemId::derived(&[number]),
            document: Document::Invoice,
            number: number.into(),
            due: due.parse().unwrap(),
            amount: yuan(amount),
            parts: Vec::new(),
            opening: false,
            order: None,
            reference: Some(format!("BL-{number}")),
            description: Some("海运费".into()),
        };
        let receipt = ReceiptId::derived(&["r"]);
        let facts = vec![
            fact(1, "2026-10-08", Fact::Charged(item("INV-1", "2026-11-07", "100.00"))),
            fact(2, "2026-11-03", Fact::Charged(item("INV-2", "2026-12-03", "50.00"))),
            fact(3, "2026-11-10", Fact::Received(Receipt { id: receipt, amount: yuan("70.00"), reference: None })),
            fact(
                4,
                "2026-11-10",
                Fact::Allocated(Allocation {
                    item: ItemId::derived(&["INV-1"]),
                    source: Source::Receipt { receipt },
                    amount: yuan("60.00"),
                }),
            ),
        ];
        let aging = AgingRule { note: None, bands: vec![30, 60, 90, 180, 365] };
        let (from, to) = ("2026-11-01".parse().unwrap(), "2026-11-20".parse().unwrap());
        let statement = statement(customer, &facts, &aging, from, to).unwrap();
        let customer = Customer::plain(customer, "C1", "宁波恒茂进出口有限公司", Currency::CNY);
        StatementAnswer { customer, digest: digest(&statement).unwrap(), statement, facts, aging }
    }

    #[test]
    fn the_same_facts_make_the_same_statement() {
        assert_eq!(recount(&answer()), Recount::Same);
    }

    #[test]
    fn whatever_was_changed_shows() {
        let mut tampered = answer();
        tampered.statement.accounts[0].closing = yuan("81.00");
        assert_eq!(recount(&tampered), Recount::Differs { here: yuan("80.00"), book: yuan("81.00") });

        let mut tampered = answer();
        tampered.facts.pop();
        assert_eq!(recount(&tampered), Recount::Differs { here: yuan("70.00"), book: yuan("10.00") });

        let mut tampered = answer();
        tampered.digest = "0".repeat(64);
        assert_eq!(recount(&tampered), Recount::Broken);

        let mut tampered = answer();
        tampered.statement.accounts.clear();
        assert_eq!(recount(&tampered), Recount::Differs { here: yuan("80.00"), book: yuan("0.00") });
    }
}
