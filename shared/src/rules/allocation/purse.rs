//! The purse: what is left of the payment and of each debt while lines are written. It is the one place that pays, so
//! that nothing is applied twice or beyond what is open.

use super::{AllocationError, By, Debt, Incoming, Line, Setting, Why};
use crate::facts::calendar::Date;
use crate::facts::id::ItemId;
use crate::facts::money::{Currency, Money};
use crate::facts::money_in::Designated;
use crate::facts::naming::{folded, stands_in};
use crate::readings::exchange::{ConversionError, Purpose, RatesOn};
use std::collections::BTreeSet;

/// What is left while lines are written.
pub(super) struct Purse<'a> {
    pub setting: &'a Setting<'a>,
    /// The day of the payment; what is due before it is due.
    pub today: Date,
    /// What is left, with what banks kept.
    pub left: Money,
    from_abroad: bool,
    debts: &'a [Debt],
    open: Vec<Money>,
    rates: RatesOn<'a>,
    lines: Vec<Line>,
}

impl<'a> Purse<'a> {
    pub fn new(setting: &'a Setting<'a>, incoming: &Incoming, debts: &'a [Debt]) -> Result<Self, AllocationError> {
        let mut seen = BTreeSet::new();
        if let Some(debt) = debts.iter().find(|debt| !seen.insert(debt.item)) {
            return Err(AllocationError::Twice(debt.item));
        }
        let charges = incoming.charges.unwrap_or(Money::zero(incoming.amount.currency()));
        if charges.minor() < 0 || charges.currency() != incoming.amount.currency() {
            return Err(AllocationError::Charges(charges));
        }
        Ok(Self {
            setting,
            today: incoming.date,
            left: incoming.amount.plus(charges)?,
            from_abroad: incoming.from_abroad,
            debts,
            open: debts.iter().map(|debt| debt.open).collect(),
            rates: RatesOn::of(setting.rates, Purpose::Settlement, incoming.date),
            lines: Vec::new(),
        })
    }

