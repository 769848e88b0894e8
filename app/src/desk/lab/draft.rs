//! A draft of the policy: the policy in force with some of its figures moved.
//!
//! A [`Knob`] is one figure, or one group of figures that move together, counted in integers of the unit that the page
//! shows. A draft keeps only the knobs that were touched, so that it fits into an address and never alters what was not
//! asked for. What a moved figure means is judged by `Policy::check`, not here.

use shared::facts::number::{Points, Ratio};
use shared::rules::policy::Policy;
use shared::rules::scorecard::{Part, Scorecard};
use std::collections::BTreeMap;

/// A figure of the policy that can be moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Knob {
    /// The score from which a grade begins, in tenths of a point.
    Band(String),
    /// A grade's factor on the need, in hundredths.
    Need(String),
    /// How far beyond the limit is let through, in tenths of a per cent.
    Tolerance,
    /// How late the oldest document may be without a warning, in days.
    GraceDays,
    /// How late it may be without a hold, in days.
    HoldDays,
    /// How late it may be without a refusal, in days.
    RefuseDays,
    /// The overdue share of open items that holds, in tenths of a per cent.
    HoldShare,
    /// What payment behaviour weighs on the card, in tenths of a point; the other parts share the rest as they did.
    Payment,
}

/// How a knob is shown and how far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The least.
    pub min: i64,
    /// The most.
    pub max: i64,
    /// The step of the rod.
    pub step: i64,
    /// How many decimals the figure is shown with.
    pub decimals: u32,
}

impl Knob {
    /// All knobs of a policy, in the order in which the page shows them.
    pub fn all(policy: &Policy) -> Vec<Self> {
        let bands = policy.grade.bands.iter().rev().skip(1).rev().map(|band| Self::Band(band.grade.clone()));
        let needs = policy.limit.grades.iter().map(|line| Self::Need(line.grade.clone()));
        let rules =
            [Self::Tolerance, Self::GraceDays, Self::HoldDays, Self::RefuseDays, Self::HoldShare, Self::Payment];
        bands.chain(needs).chain(rules).collect()
    }

    /// Its name in an address.
    pub fn key(&self) -> String {
        match self {
            Self::Band(grade) => format!("from-{grade}"),
            Self::Need(grade) => format!("need-{grade}"),
            Self::Tolerance => "tolerance".to_owned(),
            Self::GraceDays => "grace".to_owned(),
            Self::HoldDays => "hold".to_owned(),
            Self::RefuseDays => "refuse".to_owned(),
            Self::HoldShare => "share".to_owned(),
            Self::Payment => "payment".to_owned(),
        }
    }

    /// How it is shown and how far it goes.
    pub const fn scale(&self) -> Scale {
        let (min, max, step, decimals) = match self {
            Self::Band(_) => (0, 1_000, 5, 1),
            Self::Need(_) => (0, 300, 5, 2),
            Self::Tolerance => (0, 300, 5, 1),
            Self::GraceDays => (0, 60, 1, 0),
            Self::HoldDays => (0, 180, 1, 0),
            Self::RefuseDays => (0, 365, 1, 0),
            Self::HoldShare => (0, 1_000, 10, 1),
            Self::Payment => (100, 800, 10, 1),
        };
        Scale { min, max, step, decimals }
    }

    /// Where it stands in a policy, to the unit that the page shows.
    pub fn value(&self, policy: &Policy) -> i64 {
        let order = &policy.order_check;
        match self {
            Self::Band(grade) => policy
                .grade
                .bands
                .iter()
                .find(|band| band.grade == *grade)
                .map_or(0, |band| i64::from(band.from.units()) / 10),
            Self::Need(grade) => policy.limit.of_grade(grade).map_or(0, |line| line.need_factor.units() / 10_000),
            Self::Tolerance => order.tolerance.units() / 1_000,
            Self::GraceDays => i64::from(order.overdue.grace_days),
            Self::HoldDays => i64::from(order.overdue.hold_days),
            Self::RefuseDays => i64::from(order.overdue.refuse_days),
            Self::HoldShare => order.overdue.hold_share.units() / 1_000,
            Self::Payment => weight_of(&policy.scorecard, Part::PaymentBehaviour) / 10,
        }
    }

