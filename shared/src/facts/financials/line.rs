//! The lines of a Chinese statement, and which of them add up to which.
//!
//! The lines are those of the general enterprise forms (财政部, 一般企业财务报表格式, 财会〔2019〕6号), with the few that only
//! older or small-enterprise forms have (短期投资, 应收利息, 应付利息 …), so that one list serves both. A total is data:
//! which lines are added, which are taken off. 信用减值损失 and 资产减值损失 are written with a minus when they are losses, as
//! the form asks, and are added.

use serde::{Deserialize, Serialize};

/// One of the three statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// 资产负债表.
    BalanceSheet,
    /// 利润表.
    Income,
    /// 现金流量表.
    CashFlow,
}

macro_rules! lines {
    ($($form:ident { $($line:ident $zh:literal,)+ })+) => {
        /// A line of a statement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FinancialLine"))]
        #[serde(rename_all = "snake_case")]
        pub enum Line {
            $($(#[doc = $zh] $line,)+)+
        }

        impl Line {
            /// Every line, in the order of the forms.
            pub const ALL: &'static [Self] = &[$($(Self::$line,)+)+];

            /// The statement that it stands in.
            pub const fn form(self) -> Form {
                match self {
                    $($(Self::$line)|+ => Form::$form,)+
                }
            }

            /// Its name on the printed form.
            pub const fn name_zh(self) -> &'static str {
                match self {
                    $($(Self::$line => $zh,)+)+
                }
            }
        }
    };
}

lines! {
    BalanceSheet {
        MonetaryFunds "货币资金",
        TradingFinancialAssets "交易性金融资产",
        ShortTermInvestments "短期投资",
        DerivativeAssets "衍生金融资产",
        NotesReceivable "应收票据",
        AccountsReceivable "应收账款",
        ReceivablesFinancing "应收款项融资",
        Prepayments "预付款项",
        DividendsReceivable "应收股利",
        InterestReceivable "应收利息",
        OtherReceivables "其他应收款",
        Inventories "存货",
        ContractAssets "合同资产",
        AssetsHeldForSale "持有待售资产",
        CurrentPortionOfNonCurrentAssets "一年内到期的非流动资产",
        OtherCurrentAssets "其他流动资产",
        CurrentAssets "流动资产合计",
        DebtInvestments "债权投资",
        OtherDebtInvestments "其他债权投资",
        LongTermReceivables "长期应收款",
        LongTermEquityInvestments "长期股权投资",
        OtherEquityInvestments "其他权益工具投资",
        OtherNonCurrentFinancialAssets "其他非流动金融资产",
        InvestmentProperty "投资性房地产",
        FixedAssets "固定资产",
        ConstructionInProgress "在建工程",
        ProductiveBiologicalAssets "生产性生物资产",
        OilAndGasAssets "油气资产",
        RightOfUseAssets "使用权资产",
        IntangibleAssets "无形资产",
        DevelopmentExpenditure "开发支出",
        Goodwill "商誉",
        LongTermDeferredExpenses "长期待摊费用",
        DeferredTaxAssets "递延所得税资产",
        OtherNonCurrentAssets "其他非流动资产",
        NonCurrentAssets "非流动资产合计",
        TotalAssets "资产总计",
        ShortTermBorrowings "短期借款",
        TradingFinancialLiabilities "交易性金融负债",
        DerivativeLiabilities "衍生金融负债",
        NotesPayable "应付票据",
        AccountsPayable "应付账款",
        AdvancesFromCustomers "预收款项",
        ContractLiabilities "合同负债",
        EmployeeBenefitsPayable "应付职工薪酬",
        TaxesPayable "应交税费",
        InterestPayable "应付利息",
        ProfitPayable "应付利润",
        OtherPayables "其他应付款",
        LiabilitiesHeldForSale "持有待售负债",
        CurrentPortionOfNonCurrentLiabilities "一年内到期的非流动负债",
        OtherCurrentLiabilities "其他流动负债",
        CurrentLiabilities "流动负债合计",
        LongTermBorrowings "长期借款",
        BondsPayable "应付债券",
        LeaseLiabilities "租赁负债",
        LongTermPayables "长期应付款",
        Provisions "预计负债",
        DeferredIncome "递延收益",
        DeferredTaxLiabilities "递延所得税负债",
        OtherNonCurrentLiabilities "其他非流动负债",
        NonCurrentLiabilities "非流动负债合计",
        TotalLiabilities "负债合计",
        PaidInCapital "实收资本（或股本）",
        OtherEquityInstruments "其他权益工具",
        CapitalReserve "资本公积",
        TreasuryShares "减：库存股",
        OtherComprehensiveIncome "其他综合收益",
        SpecialReserve "专项储备",
        SurplusReserve "盈余公积",
        UndistributedProfit "未分配利润",
        ParentEquity "归属于母公司所有者权益合计",
        MinorityInterests "少数股东权益",
        TotalEquity "所有者权益（或股东权益）合计",
        LiabilitiesAndEquity "负债和所有者权益（或股东权益）总计",
    }
    Income {
        Revenue "营业收入",
        CostOfSales "营业成本",
        TaxesAndSurcharges "税金及附加",
        SellingExpenses "销售费用",
        AdministrativeExpenses "管理费用",
        ResearchExpenses "研发费用",
        FinanceCost "财务费用",
        InterestExpense "其中：利息费用",
        InterestIncome "其中：利息收入",
        OtherIncome "其他收益",
        InvestmentIncome "投资收益",
        NetHedgingIncome "净敞口套期收益",
        FairValueGains "公允价值变动收益",
        CreditImpairment "信用减值损失",
        AssetImpairment "资产减值损失",
        DisposalGains "资产处置收益",
        OperatingProfit "营业利润",
        NonOperatingIncome "营业外收入",
        NonOperatingExpense "营业外支出",
        TotalProfit "利润总额",
        IncomeTax "所得税费用",
        NetProfit "净利润",
    }
    CashFlow {
        CashFromSales "销售商品、提供劳务收到的现金",
        TaxRefunds "收到的税费返还",
        OtherOperatingReceipts "收到其他与经营活动有关的现金",
        OperatingInflows "经营活动现金流入小计",
        CashForPurchases "购买商品、接受劳务支付的现金",
        CashForEmployees "支付给职工以及为职工支付的现金",
        TaxesPaid "支付的各项税费",
        OtherOperatingPayments "支付其他与经营活动有关的现金",
        OperatingOutflows "经营活动现金流出小计",
        OperatingCash "经营活动产生的现金流量净额",
        InvestingInflows "投资活动现金流入小计",
        InvestingOutflows "投资活动现金流出小计",
        InvestingCash "投资活动产生的现金流量净额",
        FinancingInflows "筹资活动现金流入小计",
        FinancingOutflows "筹资活动现金流出小计",
        FinancingCash "筹资活动产生的现金流量净额",
        ExchangeEffect "汇率变动对现金及现金等价物的影响",
        CashIncrease "现金及现金等价物净增加额",
        OpeningCash "期初现金及现金等价物余额",
        ClosingCash "期末现金及现金等价物余额",
    }
}

/// What a total is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// The total.
    pub line: Line,
    /// What is added.
    pub plus: &'static [Line],
    /// What is taken off.
    pub minus: &'static [Line],
}

