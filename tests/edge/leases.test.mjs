// Leases for offline devices: credit that is reserved, spent without a signal and delivered later, given back, run out; and
// that it is never there twice.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { after, before, beforeEach, test } from "node:test";
import { Book, granted, newId, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

const TODAY = "2026-11-20";
const DEVICE = "林小雨的手机";
let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());
/** How far the edge's clock is ahead of ours, in minutes. */
let ahead = 0;
const later = async (minutes) => {
  ahead += minutes;
  await edge.setClock(new Date(Date.now() + ahead * 60_000).toISOString());
};
beforeEach(async () => {
  ahead = 0;
  await edge.setClock(new Date().toISOString());
});

const refused = ({ status, body }) => [status, body?.code];
const minute = () => Math.floor(Date.now() / 60_000) + ahead;
const order = (customer, amount) => ({ id: randomUUID(), customer, amount: yuan(amount), terms: { kind: "net", days: 30 } });

let books = 0;
/** A book whose policy gives leases, with a customer of `sales` who may owe 100,000. */
async function fresh(rule = {}) {
  const book = await Book.create(edge, `leases-${++books}`, { demo_today: TODAY });
  const callers = {};
  for (const login of ["sales", "sales2", "officer", "manager"]) callers[login] = await book.signIn(login);
  const { officer, manager, sales } = callers;
  const [{ policy }] = (await officer.get("policies")).body.versions;
  if (rule) {
    const leases = { ...policy, lease: { ...policy.lease, on: true, ...rule } };
    const { version } = (await officer.write("POST", "policies", { policy: leases })).body;
    assert.equal((await manager.write("POST", `policies/${version}/approval`)).status, 200);
  }
  const [{ id: customer }] = await book.customers({ code: "C1", name: "海川", salesperson: book.people.sales });
  await book.facts(...granted(customer, "2026-01-01", 100_000));
  const take = (amount, { caller = sales, ...more } = {}) => caller.write("POST", "leases", { lease: newId(), customer, device: DEVICE, amount: yuan(amount), ...more });
  const spend = (lease, amount, { caller = sales, ...more } = {}) =>
    caller.write("POST", `leases/${lease}/orders`, { order: order(customer, amount), decision: randomUUID(), device: DEVICE, made: minute(), ...more });
  const confirm = (amount, caller = officer) => caller.write("POST", "orders", { order: order(customer, amount), decision: randomUUID() });
  const exposed = async () => {
    const { body } = await officer.ask("POST", "checks", { order: order(customer, 1) });
    return Number(body.judgement.matter.answer.position.exposure.total.amount);
  };
  const whole = async () => {
    const { body } = await book.testing("verify");
    assert.deepEqual([body.differing, body.journals, body.book, body.further], [[], [], true, []]);
  };
  return { book, customer, take, spend, confirm, exposed, whole, ...callers };
}

test("leases are off until the policy says otherwise", async () => {
  const { take, sales } = await fresh(null);
  const answer = await take(1_000);
  assert.deepEqual([...refused(answer), answer.body.values.reason], [409, "no_lease", "off"]);
  assert.deepEqual((await sales.get("leases")).body.leases, []);
});

