//! Words for the places and values of a policy, in both languages.

use crate::facts::money::Money;
use crate::facts::terms::Terms;
use crate::rules::policy::Bilingual;
use rust_decimal::Decimal;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a field is called.
pub(in crate::record) fn field(key: &str) -> Bilingual {
    name(key)
}

/// What something is called that a field or a value names; what has no word is shown as it is written.
pub(super) fn name(key: &str) -> Bilingual {
    let (zh, en) = KNOWN.get(key).copied().unwrap_or((key, key));
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

/// A value in words.
pub(in crate::record) fn value(value: &Value) -> Bilingual {
    let same = |text: String| Bilingual { zh: text.clone(), en: text };
    if let Ok(money) = serde_json::from_value::<Money>(value.clone()) {
        return same(format!("{} {money}", money.currency()));
    }
    if let Ok(terms) = serde_json::from_value::<Terms>(value.clone()) {
        return self::terms(terms);
    }
    match value {
        Value::Null => Bilingual { zh: "无".to_owned(), en: "nothing".to_owned() },
        Value::Bool(true) => Bilingual { zh: "是".to_owned(), en: "yes".to_owned() },
        Value::Bool(false) => Bilingual { zh: "否".to_owned(), en: "no".to_owned() },
        Value::Number(number) => same(number.to_string()),
        Value::String(text) => name(text),
        Value::Array(list) if list.is_empty() => Bilingual { zh: "无".to_owned(), en: "nothing".to_owned() },
        Value::Array(list) => {
            let each: Vec<Bilingual> = list.iter().map(self::value).collect();
            let join =
                |pick: fn(&Bilingual) -> &str, between: &str| each.iter().map(pick).collect::<Vec<_>>().join(between);
            Bilingual { zh: join(|each| &each.zh, "、"), en: join(|each| &each.en, ", ") }
        }
        Value::Object(fields) => {
            let each = fields.iter().map(|(key, inner)| (field(key), self::value(inner)));
            let (zh, en): (Vec<String>, Vec<String>) = each
                .map(|(key, inner)| (format!("{} {}", key.zh, inner.zh), format!("{} {}", key.en, inner.en)))
                .unzip();
            Bilingual { zh: format!("（{}）", zh.join("，")), en: format!("({})", en.join(", ")) }
        }
    }
}

fn terms(terms: Terms) -> Bilingual {
    match terms {
        Terms::Net { days } => Bilingual { zh: format!("{days}天账期"), en: format!("net {days}") },
        Terms::MonthEnd { days } => Bilingual { zh: format!("月结{days}天"), en: format!("month end + {days}") },
        Terms::Prepaid => Bilingual { zh: "款到发货".to_owned(), en: "prepaid".to_owned() },
        Terms::OnDelivery => Bilingual { zh: "货到付款".to_owned(), en: "on delivery".to_owned() },
        Terms::Agreed(_) => Bilingual { zh: "合同约定".to_owned(), en: "as the contract writes".to_owned() },
    }
}

/// How a value that names a member of a list is written in its path.
pub(super) fn label(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(label).collect::<Vec<_>>().join("+"),
        Value::Object(fields) => {
            if let Ok(money) = serde_json::from_value::<Money>(value.clone()) {
                return format!("{} {money}", money.currency());
            }
            fields.values().map(label).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// Which of two values is higher, where they are numbers or amounts of one currency.
pub(super) fn order(before: &Value, after: &Value) -> Option<Ordering> {
    let money = |value: &Value| serde_json::from_value::<Money>(value.clone()).ok();
    if let (Some(before), Some(after)) = (money(before), money(after)) {
        return (before.currency() == after.currency()).then(|| before.minor().cmp(&after.minor()));
    }
    let number = |value: &Value| match value {
        Value::Number(number) => number.to_string().parse::<Decimal>().ok(),
        Value::String(text) => text.parse::<Decimal>().ok(),
        _ => None,
    };
    Some(number(before)?.cmp(&number(after)?))
}

/// The words by their key: a whole policy asks for thousands of them.
static KNOWN: LazyLock<BTreeMap<&str, (&str, &str)>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let (key, words) = line.split_once('|')?;
        Some((key, words.split_once('|')?))
    };
    WORDS.lines().filter_map(line).collect()
});

