//! The page: the figures of the book, what waits for a decision, and the customers to look at.

use super::book::{Figures, Over, Overdue, RunningOut, Whole};
use super::waits::{Applications, Imports, Orders, Receipts};
use crate::desk::address::BASE;
use crate::desk::book::Desk;
use crate::desk::parts::{Loaded, both};
use crate::desk::shell::Bar;
use crate::lang::{lang, t};
use crate::ui::Empty;
use leptos::prelude::*;
use shared::record::access::Operation;

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    let about = Signal::derive(move || lang().date(desk.today()));
    let whole = Memo::new(move |_| Whole::of(desk));
    let empty = Memo::new(move |_| desk.customers.with(|customers| customers.is_empty()));
    let begin = move || {
        let may = desk.may(Operation::StageImport);
        view! {
            <Empty
                what=both("账簿还是空的", "The book is empty")
                next=both("先导入客户，再导入应收；然后评定额度", "Import customers, then receivables; then assess them")
            >
                {may.then(|| view! { <a class="btn btn--main" href=format!("{BASE}/import")>{t("去导入", "Import")}</a> })}
            </Empty>
        }
    };
    view! {
        <Bar title=both("今天", "Today") about=about />
        <main class="page today" id="main">
            <Loaded of=desk.loaded on_retry=Callback::new(move |()| desk.refresh())>
                <Show when=move || !empty.get() fallback=begin>
                    <Figures of=whole />
                    <div class="cards">
                        {desk.may(Operation::ReadOrders).then(|| view! { <Orders /> })}
                        {desk.may(Operation::ReadApplications).then(|| view! { <Applications /> })}
                        {desk.may(Operation::ReadPool).then(|| view! { <Receipts /> })}
                        {desk.may(Operation::ReadImports).then(|| view! { <Imports /> })}
                        <RunningOut of=whole />
                        <Over of=whole />
                        <Overdue of=whole />
                    </div>
                </Show>
            </Loaded>
        </main>
    }
}

/// A part of the page: its name, how many there are, the way to all of them, and the first few.
#[component]
pub fn Card(
    /// Its name.
    title: Signal<String>,
    /// How many there are, in words; empty while that isn't known.
    #[prop(into)]
    count: Signal<String>,
    /// Where all of them are.
    href: String,
    /// The first few.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card" aria-label=move || title.get()>
            <h2 class="cap"><a href=href>{move || title.get()}</a><span>{move || count.get()}</span></h2>
            {children()}
        </section>
    }
}
