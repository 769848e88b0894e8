//! The credit file's rule: how old a check may be, what a file must hold, and what each step of a customer's life takes.
//!
//! One list of needs serves both completeness and checklists: a [`Need`] is met or it isn't, and then says why. A list can
//! be given for a segment; customers of other segments get the list that names none. Completeness is the share of the
//! needs' weights that is met. What runs out is pointed out before it does ([`Lapse`]).

mod lapse;

pub use lapse::{Lapse, Paper};

use super::grade::GradeRule;
use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Date, days_between};
use crate::facts::credit_file::{CreditFile, ReferenceKind, ScreeningKind};
use crate::facts::customer::{Customer, Stage};
use crate::facts::financials::Audit;
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use crate::readings::papers::{
    AgreementState, LicenceState, ScreeningState, StageFault, agreement, appraisal, licence, screening, stage_faults,
};
use serde::{Deserialize, Serialize};

/// What a credit file must hold, and how new it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditFileRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// How old a check may be, and what a finding does to the grade.
    pub screenings: Vec<ScreeningRule>,
    /// How long after its end a financial statement is read, in days.
    pub statement_max_age_days: u16,
    /// How long our own word on something is good, in days.
    pub appraisal_max_age_days: u16,
    /// Licences and agreements that end within so many days are pointed out.
    pub warn_days: u16,
    /// The loosest terms without an agreement in force: 无有效协议只做现结.
    pub without_agreement: Terms,
    /// What makes a file complete.
    pub complete: Vec<NeedList>,
    /// Which steps there are, and what each takes.
    pub steps: Vec<StepRule>,
}

/// How one kind of check is treated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScreeningRule {
    /// What is looked for.
    pub kind: ScreeningKind,
    /// After so many days a clear check says nothing any more.
    pub max_age_days: u16,
    /// The best grade that is left when something was found; absent: a finding caps nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<String>,
}

/// Needs of one segment, or of all that have no list of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NeedList {
    /// The segment; absent: of every other one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// What is needed.
    pub needs: Vec<WeightedNeed>,
}

/// A need and how much it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WeightedNeed {
    /// What.
    pub need: Need,
    /// How much it counts among the others.
    pub weight: u16,
}

/// A step from one stage to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepRule {
    /// From here …
    pub from: Stage,
    /// … to here.
    pub to: Stage,
    /// The checklist by segment; weights are of no matter here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<NeedList>,
}

/// Something that a file must hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FileNeed"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Need {
    /// Its unified social credit code.
    CreditCode,
    /// Who represents it by law.
    LegalRepresentative,
    /// Registered capital.
    RegisteredCapital,
    /// The day it was founded.
    Founded,
    /// What it may do by its licence.
    BusinessScope,
    /// Its trade.
    Industry,
    /// The group of customers that policy treats alike.
    Segment,
    /// The salesperson who answers for it.
    Salesperson,
    /// Somebody to call.
    Contact,
    /// An address.
    Address,
    /// A financial statement that is new enough and adds up.
    Statement,
    /// Such a statement with an auditor's opinion that isn't adverse and not disclaimed.
    AuditedStatement,
    /// A licence that is good.
    Licence {
        /// Which.
        licence: String,
    },
    /// An agreement in force without an open breach.
    Agreement,
    /// A check that is new enough and found nothing.
    Screening {
        /// Which.
        screening: ScreeningKind,
    },
    /// A reference.
    Reference {
        /// By whom.
        reference: ReferenceKind,
    },
    /// Our own word on something, new enough.
    Appraisal {
        /// On what.
        category: String,
    },
}

/// Why a need isn't met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "why", rename_all = "snake_case", deny_unknown_fields)]
pub enum Unmet {
    /// It isn't on file.
    NotOnFile,
    /// It is too old.
    TooOld {
        /// Of when.
        date: Date,
        /// Days since then.
        age_days: i32,
    },
    /// It is over.
    Expired {
        /// Its last day.
        until: Date,
    },
    /// It begins later.
    NotYet {
        /// Its first day.
        from: Date,
    },
    /// It was taken away.
    Revoked {
        /// When.
        date: Date,
    },
    /// Not both have signed it.
    NotSigned,
    /// It was broken, and that wasn't made good.
    Breached {
        /// When.
        date: Date,
    },
    /// The check found something.
    Found {
        /// What.
        found: String,
    },
    /// The statement doesn't add up.
    DoesNotAddUp,
    /// Nobody audited it, or the auditor wouldn't vouch for it.
    NotAudited {
        /// What the auditor says.
        audit: Audit,
    },
    /// The policy doesn't say how old such a check may be.
    NoRule,
}

/// A need that isn't met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MissingNeed {
    /// What.
    pub need: Need,
    /// Why not.
    pub reason: Unmet,
}

/// How complete a file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    /// The share of the weights that is met; one when nothing is asked for.
    pub share: Ratio,
    /// What is met.
    pub met: Vec<Need>,
    /// What isn't.
    pub missing: Vec<MissingNeed>,
}

