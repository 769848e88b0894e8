//! What a case can ask about a customer's credit file, its assessment and its limits.

use super::super::decision::policy_digest;
use super::{Case, to_value};
use crate::facts::credit_file::{Agreement, ScreeningKind};
use crate::facts::customer::{Customer, Stage};
use crate::facts::id::CustomerId;
use crate::facts::identifiers::{EntityKind, IdentifierError, TaxNumber};
use crate::facts::ledger::{Limit, LimitGrant};
use crate::facts::money::{Money, MoneyError};
use crate::facts::terms::Terms;
use crate::questions::assess::evidence;
use crate::questions::dossier::{dossier, usable_accounts};
use crate::readings::altman::AltmanModel;
use crate::readings::groups::{GroupError, Groups};
use crate::readings::journal::Journal;
use crate::readings::papers::{licence, next_contact, screening};
use crate::readings::ratios::{Accounts, FinancialRatio};
use crate::rules::appetite::{Candidate, PortfolioFigures};
use crate::rules::availability::{TemporaryLimit, Use, available, effective_limit};
use crate::rules::granting::at_stake;
use crate::rules::limit_methods::LimitBasis;
use crate::rules::policy::Policy;
use crate::rules::rating::{GradeOverride, RatingRules};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The questions of this topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What is a tax number, read and checked?
    TaxNumber {
        /// As written.
        text: String,
    },
    /// What does the newest check of a kind say, by the policy's age?
    Screening {
        /// Which.
        screening: ScreeningKind,
    },
    /// Is a licence good?
    Licence {
        /// Which.
        licence: String,
    },
    /// Which agreements are in force, and which breaches are open? Answers states and breaches in the order of the file.
    Agreements,
    /// The loosest terms that the agreement on file allows.
    TermsAllowed {
        /// Those wanted.
        terms: Terms,
    },
    /// How complete is the file?
    Completeness,
    /// May the customer take a step?
    Step {
        /// To which stage.
        to: Stage,
    },
    /// When should somebody be in touch again?
    NextContact,
    /// Where does a customer belong?
    Place {
        /// Which.
        customer: CustomerId,
    },
    /// What do customers owe together, by who is liable and by who controls?
    Together {
        /// What each owes.
        amounts: Vec<(CustomerId, Money)>,
    },
    /// Which score and grade by the cards of the second kind?
    Rating {
        /// What a person gave instead.
        #[serde(default)]
        given: Option<GradeOverride>,
    },
    /// What limit do all methods side by side propose? With `of_statement`, net worth, working capital and turnover are
    /// read from the newest usable statement where the basis doesn't tell them.
    LimitMethods {
        /// For which grade.
        grade: String,
        /// What they look at.
        basis: LimitBasis,
        /// Whether to read the file's statement.
        #[serde(default)]
        of_statement: bool,
    },
    /// Which limit is in force, a temporary one considered?
    EffectiveLimit {
        /// As granted.
        #[serde(default)]
        granted: Option<LimitGrant>,
        /// Temporary ones.
        #[serde(default)]
        temporary: Vec<TemporaryLimit>,
    },
    /// What may still be owed?
    Available {
        /// Under its own limit.
        own: Use,
        /// Under its group's.
        #[serde(default)]
        group: Option<Use>,
    },
    /// Who may grant a limit beside the one in force?
    Granting {
        /// Asked for.
        limit: Limit,
        /// In force.
        #[serde(default)]
        in_force: Option<Limit>,
        /// Whether terms become looser.
        #[serde(default)]
        loosens: bool,
    },
    /// How do proposals fit the risk appetite?
    Appetite {
        /// The proposals.
        candidates: Vec<Candidate>,
        /// What limits can't cure.
        #[serde(default)]
        figures: PortfolioFigures,
    },
    /// Which policy holds for a customer? Answers the policy, and whether its digest is that of the base.
    EffectivePolicy {
        /// Of this segment.
        #[serde(default)]
        segment: Option<String>,
        /// With this patch of its own.
        #[serde(default)]
        own: Option<Value>,
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
pub(super) fn answer(
    case: &Case,
    policy: &Policy,
    customer: &Customer,
    journal: &Journal,
    ask: &CreditAsk,
) -> Result<Value, String> {
    let file = &case.facts.file;
    let accounts = || Accounts::at(&file.statements, case.as_of).ok_or_else(|| "there is no statement".to_owned());
    let money = |error: MoneyError| error.to_string();
    let rule = || policy.credit_file.as_ref().ok_or("the policy has no such rule");
    match ask {
        CreditAsk::StatementFaults => {
            let accounts = accounts()?;
            let mut faults = accounts.current.faults();
            faults.extend(accounts.before.iter().flat_map(|before| accounts.current.faults_after(before)));
            to_value(&faults)
        }
        CreditAsk::Ratios => to_value(&accounts()?.ratios()),
        CreditAsk::Ratio { ratio } => to_value(&accounts()?.ratio(*ratio)),
        CreditAsk::TaxNumber { text } => {
            let number: TaxNumber = text.parse().map_err(|error: IdentifierError| error.to_string())?;
            let (kind, entity) = match &number {
                TaxNumber::Unified(code) => ("unified", Some(code.entity_kind())),
                TaxNumber::Organisation { .. } => ("organisation", None),
                TaxNumber::Citizen(_) => ("citizen", Some(EntityKind::IndividualBusiness)),
                TaxNumber::CitizenAndSerial { .. } => ("citizen_and_serial", Some(EntityKind::IndividualBusiness)),
            };
            to_value(&json!({ "kind": kind, "entity": entity, "organisation_code": number.organisation_code() }))
        }
        CreditAsk::Screening { screening: kind } => {
            let days = rule()?.screening(*kind).ok_or("the policy has no age for it")?.max_age_days;
            to_value(&screening(file, *kind, days, case.as_of))
        }
        CreditAsk::Licence { licence: kind } => to_value(&licence(file, kind, case.as_of)),
        CreditAsk::Agreements => {
            let state = |agreement: &Agreement| json!({ "state": agreement.state(case.as_of), "breaches": agreement.open_breaches(case.as_of) });
            to_value(&file.agreements.iter().map(state).collect::<Vec<_>>())
        }
        CreditAsk::TermsAllowed { terms } => to_value(&rule()?.terms_allowed(*terms, file, case.as_of)),
        CreditAsk::Completeness => to_value(&rule()?.completeness(customer, file, case.as_of)),
        CreditAsk::Step { to } => to_value(&rule()?.step(customer, file, *to, case.as_of)),
        CreditAsk::NextContact => to_value(&next_contact(file, case.as_of)),
        CreditAsk::Place { customer } => {
            let groups = Groups::of(&case.facts.relations, case.as_of);
            to_value(&groups.place(*customer).map_err(|error| error.to_string())?)
        }
        CreditAsk::Together { amounts } => {
            let groups = Groups::of(&case.facts.relations, case.as_of);
            let text = |error: GroupError| error.to_string();
            let by_liable = groups.by_liable(amounts, policy.currency).map_err(text)?;
            let by_head = groups.by_head(amounts, policy.currency).map_err(text)?;
            to_value(&json!({ "by_liable": by_liable, "by_head": by_head }))
        }
        CreditAsk::Rating { given } => {
            let scoring = policy.scoring.as_ref().ok_or("the policy has no such cards")?;
            let evidence = evidence(policy, customer, journal, &case.facts.rates, case.as_of);
            let figures = evidence.map_err(|error| error.to_string())?.profile;
            let dossier = dossier(policy, figures, file, None, case.as_of);
            let score = scoring.score(customer.stage, &dossier);
            let rules = RatingRules { grade: &policy.grade, scoring, file: policy.credit_file.as_ref() };
            let rating = rules.rate(customer.stage, &dossier, &score, given.as_ref(), case.as_of);
            to_value(&json!({ "score": score, "rating": rating }))
        }
        CreditAsk::LimitMethods { grade, basis, of_statement } => {
            let methods = policy.limit_methods.as_ref().ok_or("the policy has no such methods")?;
            let mut basis = *basis;
            if let Some(accounts) = usable_accounts(policy, &file.statements, case.as_of).filter(|_| *of_statement) {
                basis.tangible_net_worth = basis.tangible_net_worth.or(accounts.tangible_net_worth().map_err(money)?);
                basis.working_capital = basis.working_capital.or(accounts.working_capital().map_err(money)?);
                basis.turnover = basis.turnover.or(accounts.yearly_revenue().map_err(money)?);
            }
            to_value(&methods.propose(&policy.limit, grade, &basis).map_err(money)?)
        }
        CreditAsk::EffectiveLimit { granted, temporary } => {
            let rule = policy.temporary_limit.as_ref().ok_or("the policy has no temporary limits")?;
            let tolerance = policy.order_check.tolerance;
            let limit = effective_limit(rule, granted.as_ref(), temporary, tolerance, case.as_of);
            to_value(&limit.map_err(money)?)
        }
        CreditAsk::Available { own, group } => {
            to_value(&available(own, group.as_ref(), own.exposure.currency()).map_err(money)?)
        }
        CreditAsk::Granting { limit, in_force, loosens } => {
            let rule = policy.granting.as_ref().ok_or("the policy says nothing of it")?;
            let stake = at_stake(*limit, *in_force, *loosens).map_err(money)?;
            let by_assessment = rule.grants_assessed(stake).map_err(money)?;
            let grantors = rule.grantors(stake).map_err(money)?;
            to_value(&json!({ "grantors": grantors, "by_assessment": by_assessment }))
        }
        CreditAsk::Appetite { candidates, figures } => {
            let rule = policy.appetite.as_ref().ok_or("the policy sets no bounds")?;
            to_value(&rule.fit(candidates, figures).map_err(money)?)
        }
        CreditAsk::EffectivePolicy { segment, own } => {
            let effective = policy.effective(segment.as_deref(), own.as_ref()).map_err(|error| error.to_string())?;
            let digest = |policy: &Policy| policy_digest(policy).map_err(|error| error.to_string());
            let as_base = digest(&effective)? == digest(policy)?;
            to_value(&json!({ "policy": effective, "as_base": as_base }))
        }
        // An error is an answer too: it names what is missing.
        CreditAsk::Altman { model, market_value } => match model.score(accounts()?.current, *market_value) {
            Ok(score) => to_value(&score),
            Err(error) => to_value(&error),
        },
    }
}
