//! What people are here.

use crate::lang::Lang;
use shared::record::access::Role;

/// What somebody is here.
pub fn role(lang: Lang, of: Role) -> &'static str {
    let (zh, en) = match of {
        Role::Sales => ("销售", "Sales"),
        Role::Ops => ("操作", "Operations"),
        Role::SalesLead => ("销售主管", "Sales lead"),
        Role::Officer => ("信用专员", "Credit officer"),
        Role::Collector => ("催收", "Collector"),
        Role::Manager => ("信用经理", "Credit manager"),
        Role::Finance => ("财务", "Finance"),
        Role::Legal => ("法务", "Legal"),
        Role::Director => ("总经理", "Director"),
        Role::Auditor => ("审计", "Auditor"),
        Role::Admin => ("管理员", "Administrator"),
        Role::Customer => ("客户", "Customer"),
    };
    lang.pick(zh, en)
}
