//! The statement of account as the customer sees it, on the screen and on paper.

use super::account::{AccountView, line_name, what};
use super::find::{FOUND_MAX, Found, find};
use super::period::{Period, PeriodPicker};
use super::recount::{Recount, recount};
use super::words;
use crate::data::client::{self, ClientError};
use crate::data::session::{Doorkeeper, today};
use crate::download::{Cell, csv, hand_over};
use crate::lang::{Lang, lang, say, t};
use crate::ui::{Button, ErrorNote, Field, Proof, ProofState, Skeleton, ThemeSwitch};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::CustomerId;
use shared::facts::money::Money;
use shared::questions::statement::Statement;
use shared::record::api::{Session, StatementAnswer};
use std::sync::Arc;

/// A statement with what this browser made of it.
#[derive(Debug)]
struct Recounted {
    answer: StatementAnswer,
    recount: Recount,
}

#[derive(Clone, Debug)]
enum Shown {
    Loading,
    Failed(ClientError),
    Here(Arc<Recounted>),
}

/// The page of one customer.
#[component]
pub fn StatementPage(
    /// Who is signed in.
    session: Arc<Session>,
    /// Whose statement.
    customer: CustomerId,
    /// The door, which is told when the session ends.
    door: Doorkeeper,
) -> impl IntoView {
    let today = today(&session.book);
    let period = RwSignal::new(Period::month_to(today));
    let shown = RwSignal::new(Shown::Loading);
    let again = RwSignal::new(0_u32);
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let Period { from, to } = period.get();
        again.track();
        asked.update_value(|number| *number = number.wrapping_add(1));
        let number = asked.get_value();
        shown.set(Shown::Loading);
        spawn_local(async move {
            let answer = door.heed(client::statement(customer, from, to).await);
            // An answer to an earlier question comes too late.
            if asked.try_get_value() != Some(number) {
                return;
            }
            match answer {
                Ok(answer) => shown.set(Shown::Here(Arc::new(Recounted { recount: recount(&answer), answer }))),
                // The door shows who is out.
                Err(ClientError::SignedOut) => {}
                Err(failure) => shown.set(Shown::Failed(failure)),
            }
        });
    });
    let words = RwSignal::new(String::new());
    let content = move || match shown.get() {
        Shown::Loading => view! { <div class="leaf"><Skeleton lines=8 /></div> }.into_any(),
        Shown::Failed(failure) => {
            let what = Signal::derive(move || words::failure(lang(), &failure));
            let retry = Callback::new(move |()| again.update(|again| *again = again.wrapping_add(1)));
            view! { <div class="leaf"><ErrorNote what=what on_retry=retry /></div> }.into_any()
        }
        Shown::Here(recounted) => {
            let name = company_name(&session.book.name, session.book.name_en.as_deref());
            view! { <Leaf recounted=recounted company=name words=words /> }.into_any()
        }
    };
    view! {
        <section class="bar screen-only" aria-label=t("筛选与查找", "Choose and find")>
            <PeriodPicker today=today period=period />
            <div class="search" role="search">
                <Field
                    label=Signal::derive(move || t("找账单", "Find a document")().to_owned())
                    value=words
                    on_input=Callback::new(move |text| words.set(text))
                    kind="search"
                    placeholder=Signal::derive(move || t("发票号、提单号、箱号", "Invoice, bill of lading, container")().to_owned())
                />
            </div>
        </section>
        <main>{content}</main>
        <footer class="house screen-only"><ThemeSwitch /></footer>
    }
}

/// The company's name as the reader's language has it.
pub(super) fn company_name(name: &str, name_en: Option<&str>) -> Signal<String> {
    let (name, name_en) = (name.to_owned(), name_en.map(str::to_owned));
    Signal::derive(move || match lang() {
        Lang::Zh => name.clone(),
        Lang::En => name_en.clone().unwrap_or_else(|| name.clone()),
    })
}

/// The sheet.
#[component]
fn Leaf(recounted: Arc<Recounted>, company: Signal<String>, words: RwSignal<String>) -> impl IntoView {
    let answer = &recounted.answer;
    let statement = &answer.statement;
    let period = Period { from: statement.from, to: statement.to };
    let code = check_code(&answer.digest);
    let number = {
        let code = code.clone();
        say(move |l| l.fill("{0}；核对码 {1}", "{0}; check {1}", &[&period.words(l), &code]))
    };
    let all = RwSignal::new(false);
    let customer = company_name(&answer.customer.name, answer.customer.name_en.as_deref());
    crate::ui::page_title(move || {
        lang().fill("对账单 {0} · {1}", "Statement {0} · {1}", &[&lang().date(period.to), &company.get()])
    });
    let aging = Arc::new(answer.aging.clone());
    let accounts = statement.accounts.iter().map(|account| {
        view! { <AccountView account=account.clone() aging=Arc::clone(&aging) all=all /> }
    });
    let accounts = accounts.collect_view();
    let empty = statement.accounts.is_empty();
    let searched = Arc::clone(&recounted);
    let results = move || {
        let words = words.get();
        (!words.trim().is_empty()).then(|| {
            let (found, count) = find(&searched.answer.facts, &words, searched.answer.statement.to);
            view! { <Results found=found count=count /> }
        })
    };
    let slip = Arc::clone(&recounted);
    view! {
        <div class="leaf">
            <header class="letterhead">
                <p class="from">{move || company.get()}</p>
                <h1 class="what">{t("对账单", "Statement")}</h1>
                <p class="label no">{number}</p>
                <div class="rule"></div>
            </header>
            <section class="to">
                <h2><small>{t("致", "To")}</small>{move || customer.get()}</h2>
                <p class="label">{answer.customer.code.clone()}</p>
            </section>
            {results}
            {accounts}
            {empty.then(|| view! { <p class="nothing quiet">{t("这段时间没有往来，也没有余额", "Nothing was charged or paid, and nothing is owed")}</p> })}
            <Slip recounted=slip company=company customer=customer code=code />
        </div>
        <Foot recounted=recounted all=all />
    }
}

