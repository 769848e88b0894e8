// Orders at the edge: what binds, what a device judged, what a retry gets.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, charged, granted, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

let count = 0;
/** A book of its own with one customer who has a limit, and those who deal with it. */
async function fresh({ limit = 100_000, owed = 0, ...options } = {}) {
  const book = await Book.create(edge, `orders-${++count}`, { demo_today: "2026-11-20", ...options });
  const [customer] = await book.customers({ code: "C1", name: "海川", salesperson: book.people.sales });
  await book.facts(...granted(customer.id, "2026-11-01", limit));
  if (owed) await book.facts(charged(customer.id, "I-1", "2026-11-02", "2026-12-02", owed));
  const [sales, officer, manager, finance] = await Promise.all(["sales", "officer", "manager", "finance"].map((who) => book.signIn(who)));
  return { book, customer, sales, officer, manager, finance };
}

const order = (customer, amount, more = {}) => ({ id: randomUUID(), customer: customer.id, amount: yuan(amount), terms: { kind: "net", days: 30 }, ...more });
const confirming = (order, more = {}) => ({ order, decision: randomUUID(), ...more });

/** What a device would send: judged by the edge's own check, on what a sync brought. */
async function judged(sales, order) {
  const { feed, policy } = (await sales.get("sync")).body;
  const { body } = await sales.ask("POST", "checks", { order });
  return { as_of: body.judgement.as_of, feed, policy_version: policy.version, digest: body.digest };
}

const standing = async (caller, customer) => (await caller.get(`customers/${customer.id}`)).body.standing;

test("a check holds nothing, a confirmation uses credit, calling it off gives it back", async () => {
  const { book, customer, sales } = await fresh();
  const wanted = order(customer, 60_000);
  assert.equal((await sales.ask("POST", "checks", { order: wanted })).body.judgement.matter.answer.verdict, "warn", "for its size");
  assert.deepEqual((await standing(sales, customer)).orders, []);
  const { status, body } = await sales.write("POST", "orders", confirming(wanted));
  assert.equal(status, 200);
  assert.equal(body.status, "confirmed");
  assert.match(body.authorisation, /^261120-\d{4,}$/);
  assert.deepEqual((await standing(sales, customer)).orders, [{ date: "2026-11-20", amount: yuan(60_000) }]);
  assert.equal((await sales.write("POST", "orders", confirming(order(customer, 60_000)))).body.status, "held");
  assert.equal((await sales.write("DELETE", `orders/${wanted.id}`)).status, 200);
  assert.deepEqual((await standing(sales, customer)).orders, []);
  assert.equal((await sales.write("DELETE", `orders/${wanted.id}`)).body.code, "order_cancelled");
  assert.equal((await sales.write("POST", "orders", confirming(wanted))).body.code, "order_cancelled");
  const { orders } = (await sales.get(`customers/${customer.id}`)).body;
  assert.deepEqual(orders.map(({ status }) => status), ["held", "cancelled"]);
  assert.deepEqual((await book.testing("verify")).body.differing, []);
});

test("an order that is held is kept, uses nothing, and can be put again when it fits", async () => {
  const { customer, sales, finance, book } = await fresh({ limit: 10_000, owed: 9_000 });
  const wanted = order(customer, 5_000);
  const held = (await sales.write("POST", "orders", confirming(wanted))).body;
  assert.equal(held.status, "held");
  assert.equal(held.authorisation, undefined);
  const [{ fact }] = (await sales.get(`customers/${customer.id}/statement?from=2026-01-01&to=2026-11-20`)).body.facts;
  const paid = { receipt: randomUUID(), customer: customer.id, date: "2026-11-20", amount: yuan(9_000), apply: [[fact.id, yuan(9_000)]] };
  assert.equal((await finance.write("POST", "receipts", paid)).status, 200);
  assert.equal((await sales.write("POST", "orders", confirming(wanted))).body.status, "confirmed");
  assert.equal((await book.testing("counts")).body.ordered, "1");
});

test("sent three times with one key, an order is confirmed once and answered the same", async () => {
  const { book, customer, sales, officer } = await fresh();
  const [body, key] = [confirming(order(customer, 1_000)), randomUUID()];
  const answers = await Promise.all([1, 2, 3].map(() => sales.write("POST", "orders", body, key)));
  for (const answer of answers) assert.deepEqual(answer.body, answers[0].body);
  assert.deepEqual((await sales.write("POST", "orders", body)).body, answers[0].body, "with another key, too");
  const counts = (await book.testing("counts")).body;
  assert.deepEqual([counts.ordered, counts.decision, counts.order_entry], ["1", "1", "1"]);
  const { entries } = (await officer.get("audit")).body;
  assert.equal(entries.filter(({ entry }) => entry.action === "confirm_order").length, 2, "one for each key");
  for (const other of [{ ...body, decision: randomUUID() }, { ...body, order: { ...body.order, amount: yuan(2) } }]) {
    const refused = await sales.write("POST", "orders", other, key);
    assert.deepEqual([refused.status, refused.body.code], [409, "idempotency_key_reused"]);
  }
  assert.equal((await officer.write("POST", "orders", body, key)).status, 409, "another person's key");
  const changed = { ...body, order: { ...body.order, amount: yuan(2) } };
  assert.equal((await sales.write("POST", "orders", changed)).body.code, "order_known");
  assert.equal((await sales.write("POST", "orders", { ...confirming(order(customer, 1)), decision: body.decision })).body.code, "decision_known");
  assert.equal((await sales.ask("POST", "orders", confirming(order(customer, 1)))).body.code, "idempotency_key");
  assert.equal((await sales.write("POST", "orders", confirming(order(customer, 1)), "no-uuid")).body.code, "idempotency_key");
});

