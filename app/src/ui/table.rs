//! Tables: heads that sort, and rows that exist only while they are seen.

use crate::lang::lang;
use leptos::{ev, html, prelude::*};
use std::sync::Arc;
use web_sys::wasm_bindgen::JsCast;

/// What a table is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sort {
    /// The column, as the page numbers them.
    pub column: u8,
    /// The greatest first.
    pub down: bool,
}

/// The head of a column that sorts: a first press sorts, a second turns it round.
#[component]
pub fn SortHead(
    /// The column's name.
    #[prop(into)]
    label: Signal<String>,
    /// The column's number.
    column: u8,
    /// What the table is sorted by.
    sort: RwSignal<Sort>,
    /// A column of figures: to the right, and the greatest first.
    #[prop(optional)]
    numeric: bool,
) -> impl IntoView {
    let mine = move || Some(sort.get()).filter(|sort| sort.column == column);
    let aria = move || mine().map(|sort| if sort.down { "descending" } else { "ascending" });
    let turn = move |_| {
        sort.update(|sort| {
            *sort = Sort { column, down: if sort.column == column { !sort.down } else { numeric } };
        });
    };
    view! {
        <th scope="col" class:num=numeric aria-sort=aria>
            <button type="button" class="sort" on:click=turn>
                {move || label.get()}
                <span class="way" aria-hidden="true">
                    {move || mine().map(|sort| if sort.down { "▼" } else { "▲" })}
                </span>
            </button>
        </th>
    }
}

/// Up to so many rows are simply there.
const ALL_AT_ONCE: usize = 200;
/// Rows kept ready above and below what is seen.
const SPARE: usize = 12;

/// A table of any length whose rows have one height. Beyond 200 rows only those in sight exist, so that 100,000 scroll as
/// lightly as a hundred. The arrow keys move between the rows' first buttons or links.
#[component]
pub fn VirtualTable(
    /// What the table lists, for those who do not see it.
    #[prop(into)]
    label: Signal<String>,
    /// The rows in order: what the page calls each of them. Sorting and filtering is handing in another list.
    #[prop(into)]
    rows: Signal<Arc<[u32]>>,
    /// Draws one row, a `<tr>` whose first cell holds a button or a link.
    row: Callback<u32, AnyView>,
    /// The height of a row in pixels, as `--row` of the style.
    #[prop(default = 32)]
    height: u32,
    /// The height of a row on a phone, where the style may stand its cells in two lines.
    #[prop(default = 32)]
    phone_height: u32,
    /// The totals, `<tr>` each; they stay in sight.
    #[prop(optional)]
    foot: Option<ChildrenFn>,
    /// The heads, `<th>` each.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let (top, set_top) = signal(0_usize);
    let (room, set_room) = signal(40_usize);
    let (is_phone, set_phone) = signal(on_phone());
    let height = Memo::new(move |_| if is_phone.get() { phone_height } else { height });
    let measure = move || {
        let height = height.get_untracked();
        if let Some(area) = node.get_untracked() {
            let pixels = |value: i32| usize::try_from(value).unwrap_or(0) / height.max(1) as usize;
            set_top.set(pixels(area.scroll_top()));
            set_room.set(pixels(area.client_height()) + 1);
        }
    };
    node.on_load(move |_| measure());
    let resized = window_event_listener(ev::resize, move |_| {
        set_phone.set(on_phone());
        measure();
    });
    // On paper all rows are there.
    let (printing, set_printing) = signal(false);
    let before = window_event_listener_untyped("beforeprint", move |_| set_printing.set(true));
    let after = window_event_listener_untyped("afterprint", move |_| set_printing.set(false));
    on_cleanup(move || {
        resized.remove();
        before.remove();
        after.remove();
    });
    let count = Memo::new(move |_| rows.with(|rows| rows.len()));
    // In steps of the spare rows: scrolling by a few rows draws nothing.
    let seen = Memo::new(move |_| {
        let count = count.get();
        if count <= ALL_AT_ONCE || printing.get() {
            return (0, count);
        }
        let first = (top.get().min(count.saturating_sub(1)) / SPARE * SPARE).saturating_sub(SPARE);
        (first, (first + room.get() + 3 * SPARE).min(count))
    });
    let visible = move || {
        let (first, end) = seen.get();
        rows.with(|rows| rows.get(first..end.min(rows.len())).unwrap_or_default().to_vec())
    };
    let gap = move |rows: usize| format!("{}px", rows * height.get() as usize);
    let above = move || gap(seen.get().0);
    let below = move || gap(count.get().saturating_sub(seen.get().1));
    view! {
        <div
            class="scroll"
            node_ref=node
            tabindex="0"
            role="region"
            aria-label=move || label.get()
            style:--row=move || format!("{}px", height.get())
            on:scroll=move |_| measure()
            on:keydown=move |event| step(&event)
        >
            <table class="data data--pick data--rows" aria-rowcount=move || (count.get() + 1).to_string()>
                <thead><tr>{children()}</tr></thead>
                <tbody class="gap" aria-hidden="true"><tr><td style:--gap=above></td></tr></tbody>
                <tbody><For each=visible key=|row| *row children=move |id| row.run(id) /></tbody>
                <tbody class="gap" aria-hidden="true"><tr><td style:--gap=below></td></tr></tbody>
                {foot.map(|foot| view! { <tfoot>{foot()}</tfoot> })}
            </table>
            <p class="visually-hidden" role="status">
                {move || lang().count(i64::try_from(count.get()).unwrap_or(i64::MAX), "行", "row", "rows")}
            </p>
        </div>
    }
}

/// Whether the page is as narrow as a phone; the same width as in the style of the desk.
fn on_phone() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width < 760.0)
}

/// Moves the focus a row up or down.
fn step(event: &ev::KeyboardEvent) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let focused = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let row = focused.and_then(|element| element.closest("tr").ok().flatten());
    let next = row.and_then(|row| if down { row.next_element_sibling() } else { row.previous_element_sibling() });
    let stop = next.and_then(|row| row.query_selector("button, a").ok().flatten());
    if let Some(stop) = stop.and_then(|stop| stop.dyn_into::<web_sys::HtmlElement>().ok()) {
        event.prevent_default();
        // An element that is in the page takes the focus.
        let _ = stop.focus();
    }
}
