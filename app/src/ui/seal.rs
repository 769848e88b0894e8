//! The seal. Square lets through, round does not; solid is final, outlined is conditional.

use crate::lang::lang;
use leptos::prelude::*;
use shared::rules::order_check::Verdict;

/// What a seal says: one of the four verdicts, or the mark of the house.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mark {
    /// 准.
    Approve,
    /// 警: approved, with a warning.
    Warn,
    /// 缓: until somebody releases it.
    Hold,
    /// 拒.
    Refuse,
    /// 衡: the house itself, never a verdict.
    House,
}

impl From<Verdict> for Mark {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approve => Self::Approve,
            Verdict::Warn => Self::Warn,
            Verdict::Hold => Self::Hold,
            Verdict::Refuse => Self::Refuse,
        }
    }
}

impl Mark {
    /// Its name in attributes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Warn => "warn",
            Self::Hold => "hold",
            Self::Refuse => "refuse",
            Self::House => "house",
        }
    }

    /// The verdict in a word, in the language of the page.
    pub fn word(self) -> &'static str {
        let (zh, en) = match self {
            Self::Approve => ("准予", "Approve"),
            Self::Warn => ("准予，有提示", "Approve with warning"),
            Self::Hold => ("暂缓", "Hold"),
            Self::Refuse => ("不予", "Refuse"),
            Self::House => ("信衡", "Xinheng"),
        };
        lang().pick(zh, en)
    }

    const fn symbol(self) -> &'static str {
        match self {
            Self::Approve => "#seal-approve",
            Self::Warn => "#seal-warn",
            Self::Hold => "#seal-hold",
            Self::Refuse => "#seal-refuse",
            Self::House => "#seal-heng",
        }
    }
}

/// The drawn symbols and hatchings that the other parts point at. Once per page.
#[component]
pub fn Sprite() -> impl IntoView {
    view! { <svg class="sprite" width="0" height="0" aria-hidden="true" inner_html=include_str!("sprite.svg")></svg> }
}

/// A seal, stamped anew when its verdict changes and not when only figures do.
#[component]
pub fn Seal(
    /// What it says.
    #[prop(into)]
    of: Signal<Mark>,
    /// *The* verdict of the screen, once.
    #[prop(optional)]
    big: bool,
    /// The word stands beside it, so it need not be said twice.
    #[prop(optional)]
    beside: bool,
) -> impl IntoView {
    let mark = Memo::new(move |_| of.get());
    move || {
        let mark = mark.get();
        view! {
            <svg
                class=if big { "seal seal--big" } else { "seal" }
                data-v=mark.name()
                role=(!beside).then_some("img")
                aria-label=move || (!beside).then(|| mark.word())
                aria-hidden=beside.then_some("true")
            >
                <use href=mark.symbol() />
            </svg>
        }
    }
}

/// The house's name and mark.
#[component]
pub fn Brand() -> impl IntoView {
    view! { <p class="brand"><Seal of=Mark::House beside=true />{crate::lang::t("信衡", "Xinheng")}</p> }
}
