//! The page of the what-if: the draft at the left, its effect on the book at the right, one customer beside.

use super::affected::Affected;
use super::controls::{Controls, Faults};
use super::draft::{Draft, Knob};
use super::effect::{Effect as Outcome, Pass};
use super::histogram::Histogram;
use super::one::One;
use super::submit::Submit;
use crate::desk::address::Address;
use crate::desk::book::{Desk, Lab, Load};
use crate::desk::parts::{Loaded, both, milliseconds, timed};
use crate::desk::shell::Bar;
use crate::lang::{Lang, Unit, lang, t};
use crate::ui::{Button, Kind, Kpi, MigrationMatrix, Tone};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::facts::money::Money;
use shared::record::access::Operation;
use shared::rules::policy::{Fault, Policy, PolicyVersion};
use std::sync::Arc;
use std::time::Duration;

/// How long a weight rests before its place goes into the address.
const REST: Duration = Duration::from_millis(250);

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Bench {
    /// The page's address.
    pub address: Address,
    /// The policy in force.
    pub in_force: Memo<Option<Arc<PolicyVersion>>>,
    /// The knobs that were touched.
    pub draft: RwSignal<Draft>,
    /// The policy that they make.
    pub policy: Memo<Option<Arc<Policy>>>,
    /// What is wrong with it.
    pub faults: Memo<Vec<Fault>>,
    /// The portfolio.
    pub lab: Memo<Option<ById<Lab>>>,
    /// What the draft does; of a draft that is not sound, what the last sound one did.
    pub shown: RwSignal<Option<Arc<Shown>>>,
    /// The cell of the matrix that filters.
    pub cell: RwSignal<Option<(usize, usize)>>,
}

/// A value that is another when it was made anew.
#[derive(Debug)]
pub struct ById<T>(pub Arc<T>);

impl<T> Clone for ById<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for ById<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A draft's effect, and how long it took.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The effect.
    pub effect: Outcome,
    /// The policy that has it.
    pub policy: Arc<Policy>,
    /// Score, grade, limit and verdict of every customer, totals and comparison, in milliseconds.
    pub took: f64,
}

impl Bench {
    fn set_up(desk: Desk) -> Self {
        let address = Address::here();
        let in_force = Memo::new(move |_| desk.policy.get());
        let read = move |policy: &Policy| Draft::read(policy, |key| address.get(key));
        let draft = RwSignal::new(Draft::default());
        // The address tells the draft, once the policy is there and whenever one goes back or forward.
        Effect::new(move |_| {
            if let Some(in_force) = in_force.get() {
                let told = read(&in_force.policy);
                if draft.with_untracked(|draft| *draft != told) {
                    draft.set(told);
                }
            }
        });
        // The draft tells the address when the weight rests: browsers bound how often an address may change.
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let stop = move || {
            if let Some(Some(timer)) = timer.try_update_value(Option::take) {
                timer.clear();
            }
        };
        Effect::new(move |_| {
            draft.track();
            stop();
            let tell = move || {
                let in_force = in_force.try_get_untracked().flatten();
                let written =
                    in_force.and_then(|in_force| draft.try_with_untracked(|draft| draft.write(&in_force.policy)));
                if let Some(written) = written {
                    address.put(written, false);
                }
            };
            timer.set_value(set_timeout_with_handle(tell, REST).ok());
        });
        on_cleanup(stop);
        let policy = Memo::new(move |_| {
            let in_force = in_force.get()?;
            Some(Arc::new(draft.with(|draft| draft.policy(&in_force.policy))))
        });
        let faults = Memo::new(move |_| {
            policy
                .with(|policy| policy.as_ref().and_then(|policy| policy.check().err()).map(|error| error.0))
                .unwrap_or_default()
        });
        let lab = Memo::new(move |_| desk.lab.with(Load::ready).map(ById));
        let cell = address.keep("cell", None, read_cell, write_cell);
        Self { address, in_force, draft, policy, faults, lab, shown: RwSignal::new(None), cell }
    }

    /// Runs the passes whenever anything moves.
    fn run(self) {
        let before = Memo::new(move |_| {
            let (lab, in_force) = (self.lab.get()?, self.in_force.get()?);
            Pass::of(&lab.0.portfolio, &in_force.policy).ok().map(|pass| ById(Arc::new(pass)))
        });
        Effect::new(move |_| {
            let (Some(lab), Some(before), Some(in_force)) = (self.lab.get(), before.get(), self.in_force.get()) else {
                return;
            };
            let Some(policy) = self.policy.get().filter(|_| self.faults.with(Vec::is_empty)) else { return };
            let (made, took) = timed(|| {
                let after = Pass::of(&lab.0.portfolio, &policy)?;
                Outcome::of(&before.0, after, &in_force.policy, &policy)
            });
            if let Ok(effect) = made {
                self.shown.set(Some(Arc::new(Shown { effect, policy, took })));
            }
        });
    }

    /// Moves a knob.
    pub fn turn(self, knob: Knob, value: i64) {
        if let Some(in_force) = self.in_force.get_untracked() {
            self.draft.update(|draft| draft.set(&in_force.policy, knob, value));
        }
    }

