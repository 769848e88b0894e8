//! What a case can ask about a customer's credit file, its assessment and its limits.

use super::{Case, to_value};
use crate::facts::money::Money;
use crate::readings::altman::AltmanModel;
use crate::readings::ratios::{Accounts, FinancialRatio};
use crate::rules::policy::Policy;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The questions of this topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum CreditAsk {
    /// Where doesn't the newest statement add up, alone and after the one before?
    StatementFaults,
    /// Every ratio of the newest statement.
    Ratios,
    /// One ratio of the newest statement.
    Ratio {
        /// Which.
        ratio: FinancialRatio,
    },
    /// A Z-score of the newest statement.
    Altman {
        /// Which.
        model: AltmanModel,
        /// What the equity was worth on the market.
        #[serde(default)]
        market_value: Option<Money>,
    },
}

/// Answers a question of this topic.
pub(super) fn answer(case: &Case, _policy: &Policy, ask: &CreditAsk) -> Result<Value, String> {
    let file = &case.facts.file;
    let accounts = || Accounts::at(&file.statements, case.as_of).ok_or_else(|| "there is no statement".to_owned());
    match ask {
        CreditAsk::StatementFaults => {
            let accounts = accounts()?;
            let mut faults = accounts.current.faults();
            faults.extend(accounts.before.iter().flat_map(|before| accounts.current.faults_after(before)));
            to_value(&faults)
        }
        CreditAsk::Ratios => to_value(&accounts()?.ratios()),
        CreditAsk::Ratio { ratio } => to_value(&accounts()?.ratio(*ratio)),
        // An error is an answer too: it names what is missing.
        CreditAsk::Altman { model, market_value } => match model.score(accounts()?.current, *market_value) {
            Ok(score) => to_value(&score),
            Err(error) => to_value(&error),
        },
    }
}
