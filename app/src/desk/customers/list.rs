//! The list of customers. Search, sort and filter stand in the address; a row opens the file beside it.

use super::actions::AssessAll;
use super::files;
use super::papers::MakeProspect;
use crate::desk::address::{Address, BASE, read_sort, write_sort};
use crate::desk::book::{Desk, Known};
use crate::desk::parts::{self, Loaded, Picks, SaveAs, both, current, on_escape};
use crate::desk::shell::Bar;
use crate::download::{Form, hand_over_table};
use crate::lang::{Lang, lang, t};
use crate::ui::{Chip, Empty, Grade, Sort, SortHead, Tone, VirtualTable};
use leptos::{ev, html, prelude::*};
use leptos_router::components::Outlet;
use shared::facts::calendar::Date;
use shared::facts::customer::Stage;
use shared::facts::id::CustomerId;
use shared::facts::ledger::Limit;
use shared::facts::money::Money;
use shared::facts::terms::Terms;
use shared::record::access::Operation;
use std::cmp::Ordering;
use std::sync::Arc;
use web_sys::wasm_bindgen::JsCast;

/// Which customers are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Only {
    All,
    Overdue,
    Over,
    Stopped,
    Unassessed,
}

const ONLY: [(Only, &str, &str, &str); 5] = [
    (Only::All, "", "全部", "All"),
    (Only::Overdue, "overdue", "有逾期", "Overdue"),
    (Only::Over, "over", "超额度", "Over limit"),
    (Only::Stopped, "stopped", "停止供货", "Stopped"),
    (Only::Unassessed, "unassessed", "未评定", "Not assessed"),
];

