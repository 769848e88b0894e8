//! The pass of the second kind: score, caps, grade, limit by all methods, security, over-limit, verdict on open orders and
//! provision of every customer, as the full assessment gives them ([`crate::questions::full_assessment`]).
//!
//! [`FullPortfolio::of`] lays a book out once, whatever the policy; [`Banded::of`] sorts its receivables once for the
//! bands of a policy. [`FullPortfolio::pass`] is then integers only and allocates nothing per customer. Dossiers are taken
//! as they were read: how old a statement or a check may be was judged when they were.

use super::WhatIfError;
use super::coded::{CLEAR, CodedCard, CodedGrades, HIT, Scored};
use super::columns::{Column, UNKNOWN};
use super::layout::{Group, Layout, Row, UNTOLD, blocks, own_days};
use super::limits::{BEYOND, CodedLimits, METHODS};
use super::reserves::{Banded, Debt};
use crate::facts::calendar::Date;
use crate::facts::credit_file::ScreeningKind;
use crate::facts::id::CustomerId;
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money};
use crate::facts::number::{Points, Ratio};
use crate::questions::full_assessment::{FullEvidence, sections};
use crate::readings::exchange::RatesOn;
use crate::readings::papers::ScreeningState;
use crate::readings::standing::Position;
use crate::rules::limit_methods::LimitMethod;
use crate::rules::order_check::Verdict;
use crate::rules::policy::Policy;
use crate::rules::provision::{Receivable, Settled};
use crate::rules::rating::{GradeOverride, RatingRules};
use crate::rules::scorecard::Characteristic;
use crate::rules::scoring::{CardName, Dossier, Measure, Value, card_name};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One customer as the portfolio takes it in; amounts of evidence and position in the policy's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FullMember {
    /// Who.
    pub customer: CustomerId,
    /// What it is assessed on.
    pub evidence: FullEvidence,
    /// Where it stands.
    pub position: Position,
    /// What is provided for; the grade that counts is the pass's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receivables: Vec<Receivable>,
}

/// A book's customers, laid out for passes of the second kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullPortfolio {
    pub(super) layout: Layout,
    pub(super) currency: Currency,
    pub(super) as_of: Date,
    /// Grades that people gave, by row.
    overrides: Vec<(usize, GradeOverride)>,
    /// In the order of the rows.
    pub(super) debts: Vec<Debt>,
    /// The names of the portfolios of its receivables.
    pub(super) portfolios: Vec<String>,
}

/// What a policy gives one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullOutcome {
    /// The score.
    pub points: Points,
    /// The share of the weight that stood on known and trusted values.
    pub confidence: Ratio,
    /// The place of the grade by score alone among the policy's bands, 0 being the best.
    pub by_score: u8,
    /// The place of the best grade that knock-outs, checks and confidence leave; 0 when all are left.
    pub capped: u8,
    /// The place of the grade in the end, an override considered.
    pub rank: u8,
    /// The place of the binding method.
    pub(super) binding: u8,
    /// Whether exposure is beyond limit and tolerance.
    pub over: bool,
    /// The verdict on the customer's open orders; approve when there are none.
    pub verdict: Verdict,
    /// The limit in minor units, once what it needs is secured; zero when there is none.
    pub limit: i64,
    /// What of the security is lacking, in minor units.
    pub short: i64,
    /// What is provided for its receivables, in minor units; zero when nobody told the bands.
    pub provision: i64,
}

impl FullOutcome {
    /// The method that binds; absent when the grade gets no limit or the methods cannot be told.
    pub fn binding(&self) -> Option<LimitMethod> {
        METHODS.get(usize::from(self.binding)).copied()
    }

    /// Whether a method's amount leaves the range of money, so that no limit can be told; none is given.
    pub const fn untold(&self) -> bool {
        self.binding == BEYOND
    }
}

/// Reads a value of a measure, and whether it is marked.
fn read(dossier: &Dossier, measure: &Measure) -> (Option<Value>, bool) {
    (dossier.value(measure), dossier.is_marked(measure))
}

