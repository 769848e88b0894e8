//! What went wrong, and what to do.

use crate::data::client::ClientError;
use crate::lang::Lang;
use shared::record::api::Problem;

/// A failure in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What went wrong.
    pub what: String,
    /// What to do.
    pub next: String,
}

/// A failed call in words.
pub fn failure(lang: Lang, error: &ClientError) -> Said {
    let (what, next) = match error {
        ClientError::Offline => (
            lang.pick("连不上账簿", "The book is out of reach"),
            lang.pick("看看网络，稍后会自动再试", "Check the network; it is tried again by itself"),
        ),
        ClientError::SignedOut => (
            lang.pick("登录已结束", "You are signed out"),
            lang.pick("用登录链接再进一次", "Enter again by a sign-in link"),
        ),
        ClientError::Unreadable => (
            lang.pick("这个页面的版本读不懂回答", "This version of the page doesn't understand the answer"),
            lang.pick("刷新页面，换到新版本", "Reload the page to get the new version"),
        ),
        ClientError::Problem(problem) => return said(lang, problem),
    };
    Said { what: what.to_owned(), next: next.to_owned() }
}

fn said(lang: Lang, problem: &Problem) -> Said {
    let (what, next) = match problem.code.as_str() {
        "link_spent" | "link_unknown" | "link_expired" => (
            lang.pick("这个链接已经用过或过期", "This link was used before, or has expired"),
            lang.pick("向发链接的人要一个新的", "Ask whoever sent it for a new one"),
        ),
        "forbidden" => (
            lang.pick("您的角色不能做这件事", "Your role may not do this"),
            lang.pick("请有权限的同事来做", "Ask a colleague who may"),
        ),
        "not_found" => (
            lang.pick("账簿里没有这一项，或您看不到它", "The book has no such thing, or you cannot see it"),
            lang.pick("回到列表再找一次", "Go back to the list and look again"),
        ),
        "too_long" => (lang.pick("内容太长", "Too long"), lang.pick("缩短后再送", "Shorten it and send it again")),
        "idempotency_key_reused" => (
            lang.pick("这一笔已用同一编号送过别的内容", "The same number was used for something else"),
            lang.pick("重新填写一笔再确认", "Enter it anew and confirm again"),
        ),
        "internal" => (
            lang.pick("账簿那边出了错", "Something went wrong at the book"),
            lang.pick("稍后再试；还不行就告诉管理员", "Try again later; if it persists, tell the administrator"),
        ),
        // A kind that this release has no words for: the edge's own, which name the values.
        _ => {
            let detail = problem.detail.clone().unwrap_or_else(|| problem.title.clone());
            return Said {
                what: lang.pick("账簿没有接受", "The book did not accept this").to_owned(),
                next: format!("{detail} ({})", problem.code),
            };
        }
    };
    Said { what: what.to_owned(), next: next.to_owned() }
}
