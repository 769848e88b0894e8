//! Every part of the pages in every state: what the eye and the tests look at. It is built by `make gallery` and never
//! deployed. Names and figures are made up.

use app::lang::{Lang, capital, lang, say, t};
use app::ui::{
    Age, AgingBand, AgingBar, AmountField, Beam, BeamLegend, Brand, Button, Ceiling, Chip, Dialog, Empty, ErrorNote,
    Field, Freshness, Grade, Kind, Kpi, LangSwitch, Load, Mark, MigrationMatrix, Piece, Progress, Proof, ProofState,
    RangeField, ReasonRow, Seal, SelectField, Skeleton, Sort, SortHead, Sparkline, Sprite, SuggestRow, ThemeSwitch,
    Toaster, Toasts, Tone, VirtualTable, amount,
};
use leptos::prelude::*;
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use std::sync::Arc;

fn main() {
    app::ui::start();
    app::door::open(|| view! { <Gallery /> });
}

fn yuan(yuan: i64) -> Money {
    Money::from_minor(yuan * 100, Currency::CNY).unwrap_or(Money::zero(Currency::CNY))
}

fn nothing() -> Callback<()> {
    Callback::new(|()| ())
}

#[component]
fn Gallery() -> impl IntoView {
    let toaster = Toaster::new();
    app::ui::page_title(move || lang().pick("样张 · 信衡", "Parts · Xinheng").to_owned());
    view! {
        <Sprite />
        <main class="sheet">
            <header class="w12 title">
                <Brand />
                <h1 class="visually-hidden">{t("样张", "Parts")}</h1>
                <p class="quiet motto">{t("纸上墨，一枚印", "Ink on paper, and one seal")}</p>
                <ThemeSwitch />
                <LangSwitch />
            </header>
            <div class="w12 rule"></div>
            <Verdicts />
            <Check />
            <Beams />
            <Ages />
            <Forms />
            <Policy />
            <Marks />
            <Feedback toaster=toaster />
            <States />
            <Types />
            <Inks />
            <Rows />
        </main>
        <Toasts from=toaster />
    }
}

#[component]
fn Verdicts() -> impl IntoView {
    let verdict = |(mark, zh, en): (Mark, &'static str, &'static str)| {
        view! {
            <li>
                <Seal of=mark beside=true />
                <div><b>{move || mark.word()}</b><p class="quiet">{t(zh, en)}</p></div>
            </li>
        }
    };
    let four = [
        (Mark::Approve, "通过，作数", "Passes, and counts"),
        (Mark::Warn, "通过，带着提示", "Passes, with a note"),
        (Mark::Hold, "等人放行", "Waits to be released"),
        (Mark::Refuse, "不再受理", "Not taken up"),
    ];
    view! {
        <section class="w12">
            <h2>{t("裁定：方者行，圆者止；实者定，虚者有条件", "Verdicts: square lets through, round does not; solid is final")}</h2>
            <ul class="four">{four.map(verdict).into_iter().collect_view()}</ul>
        </section>
    }
}

fn load(ceiling: Ceiling, order: i64) -> Load {
    let piece = |zh, en, yuan: i64| Piece { name: (zh, en), minor: yuan * 100 };
    Load {
        currency: Currency::CNY,
        pieces: vec![
            piece("未清", "Open", 441_300),
            piece("运单", "Waybills", 98_000),
            piece("订单", "Orders", 45_000),
            piece("票据", "Bills", 50_000),
        ],
        deduction: piece("未核销", "Unapplied", 20_000),
        ceiling,
        tolerance: Ratio::from_units(50_000),
        order,
    }
}