    /// The name of the policy in force: v14.
    pub fn before(self) -> String {
        self.in_force.with(|policy| policy.as_ref().map_or_else(String::new, |policy| format!("v{}", policy.version)))
    }
}

/// What the draft is called.
pub fn draft_name(lang: Lang) -> String {
    lang.pick("草案", "draft").to_owned()
}

#[allow(clippy::option_option)] // outer: whether it can be read; inner: whether a cell filters
fn read_cell(text: &str) -> Option<Option<(usize, usize)>> {
    let (row, column) = text.split_once('-')?;
    Some(Some((row.parse().ok()?, column.parse().ok()?)))
}

#[allow(clippy::ref_option)] // the form that an address asks for
fn write_cell(cell: &Option<(usize, usize)>) -> String {
    cell.map(|(row, column)| format!("{row}-{column}")).unwrap_or_default()
}

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    desk.want_lab();
    let bench = Bench::set_up(desk);
    bench.run();
    let about = Signal::derive(move || {
        let lang = lang();
        let as_of = bench.lab.with(|lab| lab.as_ref().map(|lab| lab.0.as_of));
        let currency = bench.in_force.with(|policy| policy.as_ref().map(|policy| policy.policy.currency));
        let (Some(as_of), Some(currency)) = (as_of, currency) else { return String::new() };
        let with = [&*bench.before(), &*lang.date(as_of), &*lang.currency(currency)];
        lang.fill("现行政策 {0}，截至 {1}，{2}", "Policy {0} in force; as of {1}; {2}", &with)
    });
    let took = move || {
        let (shown, lang) = (bench.shown.get()?, lang());
        let count = i64::try_from(shown.effect.after.outcomes.len()).unwrap_or_default();
        let customers = lang.count(count, "户", "customer", "customers");
        Some(lang.fill("{0}，{1}", "{0} in {1}", &[&customers, &milliseconds(lang, shown.took)]))
    };
    let stale = move || !bench.faults.with(Vec::is_empty);
    let untouched = Signal::derive(move || bench.draft.with(Draft::is_empty));
    let submit = desk.may(Operation::DraftPolicy).then(|| view! { <Submit bench=bench /> });
    let retry = Callback::new(move |()| desk.read_lab());
    view! {
        <Bar title=both("试算", "What-if") about=about>
            <span class="label took">{took}</span>
            <Button
                kind=Kind::Bare
                disabled=untouched
                on_press=Callback::new(move |()| bench.draft.set(Draft::default()))
            >
                {t("复原", "Reset")}
            </Button>
            {submit}
        </Bar>
        <main class="lab" id="main">
            <Loaded of=desk.lab on_retry=retry>
                <Figures bench=bench />
                <Controls bench=bench />
                <section class="book" aria-label=t("对账簿的影响", "Effect on the book") class:stale=stale>
                    <Faults bench=bench />
                    <div class="pair"><Matrix bench=bench /><Histogram bench=bench /></div>
                    <Affected bench=bench />
                </section>
                <One bench=bench />
            </Loaded>
        </main>
    }
}

/// A figure of the book before and after.
#[derive(Clone, PartialEq)]
struct Figure {
    label: String,
    value: String,
    unit: String,
    was: String,
    change: String,
    tone: Tone,
}

/// Limits, use, who is over, and what is held.
#[component]
fn Figures(bench: Bench) -> impl IntoView {
    let figures =
        Memo::new(move |_| bench.shown.with(|shown| shown.as_ref().map(|shown| figures(&shown.effect, lang()))));
    let one = move |place: usize| {
        let figure = Memo::new(move |_| figures.with(|all| all.as_ref().and_then(|all| all.get(place)).cloned()));
        let read = move |part: fn(&Figure) -> &String| {
            Signal::derive(move || figure.with(|figure| figure.as_ref().map(part).cloned().unwrap_or_default()))
        };
        let was = Signal::derive(move || {
            let was = figure.with(|figure| figure.as_ref().map(|figure| figure.was.clone()));
            was.map(|was| lang().fill("{0}：{1}", "{0}: {1}", &[&bench.before(), &was])).unwrap_or_default()
        });
        let tone = Signal::derive(move || figure.with(|figure| figure.as_ref().map(|f| f.tone).unwrap_or_default()));
        view! {
            <Kpi
                label=read(|figure| &figure.label)
                value=read(|figure| &figure.value)
                unit=read(|figure| &figure.unit)
                was=was
                change=read(|figure| &figure.change)
                tone=tone
            />
        }
    };
    let stale = move || !bench.faults.with(Vec::is_empty);
    view! { <section class="kpis" class:stale=stale aria-label=t("总数", "Totals")>{(0..5).map(one).collect_view()}</section> }
}

