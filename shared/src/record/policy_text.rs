//! A policy as people print and sign it (《客户信用管理制度》): chapters and numbered articles, in both languages.
//!
//! It is made from the document itself, so that paper and computer can't say different things: every section is a chapter with
//! its reason, every figure, word and amount in it an article of its own, and nothing is left out but the document's format
//! and the cases that it carries. Chapters stand in the order in which a credit department works; articles are numbered through
//! all of them, as regulations are.

use super::policy_diff::{Step, is_one_value, meaning, names, words};
use crate::facts::bilingual::Bilingual;
use crate::rules::policy::Policy;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A policy as a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyText {
    /// What the policy is called.
    pub title: Bilingual,
    /// What it is for.
    pub preamble: Bilingual,
    /// Its chapters.
    pub chapters: Vec<Chapter>,
}

/// What one section says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PolicyChapter"))]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// The section, as the document names it.
    pub section: String,
    /// In words.
    pub title: Bilingual,
    /// Why its numbers are what they are, where the policy says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Bilingual>,
    /// What it says, one thing each.
    pub articles: Vec<Article>,
}

/// One thing that the policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PolicyArticle"))]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its number in the whole policy.
    pub number: u32,
    /// Where it stands in the document: `limit.grades[AAA].cap`.
    pub path: String,
    /// What it says.
    pub says: Bilingual,
}

/// The sections in the order of the work: who the customer is, how good, how much, each order, what is owed, what follows, what
/// may be lost, how the department runs. A section that isn't here comes after these.
const IN_ORDER: [&str; 41] = [
    "currency",
    "calendar",
    "segments",
    "credit_file",
    "behaviour",
    "scorecard",
    "scoring",
    "grade",
    "limit",
    "limit_methods",
    "temporary_limit",
    "granting",
    "appetite",
    "terms",
    "cover",
    "exposure",
    "commitments",
    "order_check",
    "order_rules",
    "authority",
    "retest",
    "lease",
    "margin",
    "monitoring",
    "confirmation",
    "claiming",
    "allocation",
    "receivables",
    "aging",
    "ages",
    "dunning",
    "letters",
    "interest",
    "provision",
    "watch",
    "warnings",
    "clocks",
    "recovery",
    "review",
    "approvals",
    "reports",
];

/// What isn't part of the text: the title and what it is for stand before it.
const BESIDE: [&str; 4] = ["format", "name", "note", "cases"];

/// Writes a policy out.
///
/// # Errors
///
/// Only when a policy cannot be written as JSON.
pub fn policy_text(policy: &Policy) -> Result<PolicyText, serde_json::Error> {
    let document = serde_json::to_value(policy)?;
    let mut sections: Vec<(&String, &Value)> = document.as_object().into_iter().flatten().collect();
    sections.retain(|(section, _)| !BESIDE.contains(&section.as_str()));
    sections.sort_by_key(|(section, _)| {
        let place = IN_ORDER.iter().position(|known| known == section);
        (place.unwrap_or(IN_ORDER.len()), *section)
    });
    let mut written = Written { articles: Vec::new(), number: 0 };
    let chapters = sections.into_iter().map(|(section, value)| {
        let reason = value.as_object().and_then(|fields| bilingual(fields.get("note")?));
        let mut path = vec![Step::Field(section)];
        match value {
            Value::Object(fields) if !is_one_value(fields) && reason.is_some() => {
                let rest = fields.iter().filter(|(key, _)| *key != "note");
                written.fields(&mut path, rest);
            }
            _ => written.value(&mut path, value),
        }
        let articles = std::mem::take(&mut written.articles);
        Chapter { section: section.clone(), title: words::field(section), reason, articles }
    });
    let chapters = chapters.collect();
    Ok(PolicyText { title: policy.name.clone(), preamble: policy.note.clone(), chapters })
}

struct Written {
    articles: Vec<Article>,
    number: u32,
}