impl FullPortfolio {
    /// Lays members out.
    ///
    /// # Errors
    ///
    /// [`WhatIfError::Currency`] when a position or a basis is in another currency; [`WhatIfError::Conversion`] when a
    /// receivable has no rate.
    pub fn of(members: &[FullMember], currency: Currency, rates: &[Rate], as_of: Date) -> Result<Self, WhatIfError> {
        let group = |member: &FullMember| Group {
            card: card_name(member.evidence.stage),
            statement: member.evidence.dossier.statement.map(|basis| (basis.audit, basis.source)),
        };
        let mut ordered: Vec<(Group, &FullMember)> = members.iter().map(|member| (group(member), member)).collect();
        // A stable sort: within a group the order given stays.
        ordered.sort_by_key(|(group, _)| *group);
        let mut groups: Vec<Group> = ordered.iter().map(|(group, _)| *group).collect();
        groups.dedup();
        let of_row: Vec<usize> = ordered.iter().map(|(group, _)| groups.binary_search(group).unwrap_or(0)).collect();
        let members: Vec<&FullMember> = ordered.into_iter().map(|(_, member)| member).collect();
        let rows = members.iter().map(|member| row(member, currency)).collect::<Result<Vec<_>, _>>()?;
        let mut book = Self {
            layout: Layout {
                customers: members.iter().map(|member| member.customer).collect(),
                columns: columns(&members),
                screenings: screenings(&members),
                blocks: blocks(&groups, &of_row, &rows),
                groups,
                rows,
            },
            currency,
            as_of,
            overrides: Vec::new(),
            debts: Vec::new(),
            portfolios: Vec::new(),
        };
        let rates = RatesOn::new(rates, as_of);
        let names: BTreeSet<&String> =
            members.iter().flat_map(|member| &member.receivables).map(|receivable| &receivable.portfolio).collect();
        book.portfolios = names.into_iter().cloned().collect();
        for (place, member) in members.iter().enumerate() {
            if let Some(given) = &member.evidence.given {
                book.overrides.push((place, given.clone()));
            }
            for receivable in &member.receivables {
                let own = Settled { arose: receivable.arose, due: receivable.due };
                let minor = |amount: Money| rates.convert(amount, currency).map(Money::minor);
                let recoverable =
                    receivable.specific.as_ref().map(|specific| minor(specific.recoverable)).transpose()?;
                let portfolio = book.portfolios.binary_search(&receivable.portfolio).unwrap_or(0);
                book.debts.push(Debt {
                    row: u32::try_from(place).unwrap_or(u32::MAX),
                    portfolio: u32::try_from(portfolio).unwrap_or(u32::MAX),
                    amount: minor(receivable.amount)?,
                    age: receivable.settled.unwrap_or(own),
                    recoverable,
                });
            }
        }
        Ok(book)
    }

    /// How many customers there are.
    pub const fn len(&self) -> usize {
        self.layout.rows.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.layout.rows.is_empty()
    }

    /// The customers, in the order of every pass: not the one in which they were given.
    pub fn customers(&self) -> &[CustomerId] {
        &self.layout.customers
    }

    pub(super) fn customer(&self, row: usize) -> CustomerId {
        self.layout.customers.get(row).copied().unwrap_or(CustomerId(uuid::Uuid::nil()))
    }

    /// Runs a policy over every customer. With `banded`, made for the policy's rule, each gets a provision.
    ///
    /// # Errors
    ///
    /// [`WhatIfError::Assessment`] when the policy lacks a section, [`WhatIfError::Currency`] when it has another
    /// currency, [`WhatIfError::OtherBands`] when it sorts receivables in another way than `banded`,
    /// [`WhatIfError::Provision`] when its loss rates can't be told.
    pub fn pass(&self, policy: &Policy, banded: Option<&Banded>) -> Result<Vec<FullOutcome>, WhatIfError> {
        let (scoring, methods) = sections(policy)?;
        if policy.currency != self.currency {
            return Err(WhatIfError::Currency { expected: self.currency, given: policy.currency });
        }
        let reserve = match (banded, &policy.provision) {
            (Some(banded), Some(rule)) => Some((banded, banded.rates(rule, &policy.grade)?)),
            _ => None,
        };
        let rules = RatingRules { grade: &policy.grade, scoring, file: policy.credit_file.as_ref() };
        let layout = &self.layout;
        let cards: Vec<CodedCard<'_>> =
            layout.groups.iter().map(|group| CodedCard::second(&rules, *group, layout)).collect();
        let grades = CodedGrades::second(policy, &rules, layout);
        let limits = CodedLimits::of(policy, Some(methods));
        let most = [(CardName::Customer, &scoring.customer), (CardName::Prospect, &scoring.prospect)];
        let most: BTreeMap<CardName, i32> = most
            .into_iter()
            .map(|(name, card)| (name, card.lines.iter().fold(0, |sum, line| line.weight.units().saturating_add(sum))))
            .collect();
        let mut overrides = self.overrides.iter().peekable();
        let mut outcomes = Vec::with_capacity(layout.rows.len());
        let mut scored = Scored::new();
        for block in &layout.blocks {
            let (Some(card), Some(group)) = (cards.get(block.group), layout.groups.get(block.group)) else { continue };
            scored.run(block, card, &grades);
            let whole = most.get(&group.card).copied().unwrap_or(10_000);
            let rows = layout.rows.get(block.start..block.start.saturating_add(block.len)).unwrap_or_default();
            let plain = block.reach.within(limits.most);
            let ranks = scored.by_score.iter().zip(&scored.capped).zip(scored.packed());
            for ((place, row), ((by_score, capped), packed)) in (block.start..).zip(rows).zip(ranks) {
                let mut rank = usize::try_from(*by_score.max(capped)).unwrap_or_default();
                if let Some((_, given)) = overrides.next_if(|(row, _)| *row == place) {
                    let capped = usize::try_from(*capped).unwrap_or_default();
                    rank = rules.judge(given, rank, capped, self.as_of).map_or(rank, |(rank, _)| rank);
                }
                let short = plain || row.reach().within(limits.most);
                let given = if short { limits.short_way(rank, row) } else { limits.long_way(rank, row) };
                let limit = given.limit;
                let over = if short { limits.over_short(row, limit) } else { limits.over_long(row, limit) };
                let (points, known) = Scored::score(*packed);
                // A sound card's weights add up to 10,000, and then the confidence is the known weight.
                let confidence = if whole == 10_000 {
                    Ratio::from_units(i64::from(known).wrapping_mul(100))
                } else {
                    Ratio::of(known.into(), whole.into()).unwrap_or_default()
                };
                let small = |rank: i32| u8::try_from(rank).unwrap_or(u8::MAX);
                outcomes.push(FullOutcome {
                    points: Points::from_units(points),
                    confidence,
                    by_score: small(*by_score),
                    capped: small(*capped),
                    rank: u8::try_from(rank).unwrap_or(u8::MAX),
                    binding: given.binding,
                    over,
                    verdict: limits.verdict(row, rank, limit, over),
                    limit,
                    short: given.short,
                    provision: 0,
                });
            }
        }
        if let Some((banded, rates)) = &reserve {
            for (row, outcome) in outcomes.iter_mut().enumerate() {
                outcome.provision = banded.of_row(rates, row, usize::from(outcome.rank));
            }
        }
        Ok(outcomes)
    }
}

