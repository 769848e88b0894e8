//! The file: agreement, licences, checks, completeness, review.
//!
//! Only a part that the book keeps is judged; what is kept and not there is missing. Licences and checks say whether to do
//! business at all and are judged whatever the terms; the others matter only where credit is asked for.

use super::judge::Bench;
use super::order_rules::{LicenceRule, ScreeningsRule};
use super::{Finding, Reason, Rule, Verdict, Version};
use crate::facts::calendar::{Date, days_between};
use crate::facts::credit_file::ScreeningKind;
use crate::facts::terms::Terms;
use crate::readings::papers::{AgreementState, LicenceState, best_licence};
use crate::readings::standing::{AgreementOnFile, LicenceOnFile, ScreeningOnFile};

/// Without a valid signed agreement: cash only (无有效协议只做现结). One that the customer has broken and not made good counts
/// like none: its terms are what it gave up.
pub(super) fn agreement(bench: &Bench<'_>) -> Option<Reason> {
    let rule = bench.rules.agreement?;
    let agreements = bench.standing.further.agreements.as_ref()?;
    let rank = |state: &AgreementState| match state {
        AgreementState::InForce { until, .. } => (3, until.unwrap_or(Date::MAX)),
        AgreementState::Over { until, .. } => (2, *until),
        AgreementState::NotYet { from } => (1, *from),
        AgreementState::NotSigned => (0, Date::MIN),
    };
    let breached = |agreement: &AgreementOnFile| {
        if bench.version < Version::Fifth { None } else { agreement.breached(bench.as_of) }
    };
    let states = agreements.iter().map(|agreement| (agreement.to_agreement().state(bench.as_of), breached(agreement)));
    // Of two in force one without a breach counts.
    let best = states.max_by_key(|(state, breached)| (rank(state).0, breached.is_none(), rank(state).1));
    let in_force = |state: &AgreementState| matches!(state, AgreementState::InForce { .. });
    let (stands, breached) = best.map_or((None, None), |(state, breached)| {
        let breached = breached.filter(|_| in_force(&state));
        (Some(state), breached)
    });
    let without = bench.policy.without_agreement.unwrap_or(Terms::Prepaid);
    let looser = bench.asks && bench.order.terms.looseness(without).is_gt();
    let verdict = match &stands {
        _ if !looser => Verdict::Approve,
        Some(AgreementState::InForce { .. }) if breached.is_some() => rule.breached.unwrap_or(rule.missing),
        Some(AgreementState::InForce { .. }) => Verdict::Approve,
        Some(AgreementState::Over { days, .. }) => rule.ended.verdict(*days),
        _ => rule.missing,
    };
    Some(Reason::of(Rule::Agreement, verdict, Finding::Agreement { stands, without, breached }))
}

/// Whether an agreement in force lets us withhold documents; absent when the book keeps none.
pub(super) fn clause(bench: &Bench<'_>) -> Option<bool> {
    let agreements = bench.standing.further.agreements.as_ref()?;
    let in_force = |state: AgreementState| matches!(state, AgreementState::InForce { .. });
    let gives = agreements.iter().filter(|agreement| agreement.withholding);
    Some(gives.map(|agreement| agreement.to_agreement().state(bench.as_of)).any(in_force))
}

/// Each licence that is asked for and isn't good; when all are, the one that ends first.
pub(super) fn licences(bench: &Bench<'_>) -> Vec<Reason> {
    let Some(on_file) = &bench.standing.further.licences else { return Vec::new() };
    let judged = bench.rules.licences.iter().map(|rule| {
        let stands = licence(on_file, &rule.licence, bench.as_of);
        (licence_verdict(rule, &stands), rule, stands)
    });
    let ends = |stands: &LicenceState| match stands {
        LicenceState::Valid { until, .. } => until.unwrap_or(Date::MAX),
        _ => Date::MIN,
    };
    let reason = |(verdict, rule, stands): (Verdict, &LicenceRule, LicenceState)| {
        Reason::of(Rule::Licence, verdict, Finding::Licence { licence: rule.licence.clone(), stands })
    };
    let (good, bad): (Vec<_>, Vec<_>) = judged.partition(|(verdict, ..)| *verdict == Verdict::Approve);
    if bad.is_empty() {
        return good.into_iter().min_by_key(|(_, _, stands)| ends(stands)).map(reason).into_iter().collect();
    }
    bad.into_iter().map(reason).collect()
}

