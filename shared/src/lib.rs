//! The domain of Xinheng 信衡: may we sell this much, on these terms, to this customer, today, and why?
//!
//! Everything here is a pure function of what it is given. There is no I/O, no clock, no floating point for money or
//! score, and nothing depends on the order of a hash map: the same question gets the same bytes in the browser, at the
//! edge and in a test. The crate has five floors, and a file imports only from its own floor or below:
//!
//! 1. [`facts`]: what happened, dated and immutable
//! 2. [`readings`]: what the facts say
//! 3. [`rules`]: judgement, rule data and function side by side
//! 4. [`questions`]: what people ask
//! 5. [`record`]: store and replay, who may, the wire, rows coming in
//!
//! A topic keeps its name from floor to floor: [`facts::cover`] is what a guarantee is, [`rules::cover`] what it is good for
//! today. Each floor's page lists its rooms by topic.
//!
//! # Where to begin
//!
//! Seven rooms, read in this order, are the way of one order from the ledger to a decision that can be replayed:
//!
//! 1. [`facts::money`] and [`facts::calendar`]: the two things that everything counts in
//! 2. [`facts::ledger`]: what was charged, what came in, what was applied to what
//! 3. [`readings::journal`]: the ledger in rows, and what is open of each document on a day
//! 4. [`readings::standing`]: all that an order check needs of one customer
//! 5. [`rules::policy`]: the document in which every number of judgement stands
//! 6. [`rules::order_check`]: pass, warn, hold or refuse, with reasons
//! 7. [`record::decision`]: the answer with everything it was judged on, and its digest
//!
//! Units are the same everywhere: money in minor units of its currency ([`facts::money::Money`]), ratios and rates in
//! millionths ([`facts::number::Ratio`]), points in hundredths ([`facts::number::Points`]), ages and terms in whole days. What a
//! function can't answer is an error of its room that carries the values; what is unknown is absent, never zero. Where a formula
//! comes from a law, a standard or a book its room says so; what names none is our own definition, and the policy's notes say
//! why its numbers are what they are.
//!
//! # What it computes
//!
//! ## The credit file
//!
//! - Credit codes, tax and identity numbers, with their check digits: [`facts::identifiers`]; names as people write them:
//!   [`facts::naming`]
//! - The customer and all that is known of it: [`facts::customer`], [`facts::credit_file`], piece by piece: [`facts::piece`]
//! - Branches, duplicates and groups, who is liable and who controls: [`facts::relations`], [`readings::groups`],
//!   [`readings::liable`]
//! - Financial statements, and whether they add up: [`facts::financials`]
//! - Checks, licences and agreements on a day: [`readings::papers`]; what a file must hold, completeness, steps of a customer's
//!   life: [`rules::credit_file`]
//! - Payables of a customer that is a supplier too, and the net: [`questions::net_position`]
//!
//! ## Assessment
//!
//! - Ratios of liquidity, solvency, profit, efficiency, cash flow and growth: [`readings::ratios`]
//! - Altman's Z, Z′ and Z″ with their zones: [`readings::altman`]
//! - What a card looks at, read once: [`questions::dossier`]
//! - Points, line by line, of the plain card: [`rules::scorecard`]; of cards with ratios, Z-scores and words, for prospects and
//!   for customers: [`rules::scoring`]
//! - Grade bands and knock-outs: [`rules::grade`]; caps, what the next grade takes, overrides: [`rules::rating`]
//! - Score, grade, limit and terms together: [`questions::assess`], [`questions::full_assessment`]
//!
//! ## Limit and terms
//!
//! - The limit by need, capital, cap and trial, the smallest binding: [`rules::limit`]; by net worth, working capital, turnover,
//!   sales and concentration, and the security required: [`rules::limit_methods`]
//! - Available credit, temporary limits, the group's limit: [`rules::availability`]
//! - From the base event to the due date: [`facts::terms`], with cycles, pay days, instalments and discount:
//!   [`facts::terms::agreed`]; at work, deemed events and looser terms: [`rules::terms`]
//! - The policy of a customer, base → segment → own: [`rules::segments`]; of a day: [`rules::versions`]
//! - Risk appetite, and proposals scaled to fit: [`rules::appetite`]
//! - Who may grant which limit: [`rules::granting`]
//!
//! ## Orders
//!
//! - Shipments and charges, demurrage by the day: [`facts::shipment`]; bills: [`facts::bill`], [`readings::bills`]
//! - Exposure by category: [`readings::exposure`]; each thing counted once: [`rules::commitments`]; on acceptors of bills too:
//!   [`questions::acceptors`]
//! - The standing: [`readings::standing`]; its parts from file, group, promises and cover: [`rules::standing`]
//! - Cover, what it is good for: [`facts::cover`], [`rules::cover`]; an insurance's conditions: [`facts::insurance`],
//!   [`rules::insurance`]
//! - The order check: [`rules::order_check`]; on every transition: [`questions::recheck`]
//! - Who may release a held order, and waive: [`rules::authority`]
//! - Held orders judged again when money arrives: [`rules::retest`], [`questions::retest`]
//! - Credit set aside for a device: [`rules::lease`]
//! - Margin, cost of credit and expected loss of an order: [`rules::margin`]
//! - How far each order has come, and what is late: [`rules::monitoring`], [`questions::order_monitor`]
//!
//! ## What if
//!
//! - One customer, any figure changed: [`questions::scenario`]; by monthly volume and terms: [`questions::volume`]
//! - The smallest change that turns a hold: each kind alone, [`questions::goal`]; together, [`questions::remedy`]
//! - Another policy over all customers: [`questions::what_if`]
//! - Another policy over our own past, champion against challenger: [`rules::back_test`], [`questions::back_test`]
//! - Late payers, failures, falling sales: [`questions::stress`]
//! - Bins, weight of evidence, information value, fit, AUC and KS of a card: [`rules::calibration`], [`questions::calibrate`]
//!
//! ## Ledger
//!
//! - Facts, and the rows that all readings run over: [`facts::ledger`], [`readings::journal`]
//! - What is open on a day: [`readings::open_items`]; since when a debt counts that was issued anew: [`readings::arising`],
//!   [`rules::reissue`]
//! - Statements of account, drafted: [`facts::account_statement`], [`questions::account_statement`]; sealed:
//!   [`record::sealing`]; confirmed, disputed or deemed: [`rules::confirmation`]
//! - Money that came in: a bank's file, [`record::bank`]; whose it is, [`facts::money_in`], [`rules::claiming`]; what it pays,
//!   [`rules::allocation`]; what that comes to in the books, [`rules::settlement`]
//! - One currency in another: [`readings::exchange`]; revalued on a day: [`readings::revaluation`]
//! - Aging by days past due: [`readings::aging`]; by age, and before invoicing: [`readings::age`], [`rules::ages`]
//! - The tie-out with the ERP: [`questions::tie_out`]; closed periods: [`facts::period`], [`rules::closing`]
//! - How a customer pays: [`readings::behaviour`]; as one figure: [`readings::payment_index`]
//! - DSO and its family: [`readings::dso`]; concentration: [`readings::concentration`]; expected receipts by week:
//!   [`readings::expected`]; their settings: [`rules::receivables`]
//! - Files of customers, documents and payments: [`record::import`]
//!
//! ## Follow-up
//!
//! - Reminders and the dunning ladder, with its fees: [`facts::notice`], [`rules::dunning`]
//! - Promises and instalment plans, kept or broken: [`facts::promise`], [`rules::promise`]
//! - Late interest: of one debt, [`facts::overdue`], [`facts::reference_rate`], [`rules::interest`]; of a customer,
//!   [`questions::late_interest`]; waived, [`facts::waiver`]
//! - Whom to call first: [`rules::worklist`]; letters: [`rules::letter`]
//!
//! ## Warning and recovery
//!
//! - Indicators worked out: [`rules::watch`], [`questions::indicators`]; made by hand: [`facts::observation`]; in three colours:
//!   [`rules::warning`]; the weekly report: [`questions::warning_report`]
//! - Rights that run out: [`facts::matter`], [`rules::clock`]; put together from the facts: [`questions::legal_clocks`]
//! - Recovery cases, their stages and rates: [`facts::recovery`], [`rules::recovery`]
//! - Provision in all its forms: [`rules::provision`]; for a whole book: [`questions::portfolios`], [`questions::bad_debts`];
//!   write-offs and the movement of the allowance: [`questions::write_offs`]
//!
//! ## Running it
//!
//! - The policy, checked whole: [`rules::policy`]; published with its cases: [`record::publish`], [`record::cases`]; two
//!   versions in words: [`record::policy_diff`]; one as a text to print: [`record::policy_text`]
//! - Who may do what: [`record::access`]; who must agree: [`rules::approval`]
//! - Reviews that are due: [`rules::review`]; what asks for one at once: [`questions::triggers`]
//! - Decisions and their replay: [`record::decision`], [`record::digest`]
//! - Reports: on a customer, [`questions::credit_report`]; on limits and good payers, [`rules::reports`],
//!   [`questions::credit_use`]; on collections and DSO, [`questions::collections`]; on holds and releases,
//!   [`questions::holds`]; as tables, [`record::export`]
//! - What travels: [`record::api`]
//!
//! ## Portal
//!
//! - The customer's statement, made again in its own browser: [`questions::statement`]

pub mod facts;
pub mod questions;
pub mod readings;
pub mod record;
pub mod rules;