test("a refused write leaves nothing, not even its key", async () => {
  const { book, customer, sales } = await fresh();
  const before = (await book.testing("counts")).body;
  const [wanted, key] = [confirming(order(customer, 1)), randomUUID()];
  const device = { as_of: "2026-11-20", feed: 999, policy_version: 1, digest: "" };
  assert.equal((await sales.write("POST", "orders", { ...wanted, device }, key)).body.code, "device_feed");
  assert.equal((await sales.write("POST", "orders", { ...wanted, device: { ...device, feed: 3, policy_version: 7 } }, key)).body.code, "device_policy");
  assert.deepEqual((await book.testing("counts")).body, before);
  assert.equal((await sales.write("POST", "orders", wanted, key)).status, 200);
});

test("a device that judged what the book knows has its digest, and nothing changed", async () => {
  const { customer, sales } = await fresh({ owed: 500 });
  const wanted = order(customer, 1_000);
  const device = await judged(sales, wanted);
  const { body } = await sales.write("POST", "orders", confirming(wanted, { device }));
  assert.deepEqual(body.device, { same: true, digest: device.digest, changes: [] });
  assert.equal(body.decision.digest, device.digest);
});

test("after a payment the device was right then, and the payment is named", async () => {
  const { customer, sales, finance } = await fresh({ limit: 10_000, owed: 9_500 });
  const wanted = order(customer, 1_000);
  const device = await judged(sales, wanted);
  const [{ fact }] = (await sales.get(`customers/${customer.id}/statement?from=2026-01-01&to=2026-11-20`)).body.facts;
  await finance.write("POST", "receipts", { receipt: randomUUID(), customer: customer.id, date: "2026-11-19", amount: yuan(5_000), apply: [[fact.id, yuan(4_000)]] });
  const { body } = await sales.write("POST", "orders", confirming(wanted, { device }));
  assert.equal(body.status, "confirmed");
  assert.equal(body.device.same, true);
  assert.notEqual(body.decision.digest, device.digest);
  const amount = (what, before, after) => ({ kind: "amount", what, before: yuan(before), after: yuan(after) });
  assert.deepEqual(body.device.changes, [amount("open_items", 9_500, 5_500), amount("unapplied", 0, 1_000)]);
});

test("after a new version of the policy the device was right then, and the version is named", async () => {
  const { customer, sales, officer, manager } = await fresh();
  const wanted = order(customer, 1_000);
  const device = await judged(sales, wanted);
  const { policy } = (await officer.get("policies")).body.versions[0];
  policy.order_check.size_share = "0.001";
  const draft = (await officer.write("POST", "policies", { policy })).body;
  assert.equal((await manager.write("POST", `policies/${draft.version}/approval`)).status, 200);
  const { body } = await sales.write("POST", "orders", confirming(wanted, { device }));
  assert.equal(body.device.same, true);
  assert.deepEqual(body.device.changes, [{ kind: "policy", before: 1, after: 2 }]);
  assert.equal(body.decision.policy_version, 2);
  assert.equal(body.decision.judgement.matter.answer.verdict, "warn");
});

test("a new company begins on trial: a hold only warns until its rule is switched on, what a person decided counts", async () => {
  const { customer, sales, officer, manager } = await fresh({ demo_today: undefined, limit: 10_000 });
  const wanted = () => confirming(order(customer, 20_000));
  const { status, body } = await sales.write("POST", "orders", wanted());
  assert.equal(status, 200);
  assert.equal(body.status, "confirmed");
  const limit = body.decision.judgement.matter.answer.reasons.find(({ rule }) => rule === "limit");
  assert.equal(limit.verdict, "warn");
  assert.deepEqual(limit.eased, { from: "hold", by: "trial" });
  // Switched on by one who drafts and another who approves.
  const { policy } = (await officer.get("policies")).body.versions[0];
  policy.order_rules.trial = policy.order_rules.trial.filter((rule) => rule !== "limit");
  const draft = (await officer.write("POST", "policies", { policy })).body;
  assert.equal((await manager.write("POST", `policies/${draft.version}/approval`)).status, 200);
  assert.equal((await sales.write("POST", "orders", wanted())).body.status, "held");
  await officer.write("POST", `customers/${customer.id}/freeze`, { frozen: true, reason: "复核" });
  assert.equal((await sales.write("POST", "orders", wanted())).body.status, "refused");
});

