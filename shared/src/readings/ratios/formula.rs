//! The ratios as data: name, what it tells of, unit, and what stands above and below the line.

use crate::facts::financials::Line;
use serde::{Deserialize, Serialize};

/// A ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FinancialRatio {
    /// 流动比率 = 流动资产 / 流动负债.
    Current,
    /// 速动比率 = (流动资产 − 存货) / 流动负债. Some textbooks take prepayments off too; 国资委's rules take off inventories.
    Quick,
    /// 现金比率 = (货币资金 + 交易性金融资产 + 短期投资) / 流动负债.
    Cash,
    /// 资产负债率 = 负债合计 / 资产总计.
    DebtToAsset,
    /// 股东权益比率 = 所有者权益 / 资产总计.
    Equity,
    /// 产权比率 = 负债合计 / 所有者权益.
    DebtToEquity,
    /// 有形净值债务率 = 负债合计 / (所有者权益 − 无形资产 − 开发支出 − 商誉).
    DebtToTangibleNetWorth,
    /// 已获利息倍数 = 息税前利润 / 利息费用.
    InterestCover,
    /// 毛利率 = (营业收入 − 营业成本) / 营业收入.
    GrossMargin,
    /// 营业利润率 = 营业利润 / 营业收入.
    OperatingMargin,
    /// 净利率 = 净利润 / 营业收入.
    NetMargin,
    /// 总资产净利率 = 净利润 / 平均资产总额.
    ReturnOnAssets,
    /// 总资产报酬率 = 息税前利润 / 平均资产总额.
    ReturnOnTotalAssets,
    /// 净资产收益率 = 净利润 / 平均净资产.
    ReturnOnEquity,
    /// 应收账款周转率 = 营业收入 / 应收账款平均余额, in times a year.
    ReceivableTurnover,
    /// 应收账款周转天数.
    ReceivableDays,
    /// 存货周转率 = 营业成本 / 平均存货.
    InventoryTurnover,
    /// 存货周转天数.
    InventoryDays,
    /// 应付账款周转率 = 营业成本 / 应付账款平均余额.
    PayableTurnover,
    /// 应付账款周转天数.
    PayableDays,
    /// 总资产周转率 = 营业收入 / 平均资产总额.
    AssetTurnover,
    /// 总资产周转天数.
    AssetDays,
    /// 流动资产周转率 = 营业收入 / 平均流动资产总额.
    CurrentAssetTurnover,
    /// 现金债务总额比 = 经营活动现金流量净额 / 负债合计.
    OperatingCashToDebt,
    /// 现金流动负债比率 = 经营活动现金流量净额 / 流动负债.
    OperatingCashToCurrentLiabilities,
    /// 盈余现金保障倍数 = 经营活动现金流量净额 / 净利润.
    OperatingCashToNetProfit,
    /// 营业增长率 = (本年营业收入 − 上年) / 上年.
    RevenueGrowth,
    /// 净利润增长率.
    NetProfitGrowth,
    /// 总资产增长率.
    AssetGrowth,
    /// 资本积累率 = (年末所有者权益 − 上年末) / 上年末.
    EquityGrowth,
    /// 现金周转期 = 存货周转天数 + 应收账款周转天数 − 应付账款周转天数.
    CashCycle,
}

/// What a ratio tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// 短期偿债能力.
    Liquidity,
    /// 长期偿债能力.
    Solvency,
    /// 盈利能力.
    Profit,
    /// 营运能力.
    Efficiency,
    /// 现金流量.
    CashFlow,
    /// 发展能力.
    Growth,
}

/// What a ratio's value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// So many times.
    Times,
    /// A share: 0.25 is 25 %.
    Share,
    /// Days.
    Days,
}

/// When a figure is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// The flow of the period.
    Period,
    /// The balance at its end.
    End,
    /// The mean of the balances at its start and its end.
    Mean,
    /// The flow of the same period a year earlier, or the balance at its end.
    YearAgo,
}

/// A figure of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RatioItem"))]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// 息税前利润 = 利润总额 + 利息费用.
    Ebit,
    /// 利息费用; 财务费用 where it isn't stated.
    Interest,
    /// 股权市值: what the equity was worth on the market at the statement's end.
    MarketValue,
    /// A line as it is stated.
    #[serde(untagged)]
    Line(Line),
}

/// A figure and when it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which.
    pub item: Item,
    /// When.
    pub at: At,
}

/// Whether a figure is added or taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RatioSign"))]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Added.
    Plus,
    /// Taken off.
    Minus,
}

/// A figure with its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Term {
    /// Added or taken off.
    pub sign: Sign,
    /// Which figure.
    pub input: Input,
}

/// How a ratio is worked out. In days, the quotient is multiplied by 365.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Formula {
    /// Which ratio.
    pub ratio: FinancialRatio,
    /// What it tells of.
    pub group: Group,
    /// What its value counts.
    pub unit: Unit,
    /// Above the line.
    pub numerator: &'static [Term],
    /// Below the line.
    pub denominator: &'static [Term],
}

const fn plus(line: Line, at: At) -> Term {
    Term { sign: Sign::Plus, input: Input { item: Item::Line(line), at } }
}

const fn minus(line: Line, at: At) -> Term {
    Term { sign: Sign::Minus, input: Input { item: Item::Line(line), at } }
}

