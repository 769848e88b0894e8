//! What two versions of a policy say differently, figure by figure.
//!
//! The comparison runs over the documents themselves, so that nothing a policy may ever hold is left out; where a place
//! has no words here yet, its path is shown. Members of a list are told apart by what names them (a grade, a
//! characteristic), not by their place, where they have such a name.

use crate::desk::words;
use crate::lang::Lang;
use serde_json::Value;
use shared::facts::money::Money;
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::rules::policy::Policy;

/// One place where two versions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The steps from the top of the document.
    pub path: Vec<String>,
    /// What stood there.
    pub old: Option<Value>,
    /// What stands there now.
    pub new: Option<Value>,
}

/// Everything that differs, in the order of the places' names.
pub fn differences(old: &Policy, new: &Policy) -> Result<Vec<Difference>, serde_json::Error> {
    let (old, new) = (serde_json::to_value(old)?, serde_json::to_value(new)?);
    let mut found = Vec::new();
    compare(&mut Vec::new(), Some(&old), Some(&new), &mut found);
    Ok(found)
}

fn step(path: &mut Vec<String>, key: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Difference>) {
    path.push(key.to_owned());
    compare(path, old, new, found);
    path.pop();
}

fn compare(path: &mut Vec<String>, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Difference>) {
    if old == new {
        return;
    }
    match (old, new) {
        (Some(Value::Object(before)), Some(Value::Object(after))) if !is_leaf(before) && !is_leaf(after) => {
            let added = after.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(added) {
                step(path, key, before.get(key), after.get(key), found);
            }
        }
        // What appears or vanishes whole is told figure by figure.
        (Some(Value::Object(fields)), None) if !is_leaf(fields) => {
            fields.iter().for_each(|(key, value)| step(path, key, Some(value), None, found));
        }
        (None, Some(Value::Object(fields))) if !is_leaf(fields) => {
            fields.iter().for_each(|(key, value)| step(path, key, None, Some(value), found));
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if before.iter().chain(after).all(Value::is_object) => {
            let names =
                |list: &[Value]| list.iter().enumerate().map(|(place, value)| name(value, place, list)).collect();
            let (old_names, new_names): (Vec<String>, Vec<String>) = (names(before), names(after));
            let member = |names: &[String], list: &[Value], name: &str| {
                names.iter().position(|other| other == name).and_then(|place| list.get(place)).cloned()
            };
            for name in old_names.iter().chain(new_names.iter().filter(|name| !old_names.contains(name))) {
                let (old, new) = (member(&old_names, before, name), member(&new_names, after, name));
                step(path, name, old.as_ref(), new.as_ref(), found);
            }
        }
        _ => found.push(Difference { path: path.clone(), old: old.cloned(), new: new.cloned() }),
    }
}

/// Amounts and terms are one value although they are written as objects.
fn is_leaf(object: &serde_json::Map<String, Value>) -> bool {
    object.contains_key("currency") && object.contains_key("amount") || object.contains_key("kind")
}

/// What names a member of a list: its grade or characteristic when no other member has the same, else its place.
fn name(value: &Value, place: usize, list: &[Value]) -> String {
    let own =
        |value: &Value| ["grade", "characteristic"].iter().find_map(|key| value.get(key)?.as_str().map(str::to_owned));
    match own(value) {
        Some(name) if list.iter().filter(|other| own(other).as_deref() == Some(&name)).count() == 1 => name,
        _ => (place + 1).to_string(),
    }
}

impl Difference {
    /// The place in words: 额度 › AAA › 需求系数.
    pub fn place(&self, lang: Lang) -> String {
        let steps: Vec<String> = self.path.iter().map(|step| words::policy_step(lang, step)).collect();
        steps.join(" › ")
    }

    /// What stood there, in words.
    pub fn old_text(&self, lang: Lang) -> String {
        self.text(lang, self.old.as_ref())
    }

    /// What stands there now, in words.
    pub fn new_text(&self, lang: Lang) -> String {
        self.text(lang, self.new.as_ref())
    }

    fn text(&self, lang: Lang, value: Option<&Value>) -> String {
        let Some(value) = value else { return "–".to_owned() };
        if let Ok(money) = serde_json::from_value::<Money>(value.clone()) {
            return lang.money(money);
        }
        if let Ok(terms) = serde_json::from_value::<Terms>(value.clone()) {
            return lang.terms(terms);
        }
        match value {
            Value::String(text) => match text.parse::<Ratio>() {
                Ok(ratio) if self.is_share() => lang.rate(ratio),
                Ok(_) => text.clone(),
                Err(_) => words::policy_step(lang, text),
            },
            Value::Bool(yes) => lang.pick(if *yes { "是" } else { "否" }, if *yes { "yes" } else { "no" }).to_owned(),
            Value::Array(list) => {
                let each: Vec<String> = list.iter().map(|value| self.text(lang, Some(value))).collect();
                each.join(lang.pick("、", ", "))
            }
            other => other.to_string(),
        }
    }

    /// Whether the place holds a share, which people say in per cent.
    fn is_share(&self) -> bool {
        const SHARES: [&str; 9] = [
            "tolerance",
            "small_share",
            "hold_share",
            "size_share",
            "capital_share",
            "missing",
            "below",
            "share",
            "confidence_at_least",
        ];
        self.path.last().is_some_and(|last| SHARES.contains(&last.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::facts::number::Points;
    use shared::rules::policy::DEFAULT;

    fn check(change: impl FnOnce(&mut Policy), expected: &[&str]) {
        let old = Policy::parse(DEFAULT).unwrap();
        let mut new = old.clone();
        change(&mut new);
        let said: Vec<String> = differences(&old, &new)
            .unwrap()
            .iter()
            .map(|found| {
                format!("{}: {} → {}", found.place(Lang::En), found.old_text(Lang::En), found.new_text(Lang::En))
            })
            .collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn names_what_differs_in_words() {
        check(|_| {}, &[]);
        check(
            |policy| policy.order_check.tolerance = Ratio::from_units(30_000),
            &["Order check › Tolerance over limit: 5\u{a0}% → 3\u{a0}%"],
        );
        check(
            |policy| policy.limit.grades[1].need_factor = Ratio::from_units(1_450_000),
            &["Limit › Grades › AA › Factor on need: 1.3 → 1.45"],
        );
        check(
            |policy| policy.grade.bands[0].from = Points::from_units(8_850),
            &["Grade › Grade bands › AAA › From: 90 → 88.5"],
        );
        check(
            |policy| policy.limit.grades[4].terms = Terms::Net { days: 30 },
            &["Limit › Grades › C › Terms: Net\u{a0}15 → Net\u{a0}30"],
        );
        check(
            |policy| policy.order_check.refused_grades.push("C".to_owned()),
            &["Order check › Refused grades: D → D, C"],
        );
    }

    #[test]
    fn what_appears_and_vanishes_is_named_too() {
        check(
            |policy| {
                policy.limit.grades.pop();
            },
            &[
                "Limit › Grades › C › Cap: CNY\u{a0}500,000.00 → –",
                "Limit › Grades › C › Share of capital: 10\u{a0}% → –",
                "Limit › Grades › C › Grade: C → –",
                "Limit › Grades › C › Factor on need: 0.5 → –",
                "Limit › Grades › C › Terms: Net\u{a0}15 → –",
                "Limit › Grades › C › Trial limit: CNY\u{a0}0.00 → –",
            ],
        );
    }
}
