//! The credit report (信用报告): all that is known of a customer on a day and what follows from it, as data.
//!
//! It is composed from the rooms that know: registration and completeness, group, papers, statements by year with their ratios
//! and Z zones, score, rating, limit methods, exposure and aging, behaviour and payment index, late interest, promises,
//! warnings, legal clocks, and what was granted. It judges nothing itself. The ledger is laid out once, and each reading is
//! taken once and handed on.
//!
//! What isn't there is named ([`Gap`]): a section for which there is no rule, no data, or whose figures don't come out is absent
//! and says why, and the rest of the report stands. Facts dated after the day are left out.

use super::assess::{Assessment, Evidence, assess, evidence};
use super::calibrate::samples::facts_by;
use super::dossier::dossier;
use super::full_assessment::{agreed_days, yearly_sales};
use super::indicators::{Beside, Watched, indicators, payments};
use super::late_interest::{Charging, CustomerInterest, customer_interest};
use super::net_position::{NetPosition, net_position};
use crate::facts::calendar::Date;
use crate::facts::credit_file::{Activity, Agreement, Breach, CreditFile, Licence, Reference};
use crate::facts::customer::{Customer, Stage};
use crate::facts::financials::{Audit, FinancialStatement, StatementSource};
use crate::facts::ledger::{Fact, Rate, Recorded, Withdrawn};
use crate::facts::matter::Matter;
use crate::facts::money::{Currency, Money};
use crate::facts::number::Ratio;
use crate::facts::observation::{Acknowledgement, Observation};
use crate::facts::promise::Promise;
use crate::facts::reference_rate::ReferenceRate;
use crate::facts::relations::Relation;
use crate::facts::waiver::InterestWaiver;
use crate::readings::aging::{AgingRow, aging};
use crate::readings::altman::{AltmanModel, AltmanScore};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::groups::{Groups, Place};
use crate::readings::journal::Journal;
use crate::readings::papers::{AgreementState, LicenceState, next_contact, stage};
use crate::readings::payment_index::{PaymentIndex, payment_index};
use crate::readings::ratios::{Accounts, FinancialRatio, RatioReading};
use crate::readings::standing::{Position, Standing};
use crate::rules::clock::ClockState;
use crate::rules::credit_file::{Completeness, CreditFileRule, Lapse};
use crate::rules::interest::RuleInForce;
use crate::rules::limit::Need;
use crate::rules::limit_methods::{LimitBasis, LimitProposal};
use crate::rules::policy::Policy;
use crate::rules::promise::PromiseState;
use crate::rules::rating::{GradeOverride, Rating, RatingRules};
use crate::rules::scoring::{CardScore, Dossier};
use crate::rules::warning::WarningReport;
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// Years of statements that a report shows at most.
pub const YEARS_MAX: usize = 5;

/// What a report is made from.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// Whose.
    pub customer: &'a Customer,
    /// Its credit file.
    pub file: &'a CreditFile,
    /// Its ledger.
    pub facts: &'a [Recorded],
    /// Exchange rates.
    pub rates: &'a [Rate],
    /// Quoted interest rates.
    pub reference_rates: &'a [ReferenceRate],
    /// Who belongs to whom.
    pub relations: &'a [Relation],
    /// What it promised.
    pub promises: &'a [Promise],
    /// What was waived of late interest.
    pub waivers: &'a [InterestWaiver],
    /// What was observed beyond the ledger.
    pub observations: &'a [Observation],
    /// Which warnings somebody has seen.
    pub acknowledged: &'a [Acknowledgement],
    /// What legal clocks run for.
    pub matters: &'a [Matter],
    /// The grade that somebody gave instead of the rule's.
    pub grade_override: Option<&'a GradeOverride>,
    /// What a listed customer's equity was worth at the end of its newest statement.
    pub market_value: Option<Money>,
    /// All credit that we give.
    pub portfolio: Option<Money>,
    /// Security held that counts.
    pub security: Option<Money>,
}