impl Written {
    fn fields<'a>(&mut self, path: &mut Vec<Step<'a>>, fields: impl Iterator<Item = (&'a String, &'a Value)>) {
        for (key, value) in fields {
            path.push(Step::Field(key));
            self.value(path, value);
            path.pop();
        }
    }

    fn value<'a>(&mut self, path: &mut Vec<Step<'a>>, value: &'a Value) {
        match value {
            Value::Object(fields) if !is_one_value(fields) && bilingual(value).is_none() => {
                self.fields(path, fields.iter());
            }
            Value::Array(list) if !list.is_empty() && names(list).is_some() => {
                for (name, member) in names(list).into_iter().flatten().zip(list) {
                    path.push(Step::Member(name));
                    self.value(path, member);
                    path.pop();
                }
            }
            _ => self.article(path, value),
        }
    }

    fn article(&mut self, path: &[Step<'_>], value: &Value) {
        self.number = self.number.saturating_add(1);
        let (written, place) = meaning(path);
        let said = bilingual(value).unwrap_or_else(|| words::value(value));
        let says =
            Bilingual { zh: format!("{}：{}。", place.zh, said.zh), en: format!("{}: {}.", place.en, said.en) };
        self.articles.push(Article { number: self.number, path: written, says });
    }
}

/// A text that the policy itself has in both languages.
fn bilingual(value: &Value) -> Option<Bilingual> {
    let fields: &Map<String, Value> = value.as_object().filter(|fields| fields.len() == 2)?;
    let text = |key: &str| fields.get(key)?.as_str().map(str::to_owned);
    Some(Bilingual { zh: text("zh")?, en: text("en")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::policy::DEFAULT;

    fn articles(text: &PolicyText) -> impl Iterator<Item = &Article> {
        text.chapters.iter().flat_map(|chapter| &chapter.articles)
    }

    #[test]
    fn every_section_is_a_chapter_in_the_order_of_the_work() {
        let text = policy_text(&Policy::parse(DEFAULT).unwrap()).unwrap();
        for chapter in &text.chapters {
            let known = IN_ORDER.contains(&chapter.section.as_str());
            let after = ["back_test", "calibration"].contains(&chapter.section.as_str());
            assert!(known || after, "{} has no place among the chapters", chapter.section);
            assert_ne!(chapter.title.zh, chapter.section, "{} has no word", chapter.section);
            assert!(!chapter.articles.is_empty(), "{} says nothing", chapter.section);
        }
        let numbers: Vec<u32> = articles(&text).map(|article| article.number).collect();
        let count = u32::try_from(numbers.len()).unwrap();
        assert_eq!(numbers, (1..=count).collect::<Vec<u32>>());
    }

    /// Whatever is changed anywhere in the document shows in its text.
    #[test]
    fn nothing_that_a_policy_says_is_left_out() {
        fn leaves(at: &mut Vec<String>, value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    for (key, value) in fields {
                        at.push(key.replace('~', "~0").replace('/', "~1"));
                        leaves(at, value, found);
                        at.pop();
                    }
                }
                Value::Array(list) => {
                    for (place, value) in list.iter().enumerate() {
                        at.push(place.to_string());
                        leaves(at, value, found);
                        at.pop();
                    }
                }
                _ => found.push(format!("/{}", at.join("/"))),
            }
        }
        let document: Value = serde_json::from_str(DEFAULT).unwrap();
        let text = policy_text(&serde_json::from_value(document.clone()).unwrap()).unwrap();
        let mut found = Vec::new();
        leaves(&mut Vec::new(), &document, &mut found);
        let mut tried = 0;
        for pointer in found.iter().filter(|pointer| !pointer.starts_with("/format")).step_by(13) {
            let mut changed = document.clone();
            let leaf = changed.pointer_mut(pointer).unwrap();
            *leaf = match leaf {
                Value::Bool(said) => Value::Bool(!*said),
                Value::Number(number) => Value::from(number.as_u64().unwrap() + 1),
                Value::String(said) => {
                    Value::from(if said.parse::<i64>().is_ok() { "7".to_owned() } else { format!("{said}9") })
                }
                other => panic!("{pointer} is {other}"),
            };
            // What says nothing to the policy any more can't be printed.
            let Ok(policy) = serde_json::from_value::<Policy>(changed.clone()) else { continue };
            tried += 1;
            if changed != document {
                assert_ne!(policy_text(&policy).unwrap(), text, "{pointer}");
            }
        }
        assert!(tried > 50, "{tried}");
    }
}
