//! Legal clocks: rights that end by themselves, and how long there is left to act.
//!
//! Periods run as 民法典 200–203 say: by the calendar, the first day not counted, ending on the day of the same number, or
//! on the month's last day where there is none; a last day that is a holiday moves on to the next working day, and what is
//! done on that one is in time. Warnings go by the day before that move, which is the safer one.
//!
//! - **Limitation**: three years from when the creditor knows, or should, that its right is infringed and by whom (民法典 188):
//!   of a debt, from the end of the time for performance (诉讼时效规定, 法释〔2020〕17号, 第四条), of the last instalment where one
//!   debt is paid by instalments (189). Twenty years at most, which nothing suspends or interrupts (188; 总则编解释,
//!   法释〔2022〕6号, 第三十五条). A demand that arrived, an acknowledgement, a suit begin it anew (195; a suit from the end of
//!   the proceedings), each time one of them happens (总则编解释 第三十八条). A demand counts only with proof that it arrived
//!   (诉讼时效规定 第八条); one for a part of a claim counts for the rest (第九条), and so does one that merely reminds: what
//!   counts is that payment is asked for once the debt is due. After its end only an acknowledgement revives it (192;
//!   诉讼时效规定 第十九条). An obstacle in the last six months lets it end six months after the obstacle (194).
//! - **Suretyship**: as agreed, else six months from the debt's due date; an agreed end that isn't later than the due date
//!   counts as none (民法典 692). It knows no interruption. In it the creditor must sue the debtor (general suretyship) or
//!   turn to the surety (joint), or the surety is free (693). For suing, arbitration does as well.
//! - **Bills** (票据法 17): two years against acceptor and drawer from maturity (from issue at sight), six months against the
//!   drawer of a cheque, six months of recourse from dishonour, three months of further recourse from payment or suit.
//! - **Enforcement**: two years from the last day for performance (民事诉讼法 2023年修正 250), interrupted like limitation.
//! - **Bankruptcy**: claims are filed by the day that the court set, thirty days to three months after its notice (企业破产法 45); later
//!   only until the last distribution and at the creditor's cost (56).
//! - **Insurer's notice**: so many days after the event as the insurance says.

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Calendar, Date, days_between, plus_days};
use crate::facts::id::ItemId;
use crate::facts::matter::{Event, Interruption, Matter, Surety};
use crate::facts::notice::Notice;
use crate::facts::overdue::Pause;
use chrono::Months;
use serde::{Deserialize, Serialize};

/// The periods, as the law has them, and when to warn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// Which laws the periods come from.
    pub note: Bilingual,
    /// Warned when so many days are left, falling.
    pub warn_days: Vec<u16>,
    /// Limitation, in months.
    pub limitation_months: u16,
    /// No limitation lasts longer, in months.
    pub limitation_longest_months: u16,
    /// How long limitation goes on after an obstacle in its last months, and how many those are.
    pub obstacle_months: u16,
    /// Suretyship where nothing is agreed, in months.
    pub suretyship_months: u16,
    /// Against a bill's acceptor and drawer, in months.
    pub bill_months: u16,
    /// Against a cheque's drawer, in months.
    pub cheque_months: u16,
    /// Recourse, in months.
    pub recourse_months: u16,
    /// Further recourse, in months.
    pub further_recourse_months: u16,
    /// Enforcement, in months.
    pub enforcement_months: u16,
}

/// How a clock stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClockState {
    /// Where the period begins.
    pub from: Date,
    /// Its last day, by the calendar.
    pub last_day: Date,
    /// The same, moved on to a working day (民法典 203).
    pub moved: Date,
    /// Days from the date to the last one; negative when it has passed.
    pub days_left: i32,
    /// How urgent it is.
    pub urgency: Urgency,
    /// What would be lost, and what to do.
    pub action: Bilingual,
    /// Interruptions that can't be proven and don't count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unproven: Vec<Date>,
}

/// How urgent a clock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Urgency {
    /// The right was exercised in time.
    Exercised {
        /// When.
        on: Date,
    },
    /// Proceedings last; the period begins anew when they end.
    Pending,
    /// There is time.
    Running,
    /// Few days are left.
    Warned {
        /// Fewer than, or just, so many.
        within: u16,
    },
    /// The last day has passed, moved on to a working day.
    Expired,
}

/// The day of the same number so many months later, or the last of that month (民法典 202).
fn months_after(date: Date, months: u16) -> Date {
    date.checked_add_months(Months::new(u32::from(months))).unwrap_or(Date::MAX)
}

fn months_before(date: Date, months: u16) -> Date {
    date.checked_sub_months(Months::new(u32::from(months))).unwrap_or(Date::MIN)
}