test("what a lease reserves is there for nobody else, and not there twice", async () => {
  const { customer, take, spend, confirm, exposed, whole, sales, officer } = await fresh();
  // A fifth of 100,000, whatever is asked.
  const { status, body: line } = await take(50_000);
  assert.equal(status, 200, JSON.stringify(line));
  const { lease } = line;
  assert.deepEqual([lease.amount, lease.ends - lease.given, lease.reserved_until - lease.ends, line.state], [yuan(20_000), 480, 720, "open"]);
  assert.equal(await exposed(), 20_000);
  const none = await take(1);
  assert.deepEqual([...refused(none), none.body.values.reason], [409, "no_lease", "no_credit"]);
  // 105,000 may be owed.
  assert.equal((await confirm(85_001)).body.status, "held");
  const spent = await spend(lease.id, 12_000);
  assert.equal(spent.status, 200, JSON.stringify(spent.body));
  assert.deepEqual([spent.body.honour, spent.body.confirmation.status, spent.body.lease.honoured], [{ kind: "honoured", flagged: false }, "confirmed", yuan(12_000)]);
  assert.equal(await exposed(), 20_000, "what was reserved is spent, not reserved and spent");
  // More than is left: judged like any other, beside what is still reserved.
  const over = await spend(lease.id, 9_000);
  assert.deepEqual([over.body.honour, over.body.confirmation.status], [{ kind: "not_enough", left: yuan(8_000) }, "confirmed"]);
  assert.equal(await exposed(), 29_000);
  assert.equal((await confirm(76_000)).body.status, "confirmed");
  assert.equal((await confirm(1)).body.status, "held", "all of it is used, but for what is reserved");
  const last = await spend(lease.id, 8_000);
  assert.deepEqual([last.body.honour.kind, last.body.confirmation.status, last.body.lease.state], ["honoured", "confirmed", "spent"]);
  assert.equal(await exposed(), 105_000);
  await whole();
  const [known] = (await sales.get(`leases?customer=${customer}`)).body.leases;
  assert.deepEqual(known, last.body.lease);
  assert.deepEqual(known.approvals.map(({ amount, flagged }) => [amount, flagged]), [[yuan(12_000), false], [yuan(8_000), false]]);
  assert.deepEqual(refused(await sales.write("DELETE", `leases/${lease.id}`)), [409, "lease_ended"]);
  assert.equal((await officer.get("leases")).body.leases.length, 1);
});

test("of a lease and an order that want the last credit at the same moment one gets it", async () => {
  const { book, take, whole, officer } = await fresh({ share: "1", cap: yuan(1_000_000) });
  const seen = { leases: 0, orders: 0 };
  for (let round = 0; round < 8; round++) {
    const [{ id: customer }] = await book.customers({ code: `R${round}`, salesperson: book.people.sales });
    await book.facts(...granted(customer, "2026-01-01", 10_000));
    const asked = { order: order(customer, 10_000), decision: randomUUID() };
    const both = [() => take(10_000, { customer }), () => officer.write("POST", "orders", asked)];
    const answers = await Promise.all((round % 2 ? both.toReversed() : both).map((act) => act()));
    const [lease, confirmation] = round % 2 ? answers.toReversed() : answers;
    const given = lease.status === 200 && lease.body.lease.amount.amount === "10000.00";
    const confirmed = confirmation.body.status === "confirmed";
    assert.ok(given !== confirmed, `${JSON.stringify(lease.body)} ${JSON.stringify(confirmation.body.status)}`);
    seen[given ? "leases" : "orders"] += 1;
  }
  assert.equal(seen.leases + seen.orders, 8);
  await whole();
});

test("what is given back or runs out is there for others", async () => {
  const { take, spend, exposed, whole, sales, sales2, officer } = await fresh();
  const one = (await take(10_000)).body.lease;
  const two = (await take(5_000)).body.lease;
  assert.equal(await exposed(), 15_000);
  assert.deepEqual(refused(await sales2.write("DELETE", `leases/${one.id}`)), [404, "not_found"]);
  assert.equal((await sales.write("DELETE", `leases/${one.id}`)).body.state, "returned");
  assert.equal(await exposed(), 5_000);
  // Of what was given back nothing is left.
  const back = await spend(one.id, 1_000);
  assert.deepEqual([back.body.honour, back.body.confirmation.status], [{ kind: "not_enough", left: yuan(0) }, "confirmed"]);
  assert.equal(await exposed(), 6_000);
  // The device's time is over; what it approved before is delivered within the grace.
  const made = minute();
  await later(481);
  const late = await spend(two.id, 1_000, { made });
  assert.deepEqual([late.body.honour, late.body.confirmation.status], [{ kind: "honoured", flagged: false }, "confirmed"]);
  assert.deepEqual((await spend(two.id, 1_000)).body.honour, { kind: "outside_lease" });
  assert.equal(await exposed(), 7_000);
  // The grace is over: nothing is reserved, and the alarm says so by itself.
  await later(400);
  assert.equal((await officer.get("session")).status, 200, "who goes on working stays signed in");
  await later(321);
  assert.equal((await officer.ask("POST", "checks", { order: order(two.customer, 1) })).status, 200);
  let state;
  for (let tries = 0; tries < 50 && state !== "expired"; tries++) {
    await wait(100);
    state = (await sales.get("leases")).body.leases.find(({ lease }) => lease.id === two.id).state;
  }
  assert.equal(state, "expired");
  assert.equal(await exposed(), 3_000);
  const over = await spend(two.id, 500, { made });
  assert.deepEqual([over.body.honour, over.body.confirmation.status], [{ kind: "too_late" }, "confirmed"]);
  await whole();
});

