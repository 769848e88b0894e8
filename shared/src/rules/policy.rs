//! The policy: one versioned document that composes the rooms of this floor.
//!
//! No business number is a constant in the code: what is not in the facts is here. A policy is checked whole when it is
//! read ([`Policy::parse`]); every fault names its path. Its digest goes into every decision.

use super::ages::AgesSetting;
use super::allocation::AllocationRule;
use super::appetite::AppetiteRule;
use super::approval::{ApprovalKind, ApprovalRule};
use super::authority::AuthorityRule;
use super::availability::TemporaryLimitRule;
use super::back_test::BackTestRule;
use super::calibration::CalibrationRule;
use super::claiming::ClaimingRule;
use super::clock::ClockRule;
use super::commitments::CommitmentRule;
use super::confirmation::ConfirmationRule;
use super::cover::CoverRule;
use super::credit_file::CreditFileRule;
use super::dunning::DunningRule;
use super::grade::GradeRule;
use super::granting::GrantingRule;
use super::interest::InterestRules;
use super::lease::LeaseRule;
use super::letter::LetterRules;
use super::limit::LimitRule;
use super::limit_methods::LimitMethodsRule;
use super::margin::MarginRule;
use super::monitoring::MonitoringRule;
use super::order_check::{OrderCheckRule, OrderRules, Rule, Verdict};
use super::provision::ProvisionRule;
use super::receivables::ReceivablesSetting;
use super::recovery::RecoveryRule;
use super::reports::ReportRule;
use super::retest::RetestRule;
use super::review::ReviewRule;
use super::scorecard::Scorecard;
use super::scoring::ScoringRule;
use super::segments::SegmentPatch;
use super::terms::TermsSetting;
use super::warning::WarningRule;
use super::watch::WatchRule;
use crate::facts::calendar::Calendar;
use crate::facts::document::{self, DocumentError};
use crate::facts::money::{Currency, Money};
use crate::facts::number::{Points, Ratio};
use crate::readings::aging::AgingRule;
use crate::readings::behaviour::BehaviourRule;
use crate::readings::exposure::ExposureRule;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The format of the document.
pub const FORMAT: &str = "xinheng.policy/1";

/// Cases of its own that a policy carries at most …
pub const CASES_MAX: usize = 200;

/// … and bytes of each, as JSON.
pub const CASE_LENGTH_MAX: usize = 32 * 1024;

