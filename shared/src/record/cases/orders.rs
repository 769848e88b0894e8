//! What cases can ask about orders: the whole check with all that is kept of a customer, ways out, transitions.

use super::{Ask, Case, CaseRun, facts_of, patched, text, to_value};
use crate::facts::cover::Cover;
use crate::facts::id::{DecisionId, FeedNumber};
use crate::facts::ledger::Order;
use crate::questions::recheck::{OnItsWay, recheck};
use crate::questions::remedy::ways_out;
use crate::questions::retest::{Held, retest};
use crate::readings::journal::Journal;
use crate::readings::standing::{DisputeAcceptance, Further, Position, Standing};
use crate::record::decision::{Decision, OrderDecision, OrderMatter, decide_order_at, policy_digest, what_changed};
use crate::rules::commitments::{Commitments, committed};
use crate::rules::order_check::{Checkpoint, Circumstances, OrderPolicy};
use crate::rules::policy::{DEFAULT, PolicyVersion};
use crate::rules::standing::{categories, cover};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
#[allow(clippy::large_enum_variant)] // a case asks one, and keeps it boxed
pub enum OrderAsk {
    /// May we accept this order? Answers the decision's matter without the standing.
    Check {
        /// The order.
        order: Order,
        /// What is known of it besides.
        #[serde(default)]
        around: Circumstances,
        /// What is kept of the customer.
        #[serde(default)]
        kept: Kept,
    },
    /// What helps it?
    WaysOut {
        /// The order.
        order: Order,
        /// What is known of it besides.
        #[serde(default)]
        around: Circumstances,
        /// What is kept of the customer.
        #[serde(default)]
        kept: Kept,
    },
    /// What does it come to at a checkpoint?
    Recheck {
        /// The order.
        way: Box<OnItsWay>,
        /// The checkpoint.
        at: Checkpoint,
        /// What is kept of the customer.
        #[serde(default)]
        kept: Kept,
    },
    /// Which held orders go through now?
    Retest {
        /// The held orders.
        held: Vec<Held>,
        /// What is kept of the customer.
        #[serde(default)]
        kept: Kept,
    },
    /// What is kept for the order check?
    Kept {
        /// What is kept of the customer.
        #[serde(default)]
        kept: Kept,
    },
    /// What moved between two checks of an order?
    Changed {
        /// The order.
        order: Order,
        /// What was kept before.
        before: Kept,
        /// What is kept now.
        after: Kept,
    },
}

/// What a case keeps of its customer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Parts given as they are.
    #[serde(default)]
    pub further: Further,
    /// Whether the case's credit file is kept.
    #[serde(default)]
    pub file: bool,
    /// Cover on file.
    #[serde(default)]
    pub cover: Option<Vec<Cover>>,
    /// Which disputes were accepted.
    #[serde(default)]
    pub acceptances: Option<Vec<DisputeAcceptance>>,
    /// Everything that is open.
    #[serde(default)]
    pub commitments: Option<Commitments>,
    /// Whether it is kept what documents in other currencies were booked at.
    #[serde(default)]
    pub booked: bool,
}

impl OrderAsk {
    pub(super) fn answer(
        &self,
        run: &CaseRun<'_>,
        standing: impl Fn(Option<FeedNumber>) -> Result<Standing, String>,
    ) -> Result<Value, String> {
        let (policy, as_of) = (run.policy, run.case.as_of);
        let with = |kept: &Kept| {
            let standing = standing(None)?;
            let mut further = kept.further(run, &standing)?;
            // What the facts grant is kept too.
            further.temporary = further.temporary.or_else(|| standing.further.temporary.clone());
            Ok::<_, String>(Standing { further, ..standing }.with_rates(&run.case.rates()))
        };
        let decide = |kept: &Kept, order: &Order, around: &Circumstances| {
            let digest = text(policy_digest(policy))?;
            let policy = PolicyVersion { version: 1, digest, policy: policy.clone() };
            let id = DecisionId::derived(&["case"]);
            let decision = text(decide_order_at(id, &policy, with(kept)?, order.clone(), around.clone(), as_of))?;
            replays(&decision, &policy)?;
            Ok::<_, String>(decision)
        };
        match self {
            Self::Check { order, around, kept } => to_value(&decide(kept, order, around)?.judgement.matter),
            Self::WaysOut { order, around, kept } => {
                to_value(&text(ways_out(policy, &with(kept)?, order, around, as_of))?)
            }
            Self::Recheck { way, at, kept } => to_value(&text(recheck(policy, &with(kept)?, way, *at, as_of))?),
            Self::Retest { held, kept } => {
                let rule = policy.retest.as_ref().ok_or("the policy has no section 'retest'")?;
                to_value(&text(retest(policy, rule, &with(kept)?, held, as_of))?)
            }
            Self::Kept { kept } => to_value(&with(kept)?.further),
            Self::Changed { order, before, after } => {
                let around = Circumstances::default();
                to_value(&what_changed(&decide(before, order, &around)?, &decide(after, order, &around)?))
            }
        }
    }
}