fn read_only(text: &str) -> Option<Only> {
    ONLY.iter().find(|(_, key, ..)| *key == text).map(|(only, ..)| *only)
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that an address asks for
fn write_only(only: &Only) -> String {
    ONLY.iter().find(|(of, ..)| of == only).map(|(_, key, ..)| (*key).to_owned()).unwrap_or_default()
}

impl Only {
    fn fits(self, known: &Known, today: Date) -> bool {
        match self {
            Self::All => true,
            Self::Overdue => known.overdue().is_some_and(|amount| amount.minor() > 0),
            Self::Over => known.is_over(today),
            Self::Stopped => known.standing.frozen.is_some() || known.standing.stage == Stage::Suspended,
            Self::Unassessed => known.standing.grade.is_none(),
        }
    }
}

/// What a column sorts by.
fn order(column: u8, a: &Known, b: &Known, desk: Desk, today: Date, rank: &impl Fn(&Known) -> usize) -> Ordering {
    let limit = |known: &Known| match known.limit(today) {
        None => -2,
        Some(Limit::None) => -1,
        Some(Limit::Amount { amount }) => amount.minor(),
        Some(Limit::Unlimited) => i64::MAX,
    };
    let exposure = |known: &Known| known.position.as_ref().map_or(i64::MIN, |position| position.exposure.total.minor());
    let available = |known: &Known| known.available(today).map_or(i64::MIN, Money::minor);
    let overdue = |known: &Known| known.overdue().map_or(i64::MIN, Money::minor);
    let days = |known: &Known| known.position.as_ref().map_or(0, |position| position.oldest_days);
    let disputed = |known: &Known| known.position.as_ref().map_or(0, |position| position.disputed.minor());
    let terms = |known: &Known| known.standing.terms.map(Terms::days_at_most);
    match column {
        0 => a.customer.name.cmp(&b.customer.name),
        1 => a.customer.code.cmp(&b.customer.code),
        2 => rank(a).cmp(&rank(b)),
        3 => limit(a).cmp(&limit(b)),
        4 => exposure(a).cmp(&exposure(b)),
        5 => available(a).cmp(&available(b)),
        6 => overdue(a).cmp(&overdue(b)),
        7 => days(a).cmp(&days(b)),
        8 => terms(a).cmp(&terms(b)),
        10 => disputed(a).cmp(&disputed(b)),
        9 => desk.person(a.customer.salesperson).cmp(&desk.person(b.customer.salesperson)),
        _ => Ordering::Equal,
    }
}

/// Whether a customer answers to what was typed: part of its name or code, or initials.
fn answers(known: &Known, words: &[String]) -> bool {
    let (name, code) = (known.customer.name.to_lowercase(), known.customer.code.to_lowercase());
    let latin = known.customer.name_en.as_ref().map(|name| name.to_lowercase()).unwrap_or_default();
    words.iter().all(|word| {
        name.contains(word) || code.contains(word) || latin.contains(word) || known.search.contains(word.as_str())
    })
}

/// The list, and beside it the file that is open.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    let address = Address::here();
    let search = address.keep_text("q");
    let grade = address.keep_text("grade");
    let only = address.keep("only", Only::All, read_only, write_only);
    let sort = address.keep("sort", Sort { column: 6, down: true }, read_sort, write_sort);
    let open = address.open_one::<CustomerId>("/customers/");
    let grades = Memo::new(move |_| desk.grades());
    let rows = Memo::new(move |_| {
        let (customers, today) = (desk.customers.get(), desk.today());
        let words: Vec<String> =
            search.with(|text| text.to_lowercase().split_whitespace().map(str::to_owned).collect());
        let (grade, only, Sort { column, down }) = (grade.get(), only.get(), sort.get());
        let mut listed: Vec<(u32, &Arc<Known>)> = customers
            .all()
            .filter(|(_, known)| {
                let of_grade = known.standing.grade.as_ref().is_some_and(|own| own.grade == grade);
                only.fits(known, today) && (grade.is_empty() || of_grade) && answers(known, &words)
            })
            .collect();
        let ranks = grades.get();
        let rank = |known: &Known| {
            let own = known.standing.grade.as_ref();
            own.and_then(|own| ranks.iter().position(|grade| *grade == own.grade)).unwrap_or(usize::MAX)
        };
        listed.sort_by(|(_, a), (_, b)| {
            let by_column = order(column, a, b, desk, today, &rank);
            let by_column = if down { by_column.reverse() } else { by_column };
            by_column.then_with(|| a.customer.code.cmp(&b.customer.code))
        });
        listed.into_iter().map(|(slot, _)| slot).collect::<Arc<[u32]>>()
    });
    let about = Signal::derive(move || {
        let (lang, shown, all) =
            (lang(), rows.with(|rows| rows.len()), desk.customers.with(|customers| customers.len()));
        let number = |count: usize| lang.number(i64::try_from(count).unwrap_or_default());
        let today = lang.date(desk.today());
        if shown == all {
            lang.fill("{0}\u{a0}户，截至 {1}", "{0} customers, as of {1}", &[&number(all), &today])
        } else {
            let with = [&*number(shown), &*number(all), &*today];
            lang.fill("{1}\u{a0}户中的 {0}\u{a0}户，截至 {2}", "{0} of {1} customers, as of {2}", &with)
        }
    });
    on_escape(open, move || address.close_file());
    let row = Callback::new(move |slot: u32| view! { <Row at=slot open=open address=address /> }.into_any());
    let assess = desk.may(Operation::Assess).then(|| view! { <AssessAll /> });
    let make = desk.may(Operation::MakeCustomer).then(|| view! { <MakeProspect /> });
    let save = Callback::new(move |form: Form| {
        let lang = untrack(lang);
        let listed: Vec<Arc<Known>> = desk.customers.with_untracked(|all| {
            rows.with_untracked(|rows| rows.iter().filter_map(|slot| all.at(*slot).cloned()).collect())
        });
        let today = untrack(|| desk.today());
        let name = format!("{}-{today}", lang.pick("客户", "customers"));
        if !hand_over_table(&name, form, &files::table(lang, desk, &listed, today)) {
            desk.toaster.say(lang.pick("浏览器不让保存文件", "The browser refused the file"));
        }
    });
    let none = Memo::new(move |_| rows.with(|rows| rows.is_empty()));
    view! {
        <Bar title=both("客户", "Customers") about=about>{make}{assess}<SaveAs on_press=save /></Bar>
        <main class="page customers" id="main" class:with-file=move || open.get().is_some()>
            <section class="list" aria-label=t("客户名单", "List of customers")>
                <div class="tools screen-only">
                    <Search text=search />
                    <Picks
                        label=both("只看", "Show only")
                        choices=ONLY.map(|(only, _, zh, en)| (only, zh, en)).to_vec()
                        chosen=only
                    />
                    <PickGrade grade=grade grades=grades />
                </div>
                <Loaded of=desk.loaded on_retry=Callback::new(move |()| desk.refresh())>
                    <Show when=move || !none.get() fallback=NobodyHere>
                        <VirtualTable label=both("客户", "Customers") rows=rows row=row height=33 phone_height=57>
                            <SortHead label=both("客户", "Customer") column=0 sort=sort />
                            <SortHead label=both("代码", "Code") column=1 sort=sort />
                            <SortHead label=both("等级", "Grade") column=2 sort=sort />
                            <SortHead label=both("额度", "Limit") column=3 sort=sort numeric=true />
                            <SortHead label=both("敞口", "Exposure") column=4 sort=sort numeric=true />
                            <SortHead label=both("可用", "Available") column=5 sort=sort numeric=true />
                            <SortHead label=both("逾期", "Overdue") column=6 sort=sort numeric=true />
                            <SortHead label=both("最久", "Oldest") column=7 sort=sort numeric=true />
                            <SortHead label=both("账期", "Terms") column=8 sort=sort />
                            <SortHead label=both("销售", "Sales") column=9 sort=sort />
                            <SortHead label=both("另有争议", "Disputed besides") column=10 sort=sort numeric=true />
                        </VirtualTable>
                    </Show>
                </Loaded>
            </section>
            <Outlet />
        </main>
    }
}

