//! What each fact does to which document, and to money that isn't applied.
//!
//! Journal and statement read the same list, so that they can't differ. Plain applications are taken as they stand; the rest
//! follows from them:
//!
//! - **A return** first uses what isn't applied of its money, then takes back applications, the last first, each with the day
//!   on which it was made. Of one in another currency a part is taken in proportion, and the parts add up. A difference or a
//!   discount that completed a payment goes when all of that payment goes. What is left of a return stands by itself: as
//!   money that is less than nothing.
//! - **A bill** is money that comes in and is applied on one day. One that is refused is returned whole, unless it stands
//!   by itself.
//! - **A write-off** lowers what is open and is no payment. **A recovery** takes so much of it back and pays it.
//!
//! Facts are taken in by day; on one day what came in goes first, what goes back last.

use super::JournalError;
use crate::facts::bill::Bill;
use crate::facts::calendar::Date;
use crate::facts::id::{BillId, CustomerId, ItemId, ReceiptId};
use crate::facts::ledger::{Allocation, DifferenceCause, Fact, HowEnded, Recorded, Source};
use crate::facts::money::Money;
use std::collections::{BTreeMap, BTreeSet};

/// What a movement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Money or a bill.
    Pays,
    /// A credit note.
    Credits,
    /// A later list of open items.
    Corrects,
    /// What fell short and isn't asked for, or was agreed for payment in time.
    Differs(DifferenceCause),
    /// What our books no longer count on.
    WritesOff,
    /// A write-off that money came in for: less than nothing, beside the payment itself.
    Recovers,
}

/// By how much what is open of a document falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Which document.
    pub item: ItemId,
    /// The day.
    pub date: Date,
    /// How much, in minor units of the document's currency; negative when it rises.
    pub minor: i64,
    /// The same as an amount.
    pub amount: Money,
    /// What it is.
    pub does: Does,
    /// What was used for it, where that is another currency.
    pub exchanged: Option<Money>,
    /// The credit note that it is, on the document that it settles.
    pub note: Option<ItemId>,
    /// Of what came back: the day on which it had been applied …
    pub paid: Option<Date>,
    /// … and the place of that movement in the list.
    pub of: Option<usize>,
}

/// Money that came in or went back, or was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyMoved {
    /// Whose.
    pub customer: CustomerId,
    /// The day.
    pub date: Date,
    /// Came in is positive; went back or applied negative.
    pub amount: Money,
    /// Whether it came in or went back; else it was applied.
    pub received: bool,
    /// Which money it is.
    pub of: MoneyOf,
}

/// Which money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MoneyOf {
    /// A payment.
    Receipt(ReceiptId),
    /// A bill.
    Bill(BillId),
}

/// All movements, in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Of documents.
    pub movements: Vec<Movement>,
    /// Of money.
    pub money: Vec<MoneyMoved>,
}

/// An application that can be taken back.
#[derive(Clone, Copy)]
struct Standing {
    of: usize,
    item: ItemId,
    date: Date,
    /// What of it stands, in the document's currency and in the money's.
    applied: Money,
    used: Money,
    exchanged: bool,
    recovered: bool,
}

/// Money of which something comes back.
struct Purse {
    left: Money,
    standing: Vec<Standing>,
    differences: Vec<(usize, Movement)>,
}

struct Settling<'a> {
    done: Settled,
    receipts: BTreeMap<ReceiptId, CustomerId>,
    bills: BTreeMap<BillId, (CustomerId, &'a Bill)>,
    purses: BTreeMap<MoneyOf, Purse>,
}

/// Reads what facts do. What is withdrawn must be left out before, and facts must come by feed number.
///
/// # Errors
///
/// [`JournalError::UnknownReceipt`] or [`JournalError::UnknownBill`] when a fact names money or a bill that isn't
/// there; [`JournalError::Money`] when what comes back is in another currency than its money, or a sum leaves the
/// range.
pub fn settled(facts: &[&Recorded]) -> Result<Settled, JournalError> {
    let mut settling = Settling {
        done: Settled::default(),
        receipts: BTreeMap::new(),
        bills: BTreeMap::new(),
        purses: BTreeMap::new(),
    };
    let mut amounts: BTreeMap<MoneyOf, Money> = BTreeMap::new();
    let mut back: BTreeSet<MoneyOf> = BTreeSet::new();
    for recorded in facts {
        match &recorded.fact {
            Fact::Received(receipt) => {
                settling.receipts.insert(receipt.id, recorded.customer);
                amounts.insert(MoneyOf::Receipt(receipt.id), receipt.amount);
            }
            Fact::BillReceived(received) => {
                settling.bills.insert(received.bill.id, (recorded.customer, &received.bill));
                amounts.insert(MoneyOf::Bill(received.bill.id), received.bill.amount);
            }
            Fact::Returned(returned) => {
                back.insert(MoneyOf::Receipt(returned.receipt));
            }
            Fact::BillEnded(end) if end.how == HowEnded::Dishonoured => {
                back.insert(MoneyOf::Bill(end.bill));
            }
            _ => {}
        }
    }
    let purse = |of: MoneyOf| {
        let left = amounts.get(&of).copied()?;
        Some((of, Purse { left, standing: Vec::new(), differences: Vec::new() }))
    };
    settling.purses = back.into_iter().filter_map(purse).collect();
    let mut ordered: Vec<(u8, &Recorded)> =
        facts.iter().filter_map(|recorded| Some((rank(&recorded.fact)?, *recorded))).collect();
    // A stable sort: they come by feed number.
    ordered.sort_by_key(|(rank, recorded)| (recorded.date, *rank));
    for (_, recorded) in ordered {
        settling.take_in(recorded)?;
    }
    Ok(settling.done)
}

