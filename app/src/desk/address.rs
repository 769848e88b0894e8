//! What a page keeps in its address, so that a link, a reload and the way back bring the same view.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use std::str::FromStr;

/// Where the door stands.
pub const BASE: &str = "/desk";

/// The address of the page that is shown.
#[derive(Clone, Copy)]
pub struct Address {
    query: Memo<ParamsMap>,
    path: Memo<String>,
    go: Callback<(String, bool)>,
}

impl Address {
    /// Looks at the address. Within a router only.
    pub fn here() -> Self {
        let navigate = use_navigate();
        let go = Callback::new(move |(to, replace): (String, bool)| {
            let options = NavigateOptions { replace, scroll: false, resolve: false, ..NavigateOptions::default() };
            navigate(&to, options);
        });
        Self { query: use_query_map(), path: use_location().pathname, go }
    }

    /// What stands under a name. Follows the address.
    pub fn get(self, key: &str) -> Option<String> {
        self.query.with(|query| query.get(key))
    }

    /// The path. Follows the address.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// The one thing that a list's address names behind `under`; absent while none is open.
    pub fn open_one<T: FromStr + Copy + PartialEq + Send + Sync + 'static>(
        self,
        under: &'static str,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| {
            let name = self.path.with(|path| path.strip_prefix(BASE)?.strip_prefix(under).map(str::to_owned));
            name.and_then(|name| name.trim_end_matches('/').parse().ok())
        })
    }

    /// Another page, with what this one keeps.
    pub fn link(self, path: &str) -> String {
        format!("{BASE}{path}{}", self.query.with(ParamsMap::to_query_string))
    }

    /// Goes to another page, with what this one keeps.
    pub fn go(self, path: &str) {
        self.go.run((untrack(|| self.link(path)), false));
    }

    /// Back to the list of customers, with what the list keeps and without what belongs to the file that is closed.
    pub fn close_file(self) {
        let mut query = self.query.get_untracked();
        for own in ["tab", "from", "to"] {
            query.remove(own);
        }
        self.go.run((format!("{BASE}/customers{}", query.to_query_string()), false));
    }

    /// Goes to another page and leaves all behind.
    pub fn leave_for(self, path: &str) {
        self.go.run((format!("{BASE}{path}"), false));
    }

    /// Writes names and texts into the address; a name without a text goes. The way back skips what stood there before,
    /// unless `step` makes it a step of its own.
    pub fn put(self, changes: impl IntoIterator<Item = (String, Option<String>)>, step: bool) {
        let before = self.query.get_untracked();
        let mut query = before.clone();
        for (key, text) in changes {
            query.remove(&key);
            if let Some(text) = text {
                query.insert(key, text);
            }
        }
        if query != before {
            let path = self.path.get_untracked();
            self.go.run((format!("{path}{}", query.to_query_string()), !step));
        }
    }

    /// A signal that stands in the address under `key`, unless it has its `default`.
    pub fn keep<T>(
        self,
        key: &'static str,
        default: T,
        read: fn(&str) -> Option<T>,
        write: fn(&T) -> String,
    ) -> RwSignal<T>
    where
        T: Clone + PartialEq + Send + Sync + 'static,
    {
        let initial = default.clone();
        let stands = Memo::new(move |_| {
            self.query.with(|query| query.get_str(key).and_then(read)).unwrap_or_else(|| initial.clone())
        });
        let signal = RwSignal::new(stands.get_untracked());
        Effect::new(move |_| {
            let stands = stands.get();
            if signal.with_untracked(|signal| *signal != stands) {
                signal.set(stands);
            }
        });
        Effect::new(move |_| {
            let value = signal.get();
            if stands.with_untracked(|stands| *stands != value) {
                let text = (value != default).then(|| write(&value));
                self.put([(key.to_owned(), text)], false);
            }
        });
        signal
    }

    /// A text that stands in the address under `key`, unless it is empty.
    pub fn keep_text(self, key: &'static str) -> RwSignal<String> {
        self.keep(key, String::new(), |text| Some(text.to_owned()), Clone::clone)
    }
}

/// How a sort stands in an address: the column's number, with a minus when the greatest comes first.
pub fn read_sort(text: &str) -> Option<crate::ui::Sort> {
    let (down, column) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    Some(crate::ui::Sort { column: column.parse().ok()?, down })
}

/// The opposite of [`read_sort`].
pub fn write_sort(sort: &crate::ui::Sort) -> String {
    format!("{}{}", if sort.down { "-" } else { "" }, sort.column)
}
