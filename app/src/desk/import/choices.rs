//! What the file leaves open, and what somebody says to it.

use super::words;
use crate::desk::parts::both;
use crate::lang::{lang, t};
use crate::ui::SelectField;
use leptos::prelude::*;
use shared::facts::calendar::Date;
use shared::facts::money::Currency;
use shared::facts::terms::Terms;
use shared::record::import::{
    Choices, DateOrder, DateVerdict, DecimalMark, FileKind, Inspection, MarkVerdict, Mode, Question, UnknownCustomers,
};

/// What the dates and amounts say, and the choice where they don't decide.
pub fn evidence(inspection: &Inspection, on_change: Callback<Choices>) -> impl IntoView + use<> {
    let (dates, amounts) = (inspection.dates, inspection.amounts);
    let choices = inspection.mapping.choices.clone();
    let asks = |question: &Question| inspection.questions.contains(question);
    let (ask_order, ask_mark, ask_serial) =
        (asks(&Question::DateOrder), asks(&Question::DecimalMark), asks(&Question::SerialDates));
    let depends = !matches!(dates.verdict, DateVerdict::NotNeeded);
    let order = depends.then(|| {
        let choices = choices.clone();
        let chosen = choices.date_order.filter(|_| !ask_order);
        let pick = move |order: DateOrder| {
            on_change.run(Choices { date_order: Some(order), ..choices.clone() });
        };
        let options = [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| {
            let (zh, en) = words::date_order(order);
            (order, zh, en)
        });
        view! { <Pick name="date-order" legend=("日期的顺序", "Order of dates") options=options.to_vec() chosen=chosen ask=ask_order on_pick=Callback::new(pick) /> }
    });
    let mark = (!matches!(amounts.verdict, MarkVerdict::NotNeeded)).then(|| {
        let choices = choices.clone();
        let chosen = choices.decimal_mark.filter(|_| !ask_mark);
        let pick = move |mark: DecimalMark| {
            on_change.run(Choices { decimal_mark: Some(mark), ..choices.clone() });
        };
        let options = [DecimalMark::Point, DecimalMark::Comma].map(|mark| {
            let (zh, en) = words::decimal_mark(mark);
            (mark, zh, en)
        });
        view! { <Pick name="decimal-mark" legend=("小数的写法", "Decimals") options=options.to_vec() chosen=chosen ask=ask_mark on_pick=Callback::new(pick) /> }
    });
    let serial = ask_serial.then(|| {
        let choices = choices.clone();
        let pick = move |serial_dates: bool| on_change.run(Choices { serial_dates, ..choices.clone() });
        let options = vec![(true, "是，按天数换算成日期", "Yes, they are dates")];
        view! { <Pick name="serial-dates" legend=("五位数的日期", "Five-digit dates") options=options chosen=None ask=true on_pick=Callback::new(pick) /> }
    });
    let look = inspection.clone();
    let said = move || {
        let lang = lang();
        let mut said = words::date_evidence(lang, &look);
        said.extend(words::mark_verdict(lang, &look));
        said.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()
    };
    view! {
        <div class="evidence">
            <ul>{said}</ul>
            {order}{mark}{serial}
        </div>
    }
}