/// Whether a decision comes out the same when it is judged again, and when a device judges it by what it holds of the policy.
pub(super) fn replays(decision: &OrderDecision, policy: &PolicyVersion) -> Result<(), String> {
    if !text(Decision::from(decision.clone()).replays(policy))? {
        return Err("the decision does not replay".to_owned());
    }
    let held = OrderPolicy::from(&policy.policy);
    let PolicyVersion { version, digest, .. } = policy.clone();
    let held = PolicyVersion { version, digest, policy: held };
    let OrderMatter::OrderCheck { standing, order, around, .. } = decision.judgement.matter.clone();
    if text(decide_order_at(decision.id, &held, standing, order, around, decision.judgement.as_of))? != *decision {
        return Err("a device that holds a part of the policy judges otherwise".to_owned());
    }
    Ok(())
}

/// The decision that a case about one order comes to, under a name of its own; absent when it asks something else.
///
/// # Errors
///
/// A message when the policy's patch, the facts or what is kept make nothing to judge.
pub fn decision(case: &Case, id: DecisionId) -> Result<Option<Decision>, String> {
    let plain = (Circumstances::default(), Kept::default());
    let (order, around, kept) = match &case.ask {
        Ask::OrderCheck { order } => (order, &plain.0, &plain.1),
        Ask::Order(ask) => match ask.as_ref() {
            OrderAsk::Check { order, around, kept } => (order, around, kept),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let default: Value = text(serde_json::from_str(DEFAULT))?;
    let policy = patched(&default, &case.policy)?;
    let (customer, facts) = facts_of(case, &policy, "case");
    let journal = text(Journal::of(&facts, None))?;
    let run = CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts };
    let standing = text(Standing::of(&customer, &facts, &case.rates(), None))?;
    let further = kept.further(&run, &standing)?;
    let standing = Standing { further, ..standing }.with_rates(&case.rates());
    let digest = text(policy_digest(&policy))?;
    let version = PolicyVersion { version: 1, digest, policy: policy.clone() };
    text(decide_order_at(id, &version, standing, order.clone(), around.clone(), case.as_of))
        .map(|decision| Some(decision.into()))
}

impl Kept {
    /// What is kept of the customer of a case, over its ledger.
    pub(super) fn further(&self, run: &CaseRun<'_>, standing: &Standing) -> Result<Further, String> {
        let (policy, facts, as_of) = (run.policy, &run.case.facts, run.case.as_of);
        // What the ledger itself says of bills, returns and accepted disputes stays, unless the case says otherwise.
        let mut further = self.further.clone();
        further.categories = further.categories.or_else(|| standing.further.categories.clone());
        further.accepted = further.accepted.or_else(|| standing.further.accepted.clone());
        if self.file {
            let rule = policy.credit_file.as_ref().ok_or("the policy has no section 'credit_file'")?;
            further = further.with_whole_file(rule, run.customer, &facts.file, as_of);
        }
        if let Some(acceptances) = &self.acceptances {
            further = text(further.with_acceptances(run.journal, acceptances))?;
        }
        if self.booked {
            further = text(further.with_booked(run.journal, standing.currency, &facts.rates))?;
        }
        let position = || text(Position::of(standing, &policy.exposure, as_of));
        if let Some(covers) = &self.cover {
            let rule = policy.cover.as_ref().ok_or("the policy has no section 'cover'")?;
            let exposure = position()?.exposure.total;
            further.cover = Some(text(cover(rule, covers, exposure, &facts.rates, as_of))?);
        }
        if let Some(all) = &self.commitments {
            let rule = policy.commitments.as_ref().ok_or("the policy has no section 'commitments'")?;
            let zero = crate::facts::money::Money::zero(standing.currency);
            let committed = text(committed(rule, &policy.exposure, all, zero, &facts.rates, as_of))?;
            further.categories = Some(text(categories(&committed, &position()?))?);
        }
        Ok(further)
    }
}