/// The shipped policy: a new book starts with it, its rules on trial; see [`Policy::starting`].
pub const DEFAULT: &str = include_str!("../../policy/default.json");

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Always [`FORMAT`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = FORMAT)))]
    pub format: String,
    /// What people call it.
    pub name: Bilingual,
    /// What it is for, and why its numbers are what they are.
    pub note: Bilingual,
    /// The currency of its amounts.
    pub currency: Currency,
    /// Which days are worked.
    pub calendar: Calendar,
    /// How aging is banded.
    pub aging: AgingRule,
    /// Over which days behaviour is read.
    pub behaviour: BehaviourRule,
    /// What counts as exposure.
    pub exposure: ExposureRule,
    /// How customers are scored.
    pub scorecard: Scorecard,
    /// How scores become grades.
    pub grade: GradeRule,
    /// How grades become limits and terms.
    pub limit: LimitRule,
    /// How orders are checked.
    pub order_check: OrderCheckRule,
    /// What new terms begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsSetting>,
    /// How receivables as a whole are measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receivables: Option<ReceivablesSetting>,
    /// What a credit file must hold; absent: nothing is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_file: Option<CreditFileRule>,
    /// How late interest is charged; absent: the company charges none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest: Option<InterestRules>,
    /// How customers are reminded and dunned; absent: by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dunning: Option<DunningRule>,
    /// The texts of letters; absent: none are written here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letters: Option<LetterRules>,
    /// How bad debts are provided for; absent: the company's accounts say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provision: Option<ProvisionRule>,
    /// What is warned of; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warnings: Option<WarningRule>,
    /// The legal periods; absent: no clock runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clocks: Option<ClockRule>,
    /// What comes round for another look; absent: nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewRule>,
    /// How what is owed is pursued; absent: without stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoveryRule>,
    /// Cards with ratios and words, for prospects and customers; absent: [`Policy::scorecard`] alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoring: Option<ScoringRule>,
    /// Further limit methods and security by grade; absent: those of [`Policy::limit`] alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_methods: Option<LimitMethodsRule>,
    /// How temporary limits count; absent: there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary_limit: Option<TemporaryLimitRule>,
    /// How much credit the company is willing to give in all; absent: it sets no bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appetite: Option<AppetiteRule>,
    /// How segments of customers differ; absent: they don't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<Vec<SegmentPatch>>,
    /// How payments are allocated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation: Option<AllocationRule>,
    /// How statements of account are confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<ConfirmationRule>,
    /// How money that came in is matched with customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claiming: Option<ClaimingRule>,
    /// What cover is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<CoverRule>,
    /// What counts as exposure, category by category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitments: Option<CommitmentRule>,
    /// Who may release what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<AuthorityRule>,
    /// How credit is set aside for devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseRule>,
    /// What credit costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<MarginRule>,
    /// In which order held orders are judged again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retest: Option<RetestRule>,
    /// How policies are tried on the past; absent: whoever asks says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_test: Option<BackTestRule>,
    /// How a card is calibrated on our own history; absent: it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<CalibrationRule>,
    /// Examples that it must answer as they say, in the format of [`crate::record::cases`]; see [`crate::record::publish`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<Vec<serde_json::Value>>,
    /// What the order check asks of file, group, conduct and cover, and at which checkpoint; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_rules: Option<OrderRules>,
    /// When an order is late on its way from confirmation to payment; absent: nothing is watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<MonitoringRule>,
    /// What the indicators that are worked out look at; absent: those that need it aren't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<WatchRule>,
    /// What reports look for; absent: those that need it aren't made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<ReportRule>,
    /// Who agrees to what; absent: nothing is asked for here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvals: Option<ApprovalRule>,
    /// How debts are banded by age, and services before their invoice; absent: by due date alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages: Option<AgesSetting>,
    /// Who may grant limits and terms; absent: nobody may, beside assessments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granting: Option<GrantingRule>,
}

pub use crate::facts::bilingual::Bilingual;

/// A policy with its place among the book's versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "{P}Version"))]
#[serde(deny_unknown_fields)]
pub struct PolicyVersion<P = Policy> {
    /// Counted from 1.
    pub version: u32,
    /// The digest of the document; see [`crate::record::digest`].
    pub digest: String,
    /// The document, or what somebody needs of it.
    pub policy: P,
}

/// What is wrong with a policy, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The path of the value: `limit.grades[2].cap`.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl From<DocumentError> for Fault {
    fn from(error: DocumentError) -> Self {
        Self { path: error.path, message: error.message }
    }
}

/// A policy was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy has {} fault(s); the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
pub struct PolicyError(pub Vec<Fault>);

impl Policy {
    /// Reads and checks a policy document.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] with the path of what doesn't fit the document, or with all faults that [`Policy::check`] finds.
    pub fn parse(json: &str) -> Result<Self, PolicyError> {
        let policy: Self = document::read(json).map_err(|error| PolicyError(vec![error.into()]))?;
        policy.check()?;
        Ok(policy)
    }

    /// The policy that a new book starts with: the default with every rule of the order check on trial (试运行), so that a hold
    /// only warns until each rule is switched on; but for those that carry out what a person decided about a customer.
    ///
    /// # Errors
    ///
    /// As [`Policy::parse`] of [`DEFAULT`]; a test reads it.
    pub fn starting() -> Result<Self, PolicyError> {
        let mut policy = Self::parse(DEFAULT)?;
        if let Some(rules) = &mut policy.order_rules {
            rules.trial = Rule::ALL.into_iter().filter(|rule| !rule.is_a_persons_word()).collect();
        }
        Ok(policy)
    }

