//! Which days a statement covers: a month, or any days.

use crate::lang::{Lang, lang, t};
use crate::ui::SelectField;
use leptos::prelude::*;
use shared::facts::calendar::{Date, minus_days, month_end, month_start};

/// First and last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// How many months can be picked by name; older days are picked by date.
const MONTHS: usize = 13;

impl Period {
    /// The month of a day, to that day at most.
    pub fn month_to(today: Date) -> Self {
        Self { from: month_start(today), to: today }
    }

    /// This month and the ones before it, newest first.
    fn months(today: Date) -> Vec<Self> {
        let mut months = vec![Self::month_to(today)];
        let mut first = month_start(today);
        while months.len() < MONTHS {
            let to = minus_days(first, 1);
            first = month_start(to);
            months.push(Self { from: first, to });
        }
        months
    }

    /// The period in words.
    pub fn words(self, lang: Lang) -> String {
        lang.fill("{0} 至 {1}", "{0} to {1}", &[&lang.date(self.from), &lang.date(self.to)])
    }

    fn name(self, lang: Lang, today: Date) -> String {
        if self.to == month_end(self.from, 0) {
            return lang.month(self.from);
        }
        if self.to == today {
            lang.fill("{0} 至今", "{0} to date", &[&lang.month(self.from)])
        } else {
            self.words(lang)
        }
    }
}

/// A choice of months, and two dates for any other period.
#[component]
pub fn PeriodPicker(
    /// The book's date.
    today: Date,
    /// The period chosen.
    period: RwSignal<Period>,
) -> impl IntoView {
    let months = StoredValue::new(Period::months(today));
    let own = RwSignal::new(false);
    let options = Signal::derive(move || {
        let lang = lang();
        let named = |(index, month): (usize, &Period)| (index.to_string(), month.name(lang, today));
        let mut options: Vec<(String, String)> =
            months.with_value(|months| months.iter().enumerate().map(named).collect());
        options.push(("own".to_owned(), lang.pick("自选日期", "Other days").to_owned()));
        options
    });
    let value = Signal::derive(move || {
        let place = months.with_value(|months| months.iter().position(|month| *month == period.get()));
        place.filter(|_| !own.get()).map_or_else(|| "own".to_owned(), |place| place.to_string())
    });
    let choose = Callback::new(move |key: String| {
        let month = key.parse::<usize>().ok().and_then(|place| months.with_value(|months| months.get(place).copied()));
        own.set(month.is_none());
        if let Some(month) = month {
            period.set(month);
        }
    });
    let day = move |zh, en, read: fn(&Period) -> Date, write: fn(&mut Period, Date)| {
        view! {
            <label class="field day">
                <span class="label">{t(zh, en)}</span>
                <input
                    type="date"
                    max=today.to_string()
                    prop:value=move || read(&period.get()).to_string()
                    on:change:target=move |event| {
                        // A date that is only half typed is no date yet.
                        if let Ok(date) = event.target().value().parse::<Date>() {
                            period.update(|period| write(period, date.min(today)));
                        }
                    }
                />
            </label>
        }
    };
    view! {
        <SelectField label=Signal::derive(move || t("期间", "Period")().to_owned()) options=options value=value on_change=choose />
        <Show when=move || own.get()>
            {day("从", "From", |period| period.from, |period, date| {
                period.from = date;
                period.to = period.to.max(date);
            })}
            {day("至", "To", |period| period.to, |period, date| {
                period.to = date;
                period.from = period.from.min(date);
            })}
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_where_the_next_begins() {
        let months = Period::months("2026-03-05".parse().unwrap());
        let words: Vec<String> = months.iter().take(3).map(|month| month.words(Lang::Zh)).collect();
        assert_eq!(words, ["2026-03-01 至 2026-03-05", "2026-02-01 至 2026-02-28", "2026-01-01 至 2026-01-31"]);
        assert_eq!(months.len(), MONTHS);
        let names: Vec<String> = months.iter().take(2).map(|month| month.name(Lang::Zh, months[0].to)).collect();
        assert_eq!(names, ["2026-03 至今", "2026-02"]);
    }
}