/// A working check: the amount moves the weight, the seal, the reasons; a suggestion fills the amount.
#[component]
fn Check() -> impl IntoView {
    const LIMIT: i64 = 80_000_000;
    let asked = RwSignal::new(Some(yuan(286_400)));
    let terms = RwSignal::new("45".to_owned());
    let order = Signal::derive(move || asked.get().map_or(0, Money::minor));
    let over = Signal::derive(move || (61_430_000 + order.get() - LIMIT).max(0));
    let beam = Signal::derive(move || load(Ceiling::Amount(LIMIT), order.get()));
    let mark = Signal::derive(move || match over.get() {
        0 if terms.get() == "30" => Mark::Approve,
        0..=4_000_000 => Mark::Warn,
        _ => Mark::Hold,
    });
    let options = Signal::derive(move || {
        let terms = |days| lang().terms(Terms::MonthEnd { days });
        vec![("45".to_owned(), terms(45)), ("30".to_owned(), terms(30)), ("0".to_owned(), lang().terms(Terms::Prepaid))]
    });
    let money = |minor: i64| Money::from_minor(minor, Currency::CNY).ok();
    let looser = Signal::derive(move || terms.get() == "45");
    let tried = Signal::derive(move || asked.get() == Some(yuan(225_700)));
    let why = say(move |lang| {
        let asked = asked.get().map(|asked| lang.brief(asked)).unwrap_or_default();
        let sign = if over.get() > 4_000_000 { ">" } else { "≤" };
        lang.fill("614,300 + {0} {1} 800,000 × 105%", "614,300 + {0} {1} 800,000 × 105 %", &[&asked, sign])
    });
    view! {
        <section class="phone-part">
            <h2>{t("一次检查", "One check")}</h2>
            <Beam of=beam />
            <BeamLegend of=beam />
            <div class="ask">
                <AmountField
                    label=say(|lang| lang.fill("本单金额（{0}）", "This order ({0})", &[&lang.currency(Currency::CNY)]))
                    currency=Currency::CNY
                    value=asked
                    on_change=Callback::new(move |amount| asked.set(amount))
                />
                <SelectField
                    label=t("账期", "Terms")
                    options=options
                    value=terms
                    on_change=Callback::new(move |value| terms.set(value))
                    caution=looser
                    help=say(|lang| {
                        lang.fill("授予{0}", "Granted: {0}", &[&lang.terms(Terms::MonthEnd { days: 30 })])
                    })
                />
            </div>
            <div class="verdict" role="status">
                <Seal of=mark big=true beside=true />
                <div>
                    <p class="word">{move || mark.get().word()}</p>
                    <p class="small">{t("离线预判，联网后以账簿为准", "Judged offline; the book decides later")}</p>
                </div>
            </div>
            <ul class="reasons">
                <ReasonRow mark=Signal::derive(move || Some(mark.get()).filter(|mark| *mark != Mark::Approve)) text=t("超出信用额度", "Over the credit limit") why=why tone=Tone::Stop>
                    {move || money(over.get()).map(amount)}
                </ReasonRow>
                <ReasonRow mark=Some(Mark::Warn) text=t("2 笔逾期，最久 51 天", "2 invoices overdue, 51 days at most") why=t("占未清 9.6%，不到冻结线 15%", "9.6 % of open items, below the 15 % that hold")>
                    {amount(yuan(42_180))}
                </ReasonRow>
                <ReasonRow mark=None text=t("没有失信记录", "No adverse record") why=t("最近核查 2026-11-02", "Last checked 2 Nov 2026")>
                    {t("通过", "passed")}
                </ReasonRow>
            </ul>
            <h3 class="head-2">{t("怎样能通过", "Ways to pass")}</h3>
            <ul>
                <SuggestRow
                    then=t("其余 225,700 月结，用足容忍度", "The other 225,700 on terms, within tolerance")
                    mark=Mark::Warn
                    pressed=tried
                    on_press=Callback::new(move |()| {
                        asked.set(Some(if tried.get_untracked() { yuan(286_400) } else { yuan(225_700) }));
                    })
                >
                    {t("预付 ", "Prepay ")}{amount(yuan(60_700))}
                </SuggestRow>
                <SuggestRow then=t("账期改回月结 30 天", "Back to month-end + 30 days") mark=Mark::Approve pressed=false on_press=nothing()>
                    {t("付清逾期，预付 ", "Pay what is overdue, prepay ")}{amount(yuan(58_520))}
                </SuggestRow>
            </ul>
        </section>
    }
}