/// An empty list: because the book is empty, or because nothing fits.
#[component]
fn NobodyHere() -> impl IntoView {
    let desk = Desk::here();
    let pick = move |empty: (&'static str, &'static str), filtered: (&'static str, &'static str)| {
        Signal::derive(move || {
            let (zh, en) = if desk.customers.with(|customers| customers.is_empty()) { empty } else { filtered };
            lang().pick(zh, en).to_owned()
        })
    };
    // The first step of an empty book, for whoever may take it; the others hear whose it is.
    let may_import = desk.may(Operation::StageImport);
    let first = if may_import {
        ("先导入客户资料，再导入应收和到款", "Import customer files first, then receivables and receipts")
    } else {
        (
            "请财务同事在“导入”里读入客户和应收，这里随即看得到",
            "A colleague of finance imports customers and receivables; they show up here at once",
        )
    };
    let import = move || {
        (may_import && desk.customers.with(|customers| customers.is_empty())).then(|| {
            view! { <a class="btn btn--main" href=format!("{BASE}/import")>{t("导入客户资料", "Import customer files")}</a> }
        })
    };
    view! {
        <Empty
            what=pick(("还没有客户", "No customers yet"), ("没有符合的客户", "No customer fits"))
            next=pick(first, ("换个说法，或看全部", "Try other words, or show all"))
        >
            {import}
        </Empty>
    }
}

/// Which grade is listed.
#[component]
fn PickGrade(grade: RwSignal<String>, grades: Memo<Vec<String>>) -> impl IntoView {
    let options = move || {
        let chosen = grade.get_untracked();
        let option =
            |name: String| view! { <option value=name.clone() selected=name == chosen>{name.clone()}</option> };
        grades.get().into_iter().map(option).collect_view()
    };
    view! {
        <select
            class="pick"
            aria-label=t("等级", "Grade")
            prop:value=move || grade.get()
            on:change:target=move |event| grade.set(event.target().value())
        >
            <option value="">{t("各等级", "Any grade")}</option>
            {options}
        </select>
    }
}