/// A credit report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditReport {
    /// The day.
    pub as_of: Date,
    /// The currency of what is judged.
    pub currency: Currency,
    /// The registration, as it is on file.
    pub customer: Customer,
    /// Where it stands in its life with us.
    pub stage: Stage,
    /// How complete its file is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completeness: Option<Completeness>,
    /// Where it belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Place>,
    /// Its papers.
    pub papers: Papers,
    /// Its statements, the newest first.
    pub years: Vec<StatementYear>,
    /// How each ratio moved from the newest year but one to the newest.
    pub trends: Vec<RatioTrend>,
    /// Figures, ratios, words and findings that are scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<Dossier>,
    /// The score by part and line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<CardScore>,
    /// The grade, its caps, and what the next one takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Score, grade and limit by the plain scorecard; only where the policy has no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain: Option<Assessment>,
    /// The limit methods side by side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitProposal>,
    /// Grade, limit and terms in force, and what counts against them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Exposure and what is overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// What it owes us less what we owe it, where it supplies us too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net: Option<NetPosition>,
    /// Whether it is related to ourselves (本公司关联方): its grade and limit are no word of an independent customer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_related_party: bool,
    /// What is open by age, by currency.
    pub aging: Vec<AgingRow>,
    /// What the limit looks at, and how it pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Its payment index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_index: Option<PaymentIndex>,
    /// Late interest by document, by the policy's usual method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_interest: Option<CustomerInterest>,
    /// Promises and what became of them.
    pub promises: Vec<PromiseState>,
    /// Warnings, and what changed since the day before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warnings: Option<WarningReport>,
    /// Legal clocks, in the order in which they were given.
    pub clocks: Vec<ClockState>,
    /// What was granted and decided, the newest first.
    pub decisions: Vec<Decided>,
    /// What is missing, by section.
    pub gaps: Vec<Gap>,
}

/// The papers of a customer on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Papers {
    /// Licences and how they stand.
    pub licences: Vec<(Licence, LicenceState)>,
    /// Contracts and how they stand.
    pub agreements: Vec<(Agreement, AgreementState)>,
    /// Breaches that are open.
    pub breaches: Vec<Breach>,
    /// What others say.
    pub references: Vec<Reference>,
    /// Visits and calls, the newest first.
    pub activities: Vec<Activity>,
    /// When somebody should be in touch again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_contact: Option<Date>,
    /// What runs out soon, or has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapses: Vec<Lapse>,
}

/// A statement of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementYear {
    /// Its last day.
    pub end: Date,
    /// Its length.
    pub months: u8,
    /// What its auditor says.
    pub audit: Audit,
    /// Where it came from.
    pub source: StatementSource,
    /// Whether it adds up.
    pub sound: bool,
    /// Its ratios.
    pub ratios: Vec<RatioReading>,
    /// Its Z-scores with their zones, those that can be told.
    pub altman: Vec<AltmanScore>,
}

/// How a ratio moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RatioTrend {
    /// Which.
    pub ratio: FinancialRatio,
    /// The newer value less the older.
    pub change: Ratio,
}

/// Something granted or decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// When it holds from.
    pub date: Date,
    /// What: a grade, a limit, terms, a stop of supply.
    pub fact: Fact,
}

/// Why a section is absent or empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReportGap"))]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Which.
    pub section: Section,
    /// Why.
    pub reason: GapReason,
}

/// A section that can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// How complete the file is.
    Completeness,
    /// The group.
    Group,
    /// Licences.
    Licences,
    /// Contracts.
    Agreements,
    /// What others say.
    References,
    /// Statements and ratios.
    Statements,
    /// Score and grade.
    Rating,
    /// Limit methods.
    Limit,
    /// The standing.
    Standing,
    /// Exposure.
    Exposure,
    /// Aging.
    Aging,
    /// Behaviour.
    Behaviour,
    /// The payment index.
    PaymentIndex,
    /// Late interest.
    LateInterest,
    /// Promises.
    Promises,
    /// Warnings.
    Warnings,
    /// Legal clocks.
    Clocks,
    /// Decisions.
    Decisions,
    /// What we owe it.
    Payables,
}

/// Why it is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum GapReason {
    /// The policy says nothing of it.
    NoRule,
    /// There is nothing on file.
    NothingOnFile,
    /// The section that it stands on is missing.
    Needs {
        /// Which.
        section: Section,
    },
    /// Its figures don't come out.
    Failed {
        /// Why, in the words of the error.
        error: String,
    },
}

/// Collects what is missing.
#[derive(Default)]
struct Gaps(Vec<Gap>);

impl Gaps {
    fn add(&mut self, section: Section, reason: GapReason) {
        self.0.push(Gap { section, reason });
    }

    fn ok<T>(&mut self, section: Section, result: Result<T, impl Display>) -> Option<T> {
        result.map_err(|error| self.add(section, GapReason::Failed { error: error.to_string() })).ok()
    }