    pub fn debt(&self, place: usize) -> Option<&'a Debt> {
        self.debts.get(place)
    }

    pub fn open(&self, place: usize) -> Option<Money> {
        self.open.get(place).copied()
    }

    pub fn ids(&self, places: &[usize]) -> Vec<ItemId> {
        places.iter().filter_map(|place| self.debt(*place)).map(|debt| debt.item).collect()
    }

    /// What a payment without a name may settle: open debts in its own currency; in another one only when all that is
    /// owed is in that one and a rate is known (the law ranks debts of the same kind).
    pub fn candidates(&self) -> Vec<usize> {
        let owed = || self.open.iter().enumerate().filter(|(_, open)| open.minor() > 0);
        let currencies: BTreeSet<Currency> = owed().map(|(_, open)| open.currency()).collect();
        let own = self.left.currency();
        let single = currencies.first().filter(|_| currencies.len() == 1).copied();
        let wanted = if currencies.contains(&own) { Some(own) } else { single };
        let mut places: Vec<usize> = owed()
            .filter(|(_, open)| Some(open.currency()) == wanted && self.in_purse(**open).ok().flatten().is_some())
            .map(|(place, _)| place)
            .collect();
        // The order of the list never shows in what is proposed.
        places.sort_by_key(|place| self.debt(*place).map(|debt| (debt.due, debt.item)));
        places
    }

    /// Candidates and open credit notes in the payment's currency, the largest first, with what each takes of the purse.
    pub fn comparable(&self) -> Result<(Vec<usize>, Vec<i64>), AllocationError> {
        let own = self.left.currency();
        let notes = self.open.iter().enumerate().filter(|(_, open)| open.minor() < 0 && open.currency() == own);
        let mut all = Vec::new();
        for place in self.candidates().into_iter().chain(notes.map(|(place, _)| place)) {
            let worth = self.open(place).map(|open| self.in_purse(open)).transpose()?.flatten();
            if let (Some(debt), Some(worth)) = (self.debt(place), worth) {
                all.push((std::cmp::Reverse(worth.minor()), debt.due, debt.item, place));
            }
        }
        all.sort();
        Ok(all.into_iter().map(|(std::cmp::Reverse(minor), _, _, place)| (place, minor)).unzip())
    }

    /// The only open document with this number or reference, written in any case.
    pub fn find(&self, number: &str) -> Option<usize> {
        let wanted = folded(number);
        let called = |name: &str| !wanted.is_empty() && folded(name) == wanted;
        let is = |debt: &Debt| called(&debt.number) || debt.reference.as_deref().is_some_and(called);
        let mut found = self
            .debts
            .iter()
            .enumerate()
            .filter(|(place, debt)| is(debt) && self.open(*place).is_some_and(|open| !open.is_zero()));
        let first = found.next().map(|(place, _)| place);
        first.filter(|_| found.next().is_none())
    }

    /// Open documents whose number or reference stands in a text as a word of its own, the earliest due first.
    pub fn named_in(&self, text: &str) -> Vec<(usize, String)> {
        let text = folded(text);
        let mut named = Vec::new();
        for (place, debt) in self.debts.iter().enumerate() {
            let called = [Some(debt.number.as_str()), debt.reference.as_deref()];
            let hit = called.into_iter().flatten().find(|name| stands_in(&text, &folded(name)));
            if let Some(name) = hit.filter(|_| self.open(place).is_some_and(|open| !open.is_zero())) {
                named.push((place, name.to_owned()));
            }
        }
        named.sort_by_key(|(place, _)| self.debt(*place).map(|debt| (debt.due, debt.item)));
        named
    }

    /// Whether an amount that was named can be meant for a document.
    pub fn checks(&self, place: usize, wanted: &Designated) -> Result<(), AllocationError> {
        let fits = |amount: Money| {
            self.debt(place).is_some_and(|debt| debt.open.currency() == amount.currency()) && amount.minor() >= 0
        };
        match wanted.amount {
            Some(amount) if !fits(amount) => Err(AllocationError::Named { number: wanted.number.clone(), amount }),
            _ => Ok(()),
        }
    }

    /// What these documents take more than is left; absent when a rate is missing. Negative when something would be left.
    pub fn short(&self, places: &[usize]) -> Result<Option<Money>, AllocationError> {
        let mut sum = Money::zero(self.left.currency());
        for place in places {
            let worth = self.open(*place).map(|open| self.in_purse(open)).transpose()?.flatten();
            let Some(worth) = worth else { return Ok(None) };
            sum = sum.plus(worth)?;
        }
        Ok(Some(sum.minus(self.left)?))
    }

    /// What a payment may fall short at all: a small difference, or what banks keep of one from abroad.
    pub fn tolerance(&self) -> Result<Money, AllocationError> {
        let rule = self.setting.rule;
        let own = self.left.currency();
        let most = if self.from_abroad { rule.bank_charge.max(rule.small_amount)? } else { rule.small_amount };
        // Without a rate nothing is small.
        Ok(self.converted(most, own)?.unwrap_or(Money::zero(own)))
    }

    /// Whether what is missing is small against the documents themselves. A bank's charge has no share.
    pub fn small(&self, places: &[usize]) -> Result<bool, AllocationError> {
        let Some(short) = self.short(places)? else { return Ok(false) };
        if short.minor() <= 0 || self.from_abroad {
            return Ok(true);
        }
        let whole = self.left.plus(short)?;
        Ok(self.setting.rule.small_share.times(whole.minor()).is_some_and(|most| short.minor() <= most))
    }

    /// Settles named documents: credit notes among them first, then money in the order given, then what is a little short.
    pub fn settle(&mut self, named: &[(usize, Option<Money>, Why)]) -> Result<(), AllocationError> {
        let notes = named.iter().filter(|(place, ..)| self.open(*place).is_some_and(|open| open.minor() < 0));
        for (note, _, why) in notes.cloned().collect::<Vec<_>>() {
            for (place, ..) in named {
                self.credit(note, *place, &why)?;
            }
        }
        self.settle_discounted(named)?;
        for (place, amount, why) in named {
            let part = match amount {
                Some(amount) => self.in_purse(*amount)?,
                None => None,
            };
            self.pay_at_most(*place, *amount, part, why.clone())?;
        }
        // Named in part means that the rest is not a difference.
        let whole: Vec<usize> =
            named.iter().filter(|(_, amount, _)| amount.is_none()).map(|(place, ..)| *place).collect();
        self.complete(&whole, named)
    }

    /// Settles a set of documents for one reason.
    pub fn settle_all(&mut self, places: &[usize], why: &Why) -> Result<(), AllocationError> {
        let named: Vec<_> = places.iter().map(|place| (*place, None, why.clone())).collect();
        self.settle(&named)
    }

    /// Pays a debt, with at most `part` of the purse.
    pub fn pay(&mut self, place: usize, part: Option<Money>, why: Why) -> Result<(), AllocationError> {
        self.pay_at_most(place, None, part, why)
    }

    fn pay_at_most(
        &mut self,
        place: usize,
        wanted: Option<Money>,
        part: Option<Money>,
        why: Why,
    ) -> Result<(), AllocationError> {
        let (Some(debt), Some(open)) = (self.debt(place), self.open(place).filter(|open| open.minor() > 0)) else {
            return Ok(());
        };
        let most = wanted.map_or(Ok(open), |wanted| wanted.min(open))?;
        let Some(cost) = self.in_purse(most)? else { return Ok(()) };
        let there = part.map_or(Ok(self.left), |part| part.min(self.left))?;
        // Enough for all of it; else what there is, expressed in the debt's currency, and never more than is open.
        let (amount, paid) = if cost.minor() <= there.minor() {
            (most, cost)
        } else {
            (self.converted(there, open.currency())?.unwrap_or(Money::zero(open.currency())).min(most)?, there)
        };
        if amount.minor() <= 0 || paid.minor() <= 0 {
            return Ok(());
        }
        self.left = self.left.minus(paid)?;
        let exchange_difference = self.exchange_difference(debt, amount, paid)?;
        self.write(place, Line { item: debt.item, by: By::Payment, amount, paid, why, exchange_difference })
    }

    fn credit(&mut self, note: usize, place: usize, why: &Why) -> Result<(), AllocationError> {
        let (Some(credit), Some(open)) = (self.open(note), self.open(place)) else { return Ok(()) };
        if credit.minor() >= 0 || open.minor() <= 0 || credit.currency() != open.currency() {
            return Ok(());
        }
        let amount = credit.negated().min(open)?;
        let (Some(from), Some(to)) = (self.debt(note), self.debt(place)) else { return Ok(()) };
        if let Some(open) = self.open.get_mut(note) {
            *open = open.plus(amount)?;
        }
        let paid = Money::zero(self.left.currency());
        let by = By::CreditNote { item: from.item };
        self.write(place, Line { item: to.item, by, amount, paid, why: why.clone(), exchange_difference: None })
    }

    /// Writes off what is still open on these documents when it is small enough.
    fn complete(&mut self, places: &[usize], named: &[(usize, Option<Money>, Why)]) -> Result<(), AllocationError> {
        if !self.left.is_zero() || self.lines.is_empty() {
            return Ok(());
        }
        let Some(short) = self.short(places)?.filter(|short| short.minor() > 0) else { return Ok(()) };
        // The share is of these documents alone, whatever else the payment settled.
        let ids = self.ids(places);
        let of_these = self.lines.iter().filter(|line| ids.contains(&line.item));
        let settled: i64 = of_these.fold(0, |sum, line| sum.saturating_add(line.paid.minor()));
        let whole = short.minor().saturating_add(settled);
        let small = self.converted(self.setting.rule.small_amount, short.currency())?;
        let share = self.setting.rule.small_share.times(whole).unwrap_or(0);
        let by = if small.is_some_and(|small| short.minor() <= small.minor()) && short.minor() <= share {
            By::SmallDifference
        } else if self.from_abroad && short.minor() <= self.tolerance()?.minor() {
            By::BankCharge
        } else {
            return Ok(());
        };
        for place in places {
            let (Some(debt), Some(open)) = (self.debt(*place), self.open(*place).filter(|open| open.minor() > 0))
            else {
                continue;
            };
            let reason = named.iter().find(|(named, ..)| named == place).map(|(_, _, why)| why.clone());
            if let Some(why) = reason {
                let paid = Money::zero(self.left.currency());
                self.write(*place, Line { item: debt.item, by, amount: open, paid, why, exchange_difference: None })?;
            }
        }
        Ok(())
    }

    pub fn write(&mut self, place: usize, line: Line) -> Result<(), AllocationError> {
        if let Some(open) = self.open.get_mut(place) {
            *open = open.minus(line.amount)?;
        }
        self.lines.push(line);
        Ok(())
    }

    /// The lines, those that what banks kept has paid marked as such, and what is left of the payment itself.
    pub fn finish(mut self, incoming: &Incoming) -> Result<(Vec<Line>, Money), AllocationError> {
        let zero = Money::zero(incoming.amount.currency());
        let mut kept = incoming.charges.unwrap_or(zero);
        let mut lines = Vec::new();
        for line in std::mem::take(&mut self.lines) {
            let part = kept.min(line.paid)?;
            if part.is_zero() {
                lines.push(line);
                continue;
            }
            kept = kept.minus(part)?;
            let paid = line.paid.minus(part)?;
            let shares = line.amount.split(&[part.minor().unsigned_abs(), paid.minor().unsigned_abs()]);
            let [by_charge, by_money] = shares.as_slice() else { continue };
            if !by_charge.is_zero() {
                let (by, amount) = (By::BankCharge, *by_charge);
                lines.push(Line { by, amount, paid: zero, exchange_difference: None, ..line.clone() });
            }
            // A rest too small to settle anything stays with the payment.
            if !by_money.is_zero() {
                let debt = self.debts.iter().find(|debt| debt.item == line.item);
                let difference = debt.map(|debt| self.exchange_difference(debt, *by_money, paid)).transpose()?;
                lines.push(Line { amount: *by_money, paid, exchange_difference: difference.flatten(), ..line });
            }
        }
        let paid = Money::sum(zero.currency(), lines.iter().map(|line| line.paid))?;
        Ok((lines, incoming.amount.minus(paid)?))
    }

    fn exchange_difference(&self, debt: &Debt, amount: Money, paid: Money) -> Result<Option<Money>, AllocationError> {
        let book = self.setting.currency;
        if debt.open.currency() == book {
            return Ok(None);
        }
        let (Some(rate), Some(worth)) = (debt.booked_rate, self.converted(paid, book)?) else { return Ok(None) };
        Ok(Some(worth.minus(amount.converted(book, rate.to_decimal())?)?))
    }

    fn in_purse(&self, amount: Money) -> Result<Option<Money>, AllocationError> {
        self.converted(amount, self.left.currency())
    }

    fn converted(&self, amount: Money, to: Currency) -> Result<Option<Money>, AllocationError> {
        match self.rates.convert(amount, to) {
            Ok(amount) => Ok(Some(amount)),
            Err(ConversionError::MissingRate { .. }) => Ok(None),
            Err(ConversionError::Money(error)) => Err(error.into()),
        }
    }
}