/// The best that is on file of a kind.
fn licence(on_file: &[LicenceOnFile], kind: &str, as_of: Date) -> LicenceState {
    let of_kind = on_file.iter().filter(|licence| licence.kind == kind);
    best_licence(of_kind.map(|licence| licence.to_licence().state(as_of)))
}

fn licence_verdict(rule: &LicenceRule, stands: &LicenceState) -> Verdict {
    match stands {
        LicenceState::Valid { .. } => Verdict::Approve,
        LicenceState::Expired { days, .. } => rule.ended.verdict(*days),
        LicenceState::NotYet { .. } | LicenceState::Revoked { .. } | LicenceState::NotOnFile => rule.missing,
    }
}

/// Each check that is asked for and is missing, too old or found something; when none is, the oldest. A finding stays one
/// however old it is: not looking again never makes a customer better.
pub(super) fn screenings(bench: &Bench<'_>) -> Vec<Reason> {
    let (Some(rule), Some(on_file)) = (&bench.rules.screenings, &bench.standing.further.screenings) else {
        return Vec::new();
    };
    let kinds = rule.kinds.iter().filter_map(|kind| screening(bench, rule, on_file, *kind));
    let (good, bad): (Vec<_>, Vec<_>) = kinds.partition(|(_, reason)| reason.verdict == Verdict::Approve);
    if bad.is_empty() {
        return good.into_iter().max_by_key(|(age, _)| *age).map(|(_, reason)| reason).into_iter().collect();
    }
    bad.into_iter().map(|(_, reason)| reason).collect()
}

/// One check with its age; absent when the policy doesn't say how old it may be.
fn screening(
    bench: &Bench<'_>,
    rule: &ScreeningsRule,
    on_file: &[ScreeningOnFile],
    kind: ScreeningKind,
) -> Option<(i32, Reason)> {
    let max_age_days = bench.policy.screening_max_age_days(kind)?;
    let newest = on_file.iter().filter(|check| check.kind == kind && check.date <= bench.as_of);
    let newest = newest.max_by_key(|check| (check.date, check.hit));
    let age_days = newest.map(|check| days_between(check.date, bench.as_of));
    let verdict = match newest {
        None => rule.missing,
        Some(check) if check.hit => rule.hit,
        Some(_) => rule.stale.verdict(age_days.unwrap_or(0).saturating_sub(i32::from(max_age_days))),
    };
    let (date, hit) = (newest.map(|check| check.date), newest.is_some_and(|check| check.hit));
    let finding = Finding::Screening { screening: kind, date, age_days, max_age_days, hit };
    Some((age_days.unwrap_or(i32::MAX), Reason::of(Rule::Screening, verdict, finding)))
}

/// How complete the file is.
pub(super) fn file(bench: &Bench<'_>) -> Option<Reason> {
    let rule = bench.rules.file?;
    let complete = bench.standing.further.complete?;
    let verdict = if complete < rule.least { rule.below } else { Verdict::Approve };
    Some(Reason::of(Rule::File, bench.on_credit(verdict), Finding::File { complete, least: rule.least }))
}

/// Whether the review is due.
pub(super) fn review(bench: &Bench<'_>) -> Option<Reason> {
    let rule = bench.rules.review?;
    let review = bench.standing.further.review?;
    let late_days = days_between(review.due, bench.as_of);
    let finding = Finding::Review { last: review.last, due: review.due, late_days };
    Some(Reason::of(Rule::Review, bench.on_credit(rule.verdict(late_days)), finding))
}
