//! A policy at work on the past: what it would have granted, and what it would have said.
//!
//! The customer's segment says which of the policy's patches applies. Where the policy has cards, a customer is assessed by
//! them and by all limit methods as [`crate::questions::full_assessment`] does, without the lines that explain it; else by
//! the plain card. What a file says is judged from the first piece on, or for every customer once the policy judges files
//! in earnest, like [`crate::rules::standing`] keeps it.

use super::ledger::{Ledger, OnFile};
use super::sweep::Sweep;
use crate::facts::calendar::{Date, plus_days};
use crate::facts::credit_file::{CreditFile, Screening};
use crate::facts::customer::{Customer, Stage};
use crate::facts::ledger::{Order, Rate};
use crate::facts::money::{Money, MoneyError};
use crate::questions::assess::{AssessError, Evidence, evidence_of};
use crate::questions::full_assessment::{
    self, Beside, FullAssessError, FullEvidence, Granted, evidence_from, yearly_sales,
};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::papers::stage;
use crate::readings::standing::{Further, GradeInForce, LimitInForce, ScreeningOnFile, Standing};
use crate::rules::order_check::{Rule, Verdict, order_check};
use crate::rules::policy::{Policy, PolicyError};
use crate::rules::standing::{complete, cover, exposure, judges_files};

/// A policy with what it has granted the customer who is gone through.
pub(super) struct Judge {
    /// The policy as it stands, then as each segment's patch makes it.
    policies: Vec<OfSegment>,
    /// Which of them is for this customer.
    which: usize,
    standing: Option<Standing>,
    /// What nothing but the ledger moves, of a customer whose file nobody has begun.
    unfiled: Option<FullEvidence>,
}

struct OfSegment {
    segment: Option<String>,
    policy: Policy,
    judges_files: bool,
}

/// What doesn't change while a customer is gone through.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub customer: &'a Customer,
    /// Absent when its file was never begun.
    pub on_file: Option<&'a OnFile>,
    pub portfolio: Option<Money>,
    pub rates: &'a [Rate],
}

impl<'a> Known<'a> {
    pub fn of(ledger: &'a Ledger, rates: &'a [Rate], customer: &'a Customer, number: u32) -> Self {
        Self { customer, on_file: ledger.on_file(number), portfolio: ledger.portfolio, rates }
    }
}

impl Judge {
    /// Errors when a segment's patch makes an unsound policy.
    pub fn new(policy: Policy) -> Result<Self, PolicyError> {
        let mut policies = Vec::new();
        for patch in policy.segments.iter().flatten() {
            let of_segment = policy.effective(Some(&patch.segment), None)?;
            policies.push((Some(patch.segment.clone()), of_segment));
        }
        policies.insert(0, (None, policy));
        let judged = |(segment, policy)| OfSegment { segment, judges_files: judges_files(&policy), policy };
        let policies = policies.into_iter().map(judged).collect();
        Ok(Self { policies, which: 0, standing: None, unfiled: None })
    }

    /// Whether an order of this customer that was confirmed on one day still counts on another.
    pub fn counts(&self, confirmed: Date, day: Date) -> bool {
        let judged = self.policies.get(self.which);
        judged.is_some_and(|judged| judged.policy.exposure.order_counts(confirmed, day))
    }

    /// Turns to another customer, who has nothing yet.
    pub fn turn_to(&mut self, known: Known<'_>) {
        let Known { customer, on_file, .. } = known;
        let own = |judged: &OfSegment| judged.segment.is_some() && judged.segment == customer.segment;
        self.which = self.policies.iter().position(own).unwrap_or(0);
        self.unfiled = None;
        let Some(OfSegment { policy, judges_files, .. }) = self.policies.get(self.which) else { return };
        let nothing = Standing::of(customer, &[], &[], None);
        self.standing = nothing.ok().map(|standing| Standing { currency: policy.currency, ..standing });
        if let Some(standing) = &mut self.standing
            && (on_file.is_some() || *judges_files)
        {
            let nothing = CreditFile::default();
            let file = on_file.map_or(&nothing, |on_file| &on_file.file);
            // All checks rather than the newest: the check of a day looks at those made by then.
            let check =
                |check: &Screening| ScreeningOnFile { kind: check.kind, date: check.date, hit: check.found.is_some() };
            let screenings = Some(file.screenings.iter().map(check).collect());
            standing.further = Further { screenings, ..Further::default().with_file(file) };
        }
    }