test("what a device approved before supply was stopped is honoured and flagged; nothing new is given", async () => {
  const { customer, take, spend, confirm, manager, sales } = await fresh();
  const { lease } = (await take(10_000)).body;
  assert.equal((await manager.write("POST", `customers/${customer}/freeze`, { frozen: true, reason: "失信" })).status, 200);
  assert.equal((await sales.get("leases")).body.leases[0].stopped, true);
  assert.deepEqual(refused(await take(1)), [409, "no_lease"]);
  assert.equal((await confirm(1)).body.status, "refused");
  const { body } = await spend(lease.id, 4_000);
  assert.deepEqual([body.honour, body.confirmation.status], [{ kind: "honoured", flagged: true }, "confirmed"]);
  assert.equal(body.confirmation.decision.judgement.matter.answer.verdict, "refuse", "what the book says by now stands in the decision");
  assert.deepEqual(body.lease.approvals.map(({ flagged }) => flagged), [true]);
});

test("a lease is for one customer, one device and whoever took it", async () => {
  const { book, customer, take, spend, officer, whole } = await fresh();
  const [{ id: other }] = await book.customers({ code: "C2", salesperson: book.people.sales });
  await book.facts(...granted(other, "2026-01-01", 100_000));
  const [usd] = await book.customers({ code: "C3", currency: "USD", salesperson: book.people.sales });
  const { lease } = (await take(10_000)).body;
  assert.deepEqual(refused(await spend(lease.id, 1, { device: "别的手机" })), [409, "other_lease"]);
  assert.deepEqual(refused(await spend(lease.id, 1, { order: order(other, 1) })), [409, "other_lease"]);
  assert.deepEqual(refused(await spend(lease.id, 1, { caller: officer })), [403, "not_yours"]);
  assert.deepEqual(refused(await spend(randomUUID(), 1)), [404, "not_found"]);
  assert.deepEqual(refused(await take(1, { lease: lease.id })), [409, "known"]);
  for (const device of ["", " x", "x".repeat(101), "a\nb"]) assert.deepEqual(refused(await take(1, { device })), [422, "device"]);
  assert.deepEqual(refused(await take(1, { amount: { amount: "1.00", currency: "USD" } })), [422, "other_currency"]);
  assert.deepEqual(refused(await take(1, { customer: usd.id })), [422, "other_currency"]);
  assert.deepEqual(refused(await take(1, { customer: randomUUID() })), [404, "not_found"]);
  for (const amount of [0, -5]) assert.deepEqual(refused(await take(amount)), [409, "no_lease"]);
  // Made before it was given, or after it reached us: no clock says so.
  for (const made of [lease.given - 1, minute() + 5, lease.ends]) assert.deepEqual((await spend(lease.id, 1, { made })).body.honour, { kind: "outside_lease" });
  // An order that is confirmed takes nothing of a lease.
  const body = { order: order(customer, 10), decision: randomUUID() };
  assert.equal((await officer.write("POST", "orders", body)).body.status, "confirmed");
  assert.deepEqual(refused(await spend(lease.id, 10, { order: body.order })), [409, "order_known"]);
  assert.equal((await officer.get("leases")).body.leases[0].honoured.amount, "0.00");
  await whole();
});