/// Whether a customer may take a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepAnswer {
    /// From here …
    pub from: Stage,
    /// … to here.
    pub to: Stage,
    /// Whether the policy knows such a step.
    pub known: bool,
    /// What the checklist still lacks.
    pub missing: Vec<MissingNeed>,
    /// What is wrong with the steps so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<StageFault>,
    /// Whether it may be approved: known, nothing lacking, nothing wrong.
    pub ready: bool,
}

impl CreditFileRule {
    /// How one kind of check is treated.
    pub fn screening(&self, kind: ScreeningKind) -> Option<&ScreeningRule> {
        self.screenings.iter().find(|rule| rule.kind == kind)
    }

    /// Whether a need is met on a day.
    ///
    /// # Errors
    ///
    /// [`Unmet`]: why it isn't.
    pub fn check_need(&self, need: &Need, customer: &Customer, file: &CreditFile, as_of: Date) -> Result<(), Unmet> {
        let on_file = |there: bool| if there { Ok(()) } else { Err(Unmet::NotOnFile) };
        match need {
            Need::CreditCode => on_file(customer.credit_code.is_some()),
            Need::LegalRepresentative => on_file(file.legal_representative.is_some()),
            Need::RegisteredCapital => on_file(customer.registered_capital.is_some()),
            Need::Founded => on_file(customer.founded.is_some()),
            Need::BusinessScope => on_file(file.business_scope.is_some()),
            Need::Industry => on_file(customer.industry.is_some()),
            Need::Segment => on_file(customer.segment.is_some()),
            Need::Salesperson => on_file(customer.salesperson.is_some()),
            Need::Contact => on_file(customer.contact.is_some()),
            Need::Address => on_file(!file.addresses.is_empty()),
            Need::Statement => self.check_statement(file, as_of, false),
            Need::AuditedStatement => self.check_statement(file, as_of, true),
            Need::Licence { licence: kind } => check_licence(file, kind, as_of),
            Need::Agreement => check_agreement(file, as_of),
            Need::Screening { screening: kind } => {
                let rule = self.screening(*kind).ok_or(Unmet::NoRule)?;
                match screening(file, *kind, rule.max_age_days, as_of) {
                    ScreeningState::Clear { .. } => Ok(()),
                    ScreeningState::Hit { found, .. } => Err(Unmet::Found { found }),
                    ScreeningState::NotChecked => Err(Unmet::NotOnFile),
                    ScreeningState::TooOld { date, age_days } => Err(Unmet::TooOld { date, age_days }),
                }
            }
            Need::Reference { reference } => {
                on_file(file.references.iter().any(|given| given.kind == *reference && given.date <= as_of))
            }
            Need::Appraisal { category } => {
                if appraisal(file, category, self.appraisal_max_age_days, as_of).is_some() {
                    return Ok(());
                }
                let old = file.appraisals.iter().filter(|word| word.category == *category && word.date <= as_of);
                Err(too_old(old.map(|word| word.date).max(), as_of))
            }
        }
    }

    fn check_statement(&self, file: &CreditFile, as_of: Date, audited: bool) -> Result<(), Unmet> {
        let due =
            |audit: Audit| !matches!(audit, Audit::Adverse | Audit::Disclaimer | Audit::Reviewed | Audit::Unaudited);
        let newest = file
            .statements
            .iter()
            .filter(|statement| statement.end <= as_of)
            .max_by_key(|statement| (statement.end, audited && due(statement.audit), statement.months));
        let Some(newest) = newest else { return Err(Unmet::NotOnFile) };
        if days_between(newest.end, as_of) > i32::from(self.statement_max_age_days) {
            return Err(too_old(Some(newest.end), as_of));
        }
        if audited && !due(newest.audit) {
            return Err(Unmet::NotAudited { audit: newest.audit });
        }
        if newest.is_sound() { Ok(()) } else { Err(Unmet::DoesNotAddUp) }
    }

    /// How complete a file is on a day, by the list of the customer's segment.
    pub fn completeness(&self, customer: &Customer, file: &CreditFile, as_of: Date) -> Completeness {
        let needs = list_for(&self.complete, customer).map_or(&[][..], |list| &list.needs);
        let (mut have, mut all) = (0_i64, 0_i64);
        let (mut met, mut missing) = (Vec::new(), Vec::new());
        for WeightedNeed { need, weight } in needs {
            all = all.saturating_add(i64::from(*weight));
            match self.check_need(need, customer, file, as_of) {
                Ok(()) => {
                    have = have.saturating_add(i64::from(*weight));
                    met.push(need.clone());
                }
                Err(reason) => missing.push(MissingNeed { need: need.clone(), reason }),
            }
        }
        Completeness { share: Ratio::of(have, all).unwrap_or(Ratio::ONE), met, missing }
    }

    /// Whether a customer may go from where it stands to another stage on a day.
    pub fn step(&self, customer: &Customer, file: &CreditFile, to: Stage, as_of: Date) -> StepAnswer {
        let from = crate::readings::papers::stage(file, as_of).unwrap_or(customer.stage);
        let rule = self.steps.iter().find(|rule| (rule.from, rule.to) == (from, to));
        let needs = rule.and_then(|rule| list_for(&rule.needs, customer)).map_or(&[][..], |list| &list.needs);
        let lacking = |listed: &WeightedNeed| {
            let reason = self.check_need(&listed.need, customer, file, as_of).err()?;
            Some(MissingNeed { need: listed.need.clone(), reason })
        };
        let missing: Vec<MissingNeed> = needs.iter().filter_map(lacking).collect();
        let faults = stage_faults(file, as_of);
        let ready = rule.is_some() && missing.is_empty() && faults.is_empty();
        StepAnswer { from, to, known: rule.is_some(), missing, faults, ready }
    }

