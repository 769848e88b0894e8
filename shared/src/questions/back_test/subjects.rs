//! What is judged, in the order of its days, and what became of it.

use super::ledger::OrderRow;
use super::report::{Fate, Subject};
use super::sweep::{Paper, Sweep};
use crate::facts::calendar::{Date, days_between};
use crate::facts::id::{CustomerId, ItemId, OrderId};
use crate::facts::ledger::Order;
use crate::facts::money::{Money, MoneyError};
use crate::facts::terms::Terms;

/// Something to judge: an order or a document, by its place among the customer's. Of one day the orders come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub date: Date,
    pub is_document: bool,
    pub place: u32,
}

/// Something to judge, with what became of it.
pub(super) struct Asked {
    pub order: Order,
    pub subject: Subject,
    pub fate: Fate,
    pub loss: Money,
}

/// How the end of the test looks back.
#[derive(Clone, Copy)]
pub(super) struct Hindsight {
    pub late_days: i32,
    pub lost_days: i32,
    pub known: Date,
}

/// Lists what is judged from one day to another.
pub(super) fn turns(sweep: &Sweep, from: Date, to: Date, turns: &mut Vec<Turn>) {
    let within = |date: Date| date >= from && date <= to;
    let papers = sweep.papers.iter().zip(0_u32..).filter(|(paper, _)| paper.judged && within(paper.date));
    let orders = sweep.orders.iter().zip(0_u32..).filter(|(order, _)| within(order.date));
    turns.clear();
    turns.extend(papers.map(|(paper, place)| Turn { date: paper.date, is_document: true, place }));
    turns.extend(orders.map(|(order, place)| Turn { date: order.date, is_document: false, place }));
    turns.sort_unstable();
}

impl Hindsight {
    /// An order and what became of its documents.
    pub fn order(self, row: &OrderRow, place: u32, papers: &[Paper]) -> Result<Asked, MoneyError> {
        let own = papers.iter().filter(|paper| paper.order == place);
        let (fate, loss) = self.fate(own, Money::zero(row.order.amount.currency()))?;
        Ok(Asked { order: row.order.clone(), subject: Subject::Order { order: row.order.id }, fate, loss })
    }

    /// A document, as the order that it would have been.
    pub fn document(
        self,
        customer: CustomerId,
        paper: &Paper,
        place: u32,
        item: Option<ItemId>,
    ) -> Result<Asked, MoneyError> {
        let (fate, loss) = self.fate([paper], Money::zero(paper.amount.currency()))?;
        let days = days_between(paper.date, paper.due).max(0);
        let days = u16::try_from(days).unwrap_or(u16::MAX);
        let order = Order {
            id: OrderId(item.map_or(customer.0, |item| item.0)),
            customer,
            amount: paper.amount,
            terms: if days == 0 { Terms::Prepaid } else { Terms::Net { days } },
            prepayment: None,
            description: None,
        };
        Ok(Asked { order, subject: Subject::Document { place, item }, fate, loss })
    }

    /// What became of some documents: the worst of them says. A loss in another currency than the order's isn't added.
    fn fate<'p>(self, papers: impl IntoIterator<Item = &'p Paper>, none: Money) -> Result<(Fate, Money), MoneyError> {
        let (mut worst, mut loss) = (None, none);
        for paper in papers {
            let fate = match paper.settled {
                Some(settled) if days_between(paper.due, settled) > self.late_days => Fate::Late,
                Some(_) => Fate::Good,
                // A credit note that still waits doesn't leave anything open.
                None if paper.left <= 0 => Fate::Good,
                None if days_between(paper.due, self.known) > self.lost_days => Fate::Lost,
                None => Fate::Open,
            };
            if fate == Fate::Lost && paper.amount.currency() == none.currency() {
                loss = loss.plus(Money::from_minor(paper.left, none.currency())?)?;
            }
            let weight =
                |fate: Fate| [Fate::Good, Fate::Late, Fate::Open, Fate::Lost].iter().position(|one| *one == fate);
            worst = Some(worst.map_or(fate, |worst| if weight(fate) > weight(worst) { fate } else { worst }));
        }
        Ok((worst.unwrap_or(Fate::Uncharged), loss))
    }
}