#[component]
fn Beams() -> impl IntoView {
    let limit = Ceiling::Amount(80_000_000);
    let beam = |load: Load| view! { <Beam of=load /> };
    let bare = |load: Load| Load { pieces: Vec::new(), deduction: Piece { name: ("", ""), minor: 0 }, ..load };
    view! {
        <section>
            <h2>{t("敞口与额度：杆、星、砣", "Exposure and limit: rod, stars, weight")}</h2>
            {beam(load(limit, 0))}
            {beam(load(limit, 12_000_000))}
            {beam(load(limit, 21_000_000))}
            {beam(load(limit, 28_640_000))}
            {beam(load(limit, 350_000_000))}
            {beam(load(Ceiling::Unlimited, 12_000_000))}
            {beam(load(Ceiling::Nothing, 12_000_000))}
            {beam(bare(load(Ceiling::Nothing, 12_000_000)))}
            {beam(bare(load(limit, 8_000_000)))}
            <BeamLegend of=load(limit, 0) />
        </section>
    }
}

fn bands(amounts: [i64; 7]) -> Signal<Vec<AgingBand>> {
    const NAMES: [(&str, &str); 7] = [
        ("未到期", "Not due"),
        ("1–30 天", "1–30 days"),
        ("31–60 天", "31–60 days"),
        ("61–90 天", "61–90 days"),
        ("91–180 天", "91–180 days"),
        ("181–365 天", "181–365 days"),
        ("365 天以上", "over 365 days"),
    ];
    Signal::derive(move || {
        let band = |((zh, en), amount): ((&str, &str), i64)| AgingBand {
            name: lang().pick(zh, en).to_owned(),
            amount: yuan(amount),
        };
        NAMES.into_iter().zip(amounts).map(band).collect()
    })
}

#[component]
fn Ages() -> impl IntoView {
    let spark = |figures: [i64; 12], zh: &'static str, en: &'static str| {
        let label = say(move |lang| {
            let (first, last) = (figures[0].to_string(), figures[11].to_string());
            lang.fill("付款天数，{0} 到 {1}", "Days to pay, {0} to {1}", &[&first, &last])
        });
        view! {
            <p class="row">
                <Sparkline of=figures.to_vec() between=(20, 60) terms=Some(30) label=label />
                <span>{t(zh, en)}</span>
            </p>
        }
    };
    view! {
        <section class="w8">
            <h2>{t("账龄", "Ageing")}</h2>
            <AgingBar bands=bands([389_260, 15_400, 26_780, 9_860, 0, 0, 0]) />
            <AgingBar bands=bands([52_000, 17_000, 12_000, 8_000, 6_000, 3_000, 2_000]) />
            <h2>{t("等级迁移", "Grade migration")}</h2>
            <Matrix />
            <h2>{t("付款天数", "Days to pay")}</h2>
            <div class="row">
                {spark([38, 40, 39, 41, 43, 42, 44, 46, 45, 48, 49, 51], "越付越慢", "ever slower")}
                {spark([40, 39, 40, 38, 37, 36, 37, 35, 34, 34, 33, 32], "越付越快", "ever faster")}
                {spark([30, 30, 31, 55, 30, 29, 58, 30, 31, 30, 60, 30], "时快时慢", "unsteady")}
            </div>
        </section>
    }
}