    /// The loosest terms that a customer may have: those wanted, unless no agreement without an open breach is in force.
    pub fn terms_allowed(&self, wanted: Terms, file: &CreditFile, as_of: Date) -> Terms {
        let looser = wanted.looseness(self.without_agreement).is_gt();
        if looser { self.terms_at_most(file, as_of).unwrap_or(wanted) } else { wanted }
    }

    /// The loosest terms while no agreement without an open breach is in force; absent when one is.
    pub fn terms_at_most(&self, file: &CreditFile, as_of: Date) -> Option<Terms> {
        check_agreement(file, as_of).is_err().then_some(self.without_agreement)
    }

    /// Faults of this section of a policy.
    pub(super) fn check(&self, grades: &GradeRule, faults: &mut Faults) {
        for (i, rule) in self.screenings.iter().enumerate() {
            let at = |field: &str| format!("credit_file.screenings[{i}].{field}");
            let known = rule.cap.as_ref().is_none_or(|cap| grades.rank(cap).is_some());
            faults.unless(known, &at("cap"), format_args!("is no grade of this policy"));
            let twice = self.screenings.iter().take(i).any(|other| other.kind == rule.kind);
            faults.unless(!twice, &at("kind"), format_args!("stands twice"));
        }
        self.check_lists("credit_file.complete", &self.complete, faults);
        for (i, step) in self.steps.iter().enumerate() {
            let path = format!("credit_file.steps[{i}]");
            faults.unless(step.from != step.to, &path, format_args!("leads nowhere"));
            let twice = self.steps.iter().take(i).any(|other| (other.from, other.to) == (step.from, step.to));
            faults.unless(!twice, &path, format_args!("stands twice"));
            self.check_lists(&format!("{path}.needs"), &step.needs, faults);
        }
    }

    fn check_lists(&self, path: &str, lists: &[NeedList], faults: &mut Faults) {
        for (i, list) in lists.iter().enumerate() {
            let twice = lists.iter().take(i).any(|other| other.segment == list.segment);
            faults.unless(!twice, &format!("{path}[{i}].segment"), format_args!("stands twice"));
            for (j, listed) in list.needs.iter().enumerate() {
                let path = format!("{path}[{i}].needs[{j}]");
                faults.unless(listed.weight > 0, &format!("{path}.weight"), format_args!("must be positive"));
                if let Need::Screening { screening } = listed.need {
                    let known = self.screening(screening).is_some();
                    faults.unless(known, &path, format_args!("has no age in credit_file.screenings"));
                }
            }
        }
    }
}

/// The list of the customer's segment, else the one that names no segment.
fn list_for<'a>(lists: &'a [NeedList], customer: &Customer) -> Option<&'a NeedList> {
    let own = lists.iter().find(|list| list.segment.is_some() && list.segment == customer.segment);
    own.or_else(|| lists.iter().find(|list| list.segment.is_none()))
}

fn too_old(date: Option<Date>, as_of: Date) -> Unmet {
    date.map_or(Unmet::NotOnFile, |date| Unmet::TooOld { date, age_days: days_between(date, as_of) })
}

fn check_licence(file: &CreditFile, kind: &str, as_of: Date) -> Result<(), Unmet> {
    match licence(file, kind, as_of) {
        LicenceState::Valid { .. } => Ok(()),
        LicenceState::NotYet { from } => Err(Unmet::NotYet { from }),
        LicenceState::Expired { until, .. } => Err(Unmet::Expired { until }),
        LicenceState::Revoked { date } => Err(Unmet::Revoked { date }),
        LicenceState::NotOnFile => Err(Unmet::NotOnFile),
    }
}

fn check_agreement(file: &CreditFile, as_of: Date) -> Result<(), Unmet> {
    if let Some(found) = agreement(file, as_of) {
        return match found.open_breaches(as_of).iter().map(|breach| breach.date).min() {
            None => Ok(()),
            Some(date) => Err(Unmet::Breached { date }),
        };
    }
    // Of those that aren't in force the one that ended last says why, else the one that comes next, else the unsigned one.
    let rank = |state: &AgreementState| match state {
        AgreementState::Over { until, .. } => (3, *until),
        AgreementState::NotYet { from } => (2, *from),
        _ => (1, Date::MIN),
    };
    match file.agreements.iter().map(|agreement| agreement.state(as_of)).max_by_key(rank) {
        None => Err(Unmet::NotOnFile),
        Some(AgreementState::Over { until, .. }) => Err(Unmet::Expired { until }),
        Some(AgreementState::NotYet { from }) => Err(Unmet::NotYet { from }),
        Some(_) => Err(Unmet::NotSigned),
    }
}