/// The line to search with; `/` goes there from anywhere.
#[component]
fn Search(text: RwSignal<String>) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let keys = window_event_listener(ev::keydown, move |event| {
        let ours = event.key() == "/" && !event.ctrl_key() && !event.meta_key() && !parts::is_writing(&event);
        if let Some(input) = node.get_untracked().filter(|_| ours) {
            event.prevent_default();
            // An input that is in the page takes the focus.
            let _ = input.focus();
            input.select();
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        <input
            class="search"
            type="search"
            node_ref=node
            aria-label=t("找客户", "Find a customer")
            placeholder=t("名称、代码或拼音首字母（按 / 到这里）", "Name, code or initials (press /)")
            aria-keyshortcuts="/"
            prop:value=move || text.get()
            on:input:target=move |event| {
                if !event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing) {
                    text.set(event.target().value());
                }
            }
            on:compositionend:target=move |event| text.set(event.target().value())
        />
    }
}

/// One customer of the list.
#[component]
fn Row(at: u32, open: Memo<Option<CustomerId>>, address: Address) -> impl IntoView {
    let desk = Desk::here();
    let known = Memo::new(move |_| desk.customers.with(|customers| customers.at(at).cloned()));
    move || {
        let known = known.get()?;
        let (lang, today, home) = (lang(), desk.today(), desk.book.with(|book| book.currency));
        let id = known.customer.id;
        let money = |money| parts::in_column(lang, money, home);
        let position = known.position.as_ref();
        let unknown = || lang.pick("缺汇率", "no rate").to_owned();
        let overdue = known.overdue();
        let days = position.map_or(0, |position| position.oldest_days);
        // What is past due and disputed is no part of the overdue, and says so.
        let disputed = position.map(|position| position.disputed).filter(|amount| amount.minor() > 0).map(money);
        // The whole row opens the file; a press on the link is the router's.
        let press = move |event: ev::MouseEvent| {
            let pressed = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            if pressed.is_none_or(|pressed| pressed.closest("a").ok().flatten().is_none()) {
                address.go(&format!("/customers/{id}"));
            }
        };
        Some(view! {
            <tr aria-current=move || current(open.get() == Some(id)) on:click=press>
                <th scope="row">
                    <a href=move || address.link(&format!("/customers/{id}"))>{known.name(lang).to_owned()}</a>
                    {known.standing.frozen.is_some().then(|| view! { <Chip text=both("停供", "Stopped") tone=Tone::Stop /> })}
                </th>
                <td class="c-code quiet">{known.customer.code.clone()}</td>
                <td>
                    {match &known.standing.grade {
                        Some(grade) => view! { <Grade of=grade.grade.clone() /> }.into_any(),
                        None => "–".into_any(),
                    }}
                </td>
                <td class="num c-limit">{parts::limit(lang, known.limit(today))}</td>
                <td class="num c-exposure">
                    {position.map_or_else(unknown, |position| money(position.exposure.total))}
                </td>
                <td class="num c-available" class:stop=known.is_over(today)>
                    <span class="phone-only quiet">{lang.pick("可用 ", "Available ")}</span>
                    {known.available(today).map_or_else(|| "–".to_owned(), money)}
                </td>
                <td class="num c-overdue" class:stop=overdue.is_some_and(|amount| amount.minor() > 0)>
                    {disputed.clone().map(|text| view! { <span class="chip narrow-only" title=text.clone()>{lang.pick("另有争议", "disputed")}</span>" " })}
                    {overdue.map_or_else(unknown, |amount| if amount.is_zero() { "–".to_owned() } else { money(amount) })}
                </td>
                <td class="num c-days">{if days > 0 { lang.days(i64::from(days)) } else { "–".to_owned() }}</td>
                <td class="c-terms">
                    // Terms say nothing where no credit is given.
                    {known.standing.terms
                        .filter(|_| known.limit(today) != Some(Limit::None))
                        .map_or_else(|| "–".to_owned(), |terms| lang.terms(terms))}
                </td>
                <td class="c-sales">{desk.person(known.customer.salesperson).unwrap_or_else(|| "–".to_owned())}</td>
                <td class="num c-disputed">{disputed.unwrap_or_else(|| "–".to_owned())}</td>
            </tr>
        })
    }
}

impl Known {
    /// The name in the language of the page, where the file has one.
    pub fn name(&self, lang: Lang) -> &str {
        match (lang, &self.customer.name_en) {
            (Lang::En, Some(name)) => name,
            _ => &self.customer.name,
        }
    }
}