/// When on its day a fact is taken in; absent for one that settles nothing.
const fn rank(fact: &Fact) -> Option<u8> {
    match fact {
        Fact::Received(_) | Fact::BillReceived(_) => Some(0),
        Fact::Allocated(_) | Fact::WrittenOff(_) | Fact::Recovered(_) | Fact::BillPassedOn(_) => Some(1),
        Fact::Returned(_) | Fact::BillEnded(_) => Some(2),
        _ => None,
    }
}

impl<'a> Settling<'a> {
    fn take_in(&mut self, recorded: &'a Recorded) -> Result<(), JournalError> {
        let date = recorded.date;
        match &recorded.fact {
            Fact::Received(receipt) => {
                self.money(recorded.customer, date, receipt.amount, true, MoneyOf::Receipt(receipt.id));
            }
            Fact::Allocated(allocation) => self.allocate(date, allocation)?,
            Fact::WrittenOff(off) => {
                self.movement(off.item, date, off.amount, Does::WritesOff);
            }
            Fact::Recovered(recovery) => {
                let customer = self.customer(recovery.receipt)?;
                let of = MoneyOf::Receipt(recovery.receipt);
                self.movement(recovery.item, date, recovery.amount.negated(), Does::Recovers);
                self.pay(customer, of, (recovery.item, date), (recovery.amount, recovery.amount), true);
            }
            Fact::Returned(returned) => {
                let customer = self.customer(returned.receipt)?;
                self.take_back(customer, MoneyOf::Receipt(returned.receipt), returned.amount, date)?;
            }
            Fact::BillReceived(received) => {
                let (customer, of) = (recorded.customer, MoneyOf::Bill(received.bill.id));
                self.money(customer, date, received.bill.amount, true, of);
                for part in &received.bill.settles {
                    self.pay(customer, of, (part.item, date), (part.amount, part.amount), false);
                }
            }
            Fact::BillPassedOn(passed) => {
                self.bill(passed.bill)?;
            }
            Fact::BillEnded(end) => {
                let (customer, bill) = self.bill(end.bill)?;
                if end.how == HowEnded::Dishonoured {
                    self.take_back(customer, MoneyOf::Bill(end.bill), bill.amount, date)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn customer(&self, receipt: ReceiptId) -> Result<CustomerId, JournalError> {
        self.receipts.get(&receipt).copied().ok_or(JournalError::UnknownReceipt(receipt))
    }

    fn bill(&self, bill: BillId) -> Result<(CustomerId, &'a Bill), JournalError> {
        self.bills.get(&bill).copied().ok_or(JournalError::UnknownBill(bill))
    }

    fn money(&mut self, customer: CustomerId, date: Date, amount: Money, received: bool, of: MoneyOf) {
        self.done.money.push(MoneyMoved { customer, date, amount, received, of });
    }

    fn movement(&mut self, item: ItemId, date: Date, amount: Money, does: Does) -> (usize, Movement) {
        let minor = amount.minor();
        let movement = Movement { item, date, minor, amount, does, exchanged: None, note: None, paid: None, of: None };
        self.done.movements.push(movement);
        (self.done.movements.len().saturating_sub(1), movement)
    }

    fn allocate(&mut self, date: Date, allocation: &Allocation) -> Result<(), JournalError> {
        let Allocation { item, source, amount } = *allocation;
        match source {
            Source::Receipt { receipt } => {
                let customer = self.customer(receipt)?;
                self.pay(customer, MoneyOf::Receipt(receipt), (item, date), (amount, amount), false);
            }
            Source::Converted { receipt, paid } => {
                let customer = self.customer(receipt)?;
                self.pay(customer, MoneyOf::Receipt(receipt), (item, date), (amount, paid), false);
                if let Some(movement) = self.done.movements.last_mut() {
                    movement.exchanged = Some(paid);
                }
            }
            Source::CreditNote { item: note } => {
                self.movement(item, date, amount, Does::Credits);
                if let Some(movement) = self.done.movements.last_mut() {
                    movement.note = Some(note);
                }
                self.movement(note, date, amount.negated(), Does::Credits);
            }
            Source::Snapshot { .. } => {
                self.movement(item, date, amount, Does::Corrects);
            }
            Source::Difference { cause, with } => {
                let made = self.movement(item, date, amount, Does::Differs(cause));
                if let Some(purse) = self.purses.get_mut(&MoneyOf::Receipt(with)) {
                    purse.differences.push(made);
                }
            }
        }
        Ok(())
    }

    /// Applies money to a document.
    fn pay(
        &mut self,
        customer: CustomerId,
        money: MoneyOf,
        (item, date): (ItemId, Date),
        (applied, used): (Money, Money),
        recovered: bool,
    ) {
        let (of, _) = self.movement(item, date, applied, Does::Pays);
        self.money(customer, date, used.negated(), false, money);
        let Some(purse) = self.purses.get_mut(&money) else { return };
        purse.left = purse.left.minus(used).unwrap_or(purse.left);
        if applied.minor() > 0 {
            let exchanged = applied.currency() != used.currency();
            purse.standing.push(Standing { of, item, date, applied, used, exchanged, recovered });
            return;
        }
        // An application taken back by hand takes it off those that stand, the last first.
        let (mut applied, mut used) = (applied.negated(), used.negated());
        for standing in purse.standing.iter_mut().rev().filter(|standing| standing.item == item) {
            let both = (standing.applied.min(applied), standing.used.min(used));
            let (Ok(applied_part), Ok(used_part)) = both else { continue };
            standing.applied = standing.applied.minus(applied_part).unwrap_or(standing.applied);
            standing.used = standing.used.minus(used_part).unwrap_or(standing.used);
            applied = applied.minus(applied_part).unwrap_or(applied);
            used = used.minus(used_part).unwrap_or(used);
        }
        purse.standing.retain(|standing| standing.applied.minor() > 0);
    }

    /// Takes back so much of money that came in.
    fn take_back(&mut self, customer: CustomerId, of: MoneyOf, amount: Money, date: Date) -> Result<(), JournalError> {
        let Some(mut purse) = self.purses.remove(&of) else { return Ok(()) };
        self.money(customer, date, amount.negated(), true, of);
        let free = purse.left.max(Money::zero(amount.currency()))?.min(amount)?;
        let mut rest = amount.minus(free)?;
        purse.left = purse.left.minus(amount)?;
        while rest.minor() > 0 {
            let Some(standing) = purse.standing.last_mut() else { break };
            let take = standing.used.min(rest)?;
            let whole = take == standing.used;
            let part = if whole { standing.applied } else { share(standing.applied, take, standing.used)? };
            let (item, paid, place) = (standing.item, Some(standing.date), Some(standing.of));
            let (exchanged, recovered) = (standing.exchanged.then(|| take.negated()), standing.recovered);
            standing.applied = standing.applied.minus(part)?;
            standing.used = standing.used.minus(take)?;
            if whole {
                purse.standing.pop();
            }
            self.movement(item, date, part.negated(), Does::Pays);
            if let Some(movement) = self.done.movements.last_mut() {
                (movement.exchanged, movement.paid, movement.of) = (exchanged, paid, place);
            }
            if recovered {
                self.movement(item, date, part, Does::Recovers);
            }
            self.money(customer, date, take, false, of);
            purse.left = purse.left.plus(take)?;
            rest = rest.minus(take)?;
            if whole && !purse.standing.iter().any(|standing| standing.item == item) {
                self.take_back_differences(&mut purse, date, |difference| difference.item == item);
            }
        }
        if purse.standing.is_empty() {
            self.take_back_differences(&mut purse, date, |_| true);
        }
        self.purses.insert(of, purse);
        Ok(())
    }

    fn take_back_differences(&mut self, purse: &mut Purse, date: Date, of: impl Fn(&Movement) -> bool) {
        for (place, difference) in purse.differences.iter().filter(|(_, difference)| of(difference)) {
            self.movement(difference.item, date, difference.amount.negated(), difference.does);
            if let Some(movement) = self.done.movements.last_mut() {
                movement.of = Some(*place);
            }
        }
        purse.differences.retain(|(_, difference)| !of(difference));
    }
}

/// `amount` × `part` / `whole`, rounded half up; `part` is positive and below `whole`.
fn share(amount: Money, part: Money, whole: Money) -> Result<Money, JournalError> {
    let [applied, _] = split(amount, part, whole.minus(part)?);
    Ok(applied)
}

fn split(amount: Money, part: Money, rest: Money) -> [Money; 2] {
    let parts = amount.split(&[part.minor().unsigned_abs(), rest.minor().unsigned_abs()]);
    match parts.as_slice() {
        [part, rest] => [*part, *rest],
        _ => [amount, Money::zero(amount.currency())],
    }
}
