//! The page of the aged balance: a day, the sheet at the end of it, and the proof that it ties out.

use super::files;
use super::sheet::{Foot, Line, Sheet, sheet};
use crate::desk::address::{Address, BASE, read_sort, write_sort};
use crate::desk::book::{Customers, Desk, Ledger, Load};
use crate::desk::parts::{Loaded, SaveAs, both, milliseconds, timed};
use crate::desk::shell::Bar;
use crate::desk::words;
use crate::download::{Form, hand_over_table};
use crate::lang::{Lang, lang, t};
use crate::ui::{AgingBand, AgingBar, Button, Empty, Proof, ProofState, Sort, SortHead, VirtualTable};
use leptos::prelude::*;
use shared::facts::calendar::{Date, minus_days, month_end, month_start};
use shared::facts::money::{Currency, Money};
use shared::readings::aging::AgingRule;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A sheet as it is shown.
#[derive(Clone, Debug, PartialEq)]
struct Aged {
    as_of: Date,
    sheet: Sheet,
    rule: AgingRule,
    /// Where each row's line is, by the row's name.
    places: BTreeMap<u32, usize>,
    /// How long it took, in milliseconds.
    took: f64,
}

impl Aged {
    fn of(ledger: &Ledger, customers: &Customers, rule: &AgingRule, as_of: Date) -> Option<Self> {
        let (made, took) = timed(|| sheet(&ledger.journal, rule, as_of));
        let sheet = made.ok()?;
        let name = |line: &Line| row_name(customers.slot(line.row.customer)?, line.row.currency);
        let places = sheet.lines.iter().enumerate().filter_map(|(place, line)| Some((name(line)?, place))).collect();
        Some(Self { as_of, sheet, rule: rule.clone(), places, took })
    }

    fn line(&self, name: u32) -> Option<&Line> {
        self.sheet.lines.get(*self.places.get(&name)?)
    }
}

/// A row's name: the customer's slot and the currency's place. It stays the same from day to day.
fn row_name(slot: u32, currency: Currency) -> Option<u32> {
    let place = Currency::all().position(|other| other == currency)?;
    slot.checked_mul(32)?.checked_add(u32::try_from(place).ok()?)
}

/// How the sheet compares: with itself and with the ledger always; with the standings that the book keeps, when it is the
/// sheet of today.
fn proof(aged: &Aged, feet_of_book: Option<&BTreeMap<Currency, Money>>) -> ProofState {
    for foot in aged.sheet.feet.values() {
        if !foot.ties_out() {
            return ProofState::Differs { here: foot.balance, book: foot.ledger };
        }
    }
    let Some(book) = feet_of_book else { return ProofState::Same };
    for currency in aged.sheet.feet.keys().chain(book.keys()) {
        let here = aged.sheet.feet.get(currency).map_or(Money::zero(*currency), |foot| foot.balance);
        let book = book.get(currency).copied().unwrap_or(Money::zero(*currency));
        if here != book {
            return ProofState::Differs { here, book };
        }
    }
    ProofState::Same
}