    /// Checks every value.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] with every fault's path and message.
    pub fn check(&self) -> Result<(), PolicyError> {
        let mut faults = Faults(Vec::new());
        faults.unless(self.format == FORMAT, "format", format_args!("must be {FORMAT}"));
        let rising = self.aging.bands.is_sorted_by(|a, b| a < b) && self.aging.bands.first() != Some(&0);
        faults.unless(rising, "aging.bands", format_args!("must rise, from 1"));
        faults.unless(self.behaviour.window_days > 0, "behaviour.window_days", format_args!("must be at least 1"));
        self.check_scorecard(&mut faults);
        self.check_grades(&mut faults);
        self.check_limit(&mut faults);
        self.check_order_check(&mut faults);
        if let Some(terms) = &self.terms {
            terms.check(&mut faults);
        }
        if let Some(receivables) = &self.receivables {
            receivables.check(&mut faults);
        }
        if let Some(rule) = &self.credit_file {
            rule.check(&self.grade, &mut faults);
        }
        if let Some(interest) = &self.interest {
            interest.check(&mut faults);
        }
        if let Some(dunning) = &self.dunning {
            dunning.check(self.currency, |grade| self.grade.rank(grade).is_some(), &mut faults);
        }
        if let Some(letters) = &self.letters {
            letters.check(&mut faults);
        }
        if let Some(provision) = &self.provision {
            provision.check(|grade| self.grade.rank(grade).is_some(), &mut faults);
        }
        if let Some(warnings) = &self.warnings {
            warnings.check(&mut faults);
        }
        if let Some(clocks) = &self.clocks {
            clocks.check(&mut faults);
        }
        if let Some(review) = &self.review {
            review.check(|grade| self.grade.rank(grade).is_some(), &mut faults);
        }
        if let Some(recovery) = &self.recovery {
            recovery.check(&mut faults);
        }
        let knows_grade = |grade: &str| self.grade.rank(grade).is_some();
        if let Some(rule) = &self.scoring {
            rule.check(knows_grade, &mut faults);
        }
        if let Some(rule) = &self.limit_methods {
            rule.check(knows_grade, &mut faults);
        }
        if let Some(rule) = &self.appetite {
            rule.check(self.currency, knows_grade, &mut faults);
        }
        self.check_segments(&mut faults);
        if let Some(allocation) = &self.allocation {
            allocation.check(self.currency, &mut faults);
        }
        if let Some(confirmation) = &self.confirmation {
            confirmation.check(&mut faults);
        }
        if let Some(claiming) = &self.claiming {
            claiming.check(&mut faults);
        }
        if let Some(cover) = &self.cover {
            cover.check(&mut faults);
        }
        if let Some(commitments) = &self.commitments {
            commitments.check(self.currency, &self.exposure, &mut faults);
        }
        if let Some(authority) = &self.authority {
            authority.check(self.currency, &mut faults);
        }
        if let Some(lease) = &self.lease {
            lease.check(self.currency, &mut faults);
        }
        if let Some(margin) = &self.margin {
            margin.check(|grade| self.grade.rank(grade).is_some(), &mut faults);
        }
        if let Some(back_test) = &self.back_test {
            back_test.check(&mut faults);
        }
        if let Some(calibration) = &self.calibration {
            calibration.check(self.currency, &mut faults);
        }
        self.check_cases(&mut faults);
        if let Some(ages) = &self.ages {
            ages.check(&mut faults);
        }
        if let Some(rules) = &self.order_rules {
            let ladders = || self.dunning.iter().flat_map(|rule| &rule.ladders);
            rules.check(|name| ladders().any(|ladder| ladder.steps.iter().any(|step| step.name == name)), &mut faults);
        }
        self.check_running(&mut faults);
        if let Some(granting) = &self.granting {
            granting.check(self.currency, &mut faults);
        }
        if faults.0.is_empty() { Ok(()) } else { Err(PolicyError(faults.0)) }
    }

    /// What is watched, reported and approved.
    fn check_running(&self, faults: &mut Faults) {
        if let Some(monitoring) = &self.monitoring {
            monitoring.check(faults);
        }
        if let Some(watch) = &self.watch {
            watch.check(faults);
        }
        if let Some(reports) = &self.reports {
            reports.check(faults);
        }
        if let Some(approvals) = &self.approvals {
            approvals.check(self.currency, |kind| self.decides_on(kind), faults);
        }
    }

