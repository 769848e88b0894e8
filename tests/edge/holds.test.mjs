// Orders that wait, and what people do about them: release up to an authority, refusal, holds by hand, a number that runs
// out, money that arrives. As stories of those who live them, then the races between them.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, charged, granted, newId, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const TODAY = "2026-11-20";
let count = 0;

/** A book with one customer who has a limit, and those who deal with it. */
async function fresh({ limit = 100_000, owed = 0, ...options } = {}) {
  const book = await Book.create(edge, `holds-${++count}`, { demo_today: TODAY, ...options });
  if ("demo_today" in options) await book.enforce();
  const [customer, other] = await book.customers(
    { code: "C1", name: "海川", salesperson: book.people.sales },
    { code: "C2", name: "云岭", salesperson: book.people.sales2 },
  );
  await book.facts(...granted(customer.id, "2026-11-01", limit), ...granted(other.id, "2026-11-01", limit));
  const invoice = charged(customer.id, "I-1", "2026-11-02", "2026-12-02", owed);
  if (owed) await book.facts(invoice);
  const logins = ["sales", "sales2", "officer", "manager", "director", "finance", "auditor"];
  const people = Object.fromEntries(await Promise.all(logins.map(async (login) => [login, await book.signIn(login)])));
  return { book, customer, other, invoice: invoice.fact.id, ...people };
}

const order = (customer, amount, more = {}) => ({ id: randomUUID(), customer: customer.id, amount: yuan(amount), terms: { kind: "net", days: 30 }, ...more });
const confirm = (caller, order, more = {}) => caller.write("POST", "orders", { order, decision: randomUUID(), ...more });

/** A write about a version. */
const at = (caller, version, method, path, body, key = randomUUID()) =>
  caller.ask(method, path, body, { "idempotency-key": key, "if-match": `"${version}"` });
const release = (caller, { order, version }, overage, reason = "客户已付款，水单在途", key) =>
  at(caller, version, "POST", `orders/${order.id}/release`, { decision: randomUUID(), overage: yuan(overage), reason }, key);
const refuse = (caller, { order, version }, reason = "账已太多") => at(caller, version, "POST", `orders/${order.id}/refusal`, { reason });
const go = (caller, order, at, around) => caller.write("POST", `orders/${order.id}/checkpoints`, { at, decision: randomUUID(), ...(around && { around }) });
const byHand = (caller, order, held, reason = "等法务意见") => caller.write("POST", `orders/${order.id}/hold`, { held, reason });
const change = (caller, { version }, order) => at(caller, version, "POST", `orders/${order.id}`, { order, decision: randomUUID() });
const pay = (finance, customer, amount, apply = []) =>
  finance.write("POST", "receipts", { receipt: randomUUID(), customer: customer.id, date: TODAY, amount: yuan(amount), apply });

const line = async (caller, order) => (await caller.get(`orders/${order.id}`)).body.line;
const queue = async (caller, query = "") => (await caller.get(`orders?status=held${query}`)).body.orders;
const used = async (caller, customer) => (await caller.get(`customers/${customer.id}`)).body.standing.orders.map(({ amount }) => amount.amount);
const inStep = async (book) => assert.deepEqual((await book.testing("verify")).body.differing, []);
const ok = (answer) => (assert.ok(answer.status < 300, JSON.stringify(answer.body)), answer.body);
const refused = (answer, status, code) => assert.deepEqual([answer.status, answer.body?.code], [status, code], JSON.stringify(answer.body));