    /// A rule of the policy.
    fn rule<'a, T>(&mut self, section: Section, rule: Option<&'a T>) -> Option<&'a T> {
        if rule.is_none() {
            self.add(section, GapReason::NoRule);
        }
        rule
    }

    fn unless_empty<T>(&mut self, section: Section, list: &[T]) {
        if list.is_empty() {
            self.add(section, GapReason::NothingOnFile);
        }
    }

    /// What a section stands on.
    fn needed<T: Copy>(&mut self, section: Section, on: Section, needed: Option<T>) -> Option<T> {
        if needed.is_none() {
            self.add(section, GapReason::Needs { section: on });
        }
        needed
    }
}

/// Makes the report of a day.
pub fn credit_report(policy: &Policy, input: &ReportInput<'_>, as_of: Date) -> CreditReport {
    let mut gaps = Gaps::default();
    let facts = facts_by(input.facts, as_of);
    let input = &ReportInput { facts: &facts, ..*input };
    let (customer, file, rates) = (input.customer, input.file, input.rates);
    let withdrawn = Withdrawn::by(input.facts);
    let stage = stage(file, as_of).unwrap_or(customer.stage);
    let rule = gaps.rule(Section::Completeness, policy.credit_file.as_ref());
    let completeness = rule.map(|rule| rule.completeness(customer, file, as_of));
    let group = gaps.ok(Section::Group, Groups::of(input.relations, as_of).place(customer.id));
    let papers = papers(policy.credit_file.as_ref(), file, as_of, &mut gaps);
    let years = years(file, input.market_value, as_of);
    gaps.unless_empty(Section::Statements, &years);

    let journal = gaps.ok(Section::Behaviour, Journal::of(input.facts, None));
    let journal = journal.as_ref();
    let read = journal.map(|journal| evidence(policy, customer, journal, rates, as_of));
    let evidence = read.and_then(|read| gaps.ok(Section::Behaviour, read));
    let dossier = evidence.as_ref().map(|evidence| dossier(policy, evidence.profile, file, input.market_value, as_of));
    let judged = judge(policy, input, stage, (evidence.as_ref(), dossier.as_ref()), as_of, &mut gaps);

    let standing =
        gaps.ok(Section::Standing, Standing::of(customer, input.facts, &RatesOn::new(rates, as_of).all(), None));
    let known = gaps.needed(Section::Exposure, Section::Standing, standing.as_ref());
    let position = known.map(|standing| Position::of(standing, &policy.exposure, as_of));
    let position = position.and_then(|position| gaps.ok(Section::Exposure, position));
    let both = position.as_ref().map(|position| net_position(file, position, rates, as_of));
    let net = both.and_then(|both| gaps.ok(Section::Payables, both)).flatten();
    let aged = gaps.needed(Section::Aging, Section::Behaviour, journal);
    let aged = aged.map(|journal| aging(journal, &policy.aging, as_of));
    let aging = aged.and_then(|aged| gaps.ok(Section::Aging, aged)).unwrap_or_default();
    let setting = gaps.rule(Section::PaymentIndex, policy.receivables.as_ref());
    let index = setting.zip(gaps.needed(Section::PaymentIndex, Section::Behaviour, journal));
    let index = index.map(|(rule, journal)| payment_index(journal, &rule.payment_index, policy.currency, rates, as_of));
    let payment_index = index.and_then(|index| gaps.ok(Section::PaymentIndex, index));
    let warnings = warnings(policy, input, (position.as_ref(), evidence.as_ref()), as_of, &mut gaps);
    let clock = if input.matters.is_empty() { None } else { gaps.rule(Section::Clocks, policy.clocks.as_ref()) };
    let clocks = clock.map_or_else(Vec::new, |rule| {
        input.matters.iter().map(|matter| rule.read(matter, &policy.calendar, as_of)).collect()
    });
    gaps.unless_empty(Section::Clocks, input.matters);
    let decisions = decisions(input.facts, &withdrawn, as_of);
    gaps.unless_empty(Section::Decisions, &decisions);
    CreditReport {
        as_of,
        currency: policy.currency,
        customer: customer.clone(),
        stage,
        completeness,
        group,
        papers,
        trends: trends(&years),
        years,
        dossier,
        score: judged.score,
        rating: judged.rating,
        plain: judged.plain,
        limit: judged.limit,
        standing,
        position,
        net,
        own_related_party: file.own_related_party,
        aging,
        evidence,
        payment_index,
        late_interest: late_interest(policy, input, as_of, &mut gaps),
        promises: promises(policy, input, &withdrawn, as_of, &mut gaps),
        warnings,
        clocks,
        decisions,
        gaps: {
            gaps.0.sort_by_key(|gap| gap.section);
            gaps.0
        },
    }
}