/// What the kept standings come to, by currency.
fn balance_of_standings(customers: &Customers) -> Option<BTreeMap<Currency, Money>> {
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for (_, known) in customers.all() {
        let open = known.standing.open.iter().map(|bucket| bucket.amount);
        let unapplied = known.standing.unapplied.iter().map(|money| money.negated());
        for money in open.chain(unapplied) {
            let sum = sums.entry(money.currency()).or_insert(Money::zero(money.currency()));
            *sum = sum.plus(money).ok()?;
        }
    }
    Some(sums)
}

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    desk.want_ledger();
    let address = Address::here();
    // Without a day in the address it is the book's today, whichever that is.
    let chosen = address.keep(
        "as-of",
        None,
        |text| text.parse().ok().map(Some),
        |date: &Option<Date>| date.map(|date| date.to_string()).unwrap_or_default(),
    );
    let as_of = Memo::new(move |_| chosen.get().unwrap_or(desk.today()));
    // What the address names and is no day is said; then it is today.
    let unread = move || {
        let text = address.get("as-of").filter(|text| text.parse::<Date>().is_err())?;
        let words = move || {
            lang().fill("地址里的“{0}”不是日期，下面是今天", "“{0}” in the address is no day; this is today", &[&text])
        };
        Some(view! { <p class="caution screen-only" role="status">{words}</p> })
    };
    let sort = address.keep("sort", Sort { column: 20, down: true }, read_sort, write_sort);
    let aged = RwSignal::new(None::<Arc<Aged>>);
    Effect::new(move |_| {
        let rule = desk.policy.with(|policy| policy.as_ref().map(|policy| policy.policy.aging.clone()));
        let (ledger, customers) = (desk.ledger.with(Load::ready), desk.customers.get());
        if let (Some(ledger), Some(rule)) = (ledger, rule) {
            aged.set(Aged::of(&ledger, &customers, &rule, as_of.get()).map(Arc::new));
        }
    });
    let proof = Memo::new(move |_| {
        let aged = aged.get()?;
        // Kept standings are those of today, and only those at the same feed number compare.
        let feed = desk.ledger.with(|load| load.ready().map(|ledger| ledger.feed));
        let same = aged.as_of == desk.today() && feed == Some(desk.feed.get());
        let book = if same { desk.customers.with(|customers| balance_of_standings(customers)) } else { None };
        Some(proof(&aged, book.as_ref()))
    });
    let about = Signal::derive(move || {
        let lang = lang();
        let Some(aged) = aged.get() else { return String::new() };
        let documents: u32 = aged.sheet.feet.values().map(|foot| foot.documents).sum();
        let with = [
            &*lang.date(aged.as_of),
            &*lang.count(i64::from(documents), "笔未清", "open item", "open items"),
            &*milliseconds(lang, aged.took),
        ];
        lang.fill("截至 {0}，{1}，{2}", "as of {0}; {1}; {2}", &with)
    });
    let save = Callback::new(move |form: Form| {
        let Some(aged) = aged.get_untracked() else { return };
        let lang = untrack(lang);
        let rows = desk.customers.with_untracked(|all| files::table(lang, &aged.sheet, all, &aged.rule, aged.as_of));
        if !hand_over_table(&format!("{}-{}", lang.pick("账龄", "aging"), aged.as_of), form, &rows) {
            desk.toaster.say(lang.pick("浏览器不让保存文件", "The browser refused the file"));
        }
    });
    let print = Callback::new(move |()| {
        // A browser that cannot print says so itself.
        let _ = window().print();
    });
    let report = Callback::new(move |()| {
        desk.toaster.say(untrack(lang).pick("请把这一页截图交给管理员", "Please show this page to the administrator"));
    });
    view! {
        <Bar title=both("账龄", "Aging") about=about>
            <SaveAs on_press=save />
            <Button on_press=print>{t("打印", "Print")}</Button>
        </Bar>
        <main class="page aging-page" id="main">
            <div class="tools screen-only"><Days chosen=chosen as_of=as_of /></div>
            {unread}
            <Loaded of=desk.ledger on_retry=Callback::new(move |()| desk.read_ledger())>
                <Pictures aged=aged />
                <Table aged=aged sort=sort />
                <div class="tie">
                    {move || aged.get().map(|aged| ties(&aged))}
                    {move || proof.get().map(|proof| view! { <Proof of=proof on_report=report /> })}
                </div>
            </Loaded>
        </main>
    }
}

/// The day, and the days that people ask for.
#[component]
fn Days(chosen: RwSignal<Option<Date>>, as_of: Memo<Date>) -> impl IntoView {
    let desk = Desk::here();
    let to = move |date: fn(Date) -> Date| {
        move |_| {
            let today = untrack(|| desk.today());
            let date = date(as_of.get_untracked()).min(today);
            chosen.set((date != today).then_some(date));
        }
    };
    let button = move |zh: &'static str, en: &'static str, date: fn(Date) -> Date| {
        view! { <button type="button" class="pick" on:click=to(date)>{t(zh, en)}</button> }
    };
    // The end of the month before, and the next end of a month after this day.
    let before = |date: Date| minus_days(month_start(date), 1);
    let after = |date: Date| if month_end(date, 0) == date { month_end(date, 1) } else { month_end(date, 0) };
    view! {
        <label class="day">
            <span class="label">{t("截至", "As of")}</span>
            <input
                type="date"
                required
                max=move || desk.today().to_string()
                prop:value=move || as_of.get().to_string()
                on:change:target=move |event| {
                    if let Ok(date) = event.target().value().parse::<Date>() {
                        let today = untrack(|| desk.today());
                        chosen.set(Some(date.min(today)).filter(|date| *date != today));
                    }
                }
            />
        </label>
        <div class="picks" role="group" aria-label=t("常用的日子", "Common days")>
            {button("‹ 上个月底", "‹ Month end before", before)}
            {button("下个月底 ›", "Month end after ›", after)}
            <button
                type="button"
                class="pick"
                aria-pressed=move || if chosen.get().is_none() { "true" } else { "false" }
                on:click=move |_| chosen.set(None)
            >
                {t("今天", "Today")}
            </button>
        </div>
    }
}