test("a held order waits in the queue, is beyond the officer's authority, and the manager releases it with a number", async () => {
  const { book, customer, sales, sales2, officer, manager, auditor } = await fresh();
  const wanted = order(customer, 115_000, { description: "海运费" });
  assert.equal(ok(await confirm(sales, wanted, { around: { planned: "2026-11-27" } })).status, "held");
  assert.deepEqual(await used(sales, customer), []);

  // In the queue, with its reasons, whose it is to release, and what would help.
  const [waiting, ...others] = await queue(officer);
  assert.deepEqual(others, []);
  assert.equal(waiting.order.id, wanted.id);
  assert.deepEqual([waiting.status, waiting.verdict, waiting.planned, waiting.customer_name, waiting.asked_by], ["held", "hold", "2026-11-27", "海川", book.people.sales]);
  assert.deepEqual(waiting.reasons.map(({ rule }) => rule), ["limit"]);
  assert.deepEqual([waiting.release.overage, waiting.release.authority.lowest], [yuan(15_000), "manager"]);
  const detail = await auditor.get(`orders/${wanted.id}`);
  assert.equal(detail.headers.get("etag"), `"${waiting.version}"`);
  assert.ok(detail.body.ways_out.remedies.some(({ steps }) => steps.some(({ kind }) => kind === "prepay")));
  assert.equal(detail.body.now.verdict, "hold");
  assert.deepEqual((await queue(sales)).map(({ order }) => order.id), [wanted.id]);
  assert.deepEqual(await queue(sales2), []);

  // A tenth of the limit is the officer's, a fifth the manager's.
  const beyond = await release(officer, waiting, 15_000);
  refused(beyond, 403, "beyond_authority");
  assert.deepEqual(beyond.body.values, { overage: "15000.00", up_to: "10000.00", lowest: "manager" });
  refused(await release(manager, waiting, 14_999.99), 409, "overage_grown");
  const released = ok(await release(manager, waiting, 15_000));
  assert.equal(released.status, "confirmed");
  assert.match(released.release.number, /^261120-\d{4,}$/);
  assert.deepEqual([released.release.until, released.release.by, released.release.overage], ["2026-11-27", book.people.manager, yuan(15_000)]);
  assert.deepEqual(await used(sales, customer), ["115000.00"]);
  assert.deepEqual(await queue(officer), []);

  // What happened stands on record: facts, decision, steps, trail.
  const then = (await officer.get(`orders/${wanted.id}`)).body;
  assert.deepEqual(then.steps.map(({ kind, status, number }) => [kind, status, number]), [
    ["asked", "held", undefined],
    ["released", "confirmed", released.release.number],
  ]);
  assert.deepEqual(then.releases, [released.release]);
  assert.equal((await officer.ask("POST", `decisions/${released.decision.id}/replay`)).body.equal, true);
  const { entries } = (await auditor.get(`audit?subject=${wanted.id}`)).body;
  assert.deepEqual(entries.map(({ entry }) => entry.action), ["release_order", "confirm_order"]);
  await inStep(book);
});

test("a number runs out: the order counts as held again and uses no credit, by the date alone", async () => {
  try {
    await edge.setClock("2026-11-24T02:00:00Z");
    const { book, customer, sales, ...people } = await fresh({ demo_today: undefined });
    let { manager, officer } = people;
    const wanted = order(customer, 110_000);
    ok(await confirm(sales, wanted));
    const { release: given } = ok(await release(manager, await line(sales, wanted), 10_000));
    assert.equal(given.until, "2026-12-01");
    const fits = { order: order(customer, 90_000) };
    const verdict = async () => (await sales.ask("POST", "checks", fits)).body.judgement.matter.answer.verdict;
    assert.equal(await verdict(), "hold");

    await edge.setClock("2026-12-01T15:59:00Z");
    assert.equal((await line(sales, wanted)).status, "confirmed");
    assert.equal(await verdict(), "hold");
    const { feed } = (await sales.get("sync")).body;
    await edge.setClock("2026-12-01T16:01:00Z");
    assert.equal((await sales.get("sync")).body.feed, feed, "nothing ran");
    assert.equal((await line(sales, wanted)).status, "held");
    // Sessions at the desk have run out meanwhile.
    [manager, officer] = [await book.signIn("manager"), await book.signIn("officer")];
    assert.deepEqual((await queue(officer)).map(({ order }) => order.id), [wanted.id]);
    assert.deepEqual((await sales.get("orders?status=confirmed")).body.orders, []);
    assert.equal(await verdict(), "warn", "for its size only");
    refused(await go(sales, wanted, "documents"), 409, "order_not_confirmed");

    // Put again it is held with the old number named as what it is, and needs a new one.
    const again = ok(await confirm(sales, wanted));
    assert.equal(again.status, "held");
    assert.deepEqual(again.decision.judgement.matter.answer.not_released, { kind: "expired", until: "2026-12-01" });
    const { release: second } = ok(await release(manager, await line(sales, wanted), 10_000));
    assert.notEqual(second.number, given.number);
    await inStep(book);

    // One that was acted upon within its days runs out no more.
    ok(await go(sales, wanted, "booking"));
    await edge.setClock("2026-12-10T02:00:00Z");
    assert.equal((await line(sales, wanted)).status, "confirmed");
    assert.equal(await verdict(), "hold");
    await inStep(book);
  } finally {
    await edge.api("POST", "testing/clock?shift=0");
  }
});

test("nobody releases or refuses what they asked for, whatever their authority", async () => {
  const { customer, sales, officer, manager, director } = await fresh();
  const own = order(customer, 106_000);
  assert.equal(ok(await confirm(officer, own)).status, "held");
  refused(await release(officer, await line(officer, own), 6_000), 403, "own_order");
  refused(await refuse(officer, await line(officer, own)), 403, "own_order");
  // … nor when somebody else puts it again meanwhile.
  ok(await confirm(sales, own));
  refused(await release(officer, await line(officer, own), 6_000), 403, "own_order");
  ok(await release(manager, await line(officer, own), 6_000));
  const large = order(customer, 1_000_000);
  ok(await confirm(manager, large));
  refused(await release(manager, await line(manager, large), 1_110_000), 403, "own_order");
  ok(await release(director, await line(manager, large), 1_006_000));
});

