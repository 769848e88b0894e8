//! The book as the three files that a forwarder would import.

use super::business::Document;
use super::code;
use super::customers::Customer;
use super::money::Receipt;
use shared::facts::calendar::Date;
use shared::facts::terms::Terms;
use std::fmt::Write;

fn written(terms: Terms) -> String {
    match terms {
        Terms::Prepaid => "预付".to_owned(),
        Terms::OnDelivery => "付款放单".to_owned(),
        Terms::Net { days } => format!("票结{days}天"),
        Terms::MonthEnd { days } => format!("月结{days}天"),
        // The demo's customers have plain terms.
        Terms::Agreed(agreed) => format!("{}天", agreed.days_at_most()),
    }
}

fn day(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

/// One line; a cell with a comma stands in quotation marks.
fn line(file: &mut String, cells: &[&str]) {
    for (place, cell) in cells.iter().enumerate() {
        let separator = if place == 0 { "" } else { "," };
        // Writing to a string can't fail.
        let _ =
            if cell.contains(',') { write!(file, "{separator}\"{cell}\"") } else { write!(file, "{separator}{cell}") };
    }
    file.push_str("\r\n");
}

pub(super) fn customer_file(customers: &[Customer]) -> String {
    let mut file = String::from("\u{FEFF}");
    line(
        &mut file,
        &[
            "客户编号",
            "客户名称",
            "英文名称",
            "统一社会信用代码",
            "客户状态",
            "客户类别",
            "行业",
            "业务员",
            "成立日期",
            "合作日期",
            "注册资本（万元）",
            "币种",
            "联系人",
            "联系电话",
            "账期",
            "信用额度",
            "额度有效期",
        ],
    );
    for customer in customers {
        line(
            &mut file,
            &[
                &code(customer.index),
                &customer.name,
                &customer.name_en,
                customer.credit_code.as_deref().unwrap_or(""),
                customer.stage,
                customer.segment,
                customer.industry,
                customer.salesperson,
                &customer.founded.to_string(),
                &customer.since.to_string(),
                &customer.capital.map(|capital| capital.to_string()).unwrap_or_default(),
                customer.currency.code(),
                &customer.contact,
                &customer.phone,
                &written(customer.terms),
                &customer.limit,
                &day(customer.limit_until),
            ],
        );
    }
    file
}

pub(super) fn receivable_file(customers: &[Customer], documents: &[Document]) -> String {
    let mut file = String::from("\u{FEFF}");
    line(
        &mut file,
        &[
            "客户编号",
            "客户名称",
            "发票号",
            "开票日期",
            "到期日",
            "币种",
            "价税合计",
            "结清日期",
            "是否争议",
            "争议日期",
            "提单号",
            "费用说明",
        ],
    );
    for document in documents {
        line(
            &mut file,
            &[
                &code(document.customer),
                &customers[document.customer].name,
                &document.number,
                &document.date.to_string(),
                &document.due.to_string(),
                document.amount.currency().code(),
                &document.amount.to_string(),
                &day(document.settled),
                if document.disputed.is_some() { "是" } else { "否" },
                &day(document.disputed),
                &document.reference,
                &document.description,
            ],
        );
    }
    file
}

pub(super) fn receipt_file(customers: &[Customer], receipts: &[Receipt]) -> String {
    let mut file = String::from("\u{FEFF}");
    line(&mut file, &["客户编号", "客户名称", "到账日期", "到账金额", "币种", "银行流水号", "对应发票号"]);
    for receipt in receipts {
        line(
            &mut file,
            &[
                &code(receipt.customer),
                &customers[receipt.customer].name,
                &receipt.date.to_string(),
                &receipt.amount.to_string(),
                receipt.amount.currency().code(),
                &receipt.reference,
                &receipt.invoice,
            ],
        );
    }
    file
}
