//! What settings call things: browsers, roles and what they may do, the operations of a token, what cannot be done.

use crate::data::client::ClientError;
use crate::data::session::now;
use crate::desk::parts::moment;
use crate::lang::Lang;
use crate::words::{Said, failure};
use shared::record::access::{Operation, Role, Rows, may, program_may};

/// Browsers by what stands in what they call themselves. The first that fits: most of them name the others, too.
const BROWSERS: [(&str, &str, &str); 8] = [
    ("wxwork", "企业微信", "WeCom"),
    ("MicroMessenger", "微信", "WeChat"),
    ("Edg", "Edge", "Edge"),
    ("OPR/", "Opera", "Opera"),
    ("Firefox/", "Firefox", "Firefox"),
    ("FxiOS/", "Firefox", "Firefox"),
    ("Chrome/", "Chrome", "Chrome"),
    ("Safari/", "Safari", "Safari"),
];
/// The same for what they run on.
const SYSTEMS: [(&str, &str); 6] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

/// A browser by what it calls itself.
pub fn browser(lang: Lang, agent: Option<&str>) -> String {
    let Some(agent) = agent.filter(|agent| !agent.is_empty()) else {
        return lang.pick("不知道哪个浏览器", "Some browser").to_owned();
    };
    let found = BROWSERS.iter().find(|(mark, ..)| agent.contains(mark)).map(|(_, zh, en)| lang.pick(*zh, *en));
    let system = SYSTEMS.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (found, system) {
        (Some(found), Some(system)) => lang.fill("{1}上的{0}", "{0} on {1}", &[found, system]),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

/// When something was last used: how long ago, or on which day.
pub fn seen(lang: Lang, at: i64, offset: i16) -> String {
    let ago = now().saturating_sub(at).max(0);
    if ago < 172_800 { lang.ago(ago) } else { moment(lang, at, offset) }
}

/// What somebody of a role may do here: read from the table of operations, so that it is true.
pub fn may_do(lang: Lang, role: Role) -> String {
    const DEEDS: [(Operation, &str, &str); 9] = [
        (Operation::ConfirmOrder, "确认订单", "confirms orders"),
        (Operation::Assess, "评定", "assesses"),
        (Operation::Freeze, "停供", "stops supply"),
        (Operation::DraftPolicy, "起草政策", "drafts the policy"),
        (Operation::ApprovePolicy, "批准政策", "approves the policy"),
        (Operation::CommitImport, "导入", "imports"),
        (Operation::RecordReceipt, "登记到款", "records receipts"),
        (Operation::ReadAudit, "看审计记录", "reads the audit trail"),
        (Operation::InvitePerson, "管人员和令牌", "manages people and tokens"),
    ];
    let sight = match may(role, Operation::Sync) {
        Some(Rows::All) => ("看全部客户", "Sees all customers"),
        Some(_) => ("看自己的客户", "Sees their own customers"),
        None => ("看不到客户", "Sees no customers"),
    };
    let deeds = DEEDS.iter().filter(|(operation, ..)| may(role, *operation).is_some());
    let parts = std::iter::once(lang.pick(sight.0, sight.1)).chain(deeds.map(|(_, zh, en)| lang.pick(*zh, *en)));
    parts.collect::<Vec<_>>().join(lang.pick("，", ", "))
}

/// The roles that a person can have.
pub fn roles() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(|role| *role != Role::Customer)
}

/// What a program's token of a role can be good for.
pub fn for_programs(role: Role) -> Vec<Operation> {
    if matches!(role, Role::Admin | Role::Customer) {
        return Vec::new();
    }
    let all = shared::record::access::TABLE.iter().map(|line| line.operation);
    all.filter(|operation| program_may(role, *operation).is_some()).collect()
}

/// A role's name on the wire.
pub fn key(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The role of a name on the wire.
pub fn role_of(key: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| self::key(*role) == key)
}

/// What an operation is called. Those that no program's token is good for go by their name on the wire.
pub fn operation(lang: Lang, of: Operation) -> String {
    let (zh, en) = match of {
        Operation::Sync => ("同步客户和现状", "Sync customers and standings"),
        Operation::ReadCustomer => ("读客户档案", "Read a customer's file"),
        Operation::ReadJournal => ("读账目", "Read the ledger"),
        Operation::ReadPortfolio => ("读全部客户的试算数据", "Read the portfolio"),
        Operation::ReadStatement => ("读对账单", "Read a statement"),
        Operation::CheckOrder => ("查订单", "Check an order"),
        Operation::ConfirmOrder => ("确认订单", "Confirm an order"),
        Operation::ReadOrders => ("读订单列表", "Read orders"),
        Operation::ReadOrder => ("读一单", "Read an order"),
        Operation::ChangeOrder => ("改单", "Change an order"),
        Operation::MoveOrder => ("过检查环节", "Bring an order to a checkpoint"),
        Operation::CancelOrder => ("取消订单", "Cancel an order"),
        Operation::ReadLeases => ("读离线授信凭证", "Read leases"),
        Operation::TakeLease => ("取离线授信凭证", "Take a lease"),
        Operation::ConfirmLeased => ("送达离线批准的订单", "Deliver an order approved on a lease"),
        Operation::ReturnLease => ("退还离线授信凭证", "Give a lease back"),
        Operation::ReadDecision => ("读决定", "Read a decision"),
        Operation::ReplayDecision => ("重放决定", "Replay a decision"),
        Operation::ReadPolicies => ("读政策", "Read the policy"),
        Operation::DraftPolicy => ("起草政策", "Draft the policy"),
        Operation::ApprovePolicy => ("批准政策", "Approve the policy"),
        Operation::Assess => ("评定客户", "Assess customers"),
        Operation::Apply => ("申请授信", "Apply for credit"),
        Operation::ReadApplications => ("读授信申请", "Read credit applications"),
        Operation::ReadApplication => ("读一份授信申请", "Read a credit application"),
        Operation::ReviseApplication => ("改授信申请", "Revise a credit application"),
        Operation::WithdrawApplication => ("撤回授信申请", "Withdraw a credit application"),
        Operation::Freeze => ("停供和恢复", "Stop and resume supply"),
        Operation::ReadImports => ("读导入记录", "Read imports"),
        Operation::StageImport => ("预检文件", "Stage a file"),
        Operation::CommitImport => ("导入文件", "Record a file"),
        Operation::DiscardImport => ("丢弃预检", "Discard a staged file"),
        Operation::UndoImport => ("撤销导入", "Undo an import"),
        Operation::RecordReceipt => ("登记到款", "Record a receipt"),
        Operation::RecordReturn => ("登记退回的款", "Record that money went back"),
        Operation::RecordRecovery => ("登记核销后的收回", "Record a recovery"),
        Operation::AskWriteOff => ("申请核销", "Ask for a write-off"),
        Operation::DecideWriteOff => ("批准或退回核销", "Decide on a write-off"),
        Operation::ReadWriteOffs => ("读核销", "Read write-offs"),
        Operation::RecordRates => ("登记汇率", "Record a rate"),
        Operation::InviteCustomer => ("邀请客户看对账单", "Invite a customer"),
        Operation::ReadPortalAccess => ("看客户的门户访问", "Read portal access"),
        Operation::EndPortalAccess => ("结束客户的全部门户访问", "End all portal access"),
        Operation::EndOnePortalAccess => ("结束一处门户访问", "End one portal access"),
        Operation::ReadAudit => ("读审计记录", "Read the audit trail"),
        Operation::VerifyAudit => ("验证审计链", "Verify the audit chain"),
        Operation::ReadAttachments => ("读客户的附件列表", "Read which files are attached to a customer"),
        Operation::AddAttachment => ("附上文件", "Attach a file"),
        Operation::ReadAttachment => ("取附件", "Take an attached file"),
        Operation::RemoveAttachment => ("移除附件", "Remove an attached file"),
        Operation::ReadSettings => ("读账簿设置", "Read the book's settings"),
        Operation::ChangeSettings => ("改账簿设置", "Change the book's settings"),
        Operation::ReadMessages => ("读发出的消息", "Read outgoing messages"),
        Operation::RetryMessage => ("重发消息", "Try a message again"),
        Operation::CancelMessage => ("取消消息", "Call a message off"),
        Operation::ReadBook => ("读账簿的大小和运行情况", "Read how large the book is and how it runs"),
        Operation::StageBank => ("预检银行文件", "Stage a bank's file"),
        Operation::CommitBank => ("把到款放进待认领", "Put receipts into the pool"),
        Operation::DiscardBank => ("丢弃预检的银行文件", "Discard a staged bank's file"),
        Operation::ReadPool => ("读待认领的到款", "Read receipts to be claimed"),
        Operation::ReadClaim => ("读认领建议", "Read whose a receipt may be"),
        Operation::ClaimReceipt => ("认领到款", "Claim a receipt"),
        Operation::SetReceiptAside => ("搁置不是客户的款", "Set aside what is no customer's"),
        Operation::MakeCustomer => ("新建客户", "Add a customer"),
        Operation::ChangeCustomer => ("改客户资料", "Change a customer's data"),
        Operation::ReadFile => ("读信用档案", "Read a credit file"),
        Operation::ReadPiece => ("读档案的一项及其各版", "Read an entry of a file and its versions"),
        Operation::AddPiece => ("往档案里加一项", "Add an entry to a file"),
        Operation::CorrectPiece => ("更正档案的一项", "Correct an entry of a file"),
        Operation::WithdrawPiece => ("撤回档案的一项", "Withdraw an entry of a file"),
        Operation::ErasePiece => ("删去联系人的个人信息", "Erase a contact's personal data"),
        Operation::AskStep => ("提出改变客户的阶段", "Ask for a step of a customer's life cycle"),
        Operation::DecideStep => ("批准或退回阶段的改变", "Decide on a step of the life cycle"),
        Operation::ReadReport => ("读信用报告", "Read a credit report"),
        Operation::SyncPieces => ("同步信用档案", "Sync credit files"),
        Operation::ReadSession
        | Operation::EndSession
        | Operation::ReadSessions
        | Operation::EndSessions
        | Operation::EndOneSession
        | Operation::ChangePassword
        | Operation::BeginSecondFactor
        | Operation::ConfirmSecondFactor
        | Operation::RemoveSecondFactor
        | Operation::ReadPeople
        | Operation::InvitePerson
        | Operation::ChangePerson
        | Operation::RenewLink
        | Operation::ReadTokens
        | Operation::MakeToken
        | Operation::RevokeToken
        | Operation::ReleaseOrder
        | Operation::RefuseOrder
        | Operation::HoldOrder
        | Operation::AnswerApplication => return of.name(),
    };
    lang.pick(zh, en).to_owned()
}

/// A failed call in words, with those that only settings meet.
pub fn refusal(lang: Lang, error: &ClientError) -> Said {
    let code = match error {
        ClientError::Problem(problem) => problem.code.as_str(),
        _ => "",
    };
    let (what, next) = match code {
        "last_admin" => (
            lang.pick("最后一位管理员不能这样改", "The last administrator stays one"),
            lang.pick("先让另一位同事做管理员", "Make another colleague administrator first"),
        ),
        "inactive" => (
            lang.pick("已停用的人没有链接", "Whoever is shut out gets no link"),
            lang.pick("先恢复，再发链接", "Let them in again first"),
        ),
        "days" => (
            lang.pick("令牌要选至少一项，有效 1 到 730 天", "A token needs an operation and 1 to 730 days"),
            lang.pick("改好后再做", "Change it and make it again"),
        ),
        "role" | "operation" => (
            lang.pick("这个角色不能这样用", "This role cannot be used so"),
            lang.pick("换一个角色或操作", "Choose another role or operation"),
        ),
        _ => return failure(lang, error),
    };
    Said { what: what.to_owned(), next: next.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_known_by_what_they_call_themselves() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        let wechat =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.49";
        for (agent, zh, en) in [
            (Some(chrome), "Windows上的Chrome", "Chrome on Windows"),
            (Some(wechat), "iPhone上的微信", "WeChat on iPhone"),
            (Some("curl/8.5"), "curl/8.5", "curl/8.5"),
            (Some(""), "不知道哪个浏览器", "Some browser"),
            (None, "不知道哪个浏览器", "Some browser"),
        ] {
            assert_eq!([browser(Lang::Zh, agent), browser(Lang::En, agent)], [zh, en]);
        }
    }

    #[test]
    fn a_role_says_what_it_may_by_the_table() {
        assert_eq!(may_do(Lang::Zh, Role::Admin), "看不到客户，管人员和令牌");
        assert!(may_do(Lang::En, Role::Finance).starts_with("Sees all customers, imports"));
        assert!(for_programs(Role::Finance).contains(&Operation::RecordReceipt));
        assert!(!for_programs(Role::Finance).contains(&Operation::ChangePassword));
        assert!(!for_programs(Role::Manager).contains(&Operation::ReleaseOrder));
        assert!(for_programs(Role::Admin).is_empty());
        for role in Role::ALL {
            assert_eq!(role_of(&key(role)), Some(role));
        }
    }
}