fn figures(effect: &Outcome, lang: Lang) -> [Figure; 5] {
    let (old, new) = (&effect.before.totals, &effect.after.totals);
    // Both stand in the unit that suits the larger one, so that they compare at a glance.
    let unit = lang.unit_for(if old.limit.minor() > new.limit.minor() { old.limit } else { new.limit });
    let held_unit = lang.unit_for(if old.held_amount.minor() > new.held_amount.minor() {
        old.held_amount
    } else {
        new.held_amount
    });
    let signed = |change: i64, text: String| if change > 0 { format!("+{text}") } else { text };
    let amount = |label: (&str, &str), old: Money, new: Money, unit, worse_up: bool| {
        let change = new.minus(old).unwrap_or(Money::zero(old.currency()));
        // A small change has a unit of its own: in the value's it could read as nothing.
        let own = lang.unit_for(change);
        let text = if change.is_zero() || own == unit {
            lang.scaled(change, unit, 2)
        } else {
            let name = if own == Unit::One { lang.currency(change.currency()) } else { lang.unit(own).to_owned() };
            format!("{}\u{a0}{name}", lang.scaled(change, own, 2))
        };
        Figure {
            label: lang.pick::<&str>(label.0, label.1).to_owned(),
            value: lang.scaled(new, unit, 2),
            unit: lang.unit_of_column(new.currency(), unit),
            was: lang.scaled(old, unit, 2),
            change: signed(change.minor(), text),
            tone: if worse_up { worse(change.minor()) } else { Tone::Plain },
        }
    };
    let count = |label: (&str, &str), old: u32, new: u32| {
        let change = i64::from(new) - i64::from(old);
        Figure {
            label: lang.pick::<&str>(label.0, label.1).to_owned(),
            value: lang.number(i64::from(new)),
            unit: lang.pick("户", if new == 1 { "customer" } else { "customers" }).to_owned(),
            was: lang.number(i64::from(old)),
            change: signed(change, lang.number(change)),
            tone: worse(change),
        }
    };
    let percent = |ratio: Option<shared::facts::number::Ratio>| {
        ratio.map_or_else(|| "–".to_owned(), |ratio| crate::lang::fixed(ratio.units(), 4, 1))
    };
    let (old_use, new_use) = (effect.before.limit_use(), effect.after.limit_use());
    let moved = old_use.zip(new_use).map_or(0, |(old, new)| new.units() - old.units());
    [
        amount(("授信总额", "Credit granted"), old.limit, new.limit, unit, false),
        Figure {
            label: lang.pick("额度使用率", "Limit use").to_owned(),
            value: percent(new_use),
            unit: "%".to_owned(),
            was: percent(old_use),
            change: signed(moved, crate::lang::fixed(moved, 4, 1)),
            tone: Tone::Plain,
        },
        count(("超额度", "Over their limit"), old.over_customers, new.over_customers),
        count(("订单被拦", "Orders stopped"), old.held_customers, new.held_customers),
        amount(("被拦订单金额", "Amount of orders stopped"), old.held_amount, new.held_amount, held_unit, true),
    ]
}

/// More of this is worse, less is better.
const fn worse(change: i64) -> Tone {
    match change {
        0 => Tone::Plain,
        i64::MIN..0 => Tone::Sound,
        _ => Tone::Stop,
    }
}

/// Who moves between grades.
#[component]
fn Matrix(bench: Bench) -> impl IntoView {
    let grades = Memo::new(move |_| {
        let names = bench.in_force.with(|policy| {
            let bands = policy.as_ref().map(|policy| policy.policy.grade.bands.iter());
            bands.into_iter().flatten().map(|band| band.grade.clone()).collect::<Vec<_>>()
        });
        Arc::<[String]>::from(names)
    });
    let counts = Memo::new(move |_| {
        let counts: Vec<u32> = bench
            .shown
            .with(|shown| shown.as_ref().map(|shown| shown.effect.comparison.migration.concat()).unwrap_or_default());
        Arc::<[u32]>::from(counts)
    });
    let moves = move || {
        let (mut up, mut down, mut stay) = (0_u32, 0_u32, 0_u32);
        bench.shown.with(|shown| {
            for (row, counts) in shown.iter().flat_map(|shown| shown.effect.comparison.migration.iter().enumerate()) {
                for (column, count) in counts.iter().enumerate() {
                    match column.cmp(&row) {
                        std::cmp::Ordering::Less => up += count,
                        std::cmp::Ordering::Greater => down += count,
                        std::cmp::Ordering::Equal => stay += count,
                    }
                }
            }
        });
        let number = |count: u32| lang().number(i64::from(count));
        lang().fill(
            "{0} 升，{1} 降，{2} 不变",
            "{0} up, {1} down, {2} stay",
            &[&number(up), &number(down), &number(stay)],
        )
    };
    view! {
        <figure>
            <figcaption><b>{t("等级迁移", "Grade migration")}</b><span>{moves}</span></figcaption>
            <MigrationMatrix
                grades=grades
                counts=counts
                before=Signal::derive(move || bench.before())
                after=Signal::derive(move || draft_name(lang()))
                pressed=bench.cell
                on_press=Callback::new(move |cell| bench.cell.set(cell))
            />
        </figure>
    }
}