#[component]
fn Matrix() -> impl IntoView {
    let grades: Arc<[String]> = ["AAA", "AA", "A", "B", "C", "D"].map(str::to_owned).into();
    let counts: Arc<[u32]> = [
        139, 9, 0, 0, 0, 0, 21, 352, 37, 2, 0, 0, 0, 34, 651, 97, 4, 0, 0, 0, 41, 512, 83, 4, 0, 0, 0, 26, 271, 21, 0,
        0, 0, 0, 7, 107,
    ]
    .into();
    let pressed = RwSignal::new(Some((1, 2)));
    view! {
        <MigrationMatrix
            grades=grades
            counts=counts
            before="v14"
            after="v15"
            pressed=pressed
            on_press=Callback::new(move |cell| pressed.set(cell))
        />
    }
}

#[component]
fn Forms() -> impl IntoView {
    let code = RwSignal::new("91330203758862017D".to_owned());
    let wrong = RwSignal::new(Money::from_minor(28_640_000, Currency::CNY).ok());
    let reason = RwSignal::new(String::new());
    let terms = RwSignal::new("45".to_owned());
    let options = Signal::derive(move || {
        let lang = lang();
        vec![
            ("45".to_owned(), lang.terms(Terms::MonthEnd { days: 45 })),
            ("30".to_owned(), lang.terms(Terms::Net { days: 30 })),
            ("d".to_owned(), lang.terms(Terms::OnDelivery)),
        ]
    });
    view! {
        <section>
            <h2>{t("表单", "Forms")}</h2>
            <div class="pairs">
                <Field
                    label=t("统一社会信用代码", "Credit code")
                    value=code
                    on_input=Callback::new(move |text| code.set(text))
                    help=t("校验位相符", "Check digit fits")
                />
                <Field
                    label=t("放行理由", "Reason for release")
                    value=reason
                    on_input=Callback::new(move |text| reason.set(text))
                    placeholder=t("写给审计看的一句话", "One sentence for the auditor")
                    help=t("必填", "Required")
                    required=true
                />
                <AmountField
                    label=t("承诺金额（元）", "Amount promised (CNY)")
                    currency=Currency::CNY
                    value=wrong
                    on_change=Callback::new(move |amount| wrong.set(amount))
                    error=say(|lang| lang.pick("超过未清 61,260.00", "More than the 61,260.00 owed").to_owned())
                />
                <SelectField
                    label=t("账期", "Terms")
                    options=options
                    value=terms
                    on_change=Callback::new(move |value| terms.set(value))
                    help=t("比授予的宽 15 天", "15 days looser than granted")
                    caution=true
                />
            </div>
            <div class="row">
                <Button kind=Kind::Main>{t("放行", "Release")}</Button>
                <Button>{t("转上级", "Pass on")}</Button>
                <Button kind=Kind::Stop>{t("不予", "Refuse")}</Button>
                <Button disabled=true>{t("已锁定", "Locked")}</Button>
                <Button busy=true>{t("正在送出", "Sending")}</Button>
                <Button kind=Kind::Bare>{t("查看档案", "Open the file")}</Button>
            </div>
            <div class="row">
                <Button thumb=true>{t("存草稿", "Keep")}</Button>
                <Button thumb=true kind=Kind::Main>
                    {say(|lang| lang.fill("确认，占用 {0}", "Confirm, use {0}", &[&lang.money(yuan(86_000))]))}
                </Button>
            </div>
        </section>
    }
}

