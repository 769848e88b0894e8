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
        ClientError::SignedOut => {
            (lang.pick("登录已结束", "You are signed out"), lang.pick("请再登录一次", "Sign in again"))
        }
        ClientError::Unreadable => (
            lang.pick("这个页面的版本读不懂回答", "This version of the page doesn't understand the answer"),
            lang.pick("刷新页面，换到新版本", "Reload the page to get the new version"),
        ),
        ClientError::Problem(problem) => return said(lang, problem),
    };
    Said { what: what.to_owned(), next: next.to_owned() }
}

/// What concerns receipts to be claimed.
fn of_the_pool(lang: Lang, problem: &Problem) -> Option<Said> {
    let (what, next) = match problem.code.as_str() {
        "pool_ended" => (
            lang.pick("这笔已经认领或搁置了", "This receipt was claimed or set aside already"),
            lang.pick("刷新列表再看", "Read the list again"),
        ),
        "pool_other_proposal" => (
            lang.pick("建议和刚才看到的不一样了", "The proposal is another one than was shown"),
            lang.pick("关掉再打开，看清楚再认领", "Close, open again and look before claiming"),
        ),
        _ => return None,
    };
    Some(Said { what: what.to_owned(), next: next.to_owned() })
}

/// What stands in the way of recording or undoing a file.
fn of_files(lang: Lang, problem: &Problem) -> Option<Said> {
    let (what, next) = match problem.code.as_str() {
        "import_second" => (
            lang.pick(
                "这份文件带额度、账期或状态，要由有审批权的另一人导入",
                "It brings limits, terms or stages along: another person who may grant them records it",
            ),
            lang.pick("请信用经理或总经理导入", "Ask the credit manager or the director to record it"),
        ),
        "import_in_use" => (
            lang.pick(
                "之后已有核销、冲减、争议或退款用到这次导入的单据或到款",
                "Documents or money of this import were used since: paid, credited, disputed, written off or sent back",
            ),
            lang.pick("用新的文件更正", "Correct it by another file"),
        ),
        "import_compared" => (
            lang.pick(
                "之后又导入了别的文件，那份文件是和这次导入对照过的",
                "Another file came in later and was compared with it",
            ),
            lang.pick("先撤销后来的那次导入", "Undo the later import first"),
        ),
        "import_undone" => (
            lang.pick("这次导入已经撤销", "This import is undone already"),
            lang.pick("刷新看看", "Look at the list again"),
        ),
        _ => return None,
    };
    Some(Said { what: what.to_owned(), next: next.to_owned() })
}

