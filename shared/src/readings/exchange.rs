//! Exchange: what one currency is worth in another as of a day.
//!
//! Everything that turns an amount into another currency asks here, and names the day. The rate of a pair as of a day is
//! the one dated last on or before that day, in whichever direction it was published: the inverse serves when the pair
//! stands the other way round. Of several dated the same day the kind decides ([`Purpose`]), then the one that the book
//! learned last; the order in which rates are handed in never matters. Where nothing is found the error names pair and day.
//! No rate is read through a third currency: two published rates would make one that nobody published.
//!
//! - amount in the other currency = amount × rate, or amount ÷ the inverse rate, rounded half up to the minor unit;
//! - several amounts of one currency together: their sum is converted and rounded once, and the parts are split so that
//!   they add up to it (largest remainder), whatever their signs.
//!
//! Units: rates in millionths of the one currency for one of the other, amounts in minor units.
//!
//! Source: our own rules of choice. The inverse serves because many pairs are published one way only; which kind of rate is
//! asked for what stands at [`Purpose`].

use crate::facts::calendar::Date;
use crate::facts::ledger::{Rate, RateKind};
use crate::facts::money::{Currency, Money, MoneyError};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What an amount is converted for: which kind of rate counts, and which of several of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To say what something is worth: exposure, figures, provision, revaluation. The central parity comes first: 即期汇率
    /// is as a rule the day's middle rate as the People's Bank publishes it (企业会计准则第19号——外币折算, 应用指南). A rate
    /// agreed with a customer says what that one pays, not what money is worth, and doesn't count.
    Valuation,
    /// To say what a payment settles. What was agreed comes first, then what the bank gives for currency that came in.
    Settlement,
}

impl Purpose {
    /// The place of a kind among rates of one day, higher first; absent when it doesn't count. A rate whose kind nobody
    /// stated counts for both.
    const fn place(self, kind: Option<RateKind>) -> Option<u8> {
        Some(match (self, kind) {
            (Self::Valuation, Some(RateKind::Contract)) => return None,
            (Self::Valuation, Some(RateKind::Middle)) | (Self::Settlement, Some(RateKind::Contract)) => 5,
            (Self::Valuation, None) | (Self::Settlement, Some(RateKind::BankBuying)) => 4,
            (_, Some(RateKind::Manual)) => 3,
            (Self::Valuation, Some(RateKind::BankBuying)) | (Self::Settlement, None) => 2,
            (Self::Settlement, Some(RateKind::Middle)) => 1,
            (_, Some(RateKind::BankSelling)) => 0,
        })
    }
}

/// Why an amount cannot be expressed in another currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConversionError {
    /// No rate is known.
    #[error("no exchange rate from {from} to {to} is known on {day}")]
    MissingRate {
        /// The amount's currency.
        from: Currency,
        /// The currency wanted.
        to: Currency,
        /// The day for which one was looked for.
        day: Date,
    },
    /// The result left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The rates that hold on a day: of each pair one.
#[derive(Clone, Debug)]
pub struct RatesOn<'a> {
    day: Date,
    held: Held<'a>,
}

#[derive(Clone, Debug)]
enum Held<'a> {
    /// Chosen from everything that was published.
    Chosen(BTreeMap<Pair, &'a Rate>),
    /// Carried along by something that chose before.
    Carried(&'a [Rate]),
}

/// Two currencies in the order of their codes: a pair is the same in either direction.
type Pair = (Currency, Currency);

fn pair(one: Currency, other: Currency) -> Pair {
    (one.min(other), one.max(other))
}

/// What tells rates of one pair apart, best last: everything that a rate says, so that no two different ones are equal.
type Rank<'a> = (Date, u8, crate::facts::id::FeedNumber, Currency, i64, &'a str);

fn rank(rate: &Rate, purpose: Purpose) -> Option<Rank<'_>> {
    let place = purpose.place(rate.kind)?;
    Some((rate.date, place, rate.feed, rate.from, rate.rate.units(), &rate.source))
}

impl<'a> RatesOn<'a> {
    /// What things are worth on a day.
    pub fn new(rates: &'a [Rate], day: Date) -> Self {
        Self::of(rates, Purpose::Valuation, day)
    }