/// A choice among a few, as radio buttons; what must be chosen is marked.
#[component]
fn Pick<T>(
    name: &'static str,
    legend: (&'static str, &'static str),
    options: Vec<(T, &'static str, &'static str)>,
    chosen: Option<T>,
    ask: bool,
    on_pick: Callback<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let option = |(value, zh, en): (T, &'static str, &'static str)| {
        view! {
            <label>
                <input type="radio" name=name checked=chosen == Some(value) on:change=move |_| on_pick.run(value) />
                <span>{t(zh, en)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="segment" class:ask=ask>
            <legend class="label">{t(legend.0, legend.1)}{ask.then(|| view! { <b class="caution">{t("，请选", ", please choose")}</b> })}</legend>
            {options.into_iter().map(option).collect_view()}
        </fieldset>
    }
}

/// The choices as they stand, and how to change one of them.
#[derive(Clone, Copy)]
struct Editor {
    now: StoredValue<Choices>,
    on_change: Callback<Choices>,
}

impl Editor {
    fn change(self, edit: impl FnOnce(&mut Choices)) {
        let mut next = self.now.get_value();
        edit(&mut next);
        self.on_change.run(next);
    }
}

/// How rows become facts.
pub fn handling(inspection: &Inspection, today: Date, on_change: Callback<Choices>) -> impl IntoView + use<> {
    let choices = &inspection.mapping.choices;
    let editor = Editor { now: StoredValue::new(choices.clone()), on_change };
    let receivables = inspection.mapping.kind == FileKind::Receivables;
    let customers = inspection.mapping.kind == FileKind::Customers;
    let asked = inspection.questions.contains(&Question::Terms);
    view! {
        <div class="handling">
            {receivables.then(|| mode(editor, choices.mode))}
            {match choices.mode {
                Mode::Snapshot { as_of } => Some(day_of_list(editor, as_of, today)),
                Mode::Events | Mode::Unallocated => None,
            }}
            {currency(editor, choices.currency)}
            {(!customers).then(|| unknown(editor, choices.unknown_customers))}
            {receivables.then(|| terms(editor, choices.terms, asked))}
        </div>
    }
}

/// Keys with their texts, as a select takes them.
type Options = Vec<(String, String)>;

fn named<const N: usize>(options: [(&'static str, &'static str, &'static str); N]) -> Signal<Options> {
    Signal::derive(move || {
        options.iter().map(|(key, zh, en)| ((*key).to_owned(), lang().pick(*zh, *en).to_owned())).collect()
    })
}

fn mode(editor: Editor, mode: Mode) -> impl IntoView {
    let value = match mode {
        Mode::Events => "events",
        Mode::Snapshot { .. } => "snapshot",
        Mode::Unallocated => "unallocated",
    };
    let options = named([
        ("events", "逐笔单据：文件里没有的不动", "Documents: what isn't in the file stays"),
        ("snapshot", "未清项清单：清单里没有的视为结清", "List of open items: what isn't in it is settled"),
        ("unallocated", "明细账：到款先抵最早的单据", "Ledger: money settles the oldest first"),
    ]);
    let pick = Callback::new(move |key: String| {
        editor.change(|choices| {
            choices.mode = match key.as_str() {
                "snapshot" => Mode::Snapshot { as_of: None },
                "unallocated" => Mode::Unallocated,
                _ => Mode::Events,
            };
        });
    });
    view! { <SelectField label=both("怎么读", "How to read it") options=options value=value.to_owned() on_change=pick /> }
}

fn day_of_list(editor: Editor, as_of: Option<Date>, today: Date) -> impl IntoView {
    view! {
        <label class="day">
            <span class="label">
                {t("清单日期", "Day of the list")}
                {as_of.is_none().then(|| view! { <b class="caution">{t("，请填", ", please say")}</b> })}
            </span>
            <input
                type="date"
                max=today.to_string()
                value=as_of.map(|day| day.to_string())
                on:change:target=move |event| {
                    let as_of = event.target().value().parse::<Date>().ok();
                    editor.change(|choices| choices.mode = Mode::Snapshot { as_of });
                }
            />
        </label>
    }
}

fn currency(editor: Editor, currency: Currency) -> impl IntoView {
    let options = Signal::derive(|| {
        let lang = lang();
        let name = |currency: Currency| match lang.currency(currency) {
            name if name == currency.code() => name,
            name => format!("{} {name}", currency.code()),
        };
        Currency::all().map(|currency| (currency.code().to_owned(), name(currency))).collect::<Options>()
    });
    let pick = Callback::new(move |code: String| {
        if let Ok(currency) = code.parse::<Currency>() {
            editor.change(|choices| choices.currency = currency);
        }
    });
    let value = currency.code().to_owned();
    view! { <SelectField label=both("没写币种的行", "Rows that name no currency") options=options value=value on_change=pick /> }
}

fn unknown(editor: Editor, unknown: UnknownCustomers) -> impl IntoView {
    let value = match unknown {
        UnknownCustomers::Refuse => "refuse",
        UnknownCustomers::Create => "create",
    };
    let options =
        named([("refuse", "算错误，不导入", "are errors"), ("create", "按文件新建", "are created from the file")]);
    let pick = Callback::new(move |key: String| {
        let unknown = if key == "create" { UnknownCustomers::Create } else { UnknownCustomers::Refuse };
        editor.change(|choices| choices.unknown_customers = unknown);
    });
    let label = both("账簿里没有的客户", "Customers that the book doesn't know");
    view! { <SelectField label=label options=options value=value.to_owned() on_change=pick /> }
}

/// Terms that are offered for documents without a due date, in days.
const DAYS: [u16; 7] = [0, 7, 15, 30, 45, 60, 90];

fn terms(editor: Editor, chosen: Option<Terms>, asked: bool) -> impl IntoView {
    let offered = || {
        let net = DAYS.into_iter().map(|days| Terms::Net { days });
        net.chain(DAYS.into_iter().map(|days| Terms::MonthEnd { days }))
    };
    let place = chosen.and_then(|chosen| offered().position(|terms| terms == chosen));
    let value = place.map_or_else(String::new, |place| place.to_string());
    let options = Signal::derive(move || {
        let lang = lang();
        let none = (String::new(), lang.pick("按客户的账期", "the customer's terms").to_owned());
        let named = |(place, terms): (usize, Terms)| (place.to_string(), lang.terms(terms));
        std::iter::once(none).chain(offered().enumerate().map(named)).collect::<Options>()
    });
    let pick = Callback::new(move |place: String| {
        let terms = place.parse::<usize>().ok().and_then(|place| offered().nth(place));
        editor.change(|choices| choices.terms = terms);
    });
    let help = Signal::derive(move || {
        if asked { lang().pick("没有到期日列，请选", "No due dates in the file: please choose") } else { "" }.to_owned()
    });
    let label = both("没有到期日的单据", "Documents without a due date");
    view! { <SelectField label=label options=options value=value on_change=pick help=help caution=asked /> }
}