#[component]
fn Policy() -> impl IntoView {
    let (tolerance, weight, oldest) = (RwSignal::new(30), RwSignal::new(36), RwSignal::new(60));
    view! {
        <section>
            <h2>{t("政策：杆上的砣", "Policy: weights on a rod")}</h2>
            <RangeField
                label=t("超额容忍度", "Tolerance over limit")
                value=tolerance
                was=Some(50)
                min=0
                max=150
                step=5
                decimals=1
                unit="%"
                on_change=Callback::new(move |figure| tolerance.set(figure))
            />
            <RangeField
                label=t("付款行为的权重", "Weight of payment behaviour")
                value=weight
                was=Some(30)
                min=10
                max=60
                unit="%"
                on_change=Callback::new(move |figure| weight.set(figure))
            />
            <RangeField
                label=t("逾期多久即冻结", "Oldest overdue before hold")
                value=oldest
                was=Some(60)
                min=0
                max=120
                unit=t("天", "days")
                on_change=Callback::new(move |figure| oldest.set(figure))
            />
            <div class="kpis">
                <Kpi
                    label=t("授信总额", "Credit granted")
                    value=say(|lang| lang.scaled(yuan(460_600_000), lang.unit_for(yuan(460_600_000)), 2))
                    unit=say(|lang| lang.unit(lang.unit_for(yuan(460_600_000))).to_owned())
                    was=t("v14：4.86", "v14: 486.20")
                    change=t("−0.26", "−25.60")
                />
                <Kpi
                    label=t("冻结订单", "Orders held")
                    value="38"
                    unit=t("单", "orders")
                    was=t("v14：23", "v14: 23")
                    change="+15"
                    tone=Tone::Stop
                />
                <Kpi
                    label=t("避免的损失", "Loss avoided")
                    value=t("346", "3.46")
                    unit=t("万", "M")
                    was=t("v14：210", "v14: 2.10")
                    change=t("+136", "+1.36")
                    tone=Tone::Sound
                />
            </div>
        </section>
    }
}

#[component]
fn Marks() -> impl IntoView {
    let grade = |name: &'static str| view! { <Grade of=name /> };
    view! {
        <section>
            <h2>{t("徽记", "Marks")}</h2>
            <div class="row">
                {["AAA", "AA", "A", "B", "C", "D"].map(grade).into_iter().collect_view()}
                <span class="move">{grade("AA")}<span aria-hidden="true">"→"</span>{grade("A")}</span>
            </div>
            <div class="row">
                <Age of=Freshness::Live seconds=Some(2) />
                <Age of=Freshness::Sync />
                <Age of=Freshness::Offline seconds=Some(42 * 60) />
                <Age of=Freshness::Stale seconds=Some(26 * 3600) />
            </div>
            <div class="row">
                <Chip text=t("未到期", "Not due") />
                <Chip text=t("已核对", "Confirmed") tone=Tone::Sound />
                <Chip text=t("争议中", "Disputed") tone=Tone::Caution />
                <Chip text=t("供货停止", "Supply stopped") tone=Tone::Stop />
                <Chip text=t("试用额度", "Trial limit") tone=Tone::Info />
            </div>
            <div class="row">
                {[Mark::Approve, Mark::Warn, Mark::Hold, Mark::Refuse, Mark::House]
                    .map(|mark| view! { <Seal of=mark /> })
                    .into_iter()
                    .collect_view()}
            </div>
            <Proof of=ProofState::Same on_report=nothing() />
            <Proof of=ProofState::Running on_report=nothing() />
            <Proof of=ProofState::Differs { here: yuan(422_344), book: yuan(422_345) } on_report=nothing() />
        </section>
    }
}

