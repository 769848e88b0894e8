//! The dossier: all that a card of the second kind looks at, read once from file, statements and ledger.
//!
//! A statement counts when it is new enough by the credit file's rule and adds up; else its ratios are unknown, which the
//! card treats as missing. Without such a rule any age will do.

use crate::facts::calendar::{Date, days_between};
use crate::facts::credit_file::{CreditFile, ScreeningKind};
use crate::facts::financials::FinancialStatement;
use crate::facts::money::Money;
use crate::readings::altman::AltmanModel;
use crate::readings::papers::{appraisal, screening};
use crate::readings::ratios::{Accounts, RatioError};
use crate::rules::policy::Policy;
use crate::rules::scorecard::Profile;
use crate::rules::scoring::{Dossier, Measured, StatementBasis};
use std::collections::BTreeMap;

/// The newest statement by a day that is new enough and adds up, with those that it is compared with.
pub fn usable_accounts<'a>(policy: &Policy, statements: &'a [FinancialStatement], as_of: Date) -> Option<Accounts<'a>> {
    let accounts = Accounts::at(statements, as_of)?;
    let most = policy.credit_file.as_ref().map(|rule| i32::from(rule.statement_max_age_days));
    let fresh = most.is_none_or(|most| days_between(accounts.current.end, as_of) <= most);
    (fresh && accounts.current.is_sound()).then_some(accounts)
}

/// Reads a dossier. `figures` are those of [`super::assess::evidence`]; `market_value` is what a listed customer's equity
/// was worth at the end of its statement.
pub fn dossier(
    policy: &Policy,
    figures: Profile,
    file: &CreditFile,
    market_value: Option<Money>,
    as_of: Date,
) -> Dossier {
    let mut dossier = Dossier { figures, ..Dossier::default() };
    if let Some(accounts) = usable_accounts(policy, &file.statements, as_of) {
        let current = accounts.current;
        dossier.statement = Some(StatementBasis { end: current.end, audit: current.audit, source: current.source });
        for reading in accounts.ratios() {
            let measured = match (reading.value, &reading.error) {
                (Some(value), _) => Measured::Known { value, marks: reading.marks },
                (None, Some(error)) => without_value(error),
                (None, None) => Measured::Unknown,
            };
            dossier.ratios.insert(reading.ratio, measured);
        }
        for model in AltmanModel::ALL {
            let measured = match model.score(current, market_value) {
                Ok(score) => Measured::Known { value: score.score, marks: score.marks },
                Err(error) => without_value(&error),
            };
            dossier.altman.insert(model, measured);
        }
    }
    if let Some(rule) = &policy.credit_file {
        let kinds: Vec<(ScreeningKind, u16)> =
            rule.screenings.iter().map(|rule| (rule.kind, rule.max_age_days)).collect();
        dossier.screenings = kinds.into_iter().map(|(kind, days)| (kind, screening(file, kind, days, as_of))).collect();
    }
    let days = policy.credit_file.as_ref().map_or(u16::MAX, |rule| rule.appraisal_max_age_days);
    let words = file.appraisals.iter().map(|word| word.category.as_str());
    dossier.words = words
        .filter_map(|category| Some((category.to_owned(), appraisal(file, category, days, as_of)?.value.clone())))
        .collect::<BTreeMap<_, _>>();
    dossier
}

const fn without_value(error: &RatioError) -> Measured {
    match error {
        RatioError::ZeroDenominator { .. } => Measured::ZeroDenominator,
        RatioError::NegativeDenominator { .. } => Measured::NegativeDenominator,
        RatioError::Missing { .. } | RatioError::OutOfRange => Measured::Unknown,
    }
}