    fn apply(&self, value: i64, policy: &mut Policy) {
        let days = || u16::try_from(value).unwrap_or_default();
        match self {
            Self::Band(grade) => {
                if let Some(band) = policy.grade.bands.iter_mut().find(|band| band.grade == *grade) {
                    band.from = points(value.saturating_mul(10));
                }
            }
            Self::Need(grade) => {
                if let Some(line) = policy.limit.grades.iter_mut().find(|line| line.grade == *grade) {
                    line.need_factor = Ratio::from_units(value.saturating_mul(10_000));
                }
            }
            Self::Tolerance => policy.order_check.tolerance = Ratio::from_units(value.saturating_mul(1_000)),
            Self::GraceDays => policy.order_check.overdue.grace_days = days(),
            Self::HoldDays => policy.order_check.overdue.hold_days = days(),
            Self::RefuseDays => policy.order_check.overdue.refuse_days = days(),
            Self::HoldShare => policy.order_check.overdue.hold_share = Ratio::from_units(value.saturating_mul(1_000)),
            Self::Payment => reweigh(&mut policy.scorecard, Part::PaymentBehaviour, value.saturating_mul(10)),
        }
    }
}

/// The knobs that were touched, each with its figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft(BTreeMap<Knob, i64>);

impl Draft {
    /// Reads a draft from an address: `get` finds the text that stands under a name.
    pub fn read(in_force: &Policy, get: impl Fn(&str) -> Option<String>) -> Self {
        let mut draft = Self::default();
        for knob in Knob::all(in_force) {
            if let Some(value) = get(&knob.key()).and_then(|text| text.parse().ok()) {
                draft.set(in_force, knob, value);
            }
        }
        draft
    }

    /// What it puts into an address: every knob of the policy, those that are not touched without a text.
    pub fn write(&self, in_force: &Policy) -> Vec<(String, Option<String>)> {
        let text = |knob: &Knob| self.0.get(knob).map(ToString::to_string);
        Knob::all(in_force).iter().map(|knob| (knob.key(), text(knob))).collect()
    }

    /// Moves a knob. One that is put back where it was is untouched again; a grade's bound stays between its neighbours'.
    pub fn set(&mut self, in_force: &Policy, knob: Knob, value: i64) {
        let scale = knob.scale();
        let (low, high) = self.room(in_force, &knob);
        let value = value.clamp(scale.min, scale.max).max(low).min(high);
        if value == knob.value(in_force) {
            self.0.remove(&knob);
        } else {
            self.0.insert(knob, value);
        }
    }

    /// Where a knob stands in this draft.
    pub fn value(&self, in_force: &Policy, knob: &Knob) -> i64 {
        self.0.get(knob).copied().unwrap_or_else(|| knob.value(in_force))
    }

    /// How many knobs were touched.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The policy that it makes. It need not be sound: `Policy::check` says so.
    pub fn policy(&self, in_force: &Policy) -> Policy {
        let mut policy = in_force.clone();
        for (knob, value) in &self.0 {
            knob.apply(*value, &mut policy);
        }
        policy
    }

    /// Bounds fall from grade to grade: a bound ends a tenth of a point before its neighbours'.
    fn room(&self, in_force: &Policy, knob: &Knob) -> (i64, i64) {
        let Knob::Band(grade) = knob else { return (i64::MIN, i64::MAX) };
        let bands = &in_force.grade.bands;
        let Some(place) = bands.iter().position(|band| band.grade == *grade) else { return (i64::MIN, i64::MAX) };
        let beside = |place: Option<usize>| {
            let band = place.and_then(|place| bands.get(place))?;
            Some(self.value(in_force, &Knob::Band(band.grade.clone())))
        };
        let low = beside(place.checked_add(1)).map_or(i64::MIN, |below| below + 1);
        let high = beside(place.checked_sub(1)).map_or(i64::MAX, |above| above - 1);
        (low, high)
    }
}

fn points(units: i64) -> Points {
    Points::from_units(i32::try_from(units).unwrap_or_default())
}

fn weight_of(card: &Scorecard, part: Part) -> i64 {
    card.lines.iter().filter(|line| line.part == part).map(|line| i64::from(line.weight.units())).sum()
}