test("after midnight in the book's own time zone the day is named", async () => {
  const { customer, sales } = await fresh({ demo_today: undefined, owed: 100 });
  try {
    // 23:50 in Shanghai, then 00:10.
    await edge.setClock("2026-11-24T15:50:00Z");
    const wanted = order(customer, 1_000);
    const device = await judged(sales, wanted);
    assert.equal(device.as_of, "2026-11-24");
    await edge.setClock("2026-11-24T16:10:00Z");
    const { body } = await sales.write("POST", "orders", confirming(wanted, { device }));
    assert.equal(body.device.same, true);
    assert.deepEqual(body.device.changes, [{ kind: "date", before: "2026-11-24", after: "2026-11-25" }]);
  } finally {
    await edge.api("POST", "testing/clock?shift=0");
  }
});

test("after a freeze, a new file or a rate each is named", async () => {
  const { book, customer, sales, officer, finance } = await fresh();
  await finance.write("POST", "rates", { date: "2026-11-01", from: "USD", to: "CNY", rate: "7", source: "PBOC" });
  const dollars = charged(customer.id, "U-1", "2026-11-02", "2026-12-02", 100);
  dollars.fact.amount.currency = "USD";
  await book.facts(dollars);
  const wanted = order(customer, 1_000);
  const device = await judged(sales, wanted);
  await finance.write("POST", "rates", { date: "2026-11-19", from: "USD", to: "CNY", rate: "7.1", source: "PBOC" });
  await officer.write("POST", `customers/${customer.id}/freeze`, { frozen: true, reason: "复核" });
  await book.customers({ ...customer, stage: "suspended" });
  const { body } = await sales.write("POST", "orders", confirming(wanted, { device }));
  assert.equal(body.status, "refused");
  assert.equal(body.device.same, true);
  assert.deepEqual(body.device.changes, [
    { kind: "granted", what: "freeze" },
    { kind: "granted", what: "stage" },
    { kind: "amount", what: "open_items", before: yuan(700), after: yuan(710) },
    { kind: "rates" },
  ]);
});

test("a device that judged otherwise is told so", async () => {
  const { customer, sales } = await fresh();
  const wanted = order(customer, 1_000);
  const device = { ...(await judged(sales, wanted)), digest: "0".repeat(64) };
  const { body } = await sales.write("POST", "orders", confirming(wanted, { device }));
  assert.equal(body.device.same, false);
  assert.equal(body.device.digest, body.decision.digest);
});

test("a stored decision is read as it was made and comes out the same", async () => {
  const { customer, sales, officer, manager } = await fresh({ owed: 100 });
  const { decision } = (await sales.write("POST", "orders", confirming(order(customer, 1_000)))).body;
  assert.deepEqual((await sales.get(`decisions/${decision.id}`)).body, decision);
  const { policy } = (await officer.get("policies")).body.versions[0];
  const draft = (await officer.write("POST", "policies", { policy })).body;
  await manager.write("POST", `policies/${draft.version}/approval`);
  const { status, body } = await officer.ask("POST", `decisions/${decision.id}/replay`);
  assert.equal(status, 200);
  assert.deepEqual(body, { equal: true, stored: decision.digest, now: decision.digest });
});

test("orders that make no sense are refused", async () => {
  const { customer, sales } = await fresh();
  const sound = order(customer, 100);
  for (const [change, code] of [
    [{ amount: yuan(0) }, "order_amount"],
    [{ amount: yuan(-1) }, "order_amount"],
    [{ prepayment: yuan(101) }, "order_prepayment"],
    [{ prepayment: yuan(-1) }, "order_prepayment"],
    [{ prepayment: { amount: "1.00", currency: "USD" } }, "order_prepayment"],
    [{ description: "长".repeat(501) }, "order_description"],
    [{ amount: { amount: "1", currency: "CNY" } }, "body"],
    [{ amount: { amount: "90071992547409.92", currency: "CNY" } }, "body"],
    [{ terms: { kind: "whenever" } }, "body"],
    [{ more: 1 }, "body"],
    [{ customer: "x" }, "body"],
    [{ customer: randomUUID() }, "not_found"],
  ]) {
    const asked = { ...sound, ...change };
    for (const answer of [await sales.ask("POST", "checks", { order: asked }), await sales.write("POST", "orders", confirming(asked))]) {
      assert.equal(answer.body.code, code, JSON.stringify(change));
      assert.equal(answer.body.type, `urn:xinheng:problem:${code}`);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
    }
  }
  const most = await sales.write("POST", "orders", confirming(order(customer, 1, { amount: { amount: "90071992547409.91", currency: "CNY" } })));
  assert.equal(most.body.status, "held");
});