    /// The rates of a day for a purpose.
    pub fn of(rates: &'a [Rate], purpose: Purpose, day: Date) -> Self {
        let mut chosen: BTreeMap<Pair, (Rank<'a>, &'a Rate)> = BTreeMap::new();
        for rate in rates.iter().filter(|rate| rate.date <= day) {
            let Some(rank) = rank(rate, purpose) else { continue };
            let best = chosen.entry(pair(rate.from, rate.to)).or_insert((rank, rate));
            if rank > best.0 {
                *best = (rank, rate);
            }
        }
        Self { day, held: Held::Chosen(chosen.into_iter().map(|(pair, (_, rate))| (pair, rate)).collect()) }
    }

    /// The rates that something stored carries along, of each pair one. They were chosen when it was stored and count as
    /// they are; `day` only names the day when one is missing.
    pub const fn carried(rates: &'a [Rate], day: Date) -> Self {
        Self { day, held: Held::Carried(rates) }
    }

    /// The rate between two currencies, in whichever direction it was published.
    pub fn find(&self, from: Currency, to: Currency) -> Option<&'a Rate> {
        match &self.held {
            Held::Chosen(chosen) => chosen.get(&pair(from, to)).copied(),
            Held::Carried(rates) => {
                let of_pair = |rate: &&Rate| pair(rate.from, rate.to) == pair(from, to);
                rates.iter().filter(of_pair).max_by_key(|rate| rank(rate, Purpose::Valuation))
            }
        }
    }

    /// All of them, of each pair one, by the currencies' codes: what something carries along that is read for this day.
    pub fn all(&self) -> Vec<Rate> {
        match &self.held {
            Held::Chosen(chosen) => chosen.values().copied().cloned().collect(),
            Held::Carried(rates) => rates.to_vec(),
        }
    }

    /// Expresses an amount in another currency, rounded half up to the minor unit.
    ///
    /// # Errors
    ///
    /// [`ConversionError::MissingRate`] names pair and day when no rate is known in either direction, or only an
    /// inverse one of zero; [`ConversionError::Money`] when the result leaves the range.
    pub fn convert(&self, amount: Money, to: Currency) -> Result<Money, ConversionError> {
        let from = amount.currency();
        if from == to {
            return Ok(amount);
        }
        let rate = self.needed(from, to)?;
        if rate.from == from {
            return Ok(amount.converted(to, rate.rate.to_decimal())?);
        }
        let inverse: Option<Decimal> = amount.to_decimal().checked_div(rate.rate.to_decimal());
        inverse.map_or_else(|| Err(self.missing(from, to)), |value| Ok(Money::round(value, to)?))
    }

    /// Expresses amounts of one currency in another together: the sum, rounded once as [`RatesOn::convert`] does, and the
    /// parts, which add up to it. Of equal remainders the earlier part gets the unit.
    ///
    /// # Errors
    ///
    /// As [`RatesOn::convert`], and for any rate of zero; also [`ConversionError::Money`] when an amount isn't in `from`.
    pub fn convert_together(
        &self,
        from: Currency,
        amounts: &[Money],
        to: Currency,
    ) -> Result<(Money, Vec<Money>), ConversionError> {
        let sum = Money::sum(from, amounts.iter().copied())?;
        if from == to {
            return Ok((sum, amounts.to_vec()));
        }
        let (times, over) = self.fraction(from, to)?;
        let out_of_range = || MoneyError::OutOfRange;
        let product = |amount: &Money| i128::from(amount.minor()).checked_mul(times).ok_or_else(out_of_range);
        let narrow = |minor: i128| i64::try_from(minor).map_err(|_| MoneyError::OutOfRange);
        // Half away from zero: twice the magnitude plus one whole, halved downwards.
        let doubled = product(&sum)?.checked_mul(2).ok_or_else(out_of_range)?;
        let magnitude = doubled.abs().checked_add(over).and_then(|up| up.checked_div(over.saturating_mul(2)));
        let magnitude = magnitude.ok_or_else(out_of_range)?;
        let total = if doubled < 0 { magnitude.saturating_neg() } else { magnitude };
        let mut parts = Vec::with_capacity(amounts.len());
        let mut remainders = Vec::with_capacity(amounts.len());
        for (place, amount) in amounts.iter().enumerate() {
            let product = product(amount)?;
            let (whole, rest) = (product.checked_div_euclid(over), product.checked_rem_euclid(over));
            parts.push(whole.ok_or_else(out_of_range)?);
            remainders.push((rest.ok_or_else(out_of_range)?, place));
        }
        // What rounding down left over is less than one unit for each part with a remainder.
        let given = parts.iter().fold(0_i128, |sum, part| sum.saturating_add(*part));
        let left = usize::try_from(total.saturating_sub(given)).unwrap_or(0);
        remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, place) in remainders.into_iter().take(left) {
            if let Some(part) = parts.get_mut(place) {
                *part = part.saturating_add(1);
            }
        }
        let money = |minor: i128| Money::from_minor(narrow(minor)?, to);
        let parts = parts.into_iter().map(money).collect::<Result<Vec<_>, MoneyError>>()?;
        Ok((money(total)?, parts))
    }

    /// Minor units of `to` for each of `from`, as an exact fraction of two positive numbers.
    fn fraction(&self, from: Currency, to: Currency) -> Result<(i128, i128), ConversionError> {
        const MILLION: i128 = 1_000_000;
        let rate = self.needed(from, to)?;
        let units = i128::from(rate.rate.units());
        if units <= 0 {
            return Err(self.missing(from, to));
        }
        let (times, over) = if rate.from == from { (units, MILLION) } else { (MILLION, units) };
        let scale = |currency: Currency| 10_i128.checked_pow(currency.decimals()).ok_or(MoneyError::OutOfRange);
        let times = times.checked_mul(scale(to)?).ok_or(MoneyError::OutOfRange)?;
        let over = over.checked_mul(scale(from)?).ok_or(MoneyError::OutOfRange)?;
        Ok((times, over))
    }

    fn needed(&self, from: Currency, to: Currency) -> Result<&'a Rate, ConversionError> {
        self.find(from, to).ok_or_else(|| self.missing(from, to))
    }

    const fn missing(&self, from: Currency, to: Currency) -> ConversionError {
        ConversionError::MissingRate { from, to, day: self.day }
    }
}