/// One picture for each currency.
#[component]
fn Pictures(aged: RwSignal<Option<Arc<Aged>>>) -> impl IntoView {
    let currencies = Memo::new(move |_| {
        aged.with(|aged| aged.as_ref().map(|aged| aged.sheet.feet.keys().copied().collect::<Vec<_>>()))
    });
    let picture = move |currency: Currency| {
        let bands = Signal::derive(move || {
            aged.with(|aged| {
                let Some((aged, foot)) = aged.as_ref().and_then(|aged| Some((aged, aged.sheet.feet.get(&currency)?)))
                else {
                    return Vec::new();
                };
                let names = words::bands(lang(), &aged.rule.bands);
                names.into_iter().zip(&foot.bands).map(|(name, amount)| AgingBand { name, amount: *amount }).collect()
            })
        });
        view! {
            <figure>
                <figcaption><b>{move || lang().currency(currency)}</b></figcaption>
                <AgingBar bands=bands />
            </figure>
        }
    };
    view! { <div class="pictures">{move || currencies.get().unwrap_or_default().into_iter().map(picture).collect_view()}</div> }
}

/// Columns after the bands, as the sort numbers them.
const OPEN: u8 = 20;
const UNAPPLIED: u8 = 21;
const BALANCE: u8 = 22;
const OLDEST: u8 = 23;
const DISPUTED: u8 = 24;

fn figure(line: &Line, column: u8) -> i64 {
    match column {
        OPEN => line.row.open,
        UNAPPLIED => line.unapplied,
        BALANCE => line.balance(),
        OLDEST => i64::from(line.row.oldest_days),
        DISPUTED => line.past.disputed,
        band => line.row.bands.get(usize::from(band).saturating_sub(2)).copied().unwrap_or_default(),
    }
}

#[component]
fn Table(aged: RwSignal<Option<Arc<Aged>>>, sort: RwSignal<Sort>) -> impl IntoView {
    let desk = Desk::here();
    let rows = Memo::new(move |_| {
        let (Some(aged), customers, Sort { column, down }) = (aged.get(), desk.customers.get(), sort.get()) else {
            return Arc::from([]);
        };
        let name = |line: &Line| customers.get(line.row.customer).map(|known| known.customer.name.clone());
        let mut rows: Vec<(u32, &Line)> =
            aged.places.iter().filter_map(|(row, place)| Some((*row, aged.sheet.lines.get(*place)?))).collect();
        rows.sort_by(|(_, a), (_, b)| {
            let order = match column {
                0 => name(a).cmp(&name(b)),
                1 => Ordering::Equal,
                // Amounts of two currencies don't compare: the book's own comes first, then each by itself.
                column => figure(a, column).cmp(&figure(b, column)),
            };
            let order = if down { order.reverse() } else { order };
            let home = untrack(|| desk.book.with(|book| book.currency));
            let currency = |line: &Line| (Reverse(line.row.currency == home), line.row.currency);
            if column == 0 {
                order.then(currency(a).cmp(&currency(b)))
            } else {
                currency(a).cmp(&currency(b)).then(order)
            }
        });
        rows.into_iter().map(|(row, _)| row).collect::<Arc<[u32]>>()
    });
    let bands =
        Memo::new(move |_| aged.with(|aged| aged.as_ref().map(|aged| aged.rule.bands.clone()).unwrap_or_default()));
    let heads = move || {
        let count = bands.get().len().saturating_add(2);
        (2_u8..)
            .take(count)
            .map(|column| {
                let label = Signal::derive(move || {
                    let names = words::bands(lang(), &bands.get());
                    names.get(usize::from(column).saturating_sub(2)).cloned().unwrap_or_default()
                });
                view! { <SortHead label=label column=column sort=sort numeric=true /> }
            })
            .collect_view()
    };
    let row = Callback::new(move |name: u32| view! { <Row name=name aged=aged /> }.into_any());
    let foot: ChildrenFn = Arc::new(move || (move || aged.get().map(|aged| feet(&aged))).into_any());
    let none = Memo::new(move |_| rows.with(|rows| rows.is_empty()));
    view! {
        <Show
            when=move || !none.get()
            fallback=|| view! { <Empty what=both("这一天没有未清", "Nothing was open on this day") next=both("换一天看看", "Try another day") /> }
        >
            <VirtualTable
                label=both("账龄表", "Aged balance")
                rows=rows
                row=row
                height=33
                phone_height=57
                foot=foot.clone()
            >
                <SortHead label=both("客户", "Customer") column=0 sort=sort />
                <SortHead label=both("币种", "Currency") column=1 sort=sort />
                {heads}
                <SortHead label=both("逾期争议", "Disputed, late") column=DISPUTED sort=sort numeric=true />
                <SortHead label=both("未清", "Open") column=OPEN sort=sort numeric=true />
                <SortHead label=both("未核销", "Unapplied") column=UNAPPLIED sort=sort numeric=true />
                <SortHead label=both("余额", "Balance") column=BALANCE sort=sort numeric=true />
                <SortHead label=both("最久", "Oldest") column=OLDEST sort=sort numeric=true />
            </VirtualTable>
        </Show>
    }
}