test("a refusal isn't released, a hold by hand lifts by nothing but a hand, and not the asker's", async () => {
  const { book, customer, invoice, sales, officer, manager, finance } = await fresh({ limit: 10_000, owed: 9_000 });
  const wanted = order(customer, 5_000);
  ok(await confirm(officer, wanted));
  ok(await byHand(manager, wanted, true));
  refused(await byHand(manager, wanted, true), 409, "order_same");
  refused(await release(manager, await line(sales, wanted), 9_000), 409, "order_held_by_hand");
  refused(await confirm(sales, wanted), 409, "order_held_by_hand");
  ok(await pay(finance, customer, 9_000, [[invoice, yuan(9_000)]]));
  assert.equal((await line(sales, wanted)).status, "held");
  assert.equal((await line(sales, wanted)).by_hand.reason, "等法务意见");
  refused(await byHand(officer, wanted, false), 403, "own_order");
  ok(await byHand(manager, wanted, false, "法务同意"));
  assert.equal(ok(await confirm(sales, wanted)).status, "confirmed");
  // A confirmed one stays confirmed; what it would come to waits.
  ok(await byHand(manager, wanted, true));
  assert.deepEqual(await used(sales, customer), ["5000.00"]);
  refused(await go(sales, wanted, "documents"), 409, "order_held_by_hand");
  assert.deepEqual((await queue(officer)).map(({ order, status }) => [order.id, status]), [[wanted.id, "confirmed"]]);
  ok(await byHand(manager, wanted, false));
  ok(await go(sales, wanted, "documents"));

  ok(await officer.write("POST", `customers/${customer.id}/freeze`, { frozen: true, reason: "失信" }));
  const stopped = order(customer, 1_000);
  assert.equal(ok(await confirm(sales, stopped)).status, "refused");
  refused(await release(manager, await line(sales, stopped), 0), 409, "order_not_held");
  const waits = await go(sales, wanted, "delivery");
  assert.deepEqual([ok(waits).passed, waits.body.forbids], [false, ["deliver"]]);
  refused(await release(manager, await line(sales, wanted), 0), 409, "order_refused");
  ok(await refuse(manager, await line(sales, wanted)));
  assert.deepEqual(await queue(officer), []);
  await inStep(book);
});

test("a held order is refused with a reason, and can be put again", async () => {
  const { customer, sales, officer } = await fresh();
  const wanted = order(customer, 150_000);
  ok(await confirm(sales, wanted));
  refused(await refuse(officer, await line(sales, wanted), " "), 422, "text");
  ok(await refuse(officer, await line(sales, wanted)));
  assert.equal((await line(sales, wanted)).status, "refused");
  refused(await refuse(officer, await line(sales, wanted)), 409, "order_not_held");
  const { steps } = (await sales.get(`orders/${wanted.id}`)).body;
  assert.deepEqual(steps.map(({ kind, reason }) => [kind, reason]), [["asked", undefined], ["refused", "账已太多"]]);
  assert.equal(ok(await confirm(sales, wanted)).status, "held");
});

test("every transition is judged again: what a checkpoint forbids waits, and passes when it is paid or released", async () => {
  const { book, customer, sales, officer, manager, finance } = await fresh();
  const wanted = order(customer, 40_000);
  ok(await confirm(sales, wanted, { at: "booking", around: { planned: "2026-12-01", parts: [{ category: "advanced_freight", amount: yuan(5_000) }] } }));
  const { standing } = (await sales.get(`customers/${customer.id}`)).body;
  assert.deepEqual(standing.orders, [{ date: TODAY, planned: "2026-12-01", amount: yuan(40_000) }]);
  const first = ok(await go(sales, wanted, "advances"));
  assert.equal(first.passed, true);
  assert.equal(first.decision.judgement.matter.around.at, "advances");
  assert.deepEqual(first.decision.judgement.matter.around.confirmed.counted, yuan(40_000), "its own credit isn't counted twice");

  // Documents fall overdue: what we may withhold waits, the order keeps its credit.
  const late = charged(customer.id, "OLD", "2026-06-01", "2026-08-01", 9_000);
  await book.facts(late);
  const stopped = ok(await go(sales, wanted, "delivery"));
  assert.deepEqual([stopped.passed, stopped.forbids], [false, ["deliver"]]);
  assert.deepEqual(await used(sales, customer), ["40000.00"]);
  const [waiting] = await queue(officer);
  assert.deepEqual([waiting.status, waiting.waits, waiting.reasons.map(({ rule }) => rule)], ["confirmed", "delivery", ["overdue"]]);
  assert.deepEqual(waiting.release.overage, yuan(0));
  const { release: given } = ok(await release(officer, waiting, 0, "已承诺周五付"));
  assert.equal((await line(sales, wanted)).waits, undefined);
  const passed = ok(await go(sales, wanted, "delivery"));
  assert.equal(passed.passed, true);
  assert.equal(passed.decision.judgement.matter.around.release.number, given.number);
  assert.deepEqual((await line(sales, wanted)).passed, [["advances", TODAY], ["delivery", TODAY]]);
  // Documents are withheld only with the clause: else legal is asked, and nothing is forbidden by us.
  const documents = ok(await go(sales, wanted, "documents", { unpaid: yuan(100) }));
  assert.equal(documents.passed, true, "the release is good for the order");

  // Paid and invoiced, it is done.
  const invoice = charged(customer.id, "I-9", TODAY, "2026-12-20", 40_000, { order: wanted.id });
  await book.facts(invoice);
  ok(await pay(finance, customer, 49_000, [[late.fact.id, yuan(9_000)], [invoice.fact.id, yuan(40_000)]]));
  const done = await line(manager, wanted);
  assert.deepEqual([done.invoiced, done.paid, done.left], [TODAY, TODAY, yuan(0)]);
  assert.deepEqual((await manager.get("orders?status=open")).body.orders, []);
  refused(await go(sales, wanted, "change"), 422, "order_checkpoint");
  await inStep(book);
});

