//! What is said of orders: why one waits, since when, what happened to it.

use crate::desk::words::role_named;
use crate::lang::Lang;
use crate::ui::Mark;
use crate::words::{mark, reason};
use shared::facts::calendar::{Date, days_between};
use shared::record::api::OrderStatus;
use shared::record::api::orders::{OrderLine, StepKind};
use shared::rules::order_check::{Checkpoint, Forbidden, Verdict};

/// The seal of an order in a list: what it is now, whatever the check once said.
pub fn seal(line: &OrderLine) -> Mark {
    match line.status {
        OrderStatus::Refused | OrderStatus::Cancelled => Mark::Refuse,
        OrderStatus::Held => Mark::Hold,
        OrderStatus::Confirmed if line.waits.is_some() || line.by_hand.is_some() => Mark::Hold,
        OrderStatus::Confirmed => mark(line.verdict.min(Verdict::Warn)),
    }
}

/// Why it waits, in a line; of one that doesn't, what became of it.
pub fn why(lang: Lang, line: &OrderLine) -> String {
    if let Some(held) = &line.by_hand {
        return lang.fill("手工冻结：{0}", "Held by hand: {0}", &[&held.reason]);
    }
    let found = {
        let mut told = line.reasons.iter().map(|of| reason(lang, of).text);
        let first = told.next();
        let others = i64::try_from(told.count()).unwrap_or_default();
        first.map(|first| match others {
            0 => first,
            _ => lang.fill("{0}，另有 {1} 处", "{0}, and {1} more", &[&first, &lang.number(others)]),
        })
    };
    if let Some(at) = line.waits {
        let at = checkpoint(lang, at);
        return match found {
            Some(found) => lang.fill("停在{0}：{1}", "Waits at {0}: {1}", &[at, &found]),
            None => lang.fill("停在{0}", "Waits at {0}", &[at]),
        };
    }
    if let (OrderStatus::Held, Some(until)) = (line.status, line.until) {
        return lang.fill("授权已于 {0} 到期", "Its authorisation ran out on {0}", &[&lang.date(until)]);
    }
    match line.status {
        OrderStatus::Cancelled => lang.pick("已取消", "Cancelled").to_owned(),
        OrderStatus::Confirmed if line.lapsed => lang.pick("久未履行，已失效", "Lapsed: nothing came of it").to_owned(),
        OrderStatus::Confirmed => way(lang, line),
        OrderStatus::Held | OrderStatus::Refused => found.unwrap_or_default(),
    }
}

/// How far a confirmed order has come.
fn way(lang: Lang, line: &OrderLine) -> String {
    if let Some(paid) = line.paid {
        return lang.fill("{0} 付清", "Paid {0}", &[&lang.date(paid)]);
    }
    if let Some(invoiced) = line.invoiced {
        return lang.fill("{0} 开票", "Invoiced {0}", &[&lang.date(invoiced)]);
    }
    if let Some((at, date)) = line.passed.last() {
        return lang.fill("{1} 过{0}", "Passed {0} on {1}", &[checkpoint(lang, *at), &lang.date(*date)]);
    }
    lang.pick("已确认，未开票", "Confirmed, not invoiced").to_owned()
}

/// How long it has been so, and when it is to ship.
pub fn since(lang: Lang, line: &OrderLine, today: Date) -> String {
    let days = i64::from(days_between(line.date, today).max(0));
    let waits = line.status == OrderStatus::Held || line.waits.is_some() || line.by_hand.is_some();
    let since = match (waits, days) {
        (true, 0) => lang.pick("今天", "today").to_owned(),
        (true, days) => lang.fill("等了 {0}", "waits {0}", &[&lang.days(days)]),
        (false, _) => lang.date(line.date),
    };
    let since = match line.release.as_ref().and_then(|needs| needs.authority.lowest.as_ref()) {
        Some(lowest) if waits && line.by_hand.is_none() => {
            lang.fill("{0}，{1}可放行", "{0}, for the {1}", &[&since, &role_named(lang, lowest)])
        }
        _ => since,
    };
    match line.planned {
        Some(planned) if waits => lang.fill("{0}，{1} 发货", "{0}, ships {1}", &[&since, &lang.date(planned)]),
        _ => since,
    }
}

/// A place on an order's way at which it is checked.
pub fn checkpoint(lang: Lang, of: Checkpoint) -> &'static str {
    let (zh, en) = match of {
        Checkpoint::Booking => ("订舱", "booking"),
        Checkpoint::Advances => ("垫付", "advances"),
        Checkpoint::Documents => ("放单", "release of documents"),
        Checkpoint::Delivery => ("放货", "delivery"),
        Checkpoint::Invoicing => ("开票", "invoicing"),
        Checkpoint::Entry => ("下单", "entry"),
        Checkpoint::Change => ("改单", "change"),
        Checkpoint::Release => ("发货", "dispatch"),
    };
    lang.pick(zh, en)
}

/// What may not be done meanwhile.
pub fn forbidden(lang: Lang, of: Forbidden) -> &'static str {
    let (zh, en) = match of {
        Forbidden::Accept => ("不接单", "not to be accepted"),
        Forbidden::Change => ("不改单", "not to be changed"),
        Forbidden::Advance => ("不垫付", "nothing to be laid out"),
        Forbidden::ReleaseDocuments => ("不放单", "documents not to be released"),
        Forbidden::Deliver => ("不放货", "not to be delivered"),
        Forbidden::InvoiceOnCredit => ("不按账期开票", "not to be invoiced on credit"),
    };
    lang.pick(zh, en)
}

/// Something that happened to an order.
pub fn step(lang: Lang, of: StepKind) -> &'static str {
    let (zh, en) = match of {
        StepKind::Asked => ("提交", "Put to the book"),
        StepKind::Changed => ("改单", "Changed"),
        StepKind::Passed => ("通过", "Passed"),
        StepKind::Waits => ("停下", "Stopped"),
        StepKind::Released => ("放行", "Released"),
        StepKind::Refused => ("驳回", "Refused"),
        StepKind::Held => ("手工冻结", "Held by hand"),
        StepKind::Resumed => ("解除冻结", "Hold ended"),
        StepKind::Retested => ("重新检查", "Checked again"),
        StepKind::Cancelled => ("取消", "Cancelled"),
    };
    lang.pick(zh, en)
}