fn papers(rule: Option<&CreditFileRule>, file: &CreditFile, as_of: Date, gaps: &mut Gaps) -> Papers {
    gaps.unless_empty(Section::Licences, &file.licences);
    gaps.unless_empty(Section::Agreements, &file.agreements);
    let references: Vec<Reference> = file.references.iter().filter(|given| given.date <= as_of).cloned().collect();
    gaps.unless_empty(Section::References, &references);
    let mut activities: Vec<Activity> = file.activities.iter().filter(|one| one.date <= as_of).cloned().collect();
    activities.sort_by_key(|one| std::cmp::Reverse(one.date));
    Papers {
        licences: file.licences.iter().map(|one| (one.clone(), one.state(as_of))).collect(),
        agreements: file.agreements.iter().map(|one| (one.clone(), one.state(as_of))).collect(),
        breaches: file.agreements.iter().flat_map(|one| one.open_breaches(as_of)).cloned().collect(),
        references,
        activities,
        next_contact: next_contact(file, as_of),
        lapses: rule.map(|rule| rule.lapses(file, as_of)).unwrap_or_default(),
    }
}

/// The newest statement, whatever its length, and those of the same length before it.
fn years(file: &CreditFile, market_value: Option<Money>, as_of: Date) -> Vec<StatementYear> {
    let mut years = Vec::new();
    let mut at = Accounts::at(&file.statements, as_of);
    while let Some(accounts) = at.take().filter(|_| years.len() < YEARS_MAX) {
        let current: &FinancialStatement = accounts.current;
        // What the shares are worth is known at the end of the newest only.
        let market_value = market_value.filter(|_| years.is_empty());
        years.push(StatementYear {
            end: current.end,
            months: current.months,
            audit: current.audit,
            source: current.source,
            sound: current.is_sound(),
            ratios: accounts.ratios(),
            altman: AltmanModel::ALL.iter().filter_map(|model| model.score(current, market_value).ok()).collect(),
        });
        at = accounts.year_ago.and_then(|before| Accounts::at(&file.statements, before.end));
    }
    years
}

fn trends(years: &[StatementYear]) -> Vec<RatioTrend> {
    let [newest, before, ..] = years else { return Vec::new() };
    let trend = |reading: &RatioReading| {
        let older = before.ratios.iter().find(|other| other.ratio == reading.ratio)?.value?;
        let change = reading.value?.units().checked_sub(older.units())?;
        Some(RatioTrend { ratio: reading.ratio, change: Ratio::from_units(change) })
    };
    newest.ratios.iter().filter_map(trend).collect()
}

/// Score, grade and limit.
#[derive(Default)]
struct Judged {
    score: Option<CardScore>,
    rating: Option<Rating>,
    plain: Option<Assessment>,
    limit: Option<LimitProposal>,
}

fn judge(
    policy: &Policy,
    input: &ReportInput<'_>,
    stage: Stage,
    (evidence, dossier): (Option<&Evidence>, Option<&Dossier>),
    as_of: Date,
    gaps: &mut Gaps,
) -> Judged {
    let mut judged = Judged::default();
    let read = gaps.needed(Section::Rating, Section::Behaviour, evidence.zip(dossier));
    let Some((evidence, dossier)) = read else { return judged };
    let grade = if let Some(scoring) = &policy.scoring {
        let score = scoring.score(stage, dossier);
        let rules = RatingRules { grade: &policy.grade, scoring, file: policy.credit_file.as_ref() };
        let rating = rules.rate(stage, dossier, &score, input.grade_override, as_of);
        let grade = rating.grade.clone();
        (judged.score, judged.rating) = (Some(score), Some(rating));
        grade
    } else {
        let plain = gaps.ok(Section::Rating, assess(policy, evidence));
        let grade = plain.as_ref().map(|plain| plain.grade.grade.clone());
        judged.plain = plain;
        let Some(grade) = grade else { return judged };
        grade
    };
    let methods = gaps.rule(Section::Limit, policy.limit_methods.as_ref());
    if let Some(methods) = methods
        && let Some(basis) = gaps.ok(Section::Limit, basis(policy, input, evidence, as_of))
    {
        judged.limit = gaps.ok(Section::Limit, methods.propose(&policy.limit, &grade, &basis));
    }
    judged
}