/// A period as it runs, before it is read at a date.
struct Run {
    from: Date,
    last_day: Date,
    exercised: Option<Date>,
    pending: bool,
    unproven: Vec<Date>,
}

impl Run {
    fn plain(from: Date, last_day: Date, exercised: Option<Date>) -> Self {
        Self { from, last_day, exercised, pending: false, unproven: Vec::new() }
    }
}

impl ClockRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, faults: &mut Faults) {
        let falling = self.warn_days.is_sorted_by(|a, b| a > b);
        faults.unless(falling, "clocks.warn_days", format_args!("must fall"));
        for (months, field) in [
            (self.limitation_months, "limitation_months"),
            (self.suretyship_months, "suretyship_months"),
            (self.bill_months, "bill_months"),
            (self.cheque_months, "cheque_months"),
            (self.recourse_months, "recourse_months"),
            (self.further_recourse_months, "further_recourse_months"),
            (self.enforcement_months, "enforcement_months"),
        ] {
            faults.unless(months > 0, &format!("clocks.{field}"), format_args!("must be at least 1"));
        }
        let longest = self.limitation_longest_months >= self.limitation_months;
        faults.unless(
            longest,
            "clocks.limitation_longest_months",
            format_args!("must not be less than limitation_months"),
        );
    }

    /// Reads a clock at the end of `as_of`. What happens later doesn't count yet.
    pub fn read(&self, matter: &Matter, calendar: &Calendar, as_of: Date) -> ClockState {
        let Run { from, last_day, exercised, pending, unproven } = self.run(matter, calendar, as_of);
        let moved = calendar.next_working(last_day);
        let days_left = days_between(as_of, last_day);
        let exercised = exercised.filter(|day| *day <= as_of && *day <= moved);
        let within = self.warn_days.iter().copied().filter(|days| days_left <= i32::from(*days)).min();
        let urgency = match (exercised, within) {
            (Some(on), _) => Urgency::Exercised { on },
            _ if pending => Urgency::Pending,
            _ if as_of > moved => Urgency::Expired,
            (None, Some(within)) => Urgency::Warned { within },
            (None, None) => Urgency::Running,
        };
        ClockState { from, last_day, moved, days_left, urgency, action: action(matter), unproven }
    }

    fn run(&self, matter: &Matter, calendar: &Calendar, as_of: Date) -> Run {
        match matter {
            Matter::Limitation { due, interruptions, obstacles } => {
                let months = (self.limitation_months, self.obstacle_months);
                let mut run = interrupted(*due, months, interruptions, obstacles, calendar, as_of);
                run.last_day = run.last_day.min(months_after(*due, self.limitation_longest_months));
                run
            }
            Matter::Enforcement { from, interruptions } => {
                let months = (self.enforcement_months, self.obstacle_months);
                interrupted(*from, months, interruptions, &[], calendar, as_of)
            }
            Matter::Suretyship { due, agreed, exercised, .. } => {
                let agreed = agreed.filter(|agreed| agreed > due);
                Run::plain(*due, agreed.unwrap_or_else(|| months_after(*due, self.suretyship_months)), *exercised)
            }
            Matter::Bill { from, exercised } => Run::plain(*from, months_after(*from, self.bill_months), *exercised),
            Matter::Cheque { from, exercised } => {
                Run::plain(*from, months_after(*from, self.cheque_months), *exercised)
            }
            Matter::Recourse { from, exercised } => {
                Run::plain(*from, months_after(*from, self.recourse_months), *exercised)
            }
            Matter::FurtherRecourse { from, exercised } => {
                Run::plain(*from, months_after(*from, self.further_recourse_months), *exercised)
            }
            Matter::BankruptcyFiling { until, exercised, .. } => Run::plain(*until, *until, *exercised),
            Matter::InsurersNotice { from, days, exercised } => {
                Run::plain(*from, plus_days(*from, u32::from(*days)), *exercised)
            }
        }
    }
}

