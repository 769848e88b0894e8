//! The rate of a stretch of days, between its floor and its caps.

use super::answer::{Per, RateSource};
use super::{DayBase, InterestError, InterestRule, LprMultiple, RateRule};
use crate::facts::calendar::{Date, plus_days};
use crate::facts::money::MoneyError;
use crate::facts::number::Ratio;
use crate::facts::overdue::Overdue;
use crate::facts::reference_rate::{ReferenceRate, in_force};

/// The rate of one stretch, before its days are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Charge {
    pub rate: Ratio,
    pub per: Per,
    pub source: RateSource,
}

impl Per {
    /// What a rate for this time is multiplied by over [`DENOMINATOR`]: a year of 365 days is 72 / 26,280.
    pub(super) const fn weight(self) -> i128 {
        match self {
            Self::Day => 26_280,
            Self::Year365 => 72,
            Self::Year360 => 73,
        }
    }
}

/// The rate of a stretch of days, and each publication that was looked up for it with the day that it had to be in force
/// on: of a rate that moves, the stretch's last one.
pub(super) fn charge_on(
    rule: &InterestRule,
    overdue: &Overdue,
    rates: &[ReferenceRate],
    (day, end): (Date, Date),
) -> Result<(Charge, Vec<(Date, Date)>), InterestError> {
    let mut looked_up = Vec::new();
    let per = match rule.day_base {
        DayBase::Days365 => Per::Year365,
        DayBase::Days360 => Per::Year360,
    };
    let contracted = || overdue.contracted.ok_or(InterestError::MissingContractDate);
    let mut of_lpr = |lpr: LprMultiple, day: Date, until: Date| {
        let found = in_force(rates, lpr.tenor, day).ok_or(InterestError::MissingQuote(lpr.tenor, day))?;
        let rate = lpr.multiple.times(found.rate.units()).map(Ratio::from_units).ok_or(MoneyError::OutOfRange)?;
        let (tenor, multiple) = (lpr.tenor, lpr.multiple);
        let source = RateSource::Lpr { tenor, published: found.date, quote: found.rate, multiple };
        looked_up.push((found.date, until));
        Ok::<_, InterestError>((Charge { rate, per, source }, found.date))
    };
    let mut charge = match rule.rate {
        RateRule::Yearly { rate } => Charge { rate, per, source: RateSource::Fixed },
        RateRule::Daily { rate } => Charge { rate, per: Per::Day, source: RateSource::Fixed },
        RateRule::LprAtBreach(lpr) => {
            let breach = plus_days(overdue.due, 1);
            of_lpr(lpr, breach, breach)?.0
        }
        RateRule::LprAtContract(lpr) => of_lpr(lpr, contracted()?, contracted()?)?.0,
        RateRule::LprSplit(lpr) => of_lpr(lpr, day, end)?.0,
    };
    // Rates for different times compare by what they charge for a day.
    let daily = |charge: &Charge| i128::from(charge.rate.units()).saturating_mul(charge.per.weight());
    if let Some(floor) = rule.floor {
        let (least, published) = of_lpr(floor, contracted()?, contracted()?)?;
        if daily(&least) > daily(&charge) {
            charge = Charge { source: RateSource::Floor { published }, ..least };
        }
    }
    let cap = rule.cap.as_ref();
    if let Some(rate) = cap.and_then(|cap| cap.yearly) {
        let most = Charge { rate, per, source: RateSource::YearlyCap };
        if daily(&most) < daily(&charge) {
            charge = most;
        }
    }
    if let Some(lpr) = cap.and_then(|cap| cap.lpr) {
        let (most, published) = of_lpr(lpr, day, end)?;
        if daily(&most) < daily(&charge) {
            charge = Charge { source: RateSource::LprCap { published }, ..most };
        }
    }
    Ok((charge, looked_up))
}