use Line::{
    AccountsPayable, AccountsReceivable, AdministrativeExpenses, AdvancesFromCustomers, AssetImpairment,
    AssetsHeldForSale, BondsPayable, CapitalReserve, CashForEmployees, CashForPurchases, CashFromSales, CashIncrease,
    ClosingCash, ConstructionInProgress, ContractAssets, ContractLiabilities, CostOfSales, CreditImpairment,
    CurrentAssets, CurrentLiabilities, CurrentPortionOfNonCurrentAssets, CurrentPortionOfNonCurrentLiabilities,
    DebtInvestments, DeferredIncome, DeferredTaxAssets, DeferredTaxLiabilities, DerivativeAssets,
    DerivativeLiabilities, DevelopmentExpenditure, DisposalGains, DividendsReceivable, EmployeeBenefitsPayable,
    ExchangeEffect, FairValueGains, FinanceCost, FinancingCash, FinancingInflows, FinancingOutflows, FixedAssets,
    Goodwill, IncomeTax, IntangibleAssets, InterestExpense, InterestIncome, InterestPayable, InterestReceivable,
    Inventories, InvestingCash, InvestingInflows, InvestingOutflows, InvestmentIncome, InvestmentProperty,
    LeaseLiabilities, LiabilitiesAndEquity, LiabilitiesHeldForSale, LongTermBorrowings, LongTermDeferredExpenses,
    LongTermEquityInvestments, LongTermPayables, LongTermReceivables, MinorityInterests, MonetaryFunds,
    NetHedgingIncome, NetProfit, NonCurrentAssets, NonCurrentLiabilities, NonOperatingExpense, NonOperatingIncome,
    NotesPayable, NotesReceivable, OilAndGasAssets, OpeningCash, OperatingCash, OperatingInflows, OperatingOutflows,
    OperatingProfit, OtherComprehensiveIncome, OtherCurrentAssets, OtherCurrentLiabilities, OtherDebtInvestments,
    OtherEquityInstruments, OtherEquityInvestments, OtherIncome, OtherNonCurrentAssets, OtherNonCurrentFinancialAssets,
    OtherNonCurrentLiabilities, OtherOperatingPayments, OtherOperatingReceipts, OtherPayables, OtherReceivables,
    PaidInCapital, ParentEquity, Prepayments, ProductiveBiologicalAssets, ProfitPayable, Provisions,
    ReceivablesFinancing, ResearchExpenses, Revenue, RightOfUseAssets, SellingExpenses, ShortTermBorrowings,
    ShortTermInvestments, SpecialReserve, SurplusReserve, TaxRefunds, TaxesAndSurcharges, TaxesPaid, TaxesPayable,
    TotalAssets, TotalEquity, TotalLiabilities, TotalProfit, TradingFinancialAssets, TradingFinancialLiabilities,
    TreasuryShares, UndistributedProfit,
};