/** Puts a policy in force that the officer drafts and the manager approves. */
async function policy(officer, manager, change) {
  const { versions } = (await officer.get("policies")).body;
  const changed = structuredClone(versions[0].policy);
  change(changed);
  const { version } = ok(await officer.write("POST", "policies", { policy: changed }));
  ok(await manager.write("POST", `policies/${version}/approval`));
}
const screening = (officer, customer, found) =>
  officer.write("POST", `customers/${customer.id}/pieces`, { id: newId(), piece: { kind: "screening", what: { kind: "dishonest_debtor", date: TODAY, source: "中国执行信息公开网", ...(found && { found }) } } });
const answerOf = ({ decision }) => decision.judgement.matter.answer;

test("a release for an overage doesn't let a later screening hit pass", async () => {
  const { book, customer, sales, officer, manager } = await fresh();
  await policy(officer, manager, ({ order_rules }) => (order_rules.trial = order_rules.trial.filter((rule) => rule !== "screening")));
  const wanted = order(customer, 115_000);
  assert.equal(ok(await confirm(sales, wanted)).status, "held");
  const { release: given } = ok(await release(manager, await line(sales, wanted), 15_000));
  assert.deepEqual(given.rules, ["limit"], "what held it when it was looked at");
  assert.equal(ok(await go(sales, wanted, "advances")).passed, true);

  ok(await screening(officer, customer, "(2026)浙02执88号"));
  const stopped = ok(await go(sales, wanted, "delivery"));
  assert.deepEqual([stopped.passed, stopped.forbids], [false, ["deliver"]]);
  const reasons = (moved) => answerOf(moved).reasons.filter(({ verdict, eased }) => verdict === "hold" || eased?.by === "released").map(({ rule, verdict }) => [rule, verdict]);
  assert.deepEqual(reasons(stopped), [["screening", "hold"], ["limit", "warn"]]);
  assert.equal(answerOf(stopped).not_released, undefined, "the release is good for what it was given for");
  const [waiting] = await queue(manager);
  assert.deepEqual([waiting.waits, waiting.until, waiting.release.overage], ["delivery", undefined, yuan(15_000)]);

  // Whoever looks at it now sees both, and what they release lets both pass.
  assert.deepEqual((await manager.get(`orders/${wanted.id}`)).body.now.reasons.filter(({ verdict }) => verdict === "hold").map(({ rule }) => rule), ["screening"]);
  refused(await release(manager, waiting, 0), 409, "overage_grown");
  const { release: second } = ok(await release(manager, waiting, 15_000, "已核实为同名企业"));
  assert.deepEqual(second.rules.toSorted(), ["limit", "screening"]);
  assert.equal(ok(await go(sales, wanted, "delivery")).passed, true);
  await inStep(book);
});

test("whoever brings an order to a checkpoint doesn't release it there; a program decides nothing", async () => {
  const { book, customer, sales, officer, manager } = await fresh();
  const wanted = order(customer, 40_000);
  ok(await confirm(sales, wanted));
  await book.facts(charged(customer.id, "OLD", "2026-06-01", "2026-08-01", 9_000));
  assert.equal(ok(await go(officer, wanted, "delivery")).passed, false);
  refused(await release(officer, await line(officer, wanted), 0), 403, "own_order");
  ok(await release(manager, await line(officer, wanted), 0));

  // No token is good for what takes a second person, nor is one in the tables.
  const admin = await book.signIn("admin");
  const token = (operations) => admin.write("POST", "tokens", { name: "ERP", role: "manager", operations, days: 30 });
  for (const operation of ["release_order", "refuse_order", "hold_order", "answer_application", "approve_policy", "decide_step"]) {
    refused(await token([operation]), 422, "operation");
  }
  const { token: secret, id } = ok(await token(["confirm_order", "read_order"]));
  assert.equal((await book.testing("meddle", `UPDATE api_token SET operations = '["confirm_order","read_order","release_order"]' WHERE person = '${id}'`)).status, 200);
  const program = { ask: (method, path, body, headers) => edge.api(method, path, body, { authorization: `Bearer ${secret}`, ...headers }) };
  const theirs = order(customer, 106_000);
  assert.equal(ok(await confirm(sales, theirs)).status, "held");
  refused(await release(program, await line(sales, theirs), 106_000), 403, "forbidden");

  // What a program asks for is its maker's asking, whatever they have become.
  const asked = order(customer, 20_000_000);
  assert.equal(ok(await program.ask("POST", "orders", { order: asked, decision: randomUUID() }, { "idempotency-key": randomUUID() })).status, "held");
  assert.equal((await book.testing("meddle", `UPDATE person SET role = 'director' WHERE login = 'admin'`)).status, 200);
  const promoted = await book.signIn("admin");
  refused(await release(promoted, await line(sales, asked), 30_000_000), 403, "own_order");
  ok(await release(await book.signIn("director"), await line(sales, asked), 30_000_000));
});

