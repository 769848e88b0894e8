//! Reference rates: what a published interest rate was, from which day, and who said so.
//!
//! The loan prime rate (贷款市场报价利率, LPR) replaced the central bank's benchmark lending rate on 20 August 2019 and is
//! published once a month. A contract or a court names it by tenor and multiplies it. A rate holds from the day of its
//! publication until the next one; what was never published has no value here.

use super::calendar::Date;
use super::number::Ratio;
use serde::{Deserialize, Serialize};

/// The publications of the LPR that a new book starts with: from the first one, 20 August 2019, to that of 20 September
/// 2026. Days and rates were compared with public lists of the announcements of the People's Bank (中国人民银行, 受权公布贷款市场报价利率
/// 公告) and of the figures of the National Interbank Funding Center (全国银行间同业拆借中心, LPR 历史数据). What comes later is a
/// fact that the book records.
pub const PUBLISHED: &str = include_str!("../../policy/lpr.json");

/// Which of the published rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tenor {
    /// 一年期.
    OneYear,
    /// 五年期以上.
    FiveYears,
}

/// One publication.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReferenceRate {
    /// The day of publication, from which it holds.
    pub date: Date,
    /// Which rate.
    pub tenor: Tenor,
    /// By the year: `0.031` is 3.1 %.
    pub rate: Ratio,
    /// Who published it.
    pub source: String,
}

/// The publications of [`PUBLISHED`].
///
/// # Errors
///
/// When [`PUBLISHED`] is no list of rates; a test reads it.
pub fn published() -> Result<Vec<ReferenceRate>, serde_json::Error> {
    serde_json::from_str(PUBLISHED)
}

/// The rate in force on a day: the newest publication of that day or earlier. Of two publications of one day the larger
/// rate's is taken, so that the order in which they are given never shows.
pub fn in_force(rates: &[ReferenceRate], tenor: Tenor, day: Date) -> Option<&ReferenceRate> {
    rates.iter().filter(|rate| rate.tenor == tenor && rate.date <= day).max_by_key(|rate| (rate.date, rate.rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_in_force() {
        let rates = published().unwrap();
        let at = |day: &str| {
            in_force(&rates, Tenor::OneYear, day.parse().unwrap())
                .map(|rate| (rate.date.to_string(), rate.rate.to_string()))
        };
        assert_eq!(at("2019-08-19"), None);
        assert_eq!(at("2019-08-20"), Some(("2019-08-20".into(), "0.0425".into())));
        assert_eq!(at("2024-10-20"), Some(("2024-09-20".into(), "0.0335".into())));
        assert_eq!(at("2024-10-21"), Some(("2024-10-21".into(), "0.031".into())));
        assert!(rates.is_sorted_by_key(|rate| (rate.date, rate.tenor)));
    }
}