/// For each currency the rate into `to` as of a day, by the other's code.
pub fn rates_on(rates: &[Rate], to: Currency, day: Date) -> Vec<Rate> {
    let mut found = RatesOn::new(rates, day).all();
    found.retain(|rate| (rate.from == to) != (rate.to == to));
    found.sort_by_key(|rate| if rate.from == to { rate.to } else { rate.from });
    found
}

/// Rates laid out for questions about many days.
#[derive(Clone, Debug)]
pub struct RateHistory<'a> {
    /// By pair, the rates for valuation, oldest first; of one day the one that counts last.
    pairs: BTreeMap<Pair, Vec<&'a Rate>>,
}

impl<'a> RateHistory<'a> {
    /// Lays rates out for valuation.
    pub fn new(rates: &'a [Rate]) -> Self {
        let mut pairs: BTreeMap<Pair, Vec<(Rank<'a>, &'a Rate)>> = BTreeMap::new();
        for rate in rates {
            if let Some(rank) = rank(rate, Purpose::Valuation) {
                pairs.entry(pair(rate.from, rate.to)).or_default().push((rank, rate));
            }
        }
        let sorted = |(pair, mut rates): (Pair, Vec<(Rank<'a>, &'a Rate)>)| {
            rates.sort_by_key(|(rank, _)| *rank);
            (pair, rates.into_iter().map(|(_, rate)| rate).collect())
        };
        Self { pairs: pairs.into_iter().map(sorted).collect() }
    }

    /// The rate between two currencies as of a day.
    pub fn find(&self, from: Currency, to: Currency, day: Date) -> Option<&'a Rate> {
        let rates = self.pairs.get(&pair(from, to))?;
        rates.get(rates.partition_point(|rate| rate.date <= day).checked_sub(1)?).copied()
    }

    /// Expresses an amount in another currency as of a day, as [`RatesOn::convert`] does.
    ///
    /// # Errors
    ///
    /// As [`RatesOn::convert`].
    pub fn convert(&self, amount: Money, to: Currency, day: Date) -> Result<Money, ConversionError> {
        let found = self.find(amount.currency(), to, day);
        RatesOn::carried(found.map_or(&[][..], std::slice::from_ref), day).convert(amount, to)
    }
}