test("an order that is being carried out counts, however far ahead its day is said to be", async () => {
  const { book, customer, sales } = await fresh();
  const far = { around: { planned: "2028-12-31" } };
  const [first, second] = [order(customer, 90_000), order(customer, 90_000)];
  // Beyond the horizon neither counts yet …
  for (const wanted of [first, second]) assert.equal(ok(await confirm(sales, wanted, far)).status, "confirmed");
  // … but what leaves the house does.
  assert.equal(ok(await go(sales, first, "delivery")).passed, true);
  const { standing } = (await sales.get(`customers/${customer.id}`)).body;
  assert.deepEqual(standing.orders.map(({ planned }) => planned).toSorted(), ["2027-01-19", "2028-12-31"]);
  const moved = ok(await go(sales, second, "delivery"));
  assert.deepEqual([moved.passed, answerOf(moved).reasons[0].rule], [false, "limit"]);
  // Nor by another word on the first.
  assert.equal(ok(await go(sales, first, "invoicing", { planned: "2029-01-01" })).passed, true);
  assert.equal((await line(sales, first)).planned, "2027-01-19");
  assert.equal(ok(await go(sales, second, "delivery")).passed, false);
  await inStep(book);
});

test("a sales lead releases what the policy lets them, of customers that they are named on; operations bring orders on their way", async () => {
  const { book, customer, other, sales, sales2, officer } = await fresh();
  const [lead, ops] = [await book.signIn("lead"), await book.signIn("ops")];
  for (const login of ["lead", "ops"]) {
    ok(await officer.write("POST", `customers/${customer.id}/pieces`, { id: newId(), piece: { kind: "responsible", what: { person: book.people[login] } } }));
  }
  const [small, large, theirs] = [order(customer, 10_000), order(customer, 106_000), order(other, 105_100)];
  await book.facts(charged(customer.id, "OLD", "2026-06-01", "2026-08-01", 9_000));
  for (const wanted of [small, large]) assert.equal(ok(await confirm(sales, wanted)).status, "held");
  assert.equal(ok(await confirm(sales2, theirs)).status, "held");
  assert.deepEqual((await queue(lead)).map(({ order }) => order.id).toSorted(), [small.id, large.id].toSorted());
  refused(await release(lead, { order: theirs, version: 1 }, 5_100), 404, "not_found");
  // A twentieth of the limit.
  refused(await release(lead, await line(lead, large), 15_000), 403, "beyond_authority");
  const { status, release: given } = ok(await release(lead, await line(lead, small), 0));
  assert.deepEqual([status, given.by, given.rules], ["confirmed", book.people.lead, ["overdue"]]);
  refused(await confirm(ops, order(customer, 1)), 403, "forbidden");
  assert.equal(ok(await go(ops, small, "documents")).passed, true);
  refused(await go(ops, theirs, "documents"), 404, "not_found");
  await inStep(book);
});

test("an order whose terms have everything paid before uses no credit, and what is left of it is told all the same", async () => {
  const { book, customer, sales } = await fresh();
  const wanted = order(customer, 50_000, { terms: { kind: "prepaid" } });
  assert.equal(ok(await confirm(sales, wanted)).status, "confirmed");
  assert.deepEqual(await used(sales, customer), []);
  assert.deepEqual((await sales.get("orders?status=open")).body.orders.map(({ order }) => order.id), [wanted.id]);
  // On credit it asks for all of it, and prepaid again for nothing.
  const onCredit = ok(await change(sales, await line(sales, wanted), { ...wanted, terms: { kind: "net", days: 30 } }));
  assert.deepEqual([onCredit.passed, answerOf(onCredit).order], [true, yuan(50_000)]);
  assert.deepEqual(await used(sales, customer), ["50000.00"]);
  assert.equal(ok(await change(sales, await line(sales, wanted), wanted)).passed, true);
  assert.deepEqual(await used(sales, customer), []);
  // What was invoiced meanwhile is owed already.
  await book.facts(charged(customer.id, "I-1", TODAY, "2026-12-20", 20_000, { order: wanted.id }));
  const rest = ok(await change(sales, await line(sales, wanted), { ...wanted, terms: { kind: "net", days: 30 } }));
  assert.equal(answerOf(rest).order.amount, "30000.00");
  assert.deepEqual(await used(sales, customer), ["30000.00"]);
  await inStep(book);
});

