//! What two versions of a policy say differently, figure by figure, in plain words.
//!
//! The comparison runs over the documents themselves, so that nothing a policy may ever hold is left out. Members of a list
//! are told apart by what names them (a grade, a rule, a step, a measure), not by their place: moving one, or putting one in
//! before it, changes nothing of the others. A list that says the same in another order is one change. Texts between which the
//! difference is a matter of words (names and notes) are told like everything else.
//!
//! A change knows its path (`limit.grades[AAA].cap`), what stood there and what stands there now; [`PolicyChange::sentence`]
//! says it in both languages.

pub(super) mod words;

use crate::rules::policy::{Bilingual, Policy};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt::Write;

/// One place where two versions differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyChange {
    /// Where, with the names of list members in brackets: `limit.grades[AAA].cap`.
    pub path: String,
    /// What happened there.
    pub kind: ChangeKind,
    /// What stood there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What stands there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// The place in words: 额度 › 各等级 AAA › 封顶.
    pub meaning: Bilingual,
}

/// What happened at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It wasn't there.
    Added,
    /// It is gone.
    Removed,
    /// A number, an amount or a number of days is higher.
    Raised,
    /// It is lower.
    Lowered,
    /// It says something else.
    Replaced,
    /// A list says the same in another order.
    Reordered,
}

/// Everything that differs, by the places' names.
///
/// # Errors
///
/// Only when a policy cannot be written as JSON.
pub fn policy_diff(before: &Policy, after: &Policy) -> Result<Vec<PolicyChange>, serde_json::Error> {
    let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    let mut found = Vec::new();
    compare(&mut Vec::new(), Some(&before), Some(&after), &mut found);
    Ok(found)
}

impl PolicyChange {
    /// The change as a sentence.
    pub fn sentence(&self) -> Bilingual {
        let text = |value: &Option<Value>| value.as_ref().map_or_else(both_empty, words::value);
        let (old, new) = (text(&self.before), text(&self.after));
        let Bilingual { zh, en } = &self.meaning;
        let (zh, en) = match self.kind {
            ChangeKind::Added => (format!("{zh}：新增，为{}", new.zh), format!("{en}: added, {}", new.en)),
            ChangeKind::Removed => (format!("{zh}：删除，原为{}", old.zh), format!("{en}: removed, was {}", old.en)),
            ChangeKind::Raised => {
                (format!("{zh}：由{}提高到{}", old.zh, new.zh), format!("{en}: raised from {} to {}", old.en, new.en))
            }
            ChangeKind::Lowered => {
                (format!("{zh}：由{}降低到{}", old.zh, new.zh), format!("{en}: lowered from {} to {}", old.en, new.en))
            }
            ChangeKind::Replaced => {
                (format!("{zh}：由{}改为{}", old.zh, new.zh), format!("{en}: changed from {} to {}", old.en, new.en))
            }
            ChangeKind::Reordered => (
                format!("{zh}：顺序由{}调整为{}", old.zh, new.zh),
                format!("{en}: put in another order, from {} to {}", old.en, new.en),
            ),
        };
        Bilingual { zh: format!("{zh}。"), en: format!("{en}.") }
    }
}

fn both_empty() -> Bilingual {
    Bilingual { zh: "无".to_owned(), en: "nothing".to_owned() }
}

/// A step on the way to a place.
pub(super) enum Step<'a> {
    /// Into a field.
    Field(&'a str),
    /// To a member of a list, by what names it.
    Member(String),
}

fn compare<'a>(
    path: &mut Vec<Step<'a>>,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    found: &mut Vec<PolicyChange>,
) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) if !is_one_value(old) && !is_one_value(new) => {
            fields(path, Some(old), Some(new), found);
        }
        // What appears or vanishes whole is told figure by figure.
        (Some(Value::Object(old)), None) if !is_one_value(old) => fields(path, Some(old), None, found),
        (None, Some(Value::Object(new))) if !is_one_value(new) => fields(path, None, Some(new), found),
        (Some(Value::Array(old)), Some(Value::Array(new))) => match (names(old), names(new)) {
            (Some(old_names), Some(new_names)) => members(path, (old, &old_names), (new, &new_names), found),
            _ => push(path, before, after, found),
        },
        _ => push(path, before, after, found),
    }
}