/// Twelve characters of the digest, by which two people on the telephone know that they look at the same sheet.
fn check_code(digest: &str) -> String {
    let upper = digest.to_ascii_uppercase();
    let part = |from: usize| upper.get(from..from + 4).unwrap_or_default().to_owned();
    [part(0), part(4), part(8)].join("\u{a0}")
}

/// Documents found by their number.
#[component]
fn Results(found: Vec<Found>, count: usize) -> impl IntoView {
    let none = found.is_empty();
    let heading = say(move |l| match i64::try_from(count).unwrap_or(i64::MAX) {
        0 => l.pick("没有找到这样的账单", "No such document").to_owned(),
        many if count > FOUND_MAX => l.fill(
            "找到 {0} 张，列出最近 {1} 张",
            "{0} documents found, the newest {1} listed",
            &[&l.number(many), &l.number(FOUND_MAX.try_into().unwrap_or(0))],
        ),
        many => l.fill("找到 {0}", "{0} found", &[&l.count(many, "张", "document", "documents")]),
    });
    let row = |found: Found| {
        let Found { item, date, open, settled } = found;
        let of = item.amount;
        let state = move || match settled {
            Some(date) => lang().fill("{0} 付清", "settled {0}", &[&lang().date(date)]),
            None if open == of => lang().pick("未付", "open").to_owned(),
            None => lang().fill("尚欠 {0}", "{0} open", &[&lang().amount(open)]),
        };
        view! {
            <tr>
                <td class="d">{move || lang().date(date)}</td>
                <th scope="row">{what(item.description, item.number, item.reference)}</th>
                <td class="l">{state}</td>
                <td class="num b">{move || lang().money(of)}</td>
            </tr>
        }
    };
    view! {
        <section class="found screen-only" aria-label=t("查找结果", "Search results")>
            <div role="status"><h2 class="head-2">{heading}</h2></div>
            {(!none).then(|| view! {
                <table class="data items moves">
                    <thead>
                        <tr>
                            <th scope="col">{t("开单日", "Date")}</th>
                            <th scope="col">{t("摘要", "Document")}</th>
                            <th scope="col">{t("状态", "State")}</th>
                            <th scope="col" class="num">{t("金额", "Amount")}</th>
                        </tr>
                    </thead>
                    <tbody>{found.into_iter().map(row).collect_view()}</tbody>
                </table>
            })}
        </section>
    }
}

/// Whether it was recomputed, and taking it along.
#[component]
fn Foot(recounted: Arc<Recounted>, all: RwSignal<bool>) -> impl IntoView {
    let proof = match recounted.recount {
        Recount::Same => view! { <Proof of=ProofState::Same on_report=Callback::new(|()| ()) /> }.into_any(),
        Recount::Differs { here, book } => {
            let evidence = Arc::clone(&recounted);
            let report = Callback::new(move |()| report(&evidence.answer));
            view! { <Proof of=ProofState::Differs { here, book } on_report=report /> }.into_any()
        }
        Recount::Broken => view! {
            <p class="proof stop" role="alert">
                {t("对账单无法在您的浏览器里重算，请先联系我们核对，再付款", "The statement cannot be recomputed here: ask us before you pay")}
            </p>
        }
        .into_any(),
    };
    let sheet = Arc::clone(&recounted);
    let download = Callback::new(move |()| {
        let statement = &sheet.answer.statement;
        let name = format!("statement-{}-{}-{}.csv", sheet.answer.customer.code, statement.from, statement.to);
        hand_over(&name, "text/csv", &csv(&rows(statement, lang())));
    });
    let print = Callback::new(move |()| {
        all.set(true);
        // The rows that were left out are drawn before the next frame.
        request_animation_frame(|| {
            // A browser without a printer says so itself.
            let _ = window().print();
        });
    });
    view! {
        <footer class="answer screen-only">
            {proof}
            <Button on_press=download>{t("下载 CSV", "Download CSV")}</Button>
            <Button on_press=print>{t("打印", "Print")}</Button>
        </footer>
    }
}

/// A difference is reported with the facts that show it: a file for whoever answers at the company.
fn report(answer: &StatementAnswer) {
    if let Ok(text) = serde_json::to_string_pretty(answer) {
        hand_over(&format!("statement-difference-{}.json", answer.statement.to), "application/json", &text);
    }
}