test("an order that became larger or looser is judged as it is to be, without what it uses already", async () => {
  const { book, customer, sales, officer, manager } = await fresh();
  const wanted = order(customer, 60_000);
  ok(await confirm(sales, wanted));
  const larger = { ...wanted, amount: yuan(90_000) };
  refused(await sales.write("POST", `orders/${wanted.id}`, { order: larger, decision: randomUUID() }), 428, "no_version");
  const moved = ok(await change(sales, { version: 1 }, larger));
  assert.deepEqual([moved.passed, moved.version], [true, 2]);
  assert.deepEqual(await used(sales, customer), ["90000.00"]);
  const stale = await change(sales, { version: 1 }, wanted);
  refused(stale, 412, "other_version");
  assert.deepEqual(stale.body.values, { current: "2" });

  // Too large: it stays as it was, keeps its credit, and the change waits.
  const tooLarge = { ...wanted, amount: yuan(112_000) };
  const waits = ok(await change(sales, { version: 2 }, tooLarge));
  assert.deepEqual([waits.passed, waits.forbids], [false, ["change"]]);
  assert.deepEqual(await used(sales, customer), ["90000.00"]);
  const [waiting] = await queue(manager);
  assert.deepEqual([waiting.waits, waiting.change.amount, waiting.order.amount, waiting.release.overage], ["change", yuan(112_000), yuan(90_000), yuan(12_000)]);
  refused(await release(officer, waiting, 12_000), 403, "beyond_authority");
  ok(await release(manager, waiting, 12_000));
  // More than was released isn't let through, as much is.
  assert.equal(ok(await change(sales, await line(sales, wanted), { ...wanted, amount: yuan(113_000) })).passed, false);
  assert.equal(ok(await change(sales, await line(sales, wanted), tooLarge)).passed, true);
  assert.deepEqual(await used(sales, customer), ["112000.00"]);
  assert.equal((await line(sales, wanted)).until, "2026-11-27");
  await inStep(book);

  // What documents have used up is owed already and isn't asked for again.
  await book.facts(charged(customer.id, "I-5", TODAY, "2026-12-20", 50_000, { order: wanted.id }));
  assert.deepEqual(await used(sales, customer), ["62000.00"]);
  const smaller = ok(await change(sales, await line(sales, wanted), { ...wanted, amount: yuan(100_000) }));
  assert.equal(smaller.passed, true);
  assert.equal(smaller.decision.judgement.matter.answer.order.amount, "50000.00");
  assert.deepEqual(await used(sales, customer), ["50000.00"]);
  await inStep(book);
});

test("when money arrives what is held is judged again, what ships first is tried first", async () => {
  const { book, customer, invoice, sales, officer, finance } = await fresh({ limit: 10_000, owed: 10_000 });
  const wanted = [
    [order(customer, 4_000), "2026-12-03"],
    [order(customer, 5_000), "2026-12-01"],
    [order(customer, 3_000), "2026-12-02"],
  ];
  for (const [order, planned] of wanted) assert.equal(ok(await confirm(sales, order, { around: { planned } })).status, "held");
  const { feed } = (await sales.get("sync")).body;
  ok(await pay(finance, customer, 9_000, [[invoice, yuan(9_000)]]));
  const lines = await Promise.all(wanted.map(([order]) => line(sales, order)));
  assert.deepEqual(lines.map(({ status }) => status), ["held", "confirmed", "confirmed"]);
  assert.deepEqual(await used(sales, customer), ["5000.00", "3000.00"]);
  assert.ok(lines.every((line) => line.feed > feed));
  const { steps } = (await sales.get(`orders/${wanted[1][0].id}`)).body;
  assert.deepEqual(steps.map(({ kind, status, person }) => [kind, status, person]), [["asked", "held", book.people.sales], ["retested", "confirmed", undefined]]);
  assert.ok(steps[1].number);
  assert.equal((await officer.ask("POST", `decisions/${steps[1].decision}/replay`)).body.equal, true);
  const { entries } = (await officer.get("audit")).body;
  assert.deepEqual(entries.slice(0, 4).map(({ entry }) => entry.action), ["replay_decision", "record_receipt", "retest_order", "retest_order"]);
  assert.equal((await officer.get("audit/verification")).body.broken, undefined);
  // The confirmation that is answered from now on is the one that binds.
  const again = ok(await confirm(sales, wanted[1][0]));
  assert.deepEqual([again.status, again.authorisation], ["confirmed", steps[1].number]);
  await inStep(book);
});

