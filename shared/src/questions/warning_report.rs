//! The weekly warning report (信用预警周报): over a whole book, which warnings are new, worse, better or gone since a day, and
//! whose business they are.
//!
//! Every warning that has a colour on one of the two days stands in exactly one of the five lists, and the owners' figures
//! add up to the lists' lengths.

use crate::facts::calendar::Date;
use crate::facts::id::CustomerId;
use crate::facts::observation::{Acknowledgement, Observation};
use crate::rules::warning::{Colour, Warning, WarningRule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was observed of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// Whose.
    pub customer: CustomerId,
    /// What was observed.
    pub observations: Vec<Observation>,
    /// What somebody has seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<Acknowledgement>,
}

/// A warning of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookWarning {
    /// Whose.
    pub customer: CustomerId,
    /// Its colour on the first day.
    pub before: Colour,
    /// How it stands.
    pub warning: Warning,
}

/// What one owner has to look after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnerFigures {
    /// The role.
    pub owner: String,
    /// New warnings.
    pub new: u32,
    /// Worse ones.
    pub worse: u32,
    /// Better ones that still have a colour.
    pub better: u32,
    /// Those that are gone.
    pub gone: u32,
    /// Those that stayed as they were.
    pub unchanged: u32,
    /// Those that have a colour and that nobody has acknowledged.
    pub unseen: u32,
    /// Indicators without a fresh observation, of whatever colour.
    pub stale: u32,
}

/// How many customers stand at a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ColourCount {
    /// The worst colour of a customer.
    pub colour: Colour,
    /// How many have it.
    pub customers: u32,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookReport {
    /// The day to compare with.
    pub before: Date,
    /// Customers by their worst colour, the worst first; every customer is one of them.
    pub colours: Vec<ColourCount>,
    /// Had no colour, have one now.
    pub new: Vec<BookWarning>,
    /// Have a worse one.
    pub worse: Vec<BookWarning>,
    /// Have a better one.
    pub better: Vec<BookWarning>,
    /// Have none any more.
    pub gone: Vec<BookWarning>,
    /// Have the same.
    pub unchanged: Vec<BookWarning>,
    /// By owner.
    pub owners: Vec<OwnerFigures>,
}

/// Reports on a book at the end of `as_of`, compared with the end of `before`. Each list has the worst first.
pub fn warning_report(rule: &WarningRule, book: &[Observed], before: Date, as_of: Date) -> BookReport {
    let mut report = BookReport {
        before,
        colours: Vec::new(),
        new: Vec::new(),
        worse: Vec::new(),
        better: Vec::new(),
        gone: Vec::new(),
        unchanged: Vec::new(),
        owners: Vec::new(),
    };
    let mut owners: BTreeMap<&str, OwnerFigures> = BTreeMap::new();
    let mut colours: BTreeMap<Colour, u32> = BTreeMap::new();
    for observed in book {
        let mut worst = Colour::Green;
        for indicator in &rule.indicators {
            let was = indicator.read(&observed.observations, &observed.acknowledged, before).colour;
            let warning = indicator.read(&observed.observations, &observed.acknowledged, as_of);
            worst = worst.max(warning.colour);
            let figures = owners.entry(&indicator.owner).or_default();
            figures.stale = figures.stale.saturating_add(u32::from(warning.stale));
            let coloured = warning.colour > Colour::Green;
            figures.unseen = figures.unseen.saturating_add(u32::from(coloured && warning.acknowledged.is_none()));
            let (list, count) = match (was, warning.colour) {
                (Colour::Green, Colour::Green) => continue,
                (Colour::Green, _) => (&mut report.new, &mut figures.new),
                (_, Colour::Green) => (&mut report.gone, &mut figures.gone),
                (was, now) if now > was => (&mut report.worse, &mut figures.worse),
                (was, now) if now < was => (&mut report.better, &mut figures.better),
                _ => (&mut report.unchanged, &mut figures.unchanged),
            };
            *count = count.saturating_add(1);
            list.push(BookWarning { customer: observed.customer, before: was, warning });
        }
        let count = colours.entry(worst).or_default();
        *count = count.saturating_add(1);
    }
    let lists = [&mut report.new, &mut report.worse, &mut report.better, &mut report.gone, &mut report.unchanged];
    for list in lists {
        list.sort_by_key(|line| {
            (std::cmp::Reverse(line.warning.colour.max(line.before)), line.customer, line.warning.indicator)
        });
    }
    report.colours = colours.into_iter().rev().map(|(colour, customers)| ColourCount { colour, customers }).collect();
    report.owners =
        owners.into_iter().map(|(owner, figures)| OwnerFigures { owner: owner.to_owned(), ..figures }).collect();
    report
}