/// Gives one part of the card so many hundredths of a point; its lines and the lines of the others keep their proportions.
fn reweigh(card: &mut Scorecard, part: Part, units: i64) {
    let whole: i64 = card.lines.iter().map(|line| i64::from(line.weight.units())).sum();
    for inside in [true, false] {
        let share = if inside { units } else { whole - units };
        let weights = card.lines.iter().filter(|line| (line.part == part) == inside);
        let weights: Vec<i64> = weights.map(|line| i64::from(line.weight.units())).collect();
        let lines = card.lines.iter_mut().filter(|line| (line.part == part) == inside);
        for (line, units) in lines.zip(split(share, &weights)) {
            line.weight = points(units);
        }
    }
}

/// Splits a whole in proportion to weights so that the parts add up to it: the largest remainders get the rest.
fn split(whole: i64, weights: &[i64]) -> Vec<i64> {
    let total = weights.iter().sum::<i64>().max(1);
    let mut parts: Vec<i64> = weights.iter().map(|weight| whole * weight / total).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(weights.get(*index).map_or(0, |weight| whole * weight % total)));
    let rest = whole - parts.iter().sum::<i64>();
    for index in by_remainder.into_iter().take(usize::try_from(rest).unwrap_or(0)) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::rules::policy::DEFAULT;

    fn in_force() -> Policy {
        Policy::parse(DEFAULT).unwrap()
    }

    #[test]
    fn an_untouched_draft_is_the_policy_in_force() {
        assert_eq!(Draft::default().policy(&in_force()), in_force());
    }

    #[test]
    fn every_knob_moves_one_figure_and_comes_back() {
        let policy = in_force();
        for knob in Knob::all(&policy) {
            let mut draft = Draft::default();
            let before = knob.value(&policy);
            draft.set(&policy, knob.clone(), before + 1);
            assert_eq!(draft.len(), 1, "{knob:?}");
            let moved = draft.policy(&policy);
            assert_eq!(knob.value(&moved), before + 1, "{knob:?}");
            assert!(moved.check().is_ok(), "{knob:?}: {:?}", moved.check());
            draft.set(&policy, knob.clone(), before);
            assert!(draft.is_empty(), "{knob:?}");
        }
    }

    #[test]
    fn a_bound_stays_between_its_neighbours() {
        let (policy, mut draft) = (in_force(), Draft::default());
        let knob = |grade: &str| Knob::Band(grade.to_owned());
        draft.set(&policy, knob("AA"), 1_000);
        assert_eq!(draft.value(&policy, &knob("AA")), 899);
        draft.set(&policy, knob("A"), 0);
        assert_eq!(draft.value(&policy, &knob("A")), 601);
        assert!(draft.policy(&policy).check().is_ok());
    }

    #[test]
    fn weights_always_add_up() {
        let policy = in_force();
        for tenths in 100..=800 {
            let mut draft = Draft::default();
            draft.set(&policy, Knob::Payment, tenths);
            let moved = draft.policy(&policy);
            assert_eq!(Knob::Payment.value(&moved), tenths);
            assert!(moved.check().is_ok(), "{tenths}: {:?}", moved.check());
        }
    }

    #[test]
    fn days_out_of_order_are_for_the_check_to_name() {
        let (policy, mut draft) = (in_force(), Draft::default());
        draft.set(&policy, Knob::HoldDays, 3);
        let faults = draft.policy(&policy).check().unwrap_err().0;
        assert_eq!(faults.first().map(|fault| fault.path.as_str()), Some("order_check.overdue"));
    }

    #[test]
    fn an_address_brings_it_back() {
        let (policy, mut draft) = (in_force(), Draft::default());
        draft.set(&policy, Knob::Tolerance, 30);
        draft.set(&policy, Knob::Band("AAA".to_owned()), 885);
        let address: BTreeMap<String, String> =
            draft.write(&policy).into_iter().filter_map(|(key, text)| Some((key, text?))).collect();
        assert_eq!(address.len(), 2);
        assert_eq!(Draft::read(&policy, |key| address.get(key).cloned()), draft);
        assert_eq!(Draft::read(&policy, |_| Some("a lot".to_owned())), Draft::default());
    }
}