test("more than fit into one transaction are judged on the alarm, each once", async () => {
  const { book, customer, invoice, sales, finance } = await fresh({ limit: 20_000, owed: 20_000 });
  const held = Array.from({ length: 70 }, () => order(customer, 1_500));
  for (const wanted of held) ok(await confirm(sales, wanted));
  const waiting = async () => (await queue(sales, "&limit=200")).length;
  assert.equal(await waiting(), 70);
  ok(await pay(finance, customer, 20_000, [[invoice, yuan(20_000)]]));
  for (let tries = 0; tries < 50 && Number((await book.testing("counts")).body.retest_due) > 0; tries++) {
    await new Promise((wait) => setTimeout(wait, 100));
  }
  assert.equal(Number((await book.testing("counts")).body.retest_due), 0);
  // 20,000 and the tolerance of 5 % take fourteen.
  assert.equal(await waiting(), 70 - 14);
  const steps = Number((await book.testing("counts")).body.order_step);
  assert.equal(steps, 70 + 70, "each was judged again once");
  await inStep(book);
});

test("the queue is read in pages and by customer, salesperson and day", async () => {
  const { book, customer, other, sales, sales2, manager } = await fresh();
  const wanted = [];
  for (let i = 0; i < 5; i++) {
    wanted.push(order(customer, 200_000 + i));
    ok(await confirm(sales, wanted.at(-1)));
  }
  const theirs = order(other, 300_000);
  ok(await confirm(sales2, theirs));
  const ids = (orders) => orders.map(({ order }) => order.id);
  const all = [theirs, ...wanted.toReversed()].map(({ id }) => id);
  assert.deepEqual(ids(await queue(manager)), all);
  const seen = [];
  for (let next = ""; next !== undefined; ) {
    const { body } = await manager.get(`orders?status=held&limit=2${next && `&after=${next}`}`);
    assert.ok(body.orders.length <= 2);
    seen.push(...ids(body.orders));
    next = body.next;
  }
  assert.deepEqual(seen, all);
  assert.deepEqual(ids(await queue(manager, `&customer=${other.id}`)), [theirs.id]);
  assert.deepEqual(ids(await queue(manager, `&salesperson=${book.people.sales2}`)), [theirs.id]);
  assert.deepEqual(ids(await queue(manager, `&from=${TODAY}&to=${TODAY}`)), all);
  assert.deepEqual(await queue(manager, "&to=2026-11-19"), []);
  assert.deepEqual(ids(await queue(sales, `&customer=${other.id}`)), []);
  for (const query of ["status=lost", "customer=x", "after=1", "after=x:y", "from=today", "limit=-1", `after=99999999999999999999:${randomUUID()}`]) {
    refused(await manager.get(`orders?${query}`), 422, "parameter");
  }
});

test("of two releases of one version one counts; release or cancellation, not both", async () => {
  const { book, customer, sales, manager, director } = await fresh();
  for (let i = 0; i < 8; i++) {
    const wanted = order(customer, 105_100);
    ok(await confirm(sales, wanted));
    const waiting = await line(sales, wanted);
    const both = await Promise.all([release(manager, waiting, 5_100), release(director, waiting, 5_100)]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 412]);
    assert.deepEqual(await used(sales, customer), ["105100.00"]);
    assert.equal((await manager.get(`orders/${wanted.id}`)).body.releases.length, 1);
    ok(await sales.write("DELETE", `orders/${wanted.id}`));

    const second = order(customer, 105_100);
    ok(await confirm(sales, second));
    const { version } = await line(sales, second);
    const calls = [() => release(manager, { order: second, version }, 5_100), () => at(sales, version, "DELETE", `orders/${second.id}`)];
    if (i % 2) calls.reverse();
    const answers = await Promise.all(calls.map((call) => call()));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412]);
    const { status } = await line(sales, second);
    assert.deepEqual(await used(sales, customer), status === "confirmed" ? ["105100.00"] : []);
    if (status === "confirmed") ok(await sales.write("DELETE", `orders/${second.id}`));
  }
  await inStep(book);
});

test("two orders for the last credit with a release between: no more than was allowed", async () => {
  const { book, customer, sales, officer, manager } = await fresh();
  for (let i = 0; i < 6; i++) {
    const held = order(customer, 108_000);
    ok(await confirm(sales, held));
    const waiting = await line(sales, held);
    const [one, two] = [order(customer, 100_000), order(customer, 100_000)];
    const [first, given, second] = await Promise.all([confirm(sales, one), release(manager, waiting, 8_000), confirm(officer, two)]);
    const passed = [first, second].filter(({ body }) => body.status === "confirmed");
    // Whoever came first has the credit: the release was looked at when nothing was used.
    if (given.status === 200) assert.deepEqual(passed, [], "the released order has all of it");
    else {
      // By then the overage is 108,000: beyond the manager, or more than was looked at.
      assert.ok(["overage_grown", "beyond_authority"].includes(given.body.code), JSON.stringify(given.body));
      assert.equal(passed.length, 1);
    }
    const total = (await used(sales, customer)).reduce((sum, amount) => sum + Number(amount), 0);
    assert.ok(total === 100_000 || total === 108_000, `${total}`);
    for (const wanted of [held, one, two]) ok(await sales.write("DELETE", `orders/${wanted.id}`));
  }
  await inStep(book);
});