/// A period of some months that what happened in it begins anew, and that an obstacle in its last months lets end so many
/// months after the obstacle: all in the order in which it happened.
fn interrupted(
    from: Date,
    (months, obstacle_months): (u16, u16),
    interruptions: &[Interruption],
    obstacles: &[Pause],
    calendar: &Calendar,
    as_of: Date,
) -> Run {
    let mut obstacles: Vec<&Pause> = obstacles.iter().filter(|obstacle| obstacle.from <= as_of).collect();
    obstacles.sort_by_key(|obstacle| (obstacle.from, obstacle.to));
    // The last day as the obstacles that had begun by then leave it.
    let hindered = |mut last_day: Date, by: Date| {
        for obstacle in obstacles.iter().filter(|obstacle| obstacle.from <= by) {
            let in_tail = obstacle.to >= months_before(last_day, obstacle_months);
            if in_tail && obstacle.from <= calendar.next_working(last_day) {
                last_day = last_day.max(months_after(obstacle.to, obstacle_months));
            }
        }
        last_day
    };
    let mut run = Run::plain(from, months_after(from, months), None);
    let mut happened: Vec<&Interruption> = interruptions.iter().filter(|event| event.date <= as_of).collect();
    happened.sort_by_key(|event| (event.date, event.event, event.ended));
    for event in happened {
        if !event.proven {
            run.unproven.push(event.date);
            continue;
        }
        // What comes after the end revives nothing, save that the debtor agrees to pay all the same.
        run.last_day = hindered(run.last_day, event.date);
        let in_time = run.pending || event.date <= calendar.next_working(run.last_day);
        if !in_time && event.event != Event::Acknowledgement {
            continue;
        }
        let ended = match event.event {
            Event::Proceedings => event.ended.filter(|ended| *ended <= as_of),
            Event::Demand | Event::Acknowledgement => Some(event.date),
        };
        let anew = ended.unwrap_or(event.date);
        if event.event == Event::Proceedings || !run.pending {
            run.pending = ended.is_none();
        }
        if anew >= run.from {
            run.from = anew;
            run.last_day = run.last_day.max(months_after(anew, months));
        }
    }
    run.last_day = hindered(run.last_day, as_of);
    run
}

/// What of the messages that went out demanded payment of a document (民法典 195, 第一项), in their order: those that named it,
/// by any of its numbers, after it fell due, the mildest too. A reminder beforehand demands nothing yet. What can't be proven
/// to have arrived is in the list and marked so (诉讼时效规定 第八条).
pub fn demands(notices: &[Notice], numbers: &[ItemId], due: Date) -> Vec<Interruption> {
    let mut found: Vec<Interruption> = notices
        .iter()
        .filter(|notice| notice.date > due && notice.items.iter().any(|item| numbers.contains(item)))
        .map(|notice| Interruption {
            date: notice.arrival().unwrap_or(notice.date),
            event: Event::Demand,
            proven: notice.arrival().is_some(),
            ended: None,
        })
        .collect();
    found.sort_by_key(|demand| (demand.date, demand.proven));
    found
}

fn action(matter: &Matter) -> Bilingual {
    let words = |zh: &str, en: &str| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
    match matter {
        Matter::Limitation { .. } => words(
            "诉讼时效届满后债务人可拒绝履行：发出书面催款并保留送达证明，取得对账确认或还款承诺，或起诉、仲裁。",
            "After it the debtor may refuse to pay: send a written demand with proof of delivery, get the statement confirmed or a promise, or sue.",
        ),
        Matter::Suretyship { surety: Surety::General, .. } => words(
            "保证期间届满保证人免责：一般保证须在期间内对债务人起诉或申请仲裁。",
            "After it the surety is free: under a general suretyship sue the debtor, or go to arbitration, before it ends.",
        ),
        Matter::Suretyship { surety: Surety::Joint, .. } => words(
            "保证期间届满保证人免责：连带责任保证须在期间内书面请求保证人承担责任。",
            "After it the surety is free: under a joint suretyship call on the surety in writing before it ends.",
        ),
        Matter::Bill { .. } | Matter::Cheque { .. } => words(
            "票据权利届期消灭：提示付款，被拒绝的取得证明并追索或起诉。",
            "The right on the instrument ends: present it, and if it is refused take the proof and recourse, or sue.",
        ),
        Matter::Recourse { .. } | Matter::FurtherRecourse { .. } => words(
            "对前手的追索权届期消灭：书面通知前手并行使追索，或起诉。",
            "Recourse against those before us ends: give notice and take it, or sue.",
        ),
        Matter::Enforcement { .. } => words(
            "申请执行的期间届满，被执行人可提出时效异议：向法院申请强制执行。",
            "After it the debtor may object: apply to the court for enforcement.",
        ),
        Matter::BankruptcyFiling { .. } => words(
            "逾期只能在最后分配前补充申报，并自担费用：向管理人书面申报债权并附证据。",
            "Later one can only file before the last distribution, at one's own cost: file the claim with the administrator, with its proof.",
        ),
        Matter::InsurersNotice { .. } => words(
            "逾期通知可能影响理赔：按保单向保险人报告可能损失。",
            "Late notice may cost the claim: report the probable loss to the insurer as the policy asks.",
        ),
    }
}
