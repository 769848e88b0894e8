//! What messages cost a customer, less what was waived of it.
//!
//! A fee stands as the notice that charged it says. What was waived of a step's fees is used up by that step's notices, the
//! oldest first, and what is left of it then by the message that is proposed. No more is ever waived than a fee.

use super::account::Account;
use super::answer::Fee;
use crate::facts::calendar::Date;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::notice::Notice;
use crate::facts::waiver::AfterWaiver;
use std::collections::BTreeMap;

/// What was waived and isn't used up yet, by step and currency.
pub(super) struct Waived<'a>(BTreeMap<(&'a str, Currency), Money>);

impl<'a> Waived<'a> {
    /// What was waived by a day.
    pub(super) fn of(account: &'a Account, as_of: Date) -> Result<Self, MoneyError> {
        let mut sums = BTreeMap::new();
        for given in account.waivers.iter().filter(|given| given.waiver.date <= as_of) {
            let currency = given.waiver.amount.currency();
            let sum = sums.entry((given.step.as_str(), currency)).or_insert(Money::zero(currency));
            *sum = sum.plus(given.waiver.amount)?;
        }
        Ok(Self(sums))
    }

    /// Takes what was waived off a step's fee, and uses it up.
    pub(super) fn off(&mut self, step: &'a str, fee: Money) -> Result<AfterWaiver, MoneyError> {
        let zero = Money::zero(fee.currency());
        let left = self.0.entry((step, fee.currency())).or_insert(zero);
        let after = AfterWaiver::of(fee, *left)?;
        *left = left.minus(after.waived)?;
        Ok(after)
    }
}

/// What the notices up to a day charged, oldest first.
pub(super) fn charged<'a>(account: &'a Account, waived: &mut Waived<'a>, as_of: Date) -> Result<Vec<Fee>, MoneyError> {
    let mut sent: Vec<(&Notice, Money)> = account
        .notices
        .iter()
        .filter(|notice| notice.date <= as_of)
        .filter_map(|notice| Some((notice, notice.fee.filter(|fee| fee.minor() > 0)?)))
        .collect();
    sent.sort_by_key(|(notice, fee)| (notice.date, &notice.step, fee.currency(), fee.minor(), &notice.items));
    sent.into_iter()
        .map(|(notice, fee)| {
            Ok(Fee { date: notice.date, step: notice.step.clone(), sum: waived.off(&notice.step, fee)? })
        })
        .collect()
}