/// What the limit methods look at. Figures of a statement count as the dossier's do: when it is new enough and adds up.
fn basis(
    policy: &Policy,
    input: &ReportInput<'_>,
    evidence: &Evidence,
    as_of: Date,
) -> Result<LimitBasis, ConversionError> {
    let accounts = super::dossier::usable_accounts(policy, &input.file.statements, as_of);
    let rates = RatesOn::new(input.rates, as_of);
    let in_ours = |amount: Option<Money>| amount.map(|amount| rates.convert(amount, policy.currency)).transpose();
    Ok(LimitBasis {
        need: Need { days: agreed_days(input.file, as_of), ..evidence.need },
        yearly_sales: yearly_sales(&evidence.behaviour),
        tangible_net_worth: in_ours(accounts.as_ref().map(Accounts::tangible_net_worth).transpose()?.flatten())?,
        working_capital: in_ours(accounts.as_ref().map(Accounts::working_capital).transpose()?.flatten())?,
        turnover: in_ours(accounts.as_ref().map(Accounts::yearly_revenue).transpose()?.flatten())?,
        portfolio: in_ours(input.portfolio)?,
        security: in_ours(input.security)?,
    })
}

fn late_interest(policy: &Policy, input: &ReportInput<'_>, as_of: Date, gaps: &mut Gaps) -> Option<CustomerInterest> {
    let rules = gaps.rule(Section::LateInterest, policy.interest.as_ref())?;
    let usual = rules.methods.iter().find(|method| method.name == rules.default);
    let usual = gaps.rule(Section::LateInterest, usual)?;
    let in_force = [RuleInForce { from: Date::MIN, rule: usual.rule.clone() }];
    let (rates, quote_days) = (input.reference_rates, rules.quote_days);
    let bankrupt = input.matters.iter().filter_map(Matter::bankruptcy_accepted).min();
    let by = Charging { rules: &in_force, rates, quote_days, bankrupt };
    let made = customer_interest(input.customer.id, input.facts, input.file, input.waivers, by, as_of);
    gaps.ok(Section::LateInterest, made)
}

fn promises(
    policy: &Policy,
    input: &ReportInput<'_>,
    withdrawn: &Withdrawn,
    as_of: Date,
    gaps: &mut Gaps,
) -> Vec<PromiseState> {
    if input.promises.is_empty() {
        gaps.add(Section::Promises, GapReason::NothingOnFile);
        return Vec::new();
    }
    let Some(rule) = gaps.rule(Section::Promises, policy.dunning.as_ref()) else { return Vec::new() };
    let received = input.facts.iter().filter(|recorded| recorded.date <= as_of && withdrawn.spares(recorded));
    let payments = payments(received);
    gaps.ok(Section::Promises, rule.promise.promises(input.promises, &payments, as_of)).unwrap_or_default()
}

fn warnings(
    policy: &Policy,
    input: &ReportInput<'_>,
    (position, evidence): (Option<&Position>, Option<&Evidence>),
    as_of: Date,
    gaps: &mut Gaps,
) -> Option<WarningReport> {
    let rule = gaps.rule(Section::Warnings, policy.warnings.as_ref())?;
    let mut observations = input.observations.to_vec();
    let known = gaps.needed(Section::Warnings, Section::Exposure, position);
    let known = known.and(gaps.needed(Section::Warnings, Section::Behaviour, evidence));
    if known.is_some() {
        let beside = Beside { promises: input.promises.to_vec(), ..Beside::default() };
        let (customer, facts, file, rates) = (input.customer, input.facts, input.file, input.rates);
        let watched = Watched { customer, facts, file, beside: &beside, rates };
        observations.extend(gaps.ok(Section::Warnings, indicators(policy, watched, as_of)).unwrap_or_default());
    }
    let before = as_of.pred_opt().unwrap_or(as_of);
    Some(rule.report(&observations, input.acknowledged, before, as_of))
}

/// Grades, limits, terms and stops, the newest first; of one day the one that the book learned last.
fn decisions(facts: &[Recorded], withdrawn: &Withdrawn, as_of: Date) -> Vec<Decided> {
    let decides = |recorded: &&Recorded| {
        let kind = matches!(
            recorded.fact,
            Fact::Graded(_)
                | Fact::LimitGranted(_)
                | Fact::TemporaryGranted(_)
                | Fact::TermsGranted(_)
                | Fact::Frozen(_)
        );
        kind && recorded.date <= as_of && withdrawn.spares(recorded)
    };
    let mut found: Vec<&Recorded> = facts.iter().filter(decides).collect();
    found.sort_by_key(|recorded| std::cmp::Reverse((recorded.date, recorded.feed, recorded.id)));
    found.into_iter().map(|recorded| Decided { date: recorded.date, fact: recorded.fact.clone() }).collect()
}