    /// The section that says who decides on a kind of request without a chain of approvals.
    fn decides_on(&self, kind: ApprovalKind) -> Option<&'static str> {
        match kind {
            ApprovalKind::Limit | ApprovalKind::TemporaryLimit | ApprovalKind::Terms => {
                self.granting.is_some().then_some("granting")
            }
            ApprovalKind::Waiver => {
                self.authority.as_ref().is_some_and(|rule| !rule.waivers.is_empty()).then_some("authority.waivers")
            }
            ApprovalKind::GradeOverride | ApprovalKind::Plan | ApprovalKind::WriteOff => None,
        }
    }

    /// Bounds of the cases; whether they pass is asked where they can be run.
    fn check_cases(&self, faults: &mut Faults) {
        let cases = self.cases.as_deref().unwrap_or_default();
        faults.unless(cases.len() <= CASES_MAX, "cases", format_args!("{} cases: at most {CASES_MAX}", cases.len()));
        for (i, case) in cases.iter().enumerate() {
            let length = case.to_string().len();
            let fits = length <= CASE_LENGTH_MAX;
            faults.unless(fits, &format!("cases[{i}]"), format_args!("{length} bytes: at most {CASE_LENGTH_MAX}"));
        }
    }

    fn check_scorecard(&self, faults: &mut Faults) {
        let lines = &self.scorecard.lines;
        let sum = lines.iter().fold(0_i32, |sum, line| sum.saturating_add(line.weight.units()));
        faults.unless(
            sum == 10_000,
            "scorecard.lines",
            format_args!("weights must add up to 100, not {}", Points::from_units(sum)),
        );
        for (i, line) in lines.iter().enumerate() {
            let at = |field: &str| format!("scorecard.lines[{i}].{field}");
            faults.unless(line.weight > Points::ZERO, &at("weight"), format_args!("must be positive"));
            faults.unless(is_share(line.missing), &at("missing"), format_args!("must lie between 0 and 1"));
            faults.unless(is_share(line.below), &at("below"), format_args!("must lie between 0 and 1"));
            faults.unless(
                line.bins.iter().all(|bin| is_share(bin.share)),
                &at("bins"),
                format_args!("every share must lie between 0 and 1"),
            );
            let rising = line.bins.is_sorted_by(|a, b| a.from < b.from);
            faults.unless(rising, &at("bins"), format_args!("lower bounds must rise"));
            let twice = lines.iter().take(i).any(|other| other.characteristic == line.characteristic);
            faults.unless(!twice, &at("characteristic"), format_args!("stands in the card twice"));
        }
    }

    fn check_grades(&self, faults: &mut Faults) {
        let bands = &self.grade.bands;
        faults.unless(!bands.is_empty(), "grade.bands", format_args!("there must be at least one grade"));
        let falling = bands.is_sorted_by(|a, b| a.from > b.from);
        faults.unless(falling, "grade.bands", format_args!("must fall, from the best grade to the worst"));
        for (i, band) in bands.iter().enumerate() {
            let twice = bands.iter().take(i).any(|other| other.grade == band.grade);
            faults.unless(!twice, &format!("grade.bands[{i}].grade"), format_args!("'{}' stands twice", band.grade));
        }
        let known = |faults: &mut Faults, path: &str, grade: &str| {
            faults.unless(self.grade.rank(grade).is_some(), path, format_args!("'{grade}' is no grade of this policy"));
        };
        for (i, rule) in self.grade.knock_outs.iter().enumerate() {
            known(faults, &format!("grade.knock_outs[{i}].cap"), &rule.cap);
        }
        known(faults, "grade.unsure_cap", &self.grade.unsure_cap);
        faults.unless(
            is_share(self.grade.confidence_at_least),
            "grade.confidence_at_least",
            format_args!("must lie between 0 and 1"),
        );
        for (i, line) in self.limit.grades.iter().enumerate() {
            known(faults, &format!("limit.grades[{i}].grade"), &line.grade);
        }
        for (i, grade) in self.order_check.refused_grades.iter().enumerate() {
            known(faults, &format!("order_check.refused_grades[{i}]"), grade);
        }
    }

    fn check_limit(&self, faults: &mut Faults) {
        faults.amount(self.limit.round_to, self.currency, "limit.round_to");
        faults.unless(self.limit.round_to.minor() > 0, "limit.round_to", format_args!("must be positive"));
        for (i, line) in self.limit.grades.iter().enumerate() {
            let at = |field: &str| format!("limit.grades[{i}].{field}");
            faults.amount(line.cap, self.currency, &at("cap"));
            faults.amount(line.trial, self.currency, &at("trial"));
            faults.unless(line.need_factor >= Ratio::ZERO, &at("need_factor"), format_args!("must not be negative"));
            faults.unless(
                line.capital_share >= Ratio::ZERO,
                &at("capital_share"),
                format_args!("must not be negative"),
            );
        }
    }

    fn check_order_check(&self, faults: &mut Faults) {
        let rule = &self.order_check;
        faults.unless(is_share(rule.tolerance), "order_check.tolerance", format_args!("must lie between 0 and 1"));
        faults.unless(rule.size_share > Ratio::ZERO, "order_check.size_share", format_args!("must be positive"));
        let overdue = &rule.overdue;
        faults.amount(overdue.small_amount, self.currency, "order_check.overdue.small_amount");
        if let Some(most) = overdue.hold_amount {
            faults.amount(most, self.currency, "order_check.overdue.hold_amount");
            let more = most.minor() >= overdue.small_amount.minor();
            faults.unless(more, "order_check.overdue.hold_amount", format_args!("must not be less than small_amount"));
        }
        let verdicts = rule.verdicts();
        for (name, verdict) in [("frozen", verdicts.frozen), ("exited", verdicts.exited)] {
            let path = format!("order_check.verdicts.{name}");
            faults.unless(verdict >= Verdict::Hold, &path, format_args!("must hold or refuse"));
        }
        let rising = verdicts.within_tolerance <= verdicts.beyond_limit;
        let path = "order_check.verdicts.within_tolerance";
        faults.unless(rising, path, format_args!("must not be worse than beyond_limit"));
        faults.unless(
            is_share(overdue.small_share),
            "order_check.overdue.small_share",
            format_args!("must lie between 0 and 1"),
        );
        faults.unless(
            is_share(overdue.hold_share),
            "order_check.overdue.hold_share",
            format_args!("must lie between 0 and 1"),
        );
        faults.unless(
            overdue.grace_days <= overdue.hold_days && overdue.hold_days <= overdue.refuse_days,
            "order_check.overdue",
            format_args!("grace, hold and refuse days must not fall"),
        );
    }
}