/// Every total, parts before the totals that they make up.
pub const TOTALS: &[Total] = &[
    Total {
        line: CurrentAssets,
        plus: &[
            MonetaryFunds,
            TradingFinancialAssets,
            ShortTermInvestments,
            DerivativeAssets,
            NotesReceivable,
            AccountsReceivable,
            ReceivablesFinancing,
            Prepayments,
            DividendsReceivable,
            InterestReceivable,
            OtherReceivables,
            Inventories,
            ContractAssets,
            AssetsHeldForSale,
            CurrentPortionOfNonCurrentAssets,
            OtherCurrentAssets,
        ],
        minus: &[],
    },
    Total {
        line: NonCurrentAssets,
        plus: &[
            DebtInvestments,
            OtherDebtInvestments,
            LongTermReceivables,
            LongTermEquityInvestments,
            OtherEquityInvestments,
            OtherNonCurrentFinancialAssets,
            InvestmentProperty,
            FixedAssets,
            ConstructionInProgress,
            ProductiveBiologicalAssets,
            OilAndGasAssets,
            RightOfUseAssets,
            IntangibleAssets,
            DevelopmentExpenditure,
            Goodwill,
            LongTermDeferredExpenses,
            DeferredTaxAssets,
            OtherNonCurrentAssets,
        ],
        minus: &[],
    },
    Total { line: TotalAssets, plus: &[CurrentAssets, NonCurrentAssets], minus: &[] },
    Total {
        line: CurrentLiabilities,
        plus: &[
            ShortTermBorrowings,
            TradingFinancialLiabilities,
            DerivativeLiabilities,
            NotesPayable,
            AccountsPayable,
            AdvancesFromCustomers,
            ContractLiabilities,
            EmployeeBenefitsPayable,
            TaxesPayable,
            InterestPayable,
            ProfitPayable,
            OtherPayables,
            LiabilitiesHeldForSale,
            CurrentPortionOfNonCurrentLiabilities,
            OtherCurrentLiabilities,
        ],
        minus: &[],
    },
    Total {
        line: NonCurrentLiabilities,
        plus: &[
            LongTermBorrowings,
            BondsPayable,
            LeaseLiabilities,
            LongTermPayables,
            Provisions,
            DeferredIncome,
            DeferredTaxLiabilities,
            OtherNonCurrentLiabilities,
        ],
        minus: &[],
    },
    Total { line: TotalLiabilities, plus: &[CurrentLiabilities, NonCurrentLiabilities], minus: &[] },
    Total {
        line: ParentEquity,
        plus: &[
            PaidInCapital,
            OtherEquityInstruments,
            CapitalReserve,
            OtherComprehensiveIncome,
            SpecialReserve,
            SurplusReserve,
            UndistributedProfit,
        ],
        minus: &[TreasuryShares],
    },
    Total { line: TotalEquity, plus: &[ParentEquity, MinorityInterests], minus: &[] },
    Total { line: LiabilitiesAndEquity, plus: &[TotalLiabilities, TotalEquity], minus: &[] },
    Total {
        line: OperatingProfit,
        plus: &[
            Revenue,
            OtherIncome,
            InvestmentIncome,
            NetHedgingIncome,
            FairValueGains,
            CreditImpairment,
            AssetImpairment,
            DisposalGains,
        ],
        minus: &[
            CostOfSales,
            TaxesAndSurcharges,
            SellingExpenses,
            AdministrativeExpenses,
            ResearchExpenses,
            FinanceCost,
        ],
    },
    Total { line: TotalProfit, plus: &[OperatingProfit, NonOperatingIncome], minus: &[NonOperatingExpense] },
    Total { line: NetProfit, plus: &[TotalProfit], minus: &[IncomeTax] },
    Total { line: OperatingInflows, plus: &[CashFromSales, TaxRefunds, OtherOperatingReceipts], minus: &[] },
    Total {
        line: OperatingOutflows,
        plus: &[CashForPurchases, CashForEmployees, TaxesPaid, OtherOperatingPayments],
        minus: &[],
    },
    Total { line: OperatingCash, plus: &[OperatingInflows], minus: &[OperatingOutflows] },
    Total { line: InvestingCash, plus: &[InvestingInflows], minus: &[InvestingOutflows] },
    Total { line: FinancingCash, plus: &[FinancingInflows], minus: &[FinancingOutflows] },
    Total { line: CashIncrease, plus: &[OperatingCash, InvestingCash, FinancingCash, ExchangeEffect], minus: &[] },
    Total { line: ClosingCash, plus: &[OpeningCash, CashIncrease], minus: &[] },
];