fn fields<'a>(
    path: &mut Vec<Step<'a>>,
    before: Option<&'a Map<String, Value>>,
    after: Option<&'a Map<String, Value>>,
    found: &mut Vec<PolicyChange>,
) {
    let old = before.into_iter().flat_map(Map::keys);
    let new = after.into_iter().flat_map(Map::keys).filter(|key| !before.is_some_and(|old| old.contains_key(*key)));
    for key in old.chain(new) {
        path.push(Step::Field(key));
        compare(path, before.and_then(|old| old.get(key)), after.and_then(|new| new.get(key)), found);
        path.pop();
    }
}

fn members<'a>(
    path: &mut Vec<Step<'a>>,
    (old, old_names): (&'a [Value], &[String]),
    (new, new_names): (&'a [Value], &[String]),
    found: &mut Vec<PolicyChange>,
) {
    let member = |names: &[String], list: &'a [Value], name: &str| {
        names.iter().position(|other| other == name).and_then(|place| list.get(place))
    };
    for name in old_names.iter().chain(new_names.iter().filter(|name| !old_names.contains(name))) {
        path.push(Step::Member(name.clone()));
        compare(path, member(old_names, old, name), member(new_names, new, name), found);
        path.pop();
    }
    let kept = |names: &[String], others: &[String]| -> Vec<Value> {
        names.iter().filter(|name| others.contains(name)).map(|name| Value::from(name.as_str())).collect()
    };
    let (stood, stands) = (kept(old_names, new_names), kept(new_names, old_names));
    if stood != stands {
        tell(path, ChangeKind::Reordered, Some(&stood.into()), Some(&stands.into()), found);
    }
}

fn push(path: &[Step<'_>], before: Option<&Value>, after: Option<&Value>, found: &mut Vec<PolicyChange>) {
    let kind = match (before, after) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        (Some(before), Some(after)) => match words::order(before, after) {
            Some(std::cmp::Ordering::Less) => ChangeKind::Raised,
            Some(std::cmp::Ordering::Greater) => ChangeKind::Lowered,
            _ => ChangeKind::Replaced,
        },
    };
    tell(path, kind, before, after, found);
}