/// Every measure that some member has a value of.
fn columns(members: &[&FullMember]) -> BTreeMap<Measure, Column> {
    let mut measures: BTreeSet<Measure> =
        Characteristic::ALL.into_iter().map(|figure| Measure::Figure { figure }).collect();
    for member in members {
        let dossier = &member.evidence.dossier;
        measures.extend(dossier.ratios.keys().map(|ratio| Measure::Ratio { ratio: *ratio }));
        measures.extend(dossier.altman.keys().map(|model| Measure::Altman { model: *model }));
        for category in dossier.words.keys() {
            let measure = Measure::Appraisal { category: category.clone() };
            if !measures.contains(&measure) {
                measures.insert(measure);
            }
        }
    }
    let column = |measure: Measure| {
        let values: Vec<(Option<Value>, bool)> =
            members.iter().map(|member| read(&member.evidence.dossier, &measure)).collect();
        values.iter().any(|(value, _)| value.is_some()).then(|| (measure, Column::of(&values)))
    };
    measures.into_iter().filter_map(column).collect()
}

fn screenings(members: &[&FullMember]) -> BTreeMap<ScreeningKind, Vec<i32>> {
    let kinds: BTreeSet<ScreeningKind> =
        members.iter().flat_map(|member| member.evidence.dossier.screenings.keys().copied()).collect();
    let place = |member: &&FullMember, kind: ScreeningKind| match member.evidence.dossier.screenings.get(&kind) {
        Some(ScreeningState::Hit { .. }) => HIT,
        Some(ScreeningState::Clear { .. }) => CLEAR,
        Some(ScreeningState::NotChecked | ScreeningState::TooOld { .. }) | None => UNKNOWN,
    };
    kinds.into_iter().map(|kind| (kind, members.iter().map(|member| place(member, kind)).collect())).collect()
}

fn row(member: &FullMember, currency: Currency) -> Result<Row, WhatIfError> {
    let minor = |amount: Money| {
        if amount.currency() == currency {
            Ok(amount.minor())
        } else {
            Err(WhatIfError::Currency { expected: currency, given: amount.currency() })
        }
    };
    let known = |amount: Option<Money>| amount.map_or(Ok(UNTOLD), minor);
    let (basis, position) = (&member.evidence.basis, &member.position);
    let overdue = minor(position.overdue)?;
    Ok(Row {
        per_day: known(basis.need.per_day)?,
        capital: known(basis.need.capital)?,
        net_worth: known(basis.tangible_net_worth)?,
        working_capital: known(basis.working_capital)?,
        turnover: known(basis.turnover)?,
        sales: known(basis.yearly_sales)?,
        portfolio: known(basis.portfolio)?,
        security: basis.security.map_or(Ok(0), minor)?,
        exposure: minor(position.exposure.total)?,
        orders: minor(position.exposure.orders)?,
        overdue,
        overdue_share: Ratio::of(overdue, minor(position.exposure.open_items)?).unwrap_or_default().units(),
        oldest_days: position.oldest_days,
        own_days: own_days(&basis.need),
    })
}