fn money(lang: Lang, minor: i64, currency: Currency) -> String {
    if minor == 0 {
        return "–".to_owned();
    }
    Money::from_minor(minor, currency).map(|money| lang.amount(money)).unwrap_or_default()
}

#[component]
fn Row(name: u32, aged: RwSignal<Option<Arc<Aged>>>) -> impl IntoView {
    let desk = Desk::here();
    let line = Memo::new(move |_| aged.with(|aged| aged.as_ref()?.line(name).cloned()));
    move || {
        let (line, lang) = (line.get()?, lang());
        let (id, currency) = (line.row.customer, line.row.currency);
        let name = desk.customers.with(|all| all.get(id).map(|known| known.name(lang).to_owned())).unwrap_or_default();
        let cell = |minor: i64| view! { <td class="num">{money(lang, minor, currency)}</td> };
        let days = line.row.oldest_days;
        Some(view! {
            <tr>
                <th scope="row"><a href=format!("{BASE}/customers/{id}?tab=account")>{name}</a></th>
                <td class="quiet">{currency.code().to_owned()}</td>
                {line.row.bands.iter().map(|minor| cell(*minor)).collect_view()}
                {cell(line.past.disputed)}
                {cell(line.row.open)}
                {cell(line.unapplied)}
                {cell(line.balance())}
                <td class="num c-days">{if days > 0 { lang.days(i64::from(days)) } else { "–".to_owned() }}</td>
            </tr>
        })
    }
}

/// The totals, one row for each currency.
fn feet(aged: &Aged) -> impl IntoView + use<> {
    let lang = lang();
    let row = |(currency, foot): (&Currency, &Foot)| {
        let cell = |money: Money| view! { <td class="num">{lang.amount(money)}</td> };
        let lines = lang.count(i64::from(foot.customers), "户", "customer", "customers");
        view! {
            <tr>
                <th scope="row">{lang.fill("合计，{0}", "Total, {0}", &[&lines])}</th>
                <td>{currency.code().to_owned()}</td>
                {foot.bands.iter().map(|money| cell(*money)).collect_view()}
                {cell(foot.disputed)}
                {cell(foot.open)}
                {cell(foot.unapplied)}
                {cell(foot.balance)}
                <td></td>
            </tr>
        }
    };
    aged.sheet.feet.iter().map(row).collect_view()
}

/// The sums that must agree, with their figures.
fn ties(aged: &Aged) -> impl IntoView + use<> {
    let lang = lang();
    let line = |foot: &Foot| {
        let with = [
            &*lang.money(foot.open),
            &*lang.amount(foot.unapplied),
            &*lang.amount(foot.balance),
            &*lang.amount(foot.ledger),
        ];
        let text = lang.fill(
            "各档之和 = 未清 {0}；未清 − 未核销 {1} = 余额 {2}；应收 − 收款 − 冲减 = {3}",
            "Bands add up to open, {0}; less unapplied {1} = balance {2}; charged − received − written down = {3}",
            &with,
        );
        // The list of customers and their files say the first of these parts; nobody is to wonder which is right.
        let past = lang.fill(
            "已过到期日 {0} = 逾期 {1}（客户名单、档案和订单规则用这个数）+ 争议 {2}{3}",
            "Past due {0} = overdue {1} (the figure of the list, of files and of the order rules) + disputed {2}{3}",
            &[
                &lang.money(foot.overdue),
                &lang.amount(foot.counted),
                &lang.amount(foot.disputed),
                &if foot.credit.is_zero() {
                    String::new()
                } else {
                    lang.fill(" + 未用贷项 {0}", " + credit notes not applied {0}", &[&lang.amount(foot.credit)])
                },
            ],
        );
        view! {
            <p class=if foot.ties_out() { "quiet" } else { "stop" }>{text}</p>
            <p class=if foot.ties_out() { "quiet" } else { "stop" }>{past}</p>
        }
    };
    aged.sheet.feet.values().map(line).collect_view()
}