fn tell(
    path: &[Step<'_>],
    kind: ChangeKind,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<PolicyChange>,
) {
    let (path, meaning) = meaning(path);
    found.push(PolicyChange { path, kind, before: before.cloned(), after: after.cloned(), meaning });
}

/// A place as it is written, and in words.
pub(super) fn meaning(path: &[Step<'_>]) -> (String, Bilingual) {
    let mut written = String::new();
    let mut meaning = Bilingual { zh: String::new(), en: String::new() };
    for step in path {
        match step {
            Step::Field(field) => {
                if !written.is_empty() {
                    written.push('.');
                    meaning.zh.push_str(" › ");
                    meaning.en.push_str(" › ");
                }
                written.push_str(field);
                let word = words::field(field);
                meaning.zh.push_str(&word.zh);
                meaning.en.push_str(&word.en);
            }
            Step::Member(name) => {
                // Writing to a string cannot fail.
                let _ = write!(written, "[{name}]");
                let word = words::name(name);
                let _ = write!(meaning.zh, " {}", word.zh);
                let _ = write!(meaning.en, " {}", word.en);
            }
        }
    }
    (written, meaning)
}

/// Amounts, terms and whatever else a `kind` tells apart are one value although they are written as objects.
pub(super) fn is_one_value(object: &Map<String, Value>) -> bool {
    let amount = object.len() == 2 && object.contains_key("currency") && object.contains_key("amount");
    amount
        || object
            .get("kind")
            .is_some_and(|kind| kind.is_string() && !object.contains_key("max_age_days") && is_small(object))
}

/// Whether all of it is said in a few words: no list, and no object but an amount.
fn is_small(object: &Map<String, Value>) -> bool {
    object.values().all(|value| match value {
        Value::Array(_) => false,
        Value::Object(inner) => is_one_value(inner),
        Value::String(text) => text.len() < 40,
        _ => true,
    })
}

/// The fields that can name a member of a list, the more telling first.
const NAMING: [&str; 22] = [
    "grade",
    "characteristic",
    "measure",
    "segment",
    "category",
    "indicator",
    "stage",
    "document",
    "name",
    "days_late",
    "role",
    "when",
    "need",
    "action",
    "kind",
    "grades",
    "from",
    "from_amount",
    "to",
    "months",
    "number",
    "above",
];

/// The names of a list's members; absent when a member is no object or two have the same name.
pub(super) fn names(list: &[Value]) -> Option<Vec<String>> {
    let objects: Vec<&Map<String, Value>> = list.iter().map(Value::as_object).collect::<Option<_>>()?;
    let by = |fields: &[&str]| -> Option<Vec<String>> {
        let name = |object: &&Map<String, Value>| {
            let parts: Option<Vec<String>> = fields.iter().map(|field| object.get(*field).map(words::label)).collect();
            parts.map(|parts| parts.join(" "))
        };
        let names: Vec<String> = objects.iter().map(name).collect::<Option<_>>()?;
        let alone = names.iter().enumerate().all(|(place, name)| !names.iter().take(place).any(|other| other == name));
        alone.then_some(names)
    };
    let one = NAMING.iter().find_map(|field| by(&[field]));
    one.or_else(|| by(&["characteristic", "above"])).or_else(|| by(&["from", "to"])).or_else(|| by(&["stage", "name"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::number::{Points, Ratio};
    use crate::facts::terms::Terms;
    use crate::rules::policy::DEFAULT;

    #[track_caller]
    fn check(change: impl FnOnce(&mut Policy), expected: &[(&str, &str, &str)]) {
        let old = Policy::parse(DEFAULT).unwrap();
        let mut new = old.clone();
        change(&mut new);
        let said: Vec<(String, String, String)> = policy_diff(&old, &new)
            .unwrap()
            .iter()
            .map(|change| (change.path.clone(), change.sentence().zh, change.sentence().en))
            .collect();
        let said: Vec<(&str, &str, &str)> = said.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn names_what_differs_in_words() {
        check(|_| {}, &[]);
        check(
            |policy| policy.order_check.tolerance = Ratio::from_units(30_000),
            &[(
                "order_check.tolerance",
                "订单检查 › 超额容忍度：由0.05降低到0.03。",
                "Order check › Tolerance over limit: lowered from 0.05 to 0.03.",
            )],
        );
        check(
            |policy| policy.grade.bands[0].from = Points::from_units(8_850),
            &[(
                "grade.bands[AAA].from",
                "等级 › 分档 AAA › 起：由90降低到88.5。",
                "Grade › Bands AAA › From: lowered from 90 to 88.5.",
            )],
        );
        check(
            |policy| policy.limit.grades[4].terms = Terms::Net { days: 30 },
            &[(
                "limit.grades[C].terms",
                "额度 › 各等级 C › 账期：由15天账期改为30天账期。",
                "Limit › Grades C › Terms: changed from net 15 to net 30.",
            )],
        );
        check(
            |policy| policy.order_check.refused_grades.push("C".to_owned()),
            &[(
                "order_check.refused_grades",
                "订单检查 › 不予等级：由D改为D、C。",
                "Order check › Refused grades: changed from D to D, C.",
            )],
        );
    }

    #[test]
    fn a_member_that_moves_or_joins_changes_nothing_of_the_others() {
        check(
            |policy| policy.limit.grades.swap(0, 1),
            &[(
                "limit.grades",
                "额度 › 各等级：顺序由AAA、AA、A、B、C调整为AA、AAA、A、B、C。",
                "Limit › Grades: put in another order, from AAA, AA, A, B, C to AA, AAA, A, B, C.",
            )],
        );
        let old = Policy::parse(DEFAULT).unwrap();
        let mut new = old.clone();
        let mut line = new.limit.grades[0].clone();
        line.grade = "S".to_owned();
        new.limit.grades.insert(0, line);
        let changes = policy_diff(&old, &new).unwrap();
        assert!(changes.iter().all(|change| change.path.starts_with("limit.grades[S]")), "{changes:#?}");
        assert!(changes.iter().all(|change| change.kind == ChangeKind::Added && change.before.is_none()));
    }

    #[test]
    fn a_section_that_goes_is_told_figure_by_figure() {
        let old = Policy::parse(DEFAULT).unwrap();
        let mut new = old.clone();
        new.retest = None;
        let changes = policy_diff(&old, &new).unwrap();
        let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["retest.note.en", "retest.note.zh", "retest.order", "retest.smaller_may_pass"]);
        let back = policy_diff(&new, &old).unwrap();
        assert!(back.iter().all(|change| change.kind == ChangeKind::Added));
    }
}