impl Line {
    /// What it is made of; absent for a line that isn't a total.
    pub fn total(self) -> Option<&'static Total> {
        TOTALS.iter().find(|total| total.line == self)
    }

    /// Whether it only tells what part of another line is (其中): an empty one is unknown, never nil.
    pub const fn is_of_which(self) -> bool {
        matches!(self, InterestExpense | InterestIncome)
    }

    /// Whether a figure below zero can only be a mistake or a line that belongs on the other side of the form: a credit
    /// balance of 应收账款 belongs into 合同负债 or 预收款项. 应交税费, 资本公积 and the results may well be negative.
    pub const fn is_never_negative(self) -> bool {
        matches!(
            self,
            MonetaryFunds
                | NotesReceivable
                | AccountsReceivable
                | ReceivablesFinancing
                | Prepayments
                | OtherReceivables
                | Inventories
                | FixedAssets
                | IntangibleAssets
                | Goodwill
                | CurrentAssets
                | NonCurrentAssets
                | TotalAssets
                | ShortTermBorrowings
                | NotesPayable
                | AccountsPayable
                | AdvancesFromCustomers
                | ContractLiabilities
                | OtherPayables
                | LongTermBorrowings
                | BondsPayable
                | CurrentLiabilities
                | NonCurrentLiabilities
                | TotalLiabilities
                | PaidInCapital
                | TreasuryShares
                | Revenue
                | CostOfSales
                | OperatingInflows
                | OperatingOutflows
                | OpeningCash
                | ClosingCash
        )
    }
}