fn said(lang: Lang, problem: &Problem) -> Said {
    if let Some(said) =
        at_the_door(lang, problem).or_else(|| of_the_pool(lang, problem)).or_else(|| of_files(lang, problem))
    {
        return said;
    }
    let (what, next) = match problem.code.as_str() {
        "forbidden" => (
            lang.pick("您的角色不能做这件事", "Your role may not do this"),
            lang.pick("请有权限的同事来做", "Ask a colleague who may"),
        ),
        "own_draft" => (
            lang.pick("自己起草的，要由别人批准", "Whoever drafted it cannot approve it"),
            lang.pick("请另一位有权限的同事批准", "Ask another colleague who may approve"),
        ),
        "not_found" => (
            lang.pick("账簿里没有这一项，或您看不到它", "The book has no such thing, or you cannot see it"),
            lang.pick("回到列表再找一次", "Go back to the list and look again"),
        ),
        "too_long" | "text" | "order_description" => (
            lang.pick("文字太长或不能用", "The text is too long or cannot be used"),
            lang.pick("改短后再送", "Shorten it and send it again"),
        ),
        "amount" | "order_amount" | "not_positive" => (
            lang.pick("金额要大于零，且账簿记得下", "The amount must be above zero and fit the book"),
            lang.pick("改金额后再送", "Change the amount and send it again"),
        ),
        "order_prepayment" => (
            lang.pick("预付不能多于本单，币种要一致", "A prepayment is at most the order, in its currency"),
            lang.pick("改预付后再送", "Change the prepayment and send it again"),
        ),
        "order_cancelled" => (
            lang.pick("这一单已经取消", "This order was called off"),
            lang.pick("需要的话重新下一单", "Enter a new one if need be"),
        ),
        "order_held_by_hand" => (
            lang.pick("有同事手工冻结了这一单", "A colleague holds this order by hand"),
            lang.pick("等他们解除，或问信控", "Wait until they end it, or ask the credit desk"),
        ),
        "order_known" | "decision_known" | "idempotency_key_reused" => (
            lang.pick("这个编号已经用在别的内容上", "This number already stands for something else"),
            lang.pick("重新填写一笔再确认", "Enter it anew and confirm again"),
        ),
        "device_feed" | "device_policy" => (
            lang.pick("本机的数据不是这本账簿的", "What this device knows is not of this book"),
            lang.pick("同步后重新确认", "Sync, then confirm again"),
        ),
        "other_currency" | "same_currency" => (
            lang.pick("币种不对", "The currency does not fit"),
            lang.pick("改币种后再送", "Change the currency and send it again"),
        ),
        "no_document" => (
            lang.pick("账簿里没有这张单据", "The book has no such document"),
            lang.pick("同步后再选", "Sync, then choose again"),
        ),
        "more_than_open" => (
            lang.pick("多于单据上的未清金额", "More than is open on the document"),
            lang.pick("改少后再送", "Lower it and send it again"),
        ),
        "more_than_received" => (
            lang.pick("核销的多于到账的", "More is applied than came in"),
            lang.pick("改少后再送", "Lower it and send it again"),
        ),
        "future" => (
            lang.pick("日期晚于账簿的今天", "The date is later than the book's today"),
            lang.pick("改成今天或更早", "Enter today or an earlier day"),
        ),
        "no_draft" => (
            lang.pick("这个版本已经批准过，或不存在", "This version was approved before, or isn't there"),
            lang.pick("刷新看看现在的版本", "Look again at the versions"),
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

/// What goes wrong before somebody is in, and with what lets them in.
fn at_the_door(lang: Lang, problem: &Problem) -> Option<Said> {
    let (what, next) = match problem.code.as_str() {
        "link_spent" => (
            lang.pick("这个链接已经用过或过期", "This link was used before, or has expired"),
            lang.pick("向发链接的人要一个新的", "Ask whoever sent it for a new one"),
        ),
        "wrong_sign_in" => (
            lang.pick("公司、登录名或密码不对", "Company, login or password is wrong"),
            lang.pick(
                "核对后再试。忘了密码，请管理员发一个新链接",
                "Check them and try again. For a forgotten password your administrator makes a new link",
            ),
        ),
        "code_needed" | "code_wrong" => (
            lang.pick("验证码不对、已过期或已用过", "This code is wrong, too old, or was used already"),
            lang.pick("等下一个验证码，或用一个恢复码", "Wait for the next code, or use a recovery code"),
        ),
        "throttled" => {
            let seconds = problem.values.get("seconds").map_or("60", String::as_str);
            return Some(Said {
                what: lang.pick("试得太多了", "Too many tries").to_owned(),
                next: lang.fill("过 {0} 秒再试", "Try again in {0} seconds", &[seconds]),
            });
        }
        "other_door" => (
            lang.pick("您的角色不从这里进", "Your role does not come in here"),
            lang.pick("请从信用管理登录", "Sign in at the credit desk"),
        ),
        "login" => (
            lang.pick("要填邮箱或手机号", "Enter an e-mail address or a phone number"),
            lang.pick("改好后再送", "Change it and send it again"),
        ),
        "login_taken" => (
            lang.pick("这个登录名已有人用", "Somebody has this login"),
            lang.pick("换一个邮箱或手机号", "Use another e-mail or phone"),
        ),
        "name" => (
            lang.pick("姓名要有 1 到 200 个字", "A name has 1 to 200 characters"),
            lang.pick("改好后再送", "Change it and send it again"),
        ),
        "password_short" | "password_long" => (
            lang.pick("密码要有 10 到 256 个字", "A password has 10 to 256 characters"),
            lang.pick("几个不相干的词就很好", "A few unrelated words do well"),
        ),
        "password_login" | "password_common" => (
            lang.pick("这个密码太容易猜到", "This password is too easy to guess"),
            lang.pick("换一个，几个不相干的词就很好", "Choose another; a few unrelated words do well"),
        ),
        _ => return None,
    };
    Some(Said { what: what.to_owned(), next: next.to_owned() })
}