#[component]
fn Feedback(toaster: Toaster) -> impl IntoView {
    let open = RwSignal::new(false);
    let refuse = RwSignal::new(false);
    let say_it = move |()| {
        let text = lang().pick("已放行，授权号 R-26-1127", "Released, authorisation R-26-1127");
        toaster.say_with_undo(text, lang().pick("撤回", "Undo"), nothing());
    };
    view! {
        <section>
            <h2>{t("对话、回音", "Dialogs and replies")}</h2>
            <div class="row">
                <Button on_press=Callback::new(move |()| open.set(true))>{t("放行…", "Release…")}</Button>
                <Button on_press=Callback::new(move |()| refuse.set(true))>{t("不予…", "Refuse…")}</Button>
                <Button on_press=Callback::new(say_it)>{t("回音", "Reply")}</Button>
            </div>
            <Dialog
                open=open
                title=t("放行订单 SO-2611-0342？", "Release order SO-2611-0342?")
                safe=t("再想想", "Not yet")
                act=say(|lang| lang.fill("放行 {0}", "Release {0}", &[&lang.money(yuan(60_700))]))
                on_act=Callback::new(move |()| {
                    open.set(false);
                    say_it(());
                })
                on_close=Callback::new(move |()| open.set(false))
            >
                <p>
                    {say(|lang| {
                        lang.fill(
                            "超出 {0}，在您的权限 {1} 之内。授权号 24 小时内有效。",
                            "{0} over, within your authority of {1}. Valid for 24 hours.",
                            &[&lang.money(yuan(60_700)), &lang.money(yuan(100_000))],
                        )
                    })}
                </p>
            </Dialog>
            <Dialog
                open=refuse
                title=t("不予订单 SO-2611-0342？", "Refuse order SO-2611-0342?")
                safe=t("再想想", "Not yet")
                act=t("不予", "Refuse")
                stop=true
                on_act=Callback::new(move |()| refuse.set(false))
                on_close=Callback::new(move |()| refuse.set(false))
            >
                <p>{t("客户会收到通知，占用的额度随即释放。", "The customer is told, and the credit it used is free again.")}</p>
            </Dialog>
            <ErrorNote
                what=t("没有送出：断网了", "Not sent: no connection")
                next=t("已存下，联网后送出（待发 2 笔）", "Saved; will be sent when online (2 waiting)")
                on_retry=nothing()
            />
            <Progress text=t("回测 24 个月，已算 17 个月", "Back-test: 17 of 24 months") done=17 of=24 />
        </section>
    }
}

#[component]
fn States() -> impl IntoView {
    view! {
        <section>
            <h2>{t("空白与等待", "Nothing there, and not yet")}</h2>
            <Empty
                what=t("没有等您放行的订单", "No orders wait for you")
                next=t("下一批到期：2026-11-30，3 笔", "Next due: 30 Nov 2026, 3 invoices")
            />
            <Skeleton lines=3 />
        </section>
    }
}

#[component]
fn Types() -> impl IntoView {
    let words = say(|lang| match lang {
        Lang::Zh => capital(yuan(422_344)),
        Lang::En => lang.in_words(yuan(422_344)),
    });
    view! {
        <section class="types">
            <h2>{t("字", "Type")}</h2>
            <p><span class="t7 figure">{amount(yuan(422_344))}</span><span class="label">"36/44"</span></p>
            <p><span class="figure">{amount(yuan(-20_000))}</span><span class="label">"28/36"</span></p>
            <p><span class="t4">{t("宁波恒茂进出口有限公司", "Ningbo Hengmao Imp. & Exp.")}</span><span class="label">"17/24"</span></p>
            <p><span>{t("超出额度，另有两处提示", "Over the limit, and two notes")}</span><span class="label">"15/24"</span></p>
            <p><span class="t2">{t("资产负债率 58%，上期 55%", "Debt to assets 58 %, was 55 %")}</span><span class="label">"13/20"</span></p>
            <p><span class="label">{words}</span><span class="label">"12/16"</span></p>
            <p><span class="serif">{t("对账单", "Statement of account")}</span><span class="label">{t("宋体", "serif")}</span></p>
        </section>
    }
}

#[component]
fn Inks() -> impl IntoView {
    const INKS: [&str; 18] = [
        "paper", "sheet", "well", "line", "line-2", "edge", "ink-3", "ink-2", "ink", "tone-1", "tone-2", "tone-3",
        "tone-4", "tone-5", "jade", "ochre", "cinnabar", "indigo",
    ];
    let ink = |name: &'static str| {
        view! { <li><i class="print-exact" style:background=format!("var(--{name})")></i><span>{name}</span></li> }
    };
    view! {
        <section>
            <h2>{t("纸、墨、色", "Paper, ink, colours")}</h2>
            <ul class="sws">{INKS.map(ink).into_iter().collect_view()}</ul>
        </section>
    }
}