const fn derived(item: Item) -> Term {
    Term { sign: Sign::Plus, input: Input { item, at: At::Period } }
}

macro_rules! formulas {
    ($($group:ident { $($ratio:ident $unit:ident [$($above:expr),+] / [$($below:expr),+];)+ })+) => {
        /// Every ratio that is a quotient of figures; the cash cycle is a sum of three of them.
        pub static FORMULAS: &[Formula] = &[$($(Formula {
            ratio: FinancialRatio::$ratio,
            group: Group::$group,
            unit: Unit::$unit,
            numerator: &[$($above),+],
            denominator: &[$($below),+],
        },)+)+];
    };
}

use At::{End, Mean, Period, YearAgo};
use Line::{
    AccountsPayable, AccountsReceivable, CostOfSales, CurrentAssets, CurrentLiabilities, DevelopmentExpenditure,
    Goodwill, IntangibleAssets, Inventories, MonetaryFunds, NetProfit, OperatingCash, OperatingProfit, Revenue,
    ShortTermInvestments, TotalAssets, TotalEquity, TotalLiabilities, TradingFinancialAssets,
};

formulas! {
    Liquidity {
        Current Times [plus(CurrentAssets, End)] / [plus(CurrentLiabilities, End)];
        Quick Times [plus(CurrentAssets, End), minus(Inventories, End)] / [plus(CurrentLiabilities, End)];
        Cash Times [plus(MonetaryFunds, End), plus(TradingFinancialAssets, End), plus(ShortTermInvestments, End)]
            / [plus(CurrentLiabilities, End)];
    }
    Solvency {
        DebtToAsset Share [plus(TotalLiabilities, End)] / [plus(TotalAssets, End)];
        Equity Share [plus(TotalEquity, End)] / [plus(TotalAssets, End)];
        DebtToEquity Times [plus(TotalLiabilities, End)] / [plus(TotalEquity, End)];
        DebtToTangibleNetWorth Times [plus(TotalLiabilities, End)] / [
            plus(TotalEquity, End),
            minus(IntangibleAssets, End),
            minus(DevelopmentExpenditure, End),
            minus(Goodwill, End)
        ];
        InterestCover Times [derived(Item::Ebit)] / [derived(Item::Interest)];
    }
    Profit {
        GrossMargin Share [plus(Revenue, Period), minus(CostOfSales, Period)] / [plus(Revenue, Period)];
        OperatingMargin Share [plus(OperatingProfit, Period)] / [plus(Revenue, Period)];
        NetMargin Share [plus(NetProfit, Period)] / [plus(Revenue, Period)];
        ReturnOnAssets Share [plus(NetProfit, Period)] / [plus(TotalAssets, Mean)];
        ReturnOnTotalAssets Share [derived(Item::Ebit)] / [plus(TotalAssets, Mean)];
        ReturnOnEquity Share [plus(NetProfit, Period)] / [plus(TotalEquity, Mean)];
    }
    Efficiency {
        ReceivableTurnover Times [plus(Revenue, Period)] / [plus(AccountsReceivable, Mean)];
        ReceivableDays Days [plus(AccountsReceivable, Mean)] / [plus(Revenue, Period)];
        InventoryTurnover Times [plus(CostOfSales, Period)] / [plus(Inventories, Mean)];
        InventoryDays Days [plus(Inventories, Mean)] / [plus(CostOfSales, Period)];
        PayableTurnover Times [plus(CostOfSales, Period)] / [plus(AccountsPayable, Mean)];
        PayableDays Days [plus(AccountsPayable, Mean)] / [plus(CostOfSales, Period)];
        AssetTurnover Times [plus(Revenue, Period)] / [plus(TotalAssets, Mean)];
        AssetDays Days [plus(TotalAssets, Mean)] / [plus(Revenue, Period)];
        CurrentAssetTurnover Times [plus(Revenue, Period)] / [plus(CurrentAssets, Mean)];
    }
    CashFlow {
        OperatingCashToDebt Share [plus(OperatingCash, Period)] / [plus(TotalLiabilities, End)];
        OperatingCashToCurrentLiabilities Share [plus(OperatingCash, Period)] / [plus(CurrentLiabilities, End)];
        OperatingCashToNetProfit Times [plus(OperatingCash, Period)] / [plus(NetProfit, Period)];
    }
    Growth {
        RevenueGrowth Share [plus(Revenue, Period), minus(Revenue, YearAgo)] / [plus(Revenue, YearAgo)];
        NetProfitGrowth Share [plus(NetProfit, Period), minus(NetProfit, YearAgo)] / [plus(NetProfit, YearAgo)];
        AssetGrowth Share [plus(TotalAssets, End), minus(TotalAssets, YearAgo)] / [plus(TotalAssets, YearAgo)];
        EquityGrowth Share [plus(TotalEquity, End), minus(TotalEquity, YearAgo)] / [plus(TotalEquity, YearAgo)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_pinned() {
        let input = |item| serde_json::to_string(&Input { item, at: At::Mean }).unwrap();
        assert_eq!(input(Item::Line(Line::Inventories)), r#"{"item":"inventories","at":"mean"}"#);
        assert_eq!(input(Item::Ebit), r#"{"item":"ebit","at":"mean"}"#);
        let read: Input = serde_json::from_str(r#"{"item":"total_assets","at":"end"}"#).unwrap();
        assert_eq!(read.item, Item::Line(Line::TotalAssets));
    }
}