/// Key, Chinese, English.
const WORDS: &str = "\
above|高于|Above
accept|接单|Accepting it
account|账户|Account
action|措施|Action
actions|后续措施|Actions
adjustment|空箱修正|Adjustment of empty bins
advance|垫付|Paying advances
advances|垫付之前|Before paying advances
adverse|否定意见|Adverse
after_payment_days|付款后天数|Days after payment
ages|发生账龄|Ages
aging|账龄|Aging
agreement|协议|Agreement
ahead_by|领先幅度|Ahead by
ahead_days|提前天数|Days ahead
alias|付款人别名|Payer's alias
alike|相似|Alike
alike_at_least|最低相似度|Least likeness
allocation|核销|Allocation
amount|金额|Amount
answer_days|答复天数|Days to answer
appetite|风险偏好|Risk appetite
appraisal_max_age_days|评价最长天数|Greatest age of appraisals in days
approvals|审批|Approvals
approve|准予|approve
assess|评估|Assess
assessed_up_to|评估自动生效上限|An assessment grants up to
assign|组合归属|Which portfolio
at|环节|Checkpoint
at_least_bad|最少坏样本|Least bad cases
at_most|最多|At most
at_most_days|最长天数|At most days
at_most_instalments|最多期数|At most instalments
attention|关注|Attention
audit|审计意见|Audit
authority|审批权限|Authority
back_test|回溯测试|Back-test
bad|差|Bad
bad_days|坏客户逾期天数|Days past due that are bad
balance|余额|Balance
bands|分档|Bands
bank_charge|银行手续费|Bank charges
behaviour|付款行为|Behaviour
below|低于首档得分|Share below the first bin
between_days|间隔天数|Days between
beyond|再宽则|Beyond that
bill_months|票据权利月数|Months of rights on bills
bills|票据|Bills
bin_at_least|分箱最低占比|Least share of a bin
bins|分档|Bins
bins_at_most|最多分箱数|Bins at most
booking|订舱|Booking
business|业务类型|Line of business
by|方式|By
calendar|日历|Calendar
calibration|校准|Calibration
cap|封顶|Cap
capital_share|注册资本比例|Share of capital
cases|自带算例|Cases
categories|类别|Categories
category|类别|Category
chains|审批链|Chains
change|改单|Change of order
channel|渠道|Channel
characteristic|指标|Characteristic
checkpoints|检查环节|Checkpoints
cheque_months|支票权利月数|Months of rights on cheques
claiming|到款认领|Claiming
clean|无保留|Clean
clear_from|解除界限|Clears from
clocks|法定期限|Legal clocks
closing|结语|Closing
combination_parts|组合笔数|Parts of a combination
combination_steps|组合步数|Steps of the search
commitments|敞口类别|Commitments
complete|完整|Complete
concentration|集中度|Concentration
concentration_share|集中度上限|Share of concentration
confidence_at_least|最低置信度|Least confidence
confirm_days|对账天数|Days to the confirmation
confirmation|对账确认|Confirmation
cost_of_funds|资金成本|Cost of funds
counts|计入|Counts
cover|担保|Cover
credit_file|信用档案|Credit file
currency|币种|Currency
customer|客户卡|Customers' card
day_base|计息基数天数|Day base
days|天数|Days
days_at_most|最长天数|Days at most
days_beyond_terms|超账期天数|Days beyond terms
days_late|迟付天数|Days late
deadline_days|期限天数|Days to the deadline
deemed_days|视同确认天数|Days until deemed
default|缺省|Default
default_by_grade|各等级违约概率|Default by grade
deliver|交付|Delivering
deliver_days|交付天数|Days to delivery
delivery|派送、放货|Delivery
disclaimer|声明|Disclaimer
dispute_days|争议缓计天数|Days that a dispute takes off
document|资料|Document
documents|资料|Documents
dso|应收账款周转天数|DSO
dunning|催收|Dunning
emphasis|强调事项|Emphasis
en|英文|English
ended|到期后|Once ended
enforcement_months|申请执行月数|Months to enforce
entry|下单|Order entry
estimate|估计|Estimate
every|每隔|Every
every_months|每几个月|Every so many months
expected|预计回款|Expected receipts
exposure|敞口|Exposure
figure|指标|Figure
file|档案|File
financial_strength|财务实力|Financial strength
fine_bins|细分箱数|Fine bins
follow_up|跟进|Follow up
forbids|冻结即禁止|A hold forbids
format|格式|Format
freight|货运|Freight
fresh_days|有效观察天数|Fresh for days
from|起|From
from_amount|起始金额|From amount
full|全面评估|Full assessment
further_recourse_months|再追索月数|Months of further recourse
go_on_when_ambiguous|歧义时继续|Go on when ambiguous
good|好|Good
good_days|好客户晚付天数|Days late of a good payer
grace_days|宽限天数|Days of grace
grace_hours|保留小时|Hours of grace
grade|等级|Grade
grades|各等级|Grades
granting|授信审批|Granting
ground|依据|Ground
held_longest|等待最久|Held longest
hit|命中则|On a finding
hold|暂缓|hold
hold_days|逾期暂缓天数|Days overdue that hold
hold_share|逾期占比暂缓|Overdue share that holds
holidays|放假|Days off
horizon_days|展望天数|Horizon in days
hours|小时|Hours
identify|识别|Identify
indeterminate_days|未定逾期天数|Days past due that are undecided
index|指数|Index
indicator|指标|Indicator
indicators|指标|Indicators
information_at_least|最低信息值|Least information value
insured|已投保|Insured
interest|逾期利息|Late interest
invoice_days|开票天数|Days to the invoice
invoice_on_credit|赊销开票|Invoicing on credit
invoicing|开票|Invoicing
kind|种类|Kind
kinds|种类|Kinds
knock_outs|一票否决|Knock-outs
ladders|催收阶梯|Ladders
lag_days|对账开票滞后天数|Invoicing lag in days
lapse_days|失效天数|Days until lapse
lapsed|失效后|Once lapsed
late_days|容忍迟付天数|Tolerated lateness in days
leading|领先|Leading
lease|离线授信凭证|Leases
least|至少|At least
letters|信函|Letters
licence|证照|Licence
licences|证照|Licences
limit|额度|Limit
limit_expired|额度过期则|Limit expired
limit_expired_confirmed|额度过期、订单已确认则|Limit expired, order confirmed
limit_methods|额度方法|Limit methods
limitation_longest_months|最长时效月数|Longest limitation in months
limitation_months|诉讼时效月数|Limitation in months
lines|指标|Lines
list_most|最多列出|Listed at most
loss_given_default|违约损失率|Loss given default
lost_days|视为损失的天数|Days until lost
margin|毛利与成本|Margin
margin_share|毛利率|Margin
marked|带标记数据|Marked figures
max_age_days|最长天数|Greatest age in days
measure|指标|Measure
method|方法|Method
methods|方法|Methods
minimum|最低|Minimum
missing|缺数得分|Share when missing
mixed|混合|Mixed
mode|方式|Mode
model|模型|Model
monitoring|订单与发运跟踪|Monitoring of orders
months|月数|Months
most|上限|At most
multiple|倍数|Multiple
must_screen|必查项|Checks that must be made
name|名称|Name
near_days|临近天数|Near within days
need|需要|Need
need_factor|需求系数|Factor on need
needs|需要|Needs
negative_denominator|分母为负得分|Share at a negative denominator
net_worth_share|净资产比例|Share of net worth
no_limit|无额度则|No limit
note|说明|Note
number|数值|Number
obstacle_months|中止期间月数|Months of obstacle
oldest_overdue_days|最长逾期天数|Oldest overdue in days
on|启用|On
on_acceptor|计入承兑人|Counts on the acceptor
on_behalf|代付|Paid on behalf
opening|开头|Opening
operating_stability|经营稳定|Operating stability
orange|橙色界限|Orange from
order|顺序|Order
order_check|订单检查|Order check
order_lapse_days|订单失效天数|Days until an order lapses
order_rules|订单检查其他规则|Further rules of the order check
orders|计入订单|Orders count
overdue|逾期|Overdue
overdue_share|逾期占比|Overdue share
overrides|人工调整|Overrides
own_related|本公司关联方|Related to ourselves
owner|负责人|Owner
part|部分|Part
payment_behaviour|付款表现|Payment behaviour
payment_index|付款指数|Payment index
periods|期数|Periods
playbooks|应急预案|Playbooks
portfolio|组合|Portfolio
portfolios|组合|Portfolios
probability|概率|Probability
promise|付款承诺|Promises
prospect|潜在客户卡|Prospects' card
provision|坏账准备|Provision
qualified|保留意见|Qualified
quiet|免打扰|Quiet days
quote_days|报价有效天数|Quotes good for days
rate|比率|Rate
rates|比率|Rates
ratio|比率|Ratio
ratios|财务比率|Financial ratios
receivables|应收账款|Receivables
recourse_months|追索月数|Months of recourse
recovery|风险处置|Recovery
red|红色界限|Red from
reference|附言|Reference
refuse|不予|refuse
refuse_days|逾期不予天数|Days overdue that refuse
refused_grades|不予等级|Refused grades
registered_capital|注册资本|Registered capital
relationship|合作关系|Relationship
release|发货|Release of goods
release_documents|放单|Releasing documents
reminders|到期前提醒|Reminders
reports|报表|Reports
respond|应对|Respond
retention|自留|Retention
retest|重新检查|Re-test
review|定期复评|Review
reviewed|已审阅|Reviewed
ridge|岭惩罚|Ridge
role|角色|Role
round_to|取整到|Rounded down to
rounding|舍入|Rounding
rule|规则|Rule
rules|规则|Rules
sales_factor|月销售系数|Factor on monthly sales
sales_trend|销售趋势|Sales trend
scale|得分标准|Scale
scorecard|评分卡|Scorecard
scoring|评分|Scoring
screening|核查|Check
screenings|核查|Checks
security_share|担保比例|Share to be secured
segments|客户分组|Segments
service_days|服务后天数|Days since the service
several|多次|Several
share|得分比例|Share
ship_date|出运日|Ship date
short_share|短缺占比|Short share
size_share|大单提示占比|Large order from
small_amount|忽略的小额|Ignored up to
small_share|忽略的占比|Ignored share
smaller_may_pass|小单可先过|Smaller may pass
smallest_first|最小优先|Smallest first
sound|良好|Sound
source|来源|Source
stage|阶段|Stage
stages|阶段|Stages
stale|过期后|Once out of date
stand|起算|Stands
standard|标准|Standard
statement_max_age_days|报表最长天数|Greatest age of statements in days
step|步骤|Step
steps|步骤|Steps
steps_at_most|最多步数|Steps at most
sub_limit|分项限额|Sub-limit
suretyship_months|保证期间月数|Suretyship in months
table|对照表|Table
tasks|任务|Tasks
temporary_limit|临时额度|Temporary limit
tenor|期限|Tenor
terms|账期|Terms
text|正文|Text
texts|文本|Texts
then|超时转交|Then too
title|标题|Title
to|至|To
tolerance|超额容忍度|Tolerance over limit
top|前几名|Top
trade|贸易|Trade
trend_months|趋势月数|Months of a trend
trial|试用额度|Trial limit
triggers|触发|Triggers
trust|可信度|Trust
turnover_share|营业额比例|Share of turnover
unapplied|扣减未核销款|Unapplied money deducted
unaudited|未审计|Unaudited
unqualified|无保留意见|Unqualified
unscreened_cap|未核查封顶|Cap without checks
unsure_cap|置信不足封顶|Cap when unsure
unused_below|用额低于|Uses less than
up_at_most|最多上调级数|Up at most
up_to|上限|Up to
up_to_share|占比上限|Up to a share
valid_days|有效天数|Valid for days
verdict|结论|Verdict
warn|提示|warn
waivers|豁免权限|Waivers
warn_days|提示天数|Days of warning
warnings|信用预警|Warnings
watch|指标计算|What indicators look at
weak|弱|Weak
weeks|周数|Weeks
weight|权重|Weight
weights|权重|Weights
when|条件|When
window_days|观察天数|Days looked at
window_months|表现期月数|Performance window in months
without_agreement|无协议时|Without an agreement
word|评语|Word
words|评语|Words
workdays|调休上班|Weekends worked
working_capital_share|营运资金比例|Share of working capital
working_days|工作日|Working days
working_days_only|仅工作日|Working days only
works|作用|Works
worse|变差方向|Worse
year_days|一年天数|Days of a year
yearly_sales|年销售额|Yearly sales
years_in_business|经营年限|Years in business
years_with_us|合作年限|Years with us
yellow|黄色界限|Yellow from
zero_denominator|分母为零得分|Share at a zero denominator
zh|中文|Chinese
zone|区间|Zone
frozen|停止供货|Supply stopped
suspended|暂停合作|Suspended
exited|退出合作|No longer sold to
no_grade|未评级|Never graded
size|单笔偏大|A large single order
within_tolerance|超额度而在容忍度内|Over the limit, within tolerance
beyond_limit|超出额度和容忍度|Beyond limit and tolerance
missing_rate|缺汇率|A missing rate
breached|违约未补救|Broken and not made good
hold_amount|逾期金额暂缓|Overdue amount that holds
verdicts|固定规则的结论|What fixed rules lead to
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::policy::DEFAULT;

    #[test]
    fn every_field_of_the_default_policy_has_words() {
        fn walk(value: &Value, missing: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    for (key, inner) in fields {
                        if name(key).zh == *key {
                            missing.push(key.clone());
                        }
                        walk(inner, missing);
                    }
                }
                Value::Array(list) => list.iter().for_each(|inner| walk(inner, missing)),
                _ => {}
            }
        }
        let mut missing = Vec::new();
        walk(&serde_json::from_str(DEFAULT).unwrap(), &mut missing);
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn numbers_and_amounts_are_compared_as_such() {
        let json = |text: &str| serde_json::from_str(text).unwrap();
        assert_eq!(order(&json("\"0.5\""), &json("\"0.45\"")), Some(Ordering::Greater));
        assert_eq!(order(&json("9"), &json("10")), Some(Ordering::Less));
        assert_eq!(order(&json("\"hold\""), &json("\"warn\"")), None);
    }
}