/// Collects faults while a policy is checked.
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Reports a fault unless something holds.
    pub(super) fn unless(&mut self, holds: bool, path: &str, message: fmt::Arguments<'_>) {
        if !holds {
            self.0.push(Fault { path: path.to_owned(), message: message.to_string() });
        }
    }

    /// Reports an amount that is negative or in another currency than the policy's.
    pub(super) fn amount(&mut self, amount: Money, currency: Currency, path: &str) {
        self.unless(amount.currency() == currency, path, format_args!("must be in {currency}"));
        self.unless(amount.minor() >= 0, path, format_args!("must not be negative"));
    }
}

/// Whether a ratio lies between nothing and all.
pub(super) fn is_share(ratio: Ratio) -> bool {
    (Ratio::ZERO..=Ratio::ONE).contains(&ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_is_sound() {
        let policy = Policy::parse(DEFAULT).unwrap();
        let again = serde_json::to_string(&policy).unwrap();
        assert_eq!(Policy::parse(&again).unwrap(), policy);
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Policy), path: &str) {
        let mut policy = Policy::parse(DEFAULT).unwrap();
        change(&mut policy);
        let faults = policy.check().unwrap_err().0;
        assert!(faults.iter().any(|fault| fault.path == path), "{faults:?}");
    }

    #[test]
    fn faults_name_their_path() {
        refused(|policy| policy.aging.bands = vec![30, 30], "aging.bands");
        refused(|policy| policy.scorecard.lines[0].weight = Points::from_units(1), "scorecard.lines");
        refused(|policy| policy.scorecard.lines[1].missing = Ratio::from_units(-1), "scorecard.lines[1].missing");
        refused(|policy| policy.grade.unsure_cap = "Z".into(), "grade.unsure_cap");
        refused(|policy| policy.limit.grades[0].cap = Money::zero(Currency::USD), "limit.grades[0].cap");
        refused(|policy| policy.order_check.overdue.hold_days = 999, "order_check.overdue");
        let error = Policy::parse("{\"format\":1}").unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