/// A hundred thousand rows, and a short table with totals.
#[component]
fn Rows() -> impl IntoView {
    const MANY: u32 = 100_000;
    let sort = RwSignal::new(Sort { column: 1, down: true });
    let current = RwSignal::new(3_u32);
    let limit = |id: u32| i64::from(id.wrapping_mul(2_654_435_761) % 90_000) * 100;
    let order = Memo::new(move |_| {
        let mut rows: Vec<u32> = (0..MANY).collect();
        let Sort { column, down } = sort.get();
        if column == 1 {
            rows.sort_by_key(|id| limit(*id));
        }
        if down {
            rows.reverse();
        }
        Arc::<[u32]>::from(rows)
    });
    let name = |id: u32| {
        const CITY: [(&str, &str); 5] =
            [("宁波", "Ningbo"), ("苏州", "Suzhou"), ("嘉兴", "Jiaxing"), ("温州", "Wenzhou"), ("义乌", "Yiwu")];
        const TRADE: [(&str, &str); 4] =
            [("纺织", "Textile"), ("机械", "Machinery"), ("化工", "Chemical"), ("进出口", "Imp. & Exp.")];
        let (city, trade) = (CITY[id as usize % 5], TRADE[id as usize / 5 % 4]);
        lang().fill(
            "{0}{2}{1}有限公司",
            "{0} {2} {1}",
            &[lang().pick(city.0, city.1), lang().pick(trade.0, trade.1), &id.to_string()],
        )
    };
    let row = Callback::new(move |id: u32| {
        let mark = [Mark::Approve, Mark::Warn, Mark::Hold, Mark::Refuse][id as usize % 4];
        let grade = ["AAA", "AA", "A", "B", "C", "D"][id as usize % 6];
        let change = i64::from(id % 7) - 3;
        let class = match change {
            0 => "num quiet",
            1.. => "num sound",
            _ => "num stop",
        };
        view! {
            <tr aria-current=move || (current.get() == id).then_some("true")>
                <th scope="row">
                    <button type="button" on:click=move |_| current.set(id)>{move || name(id)}</button>
                </th>
                <td><Grade of=grade /></td>
                <td class="num">{move || lang().brief(yuan(limit(id)))}</td>
                <td class=class>{move || lang().change(yuan(change * 10_000))}</td>
                <td><Seal of=mark /></td>
            </tr>
        }
        .into_any()
    });
    view! {
        <section class="w12">
            <h2>{t("十万行", "A hundred thousand rows")}</h2>
            <VirtualTable label=t("客户", "Customers") rows=order row=row>
                <SortHead label=t("客户", "Customer") column=0 sort=sort />
                <th scope="col">{t("等级", "Grade")}</th>
                <SortHead label=t("额度（元）", "Limit (CNY)") column=1 sort=sort numeric=true />
                <th scope="col" class="num">{t("变化", "Change")}</th>
                <th scope="col">{t("裁定", "Verdict")}</th>
            </VirtualTable>
            <table class="data">
                <thead>
                    <tr>
                        <th scope="col">{t("单据", "Document")}</th>
                        <th scope="col">{t("到期", "Due")}</th>
                        <th scope="col" class="num">{t("未清（元）", "Open (CNY)")}</th>
                    </tr>
                </thead>
                <tbody>
                    <tr><th scope="row">"INV-2607-0193"</th><td>{t("2026-08-30", "30 Aug 2026")}</td><td class="num">"9,860.00"</td></tr>
                    <tr><th scope="row">"INV-2608-0127"</th><td>{t("2026-09-30", "30 Sep 2026")}</td><td class="num">"26,780.00"</td></tr>
                </tbody>
                <tfoot><tr><th scope="row">{t("合计，2 笔", "Total, 2 invoices")}</th><td></td><td class="num">"36,640.00"</td></tr></tfoot>
            </table>
        </section>
    }
}