/// The statement as rows: every movement and every open document, currency by currency.
fn rows(statement: &Statement, lang: Lang) -> Vec<Vec<Cell>> {
    let head = lang.pick(
        ["币种", "类别", "日期", "单号", "参考号", "摘要", "到期", "应收", "已付", "余额", "未清"],
        [
            "Currency",
            "Kind",
            "Date",
            "Number",
            "Reference",
            "Description",
            "Due",
            "Charged",
            "Credited",
            "Balance",
            "Open",
        ],
    );
    let blank = || Cell::text("");
    let words = |text: Option<&String>| Cell::text(text.cloned().unwrap_or_default());
    let mut rows = vec![head.map(Cell::text).to_vec()];
    for account in &statement.accounts {
        let kind = |zh, en| vec![Cell::text(account.currency.code()), Cell::text(lang.pick(zh, en))];
        let balance = |date, balance: Money| {
            let gap = std::iter::repeat_with(blank).take(6);
            [Cell::figure(date)].into_iter().chain(gap).chain([Cell::figure(balance), blank()]).collect::<Vec<_>>()
        };
        rows.push([kind("期初余额", "Opening balance"), balance(statement.from, account.opening)].concat());
        for line in &account.lines {
            let (zh, en) = line_name(line.kind);
            let (charged, credited) = if line.amount.minor() >= 0 {
                (Cell::figure(line.amount), blank())
            } else {
                (blank(), Cell::figure(line.amount.negated()))
            };
            let own = vec![
                Cell::figure(line.date),
                Cell::text(&line.number),
                words(line.reference.as_ref()),
                words(line.description.as_ref()),
                line.due.map_or_else(blank, Cell::figure),
                charged,
                credited,
                Cell::figure(line.balance),
                blank(),
            ];
            rows.push([kind(zh, en), own].concat());
        }
        rows.push([kind("期末余额", "Closing balance"), balance(statement.to, account.closing)].concat());
        for item in &account.open {
            let own = vec![
                Cell::figure(item.date),
                Cell::text(&item.number),
                words(item.reference.as_ref()),
                words(item.description.as_ref()),
                Cell::figure(item.due),
                Cell::figure(item.amount),
                blank(),
                blank(),
                Cell::figure(item.open),
            ];
            rows.push([kind("未清", "Open"), own].concat());
        }
    }
    rows
}

/// 对账回执: what the customer signs and sends back, on paper only.
#[component]
fn Slip(recounted: Arc<Recounted>, company: Signal<String>, customer: Signal<String>, code: String) -> impl IntoView {
    let statement = &recounted.answer.statement;
    let to = statement.to;
    let closings: Vec<_> = statement.accounts.iter().map(|account| account.closing).collect();
    let sentence = move || {
        let lang = lang();
        let amounts: Vec<String> = closings
            .iter()
            .map(|closing| lang.fill("{0}（{1}）", "{0} ({1})", &[&lang.money(*closing), &lang.in_words(*closing)]))
            .collect();
        let amounts = amounts.join(lang.pick("、", ", "));
        lang.fill(
            "致 {0}：截至 {1}，贵司对账单（核对码 {2}）所列应付总额 {3}，",
            "To {0}: as of {1}, the total due of your statement (check {2}), {3}, is",
            &[&company.get(), &lang.date(to), &code, &amounts],
        )
    };
    view! {
        <section class="slip print-only keep">
            <h2>{t("对账回执", "Confirmation")}</h2>
            <p>{sentence}</p>
            <p>
                {t("□ 核对无误", "□ agreed")}
                <span class="or">{t("□ 有出入，说明如下：", "□ not agreed, because:")}</span>
                <span class="write"></span>
            </p>
            <div class="sign">
                <span>{move || lang().fill("{0}（盖章）", "{0} (stamp)", &[&customer.get()])}</span>
                <span>{t("经办人", "Name")}</span>
                <span>{t("日期", "Date")}</span>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::super::recount::tests::answer;
    use super::*;

    #[test]
    fn the_file_holds_movements_and_open_documents() {
        let text = csv(&rows(&answer().statement, Lang::En));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "CNY,Opening balance,2026-11-01,,,,,,,100.00,");
        assert_eq!(lines[2], "CNY,Invoice,2026-11-03,INV-2,BL-INV-2,海运费,2026-12-03,50.00,,150.00,");
        assert_eq!(lines[3], "CNY,Payment received,2026-11-10,,,,,,70.00,80.00,");
        assert_eq!(lines[4], "CNY,Closing balance,2026-11-20,,,,,,,80.00,");
        assert_eq!(lines[5], "CNY,Open,2026-10-08,INV-1,BL-INV-1,海运费,2026-11-07,100.00,,,40.00");
        assert_eq!(lines.len(), 7);
    }

    #[test]
    fn the_check_code_is_short() {
        assert_eq!(check_code("0123456789abcdef"), "0123\u{a0}4567\u{a0}89AB");
        assert_eq!(check_code(""), "\u{a0}\u{a0}");
    }
}