test("sent three times with one key, a release is given once", async () => {
  const { book, customer, sales, manager } = await fresh();
  const wanted = order(customer, 110_000);
  ok(await confirm(sales, wanted));
  const waiting = await line(sales, wanted);
  const key = randomUUID();
  const decision = randomUUID();
  const send = (reason = "同意") => at(manager, waiting.version, "POST", `orders/${wanted.id}/release`, { decision, overage: yuan(10_000), reason }, key);
  const answers = await Promise.all([send(), send(), send()]);
  for (const answer of answers) assert.deepEqual([answer.status, answer.body], [200, answers[0].body]);
  refused(await send("别的"), 409, "idempotency_key_reused");
  const counts = (await book.testing("counts")).body;
  assert.deepEqual([counts.release, counts.order_step, counts.ordered], ["1", "2", "1"]);
});

test("what is said of an order must make sense, and nobody says what is the book's to say", async () => {
  const { book, customer, sales, manager } = await fresh();
  const counts = (await book.testing("counts")).body;
  const wanted = order(customer, 1_000);
  const part = { category: "advanced_duty", amount: yuan(100) };
  for (const [more, code] of [
    [{ around: { parts: [{ ...part, amount: yuan(0) }] } }, "order_parts"],
    [{ around: { parts: [part, part] } }, "order_parts"],
    [{ around: { parts: [{ ...part, amount: yuan(1_001) }] } }, "order_parts"],
    [{ around: { parts: [{ ...part, amount: { amount: "1.00", currency: "USD" } }] } }, "order_parts"],
    [{ around: { unpaid: yuan(-1) } }, "order_beside"],
    [{ around: { unpaid: { amount: "1.00", currency: "USD" } } }, "order_beside"],
    [{ around: { earning: { revenue: yuan(-1) } } }, "order_beside"],
    [{ around: { planned: "2026-11-19" } }, "order_planned"],
    [{ around: { planned: "2026-02-30" } }, "body"],
    [{ around: { release: { number: "1" } } }, "body"],
    [{ around: { confirmed: { on: TODAY, counted: yuan(1_000) } } }, "body"],
    // Fewer rules are asked there than where orders are accepted.
    [{ at: "invoicing" }, "order_checkpoint"],
    [{ at: "delivery" }, "order_checkpoint"],
    [{ at: "nowhere" }, "body"],
  ]) {
    refused(await confirm(sales, wanted, more), 422, code);
  }
  assert.deepEqual((await book.testing("counts")).body, counts);
  ok(await confirm(sales, wanted));
  for (const [path, body, code] of [
    ["checkpoints", { at: "documents" }, "body"],
    ["checkpoints", { at: "documents", decision: "x" }, "body"],
    ["hold", { held: true, reason: "" }, "text"],
    ["hold", { held: true, reason: "长".repeat(501) }, "text"],
    ["hold", { held: "yes", reason: "a" }, "body"],
  ]) {
    refused(await (path === "hold" ? manager : sales).write("POST", `orders/${wanted.id}/${path}`, body), 422, code);
  }
  refused(await release(manager, { order: wanted, version: 1 }, 0), 409, "order_not_held");
  refused(await release(manager, { order: wanted, version: "x" }, 0), 412, "other_version");
  refused(await release(manager, { order: { id: randomUUID() }, version: 1 }, 0), 404, "not_found");
  refused(await change(sales, { version: 1 }, { ...wanted, amount: yuan(-1) }), 422, "order_amount");
  refused(await change(sales, { version: 1 }, { ...wanted, amount: { amount: "1.00", currency: "USD" } }), 422, "order_amount");
  const [, theirs] = [wanted, order({ id: randomUUID() }, 1)];
  refused(await at(sales, 1, "POST", `orders/${wanted.id}`, { order: theirs, decision: randomUUID() }), 409, "order_known");
});

test("advanced duty has a limit of its own, and margin stands beside the verdict", async () => {
  const { customer, sales } = await fresh();
  const wanted = order(customer, 10_000);
  const around = { parts: [{ category: "advanced_duty", amount: yuan(4_000) }], earning: { revenue: yuan(9_000), cost: yuan(8_000) } };
  const { answer } = (await sales.ask("POST", "checks", { order: wanted, at: "booking", around })).body.judgement.matter;
  assert.equal(answer.verdict, "hold");
  assert.equal(answer.reasons[0].rule, "sub_limit");
  assert.deepEqual(answer.margin.revenue ?? yuan(9_000), yuan(9_000));
  const prepaid = { ...wanted, prepayment: yuan(4_000) };
  assert.equal((await sales.ask("POST", "checks", { order: prepaid, at: "booking", around })).body.judgement.matter.answer.verdict, "approve");
});
