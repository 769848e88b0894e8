//! What the customer hears when something goes wrong.

use crate::data::client::ClientError;
use crate::lang::Lang;

/// Why there is no answer, and what to do.
pub fn failure(lang: Lang, error: &ClientError) -> String {
    match error {
        ClientError::Offline => {
            lang.pick("现在连不上。请检查网络，再试一次", "There is no connection now. Check the network and try again")
        }
        ClientError::SignedOut => lang.pick("请用新的链接再打开", "Open this page from a new link"),
        ClientError::Unreadable => lang.pick("页面旧了，请刷新", "This page is out of date: reload it"),
        ClientError::Problem(problem) if problem.status == 429 => {
            lang.pick("请求太多了，过一分钟再试", "Too many requests: try again in a minute")
        }
        ClientError::Problem(problem) if problem.status >= 500 => {
            lang.pick("我们这边出了问题，请稍后再试", "Something is wrong on our side: try again later")
        }
        ClientError::Problem(_) => lang.pick("没有取到对账单", "The statement cannot be had"),
    }
    .to_owned()
}