    /// Assesses the customer at the beginning of a day and grants what comes of it. Where a rate is missing nothing is.
    pub fn assess(&mut self, known: Known<'_>, sweep: &Sweep, day: Date) -> Result<(), MoneyError> {
        let Some(OfSegment { policy, judges_files, .. }) = self.policies.get(self.which) else { return Ok(()) };
        let Known { customer, on_file, portfolio, rates } = known;
        let read = sweep.read(policy, rates, day);
        let read = read.map_err(AssessError::from);
        let evidence = read.and_then(|read| evidence_of(policy, customer, read, rates, day));
        let granted = evidence.map_err(FullAssessError::from).and_then(|first| {
            if policy.scoring.is_none() {
                return Ok(plain(policy, &first)?);
            }
            let begun = on_file.is_some() || *judges_files;
            full_assessment::granted(policy, supposed(&mut self.unfiled, policy, known, (first, begun), day)?, day)
        });
        let granted = match granted {
            Ok(granted) => Some(granted),
            // A section is only asked for where there are cards.
            Err(
                FullAssessError::Conversion(ConversionError::MissingRate { .. }) | FullAssessError::MissingSection(_),
            ) => None,
            Err(FullAssessError::Conversion(ConversionError::Money(error)) | FullAssessError::Money(error)) => {
                return Err(error);
            }
        };
        if let Some(standing) = &mut self.standing {
            let until = Some(plus_days(day, u32::from(policy.limit.valid_days)));
            (standing.grade, standing.limit, standing.terms) = match granted {
                Some(Granted { grade, limit, terms }) => (
                    Some(GradeInForce { grade, since: day }),
                    Some(LimitInForce { limit, since: day, until }),
                    Some(terms),
                ),
                None => (None, None, None),
            };
            let further = &mut standing.further;
            if further.agreements.is_some()
                && let Some(rule) = &policy.credit_file
            {
                let nothing = CreditFile::default();
                let file = on_file.map_or(&nothing, |on_file| &on_file.file);
                further.complete = Some(complete(rule, customer, file, day));
            }
            let all = portfolio.map(|all| RatesOn::new(rates, day).convert(all, policy.currency));
            further.portfolio = match all {
                Some(Err(ConversionError::Money(error))) => return Err(error),
                other => other.and_then(Result::ok),
            };
        }
        Ok(())
    }

    /// What the order check says, and the rule that decides.
    pub fn verdict(
        &mut self,
        known: Known<'_>,
        sweep: &mut Sweep,
        order: &Order,
        day: Date,
    ) -> Result<(Verdict, Option<Rule>), MoneyError> {
        let nothing = Ok((Verdict::Hold, None));
        let Some(OfSegment { policy, .. }) = self.policies.get(self.which) else { return nothing };
        let Some(standing) = &mut self.standing else { return nothing };
        sweep.fill(standing, policy, known.rates, order.amount.currency(), day)?;
        standing.stage = stage_on(known, day);
        if let Some(on_file) = known.on_file.filter(|on_file| !on_file.covers.is_empty())
            && let Some(rule) = &policy.cover
        {
            let exposed = exposure(standing, &policy.exposure, day)?;
            let exposed =
                if exposed.currency() == standing.currency { exposed } else { Money::zero(standing.currency) };
            standing.further.cover = Some(cover(rule, &on_file.covers, exposed, known.rates, day)?);
        }
        let answer = order_check(policy, standing, order, day)?;
        Ok((answer.verdict, answer.reasons.first().map(|reason| reason.rule)))
    }
}

/// Where the customer stood on a day: what its file says of its steps; without a word on them in business.
fn stage_on(known: Known<'_>, day: Date) -> Stage {
    let steps = known.on_file.filter(|on_file| !on_file.file.stages.is_empty());
    steps.and_then(|on_file| stage(&on_file.file, day)).unwrap_or(Stage::Active)
}

/// What the full assessment looks at on a day. What was read of a customer without a file once is kept: only what the
/// ledger says of it moves.
fn supposed<'e>(
    unfiled: &'e mut Option<FullEvidence>,
    policy: &Policy,
    known: Known<'_>,
    (first, begun): (Evidence, bool),
    day: Date,
) -> Result<&'e FullEvidence, FullAssessError> {
    let Known { on_file, portfolio, rates, .. } = known;
    if on_file.is_none()
        && let Some(kept) = unfiled
    {
        kept.dossier.figures = first.profile;
        kept.basis.need = first.need;
        kept.basis.yearly_sales = yearly_sales(&first.behaviour);
        kept.behaviour = first.behaviour;
        if let Some(all) = portfolio.filter(|all| all.currency() != policy.currency) {
            kept.basis.portfolio = Some(RatesOn::new(rates, day).convert(all, policy.currency)?);
        }
        return Ok(kept);
    }
    let empty = OnFile::default();
    let OnFile { file, covers, given } = on_file.unwrap_or(&empty);
    let beside = Beside {
        stage: stage_on(known, day),
        file,
        covers,
        market_value: None,
        portfolio,
        given: given.as_ref(),
        rates,
    };
    let mut evidence = evidence_from(policy, &beside, first, day)?;
    if !begun {
        // Nobody has said that there is no agreement.
        evidence.terms_at_most = None;
    }
    Ok(unfiled.insert(evidence))
}

/// What [`crate::questions::assess::assess`] would propose, without the lines that explain it.
fn plain(policy: &Policy, evidence: &Evidence) -> Result<Granted, MoneyError> {
    let (points, confidence) = policy.scorecard.points(&evidence.profile);
    let rank = policy.grade.rank_of(points, confidence, &evidence.profile);
    let grade = policy.grade.bands.get(rank).map(|band| band.grade.clone()).unwrap_or_default();
    let (limit, terms) = policy.limit.granted(&grade, &evidence.need)?;
    Ok(Granted { grade, limit, terms })
}
